import { z } from 'zod';
import { amount, text } from './values';

/** `PUT /v1/inventory/{sku}`: what exchanges and reships draw on. `price` is as the order's prices are. */
export const inventoryBody = z
  .strictObject({ available: z.int().min(0).max(1_000_000_000), price: amount, title: text(500, 0).default('') })
  .meta({ id: 'InventoryLevel', description: 'Stock and price of an article' });
export type InventoryBody = z.infer<typeof inventoryBody>;
