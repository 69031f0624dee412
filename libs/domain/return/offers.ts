import type { Resolution } from '../policy/policy';
import { promisedOf } from './advance-book';
import type { Event } from './evolve';
import { refuse, type Actor, type Input, type Refusal, type World } from './input';
import { aboveLimit, worth } from './limits';
import { approve } from './review';
import { unitKey, type Offer, type Refund, type ReturnState, type Unit } from './state';
import { advancesOf, hasLeft, isRejected, replacementOf } from './tables';

/** Something else than was asked for, such as keeping it for a part of the price. One at a time; never more than its lines can give. */
export function offer(state: ReturnState, { resolution, amount, actor }: Input<'offer'>, world: World): readonly Event[] | Refusal {
  if (state.offers.some((one) => one.status === 'open')) return refuse('invalid_state', 'the customer has not answered the last offer yet');
  if (state.offers.length >= 50) return refuse('invalid_state', 'a return has at most 50 offers');
  if (!isOpenFor(state, resolution)) return refuse('invalid_state', 'everything of this return is decided or under way');
  // Where the money goes is no grant.
  const refused = resolution === 'store_credit' ? beyondWhatComes(state, amount, world) : tooMuch(state, amount, actor, world);
  if (refused) return refused;
  return [{ type: 'offer_made', offer: { offerId: world.newId('ofr'), resolution, amount, status: 'open', by: actor.id } }];
}

function tooMuch(state: ReturnState, amount: number | null, actor: Actor, world: World): Refusal | null {
  const units = offered(state);
  const most = total(units.map((unit) => worth(unit, world)));
  return amount !== null && amount > most ? atTheMost(most) : aboveLimit(state, actor, units, amount ?? most);
}
const atTheMost = (most: number): Refusal => refuse('amount_unavailable', `these lines can give ${most} at the most`);
const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** Store credit instead of the tender changes where the money goes, not how much it is: what is promised of it is no more than what there is to come, outbound shipping at the most. */
function beyondWhatComes(state: ReturnState, amount: number | null, world: World): Refusal | null {
  if (amount === null) return null;
  const units = state.units.filter((unit) => isToCome(state, unit));
  const advances = new Set((state.advances ?? []).map(({ advanceId }) => advanceId));
  const unpaid = state.refunds.filter((refund) => isUnpaid(refund) && !advances.has(refund.settlementId)).map((refund) => refund.amount);
  const shipping = world.order.shipments.map(({ shippingAmount }) => shippingAmount);
  const most = total([...units.map(({ refundAmount }) => refundAmount), ...unpaid, ...shipping]);
  return amount > most ? atTheMost(most) : null;
}

/** What an offer is about: units that nobody has settled or advanced money for and that are not on their way, or whose replacement is not there. */
function offered(state: ReturnState): readonly Unit[] {
  if (state.end) return [];
  return state.units.filter((unit) => {
    if (unit.money !== 'quoted' || unit.settlementId !== null || unit.released || isRejected(state, unit) || hasLeft(state, unit)) return false;
    if (advancesOf(state, unit).some((advance) => promisedOf(advance) > 0)) return false;
    return (unit.inspection === 'pending' && ['awaiting', 'lost', 'short'].includes(unit.logistics)) || replacementOf(state, unit)?.status === 'short';
  });
}
/** Store credit may also be offered for money that is still to come, or that could not be paid to its tender. */
export function isOpenFor(state: ReturnState, resolution: Offer['resolution']): boolean {
  if (resolution !== 'store_credit') return offered(state).length > 0;
  return state.units.some((unit) => isToCome(state, unit)) || state.refunds.some(isUnpaid);
}
const isToCome = (state: ReturnState, unit: Unit): boolean => state.end === null && unit.money === 'quoted' && !unit.released && !isRejected(state, unit);
/** Its tender did not take it, or cannot give it. */
const isUnpaid = ({ status, held }: Refund): boolean => status === 'failed' || held;

