import { z } from 'zod';
import { duration, instant, name } from './values';

export const scanStatuses = ['picked_up', 'in_transit', 'exception', 'delivered', 'lost'] as const;

/** `POST /v1/sandbox/carrier/{trackingNumber}/scans`. */
export const scanBody = z
  .strictObject({ status: z.enum(scanStatuses), at: instant.nullable().default(null), eventId: name(200).nullable().default(null) })
  .meta({ id: 'SandboxScan', description: 'Makes the sandbox’s carrier send its webhook' });
export type ScanBody = z.infer<typeof scanBody>;

/** `POST /v1/sandbox/returns/{id}/advance`. */
export const advanceBody = z.strictObject({ by: duration }).meta({ id: 'AdvanceClock', description: 'Moves that return’s clock forward' });
export type AdvanceBody = z.infer<typeof advanceBody>;
