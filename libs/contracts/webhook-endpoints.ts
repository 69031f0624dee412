import { z } from 'zod';
import { text } from './values';

/** `POST /v1/webhook-endpoints`. `events`: `return.<what>`, `refund.<what>`, or `return.*`, `refund.*`, `*`. Which addresses are allowed is decided where they are called. */
export const webhookEndpointBody = z
  .strictObject({
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2000),
    events: z
      .array(text(80).regex(/^(?:\*|(?:return|refund)\.(?:\*|[a-z][a-z_]*))$/, { error: 'must be *, return.<what> or refund.<what>' }))
      .min(1)
      .max(50)
      .default(['*']),
  })
  .meta({ id: 'NewWebhookEndpoint' });
export type WebhookEndpointBody = z.infer<typeof webhookEndpointBody>;
