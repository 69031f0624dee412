import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalStack, ProcessName } from '#apps/local/stack';

/** The stack is held by the process that runs the tests' workers; tests reach it through this door. `POST /<action>/<process>[/<signal>]`. */
export async function startControl(stack: LocalStack): Promise<{ url: string; close(): Promise<void> }> {
  const act = async (action: string, name: ProcessName, signal: string | undefined): Promise<unknown> => {
    if (action === 'kill') return stack.kill(name, (signal ?? 'SIGKILL') as NodeJS.Signals);
    if (action === 'halt') return await stack.halt(name);
    if (action === 'resume') return await stack.resume(name);
    if (action === 'restart') return await stack.restart(name);
    if (action === 'ready') return await stack.untilReady(name);
    if (action === 'pid') return stack.pid(name);
    throw new Error(`unknown action ${action}`);
  };
  const server = createServer((request, response) => {
    const [, action = '', name = '', signal] = (request.url ?? '').split('/');
    act(action, name as ProcessName, signal).then(
      (result) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ result })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
