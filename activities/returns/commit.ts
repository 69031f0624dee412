import type { Actor } from '#libs/contracts/caller';
import { problemOf } from '#libs/contracts/errors';
import type { Commit, Committed, Letter, ProcessEvent } from '#libs/contracts/messages';
import { decide } from '#libs/domain/return/decide';
import { due } from '#libs/domain/return/due';
import { noDetails, describe, withScan, type Details } from '#libs/domain/return/details';
import { evolve, type Event } from '#libs/domain/return/evolve';
import type { Application, Input, Refusal, World } from '#libs/domain/return/input';
import { newReturn, type ReturnState } from '#libs/domain/return/state';
import { status } from '#libs/domain/return/tables';
import type { Answer } from '#libs/persistence/commands';
import type { Database, Transaction } from '#libs/persistence/database';
import { violation } from '#libs/persistence/database';
import { beginning } from '#libs/persistence/log';
import { refundAfter } from '../payments/present-refund';
import { recordAnnotations, type Annotations } from './annotations';
import { answerTo } from './answer';
import { forestalled } from './forestalled';
import { recordReceipt } from './receipts';
import { record, type Change } from './record';
import { loadWorld } from './world';

/** The row of a return as a transaction found it. */
interface Found {
  readonly state: ReturnState;
  readonly details: Details;
  readonly head: string;
  readonly statusSince: string;
  readonly closedAt: string | null;
  /** The letter was dealt with before; its first answer stands. */
  readonly repeated: boolean;
  readonly input: Input | null;
  readonly annotations: Annotations | null;
  readonly role: Actor['kind'];
}

/**
 * The one way in which a return changes: lock, decide on what is stored, write events, state, claims, money and the answer together, or nothing of it. First write,
 * repetition after a crash and being overtaken by another writer are one path. Safe to run twice: a letter's id counts once.
 */
export async function commit(database: Database, request: Commit): Promise<Committed> {
  try {
    return await database.inMerchant(request.merchantId, (tx) => decideAndWrite(tx, request));
  } catch (error) {
    // The claim itself is the last word on who has a unit: the loser is told so, in a transaction of its own.
    if (violation(error)?.constraint !== 'unit_claim_live') throw error;
    return database.inMerchant(request.merchantId, (tx) => refuseUnits(tx, request));
  }
}

/**
 * A command that cannot be written down, however often it is tried, is answered as an error of ours, so that it holds up nobody else who wants something of the return.
 * Facts, outcomes and moments are never given up: they are true.
 */
export async function giveUp(database: Database, { merchantId, letter }: Commit): Promise<Committed> {
  const problem = problemOf('internal', { detail: 'The command could not be carried out; nothing was changed' });
  await database.inMerchant(merchantId, (tx) => answer(tx, letter, { status: problem.status, body: problem }));
  return { events: [] };
}

async function decideAndWrite(tx: Transaction, { returnId, merchantId, letter, at, sequence }: Commit): Promise<Committed> {
  const found = await lock(tx, merchantId, returnId, letter);
  const missed = found.state.sequence > sequence ? await eventsAfter(tx, returnId, sequence) : [];
  if (found.repeated || !found.input) return { events: missed };
  const world = await loadWorld(tx, subjectOf(found), at);
  const verdict = world ? decide(found.state, found.input, world) : noWorld(found.input);
  if ('refusal' in verdict) {
    await answer(tx, letter, answerTo(found.input, { refusal: tooLate(found.input, verdict) }));
    return { events: missed };
  }
  const known = await forestalled(tx, found.input, returnId);
  if (known) {
    await answer(tx, letter, known);
    return { events: missed };
  }
  const change = changeOf(found, verdict, letter, world!);
  if (verdict.length > 0) await record(tx, change);
  else if (found.input.type === 'scan') await noteScan(tx, found, found.input);
  if (found.input.type === 'receive') await recordReceipt(tx, found.input, returnId, verdict);
  if (found.annotations) await recordAnnotations(tx, change, found.annotations);
  await answer(tx, letter, answerTo(found.input, { record: change.after, role: found.role, events: verdict, refund: await refundAfter(tx, found.input) }));
  if (letter.kind === 'fact')
    await tx.query('UPDATE inbox SET handled_at = now(), merchant_id = $2, return_id = $3 WHERE id = $1', [factId(letter), merchantId, returnId]);
  return { events: [...missed, ...verdict.map(withoutDetail)] };
}

