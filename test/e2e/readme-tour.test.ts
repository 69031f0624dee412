import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { stack } from '../stack/stack';

/** What a new user pastes, in the order in which it stands there. */
const tour = () => [...readFileSync(resolve(__dirname, '../../README.md'), 'utf8').matchAll(/```bash\n(.*?)```/gs)].map((match) => match[1]).join('\n');

test('the tour of the README, pasted as it stands, ends with a completed refund and a completed reship, a worker killed in between', async () => {
  const env = { ...process.env, API: stack().apiUrl, BOOMERANG_HOME: stack().home };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', tour()], { env, timeout: 400_000 });
  expect(stdout).toContain('[ 900, 901, 900 ]');
  expect(stdout.match(/^completed$/gm)!.length).toBeGreaterThanOrEqual(2);
  expect(stdout).toMatch(/amount: 1801,[\s\S]*status: 'succeeded'/);
  expect(stdout).toMatch(/^true$/m);
}, 420_000);
