import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startStack } from '#apps/local/stack';
import { startControl } from './control-server';
import type { StackFacts } from './stack';

/** Starts the whole product once for all system tests, on free ports and in a folder of its own. What the tests need to know travels in BOOMERANG_TEST_STACK. */
export default async function globalSetup(): Promise<void> {
  const home = process.env.BOOMERANG_TEST_HOME ?? mkdtempSync(join(tmpdir(), 'boomerang-test-'));
  if (process.getuid?.() === 0) chmodSync(home, 0o711); // the database is not root and has to pass
  const stack = await startStack({
    home,
    quiet: true,
    env: { LOG_LEVEL: process.env.LOG_LEVEL ?? 'info' },
    // Nobody needs this data after a power cut, but the faults kill the database: what it said is committed must be with the operating system by then, so
    // synchronous_commit stays on (off, the newest commits live in memory that dies with the process).
    postgres: { settings: { fsync: 'off', full_page_writes: 'off' }, initdbFlags: ['--no-sync'] },
    // Workflows whose clock tests move: skipping on, and looking for due timers twenty times a second.
    temporal: {
      extraArgs: ['--dynamic-config-value', 'frontend.WorkflowTimeSkippingEnabled=true', '--dynamic-config-value', 'history.timerProcessorMaxTimeShift="50ms"'],
    },
  });
  await withoutNights(stack.databaseUrl);
  const control = await startControl(stack);
  const { apiUrl, workerUrl, sandboxUrl, sandboxSecret, databaseUrl, temporalAddress, temporalNamespace, returnsTaskQueue } = stack;
  const temporal = { temporalAddress, temporalNamespace, returnsTaskQueue };
  const facts: StackFacts = { apiUrl, workerUrl, sandboxUrl, sandboxSecret, databaseUrl, ...temporal, controlUrl: control.url, home };
  process.env.BOOMERANG_TEST_STACK = JSON.stringify(facts);
  globalThis.boomerangTestStack = {
    stop: async () => {
      await control.close();
      await stack.stop();
    },
  };
}

/** What the clock brings every night, checkpoints and runs over all merchants, would come into the tests of whoever runs them at midnight. They ask for it themselves. */
async function withoutNights(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO graphile_worker._private_known_crontabs (identifier, known_since, last_execution) SELECT name, now(), '2999-01-01' FROM unnest(ARRAY['checkpoint_all', 'reconcile_yesterday']) AS name
     ON CONFLICT (identifier) DO UPDATE SET last_execution = excluded.last_execution`,
  );
  await client.end();
}

declare global {
  // eslint-disable-next-line no-var
  var boomerangTestStack: { stop(): Promise<void> } | undefined;
}
