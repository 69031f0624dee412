import type { Stage } from '../policy/policy';
import { keysOf, linesById, refundsBySettlement, replacementAt, stepsBySubject, unitAt } from './lookup';
import { unitKey, type Advance, type Line, type Refund, type Replacement, type ReturnState, type Step, type Unit } from './state';

/**
 * The process as tables and the few questions they answer. One row per status: what is accepted. One row per place of a unit: where a report takes it. One row per
 * step: its call and the undo beside it. What is not listed is refused to a person, and changes nothing for a machine.
 */

/** From the least advanced to the most: the least advanced open unit speaks for the return. */
export const openStatuses = ['in_review', 'awaiting_handover', 'in_transit', 'at_warehouse', 'settling'] as const;
export const endStatuses = ['completed', 'rejected', 'cancelled', 'expired'] as const;
export const statuses = [...openStatuses, ...endStatuses] as const;
export type Status = (typeof statuses)[number];

/** What people may ask of a return, by its status. Finer conditions (is there an offer, a rejected line, a unit to inspect) are asked of the units when it is taken. */
export const accepts = {
  in_review: ['cancel', 'decision', 'offer', 'accept_offer', 'decline_offer', 'shipment', 'receive', 'inspect', 'repair', 'appeal', 'resolve', 'sendback', 'goodwill', 'approve_compensation', 'reject_compensation', 'approve_refund', 'reject_refund', 'retry_refund', 'redirect_refund', 'settle_refund', 'accept_overdraft', 'pause', 'resume', 'extend', 'advance'],
  awaiting_handover: ['cancel', 'offer', 'accept_offer', 'decline_offer', 'shipment', 'pickup', 'receive', 'inspect', 'repair', 'appeal', 'resolve', 'sendback', 'goodwill', 'approve_compensation', 'reject_compensation', 'approve_refund', 'reject_refund', 'retry_refund', 'redirect_refund', 'settle_refund', 'accept_overdraft', 'pause', 'resume', 'extend', 'advance'],
  in_transit: ['shipment', 'receive', 'inspect', 'repair', 'appeal', 'resolve', 'sendback', 'offer', 'accept_offer', 'decline_offer', 'goodwill', 'approve_compensation', 'reject_compensation', 'approve_refund', 'reject_refund', 'retry_refund', 'redirect_refund', 'settle_refund', 'accept_overdraft', 'pause', 'resume', 'extend', 'advance'],
  at_warehouse: ['receive', 'inspect', 'repair', 'appeal', 'resolve', 'sendback', 'offer', 'accept_offer', 'decline_offer', 'goodwill', 'approve_compensation', 'reject_compensation', 'approve_refund', 'reject_refund', 'retry_refund', 'redirect_refund', 'settle_refund', 'accept_overdraft', 'pause', 'resume', 'extend', 'advance'],
  settling: ['receive', 'inspect', 'appeal', 'resolve', 'sendback', 'offer', 'accept_offer', 'decline_offer', 'goodwill', 'approve_compensation', 'reject_compensation', 'approve_refund', 'reject_refund', 'retry_refund', 'redirect_refund', 'settle_refund', 'accept_overdraft', 'pause', 'resume', 'extend', 'advance'],
  completed: ['receive', 'inspect', 'appeal', 'resolve', 'sendback', 'goodwill', 'approve_compensation', 'reject_compensation', 'accept_overdraft', 'pause', 'resume', 'extend', 'advance'],
  rejected: ['receive', 'inspect', 'appeal', 'resolve', 'sendback', 'goodwill', 'approve_compensation', 'reject_compensation', 'accept_overdraft', 'pause', 'resume', 'extend', 'advance'],
  cancelled: ['receive', 'resolve', 'sendback', 'goodwill', 'approve_compensation', 'reject_compensation', 'accept_overdraft', 'advance'],
  // An advance that outlived the return may still fail: it goes another way, with the customer's consent where it needs it.
  expired: ['receive', 'resolve', 'sendback', 'offer', 'accept_offer', 'decline_offer', 'goodwill', 'approve_compensation', 'reject_compensation', 'reject_refund', 'retry_refund', 'redirect_refund', 'settle_refund', 'accept_overdraft', 'advance'],
} as const satisfies Record<Status, readonly string[]>; // prettier-ignore
export type CaseCommand = (typeof accepts)[Status][number];
export const caseCommands = [...new Set(Object.values(accepts).flat())] as readonly CaseCommand[];

