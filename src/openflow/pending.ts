// Who waits for what: transaction ids are handed out here and answers find their request here. An id that is waited for is never
// handed out again, also after the 32-bit counter has wrapped, and everything that waits is rejected together at the end.
import type { Message } from "./message.ts";
import type { ErrorMessage } from "./protocol/error.ts";

/** What a waiter says to a message that bears its transaction id: not its answer, a part of it, or all of it. */
export type Verdict = "other" | "more" | "done";

/** One request that waits for its answer. */
export interface Waiter {
  /** Looks at a message of the same transaction id; `bytes` is its length on the wire. */
  accept(message: Message, bytes: number): Verdict;
  /** The switch refused the request. */
  refuse(error: ErrorMessage): void;
  /** No answer will come any more. */
  fail(error: Error): void;
}

/** A run of messages without an answer of their own; only a refusal would say something. */
export interface SentRange {
  /** Transaction id of the first; the others follow without a gap. */
  readonly first: number;
  readonly count: number;
  /** The switch refused message number `index`. */
  readonly refuse: (index: number, error: ErrorMessage) => void;
}

const lastXid = 0xffff_ffff;

/** Transaction ids and those who wait for them. Id 0 is left to the switch's own messages. */
export class Pending {
  readonly #waiters: Map<number, Waiter> = new Map();
  /** Few at a time, and mostly none. */
  #ranges: SentRange[] = [];
  #next: number;

  /** `firstXid` is the first id handed out. */
  constructor(firstXid = 1) {
    this.#next = firstXid;
  }

  /** Requests that wait for an answer. */
  get size(): number {
    return this.#waiters.size;
  }

  /** A free transaction id. */
  take(): number {
    const next = this.#next;
    // Mostly nobody waits, and then every id is free.
    if (this.#waiters.size === 0 && this.#ranges.length === 0 && next <= lastXid) {
      this.#next = next + 1;
      return next;
    }
    return this.#takeRun(1);
  }

  /** Adds a request under an id from {@link take}. */
  wait(xid: number, waiter: Waiter): void {
    this.#waiters.set(xid, waiter);
  }

  /** Takes `count` free ids in a row, so that refusals of any of them are reported until {@link release}. */
  track(count: number, refuse: (index: number, error: ErrorMessage) => void): SentRange {
    const range: SentRange = { first: this.#takeRun(count), count, refuse };
    this.#ranges.push(range);
    return range;
  }

  /** Forgets a run: later refusals are nobody's. */
  release(range: SentRange): void {
    this.#ranges = this.#ranges.filter((one) => one !== range);
  }

  /** Forgets a request: its answer, if it comes, is nobody's. */
  forget(xid: number): void {
    this.#waiters.delete(xid);
  }

  /** Gives a message to the request it answers; false when it answers none. */
  answer(message: Message, bytes: number): boolean {
    const waiter = this.#waiters.get(message.xid);
    if (waiter === undefined) return false;
    const verdict = waiter.accept(message, bytes);
    if (verdict === "done") this.#waiters.delete(message.xid);
    return verdict !== "other";
  }

  /** Gives a refusal to the message that caused it; false when nobody waits for it. */
  refuse(error: ErrorMessage): boolean {
    const waiter = this.#waiters.get(error.xid);
    if (waiter !== undefined) {
      this.#waiters.delete(error.xid);
      waiter.refuse(error);
      return true;
    }
    for (const range of this.#ranges) {
      const index = error.xid - range.first;
      if (index >= 0 && index < range.count) {
        range.refuse(index, error);
        return true;
      }
    }
    return false;
  }

  /** Rejects everything. */
  failAll(error: Error): void {
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    this.#ranges = [];
    for (const waiter of waiters) waiter.fail(error);
  }

  #takeRun(count: number): number {
    if (!(count >= 1 && count < lastXid)) throw new RangeError(`${count} transaction ids in a row`);
    let first = this.#next;
    for (;;) {
      if (first + count - 1 > lastXid) first = 1;
      const taken = this.#lastTaken(first, first + count - 1);
      if (taken === undefined) break;
      first = taken + 1;
    }
    this.#next = first + count;
    return first;
  }

  /** The highest id between `first` and `last` that is waited for. */
  #lastTaken(first: number, last: number): number | undefined {
    let taken = this.#lastWaiting(first, last);
    for (const range of this.#ranges) {
      const end = range.first + range.count - 1;
      if (range.first <= last && end >= first && end > (taken ?? 0)) taken = end;
    }
    return taken;
  }

  #lastWaiting(first: number, last: number): number | undefined {
    if (first === last) return this.#waiters.has(first) ? first : undefined;
    let taken: number | undefined;
    for (const xid of this.#waiters.keys()) {
      if (xid >= first && xid <= last && xid > (taken ?? 0)) taken = xid;
    }
    return taken;
  }
}
