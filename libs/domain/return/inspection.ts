import { withoutKept } from './advance-keeping';
import { toInvoice } from './advance-book';
import { isException, isLostOnItsWayHome } from './attention';
import type { Event } from './evolve';
import { invalidField, refuse, type InspectedUnit, type Input, type Refusal, type World } from './input';
import { aboveLimit, worth } from './limits';
import { unitKey, type Parcel, type Replacement, type ReturnState, type Unit, type UnitKey } from './state';
import { destination, isRejected, lineOf, moneyOf, replacementOf, unitStatus } from './tables';

/** What of a receipt belongs to the return: units by line or by article, lowest first. The rest is surplus, recorded as unexpected. */
export function allot(
  state: ReturnState,
  lines: Input<'receive'>['lines'],
): { units: readonly Unit[]; unexpected: { lineId: string | null; sku: string | null; quantity: number }[] } {
  const taken = new Set<UnitKey>();
  const unexpected: { lineId: string | null; sku: string | null; quantity: number }[] = [];
  for (const { lineId, sku, quantity } of lines) {
    const fits = state.units.filter((unit) => {
      const line = lineOf(state, unit);
      return (
        (lineId === null ? line.sku === sku : line.lineId === lineId) &&
        line.goodsBack &&
        destination(unit, 'receive') !== undefined &&
        !taken.has(unitKey(unit))
      );
    });
    const units = fits.slice(0, quantity);
    for (const unit of units) taken.add(unitKey(unit));
    if (units.length < quantity) unexpected.push({ lineId, sku, quantity: quantity - units.length });
  }
  return { units: state.units.filter((unit) => taken.has(unitKey(unit))), unexpected };
}

/** Something arrived. Never refused: what nobody waits for is noted, and a person is told. */
export function receive(state: ReturnState, { lines, final, trackingNumber, receiptId }: Input<'receive'>): readonly Event[] {
  const { units: found, unexpected } = allot(state, lines);
  // What the return had given up is nobody's to inspect: an agent says what becomes of it. Rejected goods simply go back once more.
  const late = found.filter((unit) => unit.money === 'none' && unit.settlementId === null && !isRejected(state, unit));
  const back = found.filter((unit) => unit.released && isRejected(state, unit));
  const parcel = state.parcels.find((candidate) => candidate.direction === 'inbound' && candidate.trackingNumber === trackingNumber);
  const detail = { receiptId, unexpected };
  const arrived: Event[] = parcel && parcel.status !== 'delivered' ? [{ type: 'parcel_changed', parcelId: parcel.parcelId, set: { status: 'delivered' } }] : [];
  if (state.end) return [...arrived, { type: 'late_parcel', detail }];
  const received: Event[] =
    found.length > 0
      ? [{ type: 'received', units: found.map(unitKey), set: { logistics: 'received', ...(parcel && { parcelId: parcel.parcelId }) }, detail }]
      : [];
  // Nothing but articles of which the return knows nothing: they came instead of ours, until ours turn up.
  const foreign = unexpected.filter(({ lineId, sku }) => lineId === null && state.lines.every((line) => line.sku !== sku));
  const came = found.length > 0 ? 0 : foreign.reduce((sum, { quantity }) => sum + quantity, 0);
  const instead = state.units.filter((unit) => isExpected(state, unit)).slice(0, came);
  const wrong: Event[] = instead.length > 0 ? [{ type: 'wrong_item', units: instead.map(unitKey), set: { logistics: 'wrong_item' }, detail }] : [];
  const surplus: Event[] =
    unexpected.length > 0 && found.length === 0 && instead.length === 0 ? [{ type: 'surplus_received', units: [], set: {}, detail }] : [];
  const again: Event[] = [
    ...(back.length > 0 ? [{ type: 'sending_back' as const, units: back.map(unitKey), set: { logistics: 'sending_back' as const } }] : []),
    ...(late.length > 0 ? [{ type: 'late_parcel' as const, detail: { receiptId } }] : []),
  ];
  const missing = final ? state.units.filter((unit) => !found.includes(unit) && !instead.includes(unit) && isExpected(state, unit)) : [];
  const short: Event[] = missing.length > 0 ? [{ type: 'short', units: missing.map(unitKey), set: { logistics: 'short' }, detail: { receiptId } }] : [];
  return [...arrived, ...received, ...wrong, ...surplus, ...again, ...short];
}
/** Units whose goods somebody still waits for, but for those the carrier lost. */
const isExpected = (state: ReturnState, unit: Unit): boolean =>
  lineOf(state, unit).goodsBack &&
  destination(unit, 'short') !== undefined &&
  unit.logistics !== 'lost' &&
  !unit.released &&
  !isRejected(state, unit) &&
  unit.inspection === 'pending';

