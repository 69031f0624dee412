import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { signatureHolds } from '#libs/access/standard-webhooks';
import { carrierEventBody, inventoryEventBody, parcelScanned, paymentEventBody, refundReported, stockChanged, type CarrierEventBody, type InventoryEventBody, type PaymentEventBody } from '#libs/contracts/webhook-events';
import { providerCode } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { ApiError } from '../http/api-error';
import { Public, type ApiRequest } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { Settings } from '../settings';

/** What a machine reports, as it is stored until it is dealt with. `input`: what the process is told; null for what it is not told of. */
interface Fact {
  readonly source: string;
  readonly event: { readonly id: string; readonly type: string };
  /** What it is about: a tracking number, a refund, an article. */
  readonly subject: string;
  readonly input: object | null;
}

/** Facts of machines: one insert, then 202. The sender's event id makes each count once; early, late, repeated and unknown ones are kept all the same. */
@ApiTags('events')
@Controller('v1')
@Public()
export class InboxController {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  @Post('carriers/:carrier/events')
  @HttpCode(202)
  @ApiOperation({ summary: 'A carrier’s signed event' })
  @Answers(202)
  carrier(@Req() request: ApiRequest, @Param('carrier', { schema: providerCode }) carrier: string, @Body({ schema: carrierEventBody }) event: CarrierEventBody) {
    this.requireSignature(request, carrier);
    const scan = event.type === 'parcel.scanned' ? parcelScanned.safeParse(event.data).data : undefined;
    const input = scan ? { type: 'scan', trackingNumber: scan.trackingNumber, status: scan.status, scannedAt: scan.at ?? event.at } : null;
    return this.keep({ source: `carrier/${carrier}`, event, subject: scan?.trackingNumber ?? '', input });
  }

  @Post('payment-providers/:provider/events')
  @HttpCode(202)
  @ApiOperation({ summary: 'A payment provider’s signed event' })
  @Answers(202)
  payment(@Req() request: ApiRequest, @Param('provider', { schema: providerCode }) provider: string, @Body({ schema: paymentEventBody }) event: PaymentEventBody) {
    this.requireSignature(request, provider);
    const [noun, status] = event.type.split('.');
    const report = noun === 'refund' ? refundReported.safeParse(event.data).data : undefined;
    const known = report?.refundId && (status === 'succeeded' || status === 'failed' || status === 'pending');
    const input = known ? { type: 'refund_reported', refundId: report.refundId, providerRefundId: report.providerRefundId, status } : null;
    return this.keep({ source: `payment/${provider}`, event, subject: report?.refundId ?? '', input });
  }

  @Post('inventory-providers/:provider/events')
  @HttpCode(202)
  @ApiOperation({ summary: 'A stock system’s signed event' })
  @Answers(202)
  inventory(@Req() request: ApiRequest, @Param('provider', { schema: providerCode }) provider: string, @Body({ schema: inventoryEventBody }) event: InventoryEventBody) {
    this.requireSignature(request, provider);
    const stock = event.type === 'stock.changed' ? stockChanged.safeParse(event.data).data : undefined;
    return this.keep({ source: `inventory/${provider}`, event, subject: stock?.sku ?? '', input: null });
  }

  /** Who signs is the provider we gave the secret to; without a configured secret nobody's signature holds. */
  private requireSignature(request: ApiRequest, provider: string): void {
    const secret = provider === 'sandbox' ? this.settings.values.SANDBOX_SECRET : undefined;
    const header = (name: string) => request.get(name);
    const headers = { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') };
    if (!secret || !request.rawBody || !signatureHolds(secret, headers, request.rawBody, Date.now())) throw new ApiError('unauthenticated', 'The signature does not hold');
  }

  private async keep({ source, event, subject, input }: Fact): Promise<{ received: true }> {
    await this.database.asSystem(async (tx) => {
      const [row] = await tx.query<{ id: number }>(
        `INSERT INTO inbox (source, event_id, type, subject, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source, event_id) DO NOTHING RETURNING id`,
        [source, event.id, event.type, subject, JSON.stringify({ event, input }, storable)],
      );
      if (row && input) await tx.query(`SELECT enqueue('deliver_fact', json_build_object('inboxId', $1::bigint), NULL, NULL)`, [row.id]);
    });
    return { received: true };
  }
}

/** A fact is kept whatever it holds: characters that PostgreSQL cannot store (NUL, lone surrogates) become U+FFFD, in names as in values. */
function storable(_name: string, value: unknown): unknown {
  if (typeof value === 'string') return cleaned(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [cleaned(name), inner]));
}
const cleaned = (text: string): string => text.replace(/\0|\p{Cs}/gu, '\uFFFD');
