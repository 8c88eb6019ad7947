// One OpenFlow connection, whichever side opened it: the version agreed on, answers given to the requests they belong to, errors
// to the messages that caused them, echoes both ways. It knows messages and not what they mean; a switch's own words are switch.ts.
// Whatever the peer does ends at most this channel, and then every wait with it.
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { ConnectionClosedError } from "../errors.ts";
import { type Clock, systemClock } from "../transport/clock.ts";
import { runWithin, type SettleOptions, settleWithin, type WaitOptions } from "../transport/deadline.ts";
import { EchoProbe } from "./echo-probe.ts";
import type { Message, MessageInput } from "./message.ts";
import { type MessageCounts, MessageStream } from "./message-stream.ts";
import { isAboutGreeting, judgeGreeting, ourHello, ourRefusal, refusedByPeer } from "./negotiation.ts";
import { Pending, type SentRange, type Waiter } from "./pending.ts";
import type { ErrorMessage } from "./protocol/error.ts";
import { OPENFLOW_1_3 } from "./protocol/header.ts";
import { refusedType } from "./refused-type.ts";
import { replyWaiter } from "./reply.ts";
import { ProtocolError, SwitchError } from "./session-errors.ts";

/** Options of a channel. All times are in milliseconds. */
export interface ChannelOptions {
  /** Deadline of a request that gives none. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** An echo is asked for after this long without a byte from the peer; `Infinity` never. Default 15,000. */
  readonly echoIntervalMs?: number | undefined;
  /** The channel closes when this long after that still no byte has come. Default 15,000. */
  readonly echoTimeoutMs?: number | undefined;
  /** Bytes that may wait to be sent; beyond, `SendQueueFullError`. Default 16 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** Bytes that the parts of one multipart reply may have together; beyond, the request fails. Default 256 MiB. */
  readonly maxReplyBytes?: number | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** The first transaction id, 1 to 4,294,967,295. Default 1. */
  readonly firstXid?: number | undefined;
}

/** Options of {@link Channel.open}; `timeoutMs` (default 5,000) is the handshake's deadline. */
export interface OpenChannelOptions extends ChannelOptions, WaitOptions {
  /** The other end, as an Open vSwitch connection method; appears in errors. */
  readonly peer: string;
}

/** Events of a channel. */
export interface ChannelEvents {
  /** A message that answers no request. */
  message: [Message];
  /** A refusal that belongs to no request that waits. Unlike other `error` events, it may go unheard. */
  error: [SwitchError];
  /** The channel has closed; with the reason unless we closed it. */
  close: [Error | undefined];
}

/** A refusal of one of many messages. */
export interface Refusal {
  /** Which message, from 0. */
  readonly index: number;
  readonly error: ErrorMessage;
}

/** Makes message number `index` of many. It leaves under `xid`, which a message that carries another has to repeat inside. */
export type MakeMessage = (index: number, xid: number) => MessageInput;

/** How long the handshake may take by default, in milliseconds. */
export const defaultHandshakeTimeoutMs = 5000;

const mebibyte = 1_048_576;

/** The deadline of a step whose whole has one. */
const forever = Number.POSITIVE_INFINITY;

/** An open OpenFlow 1.3 connection. */
export class Channel extends EventEmitter<ChannelEvents> {
  /** The other end, as an Open vSwitch connection method. */
  readonly peer: string;
  /** What one multipart reply may come to, in bytes. */
  readonly maxReplyBytes: number;
  readonly #clock: Clock;
  readonly #messages: MessageStream;
  readonly #pending: Pending;
  readonly #probe: EchoProbe;
  readonly #requestTimeoutMs: number;
  #agreed = false;
  #greeted: ((failure: Error | undefined) => void) | undefined;

