// Watches flow tables change: an ONF flow monitor in its experimenter form for OpenFlow 1.3 (EXT-187; Open vSwitch 3.0 and later).
// It alone sees a flow replaced by one with the same match and another cookie. What the reader is too slow for is dropped and said.
import type { WaitOptions } from "../transport/deadline.ts";
import type { Channel } from "./channel.ts";
import { Feed } from "./feed.ts";
import type { Message } from "./message.ts";
import type { Verdict } from "./pending.ts";
import { FlowMonitorFlag, type FlowMonitorRequest, type FlowUpdate } from "./protocol/flow-monitor.ts";
import type { Match } from "./protocol/match.ts";
import { Port, Table } from "./protocol/ports.ts";
import { partFault, waiter } from "./reply.ts";
import { ProtocolError } from "./session-errors.ts";

/** Which flows are watched, and what is told of them. */
export interface FlowWatchOptions extends WaitOptions {
  /** Default every table. */
  readonly tableId?: number | undefined;
  /** Only flows that output to this port. Default all. */
  readonly outPort?: number | undefined;
  /** Only flows at least as narrow as this. Default all. */
  readonly match?: Match | undefined;
  /** Tell first of the flows there are already. Default true. */
  readonly initial?: boolean | undefined;
  /** Tell in full of changes made over this connection too; else they come as `abbreviated`. Default true. */
  readonly own?: boolean | undefined;
  /** Updates bear instructions. Default true. */
  readonly instructions?: boolean | undefined;
  /** Updates that may wait for the reader; beyond, all that wait are dropped and one `lost` takes their place. Default 65,536. */
  readonly maxBuffered?: number | undefined;
}

/** The flows there were at the start have all been told. */
export interface WatchSynced {
  readonly event: "synced";
}

/** The switch can't keep up with us (`paused`): it tells of deletions alone until `resumed`, and of the rest just before it. */
export interface WatchPaused {
  readonly event: "paused" | "resumed";
}

/** The reader was too slow and `count` updates were dropped: compare with the flow tables before trusting what comes next. */
export interface WatchLost {
  readonly event: "lost";
  readonly count: number;
}

/** What a watch yields. */
export type FlowWatchEvent = FlowUpdate | WatchSynced | WatchPaused | WatchLost;

/**
 * A running watch: iterate it, once. Open vSwitch tells a flow that replaces another with the same match as `added` and nothing of the one
 * replaced: an `added` flow that is known already has been swapped. It ends when closed and throws `ConnectionClosedError` when the connection ends. A switch doesn't say
 * which monitor an update belongs to: with several watches on one connection, each sees all updates of its table.
 */
export class FlowWatch implements AsyncIterable<FlowWatchEvent> {
  readonly #channel: Channel;
  readonly #request: FlowMonitorRequest;
  readonly #maxBuffered: number;
  readonly #onClose: (watch: FlowWatch) => void;
  readonly #feed: Feed<FlowWatchEvent> = new Feed();
  #lost: { event: "lost"; count: number } | undefined;
  #initialBytes = 0;
  #started = false;
  #closed: Promise<void> | undefined;

  /** @internal Made by `Switch.watchFlows`. */
  constructor(
    channel: Channel,
    monitorId: number,
    options: FlowWatchOptions,
    onClose: (watch: FlowWatch) => void,
  ) {
    this.#channel = channel;
    this.#maxBuffered = options.maxBuffered ?? 65_536;
    this.#onClose = onClose;
    this.#request = {
      monitorId,
      flags: monitorFlags(options),
      outPort: options.outPort ?? Port.any,
      tableId: options.tableId ?? Table.all,
      match: options.match ?? [],
    };
  }

  /** Updates that wait for the reader. */
  get buffered(): number {
    return this.#feed.size;
  }

  /** @internal Sets the monitor up; `resolve` when the switch has answered. */
  start(resolve: () => void, reject: (error: Error) => void): () => void {
    const fail = (error: Error): void => {
      this.#onClose(this);
      reject(error);
    };
    return this.#channel.exchange(
      { type: "multipartRequest", multipart: "flowMonitor", more: false, body: [this.#request] },
      waiter("multipartRequest", fail, (message, bytes) => this.#accept(message, bytes, resolve, fail)),
    );
  }

  /** @internal Takes a message that answers no request. */
  hear(message: Message): void {
    if (!this.#started) return;
    if (message.type === "flowMonitorPaused") this.#push({ event: "paused" });
    if (message.type === "flowMonitorResumed") this.#push({ event: "resumed" });
    if (message.type !== "multipartReply" || message.multipart !== "flowMonitor") return;
    for (const update of message.body) if (this.#isWatched(update)) this.#push(update);
  }

  /** @internal The connection has ended. */
  fail(error: Error): void {
    this.#feed.end(error);
  }

  /** Cancels the monitor and ends the iteration. Settles when the switch has taken it in. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#cancel();
    return this.#closed;
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Updates in the order of the switch; leaving the loop closes the watch.
   * @yields {FlowWatchEvent} one update, or what is to be known about the updates
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<FlowWatchEvent, void, undefined> {
    const wait = this.#channel.wait("the next update", { timeoutMs: Number.POSITIVE_INFINITY });
    try {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- updates come one after the other
        const event = await this.#feed.next(wait);
        if (event === undefined) return;
        if (event === this.#lost) this.#lost = undefined;
        yield event;
      }
    } finally {
      await this.close();
    }
  }

  async #cancel(): Promise<void> {
    this.#onClose(this);
    this.#feed.end();
    if (this.#channel.closed) return;
    try {
      await this.#channel.request({ type: "flowMonitorCancel", monitorId: this.#request.monitorId });
    } catch {
      // Either the connection has ended, and the monitor with it, or the switch knows of no such monitor.
    }
  }

  #accept(message: Message, bytes: number, resolve: () => void, reject: (error: Error) => void): Verdict {
    if (message.type !== "multipartReply") return "other";
    this.#initialBytes += bytes;
    const fault = partFault(message, "flowMonitor", this.#initialBytes, this.#channel.maxReplyBytes);
    if (fault !== undefined || message.multipart !== "flowMonitor") {
      reject(new ProtocolError(this.#channel.peer, fault ?? "another answer than asked for"));
      return "done";
    }
    this.#started = true;
    for (const update of message.body) this.#feed.push(update);
    if (message.more) return "more";
    this.#feed.push({ event: "synced" });
    resolve();
    return "done";
  }

  #push(event: FlowWatchEvent): void {
    if (this.#lost !== undefined) {
      this.#lost.count += 1;
    } else if (this.#feed.size < this.#maxBuffered) {
      this.#feed.push(event);
    } else {
      this.#lost = { event: "lost", count: this.#feed.clear() + 1 };
      this.#feed.push(this.#lost);
    }
  }

  #isWatched(update: FlowUpdate): boolean {
    if (update.event === "abbreviated" || update.event === "raw") return true;
    return this.#request.tableId === Table.all || this.#request.tableId === update.tableId;
  }
}

function monitorFlags(options: FlowWatchOptions): number {
  const { initial = true, own = true, instructions = true } = options;
  let flags = FlowMonitorFlag.add | FlowMonitorFlag.delete | FlowMonitorFlag.modify;
  if (initial) flags |= FlowMonitorFlag.initial;
  if (instructions) flags |= FlowMonitorFlag.actions;
  if (own) flags |= FlowMonitorFlag.own;
  return flags;
}
