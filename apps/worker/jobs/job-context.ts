import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { providerList, type ProviderList } from '#activities/payments/provider-list';
import { ProviderHttp } from '#activities/provider-http';
import { readKeyRing, type KeyRing } from '#libs/audit/keys';
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
  /** Payment providers whose own list of refunds can be read. */
  readonly providers: readonly string[];
  readonly providerList: (provider: string) => ProviderList | null;
  /** As they are now; throws what is wrong with them. */
  readonly auditKeys: () => KeyRing;
  readonly signal: (state: ReturnState, letter: Letter) => Promise<void>;
  readonly wake: (state: ReturnState) => Promise<void>;
}

/** Milliseconds. */
const TEMPORAL_PATIENCE = 10_000;
const MAIL_PATIENCE = 10_000;
const LIST_PATIENCE = 20_000;

export function jobContext(database: Database, client: Client, settings: Settings, log: Logger): JobContext {
  const door = new ReturnDoor(client, { taskQueue: settings.values.RETURNS_TASK_QUEUE });
  const inTime = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + TEMPORAL_PATIENCE, call);
  const lists: ReadonlyMap<string, ProviderList> = new Map(
    settings.sandbox ? [['sandbox', providerList(new ProviderHttp({ ...settings.sandbox, timeoutMs: LIST_PATIENCE }))]] : [],
  );
  return {
    database,
    providers: [...lists.keys()],
    providerList: (provider) => lists.get(provider) ?? null,
    log: log.child({ part: 'jobs' }),
    mailbox: settings.sandbox && new ProviderHttp({ ...settings.sandbox, timeoutMs: MAIL_PATIENCE }),
    auditKeys: () => readKeyRing(settings.values),
    signal: (state, letter) => inTime(() => door.signal(state, letter)),
    wake: (state) => inTime(() => door.wake(state)),
  };
}
