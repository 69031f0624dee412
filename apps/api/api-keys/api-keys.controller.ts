import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { newApiKey, tokenHash } from '#libs/access/tokens';
import { apiKeyBody, type ApiKeyBody } from '#libs/contracts/access-requests';
import type { Caller } from '#libs/contracts/caller';
import { pageQuery, type PageQuery } from '#libs/contracts/lists';
import { id } from '#libs/contracts/values';
import { Database, type Transaction } from '#libs/persistence/database';
import { newId } from '#libs/persistence/ids';
import { appendToMerchantLog } from '#libs/persistence/log';
import { apiKey as keyAnswer, newApiKey as newKeyAnswer } from '../access/answers';
import { TokenCache } from '../access/token-cache';
import { notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles } from '../http/decorators';
import { actorOf, Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { created } from '../http/reply';

interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: string[];
  readonly createdAt: Date;
}
const columns = 'id, name, scopes, created_at AS "createdAt"';

@ApiTags('api-keys')
@Controller('v1/api-keys')
@Roles('admin')
export class ApiKeysController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly tokens: TokenCache,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Keys that are in force, newest first' })
  @Answers(200, listOf('ApiKeys', keyAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) =>
      tx.query<ApiKey & { at: string }>(
        `SELECT ${columns}, created_at::text AS at FROM api_key WHERE merchant_id = $1 AND revoked_at IS NULL AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
         ORDER BY created_at DESC, id DESC LIMIT $4`,
        [caller.merchantId, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
      ),
    );
    return page(
      rows,
      limit,
      (row) => [row.at, row.id],
      ({ at: _at, ...key }) => key,
    );
  }

  @Post()
  @ApiOperation({ summary: 'A new key for a shop; it is shown this once' })
  @Answers(201, newKeyAnswer)
  create(@AskedBy() { caller, route, key: idempotencyKey }: Asked, @Body({ schema: apiKeyBody }) body: ApiKeyBody) {
    return this.idempotency.run(caller, route, idempotencyKey, body, (tx) => addKey(tx, caller, body), { sealed: true });
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes a key: at once in this process, within ten seconds everywhere' })
  @Answers(204)
  async revoke(@CurrentCaller() caller: Caller, @Param('id', { schema: id }) keyId: string): Promise<void> {
    const revoked = await this.database.inMerchant(caller.merchantId, async (tx) => {
      const [row] = await tx.query(
        'WITH gone AS (UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id) SELECT id FROM gone',
        [keyId],
      );
      if (row) await appendToMerchantLog(tx, caller.merchantId, { type: 'api_key_revoked', actor: actorOf(caller), data: { keyId } });
      return row !== undefined;
    });
    if (!revoked) throw notFound('API key');
    this.tokens.clear();
  }
}

async function addKey(tx: Transaction, caller: Caller, { name, scopes }: ApiKeyBody) {
  const key = newApiKey();
  const [row] = await tx.query<ApiKey>(`INSERT INTO api_key (id, merchant_id, name, key_hash, scopes) VALUES ($1, $2, $3, $4, $5) RETURNING ${columns}`, [
    newId('key'),
    caller.merchantId,
    name,
    tokenHash(key),
    [...new Set(scopes)],
  ]);
  await appendToMerchantLog(tx, caller.merchantId, { type: 'api_key_created', actor: actorOf(caller), data: { keyId: row!.id, scopes: row!.scopes } });
  return created(`/v1/api-keys/${row!.id}`, { ...row!, key });
}
