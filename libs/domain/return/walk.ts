import { stages, type Fault, type Grade } from '../policy/policy';
import { due } from './due';
import { application, applicationLine, inspected, reviewed, sampleOrder, samplePolicy, type ActorName, type Bench } from './fixtures';
import type { Application, Input, InputType, Outcome } from './input';
import type { ReturnState } from './state';
import { status } from './tables';
import { sketchOrder } from '../money/money-fixtures';
import type { Policy } from '../policy/policy';

/** A walk through the process for property tests: at each step one of the inputs that could come now, sensible or not, chosen by a number. */
export interface Move {
  readonly type: InputType;
  readonly body: object;
  readonly by: ActorName;
}
const move = <T extends InputType>(type: T, body: Omit<Input<T>, 'id' | 'type' | 'actor'>, by: ActorName): Move => ({ type, body, by });

/** Applications that differ in what they ask for. */
export const applications: readonly Application[] = [
  application([applicationLine('1', { quantity: 2 })]),
  application([applicationLine('1', { quantity: 2, reason: 'changed_mind' }), applicationLine('2')], { method: 'drop_off' }),
  application([applicationLine('1', { resolution: 'exchange', exchangeSku: 'TEE-SALE' }), applicationLine('2', { resolution: 'reship' })], {
    method: 'door_pickup',
    pickup: { from: '2026-11-17T01:00:00Z', to: '2026-11-17T03:00:00Z' },
  }),
  application([
    applicationLine('1', { quantity: 3, resolution: 'exchange' }),
    applicationLine('3', { reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 120 }),
  ]),
  application([applicationLine('2', { resolution: 'repair' }), applicationLine('3', { resolution: 'refund_only' })], { refundTo: 'store_credit' }),
  application([applicationLine('2', { reason: 'lost', resolution: 'reship' }), applicationLine('1', { reason: 'late', quantity: 2 })], { method: 'none' }),
  application([applicationLine('2', { reason: 'lost', resolution: 'reship' }), applicationLine('1', { quantity: 2 })]),
  application([applicationLine('3', { reason: 'price_dropped', resolution: 'adjustment', adjustmentAmount: 500 })], { method: 'none' }),
];
const compensation: Policy['compensation'] = [
  { when: { fault: 'seller' }, grant: { kind: 'coupon', amount: 1000, validFor: 'P90D' } },
  { when: { breached: 'inspection' }, grant: { kind: 'points', amount: 100, validFor: null } },
];
const fees: Policy['refund']['fees'] = [
  { kind: 'restocking', rate: '0.10', amount: null, reasons: ['changed_mind'] },
  { kind: 'return_shipping', rate: null, amount: 300, reasons: [] },
];
const worn = { A: '0', B: '0.10', C: '0.50', D: '1' } as const;
const base = samplePolicy();
export const policies: readonly Policy[] = [
  base,
  reviewed({ compensation, refund: { ...base.refund, fees, approvalAbove: 900 } }),
  reviewed({
    refund: { ...base.refund, approvalAbove: null, tenderOrder: 'pro_rata' },
    deadlines: { review: { ...base.deadlines.review!, onBreach: 'escalate' } },
  }),
  samplePolicy({
    deadlines: {
      ...base.deadlines,
      inspection: { ...base.deadlines.inspection!, onBreach: 'escalate' },
      handover: { ...base.deadlines.handover!, onBreach: 'attention' },
    },
    refund: { ...base.refund, fees },
  }),
  samplePolicy({ refund: { ...base.refund, timing: 'at_approval', outboundShipping: 'always' } }),
  samplePolicy({
    refund: { ...base.refund, fees, timing: 'at_approval', advanceRecovery: 'invoice', advanceBelow: 2500, approvalAbove: 1500, gradeDeductions: worn },
  }),
  reviewed({ refund: { ...base.refund, timing: 'at_first_scan', advanceRecovery: 'store_credit', tenderOrder: 'pro_rata', gradeDeductions: worn } }),
];
export const orders = [
  sampleOrder(),
  sampleOrder({
    tenders: [
      { tenderId: 'points', kind: 'points', providerPaymentId: null, amount: 700 },
      { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 2800 },
      { tenderId: 't2', kind: 'cash', providerPaymentId: null, amount: 2000 },
    ],
    shipments: [],
  }),
  sketchOrder({
    lines: [
      { unitPrice: 1000, quantity: 3, sku: 'TEE-M' },
      { unitPrice: 2000, sku: 'COAT' },
      { unitPrice: 500, sku: 'CAP' },
    ],
    shipments: [{ shipmentId: 's1', shippingAmount: 500, deliveredAt: '2026-11-12T00:00:00Z' }],
    tenders: [
      { tenderId: 't1', kind: 'card', providerPaymentId: 'pay_1', amount: 3000 },
      { tenderId: 't2', kind: 'wallet', providerPaymentId: 'pay_2', amount: 3000 },
    ],
  }),
];

