import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { bulkBody, type BulkBody } from '#libs/contracts/return-requests';
import { Database } from '#libs/persistence/database';
import { readReturnNumber } from '#libs/persistence/ids';
import { listReturns } from '#libs/persistence/returns';
import { ApiError } from '../http/api-error';
import { Roles } from '../http/decorators';
import { Idempotency } from '../http/idempotency';
import { Answers } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { Annotating } from './annotating';
import { AskedBy, type Asked } from '../http/asked';
import { ReturnCommands } from './return-commands';

/** Returns that one call may touch, and how many of them at a time. */
const LIMIT = 200;
const AT_A_TIME = 4;

const bulkAnswer = z
  .object({ matched: z.int(), done: z.int(), failed: z.array(z.object({ returnId: z.string(), code: z.string() })) })
  .meta({ id: 'BulkOutcome', description: 'How many returns the filter found (200 at most, newest first), how many were changed, and which were not and why' });
type BulkOutcome = z.infer<typeof bulkAnswer>;

/** One action on many returns. Each is a command of its own under a key of its own: repeated after a crash, what was done is not done again. */
@ApiTags('care')
@Controller('v1/returns')
export class BulkController {
  constructor(
    private readonly commands: ReturnCommands,
    private readonly annotating: Annotating,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post('bulk')
  @HttpCode(200)
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'Extends a deadline of many returns, or gives them to somebody' })
  @Answers(200, bulkAnswer)
  async bulk(@AskedBy() asked: Asked, @Body({ schema: bulkBody }) body: BulkBody): Promise<Reply> {
    const { caller, route, key } = asked;
    const earlier = await this.idempotency.earlier(caller, route, key, body);
    if (earlier) return earlier;
    if (body.action === 'assign') await this.annotating.requireStaff(caller, body.userId);
    const outcome = await this.onAll(asked, body);
    return this.idempotency.run(caller, route, key, body, async () => new Reply(200, outcome));
  }

  private async onAll(asked: Asked, body: BulkBody): Promise<BulkOutcome> {
    const { found, missing } = await this.matches(asked, body);
    const failed: BulkOutcome['failed'] = missing.map((returnId) => ({ returnId, code: 'not_found' }));
    const waiting = [...found];
    const worker = async () => {
      for (let returnId = waiting.shift(); returnId !== undefined; returnId = waiting.shift()) {
        const code = await this.onOne(asked, body, returnId);
        if (code !== null) failed.push({ returnId, code });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    const order = [...missing, ...found];
    failed.sort((a, b) => order.indexOf(a.returnId) - order.indexOf(b.returnId));
    return { matched: found.length, done: found.length + missing.length - failed.length, failed };
  }

  private async matches({ caller }: Asked, { filter }: BulkBody): Promise<{ found: string[]; missing: string[] }> {
    const { returnIds } = filter;
    const rows = await this.database.inMerchant(caller.merchantId, (tx) =>
      listReturns(tx, caller.merchantId, filter, { email: null, orderNumber: null }, null, LIMIT),
    );
    const known = rows.map(({ state }) => state);
    // Those that are there and do not match are nobody's failure; what is no return at all is.
    const missing = await this.unknown(
      caller.merchantId,
      returnIds ?? [],
      known.flatMap((state) => [state.returnId, state.number]),
    );
    return { found: known.map((state) => state.returnId), missing };
  }

  private async unknown(merchantId: string, asked: readonly string[], matched: readonly string[]): Promise<string[]> {
    const rest = asked.filter((one) => !matched.includes(readReturnNumber(one) ?? one));
    if (rest.length === 0) return [];
    const there = await this.database.inMerchant(merchantId, (tx) =>
      listReturns(tx, merchantId, { returnIds: rest }, { email: null, orderNumber: null }, null, LIMIT),
    );
    const known = there.flatMap(({ state }) => [state.returnId, state.number]);
    return rest.filter((one) => !known.includes(readReturnNumber(one) ?? one));
  }

  /** The code of the refusal, or null. */
  private async onOne({ caller, route, key }: Asked, body: BulkBody, returnId: string): Promise<string | null> {
    const asked = { caller, route: `${route} ${returnId}`, key };
    try {
      const answer =
        body.action === 'assign'
          ? await this.annotating.assign(asked, returnId, { userId: body.userId })
          : await this.commands.run({ ...asked, body, returnId, input: { type: 'extend', stage: body.stage, by: body.by } });
      return answer.status < 300 ? null : ((answer.body as { code?: string } | null)?.code ?? 'internal');
    } catch (error) {
      if (error instanceof ApiError) return error.code;
      throw error;
    }
  }
}
