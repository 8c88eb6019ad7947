// Takes turns: what changes a monitor's plan runs by itself, one after the other, and what was asked for meanwhile comes
// after it, in the order in which it was asked for.
import { type SettleOptions, settleWithin } from "../transport/deadline.ts";

/** Runs one thing after the other. */
export class Turns {
  #last: Promise<unknown> | undefined;

  /** Whether something runs or waits. */
  get busy(): boolean {
    return this.#last !== undefined;
  }

  /**
   * Runs `body` after all that was asked for before, and before all that is asked for later. When its turn doesn't come in time, it
   * rejects and `body` isn't run.
   */
  run<T>(wait: SettleOptions, body: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const ran = before === undefined ? body() : this.#after(before, wait).then(body);
    const last: Promise<void> = this.#over([before, ran], () => this.#last === last);
    this.#last = last;
    return ran;
  }

  /**
   * Calls `body` after all that was asked for before, without keeping from its turn what is asked for later. A deadline that passes, or
   * a signal, only ends the wait for what it gives.
   */
  follow<T>(wait: SettleOptions, body: () => Promise<T>): Promise<T> {
    const before = this.#last;
    if (before === undefined) return body();
    return settleWithin<T>(wait, (resolve, reject) => {
      before.then(body).then(resolve, reject);
      return () => {};
    });
  }

  async #over(all: readonly unknown[], isLast: () => boolean): Promise<void> {
    await Promise.allSettled(all);
    if (isLast()) this.#last = undefined;
  }

  #after(before: Promise<unknown>, wait: SettleOptions): Promise<void> {
    return settleWithin<void>(wait, (resolve) => {
      void before.then(() => resolve());
      return () => {};
    });
  }
}
