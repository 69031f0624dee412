import type { Caller } from '#libs/contracts/caller';
import type { Transaction } from '#libs/persistence/database';
import { invalid } from '../http/api-error';

/** A file that a request names, and where it does. */
export interface NamedFile {
  readonly id: string;
  /** JSON pointer into the request. */
  readonly pointer: string;
}
export const namedFiles = (ids: readonly string[], place: string): NamedFile[] => ids.map((id, position) => ({ id, pointer: `${place}/${position}` }));

/** Evidence has to be there, and a customer's own: a return shows its files to its reader. @throws ApiError `validation_failed` */
export async function requireEvidence(tx: Transaction, caller: Caller, files: readonly NamedFile[]): Promise<void> {
  if (files.length === 0) return;
  const known = await tx.query<{ id: string }>('SELECT id FROM file WHERE merchant_id = $1 AND id = ANY ($2::text[]) AND ($3 OR owner = $4)', [
    caller.merchantId,
    files.map((file) => file.id),
    caller.role !== 'customer',
    caller.id,
  ]);
  const missing = files.find((file) => !known.some((one) => one.id === file.id));
  if (missing) throw invalid(missing.pointer, 'unknown_file', 'is no file of yours');
}