  private constructor(stream: Duplex, peer: string, options: ChannelOptions) {
    super();
    this.peer = peer;
    this.maxReplyBytes = options.maxReplyBytes ?? 256 * mebibyte;
    this.#clock = options.clock ?? systemClock;
    this.#pending = new Pending(options.firstXid);
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 30_000;
    const timeoutMs = options.echoTimeoutMs ?? 15_000;
    this.#probe = new EchoProbe({
      clock: this.#clock,
      intervalMs: options.echoIntervalMs ?? 15_000,
      timeoutMs,
      ask: () =>
        this.#messages.say({ type: "echoRequest", xid: this.#pending.take(), data: new Uint8Array(0) }),
      dead: () =>
        this.abort(new ProtocolError(this.peer, `not a byte for ${timeoutMs} ms after an echo request`)),
    });
    this.#messages = new MessageStream(stream, {
      peer,
      clock: this.#clock,
      maxQueuedBytes: options.maxQueuedBytes ?? 16 * mebibyte,
      onBytes: () => this.#probe.heard(),
      onMessage: (message, bytes) => this.#receive(message, bytes),
      onEnd: (reason) => this.#end(reason),
    });
  }

  /**
   * Greets the peer and settles when both agree on OpenFlow 1.3. Takes the stream over: on failure it is destroyed.
   * Rejects with `NegotiationError`, `DecodeError`, `ConnectionClosedError`, `TimeoutError` or the signal's reason.
   */
  static async open(stream: Duplex, options: OpenChannelOptions): Promise<Channel> {
    const { peer, timeoutMs = defaultHandshakeTimeoutMs, signal } = options;
    const channel = Channel.greet(stream, peer, options);
    try {
      const wait = { what: `the handshake with ${peer}`, timeoutMs, signal, clock: channel.#clock };
      await settleWithin<void>(wait, (resolve, reject) => {
        channel.agreed().then(resolve, reject);
        return () => {};
      });
    } catch (error) {
      channel.abort(
        error instanceof Error ? error : new ConnectionClosedError(peer, "the handshake was given up"),
      );
      throw error;
    }
    return channel;
  }

  /** Greets the peer, and leaves it to the caller to wait for {@link agreed} and to end what takes too long. */
  static greet(stream: Duplex, peer: string, options: ChannelOptions): Channel {
    const channel = new Channel(stream, peer, options);
    if (stream.destroyed) channel.abort(new ConnectionClosedError(peer, "it had closed already"));
    else channel.#messages.sayEncoded("hello", ourHello(channel.#pending.take()));
    return channel;
  }

  /** Settles when both sides have agreed on OpenFlow 1.3; rejects as {@link open} does. */
  agreed(): Promise<void> {
    if (this.closed) return Promise.reject(this.lost());
    if (this.#agreed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#greeted = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
  }

  /** Whether the channel has closed. */
  get closed(): boolean {
    return this.#messages.ended;
  }

  /** Requests that wait for an answer. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Messages sent and received so far, by type. */
  stats(): MessageCounts {
    return this.#messages.counts();
  }

  /**
   * Sends a message and waits for no answer; returns its transaction id. A refusal comes as an `error` event.
   * Throws `EncodeError`, `SendQueueFullError` or, once closed, `ConnectionClosedError`.
   */
  send(message: MessageInput): number {
    const xid = message.xid ?? this.#pending.take();
    this.#messages.send(message, xid);
    return xid;
  }

  /**
   * Sends a request and settles with its answer; the parts of a multipart reply come joined as one. A message that has no answer of its
   * own is followed by a barrier, whose reply is the answer. Rejects with `SwitchError`, `TimeoutError`, `ConnectionClosedError`,
   * `EncodeError`, `SendQueueFullError`, `ProtocolError` or the signal's reason.
   */
  request(message: MessageInput, options: WaitOptions = {}): Promise<Message> {
    const join = replyWaiter(message, this.peer, this.maxReplyBytes);
    if (join === undefined) return this.#requestByBarrier(message, options);
    return settleWithin<Message>(this.wait(`the answer to ${message.type}`, options), (resolve, reject) =>
      this.exchange(message, join(resolve, reject)),
    );
  }

  /**
   * Sends a message and has `waiter` look at what comes back under its transaction id, until it says `done`. Returns a function that
   * forgets the request. Throws as {@link send} does.
   */
  exchange(message: MessageInput, waiter: Waiter): () => void {
    const xid = this.send(message);
    this.#pending.wait(xid, waiter);
    return () => this.#pending.forget(xid);
  }

  /** Settles when the switch has dealt with everything sent before. */
  async barrier(options: WaitOptions = {}): Promise<void> {
    await this.request({ type: "barrierRequest" }, options);
  }

  /**
   * Sends `count` messages that have no answer, and one barrier after them; settles with those that were refused. `make` gives message
   * number `index`.
   */
  sendAll(count: number, make: MakeMessage, options: WaitOptions = {}): Promise<Refusal[]> {
    if (count === 0) return Promise.resolve([]);
    return runWithin(this.wait("the barrier's reply", options), async (signal) => {
      const refusals: Refusal[] = [];
      const range = this.track(count, (index, error) => refusals.push({ index, error }));
      try {
        await this.pump(range, make, signal);
        await this.barrier({ timeoutMs: forever, signal });
      } finally {
        this.release(range);
      }
      return refusals;
    });
  }

  /** Takes transaction ids for `count` messages without an answer; their refusals are told until {@link release}. */
  track(count: number, refuse: (index: number, error: ErrorMessage) => void): SentRange {
    if (this.closed) throw this.lost();
    return this.#pending.track(count, refuse);
  }

  /** Ends what {@link track} began. */
  release(range: SentRange): void {
    this.#pending.release(range);
  }

  /** Sends the messages of a range, from number `from` to its end, as fast as the peer takes them. */
  async pump(range: SentRange, make: MakeMessage, signal: AbortSignal, from = 0): Promise<void> {
    const { outbox } = this.#messages;
    for (let index = from; index < range.count; index += 1) {
      const xid = range.first + index;
      this.#messages.send(make(index, xid), xid);
      if (outbox.busy) {
        // oxlint-disable-next-line no-await-in-loop -- to wait for the peer is the point
        await outbox.ready();
        signal.throwIfAborted();
      }
    }
  }

  /** Fills in deadline and clock for a wait on this channel. */
  wait(what: string, options: WaitOptions): SettleOptions {
    const { timeoutMs = this.#requestTimeoutMs, signal } = options;
    return { what: `${what} from ${this.peer}`, timeoutMs, signal, clock: this.#clock };
  }

  /** What a wait is rejected with once the channel has closed. */
  lost(): ConnectionClosedError {
    return this.#messages.lost();
  }

  /** Sends what is queued, closes and rejects everything that waits. Settles when the stream is closed. Idempotent. */
  close(): Promise<void> {
    return this.#messages.close();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Closes because the peer did what cannot be gone on from; everything that waits is rejected with the reason as its cause. */
  abort(reason: Error): void {
    this.#messages.fail(reason);
  }

  async #requestByBarrier(message: MessageInput, options: WaitOptions): Promise<Message> {
    const [refusal] = await this.sendAll(1, () => message, options);
    if (refusal !== undefined) throw new SwitchError(refusal.error, { request: message.type });
    return { version: OPENFLOW_1_3, type: "barrierReply", xid: message.xid ?? 0 };
  }

  #receive(message: Message, bytes: number): void {
    if (!this.#agreed) {
      this.#meet(message);
    } else if (message.type === "error") {
      this.#refused(message);
    } else if (message.version !== OPENFLOW_1_3) {
      this.abort(new ProtocolError(this.peer, `${message.type} of wire version ${message.version}, not 4`));
    } else if (message.type === "echoRequest") {
      this.#messages.say({ type: "echoReply", xid: message.xid, data: message.data });
    } else if (!this.#pending.answer(message, bytes)) {
      this.emit("message", message);
    }
  }

  /** Takes the peer's first message. */
  #meet(message: Message): void {
    const failure = judgeGreeting(message, this.peer);
    if (failure === undefined) {
      this.#agreed = true;
      this.#probe.start();
      this.#greeted?.(undefined);
      return;
    }
    if (message.type === "hello") this.#messages.say(ourRefusal(message.version));
    this.abort(failure);
  }

  #refused(error: ErrorMessage): void {
    // An answer to our greeting may cross the peer's own, and comes in the peer's version.
    if (isAboutGreeting(error)) {
      this.abort(refusedByPeer(error, this.peer));
    } else if (error.version !== OPENFLOW_1_3) {
      this.abort(new ProtocolError(this.peer, `error of wire version ${error.version}, not 4`));
    } else if (!this.#pending.refuse(error) && this.listenerCount("error") > 0) {
      this.emit("error", new SwitchError(error, { request: refusedType(error) }));
    }
  }

  #end(reason: Error | undefined): void {
    this.#probe.stop();
    const lost = this.lost();
    this.#greeted?.(reason ?? lost);
    this.#pending.failAll(lost);
    this.emit("close", reason);
  }
}
