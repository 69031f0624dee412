import { z } from 'zod';
import { count, everyProcess, flag, port, readEnvironment } from '#libs/environment/environment';

const schema = z.object({
  ...everyProcess,
  PORT: port(3000),
  BOOMERANG_DEMO: flag,
  /** What Express takes: a number of hops, addresses, `loopback`; empty trusts nobody. */
  TRUST_PROXY: z.string().default(''),
  LOGIN_LIMIT_PER_ACCOUNT: count(10),
  LOGIN_LIMIT_PER_ADDRESS: count(60),
  RATE_LIMIT_PER_MINUTE: count(6000),
});

/** What the environment says, checked once at the start; injected by this class. */
export class Settings {
  constructor(readonly values: z.infer<typeof schema>) {}

  /** @throws Error that names every variable at fault */
  static of(environment: Record<string, string | undefined>): Settings {
    return new Settings(readEnvironment(schema, environment));
  }
}
