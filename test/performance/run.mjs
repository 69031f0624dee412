// What `npm run bench` runs: packages, build, then the bench with a stack of its own.
//   npm run bench                 everything, about four minutes
//   npm run bench -- --quick      everything once and briefly, within a minute
//   npm run bench -- --only=budgets,pure
// The figures are printed and written to dist/bench.json. It ends with 1 when a return costs more than its budget.
import { built, ensureBuild, ensurePackages } from '../../apps/local/prepare.mjs';

const say = (text) => console.error(`[bench] ${text}`);

async function run() {
  await ensurePackages(say);
  await ensureBuild(say);
  const { main } = await import(built('test/performance/main.js'));
  return main(process.argv.slice(2));
}

run().then(
  (code) => process.exit(code),
  (error) => {
    say(error instanceof Error ? (error.name === 'StackError' ? error.message : (error.stack ?? error.message)) : String(error));
    process.exit(1);
  },
);
