// Reads flows one by one while they arrive, so that a table of a million flows needs no memory for a million flows.
import type { WaitOptions } from "../transport/deadline.ts";
import type { Channel } from "./channel.ts";
import { Feed } from "./feed.ts";
import type { Message } from "./message.ts";
import type { Verdict } from "./pending.ts";
import type { FlowStats, FlowStatsRequest } from "./protocol/flow-stats.ts";
import { Group, Port, Table } from "./protocol/ports.ts";
import { partFault, waiter } from "./reply.ts";
import { ProtocolError } from "./session-errors.ts";

interface Part {
  readonly flows: readonly FlowStats[];
  readonly bytes: number;
}

/** A filter with everything filled in that it leaves out: every flow of every table. */
export function flowStatsRequest(filter: Partial<FlowStatsRequest>): FlowStatsRequest {
  return {
    tableId: Table.all,
    outPort: Port.any,
    outGroup: Group.any,
    cookie: 0n,
    cookieMask: 0n,
    match: [],
    ...filter,
  };
}

/** The flows of one request. Iterating sends it; leaving the loop early drops the rest. */
export class FlowStream implements AsyncIterable<FlowStats> {
  readonly #channel: Channel;
  readonly #filter: FlowStatsRequest;
  readonly #options: WaitOptions;

  /** @internal Made by `Switch.flowStream`. */
  constructor(channel: Channel, filter: Partial<FlowStatsRequest>, options: WaitOptions) {
    this.#channel = channel;
    this.#filter = flowStatsRequest(filter);
    this.#options = options;
  }

  [Symbol.asyncIterator](): AsyncIterator<FlowStats, undefined> {
    return new FlowReader(this.#channel, this.#filter, this.#options);
  }
}

class FlowReader implements AsyncIterator<FlowStats, undefined> {
  readonly #channel: Channel;
  readonly #filter: FlowStatsRequest;
  readonly #options: WaitOptions;
  readonly #feed: Feed<Part> = new Feed();
  #forget: (() => void) | undefined;
  #part: readonly FlowStats[] = [];
  #index = 0;
  #unreadBytes = 0;

  constructor(channel: Channel, filter: FlowStatsRequest, options: WaitOptions) {
    this.#channel = channel;
    this.#filter = filter;
    this.#options = options;
  }

  async next(): Promise<IteratorResult<FlowStats, undefined>> {
    let value = this.#part[this.#index];
    if (value === undefined) {
      if (!(await this.#turn())) return { done: true, value: undefined };
      value = this.#part[0];
    }
    this.#index += 1;
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  return(): Promise<IteratorResult<FlowStats, undefined>> {
    this.#forget?.();
    this.#feed.end();
    this.#feed.clear();
    this.#part = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Goes on to the next part that holds a flow; false when there is none. */
  async #turn(): Promise<boolean> {
    this.#forget ??= this.#ask();
    this.#index = 0;
    this.#part = [];
    let part: Part | undefined;
    do {
      // oxlint-disable-next-line no-await-in-loop -- parts come one after the other
      part = await this.#nextPart();
    } while (part !== undefined && part.flows.length === 0);
    this.#part = part?.flows ?? [];
    return part !== undefined;
  }

  async #nextPart(): Promise<Part | undefined> {
    try {
      const part = await this.#feed.next(this.#channel.wait("the next part of the flows", this.#options));
      this.#unreadBytes -= part?.bytes ?? 0;
      return part;
    } catch (error) {
      this.#forget?.();
      throw error;
    }
  }

  #ask(): () => void {
    const fail = (error: Error): void => this.#feed.end(error);
    return this.#channel.exchange(
      { type: "multipartRequest", multipart: "flow", more: false, body: this.#filter },
      waiter("multipartRequest", fail, (message, bytes) => this.#accept(message, bytes)),
    );
  }

  #accept(message: Message, bytes: number): Verdict {
    if (message.type !== "multipartReply") return "other";
    this.#unreadBytes += bytes;
    const fault = partFault(message, "flow", this.#unreadBytes, this.#channel.maxReplyBytes);
    if (fault !== undefined || message.multipart !== "flow") {
      this.#feed.end(new ProtocolError(this.#channel.peer, fault ?? "another answer than asked for"));
      return "done";
    }
    this.#feed.push({ flows: message.body, bytes });
    if (message.more) return "more";
    this.#feed.end();
    return "done";
  }
}
