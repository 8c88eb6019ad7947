// Everything that makes an instruction (OpenFlow 1.3.5, 7.2.4), as users see it: `instruction.apply(…)`,
// `instruction.goto(5)`. Each function gives one plain object of `Instruction`, whose arguments have been checked.
import type { Action } from "../protocol/actions.ts";
import {
  type ActionsInstruction,
  type ClearActionsInstruction,
  type GotoTableInstruction,
  type MeterInstruction,
  type WriteMetadataInstruction,
} from "../protocol/instructions.ts";
import { checkedInstruction } from "./checked-action.ts";

/** Runs actions at once, in this order. */
export function apply(...actions: readonly Action[]): ActionsInstruction<"applyActions"> {
  return checkedInstruction({ type: "applyActions", actions: [...actions] });
}

/** Puts actions into the packet's action set, one of each kind, which runs at the end of the pipeline. */
export function write(...actions: readonly Action[]): ActionsInstruction<"writeActions"> {
  return checkedInstruction({ type: "writeActions", actions: [...actions] });
}

/** Empties the packet's action set. */
export function clear(): ClearActionsInstruction {
  return { type: "clearActions" };
}

/** Sends the packet through a meter first. */
export function meter(meterId: number): MeterInstruction {
  return checkedInstruction({ type: "meter", meterId });
}

const allBits = 0xffff_ffff_ffff_ffffn;

/** Writes the metadata that goes with the packet; under a mask, those bits alone. */
export function metadata(value: bigint, mask: bigint = allBits): WriteMetadataInstruction {
  return checkedInstruction({ type: "writeMetadata", metadata: value, mask });
}

/** Goes on in another table, which comes after the flow's own. */
export function goto(tableId: number): GotoTableInstruction {
  return checkedInstruction({ type: "gotoTable", tableId });
}