const subjectOf = ({ state, input }: Found): ReturnState | Application => (state.sequence === 0 && input?.type === 'apply' ? input.application : state);
const noWorld = (input: Input): Refusal => ({
  refusal: { code: 'not_found', detail: input.type === 'apply' ? 'there is no such order' : 'there is no such return' },
});
const factId = (letter: Letter): number => Number(letter.id.slice('fact/'.length));

/** Somebody else took the units between the caller's question and this transaction: that is a race lost, not a bad application. */
function tooLate(input: Input, { refusal }: Refusal): Refusal['refusal'] {
  const lines = (refusal.lines ?? []) as { findings: { code: string }[] }[];
  const codes = new Set(lines.flatMap((line) => line.findings.map((finding) => finding.code)));
  return input.type === 'apply' && codes.size === 1 && codes.has('quantity_unavailable')
    ? { code: 'units_unavailable', detail: 'another return holds these units' }
    : refusal;
}

/** Locks the return and its order, in this order always; then reads. (One statement for both would read with a snapshot older than the locks.) */
async function lock(tx: Transaction, merchantId: string, returnId: string, letter: Letter): Promise<Found> {
  const locked = await tx.query(
    'SELECT FROM return r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_number = r.order_number WHERE r.merchant_id = $1 AND r.id = $2 FOR UPDATE OF r, o',
    [merchantId, returnId],
  );
  const input = await inputOf(tx, returnId, letter);
  if (locked.length === 0 && input.value?.type === 'apply')
    await tx.query('SELECT FROM orders WHERE order_number = $1 FOR UPDATE', [input.value.application.orderNumber]);
  const [row] = await tx.query<{ state: ReturnState; details: Details; head: string; statusSince: Date; closedAt: Date | null; repeated: boolean }>(
    `SELECT state, details, head, status_since AS "statusSince", closed_at AS "closedAt", EXISTS (SELECT FROM log_entry WHERE stream = $2 AND cause = $3) AS repeated FROM return WHERE merchant_id = $1 AND id = $2`,
    [merchantId, returnId, letter.id],
  );
  const fresh = new Date().toISOString();
  const found = row ?? {
    state: newReturn(merchantId, returnId),
    details: noDetails(fresh),
    head: beginning,
    statusSince: new Date(),
    closedAt: null,
    repeated: false,
  };
  return {
    ...found,
    statusSince: new Date(found.statusSince).toISOString(),
    closedAt: found.closedAt && new Date(found.closedAt).toISOString(),
    repeated: found.repeated || input.answered,
    input: input.value,
    annotations: input.annotations ?? null,
    role: input.value?.actor.kind ?? 'system',
  };
}

