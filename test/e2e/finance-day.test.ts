import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startStack, type LocalStack } from '#apps/local/stack';

/** What finance pastes, in the order in which it stands there. */
const blocks = [...readFileSync(resolve(__dirname, '../../docs/finance.md'), 'utf8').matchAll(/```bash\n(.*?)```/gs)].map((match) => match[1]!);
/** What the page says it answers: a comment below a command; `…` is whatever. */
const promised = blocks.flatMap((block) => block.split('\n').filter((line) => line.startsWith('# '))).map((line) => line.slice(2));
const pattern = (line: string) => new RegExp(line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*')); // prettier-ignore

/** A shop of its own: the day is reconciled to zero, and nobody else's refunds may be in the provider's list. */
let home: string;
let stack: LocalStack;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'boomerang-test-'));
  if (process.getuid?.() === 0) chmodSync(home, 0o711); // the database is not root and has to pass
  stack = await startStack({ home, quiet: true, postgres: { settings: { fsync: 'off', full_page_writes: 'off' }, initdbFlags: ['--no-sync'] } });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

test('a day in finance, pasted as it stands in docs/finance.md, answers what it says there, down to the offline proof', async () => {
  expect(promised.length).toBeGreaterThan(15);
  const env = { ...process.env, API: stack.apiUrl, BOOMERANG_HOME: home, TMPDIR: home };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', blocks.join('\n')], { env, timeout: 400_000, maxBuffer: 1 << 24 });
  const lines = stdout.split('\n');
  let at = 0;
  for (const line of promised) {
    const found = lines.findIndex((answer, index) => index >= at && pattern(line).test(answer));
    if (found < 0) throw new Error(`after line ${at} nothing answers "${line}":\n${lines.slice(at).join('\n')}`);
    at = found + 1;
  }
}, 420_000);
