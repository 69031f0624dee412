import { z } from 'zod';
import { money, time } from './answers';

const status = z.enum(['awaiting_approval', 'granted', 'used', 'revoked']);
/** `GET /v1/coupons/{code}`, and what redeeming and releasing answer. */
export const couponAnswer = z
  .object({
    code: z.string(),
    status,
    amount: money,
    currency: z.string(),
    customerId: z.string(),
    reason: z.string().meta({ description: '`gifted` for one that an order brought' }),
    validUntil: time.nullable(),
    returnId: z.string().nullable().meta({ description: 'Whose compensation it is' }),
    giftedBy: z.string().nullable().meta({ description: 'The order that brought it' }),
  })
  .meta({ id: 'Coupon', description: 'Good throughout the shop; what was used is not taken back' });
export type CouponAnswer = z.infer<typeof couponAnswer>;

/** `GET /v1/customers/{id}/compensations`. */
export const compensationAnswer = z
  .object({
    id: z.string(),
    returnId: z.string(),
    kind: z.enum(['coupon', 'points', 'credit']),
    amount: money,
    currency: z.string(),
    code: z.string().nullable(),
    status,
    reason: z.string(),
    validUntil: time.nullable(),
    createdAt: time,
  })
  .meta({ id: 'Compensation', description: 'Given for the trouble' });
