import { withoutKept } from './advance-keeping';
import { toInvoice } from './advance-book';
import { isException, isLostOnItsWayHome } from './attention';
import type { Event } from './evolve';
import { invalidField, refuse, type InspectedUnit, type Input, type Refusal, type World } from './input';
import { aboveLimit, worth } from './limits';
import { unitAt } from './lookup';
import { recallsSeen } from './recall';
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
  const handed = handedOver(state, [...found, ...instead], parcel);
  const again: Event[] = [
    ...(back.length > 0 ? [{ type: 'sending_back' as const, units: back.map(unitKey), set: { logistics: 'sending_back' as const } }] : []),
    ...(late.length > 0 ? [{ type: 'late_parcel' as const, detail: { receiptId } }] : []),
  ];
  const missing = final ? state.units.filter((unit) => !found.includes(unit) && !instead.includes(unit) && isExpected(state, unit)) : [];
  const short: Event[] = missing.length > 0 ? [{ type: 'short', units: missing.map(unitKey), set: { logistics: 'short' }, detail: { receiptId } }] : [];
  return [...arrived, ...handed, ...received, ...wrong, ...surplus, ...again, ...short];
}
/** What comes to the dock was handed over, scanned or not: the rest of what was waiting went with it, and does not expire as though nobody had sent anything. */
function handedOver(state: ReturnState, here: readonly Unit[], parcel: Parcel | undefined): Event[] {
  if (here.length === 0 && (parcel?.status ?? 'delivered') === 'delivered') return [];
  const rest = state.units.filter((unit) => unit.logistics === 'awaiting' && isExpected(state, unit) && !here.includes(unit)).map(unitKey);
  return rest.length > 0 ? [{ type: 'handed_over', units: rest, set: { logistics: 'in_transit' } }] : [];
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
export function inspect(state: ReturnState, { id, lines, supersedes = null, actor }: Input<'inspect'>): readonly Event[] | Refusal {
  if (typeof supersedes === 'string' && state.units.every((unit) => unit.inspectionId !== supersedes))
    return invalidField('/supersedes', 'unknown_inspection', `no unit of the return stands as inspection ${supersedes} found it`);
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
      const picked = pick(state, lineId, entry, taken, supersedes);
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
      events.push({
        type: corrected ? 'inspection_corrected' : 'inspected',
        units: picked.map(unitKey),
        set: { ...finding(entry), inspectionId: id },
        detail: { by: actor.id },
      });
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
type Supersedes = Input<'inspect'>['supersedes'];
function pick(state: ReturnState, lineId: string, entry: InspectedUnit, taken: ReadonlySet<UnitKey>, supersedes: Supersedes): readonly Unit[] | Refusal {
  const units = state.units.filter((unit) => unit.lineId === lineId && !taken.has(unitKey(unit)));
  if (entry.unit !== null) {
    const unit = units.find((candidate) => candidate.unit === entry.unit);
    if (!unit) return refuse('validation_failed', `unit ${entry.unit} is not in this return, or named twice`);
    if (typeof supersedes === 'string' && unit.inspection !== 'pending' && unit.inspectionId !== supersedes)
      return refuse('validation_failed', `unit ${entry.unit} does not stand as inspection ${supersedes} found it`);
    if (unit.logistics !== 'received') return refuse('invalid_state', `unit ${entry.unit} of line ${lineId} has not been received`);
    if (isSettled(state, unit)) return refuse('invalid_state', `unit ${entry.unit} of line ${lineId} is settled; its inspection stands`);
    return [unit];
  }
  const quantity = entry.quantity ?? 1;
  if (units.every((unit) => unit.logistics !== 'received')) return refuse('invalid_state', `nothing of line ${lineId} has been received`);
  const open = graded(state, units, supersedes);
  if (open.length === 0)
    return refuse('invalid_state', supersedes ? `nothing of line ${lineId} can be corrected` : `all that was received of line ${lineId} is inspected`);
  const what = supersedes ? 'can be corrected' : 'wait for inspection';
  return open.length >= quantity ? open.slice(0, quantity) : refuse('validation_failed', `only ${open.length} of line ${lineId} ${what}`);
}
const isSettled = (state: ReturnState, unit: Unit): boolean =>
  unit.money !== 'quoted' || unit.released || (unit.inspection !== 'pending' && lineOf(state, unit).appeal !== null);
/** What a quantity counts: what nobody has looked at; for a correction what was found before, as long as it is not settled, and then what is left. */
function graded(state: ReturnState, units: readonly Unit[], supersedes: Supersedes): readonly Unit[] {
  const here = units.filter((unit) => unit.logistics === 'received');
  const waiting = here.filter((unit) => unit.inspection === 'pending');
  if (!supersedes) return waiting;
  const found = here.filter((unit) => unit.inspection !== 'pending' && !isSettled(state, unit));
  return supersedes === true ? [...found, ...waiting] : found.filter((unit) => unit.inspectionId === supersedes);
}

/** Nobody inspected it in time: what is there counts as good. */
export function acceptUninspected(state: ReturnState): Event[] {
  const units = state.units
    .filter((unit) => unitStatus(state, unit) === 'at_warehouse' && unit.logistics === 'received' && unit.inspection === 'pending')
    .map(unitKey);
  return units.length > 0 ? [{ type: 'accepted_by_deadline', units, set: { inspection: 'waived' } }] : [];
}

export function repair(state: ReturnState, { lineId, unit: number, outcome }: Input<'repair'>, world: World): readonly Event[] | Refusal {
  const unit = unitAt(state.units)({ lineId, unit: number });
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

/** Rejected goods go back to the customer, once nobody can appeal any more; repaired ones at once; what came instead of ours once an agent has said that it is not paid for. */
export function sendBack(state: ReturnState, { carrier, trackingNumber }: Input<'sendback'>, world: World): readonly Event[] | Refusal {
  const units = state.units.filter((unit) => destination(unit, 'sent') === 'sent_back' && (unit.logistics !== 'wrong_item' || unit.money === 'none'));
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
    const unit = unitAt(state.units)(word);
    if (!unit) return invalidField(`/units/${index}/unit`, 'unknown_unit', `the return has no unit ${word.unit} of line ${word.lineId}`);
    const no = notResolvable(state, unit, word.money);
    const invoiced = no !== null && word.money === 'none' ? toInvoice(state).find(({ units }) => units.includes(unitKey(unit))) : undefined;
    // The unit is decided; that its advance is asked back, or that its replacement has left all the same, has been seen to.
    if (invoiced)
      seen.set(invoiced.advanceId, { type: 'advance_changed', advanceId: invoiced.advanceId, set: { invoicedBy: actor.id }, detail: { by: actor.id } });
    const recalls = word.money === 'none' ? recallsSeen(state, unit, actor.id) : [];
    for (const event of recalls) seen.set(event.id, event);
    if (no && (invoiced || recalls.length > 0)) continue;
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
    // Whoever makes good what was rejected overrules its inspection, as an upheld appeal does: what it found takes nothing off the money.
    const overruled = isLostOnItsWayHome(state, unit) && { grade: null, fault: null, missingParts: null };
    const set: Partial<Unit> = {
      ...overruled,
      logistics: word.logistics,
      inspection: 'waived',
      money: 'quoted',
      resolution: 'refund',
      released: false,
      grantedBy: by,
    };
    return [{ type: unit.released ? 'reopened' : 'resolved', units, set }];
  }
  // Still rejected: only where the goods are is said.
  if (isLostOnItsWayHome(state, unit)) return [{ type: 'resolved', units, set: { logistics: word.logistics } }];
  // What came too late and is not paid for goes back to the customer; what they never gave away is theirs again.
  const back = isLate(state, unit) && word.logistics === 'received' ? destination({ ...unit, logistics: word.logistics }, 'send_back') : undefined;
  const logistics = back ?? word.logistics;
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
function notResolvable(state: ReturnState, unit: Unit, money: 'refund' | 'none'): string | null {
  // Sent anew, or repaired, the customer has had what was promised: what came besides is theirs, or goes back, and is not paid for.
  if (isLate(state, unit)) return money === 'refund' && replacementOf(state, unit)?.status === 'delivered' ? 'has been replaced' : null;
  if (isLostOnItsWayHome(state, unit)) return null;
  const line = lineOf(state, unit);
  const decided = `is decided: its money is ${moneyOf(state, unit)}`;
  if (isRejected(state, unit) || unit.released || state.end) return decided;
  // What is said of a unit would be said of its line.
  if (line.authorization !== 'approved') return `waits for its line, which is ${line.authorization}`;
  const replacement = replacementOf(state, unit);
  if (unit.money !== 'quoted' && (!replacement || replacement.status === 'delivered')) return decided;
  return isException(state, unit) ? null : 'is in order: nothing is lost, missing, refused or overdue';
}
