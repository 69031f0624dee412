import type { Event } from './evolve';
import { invalidField, refuse, type Input, type Refusal } from './input';
import { unitKey, type Line, type Offer, type ReturnState } from './state';
import { isRejected } from './tables';

/** An agent's word, line by line: on an application, or on an appeal, where it must be another agent than the first. */
export function decision(state: ReturnState, { lines: decisions, actor }: Input<'decision'>): readonly Event[] | Refusal {
  for (const [index, { lineId }] of decisions.entries()) {
    const line = state.lines.find((candidate) => candidate.lineId === lineId);
    if (!line) return invalidField(`/lines/${index}/lineId`, 'unknown_line', `the return has no line ${lineId}`);
    if (line.authorization !== 'pending' && line.appeal !== 'open') return refuse('invalid_state', `line ${lineId} waits for no decision`);
    if (line.appeal === 'open' && line.decidedBy === actor.id) return refuse('forbidden', 'an appeal is decided by somebody else than the first decision');
  }
  const value = state.units.reduce((sum, unit) => (decisions.some((one) => one.lineId === unit.lineId && one.decision === 'approve') ? sum + unit.refundAmount : sum), 0);
  if (actor.decisionLimitAmount !== undefined && actor.kind === 'agent' && value > actor.decisionLimitAmount) {
    return refuse('forbidden', `approving ${value} is above your limit of ${actor.decisionLimitAmount}`);
  }
  const of = (word: 'approve' | 'reject') => decisions.filter((one) => one.decision === word).map((one) => one.lineId);
  return [...approve(state, of('approve'), actor.id), ...reject(state, of('reject'), actor.id)];
}

/** Applications are approved, appeals upheld. */
export function approve(state: ReturnState, lineIds: readonly string[], by: string | null): Event[] {
  const { pending, appealed } = split(state, lineIds);
  const failed = state.units.filter((unit) => appealed.includes(unit.lineId) && unit.inspection === 'failed').map(unitKey);
  return [
    ...(pending.length > 0 ? [{ type: 'lines_approved' as const, lines: pending, set: { authorization: 'approved' as const, decidedBy: by } }] : []),
    ...(appealed.length > 0 ? [{ type: 'lines_approved' as const, lines: appealed, set: { authorization: 'approved' as const, appeal: 'upheld' as const, decidedBy: by } }] : []),
    ...(failed.length > 0 ? [{ type: 'appeal_upheld' as const, units: failed, set: { inspection: 'passed' as const } }] : []),
  ];
}
/** Applications are rejected, appeals dismissed. */
export function reject(state: ReturnState, lineIds: readonly string[], by: string | null): Event[] {
  const { pending, appealed } = split(state, lineIds);
  return [
    ...(pending.length > 0 ? [{ type: 'lines_rejected' as const, lines: pending, set: { authorization: 'rejected' as const, decidedBy: by } }] : []),
    ...(appealed.length > 0 ? [{ type: 'appeal_dismissed' as const, lines: appealed, set: { appeal: 'dismissed' as const, decidedBy: by } }] : []),
  ];
}
function split(state: ReturnState, lineIds: readonly string[]): { pending: string[]; appealed: string[] } {
  const of = (test: (line: Line) => boolean) => state.lines.filter((line) => lineIds.includes(line.lineId) && test(line)).map((line) => line.lineId);
  return { pending: of((line) => line.authorization === 'pending' && line.appeal !== 'open'), appealed: of((line) => line.appeal === 'open') };
}

/** Once a line, within the window, after a rejection. */
export function appeal(state: ReturnState): readonly Event[] | Refusal {
  const open = state.deadlines.some((deadline) => deadline.stage === 'appeal' && deadline.breachedAt === null);
  const lines = state.lines.filter((line) => line.appeal === null && state.units.some((unit) => unit.lineId === line.lineId && !unit.released && isRejected(state, unit)));
  if (!open || lines.length === 0) return refuse('invalid_state', 'nothing was rejected, its window is over, or it was appealed before');
  return [{ type: 'appealed', lines: lines.map((line) => line.lineId), set: { appeal: 'open' } }];
}

/** Something else than was asked for, such as keeping it for a part of the price. One at a time; never more than its lines can give. */
export function offer(state: ReturnState, input: Input<'offer'>, offerId: string): readonly Event[] | Refusal {
  if (state.offers.some((one) => one.status === 'open')) return refuse('invalid_state', 'the customer has not answered the last offer yet');
  const open = offered(state);
  if (open.length === 0) return refuse('invalid_state', 'everything of this return is decided or under way');
  const most = open.reduce((sum, unit) => sum + unit.refundAmount, 0);
  if (input.amount !== null && input.amount > most) return refuse('amount_unavailable', `these lines can give ${most} at the most`);
  return [{ type: 'offer_made', offer: { offerId, resolution: input.resolution, amount: input.amount, status: 'open' } }];
}
/** What an offer is about: units that nobody has settled, and that are not on their way. */
const offered = (state: ReturnState) =>
  state.units.filter((unit) => unit.money === 'quoted' && !unit.released && !isRejected(state, unit) && unit.inspection === 'pending' && ['awaiting', 'lost', 'short'].includes(unit.logistics));

export function answerOffer(state: ReturnState, offerId: string, answer: Extract<Offer['status'], 'accepted' | 'declined'>): readonly Event[] | Refusal {
  const one = state.offers.find((candidate) => candidate.offerId === offerId);
  if (!one) return refuse('not_found', `no offer ${offerId}`);
  if (one.status !== 'open') return refuse('invalid_state', `the offer is ${one.status}`);
  const closed: Event = { type: 'offer_closed', offerId, set: { status: answer } };
  return answer === 'declined' ? [closed] : [closed, ...accepted(state, one)];
}
function accepted(state: ReturnState, { resolution, amount }: Offer): Event[] {
  if (resolution === 'store_credit') return [{ type: 'refund_destination_changed', refundTo: 'store_credit' }];
  const lineIds = [...new Set(offered(state).map((unit) => unit.lineId))];
  const stays = resolution === 'adjustment' || resolution === 'refund_only' || resolution === 'reship';
  const instead = amount !== null && resolution === 'refund_only' ? ('adjustment' as const) : resolution;
  const shares = shareOut(state, lineIds, amount);
  return [
    ...lineIds.map((lineId): Event => ({
      type: 'line_changed',
      lines: [lineId],
      set: { resolution: instead, ...(stays && { goodsBack: false }), ...(amount !== null && { adjustmentAmount: shares.get(lineId) ?? 0 }) },
    })),
    ...approve(state, lineIds, null),
  ];
}
/** An amount for several lines, by what each was quoted; the last one takes what rounding leaves. */
function shareOut(state: ReturnState, lineIds: readonly string[], amount: number | null): Map<string, number> {
  const quoted = lineIds.map((lineId) => state.units.reduce((sum, unit) => (unit.lineId === lineId ? sum + unit.refundAmount : sum), 0));
  const whole = quoted.reduce((sum, one) => sum + one, 0);
  let [passed, given] = [0, 0];
  return new Map(
    lineIds.map((lineId, index) => {
      passed += quoted[index]!;
      const upTo = whole === 0 ? 0 : Number((BigInt(amount ?? 0) * BigInt(passed)) / BigInt(whole));
      const share = upTo - given;
      given = upTo;
      return [lineId, share] as const;
    }),
  );
}
