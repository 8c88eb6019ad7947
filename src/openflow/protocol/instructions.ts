// Instructions (OpenFlow 1.3.5, 7.2.4): what a flow does with a packet that matches.

import type { Action } from "./actions.ts";

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
