import type { Event, EventOf } from './evolve';
import type { World } from './input';
import { replacementsById } from './lookup';
import { unitKey, type ReturnState, type Step, type Unit } from './state';

/**
 * A replacement that was given up while it was being ordered is called back; the carrier has it already and says no. Then the goods are gone beside whatever the unit got
 * instead: the parcel is known from here on, its stock is taken again, and an agent has to see to it. The replacement stays cancelled: its unit does not wait for it.
 */
export function recallRefused(step: Step, code: string, world: World): Event[] {
  const { carrier = 'sandbox', trackingNumber = null } = step;
  return [
    { type: 'step_changed', id: step.id, set: { status: 'done', recall: 'refused' }, detail: { code } },
    {
      type: 'parcel_announced',
      parcel: { parcelId: world.newId('pcl'), direction: 'outbound', carrier, trackingNumber, method: 'replacement', status: 'announced' },
    },
  ];
}

/** Sent although nobody wanted it any more, and no agent has said yet that they know. */
export const openRecalls = (state: ReturnState): readonly Step[] => state.steps.filter(({ recall }) => recall === 'refused');

/** An agent has seen to it, by what they said of its unit. */
export function recallsSeen(state: ReturnState, unit: Unit, by: string): EventOf<'step_changed'>[] {
  const replaced = (step: Step) => replacementsById(state.replacements).get(step.subject);
  return openRecalls(state)
    .filter((step) => unitKey(replaced(step) ?? { lineId: '', unit: 0 }) === unitKey(unit))
    .map(({ id }) => ({ type: 'step_changed', id, set: { recall: 'seen' }, detail: { by } }));
}
