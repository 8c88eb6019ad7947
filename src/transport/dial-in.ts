// Keeps one connection up that the other end makes: listens, hands the first socket out, and when it closes waits for the next. The
// counterpart of redial.ts, with the same events; an owner that dislikes a peer destroys the socket here, too.
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { ConnectionClosedError } from "../errors.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { shareSignal } from "./deadline.ts";
import { type Listener, listen } from "./listen.ts";
import type { Connected, RedialEvents } from "./redial.ts";
import { formatTarget, type PassiveTarget } from "./target.ts";
import type { TlsOptions } from "./tls.ts";

/** Options of {@link DialIn}: the waits before it tries to listen again, when it couldn't. */
export interface DialInOptions extends BackoffOptions {
  /** How long a TLS handshake may take, in milliseconds. Default 5,000. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** For `pssl:`. */
  readonly tls?: TlsOptions | undefined;
  /** Aborting closes, as {@link DialIn.close} does. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** How long to wait by default for a server to dial in, in milliseconds: Open vSwitch's try every 8 s at the most. */
export const defaultDialInTimeoutMs = 20_000;

/** How many connections may be open at once: all but one of them shake hands, or are being closed. */
const maxConnections = 64;

/**
 * One connection kept up, from {@link start} to {@link close}, to whoever dials in. While one is up, others are closed as soon as they are
 * there, a TLS client's after its handshake. `failed` also tells of TLS handshakes that came to nothing, `retry` of an address that
 * couldn't be listened on.
 */
export class DialIn extends EventEmitter<RedialEvents> {
  readonly #target: PassiveTarget;
  readonly #name: string;
  readonly #options: DialInOptions;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #closing: AbortController = new AbortController();
  #listener: Listener | undefined;
  #generation = 0;
  #socket: Socket | undefined;
  #cancelWait: (() => void) | undefined;

  constructor(target: PassiveTarget, options: DialInOptions = {}) {
    super();
    this.#target = target;
    this.#name = formatTarget(target);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = new Backoff({ now: () => this.#clock.now(), ...options });
    if (options.signal?.aborted === true) this.#closing.abort(options.signal.reason);
    else {
      shareSignal(options.signal);
      options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  /** Where it listens, with the port the system chose; undefined when it doesn't. */
  get target(): PassiveTarget | undefined {
    return this.#listener?.target;
  }

  /** Whether a connection is up now. */
  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** True once it listens no more. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Begins to listen. */
  start(): void {
    void this.#listen().catch((error: unknown) => {
      this.#failed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Ends the connection and stops listening; a Unix socket's file is removed. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.#closing.abort(new ConnectionClosedError(this.#name, "closed by us"));
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
    void this.#listener?.close();
    this.#listener = undefined;
    this.emit("close");
  }

  async #listen(): Promise<void> {
    const { tls, clock, handshakeTimeoutMs } = this.#options;
    const listener = await listen(this.#target, {
      tls,
      clock,
      handshakeTimeoutMs,
      maxConnections,
      signal: this.#closing.signal,
      onConnection: (socket, peer) => this.#up(socket, peer),
      onRefused: (_, cause) => this.emit("failed", { peer: this.#name, cause }),
    });
    if (this.closed) void listener.close();
    else this.#listener = listener;
  }

  #failed(cause: Error): void {
    if (this.closed) return;
    const peer = this.#name;
    this.emit("failed", { peer, cause });
    if (this.closed) return;
    const delayMs = this.#backoff.next();
    this.#cancelWait = this.#clock.after(delayMs, () => {
      this.#cancelWait = undefined;
      this.start();
    });
    this.emit("retry", { delayMs, peer, cause });
  }

  #up(socket: Socket, peer: string): void {
    if (this.#socket !== undefined || this.closed) {
      socket.on("error", () => {}).resume();
      socket.destroySoon();
      return;
    }
    this.#generation += 1;
    this.#socket = socket;
    const connected: Connected = { socket, peer, generation: this.#generation };
    socket.once("close", () => {
      this.#socket = undefined;
      this.emit("disconnected", { generation: connected.generation, peer });
    });
    this.emit("connected", connected);
  }
}
