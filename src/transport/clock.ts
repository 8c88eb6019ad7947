// Time as a parameter: deadlines, probes and back-off take a Clock, so that tests turn it by hand and nothing
// in the library depends on the wall clock being steady.

/** A source of monotonic time and of timers. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Runs `callback` once, `delayMs` from now, unless the function returned is called before. `Infinity` never runs it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The longest delay Node's timers take; beyond it they would fire at once. */
const longestDelayMs = 0x7fff_ffff;

/** The machine's monotonic clock and Node's timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    if (delayMs === Number.POSITIVE_INFINITY) return () => {};
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestDelayMs));
    return () => clearTimeout(timer);
  },
};
