// One JSON-RPC 1.0 connection over any duplex stream: requests that always settle, notifications, echo in both
// directions. It owns the stream: what breaks the protocol ends this stream and nothing else.
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { ConnectionClosedError, TimeoutError } from "../errors.ts";
import { type Clock, systemClock } from "../transport/clock.ts";
import { settleWithin, type WaitOptions } from "../transport/deadline.ts";
import { systemReason } from "../transport/errors.ts";
import { classify, errorText, type Incoming, notificationText, requestText, successText } from "./dialect.ts";
import { PeerError, RpcProtocolError, RpcReplyError } from "./errors.ts";
import { JsonFramer, type JsonFramerOptions } from "./framer.ts";
import type { JsonValue } from "./json.ts";

/** Options of {@link JsonRpcSession}. */
export interface JsonRpcSessionOptions extends JsonFramerOptions {
  /** The other end, for messages: an Open vSwitch connection method. */
  readonly peer: string;
  /** Deadline of a request that names none, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * After this long without a byte from the peer an `echo` is sent, and after as long again the connection ends with
   * `TimeoutError`, unless a patient request is out. Default `Infinity`: no probes.
   */
  readonly probeIntervalMs?: number | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** Options of one request. `timeoutMs` defaults to the session's `requestTimeoutMs`. */
export interface RequestOptions extends WaitOptions {
  /** While it is out, silence doesn't end the connection: the peer is busy with it. Default false. */
  readonly patient?: boolean | undefined;
  /** Called when deadline or signal came before the reply, with the request's id: the place to tell the peer. */
  readonly onAbandoned?: ((id: number) => void) | undefined;
  /**
   * Called with its result before what came behind it is heard. When it gives a promise, nothing more is heard, and the request doesn't
   * settle, until that is done. What it throws rejects the request and leaves the connection alone.
   */
  readonly onResult?: ((result: JsonValue) => Promise<void> | undefined) | undefined;
}

/** Events of {@link JsonRpcSession}. */
export interface JsonRpcSessionEvents {
  /** A notification from the peer. */
  notification: [method: string, params: readonly JsonValue[]];
  /** The connection has ended; every request out has been rejected with this error. Emitted once. */
  close: [reason: ConnectionClosedError];
}

interface Pending {
  readonly method: string;
  readonly patient: boolean;
  readonly onResult: RequestOptions["onResult"];
  readonly resolve: (result: JsonValue) => void;
  readonly reject: (reason: Error) => void;
}

/** So many characters of answers may wait for the peer to read them. An honest peer sends an `echo` every few seconds. */
const maxUnreadAnswers = 1024 * 1024;

/** A JSON-RPC 1.0 connection. Replies may come in any order. */
export class JsonRpcSession extends EventEmitter<JsonRpcSessionEvents> {
  /** The other end. */
  readonly peer: string;
  readonly #stream: Duplex;
  readonly #framer: JsonFramer;
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;
  readonly #probeIntervalMs: number;
  readonly #pending: Map<number, Pending> = new Map();
  /** How much of our answers still waits to be sent, in characters. */
  #unreadAnswers = 0;
  // Ids are never used again, so that a late reply can't be taken for another's.
  #nextId = 0;
  #closedBy: ConnectionClosedError | undefined;
  #lastByteAt: number;
  #probedAt: number | undefined;
  #cancelProbe: () => void = () => {};
  /** What has to be done before more is heard. */
  #holds = 0;
  /** Messages of the chunk in hand that come behind what holds us up. */
  readonly #behind: JsonValue[] = [];

