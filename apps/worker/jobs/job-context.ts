import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { ProviderHttp } from '#activities/provider-http';
import type { Letter } from '#libs/contracts/messages';
import type { ReturnState } from '#libs/domain/return/state';
import type { Database } from '#libs/persistence/database';
import { ReturnDoor } from '#libs/temporal/return-door';
import type { Settings } from '../settings';

/** What jobs work with. The door's ways fail after `TEMPORAL_PATIENCE`: a job that waits for Temporal keeps others from running. */
export interface JobContext {
  readonly database: Database;
  readonly log: Logger;
  /** Where mail goes; null without a transport. */
  readonly mailbox: ProviderHttp | null;
  readonly signal: (state: ReturnState, letter: Letter) => Promise<void>;
  readonly wake: (state: ReturnState) => Promise<void>;
}

/** Milliseconds. */
const TEMPORAL_PATIENCE = 10_000;
const MAIL_PATIENCE = 10_000;

export function jobContext(database: Database, client: Client, settings: Settings, log: Logger): JobContext {
  const door = new ReturnDoor(client, { taskQueue: settings.values.RETURNS_TASK_QUEUE });
  const inTime = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + TEMPORAL_PATIENCE, call);
  return {
    database,
    log: log.child({ part: 'jobs' }),
    mailbox: settings.sandbox && new ProviderHttp({ ...settings.sandbox, timeoutMs: MAIL_PATIENCE }),
    signal: (state, letter) => inTime(() => door.signal(state, letter)),
    wake: (state) => inTime(() => door.wake(state)),
  };
}