/** Everything that could come now; `pick` chooses among details. */
export function movesOf(bench: Bench, pick: (among: number) => number): Move[] {
  const { state } = bench;
  return [...commandMoves(state, pick), ...warehouseMoves(state, pick), ...moneyMoves(bench, pick), ...machineMoves(bench, pick)];
}

function commandMoves(state: ReturnState, pick: (among: number) => number): Move[] {
  const stage = stages[pick(stages.length)]!;
  const agent = (['agent', 'agent2'] as const)[pick(2)]!;
  const line = state.lines[pick(state.lines.length)];
  const offerId = state.offers.at(-1)?.offerId ?? 'ofr_none';
  const resolutions = ['refund', 'exchange', 'reship', 'repair', 'refund_only', 'adjustment', 'store_credit'] as const;
  const resolution = resolutions[pick(resolutions.length)]!;
  const amount = resolution === 'adjustment' || pick(2) === 1 ? 50 + pick(4000) : null;
  return [
    move('cancel', {}, 'customer'),
    move('decision', { lines: [{ lineId: line?.lineId ?? 'x', decision: pick(2) === 0 ? 'approve' : 'reject' }] }, agent),
    move('decision', { lines: state.lines.map(({ lineId }) => ({ lineId, decision: pick(3) === 0 ? 'reject' : 'approve' })) }, agent),
    move('offer', { resolution, amount }, agent),
    move('accept_offer', { offerId }, 'customer'),
    move('decline_offer', { offerId }, 'customer'),
    move('shipment', { carrier: 'sandbox', trackingNumber: `TRK${1 + pick(2)}` }, 'customer'),
    move('pickup', { from: '2026-11-18T01:00:00Z', to: `2026-11-18T0${2 + pick(3)}:00:00Z` }, 'customer'),
    move('appeal', {}, 'customer'),
    move('goodwill', { kind: 'points', amount: [100, 9000][pick(2)]! }, agent),
    move('approve_compensation', { compensationId: state.compensations.at(-1)?.id ?? 'cmp_none' }, 'finance'),
    move('reject_compensation', { compensationId: state.compensations[0]?.id ?? 'cmp_none' }, 'finance'),
    move('pause', { stage }, agent),
    move('resume', { stage: state.deadlines.find((deadline) => deadline.pausedAt !== null)?.stage ?? stage }, agent),
    move('extend', { stage, by: 'P1D' }, agent),
    move('advance', { byMs: 3_600_000 * (1 + pick(100)) }, 'admin'),
  ];
}

