// Instructions (OpenFlow 1.3.5, 7.2.4): what a flow does with a packet that matches.

import type { Codec } from "../wire/codec.ts";
import { family } from "../wire/family.ts";
import { struct } from "../wire/struct.ts";
import { type Action, action } from "./actions.ts";

export interface GotoTableInstruction {
  type: "gotoTable";
  tableId: number;
}

export interface WriteMetadataInstruction {
  type: "writeMetadata";
  metadata: bigint;
  /** Which bits of the metadata are written. */
  mask: bigint;
}

/** `writeActions` adds to the action set; `applyActions` runs the list in order, at once. */
export interface ActionsInstruction<T extends "writeActions" | "applyActions"> {
  type: T;
  actions: Action[];
}

export interface ClearActionsInstruction {
  type: "clearActions";
}

export interface MeterInstruction {
  type: "meter";
  meterId: number;
}

/** An experimenter's instruction: kept as it came. */
export interface ExperimenterInstruction {
  type: "experimenter";
  experimenter: number;
  /** What follows the experimenter id; its length is 8n. */
  data: Uint8Array;
}

/** An instruction that the library doesn't know: kept as it came. */
export interface RawInstruction {
  type: "raw";
  number: number;
  /** What follows type and length; its length is 8n + 4. */
  data: Uint8Array;
}

export type Instruction =
  | GotoTableInstruction
  | WriteMetadataInstruction
  | ActionsInstruction<"writeActions">
  | ActionsInstruction<"applyActions">
  | ClearActionsInstruction
  | MeterInstruction
  | ExperimenterInstruction
  | RawInstruction;

const gotoTable = struct("gotoTable", (f): GotoTableInstruction => ({ type: "gotoTable", tableId: f.u8() }), {
  pad: 3,
  write: (w, v) => w.u8(v.tableId),
});

const writeMetadata = struct(
  "writeMetadata",
  (f): WriteMetadataInstruction => ({ type: "writeMetadata", metadata: f.pad(4).u64(), mask: f.u64() }),
  { write: (w, v) => w.pad(4).u64(v.metadata).u64(v.mask) },
);

const writeActions = struct(
  "writeActions",
  (f): ActionsInstruction<"writeActions"> => ({ type: "writeActions", actions: f.pad(4).list(action) }),
  { write: (w, v) => w.pad(4).list(action, v.actions) },
);

const applyActions = struct(
  "applyActions",
  (f): ActionsInstruction<"applyActions"> => ({ type: "applyActions", actions: f.pad(4).list(action) }),
  { write: (w, v) => w.pad(4).list(action, v.actions) },
);

const clearActions = struct("clearActions", (): ClearActionsInstruction => ({ type: "clearActions" }), {
  pad: 4,
});

const meter = struct("meter", (f): MeterInstruction => ({ type: "meter", meterId: f.u32() }));

/** One instruction, with its type and length. */
export const instruction: Codec<Instruction> = family<Instruction>("instruction", {
  members: {
    1: gotoTable,
    2: writeMetadata,
    3: writeActions,
    4: applyActions,
    5: clearActions,
    6: meter,
  },
  experimenters: { subtypeBytes: 4, members: {} },
});
