// Queues (OpenFlow 1.3.5, 7.2.2, 7.3.6 and 7.3.5.8): what a port's queues promise, and what they counted.

import type { Codec } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import { family } from "../wire/family.ts";
import { Fault } from "../wire/fault.ts";
import { sized } from "../wire/sized.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** Reserved queue numbers: `all` is for requests. */
export const Queue = { all: 0xffffffff } as const;

/** A rate that the queue is sure of, or held to; in tenths of a percent, and above 1000 there is none. */
export interface RateProperty<T extends "minRate" | "maxRate"> {
  type: T;
  rate: number;
}

/** An experimenter's property: kept as it came. */
export interface ExperimenterQueueProperty {
  type: "experimenter";
  experimenter: number;
  /** What follows the padding after the experimenter id; its length is 8n. */
  data: Uint8Array;
}

/** A property that the library doesn't know: kept as it came. */
export interface RawQueueProperty {
  type: "raw";
  number: number;
  /** What follows type and length, the header's padding with it; its length is 8n + 4. */
  data: Uint8Array;
}

export type QueueProperty =
  | RateProperty<"minRate">
  | RateProperty<"maxRate">
  | ExperimenterQueueProperty
  | RawQueueProperty;

/** One queue of a port (`ofp_packet_queue`). */
export interface PacketQueue {
  queueId: number;
  portNo: number;
  properties: QueueProperty[];
}

export interface QueueGetConfigRequest {
  /** `Port.any` for all ports. */
  portNo: number;
}

export interface QueueGetConfigRequestMessage
  extends Header<"queueGetConfigRequest">,
    QueueGetConfigRequest {}

export interface QueueGetConfigReply {
  /** What was asked for. */
  portNo: number;
  queues: PacketQueue[];
}

export interface QueueGetConfigReplyMessage extends Header<"queueGetConfigReply">, QueueGetConfigReply {}

/** Which queues' counters are asked for. */
export interface QueueStatsRequest {
  /** `Port.any` for all ports. */
  portNo: number;
  /** `Queue.all` for all queues. */
  queueId: number;
}

/** One queue's counters; one the switch doesn't keep is all ones. */
export interface QueueStats {
  portNo: number;
  queueId: number;
  txBytes: bigint;
  txPackets: bigint;
  /** Packets lost because the queue was full. */
  txErrors: bigint;
  /** How long it has been there: seconds, and nanoseconds beyond them. */
  durationSec: number;
  durationNsec: number;
}

function rate<T extends "minRate" | "maxRate">(type: T): Struct<RateProperty<T>> {
  return struct(type, (f): RateProperty<T> => ({ type, rate: f.pad(4).u16() }), { pad: 6 });
}

const experimenterWire = struct(
  "experimenter",
  (f): ExperimenterQueueProperty => ({
    type: "experimenter",
    experimenter: f.pad(4).u32(),
    data: f.pad(4).rest(),
  }),
);

/** The length of a property counts its padding, so that data of another length would come back longer. */
const experimenterProperty = convert<ExperimenterQueueProperty, ExperimenterQueueProperty>(experimenterWire, {
  toValue: (wire) => wire,
  toWire: (value) => {
    if (value.data.length % 8 !== 0) {
      throw new Fault(`must be 8n bytes long, not ${value.data.length}`, -1, "data");
    }
    return value;
  },
});

const queueProperty: Codec<QueueProperty> = family<QueueProperty>("queue property", {
  members: { 1: rate("minRate"), 2: rate("maxRate"), 0xffff: experimenterProperty },
});

/** The two bytes of the queue's own length, and where they stand. */
const LENGTH = 2;
const LENGTH_AT = 8;

const packetQueue: Codec<PacketQueue> = sized(
  struct(
    "ofp_packet_queue",
    (f): PacketQueue => ({
      queueId: f.u32(),
      portNo: f.u32(),
      properties: f.pad(LENGTH + 6).list(queueProperty),
    }),
  ),
  LENGTH_AT,
);

export const queueGetConfigRequest: Struct<QueueGetConfigRequestMessage> = message(
  "queueGetConfigRequest",
  (f): QueueGetConfigRequestMessage => ({
    version: version(f),
    type: "queueGetConfigRequest",
    xid: xid(f),
    portNo: f.u32(),
  }),
  { pad: 4 },
);

export const queueGetConfigReply: Struct<QueueGetConfigReplyMessage> = message(
  "queueGetConfigReply",
  (f): QueueGetConfigReplyMessage => ({
    version: version(f),
    type: "queueGetConfigReply",
    xid: xid(f),
    portNo: f.u32(),
    queues: f.pad(4).list(packetQueue),
  }),
);

export const queueStatsRequest: Struct<QueueStatsRequest> = struct(
  "ofp_queue_stats_request",
  (f): QueueStatsRequest => ({ portNo: f.u32(), queueId: f.u32() }),
);

export const queueStats: Struct<QueueStats> = struct(
  "ofp_queue_stats",
  (f): QueueStats => ({
    portNo: f.u32(),
    queueId: f.u32(),
    txBytes: f.u64(),
    txPackets: f.u64(),
    txErrors: f.u64(),
    durationSec: f.u32(),
    durationNsec: f.u32(),
  }),
);
