// Why Open vSwitch refuses a FLOW_MOD, in the order in which it looks.
import { isDeepStrictEqual } from "node:util";
import { checkConnection, checkFields, checkFit, checkReading } from "../protocol/consistency.ts";
import { type FlowMod, FlowModFlag } from "../protocol/flow-mod.ts";
import { type Inconsistency, type PlacedInconsistency, placed, refused } from "../protocol/inconsistency.ts";
import type { Instruction } from "../protocol/instructions.ts";
import { canonicalMatch, type Match } from "../protocol/match.ts";
import { Group, NO_BUFFER, Table } from "../protocol/ports.ts";
import { actionsWithin } from "./actions-within.ts";
import type { SwitchFacts } from "./known.ts";
import { matchesOverlap } from "./overlap.ts";
import { portFault } from "./port.ts";

const knownFlags = 0x1f;
/** Open vSwitch keeps the last table for itself. */
const ownTable = 254;
const deleting: ReadonlySet<FlowMod["command"]> = new Set<FlowMod["command"]>(["delete", "deleteStrict"]);

/** The first reason why Open vSwitch would refuse a FLOW_MOD. */
export function checkFlowMod(flow: FlowMod, facts: SwitchFacts = {}): PlacedInconsistency | undefined {
  return (
    optionFault(flow, facts) ??
    checkFields(flow.match) ??
    headFault(flow) ??
    checkReading(flow.instructions) ??
    flagsFault(flow) ??
    checkFit(flow.match, flow.instructions, flow.tableId) ??
    stateFault(flow, facts)
  );
}

function headFault({ command, tableId, outPort, match }: FlowMod): PlacedInconsistency | undefined {
  if (tableId === Table.all && !deleting.has(command)) {
    const reason = "table 255 means all tables, which flows can be deleted from only";
    return placed(refused("OFPFMFC_BAD_TABLE_ID", reason, "name one table, 0 to 253"), "tableId");
  }
  const fault = portFault(outPort, "outPort") ?? checkConnection(match);
  if (fault !== undefined || typeof command !== "number") return fault;
  return placed(refused("OFPFMFC_BAD_COMMAND", `there is no command ${command}`), "command");
}

function flagsFault({ flags }: FlowMod): PlacedInconsistency | undefined {
  return (flags & ~knownFlags) === 0
    ? undefined
    : placed(refused("OFPFMFC_BAD_FLAGS", `0x${flags.toString(16)} has flags nobody knows`), "flags");
}

/** Tunnel options are fields as long as the switch's table says so. */
function optionFault({ match, instructions }: FlowMod, facts: SwitchFacts): PlacedInconsistency | undefined {
  const index = match.findIndex(({ field }) => isMissingOption(field, facts));
  if (index >= 0) return placed(noOption, `match[${index}]`);
  for (const [at, instruction] of instructions.entries()) {
    if (instruction.type !== "applyActions" && instruction.type !== "writeActions") continue;
    for (const { action, path } of actionsWithin(instruction.actions)) {
      const isSet = action.type === "setField" || action.type === "regLoad2";
      if (isSet && isMissingOption(action.oxm.field, facts))
        return placed(noOption, `instructions[${at}].${path}`);
    }
  }
  return undefined;
}

const noOption = refused(
  "NXFMFC_INVALID_TLV_FIELD",
  "the switch's TLV table has no such tunnel option",
  "add it with tlvTableMod",
);

function isMissingOption(field: string, { tunnelOptions }: SwitchFacts): boolean {
  const number = /^tunMetadata(\d+)$/.exec(field)?.[1];
  return number !== undefined && tunnelOptions?.has(Number(number)) === false;
}

/** What Open vSwitch finds wrong once it has read everything. */
function stateFault(flow: FlowMod, facts: SwitchFacts): PlacedInconsistency | undefined {
  const { command, tableId, bufferId, match, instructions } = flow;
  if (deleting.has(command)) return undefined;
  if (tableId === ownTable) {
    const reason = "table 254 is Open vSwitch's own";
    return placed(refused("OFPBRC_EPERM", reason, "write a table from 0 to 253"), "tableId");
  }
  return (
    internalFault(match) ??
    bufferFault(bufferId) ??
    // What a modify changes is a matter of the flows there are.
    (command === "add" ? (missingFault(instructions, facts) ?? overlapFault(flow, facts)) : undefined)
  );
}

/** Fields that Open vSwitch uses between its own steps. */
function internalFault(match: Match): PlacedInconsistency | undefined {
  const index = match.findIndex(
    (oxm) => oxm.field === "dpHash" || (oxm.field === "recircId" && oxm.value !== 0),
  );
  const reason = "Open vSwitch keeps dpHash and recircId for itself";
  return index < 0 ? undefined : placed(refused("OFPBRC_EPERM", reason), `match[${index}]`);
}

/** Why a message can't point to a buffer. */
export function bufferFault(bufferId: number): PlacedInconsistency | undefined {
  if (bufferId === NO_BUFFER) return undefined;
  const reason = `there is no buffer ${bufferId}: Open vSwitch keeps no packets`;
  return placed(
    refused("OFPBRC_BUFFER_UNKNOWN", reason, "write NO_BUFFER, and the packet itself"),
    "bufferId",
  );
}

/** A flow of the same table, priority and match isn't in the way: it is replaced. */
function overlapFault(
  { flags, tableId, priority, match }: FlowMod,
  { flows = [] }: SwitchFacts,
): PlacedInconsistency | undefined {
  if ((flags & FlowModFlag.checkOverlap) === 0) return undefined;
  for (const other of flows) {
    const beside = other.tableId === tableId && other.priority === priority;
    if (beside && matchesOverlap(other.match, match) && !sameMatch(other.match, match)) {
      const reason = `a flow of priority ${priority} in table ${tableId} takes some of the same packets`;
      return placed(refused("OFPFMFC_OVERLAP", reason, "give it another priority"), "match");
    }
  }
  return undefined;
}

function sameMatch(one: Match, other: Match): boolean {
  return isDeepStrictEqual(canonicalMatch(one), canonicalMatch(other));
}

/** Why an action can't point to a group. */
function groupFault(groupId: number, groups: SwitchFacts["groups"]): Inconsistency | undefined {
  if (groupId > Group.max) return refused("OFPBAC_BAD_OUT_GROUP", `${groupId} is the number of no group`);
  return groups?.has(groupId) === false
    ? refused("OFPBAC_BAD_OUT_GROUP", `there is no group ${groupId}`, "add the group first")
    : undefined;
}

function missingFault(
  instructions: readonly Instruction[],
  facts: SwitchFacts,
): PlacedInconsistency | undefined {
  const meter = instructions.findIndex(
    (one) => one.type === "meter" && facts.meters?.has(one.meterId) === false,
  );
  if (meter >= 0) {
    const fault = refused("OFPMMFC_INVALID_METER", "there is no such meter", "add the meter first");
    return placed(fault, `instructions[${meter}]`);
  }
  for (const [index, instruction] of instructions.entries()) {
    if (instruction.type !== "applyActions" && instruction.type !== "writeActions") continue;
    for (const { action, path } of actionsWithin(instruction.actions)) {
      const fault = action.type === "group" ? groupFault(action.groupId, facts.groups) : undefined;
      if (fault !== undefined) return placed(fault, `instructions[${index}].${path}`);
    }
  }
  return undefined;
}
