// What `npm run bench` runs: packages, build, then the bench with a stack of its own.
//   npm run bench                 everything, about four minutes
//   npm run bench -- --quick      everything once and briefly, within a minute
//   npm run bench -- --only=budgets,pure
// The figures are printed and written to dist/bench.json. It ends with 1 when a return costs more than its budget.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built, ensureBuild, ensurePackages } from '../../apps/local/prepare.mjs';

const say = (text) => console.error(`[bench] ${text}`);

/** Ends and removes what a bench that was killed has left behind. A folder younger than a minute may be about to take its locks. */
async function clearAbandoned() {
  const { endProcess, readIdentity } = await import(built('apps/local/process-identity.js'));
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith('boomerang-bench-'))) {
    const folders = ['home', 'temporal'].map((part) => join(tmpdir(), name, part, 'run'));
    if (Date.now() - statSync(join(tmpdir(), name)).mtimeMs < 60_000 || folders.some((folder) => readIdentity(join(folder, 'lock')))) continue;
    const left = folders
      .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : []))
      .filter((file) => file.endsWith('.pid'));
    await Promise.all(left.map((file) => readIdentity(file)).map((identity) => identity && endProcess(identity, 'SIGTERM', 5_000)));
    rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function run() {
  await ensurePackages(say);
  await ensureBuild(say);
  await clearAbandoned();
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
