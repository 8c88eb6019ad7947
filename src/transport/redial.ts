// Keeps one connection up, to one of any number of targets: dials, hands the socket out, and when it closes goes on to
// the next target; when all have been tried it waits (full jitter) and begins again. What is said over the connection
// is the owner's business; an owner that dislikes a peer destroys the socket.
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { ConnectionClosedError } from "../errors.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { shareSignal } from "./deadline.ts";
import { type DialOptions, dial } from "./dial.ts";
import { type ActiveTarget, formatTarget, parseActiveTarget } from "./target.ts";
import type { TlsOptions } from "./tls.ts";

/** Options of {@link Redial}. */
export interface RedialOptions extends BackoffOptions {
  /** Deadline of each attempt, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Port where a text target leaves it out. */
  readonly defaultPort?: number | undefined;
  /** For `ssl:`. */
  readonly tls?: TlsOptions | undefined;
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
  /** An attempt to connect has failed. */
  failed: [{ readonly peer: string; readonly cause: Error }];
  /** All targets were tried; the next attempt starts in `delayMs`. `cause` says why the last one failed, if it did. */
  retry: [{ readonly delayMs: number; readonly peer: string; readonly cause?: Error }];
  /** Nothing is tried any more. */
  close: [];
}

/**
 * One connection kept up, from {@link start} to {@link close}. Several targets are tried in turn, each attempt the next one, and only when
 * each has been tried since the last wait, or since a connection that lasted, does it wait again.
 */
export class Redial extends EventEmitter<RedialEvents> {
  readonly #targets: readonly ActiveTarget[];
  readonly #options: RedialOptions;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #closing: AbortController = new AbortController();
  #next = 0;
  /** How many targets are left to be tried before the next wait. */
  #untried = 0;
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

  /** Begins to connect. */
  start(): void {
    this.#untried = this.#targets.length;
    this.#tryNext();
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

  #tryNext(): void {
    this.#untried -= 1;
    void this.#attempt().catch((error: unknown) => {
      this.#failed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  #target(): ActiveTarget {
    const target = this.#targets[this.#next % this.#targets.length];
    if (target === undefined) throw new RangeError("no target to connect to");
    return target;
  }

  #peer(): string {
    return formatTarget(this.#target());
  }

  async #attempt(): Promise<void> {
    const target = this.#target();
    const peer = formatTarget(target);
    this.#closing.signal.throwIfAborted();
    const connect = this.#options.dial ?? dial;
    const socket = await connect(target, {
      timeoutMs: this.#options.timeoutMs,
      tls: this.#options.tls,
      signal: this.#closing.signal,
      clock: this.#options.clock,
    });
    if (this.closed) socket.destroy();
    else this.#up(socket, peer);
  }

  #failed(cause: Error): void {
    if (this.closed) return;
    const peer = this.#peer();
    this.#next += 1;
    this.emit("failed", { peer, cause });
    this.#goOn(cause);
  }

  #up(socket: Socket, peer: string): void {
    this.#generation += 1;
    this.#socket = socket;
    this.#backoff.connected();
    const connected: Connected = { socket, peer, generation: this.#generation };
    socket.once("close", () => this.#down(connected));
    this.emit("connected", connected);
  }

  #down({ generation, peer }: Connected): void {
    this.#socket = undefined;
    this.#next += 1;
    if (this.#backoff.disconnected()) this.#untried = this.#targets.length - 1;
    this.emit("disconnected", { generation, peer });
    this.#goOn();
  }

  /** To the next target, at once when it wasn't tried yet. */
  #goOn(cause?: Error): void {
    if (this.closed) return;
    if (this.#untried > 0) {
      this.#tryNext();
      return;
    }
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