/** Grades units of what was received; partial is fine, and correctable until the unit is settled. */
export function inspect(state: ReturnState, { lines, actor }: Input<'inspect'>): readonly Event[] | Refusal {
  const events: Event[] = [];
  const taken = new Set<UnitKey>();
  for (const [lineIndex, { lineId, units: found }] of lines.entries()) {
    if (!state.lines.some((line) => line.lineId === lineId))
      return invalidField(`/lines/${lineIndex}/lineId`, 'unknown_line', `the return has no line ${lineId}`);
    // Named units first: a quantity takes what nobody has named.
    const order = found
      .map((entry, index) => ({ entry, index }))
      .toSorted((a, b) => Number(a.entry.unit === null) - Number(b.entry.unit === null) || a.index - b.index);
    for (const { entry, index } of order) {
      const picked = pick(state, lineId, entry, taken);
      if ('refusal' in picked)
        return picked.refusal.code === 'validation_failed'
          ? invalidField(
              `/lines/${lineIndex}/units/${index}/${picked.refusal.detail.startsWith('unit') ? 'unit' : 'quantity'}`,
              'not_available',
              picked.refusal.detail,
            )
          : picked;
      for (const unit of picked) taken.add(unitKey(unit));
      const corrected = picked.some((unit) => unit.inspection !== 'pending');
      events.push({ type: corrected ? 'inspection_corrected' : 'inspected', units: picked.map(unitKey), set: finding(entry), detail: { by: actor.id } });
    }
  }
  return events;
}
const finding = (entry: InspectedUnit): Partial<Unit> => ({
  inspection: entry.accepted ? 'passed' : 'failed',
  grade: entry.grade,
  disposition: entry.disposition,
  fault: entry.fault,
  missingParts: entry.missingParts,
});
function pick(state: ReturnState, lineId: string, entry: InspectedUnit, taken: ReadonlySet<UnitKey>): readonly Unit[] | Refusal {
  const units = state.units.filter((unit) => unit.lineId === lineId && !taken.has(unitKey(unit)));
  if (entry.unit !== null) {
    const unit = units.find((candidate) => candidate.unit === entry.unit);
    if (!unit) return refuse('validation_failed', `unit ${entry.unit} is not in this return, or named twice`);
    if (unit.logistics !== 'received') return refuse('invalid_state', `unit ${entry.unit} of line ${lineId} has not been received`);
    const appealed = unit.inspection !== 'pending' && lineOf(state, unit).appeal !== null;
    if (unit.money !== 'quoted' || unit.released || appealed)
      return refuse('invalid_state', `unit ${entry.unit} of line ${lineId} is settled; its inspection stands`);
    return [unit];
  }
  const waiting = units.filter((unit) => unit.logistics === 'received' && unit.inspection === 'pending');
  const quantity = entry.quantity ?? 1;
  if (units.every((unit) => unit.logistics !== 'received')) return refuse('invalid_state', `nothing of line ${lineId} has been received`);
  if (waiting.length === 0) return refuse('invalid_state', `all that was received of line ${lineId} is inspected`);
  return waiting.length >= quantity ? waiting.slice(0, quantity) : refuse('validation_failed', `only ${waiting.length} of line ${lineId} wait for inspection`);
}

/** Nobody inspected it in time: what is there counts as good. */
export function acceptUninspected(state: ReturnState): Event[] {
  const units = state.units
    .filter((unit) => unitStatus(state, unit) === 'at_warehouse' && unit.logistics === 'received' && unit.inspection === 'pending')
    .map(unitKey);
  return units.length > 0 ? [{ type: 'accepted_by_deadline', units, set: { inspection: 'waived' } }] : [];
}

export function repair(state: ReturnState, { lineId, unit: number, outcome }: Input<'repair'>, world: World): readonly Event[] | Refusal {
  const unit = state.units.find((candidate) => candidate.lineId === lineId && candidate.unit === number);
  if (!unit) return invalidField('/unit', 'unknown_unit', `the return has no unit ${number} of line ${lineId}`);
  const waiting =
    (unit.resolution ?? lineOf(state, unit).resolution) === 'repair' && unit.inspection === 'passed' && unit.repair === null && unit.money === 'quoted';
  if (!waiting) return refuse('invalid_state', `unit ${number} of line ${lineId} is not under repair`);
  if (outcome === 'unrepairable') return [{ type: outcome, units: [unitKey(unit)], set: { repair: outcome } }];
  // What was repaired goes back to its owner, who has nothing before it has arrived.
  const replacement: Replacement = {
    replacementId: world.newId('rpl'),
    lineId,
    unit: number,
    sku: lineOf(state, unit).sku,
    kind: 'repair',
    status: 'reserved',
    trackingNumber: null,
  };
  return [
    { type: outcome, units: [unitKey(unit)], set: { repair: outcome, logistics: 'sending_back' } },
    { type: 'replacement_reserved', replacement },
  ];
}

/** Rejected goods go back to the customer, once nobody can appeal any more; repaired ones at once. */
export function sendBack(state: ReturnState, { carrier, trackingNumber }: Input<'sendback'>, world: World): readonly Event[] | Refusal {
  const units = state.units.filter((unit) => unit.logistics === 'sending_back');
  const repaired = units.flatMap((unit) =>
    state.replacements.filter((one) => one.kind === 'repair' && one.status === 'reserved' && unitKey(one) === unitKey(unit)),
  );
  if (units.length === 0) return refuse('invalid_state', 'no rejected goods are waiting to be sent back; they stay here until the appeal window is over');
  const parcel: Parcel = { parcelId: world.newId('pcl'), direction: 'outbound', carrier, trackingNumber, method: 'send_back', status: 'announced' };
  return [
    { type: 'parcel_announced', parcel },
    { type: 'sent_back', units: units.map(unitKey), set: { logistics: 'sent_back', parcelId: parcel.parcelId } },
    ...repaired.map(({ replacementId }): Event => ({ type: 'replacement_changed', replacementId, set: { status: 'shipped', trackingNumber } })),
  ];
}

