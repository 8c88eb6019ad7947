// Waiting for what only shows by looking: another program's socket, a link that comes up, a flow that appears.
// Always with a deadline.
/* oxlint-disable no-await-in-loop -- looking again and again is what this file is for */
import { setTimeout as delay } from "node:timers/promises";
import { TimeoutError } from "../src/errors.ts";

/** Looks every 10 ms until `ready` holds; throws `TimeoutError` after `timeoutMs`, and whatever `ready` throws. */
export async function until(
  what: string,
  timeoutMs: number,
  ready: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await ready())) {
    if (Date.now() > deadline) throw new TimeoutError(what, timeoutMs);
    await delay(10);
  }
}

/** Waits until all have ended, and only then throws the first failure: nothing goes on behind the caller's back. */
export async function settleAll<T>(promises: Iterable<Promise<T>>): Promise<readonly T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason as Error;
    return result.value;
  });
}