export function answerOffer(
  state: ReturnState,
  offerId: string,
  answer: Extract<Offer['status'], 'accepted' | 'declined'>,
  world: World,
): readonly Event[] | Refusal {
  const one = state.offers.find((candidate) => candidate.offerId === offerId);
  if (!one) return refuse('not_found', `no offer ${offerId}`);
  if (one.status !== 'open') return refuse('invalid_state', `the offer is ${one.status}`);
  const closed: Event = { type: 'offer_closed', offerId, set: { status: answer } };
  return answer === 'declined' ? [closed] : [closed, ...accepted(state, one, world)];
}

/** It is the grant of whoever made it: they count as having decided. */
function accepted(state: ReturnState, { resolution, amount, by }: Offer, world: World): Event[] {
  if (resolution === 'store_credit') return [{ type: 'refund_destination_changed', refundTo: 'store_credit' }];
  const units = offered(state);
  const shares = shareOut(units, amount, world);
  // With an amount it is: keep it, and have this for it.
  const instead = amount !== null && (resolution === 'refund_only' || resolution === 'refund') ? ('adjustment' as const) : resolution;
  const dropped = units.flatMap((unit): Event[] => {
    const replacement = replacementOf(state, unit);
    return replacement ? [{ type: 'replacement_changed', replacementId: replacement.replacementId, set: { status: 'cancelled' } }] : [];
  });
  const changed = [...shares].flatMap(([lineId, share]) => changeLine(state, lineId, units, instead, amount === null ? null : share, by));
  return [...dropped, ...changed, ...approve(state, [...shares.keys()], by ?? null)];
}

/** A line as a whole where all of it is open; else the units that are, so that those on their way keep what was agreed for them. */
function changeLine(
  state: ReturnState,
  lineId: string,
  units: readonly Unit[],
  resolution: Resolution,
  adjustmentAmount: number | null,
  by: string | undefined,
): Event[] {
  const open = units.filter((unit) => unit.lineId === lineId);
  const stays = resolution === 'adjustment' || resolution === 'refund_only' || resolution === 'reship';
  const article = resolution === 'exchange' || resolution === 'reship' ? { exchangeSku: null, exchangePrice: null } : {};
  const amount = adjustmentAmount === null ? {} : { adjustmentAmount };
  if (state.units.every((unit) => unit.lineId !== lineId || unit.released || open.includes(unit))) {
    const goodsBack = resolution === 'repair' || (stays && open.every((unit) => unit.logistics === 'received'));
    const decided = by !== undefined && state.lines.some((line) => line.lineId === lineId && line.authorization === 'approved') ? { decidedBy: by } : {};
    return [{ type: 'line_changed', lines: [lineId], set: { resolution, ...((stays || goodsBack) && { goodsBack }), ...article, ...amount, ...decided } }];
  }
  const set: Partial<Unit> = { resolution, ...(stays && { inspection: 'waived' }), ...(by !== undefined && { grantedBy: by }) };
  const given: Event[] = adjustmentAmount === null ? [] : [{ type: 'line_changed', lines: [lineId], set: amount }];
  return [...given, { type: 'resolved', units: open.map(unitKey), set }];
}

/** An amount for several lines, by what each can give; the last one takes what rounding leaves. */
function shareOut(units: readonly Unit[], amount: number | null, world: World): Map<string, number> {
  const worths = new Map<string, number>();
  for (const unit of units) worths.set(unit.lineId, (worths.get(unit.lineId) ?? 0) + worth(unit, world));
  const whole = [...worths.values()].reduce((sum, one) => sum + one, 0);
  let [passed, given] = [0, 0];
  return new Map(
    [...worths].map(([lineId, one]) => {
      passed += one;
      const upTo = whole === 0 ? 0 : Number((BigInt(amount ?? 0) * BigInt(passed)) / BigInt(whole));
      const share = upTo - given;
      given = upTo;
      return [lineId, share] as const;
    }),
  );
}
