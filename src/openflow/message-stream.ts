// Bytes to messages and back over one duplex stream, with the counters and the one orderly way to end. It matches nothing with
// nothing: that is the channel's part.
import type { Duplex } from "node:stream";
import { ConnectionClosedError } from "../errors.ts";
import type { Clock } from "../transport/clock.ts";
import { systemReason } from "../transport/errors.ts";
import { Framer } from "./framer.ts";
import { decode, encode, type Message, type MessageInput, type MessageType } from "./message.ts";
import { Outbox } from "./outbox.ts";

/** What {@link MessageStream} needs. */
export interface MessageStreamOptions {
  /** The other end, as an Open vSwitch connection method. */
  readonly peer: string;
  readonly clock: Clock;
  /** Bytes that may wait to be sent. */
  readonly maxQueuedBytes: number;
  /** Any bytes have come. */
  readonly onBytes: () => void;
  /** A message has come; `bytes` is its length on the wire. */
  readonly onMessage: (message: Message, bytes: number) => void;
  /** The stream has ended, once: by {@link MessageStream.close} without a reason, else with it. */
  readonly onEnd: (reason: Error | undefined) => void;
}

/** Messages by type, in both directions. */
export interface MessageCounts {
  /** A bundle's messages count as `bundleAdd`, not as what they carry. */
  readonly sent: Readonly<Record<string, number>>;
  readonly received: Readonly<Record<string, number>>;
}

/** How long an ending stream may take to get rid of its last bytes, in milliseconds. */
const lingerMs = 1000;

/** A stream of messages. It listens from the start, so that no error of the stream goes unheard. */
export class MessageStream {
  /** What is to be written. */
  readonly outbox: Outbox;
  readonly #stream: Duplex;
  readonly #options: MessageStreamOptions;
  readonly #framer: Framer = new Framer();
  readonly #sent: Record<string, number> = {};
  readonly #received: Record<string, number> = {};
  #ended = false;
  #reason: Error | undefined;

  constructor(stream: Duplex, options: MessageStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.outbox = new Outbox(stream, options.peer, options.maxQueuedBytes);
    stream.on("error", this.#onError);
    stream.on("end", this.#onPeerEnd);
    stream.on("close", this.#onPeerEnd);
    stream.on("data", this.#onData);
  }

  /** Whether it has ended, from either side. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Messages so far. */
  counts(): MessageCounts {
    return { sent: { ...this.#sent }, received: { ...this.#received } };
  }

  /**
   * Encodes, counts and queues a message, under the transaction id `xid` if one is given. Throws `EncodeError`, `SendQueueFullError`,
   * `ConnectionClosedError`.
   */
  send(message: MessageInput, xid?: number): void {
    if (this.#ended) throw this.lost();
    const bytes = encode(message);
    if (xid !== undefined) setXid(bytes, xid);
    this.#push(message.type, bytes);
  }

  /** Sends something that no caller waits for; what goes wrong ends the stream. */
  say(message: MessageInput): void {
    try {
      this.send(message);
    } catch (error) {
      this.fail(asError(error));
    }
  }

  /** Says something that is encoded already; its bytes must not change any more. */
  sayEncoded(type: MessageType, bytes: Uint8Array): void {
    try {
      this.#push(type, bytes);
    } catch (error) {
      this.fail(asError(error));
    }
  }

  #push(type: MessageType, bytes: Uint8Array): void {
    this.outbox.push(bytes);
    this.#sent[type] = (this.#sent[type] ?? 0) + 1;
  }

  /** What a wait is rejected with once the stream has ended. */
  lost(): ConnectionClosedError {
    const reason = this.#reason;
    if (reason instanceof ConnectionClosedError) return reason;
    return new ConnectionClosedError(this.#options.peer, reason?.message ?? "closed by us", {
      cause: reason,
    });
  }

  /** Sends what is queued and ends. Settles when the stream is closed. Idempotent. */
  close(): Promise<void> {
    this.#end(undefined);
    return new Promise((resolve) => {
      if (this.#stream.closed) resolve();
      else this.#stream.once("close", () => resolve());
    });
  }

  /** Ends for a reason; what was queued before still leaves if it can. */
  fail(reason: Error): void {
    this.#end(reason);
  }

  #end(reason: Error | undefined): void {
    if (this.#ended) return;
    this.outbox.flush();
    this.#ended = true;
    this.#reason = reason;
    this.outbox.close();
    this.#stream.removeListener("data", this.#onData);
    this.#finish();
    this.#options.onEnd(reason);
  }

  /** Ends the stream: at once when nothing is left to write, else when it has left or after a while. */
  #finish(): void {
    const stream = this.#stream;
    if (stream.destroyed) return;
    if (stream.writableLength === 0) {
      stream.destroy();
      return;
    }
    const cancel = this.#options.clock.after(lingerMs, () => stream.destroy());
    stream.once("close", cancel);
    stream.resume();
    stream.end(() => stream.destroy());
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#options.onBytes();
    let pieces: readonly Uint8Array[];
    try {
      pieces = this.#framer.push(chunk);
    } catch (error) {
      this.fail(asError(error));
      return;
    }
    for (const bytes of pieces) {
      if (this.#ended) return;
      const message = this.#decode(bytes);
      if (message !== undefined) this.#options.onMessage(message, bytes.length);
    }
    if (this.#framer.fault !== undefined) this.fail(this.#framer.fault);
  };

  #decode(bytes: Uint8Array): Message | undefined {
    try {
      const message = decode(bytes);
      this.#received[message.type] = (this.#received[message.type] ?? 0) + 1;
      return message;
    } catch (error) {
      this.fail(asError(error));
      return undefined;
    }
  }

  readonly #onError = (error: Error): void => {
    this.fail(new ConnectionClosedError(this.#options.peer, systemReason(error), { cause: error }));
  };

  readonly #onPeerEnd = (): void => {
    this.fail(new ConnectionClosedError(this.#options.peer, "the peer closed it"));
  };
}

/** Writes the transaction id into a message's header: cheaper than a copy of the value with another one. */
function setXid(bytes: Uint8Array, xid: number): void {
  bytes[4] = xid >>> 24;
  bytes[5] = xid >>> 16;
  bytes[6] = xid >>> 8;
  bytes[7] = xid;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
