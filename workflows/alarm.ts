import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One timer for everything that happens by itself. `condition(…, timeout)` in a loop would start and cancel a timer at every letter, two events each; this one is left
 * alone while it rings no later than it must. Ringing too early costs one look at what is due.
 */
export class Alarm {
  rang = false;
  #at = Infinity;
  #scope = new CancellationScope();

  /** `at`: workflow time in ms; Infinity for nothing to wait for. `summary` is what an operator reads in Temporal's UI. */
  set(at: number, summary: string): void {
    if (at >= this.#at) return;
    this.#scope.cancel();
    this.#at = at;
    const scope = (this.#scope = new CancellationScope());
    scope
      .run(() => sleep(Math.max(1, at - Date.now()), { summary }))
      .then(
        () => {
          this.#at = Infinity;
          this.rang = true;
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }
}
