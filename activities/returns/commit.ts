import type { Actor } from '#libs/contracts/caller';
import { problemOf } from '#libs/contracts/errors';
import type { Commit, Committed, Letter, ProcessEvent } from '#libs/contracts/messages';
import { decide } from '#libs/domain/return/decide';
import { atRest } from '#libs/domain/return/due';
import { noDetails, describe, withScan, type Details } from '#libs/domain/return/details';
import { evolve, type Event } from '#libs/domain/return/evolve';
import type { Application, Input, Refusal, World } from '#libs/domain/return/input';
import { newReturn, type ReturnState } from '#libs/domain/return/state';
import { openStatuses, status } from '#libs/domain/return/tables';
import type { Answer } from '#libs/persistence/commands';
import { prepared, violation, type Database, type Transaction } from '#libs/persistence/database';
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
  await database.inMerchant(merchantId, async (tx) => answer(tx, letter, { status: problem.status, body: problem }));
  return { events: [] };
}

async function decideAndWrite(tx: Transaction, { returnId, merchantId, letter, at, sequence }: Commit): Promise<Committed> {
  lock(tx, merchantId, returnId, letter, sequence);
  const found = await read(tx, merchantId, returnId, letter, at);
  const missed = found.state.sequence > sequence ? await eventsAfter(tx, returnId, sequence) : [];
  if (found.repeated || !found.input) return { events: missed };
  if (found.input.type === 'outcome' && found.input.result.kind === 'paused') holdProvider(tx, found.input.subject);
  const world = await loadWorld(tx, subjectOf(found), at);
  const verdict = world ? decide(found.state, found.input, world) : noWorld(found.input);
  if ('refusal' in verdict) {
    answer(tx, letter, answerTo(found.input, { refusal: tooLate(found.input, verdict) }));
    return { events: missed };
  }
  const known = await forestalled(tx, found.input, returnId);
  if (known) {
    answer(tx, letter, known);
    return { events: missed };
  }
  const change = changeOf(found, verdict, letter, world!);
  if (verdict.length > 0) await record(tx, change);
  else if (found.input.type === 'scan') noteScan(tx, found, found.input);
  if (found.input.type === 'receive') recordReceipt(tx, found.input, returnId, verdict);
  if (found.annotations) recordAnnotations(tx, change, found.annotations);
  answer(tx, letter, answerTo(found.input, { record: change.after, role: found.role, events: verdict, refund: await refundAfter(tx, found.input) }));
  if (letter.kind === 'fact')
    tx.write('UPDATE inbox SET handled_at = now(), merchant_id = $2, return_id = $3 WHERE id = $1', [factId(letter), merchantId, returnId]);
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

/**
 * Locks the return and its order, in this order always; what is read comes in statements of its own after that. (One for both would read with a snapshot older than the
 * locks.) An application has no return yet: its order is the lock.
 */
function lock(tx: Transaction, merchantId: string, returnId: string, letter: Letter, sequence: number): void {
  tx.write(
    'SELECT FROM return r JOIN orders o ON o.merchant_id = r.merchant_id AND o.order_number = r.order_number WHERE r.merchant_id = $1 AND r.id = $2 FOR UPDATE OF r, o',
    [merchantId, returnId],
  );
  if (letter.kind !== 'command' || sequence > 0) return;
  tx.write(
    `SELECT FROM orders WHERE merchant_id = $1 AND order_number = (SELECT body -> 'input' -> 'application' ->> 'orderNumber' FROM command WHERE id = $2 AND body -> 'input' ->> 'type' = 'apply') FOR UPDATE`,
    [merchantId, letter.id],
  );
}

/** Whether a provider is paused stands until this ends: whoever resumes it then finds the refund that waits, or the refund finds the provider resumed. */
function holdProvider(tx: Transaction, refundId: string): void {
  tx.write('SELECT FROM payment_provider WHERE provider = (SELECT provider FROM refund WHERE id = $1) FOR SHARE', [refundId]);
}

/** The letter names a row; what it says is read here, so that no name and no text passes through the process. */
interface Row {
  readonly state: ReturnState | null;
  readonly details: Details;
  readonly head: string;
  readonly statusSince: Date;
  readonly closedAt: Date | null;
  readonly repeated: boolean;
  readonly body: { readonly input: object; readonly annotations?: Annotations } | null;
  readonly actor: Actor | null;
  readonly answered: boolean;
}
/** `$1` merchant, `$2` return, `$3` the letter's id; a fact's row is `$4`. One row, whether the return is there or not. */
const rowWith = (letter: string, columns: string) =>
  prepared(
    `SELECT r.state, r.details, r.head, r.status_since AS "statusSince", r.closed_at AS "closedAt",
       EXISTS (SELECT FROM log_entry WHERE merchant_id = $1 AND stream = $2 AND cause = $3) AS repeated, ${columns}
     FROM (SELECT) AS one LEFT JOIN return r ON r.merchant_id = $1 AND r.id = $2 ${letter}`,
  );
const rowAlone = rowWith('', 'NULL AS body, NULL AS actor, false AS answered');
const rowAndCommand = rowWith('LEFT JOIN command l ON l.id = $3 AND l.return_id = $2', 'l.body, l.actor, coalesce(l.answer IS NOT NULL, false) AS answered');
const rowAndFact = rowWith(
  'LEFT JOIN inbox l ON l.id = $4::bigint',
  `l.body, jsonb_build_object('kind', CASE WHEN l.source LIKE 'carrier%' THEN 'carrier' ELSE 'provider' END, 'id', l.source) AS actor, false AS answered`,
);

async function read(tx: Transaction, merchantId: string, returnId: string, letter: Letter, at: number): Promise<Found> {
  const statement = { command: rowAndCommand, fact: rowAndFact, wake: rowAlone, outcome: rowAlone, moment: rowAlone }[letter.kind];
  const [row] = await tx.query<Row>(statement, [merchantId, returnId, letter.id, ...(letter.kind === 'fact' ? [factId(letter)] : [])]);
  const input = inputOf(letter, row!);
  const more = { input, annotations: row!.body?.annotations ?? null, role: input?.actor.kind ?? ('system' as const) };
  const { state, details, head, statusSince, closedAt, repeated, answered } = row!;
  if (state === null) {
    const now = new Date(at).toISOString();
    return { state: newReturn(merchantId, returnId), details: noDetails(now), head: beginning, statusSince: now, closedAt: null, repeated: answered, ...more };
  }
  return { state, details, head, statusSince: statusSince.toISOString(), closedAt: closedAt?.toISOString() ?? null, repeated: repeated || answered, ...more };
}

const system: Actor = { kind: 'system', id: 'boomerang' };
function inputOf(letter: Letter, { body, actor }: Pick<Row, 'body' | 'actor'>): Input | null {
  switch (letter.kind) {
    case 'command':
    case 'fact':
      return body && ({ ...body.input, id: letter.id, actor } as Input);
    case 'wake':
      return { type: 'wake', id: letter.id, actor: system };
    case 'outcome':
      return { type: 'outcome', id: letter.id, actor: system, effect: letter.id, call: letter.call, subject: letter.subject, result: letter.result };
    case 'moment':
      return { type: 'moment', id: letter.id, actor: system, stage: letter.stage, kind: letter.moment, at: letter.at };
  }
}

function changeOf(found: Found, events: readonly Event[], letter: Letter, world: World): Change {
  const before = found.state;
  const state = events.reduce(evolve, before);
  const at = new Date(world.now).toISOString();
  const described = events.reduce((sum, event) => describe(sum, event, at), found.details);
  const details = withWords(described, events, found.annotations ?? {});
  const moved = before.sequence === 0 || status(before) !== status(state);
  // A promise that was broken stands until somebody keeps it.
  const promises = state.deadlines.flatMap(({ dueAt, pausedAt }) => (pausedAt === null ? [dueAt] : []));
  const closed = atRest(state) && !openStatuses.some((open) => open === status(state));
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
      closedAt: closed ? (found.closedAt ?? at) : null,
    },
    nextDueAt: promises.length > 0 ? Math.min(...promises) : null,
    ledger: [],
  };
}

