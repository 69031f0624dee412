import type { Transaction } from './database';

/** `price` in minor units, as the order's prices are. */
export interface InventoryLevel {
  readonly sku: string;
  readonly title: string;
  readonly price: number;
  readonly available: number;
  readonly updatedAt: Date;
}
const columns = 'sku, title, price, available, updated_at AS "updatedAt"';

export async function readInventory(tx: Transaction, sku: string): Promise<InventoryLevel | null> {
  const [row] = await tx.query<InventoryLevel>(`SELECT ${columns} FROM inventory WHERE sku = $1`, [sku]);
  return row ?? null;
}

/** What the shop says is there now; reservations of ours are taken from it as they are made. */
export async function putInventory(tx: Transaction, level: Omit<InventoryLevel, 'updatedAt'>): Promise<{ level: InventoryLevel; created: boolean }> {
  const [row] = await tx.query<InventoryLevel & { created: boolean }>(
    `INSERT INTO inventory (merchant_id, sku, title, price, available) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4)
     ON CONFLICT (merchant_id, sku) DO UPDATE SET title = excluded.title, price = excluded.price, available = excluded.available, updated_at = now()
     RETURNING ${columns}, xmax = 0 AS created`,
    [level.sku, level.title, level.price, level.available],
  );
  if (!row) throw new Error(`inventory of ${level.sku} was not written`);
  const { created, ...written } = row;
  return { level: written, created };
}
