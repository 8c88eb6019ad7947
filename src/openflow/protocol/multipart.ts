// MULTIPART (OpenFlow 1.3.5, 7.3.5): requests whose reply may come in several messages.

import type { FlowMonitorRequest, FlowUpdate } from "./flow-monitor.ts";
import type { AggregateStats, FlowStats, FlowStatsRequest } from "./flow-stats.ts";
import type { Header } from "./header.ts";
import type { PortDesc } from "./ports.ts";
import type { PortStats, PortStatsRequest, SwitchDesc, TableStats } from "./switch-stats.ts";

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
  portDesc: undefined;
  flowMonitor: FlowMonitorRequest[];
  raw: RawMultipart;
}

/** What each kind of reply carries; lists may be spread over several replies. */
export interface MultipartReplyBodies {
  desc: SwitchDesc;
  flow: FlowStats[];
  aggregate: AggregateStats;
  table: TableStats[];
  portStats: PortStats[];
  portDesc: PortDesc[];
  flowMonitor: FlowUpdate[];
  raw: RawMultipart;
}

/** The kinds of multipart messages that have a name. */
export type MultipartName = keyof MultipartReplyBodies;

interface Multipart<T extends string, N extends MultipartName, B> extends Header<T> {
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
