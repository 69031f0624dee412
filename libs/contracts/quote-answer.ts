import { z } from 'zod';
import { handoverMethods, resolutions } from '#libs/domain/policy/policy';
import { finding } from './errors';
import { settlementAnswer } from './return-answer';

export const quoteAnswer = z
  .object({
    eligible: z.boolean(),
    lines: z.array(
      z.object({ lineId: z.string(), quantity: z.int(), eligible: z.boolean(), findings: z.array(finding), resolutions: z.array(z.enum(resolutions)) }),
    ),
    approval: z.enum(['automatic', 'review']),
    methods: z.array(z.enum(handoverMethods)),
    settlement: settlementAnswer,
    policy: z.object({ id: z.string(), version: z.int() }),
  })
  .meta({ id: 'Quote', description: 'What a return would bring; all findings, not the first' });

export const timelineEntry = z
  .object({
    sequence: z.int(),
    at: z.string(),
    actor: z.object({ kind: z.string(), id: z.string() }),
    type: z.string(),
    data: z.record(z.string(), z.unknown()),
    summary: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'TimelineEntry', description: 'One thing that became true' });
