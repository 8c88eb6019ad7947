// What is to be written: messages are gathered and leave in one socket write once everything that an event led to is done, or earlier
// in pieces of 64 KiB, so that a switch works on the first flows while the last are still being encoded. The answers to one switch do not
// wait until a thousand others have been heard, as they would with one write per turn of the event loop. The queue is bounded: a peer that
// reads nothing cannot make it grow.
import type { Duplex } from "node:stream";
import { SendQueueFullError } from "./session-errors.ts";

/** Gathered bytes leave at once when there are this many. */
const pieceBytes = 65_536;

/** Outboxes that have gathered something since the event began that is being dealt with. */
let due: Outbox[] = [];

function flushDue(): void {
  const outboxes = due;
  due = [];
  for (const outbox of outboxes) outbox.flush();
}

/** Runs once the promises that are settled already have been gone on from, and those settled by that. */
function afterPromises(): void {
  process.nextTick(flushDue);
}

/** Gathers bytes for one stream. */
export class Outbox {
  readonly #stream: Duplex;
  readonly #peer: string;
  readonly #maxQueuedBytes: number;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  /** The run that is being gathered: messages that lie one after the other in memory, as the codec leaves them, need no copy. */
  #memory: ArrayBufferLike | undefined;
  #runStart = 0;
  #runEnd = 0;
  #due = false;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(stream: Duplex, peer: string, maxQueuedBytes: number) {
    this.#stream = stream;
    this.#peer = peer;
    this.#maxQueuedBytes = maxQueuedBytes;
    stream.on("drain", this.#wake);
  }

  /** Bytes that have not left for the kernel yet. */
  get queuedBytes(): number {
    return this.#gatheredBytes + this.#stream.writableLength;
  }

  /** Adds one message. Throws `SendQueueFullError` when the queue is at its limit; the message is not sent then. */
  push(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.queuedBytes + bytes.length > this.#maxQueuedBytes) {
      throw new SendQueueFullError(this.#peer, this.queuedBytes);
    }
    if (bytes.buffer !== this.#memory || bytes.byteOffset !== this.#runEnd) {
      this.#endRun();
      this.#memory = bytes.buffer;
      this.#runStart = bytes.byteOffset;
      this.#runEnd = bytes.byteOffset;
    }
    this.#runEnd += bytes.length;
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= pieceBytes) {
      this.flush();
    } else if (!this.#due) {
      this.#due = true;
      if (due.push(this) === 1) queueMicrotask(afterPromises);
    }
  }

  /** Writes what was gathered, now. */
  flush(): void {
    this.#due = false;
    if (this.#gatheredBytes === 0 || this.#closed) return;
    this.#stream.write(this.#piece());
  }

  /** What was gathered, as one; a single run is not copied. */
  #piece(): Uint8Array {
    const { length } = this.#gathered;
    const bytes = this.#gatheredBytes;
    this.#gatheredBytes = 0;
    const memory = this.#memory;
    if (length === 0 && memory !== undefined) {
      this.#memory = undefined;
      return Buffer.from(memory, this.#runStart, bytes);
    }
    this.#endRun();
    const piece = Buffer.concat(this.#gathered, bytes);
    this.#gathered = [];
    return piece;
  }

  #endRun(): void {
    if (this.#memory !== undefined) {
      this.#gathered.push(new Uint8Array(this.#memory, this.#runStart, this.#runEnd - this.#runStart));
      this.#memory = undefined;
    }
  }

  /** Settles once the stream wants more; at once when it does already or when the outbox is closed. */
  ready(): Promise<void> {
    if (this.#closed || !this.#stream.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Whether writers should wait for {@link ready}. */
  get busy(): boolean {
    return !this.#closed && this.#stream.writableNeedDrain;
  }

  /** Writes nothing more; who waits for {@link ready} goes on and finds the channel closed. */
  close(): void {
    this.#closed = true;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#memory = undefined;
    this.#stream.removeListener("drain", this.#wake);
    this.#wake();
  }

  readonly #wake = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  };
}
