import { Settings } from './settings';

const DATABASE_URL = 'postgres://localhost/boomerang';

describe('settings', () => {
  it('have the defaults of a local process, demo and sandbox off', () => {
    expect(Settings.of({ DATABASE_URL }).values).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      BOOMERANG_DEMO: false,
      BOOMERANG_SANDBOX: false,
      DB_POOL: 10,
      RATE_LIMIT_PER_MINUTE: 6000,
    });
  });
  it('take an empty variable for one that is not set', () => {
    expect(Settings.of({ DATABASE_URL, PORT: '' }).values.PORT).toBe(3000);
  });
  it('name every variable at fault', () => {
    expect(() => Settings.of({ PORT: 'x', BOOMERANG_DEMO: 'yes' })).toThrow(/DATABASE_URL.*PORT.*BOOMERANG_DEMO/s);
  });
  it('want to know where the sandbox is when it is on', () => {
    expect(() => Settings.of({ DATABASE_URL, BOOMERANG_SANDBOX: 'true' })).toThrow('SANDBOX_URL');
  });
  it('say at once when the key of checkpoints is none', () => {
    expect(() => Settings.of({ DATABASE_URL, AUDIT_SIGNING_KEY: 'x' })).toThrow('AUDIT_SIGNING_KEY holds something that is no key');
    expect(() => Settings.of({ DATABASE_URL, AUDIT_SIGNING_KEY_FILE: '/nowhere/key.pem' })).toThrow('AUDIT_SIGNING_KEY_FILE cannot be read');
  });
});
