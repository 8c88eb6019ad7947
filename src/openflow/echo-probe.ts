// Finds out that a peer is gone when nothing else would: after a quiet interval it asks for an echo, and when not one byte
// has come by the deadline the channel is dead. Any byte counts: an echo reply may stand behind a long answer.
import type { Clock } from "../transport/clock.ts";

/** What {@link EchoProbe} needs. */
export interface EchoProbeOptions {
  readonly clock: Clock;
  /** Quiet time after which an echo is asked for, in milliseconds; `Infinity` never asks. */
  readonly intervalMs: number;
  /** Time for any byte to come after that, in milliseconds. */
  readonly timeoutMs: number;
  /** Sends an echo request. */
  readonly ask: () => void;
  /** Nothing came. */
  readonly dead: () => void;
}

/** Watches one channel from {@link start} to {@link stop}. */
export class EchoProbe {
  readonly #options: EchoProbeOptions;
  #heardAt: number;
  #answered = false;
  #cancel: (() => void) | undefined;

  constructor(options: EchoProbeOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
  }

  /** Begins to watch. */
  start(): void {
    this.heard();
    this.#watch();
  }

  /** Says that bytes have come. */
  heard(): void {
    this.#heardAt = this.#options.clock.now();
    this.#answered = true;
  }

  /** Ends; no timer is left. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #watch(): void {
    const { clock, intervalMs } = this.#options;
    const quietMs = clock.now() - this.#heardAt;
    this.#cancel = clock.after(Math.max(intervalMs - quietMs, 0), () => {
      if (clock.now() - this.#heardAt < intervalMs) this.#watch();
      else this.#probe();
    });
  }

  #probe(): void {
    const { clock, timeoutMs, ask } = this.#options;
    this.#answered = false;
    this.#cancel = clock.after(timeoutMs, () => {
      // The process itself may have slept: what came meanwhile is read before the verdict.
      this.#cancel = clock.after(0, () => this.#judge());
    });
    ask();
  }

  #judge(): void {
    if (this.#answered) this.#watch();
    else this.#options.dead();
  }
}
