// The controller's side: switches dial us. Each connection is met on its own, with its own deadline; a peer that breaks the protocol
// costs its connection and nobody else's.
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { ConnectionClosedError, TimeoutError } from "../errors.ts";
import { systemClock } from "../transport/clock.ts";
import { shareSignal, type WaitOptions } from "../transport/deadline.ts";
import { type Listener, listen } from "../transport/listen.ts";
import { formatTarget, type PassiveTarget } from "../transport/target.ts";
import type { TlsOptions } from "../transport/tls.ts";
import { Channel, type ChannelOptions, defaultHandshakeTimeoutMs } from "./channel.ts";
import { defaultOpenFlowPort, introduce } from "./connect.ts";
import { Feed } from "./feed.ts";
import type { Switch } from "./switch.ts";

/** Options of {@link listenForSwitches}; the channel options hold for each switch. */
export interface ListenForSwitchesOptions extends ChannelOptions {
  /** For `pssl:`, which needs it: certificates and whom to let in. */
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds from the connection to a usable switch, on `pssl:` twice: TLS has as many. A slower peer is turned away. Default 5,000. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** Connections open at once; one more is closed as soon as it is accepted. Default 4,096. */
  readonly maxConnections?: number | undefined;
  /** Aborting closes, as {@link SwitchListener.close} does. */
  readonly signal?: AbortSignal | undefined;
}

/** Events of a {@link SwitchListener}. */
export interface SwitchListenerEvents {
  /** A switch has connected and agreed on OpenFlow 1.3. */
  switch: [Switch];
  /** A peer was turned away, and why. It may go unheard. */
  refused: [{ readonly peer: string; readonly error: Error }];
  /** It listens no more. */
  close: [];
}

/**
 * Listens for switches: `ptcp:[PORT][:HOST]` or `pssl:[PORT][:HOST]` (default port 6653, default host 127.0.0.1) or `punix:PATH`. Rejects
 * with `TargetSyntaxError`, `ListenError`, `TlsError` or the signal's reason.
 */
export async function listenForSwitches(
  target: PassiveTarget | string,
  options: ListenForSwitchesOptions = {},
): Promise<SwitchListener> {
  const meeting = new Meeting(options);
  const listener = await listen(target, {
    defaultPort: defaultOpenFlowPort,
    maxConnections: options.maxConnections,
    signal: options.signal,
    tls: options.tls,
    handshakeTimeoutMs: options.handshakeTimeoutMs,
    clock: options.clock,
    onConnection: (socket, peer) => meeting.meet(socket, peer),
    onRefused: (peer, error) => meeting.onRefused(peer, error),
  });
  return new SwitchListener(listener, meeting, options.signal);
}

/** A connection on its way to become a switch. */
interface Arrival {
  readonly channel: Channel;
  /** Why it was ended from this side. */
  failure: Error | undefined;
}

/**
 * Introduces switches and keeps those that are up. A deadline or the end of it all ends a connection's channel, and with it what waits there:
 * signals for each step of each of a thousand connections at once would cost more than the steps.
 */
class Meeting {
  readonly switches: Set<Switch> = new Set();
  onSwitch: (found: Switch) => void = () => {};
  onRefused: (peer: string, error: Error) => void = () => {};
  readonly #options: ListenForSwitchesOptions;
  readonly #arrivals: Set<Arrival> = new Set();
  #closed = false;

  constructor(options: ListenForSwitchesOptions) {
    this.#options = options;
  }

  meet(socket: Socket, peer: string): void {
    if (this.#closed) {
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    const { handshakeTimeoutMs: timeoutMs = defaultHandshakeTimeoutMs, clock = systemClock } = this.#options;
    const arrival: Arrival = { channel: Channel.greet(socket, peer, this.#options), failure: undefined };
    this.#arrivals.add(arrival);
    const cancel = clock.after(timeoutMs, () =>
      end(arrival, new TimeoutError(`the handshake with ${peer}`, timeoutMs)),
    );
    void this.#introduce(arrival, cancel);
  }

  close(reason: Error): Promise<unknown> {
    this.#closed = true;
    for (const arrival of this.#arrivals) end(arrival, reason);
    return Promise.all([...this.switches].map((found) => found.close()));
  }

  async #introduce(arrival: Arrival, cancelDeadline: () => void): Promise<void> {
    let found: Switch;
    try {
      found = await introduce(arrival.channel, nothingMore);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      this.onRefused(arrival.channel.peer, arrival.failure ?? cause);
      return;
    } finally {
      cancelDeadline();
      this.#arrivals.delete(arrival);
    }
    this.#keep(found);
  }

  #keep(found: Switch): void {
    if (found.closed) return;
    this.switches.add(found);
    found.on("close", () => this.switches.delete(found));
    this.onSwitch(found);
  }
}

const nothingMore = {};

function end(arrival: Arrival, reason: Error): void {
  arrival.failure = reason;
  arrival.channel.abort(reason);
}

/** Something that switches connect to. Iterate it for the switches that are up and those that come, or listen to its events. */
export class SwitchListener extends EventEmitter<SwitchListenerEvents> implements AsyncIterable<Switch> {
  /** Where it listens, with the port the system chose. */
  readonly target: PassiveTarget;
  readonly #listener: Listener;
  readonly #meeting: Meeting;
  readonly #signal: AbortSignal | undefined;
  readonly #feeds: Set<Feed<Switch>> = new Set();
  readonly #waiting: (() => void)[] = [];
  #closed: Promise<void> | undefined;

  /** @internal Made by {@link listenForSwitches}. */
  constructor(listener: Listener, meeting: Meeting, signal: AbortSignal | undefined) {
    super();
    this.target = listener.target;
    this.#listener = listener;
    this.#meeting = meeting;
    this.#signal = signal;
    meeting.onSwitch = (found): void => {
      for (const feed of this.#feeds) feed.push(found);
      this.#wake();
      this.emit("switch", found);
    };
    meeting.onRefused = (peer, error): void => {
      this.emit("refused", { peer, error });
    };
    shareSignal(signal);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** The switches that are up. */
  get switches(): readonly Switch[] {
    return [...this.#meeting.switches];
  }

  /** The next switch that connects. Rejects with `TimeoutError`, the signal's reason or, when closed, `ConnectionClosedError`. */
  async next(options: WaitOptions = {}): Promise<Switch> {
    const feed: Feed<Switch> = new Feed();
    this.#feeds.add(feed);
    try {
      const found = await feed.next({
        what: `waiting for a switch on ${formatTarget(this.target)}`,
        ...options,
      });
      if (found === undefined) throw this.#lost();
      return found;
    } finally {
      this.#feeds.delete(feed);
    }
  }

  /** Stops listening and closes every switch. Settles when all are gone. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * The switches that are up, then each that connects, until closed.
   * @yields {Switch} one switch
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Switch, void, undefined> {
    const seen: WeakSet<Switch> = new WeakSet();
    for (;;) {
      const found = this.switches.find((one) => !seen.has(one));
      if (found !== undefined) {
        seen.add(found);
        yield found;
      } else if (this.#closed === undefined) {
        // oxlint-disable-next-line no-await-in-loop -- switches come one after the other
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      } else {
        return;
      }
    }
  }

  readonly #onAbort = (): void => {
    void this.close();
  };

  /** Has every loop look again. */
  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #lost(): ConnectionClosedError {
    return new ConnectionClosedError(formatTarget(this.target), "it listens no more");
  }

  async #end(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    await this.#meeting.close(this.#lost());
    await this.#listener.close();
    for (const feed of this.#feeds) feed.end();
    this.#wake();
    this.emit("close");
  }
}
