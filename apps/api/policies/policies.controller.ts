import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { pageQuery, type PageQuery } from '#libs/contracts/lists';
import { policyBody, versionNumber, type PolicyBody } from '#libs/contracts/policy';
import { policyAnswer, policyVersionAnswer } from '#libs/contracts/policy-answer';
import { emptyBody, id as idSchema } from '#libs/contracts/values';
import { policyProblems } from '#libs/domain/policy/policy-problems';
import { calendarIds } from '#libs/persistence/calendars';
import { canonical, sha256 } from '#libs/persistence/canonical';
import { Database, type Transaction } from '#libs/persistence/database';
import { appendToMerchantLog } from '#libs/persistence/log';
import { createPolicy, listPolicies, publishPolicy, readPolicy, readVersion, saveDraft, type StoredPolicy } from '#libs/persistence/policies';
import { ApiError, invalid, notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles } from '../http/decorators';
import { actorOf, Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { created, Reply } from '../http/reply';
import { presentPolicy, presentVersion } from './present-policy';

@ApiTags('policies')
@Controller('v1/policies')
export class PoliciesController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'Policies by their newest version, newest policy first' })
  @Answers(200, listOf('Policies', policyVersionAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: pageQuery }) { limit, cursor }: PageQuery) {
    const after = decodeCursor(cursor, ['instant', 'text']);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) => listPolicies(tx, after, limit + 1));
    return page(rows, limit, (row) => [row.position, row.id], presentVersion);
  }

  @Post()
  @Roles('admin')
  @ApiOperation({ summary: 'A new policy: version 1, a draft' })
  @Answers(201, policyAnswer)
  create(@AskedBy() { caller, route, key }: Asked, @Body({ schema: policyBody }) body: PolicyBody) {
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      await requireCalendars(tx, body);
      const stored = await createPolicy(tx, body);
      await logChange(tx, caller, 'policy_drafted', stored);
      return created(`/v1/policies/${stored.id}`, presentPolicy(stored));
    });
  }

  @Get(':id')
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'A policy: its newest version (the draft, if there is one), and which versions there are' })
  @Answers(200, policyAnswer)
  async read(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    const stored = await this.database.inMerchant(caller.merchantId, (tx) => readPolicy(tx, id));
    if (!stored) throw notFound('policy');
    return presentPolicy(stored);
  }

  @Put(':id')
  @Roles('admin')
  @ApiOperation({ summary: "Replaces the draft, or begins the next version's; published versions never change" })
  @Answers(200, policyAnswer)
  async replace(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string, @Body({ schema: policyBody }) body: PolicyBody) {
    return this.database.inMerchant(caller.merchantId, async (tx) => {
      await requireCalendars(tx, body);
      const outcome = await saveDraft(tx, id, body);
      if (outcome.kind === 'not_found') throw notFound('policy');
      if (outcome.kind === 'effective_from') {
        throw invalid('/effectiveFrom', 'not_later', `must be later than the published version's, ${outcome.after.toISOString()}`);
      }
      await logChange(tx, caller, 'policy_drafted', outcome.policy);
      return presentPolicy(outcome.policy);
    });
  }

  @Get(':id/versions/:n')
  @Roles('agent', 'admin')
  @ApiOperation({ summary: 'One version of a policy' })
  @Answers(200, policyVersionAnswer)
  async version(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string, @Param('n', { schema: versionNumber }) version: number) {
    const found = await this.database.inMerchant(caller.merchantId, (tx) => readVersion(tx, id, version));
    if (!found) throw notFound('version of this policy');
    return presentVersion(found);
  }

  @Post(':id/publish')
  @Roles('admin')
  @ApiOperation({ summary: 'Publishes the draft: from then on it never changes' })
  @Answers(200, policyAnswer)
  publish(@AskedBy() { caller, route, key }: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: emptyBody }) body: object) {
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      const outcome = await publishPolicy(tx, id);
      if (outcome.kind === 'not_found') throw notFound('policy');
      if (outcome.kind === 'no_draft') throw new ApiError('policy_immutable', 'There is no draft to publish, and published versions do not change');
      await logChange(tx, caller, 'policy_published', outcome.policy);
      return new Reply(200, presentPolicy(outcome.policy));
    });
  }
}

/** Deadlines must count on calendars the merchant has; the schema cannot know them. */
async function requireCalendars(tx: Transaction, body: PolicyBody): Promise<void> {
  const errors = policyProblems(body, { calendars: await calendarIds(tx) }).map(({ pointer, code, detail }) => ({ pointer, code, detail }));
  if (errors[0]) throw new ApiError('validation_failed', `${errors[0].pointer} ${errors[0].detail}`, { errors });
}

/** The log keeps the digest of the rules: whoever has them can prove that they are the ones. */
async function logChange(tx: Transaction, caller: Caller, type: string, { id, version, policy }: StoredPolicy): Promise<void> {
  await appendToMerchantLog(tx, caller.merchantId, { type, actor: actorOf(caller), data: { policyId: id, version, digest: sha256(canonical(policy)) } });
}
