import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { once } from 'node:events';
import type { Caller } from '#libs/contracts/caller';
import type { ExportQuery } from '#libs/contracts/lists';
import { Database, type Transaction } from '#libs/persistence/database';
import { columnsOf, openExport, type ExportName } from '#libs/persistence/exports';
import { ApiError } from '../http/api-error';
import { Settings } from '../settings';

/** Lines in memory at a time, twice: one batch is read while the other is written. */
const BATCH = 1_000;
/** Milliseconds a caller may take to accept one batch; the database ends an idle transaction after a minute. */
const PATIENCE = 30_000;
/** Seconds after which it may be tried again. */
const RETRY_AFTER = 10;

/** Whoever asked has hung up, or takes nothing any more. */
class CallerGone extends Error {}

/**
 * Files of any size in little memory. All rows are of one moment, so the transaction is as long as the download: only every fourth connection may be used for it.
 */
@Injectable()
export class Exports {
  private running = 0;
  private readonly atATime: number;

  constructor(
    private readonly database: Database,
    { values }: Settings,
  ) {
    this.atATime = Math.max(1, Math.floor(values.DB_POOL / 4));
  }

  /** Answers with the file, row by row. What goes wrong before the first byte is thrown; after it the connection is cut, so that a part is not taken for the whole. */
  async send({ merchantId }: Caller, name: ExportName, range: ExportQuery, response: Response): Promise<void> {
    if (this.running >= this.atATime)
      throw new ApiError('rate_limited', 'Other exports are under way; try again when they are over', { headers: { 'Retry-After': String(RETRY_AFTER) } });
    this.running += 1;
    try {
      await this.database.snapshot(merchantId, (tx) => stream(tx, name, range, response));
      response.end();
    } catch (error) {
      if (!(error instanceof CallerGone)) throw error;
      response.destroy();
    } finally {
      this.running -= 1;
    }
  }
}

async function stream(tx: Transaction, name: ExportName, range: ExportQuery, response: Response): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const next = await openExport(tx, name, range, BATCH);
  let rows = await next();
  response.status(200).set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${fileName(name, range)}"`,
    'Cache-Control': 'no-store',
  });
  await write(response, `${columnsOf(name).join(',')}\r\n`, gone.signal);
  while (rows.length > 0) {
    const following = rows.length < BATCH ? Promise.resolve([]) : next();
    following.catch(() => undefined); // awaited below, unless the caller is gone by then
    await write(response, rows.map(({ line }) => `${line}\r\n`).join(''), gone.signal);
    rows = await following;
  }
}

/** Resolves when there is room for more. */
async function write(response: Response, text: string, gone: AbortSignal): Promise<void> {
  if (gone.aborted) throw new CallerGone();
  if (response.write(text)) return;
  await once(response, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(PATIENCE)]) }).catch(() => {
    throw new CallerGone();
  });
}

/** `ledger.csv`, `ledger-from-2026-11-01-to-2026-12-01.csv`. */
function fileName(name: ExportName, { from, to }: ExportQuery): string {
  return `${name}${from ? `-from-${from.slice(0, 10)}` : ''}${to ? `-to-${to.slice(0, 10)}` : ''}.csv`;
}
