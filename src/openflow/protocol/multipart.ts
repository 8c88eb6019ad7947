// MULTIPART (OpenFlow 1.3.5, 7.3.5): requests whose reply may come in several messages.

import { convert } from "../wire/convert.ts";
import type { Layout } from "../wire/layout.ts";
import type { Struct } from "../wire/struct.ts";
import { type FlowMonitorRequest, type FlowUpdate, flowMonitorRequest, flowUpdate } from "./flow-monitor.ts";
import {
  type AggregateStats,
  aggregateStats,
  type FlowStats,
  type FlowStatsRequest,
  flowStats,
  flowStatsRequest,
} from "./flow-stats.ts";
import {
  type GroupDesc,
  type GroupFeatures,
  type GroupStats,
  type GroupStatsRequest,
  groupDesc,
  groupFeatures,
  groupStats,
  groupStatsRequest,
} from "./groups.ts";
import { Experimenter, type Header, message, version, xid } from "./header.ts";
import {
  type MeterConfig,
  type MeterFeatures,
  type MeterRequest,
  type MeterStats,
  meterConfig,
  meterFeatures,
  meterRequest,
  meterStats,
} from "./meters.ts";
import { type IpfixStats, ipfixStats } from "./nx-ipfix.ts";
import { type PortDesc, portDesc } from "./ports.ts";
import { type QueueStats, type QueueStatsRequest, queueStats, queueStatsRequest } from "./queues.ts";
import {
  type PortStats,
  type PortStatsRequest,
  portStats,
  portStatsRequest,
  type SwitchDesc,
  switchDesc,
  type TableStats,
  tableStats,
} from "./switch-stats.ts";
import { type TableFeatures, tableFeatures } from "./table-features.ts";

/** A body that the library doesn't know: kept as it came. */
export interface RawMultipart {
  /** The multipart type. */
  number: number;
  /** What follows the multipart header. */
  data: Uint8Array;
}

/** What each kind of request carries. */
export interface MultipartRequestBodies {
  desc: undefined;
  flow: FlowStatsRequest;
  aggregate: FlowStatsRequest;
  table: undefined;
  portStats: PortStatsRequest;
  queueStats: QueueStatsRequest;
  groupStats: GroupStatsRequest;
  groupDesc: undefined;
  groupFeatures: undefined;
  meterStats: MeterRequest;
  meterConfig: MeterRequest;
  meterFeatures: undefined;
  /** Empty asks; tables in it are what the switch shall have. */
  tableFeatures: TableFeatures[];
  portDesc: undefined;
  flowMonitor: FlowMonitorRequest[];
  ipfixBridge: undefined;
  ipfixFlow: undefined;
  raw: RawMultipart;
}

/** What each kind of reply carries; lists may be spread over several replies. */
export interface MultipartReplyBodies {
  desc: SwitchDesc;
  flow: FlowStats[];
  aggregate: AggregateStats;
  table: TableStats[];
  portStats: PortStats[];
  queueStats: QueueStats[];
  groupStats: GroupStats[];
  groupDesc: GroupDesc[];
  groupFeatures: GroupFeatures;
  meterStats: MeterStats[];
  meterConfig: MeterConfig[];
  meterFeatures: MeterFeatures;
  tableFeatures: TableFeatures[];
  portDesc: PortDesc[];
  flowMonitor: FlowUpdate[];
  ipfixBridge: IpfixStats;
  ipfixFlow: IpfixStats[];
  raw: RawMultipart;
}

/** The kinds of multipart messages that have a name. */
export type MultipartName = keyof MultipartReplyBodies;

export interface Multipart<T extends string, N extends MultipartName, B> extends Header<T> {
  /** What is asked for. */
  multipart: N;
  /** Whether another part follows. */
  more: boolean;
  body: B;
}

export type MultipartRequestMessage = {
  [N in MultipartName]: Multipart<"multipartRequest", N, MultipartRequestBodies[N]>;
}[MultipartName];

export type MultipartReplyMessage = {
  [N in MultipartName]: Multipart<"multipartReply", N, MultipartReplyBodies[N]>;
}[MultipartName];

type Direction = "multipartRequest" | "multipartReply";

/** The two bytes of the multipart type, which is set from the tables below. */
const TYPE = 2;
const PAD = 4;

/** A multipart message with a body, which begins after the padding of the header. */
function withBody<T extends Direction, N extends MultipartName, B>(
  type: T,
  multipart: N,
  body: (f: Layout) => B,
): Struct<Multipart<T, N, B>> {
  return message(
    type,
    (f): Multipart<T, N, B> => ({
      version: version(f),
      type,
      xid: xid(f),
      multipart,
      more: f.pad(TYPE).flag16(),
      body: body(f.pad(PAD)),
    }),
  );
}

/** A multipart message without a body. */
function withoutBody<T extends Direction, N extends MultipartName>(
  type: T,
  multipart: N,
  pad: number = PAD,
): Struct<Multipart<T, N, undefined>> {
  return message(
    type,
    (f): Multipart<T, N, undefined> => ({
      version: version(f),
      type,
      xid: xid(f),
      multipart,
      more: f.pad(TYPE).flag16(),
      body: undefined,
    }),
    { pad },
  );
}

