// FLOW_MOD (OpenFlow 1.3.5, 7.3.4.1): adds, changes and deletes flows.

import { names } from "../wire/codec.ts";
import type { Struct } from "../wire/struct.ts";
import { type Header, message, OPENFLOW_1_3, version, xid } from "./header.ts";
import { type Instruction, instruction } from "./instructions.ts";
import { type Match, match } from "./match.ts";
import { Group, NO_BUFFER, Port } from "./ports.ts";

export type FlowModCommand = "add" | "modify" | "modifyStrict" | "delete" | "deleteStrict";

/** Bits of `FlowMod.flags`. */
export const FlowModFlag = {
  sendFlowRemoved: 0x01,
  checkOverlap: 0x02,
  resetCounts: 0x04,
  noPacketCounts: 0x08,
  noByteCounts: 0x10,
} as const;

/** The priority a flow has when none is given. */
export const DEFAULT_PRIORITY = 0x8000;

/** One change to a flow table. */
export interface FlowMod {
  /** The flow's cookie; for modify and delete, what a flow's cookie must equal under the mask. */
  cookie: bigint;
  /** Filters modify and delete by cookie; 0n filters nothing. An add ignores it. */
  cookieMask: bigint;
  /** 0 to 253; `Table.all` (255) for delete alone. */
  tableId: number;
  /** What to do; a number is a command the library has no name for. */
  command: FlowModCommand | number;
  /** Seconds without a packet after which the flow goes; 0 is never. */
  idleTimeout: number;
  /** Seconds after which the flow goes; 0 is never. */
  hardTimeout: number;
  /** 0 to 65535; the higher wins. */
  priority: number;
  /** A packet the switch holds, to be sent through the new flow; `NO_BUFFER` for none. */
  bufferId: number;
  /** Delete only flows that output to this port; `Port.any` for no such limit (0 deletes nothing). */
  outPort: number;
  /** The same for groups; `Group.any` for no such limit. */
  outGroup: number;
  /** Bits of `FlowModFlag`. */
  flags: number;
  match: Match;
  instructions: Instruction[];
}

/** FLOW_MOD as a message. */
export interface FlowModMessage extends Header<"flowMod">, FlowMod {}

/** A flow mod with everything filled in that `given` leaves out: an add to table 0 that matches everything. */
// oxlint-disable-next-line complexity -- every default counts as a branch; a spread would make a slow object
export function flowMod(given: Partial<FlowMod> = {}): FlowMod {
  return {
    cookie: given.cookie ?? 0n,
    cookieMask: given.cookieMask ?? 0n,
    tableId: given.tableId ?? 0,
    command: given.command ?? "add",
    idleTimeout: given.idleTimeout ?? 0,
    hardTimeout: given.hardTimeout ?? 0,
    priority: given.priority ?? DEFAULT_PRIORITY,
    bufferId: given.bufferId ?? NO_BUFFER,
    outPort: given.outPort ?? Port.any,
    outGroup: given.outGroup ?? Group.any,
    flags: given.flags ?? 0,
    match: given.match ?? [],
    instructions: given.instructions ?? [],
  };
}

const commands = names<FlowModCommand>({ add: 0, modify: 1, modifyStrict: 2, delete: 3, deleteStrict: 4 });

export const flowModMessage: Struct<FlowModMessage> = message(
  "flowMod",
  (f): FlowModMessage => ({
    version: version(f),
    type: "flowMod",
    xid: xid(f),
    cookie: f.u64(),
    cookieMask: f.u64(),
    tableId: f.u8(),
    command: f.named8(commands),
    idleTimeout: f.u16(),
    hardTimeout: f.u16(),
    priority: f.u16(),
    bufferId: f.u32(),
    outPort: f.u32(),
    outGroup: f.u32(),
    flags: f.u16(),
    match: f.pad(2).part(match),
    instructions: f.list(instruction),
  }),
  {
    engine: "declaration",
    write: (w, v) =>
      w
        .u8(v.version ?? OPENFLOW_1_3)
        .pad(3)
        .u32(v.xid ?? 0)
        .u64(v.cookie)
        .u64(v.cookieMask)
        .u8(v.tableId)
        .named8(commands, v.command)
        .u16(v.idleTimeout)
        .u16(v.hardTimeout)
        .u16(v.priority)
        .u32(v.bufferId)
        .u32(v.outPort)
        .u32(v.outGroup)
        .u16(v.flags)
        .pad(2)
        .part(match, v.match)
        .list(instruction, v.instructions),
  },
);
