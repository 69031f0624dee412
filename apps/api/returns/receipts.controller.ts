import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { receiptsQuery, type ReceiptsQuery } from '#libs/contracts/lists';
import { receiptAnswer, receiptRecorded } from '#libs/contracts/receipt-answers';
import { matchBody, receiptBody, type MatchBody, type ReceiptBody } from '#libs/contracts/receipt-requests';
import { id as idSchema } from '#libs/contracts/values';
import { Database } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { insertReceipt, listReceipts, readReceipt, returnOfReceipt, type Receipt } from '#libs/persistence/receipts';
import { findReturn } from '#libs/persistence/returns';
import { ApiError, notFound } from '../http/api-error';
import { CurrentCaller, Roles } from '../http/decorators';
import { Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { AskedBy, type Asked } from '../http/asked';
import { ReturnCommands, type CommandInput } from './return-commands';

/** Whatever arrives at the dock. Never refused: what belongs to no return waits, unmatched, for somebody who knows. */
@ApiTags('warehouse')
@Controller('v1/receipts')
@Roles('warehouse', 'admin')
export class ReceiptsController {
  constructor(
    private readonly commands: ReturnCommands,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Records what arrived' })
  @Answers(201, receiptRecorded)
  async record(@AskedBy() asked: Asked, @Body({ schema: receiptBody }) body: ReceiptBody) {
    const { caller, route, key } = asked;
    const id = newId('rcp');
    const returnId = await this.database.inMerchant(caller.merchantId, (tx) => returnOfReceipt(tx, body));
    if (returnId !== null) return this.commands.run({ ...asked, body, returnId, input: arrival(id, body), receipt: { id, body } });
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      await insertReceipt(tx, { id, returnId: null, body, receivedBy: caller.id });
      return new Reply(201, { id, returnId: null, status: 'unmatched', unexpected: [] });
    });
  }

  @Get()
  @ApiOperation({ summary: 'What arrived, newest first' })
  @Answers(200, listOf('Receipts', receiptAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: receiptsQuery }) { limit, cursor, status }: ReceiptsQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) => listReceipts(tx, status, after, limit + 1));
    return page(rows, limit, (row) => [row.position, row.id], present);
  }

  @Post(':id/match')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says to which return something belongs that nobody could place' })
  @Answers(200, receiptRecorded)
  async match(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: matchBody }) body: MatchBody) {
    const { caller } = asked;
    const { receipt, record } = await this.database.inMerchant(caller.merchantId, async (tx) => ({
      receipt: await readReceipt(tx, id),
      record: await findReturn(tx, caller.merchantId, body.returnId, { email: null, orderNumber: null }),
    }));
    if (!receipt) throw notFound('receipt');
    if (!record) throw notFound('return');
    const { returnId } = record.state;
    if (receipt.returnId !== null && receipt.returnId !== returnId) throw new ApiError('invalid_state', 'The receipt belongs to another return already');
    // Said before: what was counted once is not counted again.
    if (receipt.returnId !== null) {
      const known = new Reply(200, { id, returnId, status: 'matched', unexpected: [...receipt.unexpected] });
      return matched(await this.idempotency.run(caller, asked.route, asked.key, body, async () => known));
    }
    return matched(await this.commands.run({ ...asked, body, returnId, input: arrival(id, receipt.body), receipt: { id, body: receipt.body } }));
  }
}

/** The receipt was there before: nothing was created. */
const matched = (answer: Reply): Reply => (answer.status === 201 ? new Reply(200, answer.body, answer.headers) : answer);

const arrival = (receiptId: string, { lines, trackingNumber, final }: ReceiptBody): CommandInput => ({
  type: 'receive',
  receiptId,
  trackingNumber,
  final,
  lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
});

const present = ({ id, returnId, status, trackingNumber, body, unexpected, createdAt }: Receipt) => ({
  id,
  returnId,
  status,
  trackingNumber,
  lines: body.lines,
  final: body.final,
  unexpected,
  createdAt: createdAt.toISOString(),
});
