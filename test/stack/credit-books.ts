import { direct } from './direct';

/** In every shop and currency the accounts of all customers come to the ledger's balance of `store_credit`, each account to its movements, and each movement to its entry. */
export async function expectCreditInLedger(): Promise<void> {
  const sums = await direct.sql(
    `SELECT merchant_id, currency, coalesce(accounts, 0)::int AS accounts, coalesce(movements, 0)::int AS movements, coalesce(ledger, 0)::int AS ledger
     FROM (SELECT merchant_id, currency, sum(balance) AS accounts FROM store_credit_account GROUP BY 1, 2) a
     FULL JOIN (SELECT merchant_id, currency, sum(amount) AS movements FROM store_credit_movement GROUP BY 1, 2) m USING (merchant_id, currency)
     FULL JOIN (SELECT merchant_id, currency, sum(CASE WHEN to_account = 'store_credit' THEN amount ELSE -amount END) AS ledger FROM ledger_posting
       WHERE 'store_credit' IN (from_account, to_account) GROUP BY 1, 2) l USING (merchant_id, currency)`,
  );
  expect(sums.length).toBeGreaterThan(0);
  for (const sum of sums) expect(sum).toMatchObject({ accounts: sum.ledger, movements: sum.ledger });
  const strangers = await direct.sql(
    `SELECT m.id, m.amount FROM store_credit_movement m WHERE m.amount <> (SELECT coalesce(sum(CASE WHEN 'store_credit' = p.to_account THEN p.amount WHEN 'store_credit' = p.from_account THEN -p.amount END), 0)
       FROM ledger_posting p WHERE p.merchant_id = m.merchant_id AND p.entry_id = m.id)`,
  );
  expect(strangers).toEqual([]);
}
