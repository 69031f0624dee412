import { parsePort } from './ports';
import { seedDemo } from './seed';
import { LocalStack } from './stack';
import { StackError, messageOf } from './stack-error';
import { welcome } from './welcome';

/** npm passes a terminal's Ctrl-C on although the terminal gave it to us already: what comes this soon is the same one. */
const SAME_SIGNAL_MS = 1_000;

/** `npm start`: everything in one process tree, until Ctrl-C or SIGTERM. Flag: `--fresh`. */
export async function main(args: readonly string[]): Promise<void> {
  let stack: LocalStack | undefined;
  let stoppingSince = 0;
  const stop = () => {
    const now = Date.now();
    if (stoppingSince && now - stoppingSince < SAME_SIGNAL_MS) return;
    if (stoppingSince) console.log('Stopping now, without waiting for work under way.');
    else console.log('Stopping: finishing work under way … (Ctrl-C again to hurry)');
    const hurry = stoppingSince !== 0;
    stoppingSince ||= now;
    void stack?.stop(hurry).then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // A closed terminal or pipe must not keep us from stopping in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const fail = (error: unknown) => {
    if (stoppingSince) return;
    stoppingSince = Date.now();
    console.error(`boomerang: ${error instanceof StackError ? error.message : error instanceof Error ? (error.stack ?? messageOf(error)) : String(error)}`);
    void Promise.resolve(stack?.stop()).finally(() => process.exit(1));
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  const began = Date.now();
  try {
    stack = new LocalStack({ home: process.env.BOOMERANG_HOME || '.boomerang', port: parsePort(process.env.PORT), fresh: args.includes('--fresh') });
    await stack.start();
    if (process.env.BOOMERANG_DEMO !== 'false') await seedDemo({ apiUrl: stack.apiUrl, say: (line) => console.log(line) });
    if (!stoppingSince) console.log(welcome(stack, Date.now() - began));
  } catch (error) {
    fail(error);
  }
}

if (require.main === module) void main(process.argv.slice(2));
