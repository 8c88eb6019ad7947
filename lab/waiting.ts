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
