// The order of instructions: switches carry them out in it, ovs-ofctl wants them written in it and prints them in it.
import type { Instruction } from "../protocol/instructions.ts";

/** The place of each type of instruction (OpenFlow 1.3.5, 5.9). */
export const instructionRanks: Readonly<Record<Instruction["type"], number>> = {
  meter: 0,
  applyActions: 1,
  clearActions: 2,
  writeActions: 3,
  writeMetadata: 4,
  experimenter: 5,
  raw: 6,
  gotoTable: 7,
};

/** Instructions in the order in which they are carried out. */
export function inOrder(instructions: readonly Instruction[]): Instruction[] {
  return instructions.toSorted((a, b) => instructionRanks[a.type] - instructionRanks[b.type]);
}
