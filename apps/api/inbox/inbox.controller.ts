import { Body, Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  carrierEventBody,
  chargebackReported,
  inventoryEventBody,
  parcelScanned,
  paymentEventBody,
  refundReported,
  stockChanged,
  understood,
  type CarrierEventBody,
  type InventoryEventBody,
  type PaymentEventBody,
} from '#libs/contracts/webhook-events';
import { providerCode } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { Public, type ApiRequest } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { SignatureGuard } from './signature.guard';

/** What somebody has to be told of a report, and by what it is found: a tracking number, a refund, a payment, an article. Without an input nobody is. */
interface Told {
  readonly subject: string;
  readonly input: object | null;
}
const nobody: Told = { subject: '', input: null };

/** Facts of machines: one insert, then 202. The sender's event id makes each count once; early, late, repeated and unknown ones are kept all the same. */
@ApiTags('events')
@Controller('v1')
@Public()
@UseGuards(SignatureGuard)
export class InboxController {
  constructor(private readonly database: Database) {}

  @Post('carriers/:carrier/events')
  @HttpCode(202)
  @ApiOperation({ summary: 'A carrier’s signed event' })
  @Answers(202)
  carrier(
    @Req() request: ApiRequest,
    @Param('carrier', { schema: providerCode }) carrier: string,
    @Body({ schema: understood(carrierEventBody) }) event?: CarrierEventBody,
  ) {
    return this.keep(request, `carrier/${carrier}`, event, event ? ofCarrier(event) : nobody);
  }

  @Post('payment-providers/:provider/events')
  @HttpCode(202)
  @ApiOperation({ summary: 'A payment provider’s signed event' })
  @Answers(202)
  payment(
    @Req() request: ApiRequest,
    @Param('provider', { schema: providerCode }) provider: string,
    @Body({ schema: understood(paymentEventBody) }) event?: PaymentEventBody,
  ) {
    return this.keep(request, `payment/${provider}`, event, event ? ofPayment(event) : nobody);
  }

  @Post('inventory-providers/:provider/events')
  @HttpCode(202)
  @ApiOperation({ summary: 'A stock system’s signed event' })
  @Answers(202)
  inventory(
    @Req() request: ApiRequest,
    @Param('provider', { schema: providerCode }) provider: string,
    @Body({ schema: understood(inventoryEventBody) }) event?: InventoryEventBody,
  ) {
    return this.keep(request, `inventory/${provider}`, event, event ? ofInventory(event) : nobody);
  }

  /** What nobody is told of is dealt with by being kept. An event whose envelope is not understood goes by the id it was signed with. */
  private async keep(
    request: ApiRequest,
    source: string,
    event: { id: string; type: string } | undefined,
    { subject, input }: Told,
  ): Promise<{ received: true }> {
    const { id, type } = event ?? { id: request.get('webhook-id')!.slice(0, 255), type: 'unknown' };
    await this.database.asSystem(async (tx) => {
      const [row] = await tx.query<{ id: number }>(
        `INSERT INTO inbox (source, event_id, type, subject, body, handled_at) VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END)
         ON CONFLICT (source, event_id) DO NOTHING RETURNING id`,
        [source, cleaned(id), cleaned(type), cleaned(subject), JSON.stringify({ event: event ?? request.body ?? null, input }, storable), input === null],
      );
      if (row && input) await tx.query(`SELECT enqueue('deliver_fact', json_build_object('inboxId', $1::bigint), NULL, NULL)`, [row.id]);
    });
    return { received: true };
  }
}

function ofCarrier({ type, at, data }: CarrierEventBody): Told {
  const scan = type === 'parcel.scanned' ? parcelScanned.safeParse(data).data : undefined;
  if (!scan) return nobody;
  return { subject: scan.trackingNumber, input: { type: 'scan', trackingNumber: scan.trackingNumber, status: scan.status, scannedAt: scan.at ?? at } };
}

function ofPayment({ type, at, data }: PaymentEventBody): Told {
  const [noun, status] = type.split('.');
  if (noun === 'chargeback') {
    const report = chargebackReported.safeParse(data).data;
    if (!report) return nobody;
    const { chargebackId, providerPaymentId, amount, status: now } = report;
    return { subject: providerPaymentId, input: { type: 'chargeback_reported', chargebackId, providerPaymentId, amount, status: now, at } };
  }
  const report = noun === 'refund' ? refundReported.safeParse(data).data : undefined;
  if (!report) return nobody;
  const { refundId, providerRefundId, providerPaymentId, amount } = report;
  if (refundId && (status === 'succeeded' || status === 'failed' || status === 'pending'))
    return { subject: refundId, input: { type: 'refund_reported', refundId, providerRefundId, status } };
  // Made by somebody else; one that only began is nothing to a balance.
  return (status === 'succeeded' || status === 'failed') && !refundId
    ? { subject: providerPaymentId, input: { type: 'refund_elsewhere', providerRefundId, providerPaymentId, amount, status } }
    : nobody;
}

/** Stock systems name an article and no merchant: kept, and acted on by nobody. */
const ofInventory = ({ type, data }: InventoryEventBody): Told => ({
  ...nobody,
  subject: (type === 'stock.changed' && stockChanged.safeParse(data).data?.sku) || '',
});

/** A fact is kept whatever it holds: characters that PostgreSQL cannot store (NUL, lone surrogates) become U+FFFD, in names as in values. */
function storable(_name: string, value: unknown): unknown {
  if (typeof value === 'string') return cleaned(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [cleaned(name), inner]));
}
const cleaned = (text: string): string => text.replace(/\0|\p{Cs}/gu, '\uFFFD');
