import { z } from 'zod';

const unexpected = z.array(z.object({ lineId: z.string().nullable(), sku: z.string().nullable(), quantity: z.int() }));
export const receiptRecorded = z
  .object({ id: z.string(), returnId: z.string().nullable(), status: z.enum(['matched', 'unmatched']), unexpected })
  .meta({ id: 'ReceiptRecorded', description: 'What arrived was written down; `unexpected` is what nobody waited for' });
export const receiptAnswer = z
  .object({
    id: z.string(),
    returnId: z.string().nullable(),
    status: z.enum(['matched', 'unmatched']),
    trackingNumber: z.string().nullable(),
    lines: z.array(z.object({ lineId: z.string().nullable(), sku: z.string().nullable(), quantity: z.int(), condition: z.string().nullable() })),
    final: z.boolean(),
    unexpected,
    createdAt: z.string(),
  })
  .meta({ id: 'ReceiptRow', description: 'Something that arrived' });