/** Where a report takes a unit. */
export const moves = {
  awaiting: { handed_over: 'in_transit', lost: 'lost', receive: 'received', short: 'short', expire: 'kept_by_customer' },
  in_transit: { lost: 'lost', receive: 'received', short: 'short' },
  received: { send_back: 'sending_back' },
  lost: { handed_over: 'in_transit', receive: 'received', short: 'short' },
  short: { receive: 'received' },
  wrong_item: { receive: 'received', sent: 'sent_back' },
  kept_by_customer: { receive: 'received' },
  sending_back: { sent: 'sent_back' },
  sent_back: {},
} as const satisfies Record<Unit['logistics'], Partial<Record<string, Unit['logistics']>>>;
export type Report = 'handed_over' | 'lost' | 'receive' | 'short' | 'expire' | 'send_back' | 'sent';
export const destination = (unit: Unit, report: Report): Unit['logistics'] | undefined =>
  (moves[unit.logistics] as Partial<Record<Report, Unit['logistics']>>)[report];

/** The saga: what each step does, and beside it what undoes it. */
export const steps = {
  label: { call: 'buyLabel', undo: 'voidLabel' },
  pickup: { call: 'bookPickup', undo: 'cancelPickup' },
  reship: { call: 'reship', undo: 'cancelShipment' },
} as const satisfies Record<Step['kind'], { call: string; undo: string }>;

/** Where each refund may go next; a status without a line is final. */
export const refundMoves = {
  awaiting_approval: ['pending', 'succeeded', 'awaiting_payout', 'rejected'],
  pending: ['succeeded', 'failed', 'unknown', 'pending', 'redirected', 'rejected'],
  unknown: ['succeeded', 'failed', 'pending', 'unknown'],
  failed: ['pending', 'redirected', 'rejected', 'succeeded'],
  succeeded: ['failed'],
  awaiting_payout: ['succeeded', 'redirected', 'rejected'],
  rejected: [],
  // Its provider paid it after all, and finance rejected what was to replace it: that goes back to here.
  redirected: ['succeeded'],
} as const satisfies Record<Refund['status'], readonly Refund['status'][]>;

export const lineOf = (state: ReturnState, { lineId }: { readonly lineId: string }): Line => {
  const line = linesById(state.lines).get(lineId);
  if (!line) throw new Error(`return ${state.returnId} has no line ${lineId}`);
  return line;
};
/** A receipt found others of its return and not this one: it was handed over, in which parcel nobody knows. */
export const leftBehind = (unit: Unit): boolean => unit.logistics === 'in_transit' && unit.parcelId === null;
/** It has got what it gets; a later word about its line (finance withdrew what another unit of it was granted) is not about this one. */
export const isDone = (unit: Unit): boolean => unit.money === 'granted' || (unit.money === 'none' && !unit.released);
export const isRejected = (state: ReturnState, unit: Unit): boolean =>
  (lineOf(state, unit).authorization === 'rejected' && !isDone(unit)) || unit.inspection === 'failed';
export const replacementOf = (state: ReturnState, unit: Unit): Replacement | undefined => replacementAt(state.replacements)(unit);
/** Its replacement has left, or is being ordered: it cannot be taken back. */
export function hasLeft(state: ReturnState, unit: Unit): boolean {
  const replacement = replacementOf(state, unit);
  if (!replacement || replacement.status === 'short') return false;
  return (
    replacement.status !== 'reserved' ||
    !!stepsBySubject(state.steps)
      .get(replacement.replacementId)
      ?.some((step) => step.status === 'wanted' || step.status === 'done')
  );
}
/** What advances have promised for a unit, whatever became of it since. */
export const advancesOf = (state: ReturnState, unit: Unit): readonly Advance[] =>
  (state.advances ?? []).filter(({ units }) => keysOf(units).has(unitKey(unit)));
/** The refunds of its settlement, and of the advances that went before it. What an advance let go of is paid by nobody. */
export function refundsOf(state: ReturnState, unit: Unit): readonly Refund[] {
  const ofId = (id: string) => (refundsBySettlement(state.refunds).get(id) ?? []).filter(({ status: now }) => now !== 'redirected');
  const settled = unit.money === 'granted' && unit.settlementId !== null ? ofId(unit.settlementId) : [];
  return [...advancesOf(state, unit).flatMap(({ advanceId }) => ofId(advanceId).filter(({ status: now }) => now !== 'rejected')), ...settled];
}

export type Money = 'none' | 'quoted' | 'granted' | 'refunding' | 'refunded' | 'unknown' | 'failed';
/** How far the money for a unit is: its own mark, and once it is settled, or advanced, its refunds'. */
export function moneyOf(state: ReturnState, unit: Unit): Money {
  const refunds = refundsOf(state, unit);
  if (unit.money === 'none' || (unit.money === 'quoted' && refunds.length === 0)) return unit.money;
  const found = new Set(refunds.map((refund) => refund.status));
  if (found.has('failed') || found.has('rejected')) return 'failed';
  if (found.has('unknown')) return 'unknown';
  if (found.has('pending')) return 'refunding';
  if (found.has('awaiting_approval') || found.has('awaiting_payout')) return 'granted';
  return 'refunded';
}

