// One way to wait with a deadline and an AbortSignal, used by every layer that waits: whatever happens first
// settles the promise, and timer, listener and the thing waited for are let go of exactly once.
import { defaultMaxListeners, getMaxListeners, setMaxListeners } from "node:events";
import { TimeoutError } from "../errors.ts";
import { type Clock, systemClock } from "./clock.ts";

/** How long a caller is ready to wait. */
export interface WaitOptions {
  /** Milliseconds until `TimeoutError`; `Infinity` waits for ever. Each function states its default. */
  readonly timeoutMs?: number | undefined;
  /** Aborting rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets any number of waits share a signal. Each removes its listener when it ends, so that Node's warning about a leak at eleven would be
 * wrong; a limit that the signal's owner has set stays.
 */
export function shareSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined && hasDefaultLimit(signal)) setMaxListeners(Number.POSITIVE_INFINITY, signal);
}

function hasDefaultLimit(signal: AbortSignal): boolean {
  try {
    return getMaxListeners(signal) === defaultMaxListeners;
  } catch {
    // Node 20 throws for a limit of 0, which is its owner's choice like any other.
    return false;
  }
}

/** What {@link settleWithin} needs to know. */
export interface SettleOptions extends WaitOptions {
  /** Completes "… took longer than N ms". */
  readonly what: string;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/**
 * A promise that settles with whichever comes first: what `start` reports, the deadline (`TimeoutError`) or the signal (its reason).
 * `start` returns a function that lets go of what it began; it is called only when deadline or signal came first.
 */
export function settleWithin<T>(
  options: SettleOptions,
  start: (resolve: (value: T) => void, reject: (reason: Error) => void) => () => void,
): Promise<T> {
  const { what, signal, timeoutMs = Number.POSITIVE_INFINITY, clock = systemClock } = options;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  if (signal === undefined && timeoutMs === Number.POSITIVE_INFINITY) {
    // Nothing can come first.
    return new Promise<T>((resolve, reject) => {
      start(resolve, reject);
    });
  }
  return new Promise<T>((resolve, reject) => {
    let settled = false;
    let abandon: (() => void) | undefined;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      cancelTimer();
      signal?.removeEventListener("abort", onAbort);
      return true;
    };
    const giveUp = (reason: unknown): void => {
      if (!settle()) return;
      abandon?.();
      reject(reason);
    };
    const onAbort = (): void => giveUp(signal?.reason);
    const cancelTimer = clock.after(timeoutMs, () => giveUp(new TimeoutError(what, timeoutMs)));
    shareSignal(signal);
    signal?.addEventListener("abort", onAbort);
    try {
      abandon = start(
        (value) => {
          if (settle()) resolve(value);
        },
        (reason) => {
          if (settle()) reject(reason);
        },
      );
    } catch (error) {
      if (settle()) reject(error);
    }
  });
}

/**
 * Runs `body` with a deadline and a signal over all its steps. The signal `body` gets is aborted, with the reason, when the caller's
 * is or when the deadline passes; the promise rejects at that moment, whatever `body` still does to clean up.
 */
export function runWithin<T>(options: SettleOptions, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { what, timeoutMs = Number.POSITIVE_INFINITY } = options;
  return settleWithin<T>(options, (resolve, reject) => {
    const stop = new AbortController();
    body(stop.signal).then(resolve, reject);
    return () =>
      stop.abort(
        options.signal?.aborted === true ? options.signal.reason : new TimeoutError(what, timeoutMs),
      );
  });
}
