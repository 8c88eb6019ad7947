// How long to wait before the next attempt: exponential with full jitter, so that a thousand clients of a server
// that restarts don't come back in one wave, and starting anew once a connection has proven stable.

/** Options of {@link Backoff}. */
export interface BackoffOptions {
  /** The first wait is drawn from 0 to this many milliseconds. Default 250. */
  readonly minMs?: number | undefined;
  /** No wait is longer than this. Default 8,000 (what Open vSwitch itself uses). */
  readonly maxMs?: number | undefined;
  /** A connection that lasted this long makes the next wait a first one again. Default 10,000. */
  readonly stableMs?: number | undefined;
  /** A number from 0 to below 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/** The waits between attempts. Wait `n` is uniform between 0 and min(`maxMs`, `minMs` · 2ⁿ). */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #stableMs: number;
  readonly #random: () => number;
  readonly #now: () => number;
  #attempt = 0;
  #connectedAt: number | undefined;

  constructor(options: BackoffOptions = {}) {
    this.#minMs = options.minMs ?? 250;
    this.#maxMs = options.maxMs ?? 8000;
    this.#stableMs = options.stableMs ?? 10_000;
    this.#random = options.random ?? Math.random;
    this.#now = options.now ?? ((): number => performance.now());
  }

  /** Waits handed out since the last reset. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Says that a connection has come up: from now on its stable period runs. */
  connected(): void {
    this.#connectedAt = this.#now();
  }

  /** Says that the connection has ended; whether it had proven stable. */
  disconnected(): boolean {
    const stable = this.#connectedAt !== undefined && this.#now() - this.#connectedAt >= this.#stableMs;
    if (stable) this.#attempt = 0;
    this.#connectedAt = undefined;
    return stable;
  }

  /** The wait before the next attempt, in milliseconds. A connection that was up has ended. */
  next(): number {
    this.disconnected();
    const ceilingMs = Math.min(this.#maxMs, this.#minMs * 2 ** this.#attempt);
    this.#attempt += 1;
    return this.#random() * ceilingMs;
  }
}
