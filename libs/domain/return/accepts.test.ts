import { applicationLine, Bench, day, inspected, reviewed, type ActorName } from './fixtures';
import type { Refusal } from './input';
import { accepts, caseCommands, statuses, type CaseCommand, type Status } from './tables';

/** One return per status, brought there by the same decisions as any other. */
const returns: Record<Status, () => Bench> = {
  in_review: () => new Bench({ policy: reviewed() }).apply(),
  awaiting_handover: () => new Bench().apply([applicationLine('1')], { method: 'door_pickup' }),
  in_transit: () => {
    const bench = new Bench().apply().ship();
    bench.scan('picked_up');
    return bench;
  },
  at_warehouse: () => {
    const bench = new Bench().apply();
    bench.receive({ '1': 1 });
    return bench;
  },
  settling: () => new Bench().apply().bring(),
  completed: () => {
    const bench = new Bench().apply().bring();
    bench.answer('refund', { kind: 'done' });
    return bench;
  },
  rejected: () => new Bench().apply().bring({ accepted: false }),
  cancelled: () => {
    const bench = new Bench().apply();
    bench.do('cancel', {}, 'customer');
    return bench;
  },
  expired: () => {
    const bench = new Bench().apply([applicationLine('1')], { method: 'drop_off' });
    bench.pass(8 * day);
    return bench;
  },
};

/** A body that is well formed, and whose subject the return has where any return of that status has one. */
const bodies = {
  cancel: () => [{}, 'customer'],
  decision: () => [{ lines: [{ lineId: '1', decision: 'approve' }] }, 'agent2'],
  offer: () => [{ resolution: 'adjustment', amount: 100 }, 'agent'],
  accept_offer: () => [{ offerId: 'ofr_none' }, 'customer'],
  decline_offer: () => [{ offerId: 'ofr_none' }, 'customer'],
  shipment: () => [{ carrier: 'sandbox', trackingNumber: 'NEW1' }, 'customer'],
  pickup: () => [{ from: '2026-11-18T01:00:00Z', to: '2026-11-18T03:00:00Z' }, 'customer'],
  receive: () => [{ receiptId: 'rcp_9', lines: [{ lineId: '1', sku: null, quantity: 1 }], trackingNumber: null, final: false }, 'warehouse'],
  inspect: () => [{ lines: [{ lineId: '1', units: [inspected({ unit: 1, quantity: null })] }] }, 'warehouse'],
  repair: () => [{ lineId: '1', unit: 1, outcome: 'repaired' }, 'warehouse'],
  appeal: () => [{}, 'customer'],
  resolve: () => [{ units: [{ lineId: '1', unit: 1, logistics: 'lost', money: 'none' }] }, 'agent'],
  sendback: () => [{ carrier: 'sandbox', trackingNumber: 'BACK1' }, 'warehouse'],
  goodwill: () => [{ kind: 'points', amount: 10 }, 'agent'],
  approve_compensation: () => [{ compensationId: 'cmp_none' }, 'finance'],
  reject_compensation: () => [{ compensationId: 'cmp_none' }, 'finance'],
  approve_refund: () => [{ refundId: 'rfd_1' }, 'finance'],
  reject_refund: () => [{ refundId: 'rfd_1' }, 'finance'],
  retry_refund: () => [{ refundId: 'rfd_1' }, 'finance'],
  redirect_refund: () => [{ refundId: 'rfd_1', to: 'manual' }, 'finance'],
  settle_refund: () => [{ refundId: 'rfd_1', reference: 'BANK-1' }, 'finance'],
  accept_overdraft: () => [{}, 'finance'],
  pause: (bench) => [{ stage: bench.state.deadlines[0]?.stage ?? 'review' }, 'agent'],
  resume: (bench) => [{ stage: bench.state.deadlines[0]?.stage ?? 'review' }, 'agent'],
  extend: (bench) => [{ stage: bench.state.deadlines[0]?.stage ?? 'review', by: 'P1D' }, 'agent'],
  advance: () => [{ byMs: 1000 }, 'admin'],
} as const satisfies Record<CaseCommand, (bench: Bench) => readonly [body: object, by: ActorName]>;

