// Open vSwitch's actions of fixed layout: resubmission, queues, tunnels, truncated output, conjunctions, samples.

import type { Members } from "../wire/family.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { bare } from "./nx-subfield.ts";

/** Looks the packet up again, in the same table, as if it had come from another port (`resubmit:PORT`). */
export interface ResubmitAction {
  type: "resubmit";
  /** A port as OpenFlow 1.0 counts them, 16 bits; 0xfff8 keeps the packet's own. */
  inPort: number;
}

/** Looks the packet up in a table (`resubmit(PORT,TABLE)`); `resubmitTableCt` does it with the tracked connection's addresses. */
export interface ResubmitTableAction<T extends "resubmitTable" | "resubmitTableCt"> {
  type: T;
  /** A port as OpenFlow 1.0 counts them, 16 bits; 0xfff8 keeps the packet's own. */
  inPort: number;
  /** The table; 255 is the one the flow is in. */
  tableId: number;
}

/** Sets the low 32 bits of the tunnel's id, and clears the others. */
export interface SetTunnelAction {
  type: "setTunnel";
  tunnelId: number;
}

/** Sets the tunnel's id. */
export interface SetTunnel64Action {
  type: "setTunnel64";
  tunnelId: bigint;
}

/** Does nothing; carries bytes for whoever reads the flow. */
export interface NoteAction {
  type: "note";
  /** Written with zeros behind it to a length of 8n + 6, and so read. */
  data: Uint8Array;
}

/** Gives the flow other timeouts once a FIN or RST of its TCP connection was seen. */
export interface FinTimeoutAction {
  type: "finTimeout";
  /** Seconds; 0 leaves the flow's own. */
  finIdleTimeout: number;
  finHardTimeout: number;
}

/** The NX form of the write_metadata instruction, from before OpenFlow 1.1. */
export interface WriteMetadataAction {
  type: "writeMetadata";
  metadata: bigint;
  mask: bigint;
}

/** One clause of a conjunctive match: the packet meets clause `clause` of `nClauses` of match `id`. */
export interface ConjunctionAction {
  type: "conjunction";
  /** Counted from 0; ovs-ofctl writes it from 1. */
  clause: number;
  /** How many there are, 2 to 64. */
  nClauses: number;
  id: number;
}

/** Sends the first `maxLen` bytes of the packet out of a port. */
export interface OutputTruncAction {
  type: "outputTrunc";
  /** A port as OpenFlow 1.0 counts them, 16 bits. */
  port: number;
  /** Bytes, at least 14. */
  maxLen: number;
}

/** Sends samples of the packets to the collectors of a set. */
interface SampleBase {
  /** How many packets of 65536 are sampled, at least 1. */
  probability: number;
  collectorSetId: number;
  obsDomainId: number;
  obsPointId: number;
}

export interface SampleAction extends SampleBase {
  type: "sample";
}

export interface Sample2Action extends SampleBase {
  type: "sample2";
  /** The port the packet is sampled at, as OpenFlow 1.0 counts them, 16 bits; 0xffff for none. */
  samplingPort: number;
}

export interface Sample3Action extends SampleBase {
  type: "sample3";
  /** The port the packet is sampled at, as OpenFlow 1.0 counts them, 16 bits; 0xffff for none. */
  samplingPort: number;
  /** 0 where the action stands, 1 as the packet came in, 2 as it goes out. */
  direction: number;
}

/** Takes a header off the packet. */
export interface DecapAction {
  type: "decap";
  /** The type of what is under it: namespace in the upper 16 bits, type in the lower; 0xfffe lets the switch find out. */
  newPacketType: number;
}

/** Sends the packet to the controller of an id, with a reason (`controller(id=…)`). */
export interface ControllerAction {
  type: "controller";
  /** How many bytes of the packet; 65535 for all. */
  maxLen: number;
  controllerId: number;
  /** The reason PACKET_IN will give: 0 no match, 1 an action, 2 invalid TTL, 3 action set, 4 group, 5 packet out. */
  reason: number;
}

const resubmit = struct("resubmit", (f): ResubmitAction => ({ type: "resubmit", inPort: f.u16() }), {
  pad: 4,
});