  /** Takes the stream over and begins to read. */
  constructor(stream: Duplex, options: JsonRpcSessionOptions) {
    super();
    this.peer = options.peer;
    this.#stream = stream;
    this.#framer = new JsonFramer(options);
    this.#clock = options.clock ?? systemClock;
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 30_000;
    this.#probeIntervalMs = options.probeIntervalMs ?? Number.POSITIVE_INFINITY;
    this.#lastByteAt = this.#clock.now();
    stream.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    stream.on("error", (error: Error) => this.#end(systemReason(error), error));
    stream.on("end", () => this.#end(this.#framer.partial ? "ended inside a message" : "ended by the peer"));
    stream.on("close", () => this.#end("ended by the peer"));
    this.#scheduleProbe(this.#probeIntervalMs);
  }

  /** Whether the connection has ended. */
  get closed(): boolean {
    return this.#closedBy !== undefined;
  }

  /** Requests whose replies are out. */
  get outstanding(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request and gives its result. Rejects with `RpcReplyError` (refused), `ConnectionClosedError`, `TimeoutError`,
   * `UnsendableValueError` (nothing was sent) or the signal's reason.
   */
  async request(
    method: string,
    params: readonly JsonValue[],
    options: RequestOptions = {},
  ): Promise<JsonValue> {
    const { timeoutMs = this.#requestTimeoutMs, signal, patient = false, onAbandoned, onResult } = options;
    const wait = { what: `${method} to ${this.peer}`, timeoutMs, signal, clock: this.#clock };
    return settleWithin<JsonValue>(wait, (resolve, reject) => {
      if (this.#closedBy !== undefined) throw this.#closedBy;
      const id = this.#nextId;
      const text = requestText(id, method, params);
      this.#nextId += 1;
      this.#pending.set(id, { method, patient, onResult, resolve, reject });
      this.#stream.write(text);
      return () => {
        this.#pending.delete(id);
        if (!this.closed) onAbandoned?.(id);
      };
    });
  }

  /** Sends a notification. Throws `UnsendableValueError` or `ConnectionClosedError`. */
  notify(method: string, params: readonly JsonValue[]): void {
    if (this.#closedBy !== undefined) throw this.#closedBy;
    this.#stream.write(notificationText(method, params));
  }

  /**
   * Hears nothing more, neither notifications nor replies, until `work` is done: what comes behind must find it done. The peer is
   * not read from meanwhile, so that what it has to say waits there. When `work` rejects the connection ends.
   */
  hold(work: Promise<unknown>): void {
    this.#holds += 1;
    this.#stream.pause();
    void this.#release(work);
  }

  async #release(work: Promise<unknown>): Promise<void> {
    try {
      await work;
      this.#holds -= 1;
      // The silence was ours.
      this.#lastByteAt = this.#clock.now();
      while (this.#holds === 0 && !this.closed) {
        const value = this.#behind.shift();
        if (value === undefined) {
          this.#stream.resume();
          break;
        }
        this.#handle(classify(value));
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Ends the connection and rejects what is out. Idempotent. */
  close(): void {
    this.#end("closed by us");
  }

  /** Ends the connection for a reason that lies in what the peer said. */
  abort(reason: Error): void {
    this.#end(reason.message, reason);
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #receive(chunk: Uint8Array): void {
    this.#lastByteAt = this.#clock.now();
    this.#probedAt = undefined;
    if (this.closed) return;
    try {
      this.#framer.push(chunk, (value) => {
        if (this.#holds > 0) this.#behind.push(value);
        else if (!this.closed) this.#handle(classify(value));
      });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.abort(error instanceof Error ? error : new Error(String(error)));
    // Not the peer's doing but a listener's: the rest of the chunk is lost, and the process must hear of it.
    if (!(error instanceof PeerError)) throw error;
  }

  #handle(message: Incoming): void {
    switch (message.kind) {
      case "notification":
        this.emit("notification", message.method, message.params);
        break;
      case "request":
        this.#answer(answerText(message));
        break;
      case "success":
        this.#succeed(this.#settle(message.id), message.result);
        break;
      case "error": {
        const pending = this.#settle(message.id);
        pending?.reject(new RpcReplyError(pending.method, message.error));
        break;
      }
    }
  }

  /** Nothing else is written because of what the peer sends: a peer that asks on and on must read the answers too. */
  #answer(text: string): void {
    this.#unreadAnswers += text.length;
    if (this.#unreadAnswers > maxUnreadAnswers) {
      throw new RpcProtocolError("the peer asks and doesn't read the answers");
    }
    this.#stream.write(text, () => {
      this.#unreadAnswers -= text.length;
    });
  }

  #succeed(pending: Pending | undefined, result: JsonValue): void {
    try {
      const work = pending?.onResult?.(result);
      if (work === undefined) pending?.resolve(result);
      else this.hold(work.then(() => pending?.resolve(result), pending?.reject));
    } catch (error) {
      pending?.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** The request a reply belongs to; undefined if we no longer wait for it. */
  #settle(id: JsonValue): Pending | undefined {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= this.#nextId) {
      const shown = typeof id === "number" ? String(id) : "no number";
      throw new RpcProtocolError(`a reply to an id that was never sent: ${shown}`);
    }
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #end(reason: string, cause?: Error): void {
    if (this.#closedBy !== undefined) return;
    const closedBy = new ConnectionClosedError(this.peer, reason, cause === undefined ? {} : { cause });
    this.#closedBy = closedBy;
    this.#cancelProbe();
    this.#stream.destroy();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(closedBy);
    this.emit("close", closedBy);
  }

  #scheduleProbe(delayMs: number): void {
    this.#cancelProbe = this.#clock.after(delayMs, () => this.#probe());
  }

  /** Runs when silence may have lasted long enough; looks how long it really has. */
  #probe(): void {
    const now = this.#clock.now();
    const since = this.#probedAt ?? this.#lastByteAt;
    const leftMs = since + this.#probeIntervalMs - now;
    if (leftMs > 0) {
      this.#scheduleProbe(leftMs);
      return;
    }
    const patient = this.#holds > 0 || [...this.#pending.values()].some((pending) => pending.patient);
    if (this.#probedAt !== undefined && !patient) {
      this.abort(new TimeoutError(`${this.peer}: the answer to a probe`, this.#probeIntervalMs));
      return;
    }
    if (!patient) {
      this.#probedAt = now;
      this.#sendProbe();
    }
    this.#scheduleProbe(this.#probeIntervalMs);
  }

  #sendProbe(): void {
    const noDeadline = { timeoutMs: Number.POSITIVE_INFINITY };
    // Any answer is a sign of life, also a refusal; a lost connection is reported by close.
    this.request("echo", [], noDeadline).catch(() => {});
  }
}

/** What a request of the peer's is answered with (RFC 7047, 4.1.11: an echo carries the same params). Throws `RpcProtocolError`. */
function answerText({ id, method, params }: Extract<Incoming, { kind: "request" }>): string {
  try {
    return method === "echo" ? successText(id, params) : errorText(id, "unknown method");
  } catch (cause) {
    // What we were sent can be what we refuse to send, such as a text with U+0000.
    throw new RpcProtocolError(`a request that can't be answered: ${method.slice(0, 100)}`, { cause });
  }
}
