import { z } from 'zod';
import { time } from './answers';
import { workQueues } from './lists';

/** An element of `GET /v1/work`, and what claiming and releasing answer. */
export const taskAnswer = z
  .object({
    id: z.string(),
    queue: z.enum(workQueues),
    returnId: z.string(),
    title: z.string(),
    dueAt: time.nullable(),
    priority: z.int().meta({ description: 'The higher, the more urgent' }),
    assignee: z.string().nullable(),
    claimedUntil: time.nullable(),
  })
  .meta({ id: 'Task', description: 'Something a person has to do' });
export type TaskAnswer = z.infer<typeof taskAnswer>;