function resubmitTable<T extends "resubmitTable" | "resubmitTableCt">(
  type: T,
): Struct<ResubmitTableAction<T>> {
  return struct(type, (f): ResubmitTableAction<T> => ({ type, inPort: f.u16(), tableId: f.u8() }), {
    pad: 3,
  });
}

const setTunnel = struct(
  "setTunnel",
  (f): SetTunnelAction => ({ type: "setTunnel", tunnelId: f.pad(2).u32() }),
);

const setTunnel64 = struct(
  "setTunnel64",
  (f): SetTunnel64Action => ({ type: "setTunnel64", tunnelId: f.pad(6).u64() }),
);

const note = struct("note", (f): NoteAction => ({ type: "note", data: f.rest() }));

const finTimeout = struct(
  "finTimeout",
  (f): FinTimeoutAction => ({ type: "finTimeout", finIdleTimeout: f.u16(), finHardTimeout: f.u16() }),
  { pad: 2 },
);

const writeMetadata = struct(
  "writeMetadata",
  (f): WriteMetadataAction => ({ type: "writeMetadata", metadata: f.pad(6).u64(), mask: f.u64() }),
);

const conjunction = struct(
  "conjunction",
  (f): ConjunctionAction => ({ type: "conjunction", clause: f.u8(), nClauses: f.u8(), id: f.u32() }),
);

const outputTrunc = struct(
  "outputTrunc",
  (f): OutputTruncAction => ({ type: "outputTrunc", port: f.u16(), maxLen: f.u32() }),
);

const sample = struct(
  "sample",
  (f): SampleAction => ({
    type: "sample",
    probability: f.u16(),
    collectorSetId: f.u32(),
    obsDomainId: f.u32(),
    obsPointId: f.u32(),
  }),
);

const sample2 = struct(
  "sample2",
  (f): Sample2Action => ({
    type: "sample2",
    probability: f.u16(),
    collectorSetId: f.u32(),
    obsDomainId: f.u32(),
    obsPointId: f.u32(),
    samplingPort: f.u16(),
  }),
  { pad: 6 },
);

const sample3 = struct(
  "sample3",
  (f): Sample3Action => ({
    type: "sample3",
    probability: f.u16(),
    collectorSetId: f.u32(),
    obsDomainId: f.u32(),
    obsPointId: f.u32(),
    samplingPort: f.u16(),
    direction: f.u8(),
  }),
  { pad: 5 },
);

const decap = struct("decap", (f): DecapAction => ({ type: "decap", newPacketType: f.pad(2).u32() }));

const controller = struct(
  "controller",
  (f): ControllerAction => ({
    type: "controller",
    maxLen: f.u16(),
    controllerId: f.u16(),
    reason: f.u8(),
  }),
  { pad: 1 },
);

/** Actions without an argument. */
export type BareActionName = "popQueue" | "exit" | "ctClear" | "decNshTtl" | "debugSlow" | "debugRecirc";

/** The actions that this file declares. */
export type NxPlainAction =
  | ResubmitAction
  | ResubmitTableAction<"resubmitTable">
  | ResubmitTableAction<"resubmitTableCt">
  | SetTunnelAction
  | SetTunnel64Action
  | NoteAction
  | FinTimeoutAction
  | WriteMetadataAction
  | ConjunctionAction
  | OutputTruncAction
  | SampleAction
  | Sample2Action
  | Sample3Action
  | DecapAction
  | ControllerAction
  | { [T in BareActionName]: { type: T } }[BareActionName];

/** By Nicira's number. */
export const nxPlainActions: Members<NxPlainAction> = {
  1: resubmit,
  2: setTunnel,
  5: bare("popQueue"),
  8: note,
  9: setTunnel64,
  14: resubmitTable("resubmitTable"),
  17: bare("exit"),
  19: finTimeout,
  20: controller,
  22: writeMetadata,
  29: sample,
  34: conjunction,
  38: sample2,
  39: outputTrunc,
  41: sample3,
  43: bare("ctClear"),
  44: resubmitTable("resubmitTableCt"),
  47: decap,
  48: bare("decNshTtl"),
  254: bare("debugSlow"),
  255: bare("debugRecirc"),
};