interface RawWire<T extends Direction> extends Header<T> {
  multipart: "raw";
  number: number;
  more: boolean;
  data: Uint8Array;
}

/** A multipart message whose body the library doesn't know. */
function rawBody<T extends Direction>(type: T): Struct<Multipart<T, "raw", RawMultipart>> {
  return convert<RawWire<T>, Multipart<T, "raw", RawMultipart>>(
    message(
      type,
      (f): RawWire<T> => ({
        version: version(f),
        type,
        xid: xid(f),
        multipart: "raw",
        number: f.u16(),
        more: f.flag16(),
        data: f.pad(PAD).rest(),
      }),
    ),
    {
      toValue: ({ number, data, ...header }) => ({ ...header, body: { number, data } }),
      toWire: ({ body, ...header }) => ({ ...header, ...body }),
    },
  );
}

/** What one direction's multipart messages are, by type, and the experimenters' by id and type. */
export interface MultipartTable<M> {
  readonly standard: Readonly<Record<number, Struct<M>>>;
  readonly experimenters: Readonly<Record<number, Readonly<Record<number, Struct<M>>>>>;
  readonly raw: Struct<M>;
}

/** The bytes of an experimenter's two ids, which are set from the tables below. */
const IDS = 8;
const FLOW_MONITOR = 1870;
const IPFIX_BRIDGE = 3;
const IPFIX_FLOW = 4;

export const multipartRequests: MultipartTable<MultipartRequestMessage> = {
  standard: {
    0: withoutBody("multipartRequest", "desc"),
    1: withBody("multipartRequest", "flow", (f) => f.part(flowStatsRequest)),
    2: withBody("multipartRequest", "aggregate", (f) => f.part(flowStatsRequest)),
    3: withoutBody("multipartRequest", "table"),
    4: withBody("multipartRequest", "portStats", (f) => f.part(portStatsRequest)),
    5: withBody("multipartRequest", "queueStats", (f) => f.part(queueStatsRequest)),
    6: withBody("multipartRequest", "groupStats", (f) => f.part(groupStatsRequest)),
    7: withoutBody("multipartRequest", "groupDesc"),
    8: withoutBody("multipartRequest", "groupFeatures"),
    9: withBody("multipartRequest", "meterStats", (f) => f.part(meterRequest)),
    10: withBody("multipartRequest", "meterConfig", (f) => f.part(meterRequest)),
    11: withoutBody("multipartRequest", "meterFeatures"),
    12: withBody("multipartRequest", "tableFeatures", (f) => f.list(tableFeatures)),
    13: withoutBody("multipartRequest", "portDesc"),
  },
  experimenters: {
    [Experimenter.onf]: {
      [FLOW_MONITOR]: withBody("multipartRequest", "flowMonitor", (f) => f.pad(IDS).list(flowMonitorRequest)),
    },
    [Experimenter.nicira]: {
      [IPFIX_BRIDGE]: withoutBody("multipartRequest", "ipfixBridge", PAD + IDS),
      [IPFIX_FLOW]: withoutBody("multipartRequest", "ipfixFlow", PAD + IDS),
    },
  },
  raw: rawBody("multipartRequest"),
};

export const multipartReplies: MultipartTable<MultipartReplyMessage> = {
  standard: {
    0: withBody("multipartReply", "desc", (f) => f.part(switchDesc)),
    1: withBody("multipartReply", "flow", (f) => f.list(flowStats)),
    2: withBody("multipartReply", "aggregate", (f) => f.part(aggregateStats)),
    3: withBody("multipartReply", "table", (f) => f.list(tableStats)),
    4: withBody("multipartReply", "portStats", (f) => f.list(portStats)),
    5: withBody("multipartReply", "queueStats", (f) => f.list(queueStats)),
    6: withBody("multipartReply", "groupStats", (f) => f.list(groupStats)),
    7: withBody("multipartReply", "groupDesc", (f) => f.list(groupDesc)),
    8: withBody("multipartReply", "groupFeatures", (f) => f.part(groupFeatures)),
    9: withBody("multipartReply", "meterStats", (f) => f.list(meterStats)),
    10: withBody("multipartReply", "meterConfig", (f) => f.list(meterConfig)),
    11: withBody("multipartReply", "meterFeatures", (f) => f.part(meterFeatures)),
    12: withBody("multipartReply", "tableFeatures", (f) => f.list(tableFeatures)),
    13: withBody("multipartReply", "portDesc", (f) => f.list(portDesc)),
  },
  experimenters: {
    [Experimenter.onf]: {
      [FLOW_MONITOR]: withBody("multipartReply", "flowMonitor", (f) => f.pad(IDS).list(flowUpdate)),
    },
    [Experimenter.nicira]: {
      [IPFIX_BRIDGE]: withBody("multipartReply", "ipfixBridge", (f) => f.pad(IDS).part(ipfixStats)),
      [IPFIX_FLOW]: withBody("multipartReply", "ipfixFlow", (f) => f.pad(IDS).list(ipfixStats)),
    },
  },
  raw: rawBody("multipartReply"),
};