/** What an agent wrote beside an offer or a goodwill stands on the return, and in no log. */
function withWords(details: Details, events: readonly Event[], { offerNote, goodwillReason }: Annotations): Details {
  const offer = events.find((event) => event.type === 'offer_made');
  const goodwill = events.find((event) => event.type === 'compensation_granted');
  return {
    ...details,
    ...(offerNote !== undefined && offer && { offerNotes: { ...details.offerNotes, [offer.offer.offerId]: offerNote } }),
    ...(goodwillReason !== undefined && goodwill && { goodwillReasons: { ...details.goodwillReasons, [goodwill.compensation.id]: goodwillReason } }),
  };
}

/** A scan that says nothing new is a row for readers and nothing to the process. */
function noteScan(tx: Transaction, { state, details }: Found, { trackingNumber, status: scanned, scannedAt }: Input<'scan'>): void {
  const parcel = state.parcels.find((candidate) => candidate.trackingNumber === trackingNumber);
  if (!parcel) return;
  const scans = withScan(details, parcel.parcelId, { status: scanned, at: scannedAt });
  tx.write('UPDATE return SET details = $2 WHERE id = $1', [state.returnId, JSON.stringify({ ...details, scans })]);
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

function answer(tx: Transaction, letter: Letter, given: Answer): void {
  if (letter.kind === 'command') tx.write('UPDATE command SET answer = $2 WHERE id = $1 AND answer IS NULL', [letter.id, JSON.stringify(given)]);
}

async function refuseUnits(tx: Transaction, { merchantId, returnId, letter, at }: Commit): Promise<Committed> {
  const { input } = await read(tx, merchantId, returnId, letter, at);
  if (input) answer(tx, letter, answerTo(input, { refusal: { code: 'units_unavailable', detail: 'another return holds these units' } }));
  return { events: [] };
}
