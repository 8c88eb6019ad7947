// Flow mods and flows removed in Nicira's own form, older than OpenFlow's match, and what switches them. Open vSwitch takes
// them at OpenFlow 1.3 too, with instructions where they had actions before.

import { names } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import type { Struct } from "../wire/struct.ts";
import type { FlowModCommand } from "./flow-mod.ts";
import type { FlowRemovedReason } from "./flow-removed.ts";
import { type Header, message, version, xid } from "./header.ts";
import { type Instruction, instruction } from "./instructions.ts";
import { type Match, matchLength, type Oxm } from "./match.ts";
import { nxMatch } from "./nx-match.ts";
import { oxm } from "./oxm.ts";

/** A change to a flow table (NXT_FLOW_MOD). */
export interface NxFlowMod {
  cookie: bigint;
  /** The table; it counts at OpenFlow 1.3 always, and before it when `FlowModTableIdMessage` has asked for it. */
  tableId: number;
  /** What to do; a number is a command the library has no name for. */
  command: FlowModCommand | number;
  /** Seconds; 0 is never. */
  idleTimeout: number;
  hardTimeout: number;
  priority: number;
  bufferId: number;
  /** 16 bits, reserved numbers as in OpenFlow 1.0; 0xffff for no such limit. */
  outPort: number;
  /** Bits of `FlowModFlag`. */
  flags: number;
  match: Match;
  instructions: Instruction[];
}

export interface NxFlowModMessage extends Header<"nxFlowMod">, NxFlowMod {}

/** A flow is gone (NXT_FLOW_REMOVED). */
export interface NxFlowRemoved {
  cookie: bigint;
  priority: number;
  /** A number is a reason the library has no name for. */
  reason: FlowRemovedReason | number;
  /** 255 where the switch doesn't tell. */
  tableId: number;
  durationSec: number;
  durationNsec: number;
  idleTimeout: number;
  packetCount: bigint;
  byteCount: bigint;
  match: Match;
}

export interface NxFlowRemovedMessage extends Header<"nxFlowRemoved">, NxFlowRemoved {}

/** Whether the upper byte of a flow mod's command is a table (NXT_FLOW_MOD_TABLE_ID); of use before OpenFlow 1.1 alone. */
export interface FlowModTableIdMessage extends Header<"flowModTableId"> {
  /** 1 for yes, 0 for no. */
  set: number;
}

/** Asks that flow statistics tell how long a flow has been idle (NXT_FLOW_AGE); the switch of today always could. */
export interface FlowAgeMessage extends Header<"flowAge"> {}

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;
/** What `matchLength` counts beside the fields. */
const MATCH_HEADER = 4;

const commands = names<FlowModCommand>({ add: 0, modify: 1, modifyStrict: 2, delete: 3, deleteStrict: 4 });
const reasons = names<FlowRemovedReason>({ idleTimeout: 0, hardTimeout: 1, delete: 2, groupDelete: 3 });

export const nxFlowMod: Struct<NxFlowModMessage> = message(
  "nxFlowMod",
  (f): NxFlowModMessage => ({
    version: version(f),
    type: "nxFlowMod",
    xid: xid(f),
    cookie: f.pad(IDS).u64(),
    tableId: f.u8(),
    command: f.named8(commands),
    idleTimeout: f.u16(),
    hardTimeout: f.u16(),
    priority: f.u16(),
    bufferId: f.u32(),
    outPort: f.u16(),
    flags: f.u16(),
    match: f.part(nxMatch),
    instructions: f.list(instruction),
  }),
);

interface FlowRemovedWire extends Omit<NxFlowRemovedMessage, "tableId" | "match"> {
  /** The table and one, so that 0 says that there is none to tell. */
  tablePlusOne: number;
  match: Oxm[];
  padding: Uint8Array;
}

/** Zero bytes up to a multiple of 8. */
function paddingOf(match: Match): Uint8Array {
  return new Uint8Array(-(matchLength(match) - MATCH_HEADER) & 7);
}

export const nxFlowRemoved: Struct<NxFlowRemovedMessage> = convert(
  message(
    "nxFlowRemoved",
    (f): FlowRemovedWire => ({
      version: version(f),
      type: "nxFlowRemoved",
      xid: xid(f),
      cookie: f.pad(IDS).u64(),
      priority: f.u16(),
      reason: f.named8(reasons),
      tablePlusOne: f.u8(),
      durationSec: f.u32(),
      durationNsec: f.u32(),
      idleTimeout: f.u16(),
      packetCount: f.length16().u64(),
      byteCount: f.u64(),
      match: f.listWithin(oxm),
      padding: f.rest(),
    }),
  ),
  {
    toValue: ({ tablePlusOne, match, padding, ...flow }): NxFlowRemovedMessage | undefined =>
      padding.length === 0 || padding.length < 8
        ? { ...flow, tableId: (tablePlusOne + 255) & 0xff, match }
        : undefined,
    toWire: ({ tableId, match, ...flow }): FlowRemovedWire => ({
      ...flow,
      tablePlusOne: (tableId + 1) & 0xff,
      match: [...match],
      padding: paddingOf(match),
    }),
  },
);

export const flowModTableId: Struct<FlowModTableIdMessage> = message(
  "flowModTableId",
  (f): FlowModTableIdMessage => ({
    version: version(f),
    type: "flowModTableId",
    xid: xid(f),
    set: f.pad(IDS).u8(),
  }),
  { pad: 7 },
);

export const flowAge: Struct<FlowAgeMessage> = message(
  "flowAge",
  (f): FlowAgeMessage => ({ version: version(f), type: "flowAge", xid: xid(f) }),
  { pad: IDS },
);