function warehouseMoves(state: ReturnState, pick: (among: number) => number): Move[] {
  const line = state.lines[pick(state.lines.length)];
  const lineId = line?.lineId ?? 'x';
  const grade = (['A', 'B', 'C', 'D'] as const satisfies readonly Grade[])[pick(4)]!;
  const fault = ([null, 'customer', 'seller', 'carrier'] as const satisfies readonly (Fault | null)[])[pick(4)]!;
  const found = inspected({ grade, fault, accepted: pick(3) > 0, ...(pick(2) === 0 ? { unit: 1 + pick(3), quantity: null } : { quantity: 1 + pick(2) }) });
  const unit = state.units[pick(state.units.length)];
  const ref = { lineId: unit?.lineId ?? 'x', unit: unit?.unit ?? 1 };
  const logistics = (['received', 'lost', 'short', 'wrong_item', 'kept_by_customer'] as const)[pick(5)]!;
  const named = pick(3) === 0 ? { lineId: null, sku: line?.sku ?? 'UNKNOWN' } : { lineId, sku: null };
  return [
    move(
      'receive',
      { receiptId: 'rcp_1', lines: [{ ...named, quantity: 1 + pick(3) }], trackingNumber: pick(2) === 0 ? null : 'TRK1', final: pick(4) === 0 },
      'warehouse',
    ),
    move(
      'receive',
      { receiptId: 'rcp_2', lines: state.lines.map((one) => ({ lineId: one.lineId, sku: null, quantity: 3 })), trackingNumber: null, final: false },
      'warehouse',
    ),
    move('inspect', { lines: [{ lineId, units: [found] }] }, 'warehouse'),
    move('repair', { ...ref, outcome: pick(2) === 0 ? 'repaired' : 'unrepairable' }, 'warehouse'),
    move('sendback', { carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse'),
    move('resolve', { units: [{ ...ref, logistics, money: pick(2) === 0 ? 'refund' : 'none' }] }, (['agent', 'agent2'] as const)[pick(2)]!),
  ];
}

function moneyMoves({ state }: Bench, pick: (among: number) => number): Move[] {
  const refund = state.refunds[pick(state.refunds.length)];
  const refundId = refund?.refundId ?? 'rfd_none';
  const by = (['finance', 'finance2', 'admin'] as const)[pick(3)]!;
  return [
    move('approve_refund', { refundId }, by),
    move('reject_refund', { refundId }, by),
    move('retry_refund', { refundId }, by),
    move('redirect_refund', { refundId, to: ['t1', 't2', 'store_credit', 'manual', 'nowhere'][pick(5)]! }, by),
    move('settle_refund', { refundId, reference: 'REF1' }, by),
    move('accept_overdraft', {}, by),
    move(
      'refund_reported',
      {
        refundId,
        providerRefundId: [null, refund?.providerRefundId ?? null, 'prf_other'][pick(3)]!,
        status: (['succeeded', 'failed', 'pending'] as const)[pick(3)]!,
      },
      'provider',
    ),
  ];
}

function machineMoves({ state }: Bench, pick: (among: number) => number): Move[] {
  const { effects, later, moments } = due(state);
  const outcomes = [...effects, ...later.map(({ effect }) => effect)].flatMap((effect): Move[] => {
    const answer = (result: Outcome) => move('outcome', { effect: effect.id, call: effect.call, subject: effect.subject, result }, 'system');
    const done: Outcome =
      effect.call === 'refund' || effect.call === 'lookUpRefund'
        ? { kind: 'done', providerRefundId: `prf_${effect.key}` }
        : { kind: 'done', carrier: 'sandbox', trackingNumber: `SBX-${effect.key}` };
    const money = effect.call === 'refund' || effect.call === 'lookUpRefund' ? [answer({ kind: 'accepted', providerRefundId: `prf_${effect.key}` })] : [];
    return [
      answer(done),
      answer(done),
      answer({ kind: 'refused', code: 'no' }),
      answer({ kind: 'unanswered' }),
      ...money,
      ...(effect.call === 'refund' ? [answer({ kind: 'paused' })] : []),
      ...(effect.call === 'lookUpRefund' ? [answer({ kind: 'not_found' })] : []),
    ];
  });
  const numbers = ['TRK1', 'TRK2', ...state.parcels.flatMap((parcel) => (parcel.trackingNumber === null ? [] : [parcel.trackingNumber]))];
  const scans = (['picked_up', 'in_transit', 'exception', 'delivered', 'lost'] as const).map((scanned) =>
    move('scan', { trackingNumber: numbers[pick(numbers.length)]!, status: scanned, scannedAt: '2026-11-17T00:00:00Z' }, 'carrier'),
  );
  const next = moments.toSorted((a, b) => a.at - b.at)[0];
  return [
    ...outcomes,
    ...scans,
    ...(next ? [move('moment', next, 'system'), move('moment', { ...next, at: next.at - 1 }, 'system')] : []),
    move('outcome', { effect: 'rfd_1/1:refund:9', call: 'refund', subject: 'rfd_1', result: { kind: 'done' } }, 'system'),
    move('wake', {}, 'system'),
  ];
}

/** One step; a moment brings its time with it. */
export function take(bench: Bench, { type, body, by }: Move): ReturnType<Bench['try']> {
  if (type === 'moment') bench.now = Math.max(bench.now, (body as Input<'moment'>).at - bench.state.clockOffset);
  return bench.try(type, body as never, by);
}

const ends: readonly string[] = ['completed', 'rejected', 'cancelled', 'expired'];
/** Everybody does their job from here on: says why it could not be ended, or null. */
export function finish(bench: Bench): string | null {
  for (const tender of bench.tenders) tender.disputedAmount = 0;
  bench.do('wake', {});
  for (let round = 0; round < 150; round++) {
    if (
      ends.includes(bench.status) &&
      due(bench.state).effects.length === 0 &&
      due(bench.state).later.length === 0 &&
      due(bench.state).moments.length === 0 &&
      bench.state.deadlines.every(({ pausedAt }) => pausedAt === null) &&
      bench.state.attention === null
    )
      return null;
    if (!steps(bench).some((step) => taken(bench, step))) {
      const { moments } = due(bench.state);
      if (moments.length === 0) return `stuck ${bench.status}: ${JSON.stringify(bench.state)}`;
      bench.pass(Math.max(0, Math.min(...moments.map(({ at }) => at)) - bench.state.clockOffset - bench.now));
    }
  }
  return `does not end: ${bench.status}, ${JSON.stringify(bench.state)}`;
}
function taken(bench: Bench, step: Move): boolean {
  const verdict = take(bench, step);
  return !('refusal' in verdict) && verdict.length > 0;
}
function steps(bench: Bench): Move[] {
  const { state } = bench;
  const calls = [...due(state).effects, ...due(state).later.map(({ effect }) => effect)];
  const lines = state.lines.map(({ lineId }) => ({ lineId, decision: 'approve' as const }));
  return [
    ...calls.map((effect) =>
      move(
        'outcome',
        {
          effect: effect.id,
          call: effect.call,
          subject: effect.subject,
          result: { kind: 'done', trackingNumber: `END-${effect.key}`, providerRefundId: `end_${effect.key}` },
        },
        'system',
      ),
    ),
    ...state.offers.map(({ offerId }) => move('decline_offer', { offerId }, 'customer')),
    ...lines.flatMap((line) => (['agent', 'agent2', 'admin'] as const).map((by) => move('decision', { lines: [line] }, by))),
    ...state.refunds.flatMap(({ refundId }) =>
      (['finance', 'finance2', 'admin'] as const).flatMap((by) => [
        move('approve_refund', { refundId }, by),
        move('settle_refund', { refundId, reference: 'END' }, by),
        move('retry_refund', { refundId }, by),
      ]),
    ),
    ...state.parcels
      .filter(({ direction, trackingNumber }) => direction === 'outbound' && trackingNumber !== null)
      .map(({ trackingNumber }) => move('scan', { trackingNumber: trackingNumber!, status: 'delivered', scannedAt: '' }, 'carrier')),
    ...state.units
      .filter(({ logistics, inspection }) => logistics === 'received' && inspection === 'pending')
      .flatMap(({ lineId, unit }) => [move('inspect', { lines: [{ lineId, units: [inspected({ unit, quantity: null })] }] }, 'warehouse')]),
    ...state.units.flatMap(({ lineId, unit }) => [move('repair', { lineId, unit, outcome: 'repaired' }, 'warehouse')]),
    ...state.deadlines.filter(({ pausedAt }) => pausedAt !== null).map(({ stage }) => move('resume', { stage }, 'agent')),
    ...state.units
      .filter(({ inspection }) => inspection !== 'waived')
      .map(({ lineId, unit }) => move('resolve', { units: [{ lineId, unit, logistics: 'kept_by_customer', money: 'refund' }] }, 'agent')),
    ...state.units.map(({ lineId, unit }) => move('resolve', { units: [{ lineId, unit, logistics: 'kept_by_customer', money: 'none' }] }, 'agent')),
  ];
}
export const isEnd = (state: ReturnState): boolean => ends.includes(status(state));
