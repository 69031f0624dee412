import { z } from 'zod';
import { time } from './answers';
import { workQueues } from './lists';

/** An element of `GET /v1/work`, and what claiming and releasing answer. */
export const taskAnswer = z
  .object({
    id: z.string(),
    queue: z.enum(workQueues),
    returnId: z.string().nullable().meta({ description: 'Null when the task is about something else' }),
    title: z.string(),
    subject: z.string().nullable().meta({ description: 'What a task without a return is about' }),
    detail: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What there is to know of it' }),
    dueAt: time.nullable().meta({ description: 'As its return says it; null when nothing is promised, or the promise is paused' }),
    priority: z.enum(['low', 'normal', 'high', 'urgent']),
    assignee: z.string().nullable(),
    claimedUntil: time.nullable(),
  })
  .meta({ id: 'Task', description: 'Something a person has to do' });
