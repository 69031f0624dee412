/** How a payment takes refunds; the shop chooses it with the prefix of the payment's id. */
export type Behaviour =
  | { kind: 'ok' | 'declined' | 'lostreply' | 'lostcall' | 'async' | 'asyncfail' | 'latefail' | 'slow' }
  /** Answers 500 to this many tries, nothing done. */
  | { kind: 'flaky'; failures: number };

const PREFIX = /^pay_(ok|declined|lostreply|lostcall|asyncfail|async|latefail|slow|flaky(\d{0,4}))_/;

/** Ids without a known prefix behave like `pay_ok_`. */
export function behaviourOf(providerPaymentId: string): Behaviour {
  const match = PREFIX.exec(providerPaymentId);
  if (!match) return { kind: 'ok' };
  if (match[2] !== undefined) return { kind: 'flaky', failures: match[2] === '' ? 1 : Number(match[2]) };
  return { kind: match[1] as Exclude<Behaviour['kind'], 'flaky'> };
}
