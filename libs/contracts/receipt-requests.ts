import { z } from 'zod';
import { orderLimits } from '#libs/domain/order';
import { faults, grades } from '#libs/domain/policy/policy';
import { dispositions } from '#libs/domain/return/state';
import { evidence, id, lineId, name, optionalText, orderNumber, quantity, sku, text, trackingNumber, unique, unitNumber } from './values';

export { dispositions };

/** `POST /v1/receipts`: whatever arrives; never refused for what is in it. */
export const receiptBody = z
  .strictObject({
    trackingNumber: trackingNumber.nullable().default(null),
    returnNumber: id.nullable().default(null),
    orderNumber: orderNumber.nullable().default(null),
    lines: z
      .array(
        z.strictObject({
          lineId: lineId.nullable().default(null),
          sku: sku.nullable().default(null),
          quantity,
          condition: text(500, 0).nullable().default(null),
        }),
      )
      .max(500)
      .default([]),
    final: z.boolean().default(false),
  })
  .meta({ id: 'Receipt', description: 'What arrived. `final`: no more will come' });
export type ReceiptBody = z.infer<typeof receiptBody>;

/** `POST /v1/receipts/{id}/match`. */
export const matchBody = z.strictObject({ returnId: id }).meta({ id: 'MatchReceipt', description: 'Which return it belongs to; its number does too' });
export type MatchBody = z.infer<typeof matchBody>;

export const inspectedUnits = z
  .strictObject({
    unit: unitNumber.nullable().default(null),
    quantity: quantity.nullable().default(null),
    grade: z.enum(grades),
    disposition: z.enum(dispositions),
    accepted: z.boolean(),
    fault: z.enum(faults).nullable().default(null),
    missingParts: z.boolean().nullable().default(null),
    serial: name(100).nullable().default(null),
    note: optionalText,
    evidence,
  })
  .refine((units) => units.unit === null || units.quantity === null || units.quantity === 1, { path: ['quantity'], error: 'is 1 for a named unit' })
  .refine((units) => !units.accepted || units.disposition !== 'send_back', {
    path: ['disposition'],
    error: 'is not send_back for an accepted unit: its money is given',
  })
  .meta({
    id: 'InspectedUnits',
    description: 'One named unit, or `quantity` (1 if left out) of those received and not yet inspected, or of those of the inspection it supersedes',
  });

/** `POST /v1/returns/{id}/inspections`. `supersedes`: the inspection that this one corrects, or true for whatever there is of these units. */
export const inspectionBody = z
  .strictObject({
    lines: z
      .array(z.strictObject({ lineId, units: z.array(inspectedUnits).min(1).max(orderLimits.unitsPerLine) }))
      .min(1)
      .max(orderLimits.lines)
      .refine(...unique<{ lineId: string }>((line) => line.lineId)),
    supersedes: z.union([id, z.boolean()]).nullable().default(null).meta({
      description:
        'The `inspectionId` of the inspection that this one corrects, or true for whichever there is. A `quantity` then takes its units that are not settled',
    }),
  })
  .refine(
    (body) =>
      body.lines.every((line) => {
        const named = line.units.flatMap((units) => (units.unit === null ? [] : [units.unit]));
        return new Set(named).size === named.length;
      }),
    { path: ['lines'], error: 'must not name a unit twice' },
  )
  .meta({ id: 'Inspection', description: 'What the goods are worth; partial is fine' });
export type InspectionBody = z.infer<typeof inspectionBody>;
