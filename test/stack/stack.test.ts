import { Client as Postgres } from 'pg';
import { client, login, processes, stack, until } from './stack';

const databaseAnswers = async () => {
  const database = new Postgres({ connectionString: stack().databaseUrl, connectionTimeoutMillis: 2_000 });
  database.on('error', () => undefined);
  await database.connect();
  const { rows } = await database.query<{ max_connections: string }>('SHOW max_connections');
  await database.end();
  return rows[0]?.max_connections;
};

describe('the local stack', () => {
  test('is ready: API, worker and sandbox answer, and the database takes 200 connections', async () => {
    await processes.ready('api'); // another test may just have brought something back
    expect((await client().get('/readyz')).status).toBe(200);
    expect((await client().get(`${stack().workerUrl}/healthz`)).status).toBe(200);
    expect((await client().get(`${stack().sandboxUrl}/healthz`)).status).toBe(200);
    expect(await databaseAnswers()).toBe('200');
  });

  test('has a person for every role of the demo shop', async () => {
    for (const who of ['customer', 'agent', 'agent2', 'warehouse', 'finance', 'finance2', 'admin']) await expect(login(who)).resolves.toBeDefined();
  });

  test.each(['api', 'worker', 'sandbox'] as const)('brings %s back after a SIGKILL, under another process number', async (name) => {
    const before = await processes.pid(name);
    await processes.kill(name, 'SIGKILL');
    await until(async () => (await processes.pid(name)) !== before);
    await processes.ready(name);
    expect(await processes.pid(name)).not.toBe(before);
  });

  test('brings the database and Temporal back after a SIGKILL, and the API with them', async () => {
    for (const name of ['postgres', 'temporal'] as const) {
      const before = await processes.pid(name);
      await processes.kill(name, 'SIGKILL');
      await until(async () => (await processes.pid(name)) !== before);
      await processes.ready(name);
    }
    expect(await databaseAnswers()).toBe('200');
    await processes.ready('api');
  });
});