/** Listed, and yet refused in just this return for a reason of its own; everything else that is listed is taken. */
const unknownOffer = { accept_offer: 'not_found', decline_offer: 'not_found' } as const;
const unknownCompensation = { approve_compensation: 'not_found', reject_compensation: 'not_found' } as const;
const unknownRefund = {
  approve_refund: 'not_found',
  reject_refund: 'not_found',
  retry_refund: 'not_found',
  redirect_refund: 'not_found',
  settle_refund: 'not_found',
} as const;
const nothingPaused = { resume: 'invalid_state' } as const;
const noRepair = { repair: 'invalid_state' } as const;
const noOverdraft = { accept_overdraft: 'invalid_state' } as const;
const finer: Record<Status, Partial<Record<CaseCommand, Refusal['refusal']['code']>>> = {
  in_review: { ...noOverdraft, ...unknownOffer, ...unknownCompensation, ...unknownRefund, ...nothingPaused, ...noRepair, inspect: 'invalid_state', appeal: 'invalid_state', resolve: 'invalid_state', sendback: 'invalid_state' },
  awaiting_handover: { ...noOverdraft, ...unknownOffer, ...unknownCompensation, ...unknownRefund, ...nothingPaused, ...noRepair, inspect: 'invalid_state', resolve: 'invalid_state', appeal: 'invalid_state', sendback: 'invalid_state' },
  in_transit: { ...noOverdraft, ...unknownOffer, ...unknownCompensation, ...unknownRefund, ...nothingPaused, ...noRepair, resolve: 'invalid_state', offer: 'invalid_state', inspect: 'invalid_state', appeal: 'invalid_state', sendback: 'invalid_state' },
  at_warehouse: { ...noOverdraft, ...unknownOffer, ...unknownCompensation, ...unknownRefund, ...nothingPaused, ...noRepair, resolve: 'invalid_state', offer: 'invalid_state', appeal: 'invalid_state', sendback: 'invalid_state' },
  settling: { ...noOverdraft, ...unknownOffer, ...unknownCompensation, ...nothingPaused, offer: 'invalid_state', inspect: 'invalid_state', appeal: 'invalid_state', resolve: 'invalid_state', sendback: 'invalid_state', approve_refund: 'invalid_state', reject_refund: 'invalid_state', retry_refund: 'invalid_state', redirect_refund: 'invalid_state', settle_refund: 'invalid_state' },
  completed: { ...noOverdraft, ...unknownCompensation, ...nothingPaused, inspect: 'invalid_state', appeal: 'invalid_state', resolve: 'invalid_state', sendback: 'invalid_state', pause: 'invalid_state', extend: 'invalid_state' },
  rejected: { ...noOverdraft, ...unknownCompensation, ...nothingPaused, resolve: 'invalid_state', sendback: 'invalid_state' },
  cancelled: { ...noOverdraft, ...unknownCompensation, resolve: 'invalid_state', sendback: 'invalid_state' },
  expired: { ...noOverdraft, ...unknownOffer, ...unknownCompensation, ...unknownRefund, offer: 'invalid_state', resolve: 'invalid_state', sendback: 'invalid_state' },
}; // prettier-ignore

describe.each(statuses)('while a return is %s', (status) => {
  test('it is brought there', () => {
    expect(returns[status]().status).toBe(status);
  });
  const listed = accepts[status] as readonly CaseCommand[];
  test.each(caseCommands.filter((type) => listed.includes(type)))('%s is taken, or refused for a reason of its own', (type) => {
    const bench = returns[status]();
    const [body, by] = bodies[type](bench);
    expect(bench.refusal(type, body as never, by)).toBe(finer[status][type] ?? null);
  });
  test.each(caseCommands.filter((type) => !listed.includes(type)))('%s is refused and changes nothing', (type) => {
    const bench = returns[status]();
    const before = bench.state;
    const [body, by] = bodies[type](bench);
    const verdict = bench.try(type, body as never, by);
    expect(verdict).toEqual({ refusal: { code: 'invalid_state', detail: `${type} is not possible while the return is ${status}` } });
    expect(bench.state).toBe(before);
  });
  test('nobody can apply for it again', () => {
    const bench = returns[status]();
    expect(bench.refusal('apply', { application: { orderNumber: 'A1', channel: 'web', lines: [], method: 'none', pickup: null, refundTo: 'original' } })).toBe(
      'invalid_state',
    );
  });
});

test('a return that nobody applied for takes no command but the application', () => {
  const bench = new Bench();
  for (const type of caseCommands) {
    const [body, by] = bodies[type](bench);
    expect([type, bench.refusal(type, body as never, by)]).toEqual([type, 'not_found']);
  }
});
