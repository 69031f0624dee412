import { randomUUID } from 'node:crypto';
import { anOrder, application } from '../e2e/journey';
import { direct, expectSoundBooks } from '../stack/direct';
import { patiently } from '../stack/patient';
import { login, shop, stack, until, type Answer, type Body } from '../stack/stack';

export type Variant = 'refund' | 'label' | 'pickup';

const tomorrow = (hours: number) => new Date(Date.now() + (24 + hours) * 3_600_000).toISOString();

/**
 * A return that goes its way whatever happens around it: each step is repeated with the same key until it has an answer, as a good client does. `refund` ships
 * itself and is paid; `label` and `pickup` are handed over by our carrier, and are cancelled before that when they end with `cancel`.
 */
export class Voyage {
  readonly order: Body;
  readonly answers: Answer[] = [];
  id = '';
  number = '';
  private tracking = `TRK-${randomUUID().slice(0, 18)}`;

  constructor(
    readonly variant: Variant,
    { payment = 'pay_ok_', patienceMs = 150_000, cancelled = false }: { payment?: string; patienceMs?: number; cancelled?: boolean } = {},
  ) {
    this.order = anOrder({ payment });
    this.patienceMs = patienceMs;
    this.cancelled = cancelled;
  }
  private readonly patienceMs: number;
  readonly cancelled: boolean;

  /** The steps in their order; what has to be true before the next one is part of each. */
  get steps(): readonly (() => Promise<void>)[] {
    const apply = () => this.apply();
    if (this.cancelled) return [apply, () => this.cancel()];
    const handOver = this.variant === 'refund' ? [() => this.ship()] : [];
    return [apply, ...handOver, () => this.scan('picked_up'), () => this.scan('delivered'), () => this.receive(), () => this.inspect()];
  }
  async import(): Promise<void> {
    await until(async () => [200, 201].includes((await shop().put(`/v1/orders/${this.order.orderNumber}`, this.order)).status), this.patienceMs, 'the import');
  }
  async sail(from = 0): Promise<void> {
    for (const step of this.steps.slice(from)) await step();
  }

  async apply(): Promise<void> {
    const method = { refund: 'self_ship', label: 'drop_off', pickup: 'door_pickup' }[this.variant];
    const pickup = this.variant === 'pickup' ? { pickup: { from: tomorrow(0), to: tomorrow(2) } } : {};
    const { body } = await this.ask('shop', '/v1/returns', application(this.order, { method, ...pickup }), 201);
    [this.id, this.number] = [body.id, body.number];
    if (this.variant === 'refund') return;
    // The carrier gives the number, later.
    this.tracking = await this.until((rma) => rma.parcels[0]?.trackingNumber);
  }
  ship = async () => void (await this.ask('shop', `/v1/returns/${this.id}/shipment`, { carrier: 'sf', trackingNumber: this.tracking }));
  cancel = async () => void (await this.ask('shop', `/v1/returns/${this.id}/cancel`, {}));
  async scan(status: 'picked_up' | 'delivered'): Promise<void> {
    await this.ask('shop', `/v1/sandbox/carrier/${this.tracking}/scans`, { status, eventId: randomUUID() }, 202);
    await this.until((rma) => rma.parcels[0].status === status || rma.status === 'at_warehouse');
  }
  receive = async () => void (await this.ask('warehouse', '/v1/receipts', { returnNumber: this.number, lines: [{ lineId: '1', quantity: 1 }] }, 201));
  inspect = async () =>
    void (await this.ask('warehouse', `/v1/returns/${this.id}/inspections`, {
      lines: [{ lineId: '1', units: [{ quantity: 1, grade: 'A', disposition: 'restock', accepted: true }] }],
    }));

  note = async (text: string) => void (await this.ask('agent', `/v1/returns/${this.id}/notes`, { text, visibility: 'internal' }));

