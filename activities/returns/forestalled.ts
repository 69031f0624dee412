import { refuse, type Input } from '#libs/domain/return/input';
import type { Answer } from '#libs/persistence/commands';
import type { Transaction } from '#libs/persistence/database';
import { isTaken } from '../carriers/record-parcels';
import { answerTo } from './answer';
import { countedAlready } from './receipts';

/** What the return alone cannot know: somebody else has counted the receipt, or has the parcel's number. Null: nobody, and until the transaction ends nobody will. */
export async function forestalled(tx: Transaction, input: Input, returnId: string): Promise<Answer | null> {
  if (input.type === 'receive') {
    const counted = await countedAlready(tx, input, returnId);
    if (!counted) return null;
    if ('refusal' in counted) return answerTo(input, counted);
    return { status: 201, body: { id: input.receiptId, returnId, status: 'matched', unexpected: counted.unexpected } };
  }
  if (input.type === 'shipment' && (await isTaken(tx, returnId, input.trackingNumber)))
    return answerTo(input, refuse('invalid_state', `parcel ${input.trackingNumber} is announced for another return already`));
  return null;
}
