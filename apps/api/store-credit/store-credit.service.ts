import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/contracts/caller';
import type { CreditReleaseBody, CreditSpendAnswer, CreditSpendBody } from '#libs/contracts/store-credit';
import { reversed } from '#libs/domain/money/postings';
import { creditMovements, postingsOfCreditSpent, releasable } from '#libs/domain/money/store-credit';
import { readCustomer } from '#libs/persistence/customers';
import type { Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { postForMerchant, toldEntry } from '#libs/persistence/ledger';
import { lockOrder } from '#libs/persistence/orders';
import { beginSpend, creditBalances, endSpend, lockSpend, moveCredit, takeCredit, type CreditSpend } from '#libs/persistence/store-credit';
import { ApiError, invalid, notFound } from '../http/api-error';
import type { Asked } from '../http/asked';
import { actorOf, Idempotency } from '../http/idempotency';
import { Reply } from '../http/reply';

/** Store credit at the shop's checkout: drawn for an order before it is imported, given back when the order falls through. An order draws once. */
@Injectable()
export class StoreCredit {
  constructor(private readonly idempotency: Idempotency) {}

  spend({ caller, route, key }: Asked, customerId: string, body: CreditSpendBody): Promise<Reply> {
    return this.idempotency.run(caller, route, key, body, async (tx) => new Reply(200, await spend(tx, caller, customerId, body)));
  }

  release({ caller, route, key }: Asked, customerId: string, body: CreditReleaseBody): Promise<Reply> {
    return this.idempotency.run(caller, route, key, body, async (tx) => new Reply(200, await release(tx, caller, customerId, body)));
  }
}

async function spend(tx: Transaction, caller: Caller, customerId: string, { orderNumber, amount, currency }: CreditSpendBody): Promise<CreditSpendAnswer> {
  if (!(await readCustomer(tx, customerId))) throw notFound('customer');
  const known = await lockOrder(tx, orderNumber);
  if (known && known.order.customer.id !== customerId) throw invalid('/orderNumber', 'invalid_reference', 'is an order of another customer');
  if (known && known.order.currency !== currency) throw invalid('/currency', 'invalid_value', `must be the order’s, ${known.order.currency}`);
  const drawn = { customerId, currency, amount };
  if (!(await beginSpend(tx, orderNumber, drawn)))
    throw new ApiError('invalid_state', `Order ${orderNumber} has drawn store credit already; release that first to draw another amount`);
  const entry = { id: newId('crd'), refundId: null, postings: postingsOfCreditSpent({ amount, currency }) };
  const [movement] = creditMovements([toldEntry(entry)]);
  const left = await takeCredit(tx, movement!, { customerId, orderNumber, returnId: null, at: new Date().toISOString() });
  if (left === null) throw await notEnough(tx, drawn);
  await book(tx, caller, 'store_credit_spent', orderNumber, drawn, entry);
  return { ...drawn, orderNumber, heldAmount: amount, balanceAmount: left };
}

async function release(tx: Transaction, caller: Caller, customerId: string, body: CreditReleaseBody): Promise<CreditSpendAnswer> {
  if (!(await readCustomer(tx, customerId))) throw notFound('customer');
  const { orderNumber } = body;
  const known = await lockOrder(tx, orderNumber);
  const held = await lockSpend(tx, orderNumber);
  if (held?.customerId !== customerId) {
    const errors = [{ pointer: '/orderNumber', code: 'invalid_reference', detail: 'has drawn no store credit of this customer' }];
    throw new ApiError('not_found', `Order ${orderNumber} has drawn no store credit of this customer`, { errors });
  }
  const most = releasable(held.amount, known?.order ?? null);
  if (most === 0) throw new ApiError('invalid_state', `Order ${orderNumber} was paid with its store credit: a return gives it back`);
  const { amount = most } = body;
  const { currency } = held;
  if (amount > most) throw unavailable(`Order ${orderNumber} has ${most} ${currency} to give back, not ${amount}`, currency, most);
  const returned = { customerId, currency, amount };
  const entry = { id: newId('crd'), refundId: null, postings: reversed(postingsOfCreditSpent(returned)) };
  endSpend(tx, orderNumber, amount);
  for (const movement of creditMovements([toldEntry(entry)]))
    moveCredit(tx, movement, { customerId, orderNumber, returnId: null, at: new Date().toISOString() });
  const balances = await creditBalances(tx, customerId);
  await book(tx, caller, 'store_credit_released', orderNumber, returned, entry);
  const { balanceAmount } = balances.find((balance) => balance.currency === currency)!;
  return { ...returned, orderNumber, heldAmount: held.amount - amount, balanceAmount };
}

/** In the ledger, and told by the merchant's chain: the sale it pays for belongs to no return. */
function book(tx: Transaction, caller: Caller, type: string, orderNumber: string, data: CreditSpend, entry: Parameters<typeof toldEntry>[0]): Promise<void> {
  return postForMerchant(tx, caller.merchantId, { ...entry, type, actor: actorOf(caller), data: { orderNumber, ...data } });
}

async function notEnough(tx: Transaction, { customerId, currency, amount }: CreditSpend): Promise<ApiError> {
  const balances = await creditBalances(tx, customerId);
  const there = balances.find((balance) => balance.currency === currency)?.balanceAmount ?? 0;
  const others = balances.filter((balance) => balance.currency !== currency && balance.balanceAmount > 0);
  const elsewhere = others.length > 0 ? `; other credit is ${others.map((other) => `${other.balanceAmount} ${other.currency}`).join(', ')}` : '';
  return unavailable(`The customer has ${there} ${currency} of store credit, not ${amount}${elsewhere}`, currency, there);
}
const unavailable = (detail: string, currency: string, availableAmount: number): ApiError =>
  new ApiError('amount_unavailable', detail, { members: { currency, availableAmount } });