  /** Asks until the return is as wanted; whatever goes wrong with asking meanwhile is part of the test. */
  async until<T>(what: (rma: Body) => T | false | null | undefined, ms = this.patienceMs): Promise<T> {
    let last: unknown;
    return (await until(
      async () => {
        const answer = await (await login('admin')).get(`/v1/returns/${this.id}`);
        last = answer.body;
        return answer.status === 200 && what(answer.body);
      },
      ms,
      `${what.toString()} of ${this.id}`,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${JSON.stringify(last).slice(0, 1500)}`);
    })) as T;
  }

  async types(): Promise<string[]> {
    return (await direct.sql<{ type: string }>('SELECT type FROM log_entry WHERE stream = $1 ORDER BY sequence', [this.id])).map((row) => row.type);
  }

  /** All that must be true at the end, and that nothing of it is there twice. */
  async expectGoodEnd(): Promise<void> {
    const end = this.cancelled ? 'cancelled' : 'completed';
    await this.until((rma) => rma.status === end);
    await this.expectLogOfOnePiece();
    const payment = (await shop().get(`/v1/sandbox/payments/${this.order.tenders[0].providerPaymentId}`)).body;
    const paid = payment.refunds.filter((refund: Body) => refund.status === 'succeeded');
    if (this.cancelled) {
      expect(paid).toEqual([]);
      await until(async () => (await this.openSteps()) === 0, this.patienceMs, `the undo of every step of ${this.id}`);
    } else {
      expect(paid).toMatchObject([{ amount: 1000 }]);
      expect(payment.refundedAmount).toBe(1000);
    }
    await expectSoundBooks(this.order.orderNumber);
    const verified = await (await login('finance')).get(`/v1/audit/verify?returnId=${this.id}`);
    expect(verified.body).toMatchObject({ ok: true, firstBroken: null });
    const unanswered = await direct.sql('SELECT id, route FROM command WHERE return_id = $1 AND answer IS NULL', [this.id]);
    expect(unanswered).toEqual([]);
  }
  /** Every cause is written in one piece, and the numbers have no gap: nothing was written twice, nothing is missing. */
  private async expectLogOfOnePiece(): Promise<void> {
    const entries = await direct.sql<{ sequence: number; cause: string }>('SELECT sequence, cause FROM log_entry WHERE stream = $1 ORDER BY sequence', [
      this.id,
    ]);
    expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, index) => index + 1));
    const pieces = entries.map((entry) => entry.cause).filter((cause, index, causes) => cause !== causes[index - 1]);
    expect(new Set(pieces).size).toBe(pieces.length);
  }
  private async openSteps(): Promise<number> {
    const [row] = await direct.sql<{ open: number }>(
      `SELECT count(*)::int AS open FROM return, jsonb_array_elements(state -> 'steps') step WHERE id = $1 AND step ->> 'status' <> 'undone'`,
      [this.id],
    );
    return row!.open;
  }
  private async ask(who: string, path: string, body: Body, status = 200): Promise<Answer> {
    const answer = await patiently(who, path, body, { ms: this.patienceMs, accepted: status === 202 });
    this.answers.push(answer);
    if (answer.status !== status) throw new Error(`${path} of ${this.id} answered ${answer.status} ${JSON.stringify(answer.body).slice(0, 800)}`);
    return answer;
  }
}

/** The lever of the sandbox: what is `down` answers 503, what is `slow` never answers. */
export async function providers(conditions: { carrier?: 'up' | 'down' | 'slow'; payments?: 'up' | 'down' | 'slow' }): Promise<void> {
  const { sandboxUrl, sandboxSecret } = stack();
  const response = await fetch(`${sandboxUrl}/control`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandboxSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify(conditions),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}`);
}

/** Has the reconciler take its turn now, as in two minutes: what a dead process left lying is old enough by then. */
export async function reconcileNow(returnIds: readonly string[] = []): Promise<void> {
  await direct.sql("UPDATE inbox SET received_at = received_at - interval '1 hour' WHERE handled_at IS NULL");
  await direct.sql(`UPDATE return SET wake_at = wake_at - interval '1 hour', woken_at = NULL WHERE id = ANY ($1::text[])`, [returnIds]);
  await direct.sql(`SELECT graphile_worker.add_job('reconcile')`);
}
