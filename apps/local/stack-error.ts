/** Something the person at the keyboard can act on: the message is the whole text, one line (or lines of advice), without a stack trace. */
export class StackError extends Error {
  override name = 'StackError';
}

/** The system's error codes that mean "this folder is not ours to write". */
export function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
