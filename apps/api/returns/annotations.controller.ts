import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { presentReturn } from '#libs/contracts/present-return';
import { returnAnswer } from '#libs/contracts/return-answer';
import { assignBody, noteBody, ratingBody, type AssignBody, type NoteBody, type RatingBody } from '#libs/contracts/return-requests';
import { id as idSchema } from '#libs/contracts/values';
import type { ReturnRecord } from '#libs/contracts/present-return';
import { appendToChain } from '#libs/persistence/log';
import { canonical, sha256 } from '#libs/persistence/canonical';
import type { Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { findReturn } from '#libs/persistence/returns';
import { ApiError, invalid, notFound } from '../http/api-error';
import { Roles, Scope, staff } from '../http/decorators';
import { actorOf, Idempotency } from '../http/idempotency';
import { Answers } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { AskedBy, type Asked } from './asked';
import { sightOf } from './return-commands';

/** What people write about a return. It never changes the process: no workflow hears of it, and it has a chain of its own beside the return's. */
@ApiTags('returns')
@Controller('v1/returns')
export class AnnotationsController {
  constructor(private readonly idempotency: Idempotency) {}

  @Post(':id/notes')
  @HttpCode(200)
  @Roles(...staff)
  @ApiOperation({ summary: 'A note, for colleagues or for the customer too' })
  @Answers(200, returnAnswer)
  note(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: noteBody }) body: NoteBody) {
    return this.annotate(asked, id, body, async (tx, { state }) => {
      const annotationId = await insertAnnotation(tx, state.returnId, 'note', body.visibility, { text: body.text }, asked.caller.id);
      return { type: 'note_added', data: { annotationId, visibility: body.visibility, digest: sha256(annotationId + canonical(body.text)) } };
    });
  }

  @Post(':id/assign')
  @HttpCode(200)
  @Roles(...staff)
  @ApiOperation({ summary: 'Whose case it is; null: nobody’s' })
  @Answers(200, returnAnswer)
  assign(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: assignBody }) body: AssignBody) {
    return this.annotate(asked, id, body, async (tx, { state, details }) => {
      const known = body.userId === null ? [{}] : await tx.query(`SELECT FROM user_account WHERE id = $1 AND active AND role <> 'customer'`, [body.userId]);
      if (known.length === 0) throw invalid('/userId', 'unknown_user', 'is no active member of staff');
      await tx.query('UPDATE return SET assignee = $2, details = $3 WHERE id = $1', [state.returnId, body.userId, JSON.stringify({ ...details, assignee: body.userId })]);
      await tx.query('UPDATE task SET assignee = $2 WHERE return_id = $1', [state.returnId, body.userId]);
      return { type: 'assigned', data: { userId: body.userId } };
    });
  }

  @Post(':id/rating')
  @HttpCode(200)
  @Roles('customer', 'admin', 'service')
  @Scope('returns')
  @ApiOperation({ summary: 'How it went: 1 to 5, and whether the customer would recommend us, 0 to 10' })
  @Answers(200, returnAnswer)
  rate(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: ratingBody }) body: RatingBody) {
    return this.annotate(asked, id, body, async (tx, { state, details }) => {
      if (details.rating) throw new ApiError('invalid_state', 'The return was rated already');
      const rating = { score: body.score, recommend: body.recommend };
      await tx.query('UPDATE return SET details = $2 WHERE id = $1', [state.returnId, JSON.stringify({ ...details, rating })]);
      const annotationId = await insertAnnotation(tx, state.returnId, 'rating', 'customer', { ...rating, comment: body.comment }, asked.caller.id);
      return { type: 'rated', data: { annotationId, ...rating } };
    });
  }

  private annotate(asked: Asked, id: string, body: unknown, work: (tx: Transaction, record: ReturnRecord) => Promise<{ type: string; data: object }>): Promise<Reply> {
    const { caller, route, key } = asked;
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      const found = await findReturn(tx, caller.merchantId, id, sightOf(caller));
      if (!found) throw notFound('return');
      const { returnId } = found.state;
      await tx.query('SELECT FROM return WHERE id = $1 FOR UPDATE', [returnId]);
      const locked = (await findReturn(tx, caller.merchantId, returnId, sightOf(caller)))!;
      const { type, data } = await work(tx, locked);
      await appendToChain(tx, `${returnId}/annotations`, { type, actor: actorOf(caller), data });
      const after = (await findReturn(tx, caller.merchantId, returnId, sightOf(caller)))!;
      return new Reply(200, presentReturn(after, caller.role));
    });
  }
}

async function insertAnnotation(tx: Transaction, returnId: string, kind: string, visibility: string, body: object, author: string): Promise<string> {
  const id = newId('ann');
  await tx.query(
    `INSERT INTO annotation (merchant_id, id, return_id, kind, visibility, body, author, created_at) VALUES (current_setting('app.merchant_id'), $1, $2, $3, $4, $5, $6, now())`,
    [id, returnId, kind, visibility, JSON.stringify(body), author],
  );
  return id;
}
