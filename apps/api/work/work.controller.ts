import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/contracts/caller';
import { workQuery, type WorkQuery, type WorkQueue } from '#libs/contracts/lists';
import { emptyBody, id as idSchema } from '#libs/contracts/values';
import { taskAnswer } from '#libs/contracts/work-answers';
import { Database, type Transaction } from '#libs/persistence/database';
import { claimTask, listTasks, lockTask, releaseTask, type TaskRow } from '#libs/persistence/tasks';
import { ApiError, notFound } from '../http/api-error';
import { AskedBy, type Asked } from '../http/asked';
import { CurrentCaller, Roles, staff } from '../http/decorators';
import { Idempotency } from '../http/idempotency';
import { decodeCursor, page } from '../http/keyset';
import { Answers, listOf } from '../http/openapi-decorators';
import { Reply } from '../http/reply';
import { keptQueues, queuesOf, shownQueue } from './queues';

@ApiTags('work')
@Controller('v1/work')
@Roles(...staff)
export class WorkController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @ApiOperation({ summary: "The caller's work, most urgent first: priority, then due time" })
  @Answers(200, listOf('Tasks', taskAnswer))
  async list(@CurrentCaller() caller: Caller, @Query({ schema: workQuery }) { limit, cursor, queue, assignee, overdue }: WorkQuery) {
    if (queue !== undefined) requireQueue(caller, queue);
    const after = decodeCursor(cursor, ['int', 'number', 'text']);
    const queues = keptQueues(caller.role, queue === undefined ? queuesOf(caller.role) : [queue]);
    const rows = await this.database.inMerchant(caller.merchantId, (tx) => listTasks(tx, { queues, assignee, overdue }, after, limit + 1));
    return page(rows, limit, (row) => [row.priority, row.position, row.id], present);
  }

  @Post(':id/claim')
  @ApiOperation({ summary: 'Takes a task for 30 minutes' })
  @Answers(200, taskAnswer)
  claim(@AskedBy() { caller, route, key }: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: emptyBody }) body: object) {
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      const outcome = await claimTask(tx, await taskOf(tx, caller, id), caller.id);
      if (outcome.kind !== 'done') throw new ApiError('invalid_state', 'The task is claimed; a claim lapses after 30 minutes');
      return new Reply(200, present(outcome.task));
    });
  }

  @Post(':id/release')
  @ApiOperation({ summary: 'Gives a claimed task back to its queue' })
  @Answers(200, taskAnswer)
  release(@AskedBy() { caller, route, key }: Asked, @Param('id', { schema: idSchema }) id: string, @Body({ schema: emptyBody }) body: object) {
    return this.idempotency.run(caller, route, key, body, async (tx) => {
      const outcome = await releaseTask(tx, await taskOf(tx, caller, id), caller.role === 'admin' ? null : caller.id);
      if (outcome.kind === 'free') throw new ApiError('invalid_state', 'Nobody has claimed the task');
      if (outcome.kind === 'held') throw new ApiError('forbidden', 'Somebody else has claimed the task; only they or an admin may release it');
      return new Reply(200, present(outcome.task));
    });
  }
}

async function taskOf(tx: Transaction, caller: Caller, id: string): Promise<TaskRow> {
  const task = await lockTask(tx, id);
  if (!task) throw notFound('task');
  if (!keptQueues(caller.role, queuesOf(caller.role)).includes(task.queue)) throw notTheirs(caller, shownQueue(task.queue));
  return task;
}

function requireQueue(caller: Caller, queue: WorkQueue): void {
  if (!queuesOf(caller.role).includes(queue)) throw notTheirs(caller, queue);
}
const notTheirs = ({ role }: Caller, queue: string) => new ApiError('forbidden', `This work of the queue ${queue} is not of the role ${role}`);

/** As the table orders them: the higher, the more urgent. */
const levels = ['low', 'normal', 'high', 'urgent'] as const;
const present = ({ position: _position, ...task }: TaskRow) => ({ ...task, queue: shownQueue(task.queue), priority: levels[task.priority] ?? 'normal' });
