import type { Advance, AdvanceUse, Refund, ReturnState } from './state';

/** The figures of an advance and how events move them. `evolve` folds with it: replays of years pass through here. */
export const total = (rows: readonly { readonly amount: number }[]): number => rows.reduce((sum, { amount }) => sum + amount, 0);
/** What has been promised with it, and not taken back since. */
export const promisedOf = ({ amount, withdrawnAmount }: Advance): number => amount - withdrawnAmount;
export const settledOf = ({ settledBy }: Advance): number => settledBy.reduce((sum, { tenders }) => sum + total(tenders), 0);
/** What no settlement has used. */
export const restOf = ({ tenders }: Advance): number => total(tenders);

export type AdvanceStatus = 'open' | 'settled' | 'recovered' | 'invoiced' | 'withdrawn';
export function advanceStatus(advance: Advance): AdvanceStatus {
  if (promisedOf(advance) === 0) return 'withdrawn';
  if (advance.recovery === null) return 'open';
  if (advance.recoveredAmount === 0) return 'settled';
  return advance.recovery === 'invoice' ? 'invoiced' : 'recovered';
}

/** Money that the customer is to be asked for: a person writes the invoice, and says so. */
export const toInvoice = (state: ReturnState): readonly Advance[] =>
  (state.advances ?? []).filter(({ recovery, recoveredAmount, invoicedBy }) => recovery === 'invoice' && recoveredAmount > 0 && invoicedBy === null);

/** A settlement takes of advances what it needs. */
export const used = (
  advances: readonly Advance[],
  settlementId: string,
  uses: readonly (Omit<AdvanceUse, 'settlementId'> & { advanceId: string })[],
): Advance[] =>
  advances.map((advance) => {
    const use = uses.find(({ advanceId }) => advanceId === advance.advanceId);
    if (!use) return advance;
    const { tenders, shipping } = use;
    return {
      ...advance,
      tenders: less(advance.tenders, tenders, 'tenderId'),
      shipping: less(advance.shipping, shipping, 'shipmentId'),
      settledBy: [...advance.settledBy, { settlementId, tenders, shipping }],
    };
  });

/** A settlement that is withdrawn gives back what it took; shipping only while the advance holds any, for its units or because the customer keeps its money. */
export const givenBack = (advances: readonly Advance[], settlementId: string): Advance[] =>
  advances.map((advance) => {
    const use = advance.settledBy.find((one) => one.settlementId === settlementId);
    if (!use) return advance;
    return {
      ...advance,
      tenders: more(advance.tenders, use.tenders, 'tenderId'),
      shipping: advance.recovery === null || advance.kept ? more(advance.shipping, use.shipping, 'shipmentId') : advance.shipping,
      settledBy: advance.settledBy.filter((one) => one !== use),
    };
  });

/** What goes another way has been paid that way. */
export function redirected(
  advances: readonly Advance[],
  refunds: readonly Refund[],
  { refundId, refund: is }: { refundId: string; refund: Refund },
): Advance[] {
  const was = refunds.find((refund) => refund.refundId === refundId);
  return advances.map((advance) => {
    const left = total(advance.tenders.filter(({ tenderId }) => tenderId === was?.tenderId));
    const amount = Math.min(left, is.amount);
    if (!was || advance.advanceId !== was.settlementId || amount === 0) return advance;
    const kept = less(advance.tenders, [{ tenderId: was.tenderId, amount }], 'tenderId');
    return { ...advance, tenders: more(kept, [{ tenderId: is.tenderId, amount }], 'tenderId') };
  });
}

/** None of it has left, and none will. */
export const nothingOf = (advance: Advance): Advance => ({
  ...advance,
  withdrawnAmount: advance.amount,
  tenders: [],
  shipping: [],
  pointsRestored: 0,
  ...(advance.kept && { kept: [] }),
});

type Rows<Name extends string> = readonly ({ readonly [Key in Name]: string } & { readonly amount: number })[];
function more<Name extends string>(rows: Rows<Name>, added: Rows<Name>, name: Name): Rows<Name> {
  const known = rows.map((row) => ({ ...row, amount: row.amount + total(added.filter((one) => one[name] === row[name])) }));
  return [...known, ...added.filter((one) => !rows.some((row) => row[name] === one[name]))];
}
/** The row of that name first, and what it does not hold from the others, last one first. What comes to nothing is left out. */
export function less<Name extends string>(rows: Rows<Name>, taken: Rows<Name>, name: Name): Rows<Name> {
  let rest = 0;
  const own = rows.map((row) => {
    const wanted = total(taken.filter((one) => one[name] === row[name]));
    rest -= Math.min(wanted, row.amount);
    return { ...row, amount: row.amount - Math.min(wanted, row.amount) };
  });
  rest += total(taken);
  const others = own.toReversed().map((row) => {
    const amount = Math.min(rest, row.amount);
    rest -= amount;
    return { ...row, amount: row.amount - amount };
  });
  return others.toReversed().filter(({ amount }) => amount > 0);
}
