import { Settings } from './settings';

const DATABASE_URL = 'postgres://localhost/boomerang';

describe('the worker’s settings', () => {
  it('have the defaults of a local process, without a sandbox', () => {
    const settings = Settings.of({ DATABASE_URL });
    expect(settings.values).toMatchObject({
      HOST: '127.0.0.1',
      WORKER_PORT: 3001,
      DB_POOL: 10,
      RETURNS_TASK_QUEUE: 'returns',
      TEMPORAL_NAMESPACE: 'default',
      BOOMERANG_SANDBOX: false,
    });
    expect(settings.sandbox).toBeNull();
  });
  it('take an empty variable for one that is not set', () => {
    expect(Settings.of({ DATABASE_URL, WORKER_PORT: '' }).values.WORKER_PORT).toBe(3001);
  });
  it('name every variable at fault', () => {
    expect(() => Settings.of({ WORKER_PORT: '65536', DB_POOL: '0', SANDBOX_URL: 'ftp://x' })).toThrow(/DATABASE_URL.*DB_POOL.*SANDBOX_URL.*WORKER_PORT/s);
  });
  it('want the sandbox’s address and secret when it is on', () => {
    expect(() => Settings.of({ DATABASE_URL, BOOMERANG_SANDBOX: 'true', SANDBOX_URL: 'http://127.0.0.1:1' })).toThrow('SANDBOX_SECRET');
    const settings = Settings.of({ DATABASE_URL, BOOMERANG_SANDBOX: 'true', SANDBOX_URL: 'http://127.0.0.1:1', SANDBOX_SECRET: 'whsec_x' });
    expect(settings.sandbox).toEqual({ url: 'http://127.0.0.1:1', secret: 'whsec_x' });
  });
  it('do not use a sandbox that is off', () => {
    expect(Settings.of({ DATABASE_URL, SANDBOX_URL: 'http://127.0.0.1:1', SANDBOX_SECRET: 'whsec_x' }).sandbox).toBeNull();
  });
  it('say at once when the key of checkpoints is none', () => {
    expect(() => Settings.of({ DATABASE_URL, AUDIT_SIGNING_KEY: 'x' })).toThrow('AUDIT_SIGNING_KEY holds something that is no key');
    expect(() => Settings.of({ DATABASE_URL, AUDIT_SIGNING_KEY_FILE: '/nowhere/key.pem' })).toThrow('AUDIT_SIGNING_KEY_FILE cannot be read');
  });
});
