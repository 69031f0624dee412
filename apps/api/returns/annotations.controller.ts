import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { returnAnswer } from '#libs/contracts/return-answer';
import { assignBody, noteBody, ratingBody, type AssignBody, type NoteBody, type RatingBody } from '#libs/contracts/return-requests';
import { id as idSchema } from '#libs/contracts/values';
import { canonical, sha256 } from '#libs/persistence/canonical';
import type { Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { ApiError } from '../http/api-error';
import { Roles, Scope, staff } from '../http/decorators';
import { Answers } from '../http/openapi-decorators';
import { Annotating } from './annotating';
import { AskedBy, type Asked } from '../http/asked';

/** What people write about a return. It never changes the process: no workflow hears of it, and it has a chain of its own beside the return's. */
@ApiTags('returns')
@Controller('v1/returns')
export class AnnotationsController {
  constructor(private readonly annotating: Annotating) {}

  @Post(':id/notes')
  @HttpCode(200)
  @Roles(...staff)
  @ApiOperation({ summary: 'A note, for colleagues or for the customer too' })
  @Answers(200, returnAnswer)
  note(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: noteBody }) body: NoteBody) {
    return this.annotating.annotate(asked, id, body, async (tx, { state }) => {
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
    return this.annotating.assign(asked, id, body);
  }

  @Post(':id/rating')
  @HttpCode(200)
  @Roles('customer', 'admin', 'service')
  @Scope('returns')
  @ApiOperation({ summary: 'How it went: 1 to 5, and whether the customer would recommend us, 0 to 10' })
  @Answers(200, returnAnswer)
  rate(@AskedBy() asked: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: ratingBody }) body: RatingBody) {
    return this.annotating.annotate(asked, id, body, async (tx, { state, details }) => {
      if (details.rating) throw new ApiError('invalid_state', 'The return was rated already');
      const rating = { score: body.score, recommend: body.recommend };
      await tx.query('UPDATE return SET details = $2 WHERE id = $1', [
        state.returnId,
        JSON.stringify({ ...details, rating: { ...rating, comment: body.comment } }),
      ]);
      const annotationId = await insertAnnotation(tx, state.returnId, 'rating', 'customer', { ...rating, comment: body.comment }, asked.caller.id);
      return { type: 'rated', data: { annotationId, ...rating } };
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
