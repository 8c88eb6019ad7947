// The one place where the lab remembers how to undo what it did: a stack of steps that runs once, last step first,
// at the end, after a failure, after Ctrl-C or SIGTERM, and (with each step's synchronous form) when the process
// just exits. A step that fails doesn't keep the others from running.

import { setMaxListeners } from "node:events";
import { OvskitError } from "../src/errors.ts";

/** How one thing the lab made is taken away again. */
export interface UndoStep {
  /** What is removed, for the message when that fails: "network namespace ovk-12-node1". */
  readonly what: string;
  /** Removes it. Runs at most once. */
  undo(): Promise<void> | void;
  /** Removes it without waiting, for the moment the process exits; left out when `undo` of another step covers it. */
  undoNow?(): void;
}

/** Takes one step back early; a second call, or one after the whole stack ran, does nothing. */
export type Undo = () => Promise<void>;

const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** What ends a process in a way the registry hears of. */
export type ProcessEnd = "exit" | keyof typeof signalCodes;

/** The part of `process` that the registry stands on, so that tests can pass their own. */
export interface ProcessEvents {
  on(event: ProcessEnd, listener: () => void): unknown;
  off(event: ProcessEnd, listener: () => void): unknown;
  exit(code: number): void;
}

/** A last-in-first-out stack of undo steps that watches the process it lives in. */
export class Cleanup {
  readonly #process: ProcessEvents;
  readonly #report: (message: string) => void;
  readonly #steps = new Set<UndoStep>();
  readonly #undoing = new Map<UndoStep, Promise<void>>();
  readonly #listeners = new Map<ProcessEnd, () => void>();
  readonly #interruption = new AbortController();
  #running: Promise<number> | undefined;

  constructor(process: ProcessEvents, report: (message: string) => void) {
    this.#process = process;
    this.#report = report;
    // Every command that runs listens to it.
    setMaxListeners(0, this.#interruption.signal);
  }

  /**
   * Aborted when a signal ends the process: whatever the lab is doing then must stop by itself, so that nothing is made
   * behind the back of the steps that are being taken back.
   */
  get interruption(): AbortSignal {
    return this.#interruption.signal;
  }

  /** The steps still to be taken back, in the order they were added. */
  get pending(): readonly string[] {
    return [...this.#steps].map((step) => step.what);
  }

  /**
   * Remembers a step; the first one starts watching the process, the last one taken back stops that. Add it before
   * making what it removes. Throws what interrupted the process once that has happened.
   */
  add(step: UndoStep): Undo {
    this.#interruption.signal.throwIfAborted();
    this.#steps.add(step);
    this.#watch();
    return async () => {
      await (this.#undoing.get(step) ?? this.#takeBack(step));
    };
  }

  /** Takes back every step, the last first, also those added meanwhile; gives the number of steps that failed. */
  run(): Promise<number> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #runAll(): Promise<number> {
    let failed = 0;
    for (let step = this.#last(); step !== undefined; step = this.#last()) {
      try {
        // One step may stand on the next: they can't run side by side.
        // oxlint-disable-next-line no-await-in-loop
        await (this.#undoing.get(step) ?? this.#takeBack(step));
      } catch (cause) {
        failed += 1;
        this.#report(`could not remove ${step.what}: ${String(cause)}`);
      }
    }
    return failed;
  }

  // A step stays among the steps until it is really taken back, so that a run waits for one that somebody else began.
  #takeBack(step: UndoStep): Promise<void> {
    if (!this.#steps.has(step)) return Promise.resolve();
    const undone = (async () => {
      try {
        await step.undo();
      } finally {
        this.#steps.delete(step);
        this.#undoing.delete(step);
        this.#unwatchWhenEmpty();
      }
    })();
    this.#undoing.set(step, undone);
    return undone;
  }

  #runNow(): void {
    for (let step = this.#last(); step !== undefined; step = this.#last()) {
      this.#steps.delete(step);
      try {
        step.undoNow?.();
      } catch (cause) {
        this.#report(`could not remove ${step.what}: ${String(cause)}`);
      }
    }
  }

  #last(): UndoStep | undefined {
    return [...this.#steps].at(-1);
  }

  #watch(): void {
    if (this.#listeners.size > 0) return;
    this.#listen("exit", () => {
      this.#runNow();
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      this.#listen(signal, () => {
        void this.interrupt(signalCodes[signal]);
      });
    }
  }

  /** Stops what the lab is doing, takes back every step and ends the process with this code, as a signal does. */
  async interrupt(code: number): Promise<void> {
    this.#interruption.abort(new OvskitError("ERR_LAB_INTERRUPTED", "interrupted"));
    const failed = await this.run();
    this.#process.exit(failed > 0 ? 1 : code);
  }

  #listen(event: ProcessEnd, listener: () => void): void {
    this.#listeners.set(event, listener);
    this.#process.on(event, listener);
  }

  #unwatchWhenEmpty(): void {
    if (this.#steps.size > 0) return;
    for (const [event, listener] of this.#listeners) this.#process.off(event, listener);
    this.#listeners.clear();
  }
}

const thisProcess: ProcessEvents = {
  on: (event, listener) => (event === "exit" ? process.on(event, listener) : process.on(event, listener)),
  off: (event, listener) => process.off(event, listener),
  exit: (code) => process.exit(code),
};

/** The registry of this process: everything under `lab/` adds its steps here. */
export const labCleanup: Cleanup = new Cleanup(thisProcess, (message) => {
  process.stderr.write(`${message}\n`);
});
