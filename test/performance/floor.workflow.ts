import { allHandlersFinished, condition, defineSignal, defineUpdate, proxyActivities, proxyLocalActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { Alarm } from '#workflows/alarm';
import type { FloorActivities, FloorLetter } from './floor-messages';

const local = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: '3s' });
const day = 86_400_000;

/**
 * What a refund return costs when nothing is decided and nothing is written: the same messages, one empty local activity for each, the same kind of timer, one regular
 * activity for the refund, and the same payloads coming back. No product on Temporal can be cheaper than this with these messages.
 */
export async function floorWorkflow(state: object, expected: number): Promise<void> {
  const inbox: { letter: FloorLetter; answer: (receipt: { sequence: number }) => void }[] = [];
  const alarm = new Alarm();
  let sequence = 0;
  let refunding = false;
  const post = (letter: FloorLetter) => new Promise<{ sequence: number }>((answer) => inbox.push({ letter, answer }));
  setHandler(defineUpdate<{ sequence: number }, [FloorLetter]>('letter'), post);
  setHandler(defineSignal<[FloorLetter]>('fact'), (letter) => void post(letter));
  while (sequence < expected || !allHandlersFinished()) {
    await condition(() => inbox.length > 0 || alarm.rang);
    while (inbox.length > 0) {
      const { letter, answer } = inbox.shift()!;
      const { events } = await local.commit({ letter, at: Date.now(), sequence, state: {} });
      sequence += events.length > 0 ? 1 : 0;
      answer({ sequence });
    }
    setCurrentDetails(`**floor** ${sequence} of ${expected}`);
    if (sequence >= expected) break;
    alarm.set(Date.now() + (8 - sequence) * day, `stage ${sequence}`);
    if (sequence === expected - 1 && !refunding) {
      refunding = true;
      const { refund } = proxyActivities<FloorActivities>({ taskQueue: `${floorQueueOf()}-providers`, startToCloseTimeout: '40s', summary: 'refund' });
      void refund({ key: 'refund/1' }).then(() => post({ id: 'refund/1', kind: 'outcome' }));
    }
  }
}