const system: Actor = { kind: 'system', id: 'boomerang' };
/** The letter names a row; what it says is read here, so that no name and no text passes through the process. */
async function inputOf(
  tx: Transaction,
  returnId: string,
  letter: Letter,
): Promise<{ value: Input | null; answered: boolean; annotations?: Annotations | undefined }> {
  switch (letter.kind) {
    case 'command': {
      const [row] = await tx.query<{ body: { input: object; annotations?: Annotations }; actor: Actor; answer: Answer | null }>(
        'SELECT body, actor, answer FROM command WHERE id = $1 AND return_id = $2',
        [letter.id, returnId],
      );
      return {
        value: row ? ({ ...row.body.input, id: letter.id, actor: row.actor } as Input) : null,
        answered: row?.answer != null,
        annotations: row?.body.annotations,
      };
    }
    case 'fact': {
      const [row] = await tx.query<{ source: string; body: { input: object } }>('SELECT source, body FROM inbox WHERE id = $1', [factId(letter)]);
      const kind = row?.source.startsWith('carrier') ? ('carrier' as const) : ('provider' as const);
      return { value: row ? ({ ...row.body.input, id: letter.id, actor: { kind, id: row.source } } as Input) : null, answered: false };
    }
    case 'wake':
      return { value: { type: 'wake', id: letter.id, actor: system }, answered: false };
    case 'outcome':
      return {
        value: { type: 'outcome', id: letter.id, actor: system, effect: letter.id, call: letter.call, subject: letter.subject, result: letter.result },
        answered: false,
      };
    case 'moment':
      return { value: { type: 'moment', id: letter.id, actor: system, stage: letter.stage, kind: letter.moment, at: letter.at }, answered: false };
  }
}

function changeOf(found: Found, events: readonly Event[], letter: Letter, world: World): Change {
  const before = found.state;
  const state = events.reduce(evolve, before);
  const at = new Date(world.now).toISOString();
  const noted = found.annotations?.offerNote;
  const described = events.reduce((sum, event) => describe(sum, event, at), found.details);
  const offer = events.find((event) => event.type === 'offer_made');
  const details = noted !== undefined && offer ? { ...described, offerNotes: { ...described.offerNotes, [offer.offer.offerId]: noted } } : described;
  const moved = before.sequence === 0 || status(before) !== status(state);
  const { effects, later, moments } = due(state);
  const rests = effects.length === 0 && later.length === 0 && state.deadlines.every((deadline) => deadline.breachedAt !== null);
  return {
    before,
    events,
    cause: letter.id,
    actor: found.input!.actor,
    at,
    head: found.head,
    world,
    after: {
      state,
      details,
      statusSince: moved ? at : found.statusSince,
      closedAt: rests && !['in_review', 'awaiting_handover', 'in_transit', 'at_warehouse', 'settling'].includes(status(state)) ? (found.closedAt ?? at) : null,
    },
    nextDueAt: moments.length > 0 ? Math.min(...moments.map((one) => one.at)) : null,
  };
}

/** A scan that says nothing new is a row for readers and nothing to the process. */
async function noteScan(tx: Transaction, { state, details }: Found, { trackingNumber, status: scanned, scannedAt }: Input<'scan'>): Promise<void> {
  const parcel = state.parcels.find((candidate) => candidate.trackingNumber === trackingNumber);
  if (!parcel) return;
  const scans = withScan(details, parcel.parcelId, { status: scanned, at: scannedAt });
  await tx.query('UPDATE return SET details = $2 WHERE id = $1', [state.returnId, JSON.stringify({ ...details, scans })]);
}

const withoutDetail = ({ detail: _, ...event }: Event): ProcessEvent => event as ProcessEvent;

/** What others have written since this process last looked. */
async function eventsAfter(tx: Transaction, returnId: string, sequence: number): Promise<ProcessEvent[]> {
  const rows = await tx.query<{ text: string }>('SELECT text FROM log_entry WHERE stream = $1 AND sequence > $2 ORDER BY sequence', [returnId, sequence]);
  return rows.map((row) => {
    const { type, data } = JSON.parse(row.text) as { type: string; data: Event };
    return withoutDetail({ ...data, type } as Event);
  });
}

async function answer(tx: Transaction, letter: Letter, given: Answer): Promise<void> {
  if (letter.kind === 'command') await tx.query('UPDATE command SET answer = $2 WHERE id = $1 AND answer IS NULL', [letter.id, JSON.stringify(given)]);
}

async function refuseUnits(tx: Transaction, { returnId, letter }: Commit): Promise<Committed> {
  const { value } = await inputOf(tx, returnId, letter);
  if (value) await answer(tx, letter, answerTo(value, { refusal: { code: 'units_unavailable', detail: 'another return holds these units' } }));
  return { events: [] };
}
