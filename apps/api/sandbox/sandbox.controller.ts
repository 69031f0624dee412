import { Body, Controller, Get, HttpCode, Injectable, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { mailQuery, type MailQuery } from '#libs/contracts/lists';
import { scanBody, type ScanBody } from '#libs/contracts/sandbox-requests';
import { name, trackingNumber as trackingNumberSchema } from '#libs/contracts/values';
import { ApiError, notFound, unavailable } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { Roles, Scope } from '../http/decorators';
import { Idempotency } from '../http/idempotency';
import { pageOfAll } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { Settings } from '../settings';

/** The sandbox process, over HTTP. */
@Injectable()
export class SandboxProcess {
  private readonly url: string;
  private readonly secret: string;

  constructor({ values }: Settings) {
    this.url = (values.SANDBOX_URL ?? '').replace(/\/$/, '');
    this.secret = values.SANDBOX_SECRET ?? '';
  }

  /** The body of its answer. @throws ApiError `not_found`, `validation_failed`, or `temporarily_unavailable` when it is not there */
  async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.secret}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => {
      throw unavailable('The sandbox cannot be reached');
    });
    const answer = (await response.json().catch(() => null)) as { message?: string } | null;
    if (response.ok) return answer;
    if (response.status === 404) throw notFound('thing in the sandbox');
    if (response.status === 400 || response.status === 409 || response.status === 422)
      throw new ApiError('validation_failed', `The sandbox says: ${answer?.message ?? 'no'}`);
    throw unavailable('The sandbox does not work at the moment');
  }
}

const seenPayment = z
  .object({
    captured: z.int(),
    refunds: z.array(z.object({ id: z.string(), amount: z.int(), idempotencyKey: z.string(), status: z.string() })),
    refundedAmount: z.int(),
    calls: z.unknown(),
  })
  .meta({ id: 'SandboxPayment', description: 'What the payment provider saw' });
const acceptedScan = z.object({ eventId: z.string() }).meta({ id: 'SandboxScanAccepted' });
const mail = z
  .object({ id: z.string(), to: z.string(), subject: z.string(), text: z.string(), locale: z.string(), kind: z.string(), at: z.string() })
  .meta({ id: 'SandboxMail' });

/** Levers and windows of the sandbox; there only with `BOOMERANG_SANDBOX=true`. */
@ApiTags('sandbox')
@Controller('v1/sandbox')
@Roles('admin', 'service')
@Scope('sandbox')
export class SandboxController {
  constructor(
    private readonly sandbox: SandboxProcess,
    private readonly idempotency: Idempotency,
  ) {}

  @Get('payments/:providerPaymentId')
  @ApiOperation({ summary: 'What the payment provider saw of a payment' })
  @Answers(200, seenPayment)
  payment(@Param('providerPaymentId', { schema: name(200) }) id: string): Promise<unknown> {
    return this.sandbox.call('GET', `/payments/${encodeURIComponent(id)}`);
  }

  @Post('carrier/:trackingNumber/scans')
  @HttpCode(202)
  @ApiOperation({ summary: 'The carrier scans a parcel and sends its signed webhook' })
  @Answers(202, acceptedScan)
  scan(
    @AskedBy() { caller, route, key }: Asked,
    @Param('trackingNumber', { schema: trackingNumberSchema }) trackingNumber: string,
    @Body({ schema: scanBody }) body: ScanBody,
  ): Promise<unknown> {
    const scan = () =>
      this.sandbox.call(
        'POST',
        `/carrier/${encodeURIComponent(trackingNumber)}/scans`,
        Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)),
      );
    if (key === null) return scan(); // no transaction held open while the webhook travels
    return this.idempotency.run(caller, route, key, body, async () => new Reply(202, await scan()));
  }

  @Get('mail')
  @ApiOperation({ summary: 'Mail that was sent, newest first' })
  @Answers(200, listOf('SandboxMails', mail))
  async mail(@Query({ schema: mailQuery }) { to, ...asked }: MailQuery) {
    const { data } = (await this.sandbox.call('GET', to === undefined ? '/mail' : `/mail?to=${encodeURIComponent(to)}`)) as { data: z.infer<typeof mail>[] };
    return pageOfAll(data, asked, ({ id }) => id);
  }
}
