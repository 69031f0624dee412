import { rmSync } from 'node:fs';
import './global-setup';

/** Stops what the set-up started. `npm test` looks afterwards whether that was all. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.boomerangTestStack?.stop();
  const { home } = JSON.parse(process.env.BOOMERANG_TEST_STACK ?? '{}') as { home?: string };
  if (home && !process.env.BOOMERANG_TEST_HOME) rmSync(home, { recursive: true, force: true });
}
