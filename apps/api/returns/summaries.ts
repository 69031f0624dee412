import type { Event } from '#libs/domain/return/evolve';

type Data = Readonly<Record<string, unknown>>;
const units = (data: Data) => {
  const count = (data.units as unknown[] | undefined)?.length ?? 0;
  return `${count} unit${count === 1 ? '' : 's'}`;
};
const lines = (data: Data) => `line ${(data.lines as string[] | undefined)?.join(', ') ?? ''}`;
const set = (data: Data) => (data.set ?? {}) as Data;

const recoveries: Readonly<Record<string, string>> = {
  write_off: 'written off',
  store_credit: 'taken from the customer’s store credit',
  invoice: 'to be invoiced to the customer',
};
function advanceSentence({ recovery, recoveredAmount, invoicedBy, withdrawnAmount }: Data): string {
  if (typeof recovery === 'string')
    return recoveredAmount === 0 ? 'The advance is settled' : `Of the advance ${String(recoveredAmount)} is ${recoveries[recovery]}`;
  if (typeof invoicedBy === 'string') return 'The advance was invoiced to the customer';
  return withdrawnAmount === undefined ? 'The advance is open again' : 'A part of the advance was never paid, and is not owed any more';
}

/** One sentence a person understands, for every kind of event. */
const sentences: Record<Event['type'], (data: Data) => string> = {
  applied: (data) => `Return ${String(data.number)} was applied for: ${units(data)}`,
  lines_approved: (data) => `Approved: ${lines(data)}`,
  lines_rejected: (data) => `Rejected: ${lines(data)}`,
  line_changed: (data) => `Changed by agreement: ${lines(data)}`,
  appealed: (data) => `Appealed: ${lines(data)}`,
  appeal_dismissed: (data) => `The appeal was dismissed: ${lines(data)}`,
  appeal_upheld: (data) => `The appeal was upheld: ${units(data)}`,
  cancelled: () => 'The return was cancelled',
  expired: () => 'Nobody handed the goods over in time; the return expired',
  late_parcel: () => 'Goods arrived although the return was over',
  reopened: (data) => `The return was opened again for ${units(data)}`,
  parcel_announced: () => 'A parcel was announced',
  parcel_scanned: (data) => `The carrier reported: ${String(set(data).status)}`,
  parcel_changed: () => 'The parcel got its tracking number or status',
  step_wanted: (data) => `Ordered: ${String((data.step as Data).kind)}`,
  step_changed: (data) => {
    const { status, recall } = set(data);
    if (recall === 'refused') return 'The carrier has the replacement already and does not give it back';
    return recall === 'seen'
      ? 'An agent has seen to the replacement that was not given back'
      : `An order at the carrier is now ${String(status ?? 'asked for again')}`;
  },
  handed_over: (data) => `${units(data)} on the way`,
  lost: (data) => `${units(data)} lost on the way`,
  received: (data) => `${units(data)} received`,
  short: (data) => `${units(data)} missing in what arrived`,
  wrong_item: (data) => `${units(data)} turned out to be something else`,
  inspected: (data) => `${units(data)} inspected, grade ${String(set(data).grade)}: ${String(set(data).inspection)}`,
  inspection_corrected: (data) => `Inspection corrected for ${units(data)}, grade ${String(set(data).grade)}: ${String(set(data).inspection)}`,
  inspection_waived: (data) => `Inspection waived for ${units(data)}`,
  accepted_by_deadline: (data) => `${units(data)} accepted because nobody inspected in time`,
  repaired: (data) => `${units(data)} repaired`,
  unrepairable: (data) => `${units(data)} cannot be repaired`,
  resolved: (data) => `An exception was resolved for ${units(data)}`,
  handover_expired: (data) => `${units(data)} stay with the customer: not handed over in time`,
  sending_back: (data) => `${units(data)} go back to the customer`,
  sent_back: (data) => `${units(data)} sent back to the customer`,
  units_released: (data) => `${units(data)} may be asked for again`,
  nothing_owed: (data) => `No money is owed for ${units(data)}`,
  settled: (data) => `Settled: ${String(data.total)} for ${units(data)}`,
  advanced: (data) => `Paid in advance: ${String((data.advance as Data).amount)}, before the goods are inspected`,
  advance_changed: (data) => advanceSentence(set(data)),
  advance_withdrawn: () => 'An advance was withdrawn before any of it was paid',
  refund_changed: (data) => `Refund ${String(data.refundId)} is ${String(set(data).status ?? 'waiting')}`,
  settlement_withdrawn: (data) => `Finance withdrew a settlement; ${units(data)} wait for a new decision`,
  refund_redirected: (data) => `Refund ${String(data.refundId)} is paid another way`,
  surplus_received: () => 'Something arrived that nobody waited for',
  refund_destination_changed: (data) => `The refund goes to ${String(data.refundTo)}`,
  refund_paid_after_all: ({ paid }) => {
    const { refundId, amount, acceptedAmount } = paid as Data;
    return amount === 0
      ? `Refund ${String(refundId)}, which was given up, is not paid beside what replaced it`
      : `Refund ${String(refundId)} was given up, and its provider has paid it after all: ${String(amount)}, of which ${String(acceptedAmount)} is written off`;
  },
  overdraft_changed: (data) =>
    `More has left tender ${String(data.tenderId)} than it gave: ${String(data.amount)}, of which ${String(data.acceptedAmount)} is written off`,
  replacement_reserved: (data) => `Replacement ${String((data.replacement as Data).sku)} is ${String((data.replacement as Data).status)}`,
  replacement_changed: (data) => `The replacement is ${String(set(data).status)}`,
  compensation_granted: (data) =>
    `A ${String((data.compensation as Data).kind)} of ${String((data.compensation as Data).amount)} is ${String((data.compensation as Data).status)}`,
  compensation_changed: (data) => `The compensation is ${String(set(data).status)}`,
  offer_made: (data) => `Offered: ${String((data.offer as Data).resolution)}`,
  offer_closed: (data) => `The offer was ${String(set(data).status)}`,
  priority_changed: (data) => `Priority is now ${String(data.priority)}`,
  deadline_set: (data) => `The clock of the stage ${String((data.deadline as Data).stage)} runs`,
  deadline_warned: (data) => `The ${String(data.stage)} deadline comes near`,
  deadline_breached: (data) => `The ${String(data.stage)} deadline has passed`,
  deadline_paused: (data) => `The ${String(data.stage)} deadline was paused`,
  deadline_resumed: (data) => `The ${String(data.stage)} deadline goes on`,
  deadline_extended: (data) => `The ${String(data.stage)} deadline was extended`,
  deadline_over: (data) => `Stage done: ${(data.stages as string[]).join(', ')}`,
  attention_raised: (data) => `A person is needed: ${String((data.attention as Data).reason)}`,
  attention_cleared: () => 'Nobody is needed any more',
  clock_advanced: () => 'The clock of this return was moved forward (sandbox)',
};
/** The same for what people do beside the process. */
const besides: Readonly<Record<string, (data: Data) => string>> = {
  note_added: ({ visibility }) => (visibility === 'customer' ? 'A note for the customer' : 'A note for colleagues'),
  rated: ({ score }) => `Rated ${String(score)} of 5`,
  assigned: ({ userId }) => (userId === null ? 'Nobody’s case any more' : 'The case was given to somebody'),
};
export const summaryOf = (type: string, data: Data): string => (sentences[type as Event['type']] ?? besides[type])?.(data) ?? type.replaceAll('_', ' ');
