import { z } from 'zod';
import { time } from './answers';

const points = (description: string) => z.int().meta({ description });

/** `GET /v1/customers/{id}/points`. Numbers of points, not money. */
export const pointsAnswer = z
  .object({
    customerId: z.string(),
    balance: points('restored + granted − revoked: what returns have changed the shop’s account by'),
    restored: points('Given back: they had paid for goods that came back'),
    revoked: points('Taken back: they were earned with goods that came back'),
    granted: points('Given for the trouble'),
    data: z.array(
      z
        .object({
          id: z.string(),
          at: time,
          type: z.enum(['restored', 'revoked', 'granted']),
          points: points('Above zero add, below zero take; one against its type takes an earlier one back'),
          orderNumber: z.string(),
          returnId: z.string(),
        })
        .meta({ id: 'PointsMovement', description: 'One change for the shop’s account, to be applied once by its id' }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'CustomerPoints', description: 'What returns do to a customer’s points, newest first; the shop keeps the account' });
