// Keeps one connection up: dials, hands the socket out, and when it closes waits (full jitter) and dials again.
// What is said over the connection is the owner's business; an owner that dislikes a peer destroys the socket.
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { ConnectionClosedError } from "../errors.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { shareSignal } from "./deadline.ts";
import { type DialOptions, dial } from "./dial.ts";
import { type ActiveTarget, formatTarget, parseActiveTarget } from "./target.ts";

/** Options of {@link Redial}. */
export interface RedialOptions extends BackoffOptions {
  /** Deadline of each attempt, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Port where a text target leaves it out. */
  readonly defaultPort?: number | undefined;
  /** Aborting closes, as {@link Redial.close} does. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Makes one connection. Default {@link dial}. */
  readonly dial?: ((target: ActiveTarget, options: DialOptions) => Promise<Socket>) | undefined;
}

/** One connection that came up. */
export interface Connected {
  readonly socket: Socket;
  /** Where it leads, as a connection method. */
  readonly peer: string;
  /** 1 for the first connection, one more for each after it: an answer of an older generation is stale. */
  readonly generation: number;
}

/** Events of {@link Redial}. */
export interface RedialEvents {
  /** A connection is up. The listener must read from the socket and handle its `error` event at once. */
  connected: [Connected];
  /** The connection of this generation has closed. */
  disconnected: [{ readonly generation: number; readonly peer: string }];
  /** The next attempt starts in `delayMs`; `cause` says why the last one failed, if it did. */
  retry: [{ readonly delayMs: number; readonly peer: string; readonly cause?: Error }];
  /** Nothing is tried any more. */
  close: [];
}

/**
 * One connection kept up. {@link connect} makes the first; from then on every loss leads to new attempts until {@link close}.
 * Several targets are tried in turn, each attempt the next one.
 */
export class Redial extends EventEmitter<RedialEvents> {
  readonly #targets: readonly ActiveTarget[];
  readonly #options: RedialOptions;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #closing: AbortController = new AbortController();
  #next = 0;
  #generation = 0;
  #socket: Socket | undefined;
  #cancelWait: (() => void) | undefined;

  /** Throws `TargetSyntaxError` and, without a target, `RangeError`. */
  constructor(
    targets: string | ActiveTarget | readonly (string | ActiveTarget)[],
    options: RedialOptions = {},
  ) {
    super();
    const list = Array.isArray(targets)
      ? (targets as readonly (string | ActiveTarget)[])
      : [targets as string | ActiveTarget];
    if (list.length === 0) throw new RangeError("no target to connect to");
    const { defaultPort } = options;
    const parse = (text: string): ActiveTarget =>
      parseActiveTarget(text, defaultPort === undefined ? {} : { defaultPort });
    this.#targets = list.map((target) => (typeof target === "string" ? parse(target) : target));
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = new Backoff({ now: () => this.#clock.now(), ...options });
    if (options.signal?.aborted === true) this.#closing.abort(options.signal.reason);
    else {
      shareSignal(options.signal);
      options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  /** The generation of the newest connection; 0 before the first. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether a connection is up now. */
  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** True once nothing is tried any more. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Makes the first connection: tries every target once and rejects with the last one's error. After a rejection nothing goes on
   * in the background; call it again or {@link start} to go on.
   */
  connect(): Promise<Connected> {
    return this.#first(this.#targets.length);
  }

  /** Starts without waiting for the first connection: a failing first attempt is repeated like any other. */
  start(): void {
    void this.#attempt().catch((error: unknown) =>
      this.#retry(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** Ends the connection and all attempts. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.#closing.abort(new ConnectionClosedError(this.#peer(), "closed by us"));
    this.#finish();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  readonly #onAbort = (): void => {
    if (this.closed) return;
    this.#closing.abort(this.#options.signal?.reason);
    this.#finish();
  };

  #finish(): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#socket?.destroy();
    this.emit("close");
  }

  async #first(left: number): Promise<Connected> {
    try {
      return await this.#attempt();
    } catch (error) {
      if (this.closed || left <= 1) throw error;
    }
    return this.#first(left - 1);
  }

  #target(): ActiveTarget {
    const target = this.#targets[this.#next % this.#targets.length];
    if (target === undefined) throw new RangeError("no target to connect to");
    return target;
  }

  #peer(): string {
    return formatTarget(this.#target());
  }

  async #attempt(): Promise<Connected> {
    const target = this.#target();
    const peer = formatTarget(target);
    this.#closing.signal.throwIfAborted();
    const connect = this.#options.dial ?? dial;
    let socket: Socket;
    try {
      socket = await connect(target, {
        timeoutMs: this.#options.timeoutMs,
        signal: this.#closing.signal,
        clock: this.#options.clock,
      });
    } catch (error) {
      this.#next += 1;
      throw error;
    }
    if (this.closed) {
      socket.destroy();
      throw this.#closing.signal.reason;
    }
    return this.#up(socket, peer);
  }

  #up(socket: Socket, peer: string): Connected {
    this.#generation += 1;
    this.#socket = socket;
    this.#backoff.connected();
    const connected: Connected = { socket, peer, generation: this.#generation };
    socket.once("close", () => this.#down(connected));
    this.emit("connected", connected);
    return connected;
  }

  #down({ generation, peer }: Connected): void {
    this.#socket = undefined;
    this.#next += 1;
    this.emit("disconnected", { generation, peer });
    this.#retry();
  }

  #retry(cause?: Error): void {
    if (this.closed) return;
    const delayMs = this.#backoff.next();
    this.#cancelWait = this.#clock.after(delayMs, () => {
      this.#cancelWait = undefined;
      this.start();
    });
    this.emit(
      "retry",
      cause === undefined ? { delayMs, peer: this.#peer() } : { delayMs, peer: this.#peer(), cause },
    );
  }
}
