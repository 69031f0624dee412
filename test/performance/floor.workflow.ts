import {
  allHandlersFinished,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { Alarm } from '#workflows/alarm';
import { floorLetters, floorQueues, type FloorActivities, type FloorLetter } from './floor-messages';

const local = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: '3s' });
const regular = proxyActivities<FloorActivities>({
  taskQueue: floorQueues.providers,
  startToCloseTimeout: '40s',
  scheduleToCloseTimeout: '15m',
  summary: 'refund',
});
const day = 86_400_000;
/** After the application, the first scan and the receipt a shorter deadline than the one before begins: as often as in the product. */
const stagesBegin = new Set([1, 3, 5]);

/**
 * What a refund return costs when nothing is decided and nothing is written: the same messages, an empty local activity for each, one timer, one empty regular activity
 * in place of the refund. No product with these messages can be cheaper on Temporal.
 */
export async function floorWorkflow(_state: object): Promise<void> {
  const inbox: { letter: FloorLetter; answer: (receipt: { sequence: number }) => void }[] = [];
  const alarm = new Alarm();
  let sequence = 0;
  const post = (letter: FloorLetter) => new Promise<{ sequence: number }>((answer) => inbox.push({ letter, answer }));
  setHandler(defineUpdate<{ sequence: number }, [FloorLetter]>('letter'), post);
  setHandler(defineSignal<[FloorLetter]>('fact'), (letter) => void post(letter));
  while (sequence < floorLetters) {
    await condition(() => inbox.length > 0 || alarm.rang);
    alarm.rang = false;
    while (inbox.length > 0) {
      const { letter, answer } = inbox.shift()!;
      await local.commit({ letter, at: Date.now(), sequence });
      answer({ sequence: ++sequence });
    }
    setCurrentDetails(`**floor** ${sequence} of ${floorLetters}`);
    if (stagesBegin.has(sequence)) alarm.set(Date.now() + (10 - sequence) * day, `stage ${sequence}`);
    if (sequence === floorLetters - 1) void regular.refund({ key: 'refund/1' }).then(() => post({ id: 'refund/1', kind: 'outcome' }));
  }
  await condition(allHandlersFinished);
}
