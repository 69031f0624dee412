import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { changeUser, createUser, userColumns, type User } from '#libs/access/users';
import { userBody, userChangeBody, type UserBody, type UserChangeBody } from '#libs/contracts/access-requests';
import type { Caller } from '#libs/contracts/caller';
import { usersQuery, type UsersQuery } from '#libs/contracts/lists';
import { id } from '#libs/contracts/values';
import { Database, violation } from '#libs/persistence/database';
import { user as userAnswer } from '../access/answers';
import { TokenCache } from '../access/token-cache';
import { ApiError, invalid, notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles } from '../http/decorators';
import { actorOf, Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { created } from '../http/reply';

const emailTaken = () => invalid('/email', 'already_used', 'is the address of another account');

@ApiTags('users')
@Controller('v1/users')
@Roles('admin')
export class UsersController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly tokens: TokenCache,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Users, newest first' })
  @Answers(200, listOf('Users', userAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: usersQuery }) { limit, cursor, email, active }: UsersQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) =>
      tx.query<User & { at: string }>(
        `SELECT ${userColumns}, created_at::text AS at FROM user_account
         WHERE merchant_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3)) AND ($4::text IS NULL OR lower(email) = lower($4)) AND ($5::boolean IS NULL OR active = $5)
         ORDER BY created_at DESC, id DESC LIMIT $6`,
        [caller.merchantId, after?.[0] ?? null, after?.[1] ?? null, email ?? null, active ?? null, limit + 1],
      ),
    );
    return page(
      rows,
      limit,
      (row) => [row.at, row.id],
      ({ at: _at, ...user }) => user,
    );
  }

  @Post()
  @ApiOperation({ summary: 'Adds a user' })
  @Answers(201, userAnswer)
  create(@AskedBy() { caller, route, key }: Asked, @Body({ schema: userBody }) body: UserBody) {
    const work = async (tx: Parameters<Parameters<Database['inMerchant']>[1]>[0]) => {
      const user = await createUser(tx, caller.merchantId, body, actorOf(caller));
      if (!user) throw emailTaken();
      return created(`/v1/users/${user.id}`, user);
    };
    return this.idempotency.run(caller, route, key, body, work, { sealed: true });
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Changes a user; fields that are left out stay' })
  @Answers(200, userAnswer)
  async change(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: id }) userId: string,
    @Body({ schema: userChangeBody }) body: UserChangeBody,
  ): Promise<User> {
    try {
      const change = await this.database.inMerchant(caller.merchantId, (tx) => changeUser(tx, caller.merchantId, userId, body, actorOf(caller)));
      if (change.outcome === 'unknown') throw notFound('user');
      if (change.outcome !== 'changed') throw new ApiError('invalid_state', 'The last active admin has to stay one');
      this.tokens.clear();
      return change.user;
    } catch (error) {
      if (violation(error)?.constraint === 'user_account_email') throw emailTaken();
      throw error;
    }
  }
}