/** The way out of every exception, and of nothing else: an agent says where a unit is and whether its money goes back. */
export function resolve(state: ReturnState, { units: words, actor }: Input<'resolve'>, world: World): readonly Event[] | Refusal {
  const events: Event[] = [];
  const seen = new Map<string, Event>();
  const given: Unit[] = [];
  for (const [index, word] of words.entries()) {
    const unit = state.units.find((candidate) => candidate.lineId === word.lineId && candidate.unit === word.unit);
    if (!unit) return invalidField(`/units/${index}/unit`, 'unknown_unit', `the return has no unit ${word.unit} of line ${word.lineId}`);
    const no = notResolvable(state, unit);
    const invoiced = no !== null && word.money === 'none' ? toInvoice(state).find(({ units }) => units.includes(unitKey(unit))) : undefined;
    if (invoiced) {
      // The unit is decided; that its advance is asked back has been seen to.
      seen.set(invoiced.advanceId, { type: 'advance_changed', advanceId: invoiced.advanceId, set: { invoicedBy: actor.id }, detail: { by: actor.id } });
      continue;
    }
    if (no) return refuse('invalid_state', `unit ${word.unit} of line ${word.lineId} ${no}`);
    const replacement = replacementOf(state, unit);
    if (replacement && replacement.status !== 'delivered')
      events.push({ type: 'replacement_changed', replacementId: replacement.replacementId, set: { status: 'cancelled' } });
    events.push(...verdict(state, unit, word, actor.id));
    if (word.money === 'refund') given.push(unit);
  }
  const above = aboveLimit(
    state,
    actor,
    given,
    given.reduce((sum, unit) => sum + worth(unit, { ...world, money: withoutKept(world.money, state) }), 0),
  );
  if (above) return above;
  const undecided = state.lines.filter((line) => line.authorization !== 'approved' && given.some((unit) => unit.lineId === line.lineId));
  if (undecided.length > 0) {
    events.push({ type: 'lines_approved', lines: undecided.map((line) => line.lineId), set: { authorization: 'approved', decidedBy: actor.id } });
  }
  return [...events, ...seen.values()];
}

/** A return that was over comes back to life only for units whose money goes back; they are claimed anew. Whoever gives the money has granted it: four eyes look at them. */
function verdict(state: ReturnState, unit: Unit, word: Input<'resolve'>['units'][number], by: string): Event[] {
  const { settlementId } = unit;
  const units = [unitKey(unit)];
  if (word.money === 'refund') {
    const set: Partial<Unit> = { logistics: word.logistics, inspection: 'waived', money: 'quoted', resolution: 'refund', released: false, grantedBy: by };
    return [{ type: unit.released ? 'reopened' : 'resolved', units, set }];
  }
  // Still rejected: only where the goods are is said.
  if (isLostOnItsWayHome(state, unit)) return [{ type: 'resolved', units, set: { logistics: word.logistics } }];
  // What came too late and is not paid for goes back to the customer; what they never gave away is theirs again.
  const logistics = isLate(state, unit) && word.logistics === 'received' ? 'sending_back' : word.logistics;
  const free = logistics === 'kept_by_customer' && settlementId === null && !unit.released;
  // What an instalment has given stays given.
  const money: Partial<Unit> = settlementId === null ? { money: 'none', refundAmount: 0 } : { money: 'granted' };
  return [
    { type: 'resolved', units, set: { logistics, inspection: 'waived', ...money } },
    ...(free ? [{ type: 'units_released' as const, units, set: { released: true } }] : []),
  ];
}
/** Goods that came when the return, or its agent, had given them up. */
const isLate = (state: ReturnState, unit: Unit): boolean =>
  unit.money === 'none' && unit.settlementId === null && state.lateParcel && (state.end !== null || unit.logistics === 'received');

/** Why an agent has no say about a unit; null: they have. */
function notResolvable(state: ReturnState, unit: Unit): string | null {
  if (isLate(state, unit) || isLostOnItsWayHome(state, unit)) return null;
  const line = lineOf(state, unit);
  const decided = `is decided: its money is ${moneyOf(state, unit)}`;
  if (isRejected(state, unit) || unit.released || state.end) return decided;
  // What is said of a unit would be said of its line.
  if (line.authorization !== 'approved') return `waits for its line, which is ${line.authorization}`;
  const replacement = replacementOf(state, unit);
  if (unit.money !== 'quoted' && (!replacement || replacement.status === 'delivered')) return decided;
  return isException(state, unit) ? null : 'is in order: nothing is lost, missing, refused or overdue';
}
