import { z } from 'zod';
import { everyProcess, port, readEnvironment } from '#libs/environment/environment';

const schema = z.object({ ...everyProcess, WORKER_PORT: port(3001) });

/** What the environment says, checked once at the start; injected by this class. */
export class Settings {
  constructor(readonly values: z.infer<typeof schema>) {}

  /** @throws Error that names every variable at fault */
  static of(environment: Record<string, string | undefined>): Settings {
    return new Settings(readEnvironment(schema, environment));
  }

  /** Where providers and the mailbox are; null without the sandbox. */
  get sandbox(): { readonly url: string; readonly secret: string } | null {
    const { BOOMERANG_SANDBOX, SANDBOX_URL, SANDBOX_SECRET } = this.values;
    return BOOMERANG_SANDBOX && SANDBOX_URL && SANDBOX_SECRET ? { url: SANDBOX_URL, secret: SANDBOX_SECRET } : null;
  }
}
