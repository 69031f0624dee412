import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { transformFileSync } from '@swc/core';
import { caller, type Caller, newFolder, Receiver, removeFolders, SECRET } from './testing';

const ask = (call: Caller, id: string, key: string) =>
  call('POST', `/payments/${id}/refunds`, { refundId: 'rfd_1', amount: 10, currency: 'CNY' }, { 'idempotency-key': key });

afterAll(() => removeFolders());

/** The program as it is shipped: compiled, in its own process. */
describe('the sandbox as a process', () => {
  const program = newFolder();
  const processes: ChildProcess[] = [];
  const receiver = new Receiver();
  let callbackUrl: string;

  beforeAll(async () => {
    for (const file of fs.readdirSync(__dirname).filter((name) => name.endsWith('.ts') && !name.includes('test'))) {
      const { code } = transformFileSync(path.join(__dirname, file), {
        module: { type: 'commonjs' },
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      });
      fs.writeFileSync(path.join(program, file.replace(/ts$/, 'js')), code);
    }
    callbackUrl = await receiver.start();
  });
  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await receiver.stop();
  });

  function run(environment: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [path.join(program, 'main.js')], {
      env: { PATH: process.env['PATH'], NODE_PATH: path.resolve(__dirname, '../../node_modules'), ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    return child;
  }

  async function start(data: string): Promise<{ call: Caller; child: ChildProcess; gone: Promise<number | null> }> {
    const child = run({ SANDBOX_DATA: data, SANDBOX_SECRET: SECRET, CALLBACK_URL: callbackUrl, PORT: '0', SANDBOX_ASYNC_MS: '1500' });
    const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const { msg, port } = JSON.parse(line) as { msg: string; port: number };
      if (msg === 'listening') return { call: caller(`http://127.0.0.1:${port}`), child, gone };
    }
    throw new Error('it ended before it listened');
  }

  it('remembers everything it answered through a SIGKILL', async () => {
    const data = newFolder();
    const first = await start(data);
    for (const id of ['pay_ok_1', 'pay_flaky2_1', 'pay_lostreply_1', 'pay_lostcall_1', 'pay_async_1']) {
      await first.call('PUT', `/payments/${id}`, { capturedAmount: 10, currency: 'CNY' });
    }
    const answered = await ask(first.call, 'pay_ok_1', 'ok');
    expect((await ask(first.call, 'pay_flaky2_1', 'flaky/1')).status).toBe(500);
    await expect(ask(first.call, 'pay_lostreply_1', 'lostreply')).rejects.toThrow();
    await expect(ask(first.call, 'pay_lostcall_1', 'lostcall')).rejects.toThrow();
    expect((await ask(first.call, 'pay_async_1', 'async')).body).toMatchObject({ status: 'pending' });
    const label = await first.call('POST', '/carrier/labels', { key: 'l1', returnNumber: 'R-1', parcelId: 'prc_1' });
    await first.call('DELETE', '/carrier/labels/l2');
    await first.call('POST', '/mail', { id: 'm1', to: 'a@example.com', subject: 's', text: 't', locale: 'en', kind: 'k' });
    first.child.kill('SIGKILL');
    expect(await first.gone).toBeNull();

    const { call, child } = await start(data);
    expect((await call('GET', '/payments/pay_ok_1')).body).toMatchObject({ refundedAmount: 10, calls: 1 });
    expect((await ask(call, 'pay_ok_1', 'ok')).body).toEqual(answered.body);
    expect((await ask(call, 'pay_flaky2_1', 'flaky/1')).status).toBe(500);
    expect((await ask(call, 'pay_flaky2_1', 'flaky/2')).status).toBe(500);
    expect((await ask(call, 'pay_flaky2_1', 'flaky/3')).status).toBe(201);
    expect((await ask(call, 'pay_lostreply_1', 'lostreply')).status).toBe(201);
    expect((await call('GET', '/payments/pay_lostreply_1')).body).toMatchObject({ refundedAmount: 10, calls: 2 });
    expect((await ask(call, 'pay_lostcall_1', 'lostcall')).status).toBe(201);
    expect((await call('POST', '/carrier/labels', { key: 'l1', returnNumber: 'R-1', parcelId: 'prc_1' })).body).toEqual(label.body);
    expect((await call('POST', '/carrier/labels', { key: 'l2', returnNumber: 'R-1', parcelId: 'prc_1' })).status).toBe(409);
    expect((await call('GET', '/mail?to=a@example.com')).body).toMatchObject({ data: [{ id: 'm1' }] });
    // The asynchronous refund was still open when the process was killed.
    expect((await receiver.atLeast(1))[0]).toMatchObject({
      signatureHolds: true,
      event: { type: 'refund.succeeded', data: { providerPaymentId: 'pay_async_1' } },
    });
    child.kill('SIGKILL');
  });

  it('drains and exits with 0 on SIGTERM', async () => {
    const { call, child, gone } = await start(newFolder());
    expect((await call('GET', '/mail')).status).toBe(200);
    child.kill('SIGTERM');
    expect(await gone).toBe(0);
  });

  it('says what is wrong with its environment and does not start', async () => {
    const child = run({ SANDBOX_DATA: newFolder(), SANDBOX_SECRET: 'plain', CALLBACK_URL: 'ftp://x' });
    const chunks: string[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(chunks.join('')).toMatch(/SANDBOX_SECRET.*CALLBACK_URL/);
    expect(chunks.join('')).not.toContain('plain');
  });
});