/** Whether the goods of a unit have come as far as they must before it can be settled. */
export const inspected = (state: ReturnState, unit: Unit): boolean =>
  !lineOf(state, unit).goodsBack || unit.inspection === 'passed' || unit.inspection === 'waived';

export function unitStatus(state: ReturnState, unit: Unit): Status {
  if (state.end) return state.end;
  const line = lineOf(state, unit);
  if (unit.released) return isRejected(state, unit) ? 'rejected' : 'expired';
  if ((line.authorization === 'pending' && !isDone(unit)) || (line.appeal === 'open' && isRejected(state, unit))) return 'in_review';
  if (isRejected(state, unit)) return 'rejected';
  if (!inspected(state, unit)) return beforeInspection[unit.logistics];
  if ((unit.resolution ?? line.resolution) === 'repair' && unit.repair === null && unit.inspection !== 'waived') return 'at_warehouse';
  const replacement = replacementOf(state, unit);
  // A repaired article is the customer's own: on its way home it needs nobody any more, unless it gets lost.
  if (replacement && replacement.status !== 'delivered' && !(replacement.kind === 'repair' && replacement.status === 'shipped')) return 'settling';
  return ['none', 'refunded'].includes(moneyOf(state, unit)) ? 'completed' : 'settling';
}
const beforeInspection = {
  awaiting: 'awaiting_handover',
  in_transit: 'in_transit',
  lost: 'in_transit',
  received: 'at_warehouse',
  short: 'at_warehouse',
  wrong_item: 'at_warehouse',
  sending_back: 'at_warehouse',
  kept_by_customer: 'completed',
  sent_back: 'completed',
} as const satisfies Record<Unit['logistics'], Status>;

export function status(state: ReturnState): Status {
  if (state.sequence === 0) return 'in_review';
  if (state.end) return state.end;
  const found = new Set(state.units.map((unit) => unitStatus(state, unit)));
  // Money under way for a unit that has been decided anew since is money under way.
  if (state.refunds.some((refund) => !['succeeded', 'redirected', 'rejected'].includes(refund.status))) found.add('settling');
  return openStatuses.find((open) => found.has(open)) ?? (['completed', 'rejected'] as const).find((end) => found.has(end)) ?? 'expired';
}

/** Whether somebody has to decide about a line that still has units of this return. */
export const awaitsReview = (state: ReturnState, line: Line, what: 'application' | 'appeal'): boolean =>
  (what === 'application' ? line.authorization === 'pending' : line.appeal === 'open') &&
  state.units.some((unit) => unit.lineId === line.lineId && !unit.released);

/** Which stages have a clock running: a stage is open while somebody owes something in it. */
export const stageOpen = {
  review: (state) => !state.end && state.lines.some((line) => awaitsReview(state, line, 'application') || awaitsReview(state, line, 'appeal')),
  handover: (state) => state.units.some((unit) => unitStatus(state, unit) === 'awaiting_handover'),
  transit: (state) => state.units.some((unit) => unitStatus(state, unit) === 'in_transit'),
  inspection: (state) =>
    state.units.some((unit) => unitStatus(state, unit) === 'at_warehouse' && unit.logistics === 'received' && unit.inspection === 'pending'),
  offer: (state) => state.offers.some((offer) => offer.status === 'open'),
  replacement: (state) => !state.end && state.replacements.some((one) => isShipping(state, one)),
  repair: (state) => state.units.some((unit) => unitStatus(state, unit) === 'at_warehouse' && inspected(state, unit)),
  approval: (state) => state.refunds.some((refund) => refund.status === 'awaiting_approval'),
  // Nobody owes anything about money that finance itself holds back.
  refund: (state) => state.refunds.some((refund) => ['pending', 'unknown', 'failed', 'awaiting_payout'].includes(refund.status) && !refund.paused),
  appeal: (state) => !state.end && state.units.some((unit) => isRejected(state, unit) && !unit.released && lineOf(state, unit).appeal === null),
} as const satisfies Record<Stage, (state: ReturnState) => boolean>;

/** A replacement has its clock once its goods may leave: before, it waits for the customer's. */
function isShipping(state: ReturnState, replacement: Replacement): boolean {
  const unit = unitAt(state.units)(replacement);
  return ['reserved', 'shipped', 'lost', 'short'].includes(replacement.status) && unit !== undefined && unitStatus(state, unit) === 'settling';
}
