import type { Settlement } from '#libs/domain/money/settlement-types';
import type { Transaction } from '#libs/persistence/database';
import { lockRestored, lockSpent, restoreCoupon, spendAgain } from '#libs/persistence/restored-coupons';
import type { Change } from '../returns/record';

/**
 * Coupons that we gave for the trouble and that this order was paid with: free again with the settlement that unwinds the order, spent again if finance does not let its
 * money go. Their own returns are told, and book it. Before this return's own compensations, for rows of others are held here.
 */
export async function recordRestoredCoupons(tx: Transaction, { events, after: { state } }: Change): Promise<void> {
  for (const event of events) {
    if (event.type !== 'settled' && event.type !== 'settlement_withdrawn') continue;
    const cause = { settlementId: event.settlementId, orderNumber: state.orderNumber };
    if (event.type === 'settlement_withdrawn') {
      for (const coupon of await lockRestored(tx, cause)) await spendAgain(tx, coupon, cause);
      continue;
    }
    const { restored } = (event.detail as { settlement: Settlement }).settlement.coupons;
    if (restored.length === 0) continue;
    for (const coupon of await lockSpent(tx, restored)) await restoreCoupon(tx, coupon, cause);
  }
}
