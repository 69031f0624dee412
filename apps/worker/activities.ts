import { activityInfo } from '@temporalio/activity';
import type { Logger } from 'pino';
import { providerActivities } from '#activities/providers';
import { commit, giveUp } from '#activities/returns/commit';
import type { DatabaseActivities, ProviderActivities } from '#libs/contracts/messages';
import { describeError, showsValues } from '#libs/observability/logger';
import type { Database } from '#libs/persistence/database';
import type { Metrics } from './metrics';
import type { Settings } from './settings';

export interface WorkerActivities {
  readonly database: DatabaseActivities;
  readonly providers: ProviderActivities;
}
/** Puts something around the real activities; tests of crashes do. */
export type WrapActivities = (real: WorkerActivities) => WorkerActivities;

/** Nothing has this name, so a call ends as "not sent", is tried again and becomes a person's: the same as a provider that cannot be reached. */
const nowhere = { url: 'http://no-provider.invalid', secret: '' };

export function workerActivities(database: Database, settings: Settings, log: Logger, metrics: Metrics): WorkerActivities {
  return { database: watchedCommit(database, log, metrics), providers: providerActivities(database, settings.sandbox ?? nowhere) };
}

/** So often a command is tried that fails by what it says, not by what is down. */
const commandAttempts = 5;
/** Connections, locks, shutdowns and full disks pass (SQLSTATE 08, 40, 53, 55, 57); what has no SQLSTATE and no connection in it is the command's or ours. */
function passes(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (typeof code === 'string' && /^(?:08|40|53|55|57|E[A-Z]+$)/.test(code)) || /connect|terminat|timeout|Driver/i.test(String(message));
}

/** Temporal tries a failed transaction again and again; that must not go unseen, nor take a customer's words into a history. */
function watchedCommit(database: Database, log: Logger, metrics: Metrics): DatabaseActivities {
  return {
    async commit(request) {
      try {
        return await commit(database, request);
      } catch (error) {
        metrics.commitFailed();
        log.error({ merchantId: request.merchantId, returnId: request.returnId, letter: request.letter.kind, err: error }, 'a commit failed');
        if (request.letter.kind === 'command' && activityInfo().attempt >= commandAttempts && !passes(error)) return giveUp(database, request);
        // eslint-disable-next-line preserve-caught-error -- the cause would show what the message must not
        if (showsValues((error as { code?: unknown }).code)) throw new Error(describeError(error).message);
        throw error;
      }
    },
  };
}
