// A queue between a connection that delivers when it likes and one reader who takes when it likes. What happens at the end, also
// an error, is told only after everything before it was taken.
import { type SettleOptions, settleWithin } from "../transport/deadline.ts";

/** Taken items are let go of when there are this many of them, and more than of waiting ones. */
const compactAt = 1024;

/** Items for one reader. */
export class Feed<T> {
  #items: T[] = [];
  #head = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #reader:
    | { readonly resolve: (item: T | undefined) => void; readonly reject: (error: Error) => void }
    | undefined;

  /** Items that wait to be taken. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Adds an item; after the end it goes nowhere. */
  push(item: T): void {
    if (this.#end !== undefined) return;
    const reader = this.#reader;
    if (reader === undefined) {
      this.#items.push(item);
      return;
    }
    this.#reader = undefined;
    reader.resolve(item);
  }

  /** Ends; the reader gets `error`, if there is one, after the last item. Idempotent. */
  end(error?: Error): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    const reader = this.#reader;
    this.#reader = undefined;
    if (error === undefined) reader?.resolve(undefined);
    else reader?.reject(error);
  }

  /** Drops what waits; returns how many items that were. */
  clear(): number {
    const { size } = this;
    this.#items = [];
    this.#head = 0;
    return size;
  }

  /** The next item at once, or undefined when none waits. */
  take(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head += 1;
    if (this.#head === this.#items.length) {
      this.clear();
    } else if (this.#head >= compactAt && this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The next item, or undefined at the end. One reader at a time. */
  next(options: SettleOptions): Promise<T | undefined> {
    const item = this.take();
    if (item !== undefined) return Promise.resolve(item);
    if (this.#end !== undefined) {
      return this.#end.error === undefined ? Promise.resolve(undefined) : Promise.reject(this.#end.error);
    }
    if (this.#reader !== undefined) return Promise.reject(new Error("somebody else reads already"));
    return settleWithin<T | undefined>(options, (resolve, reject) => {
      this.#reader = { resolve, reject };
      return () => {
        this.#reader = undefined;
      };
    });
  }
}
