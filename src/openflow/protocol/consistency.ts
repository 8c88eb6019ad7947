// What a switch would refuse a flow for, found before it is sent: fields without their prerequisites, actions that
// don't fit the packets the match lets through. Pure: it takes a match and instructions and names the first fault with
// the error Open vSwitch answers with, in the order in which Open vSwitch looks, so that messages and texts are judged alike.
import { fieldFault, shapeAfter } from "./action-fit.ts";
import { placeFault, readingFault } from "./action-place.ts";
import type { Action } from "./actions.ts";
import {
  type Inconsistency,
  isRefused,
  lacks,
  type PlacedInconsistency,
  placed,
  refused,
} from "./inconsistency.ts";
import type { Instruction } from "./instructions.ts";
import type { Match } from "./match.ts";
import { faultOfOxm } from "./match-fault.ts";
import { Meter } from "./meters.ts";
import type { PrerequisiteName } from "./oxm-field.ts";
import { oxmFieldByName } from "./oxm-fields.ts";
import { anyPacket, meets, type PacketShape, shapeOfMatch, shapeWith } from "./packet-shape.ts";
import { TakenBits } from "./taken-bits.ts";

export { shapeAfter } from "./action-fit.ts";
export type { Inconsistency, PlacedInconsistency } from "./inconsistency.ts";
export { isRefused } from "./inconsistency.ts";

/** The first reason why Open vSwitch would refuse `match`: a field by itself, or one without its prerequisite before it. */
export function checkMatch(match: Match): PlacedInconsistency | undefined {
  return checkFields(match) ?? checkConnection(match);
}

/** The same but for what Open vSwitch looks at once it has read more of a FLOW_MOD: {@link checkConnection}. */
export function checkFields(match: Match): PlacedInconsistency | undefined {
  let shape = anyPacket;
  const taken = new TakenBits();
  for (const [index, oxm] of match.entries()) {
    const field = oxmFieldByName.get(oxm.field);
    const path = `match[${index}]`;
    const fault = faultOfOxm(oxm);
    if (fault !== undefined) return { ...fault, path };
    if (field !== undefined) {
      const missing = fieldFault(field, shape, field.name, "OFPBMC_BAD_PREREQ");
      if (missing !== undefined) return placed(missing, path);
      if (taken.holds(field)) {
        const reason = `${field.name}, or part of it, stands in the match twice`;
        return { error: "OFPBMC_DUP_FIELD", reason, hint: "write it once", path };
      }
      taken.add(field, oxm);
    }
    shape = shapeWith(shape, oxm);
  }
  return undefined;
}

/** Why the addresses of a connection aren't of the packet's own protocol, as they have to be. */
export function checkConnection(match: Match): PlacedInconsistency | undefined {
  const shape = shapeOfMatch(match);
  for (const [index, { field }] of match.entries()) {
    const missing = connectionAddresses.get(field);
    if (missing !== undefined && !meets(shape, missing)) {
      return placed(lacks(field, missing), `match[${index}]`);
    }
  }
  return undefined;
}

const connectionAddresses: ReadonlyMap<string, PrerequisiteName> = new Map([
  ["ctNwSrc", "ipv4"],
  ["ctNwDst", "ipv4"],
  ["ctIpv6Src", "ipv6"],
  ["ctIpv6Dst", "ipv6"],
]);

/** The first reason why Open vSwitch would refuse these instructions for packets of `match` in table `tableId`. */
export function checkInstructions(
  match: Match,
  instructions: readonly Instruction[],
  tableId: number,
): PlacedInconsistency | undefined {
  return checkReading(instructions) ?? checkFit(match, instructions, tableId);
}

/** The first reason why Open vSwitch would refuse to read these instructions, whatever the flow they are of. */
export function checkReading(instructions: readonly Instruction[]): PlacedInconsistency | undefined {
  return structureFault(instructions) ?? actionsFault(instructions);
}

/** The first reason why instructions that can be read don't fit packets of `match` in table `tableId`. */
export function checkFit(
  match: Match,
  instructions: readonly Instruction[],
  tableId: number,
): PlacedInconsistency | undefined {
  return fitFault(instructions, shapeOfMatch(match), tableId);
}

/**
 * The first reason why Open vSwitch would refuse a list of actions for packets of this shape. In an action set
 * (`isSet`) it doesn't ask whether tags and headers are in place, but for the fields that are set.
 */
export function checkActions(
  actions: readonly Action[],
  before: PacketShape,
  isSet = false,
): PlacedInconsistency | undefined {
  const reading = isSet ? readingFault(actions, "set") : checkListReading(actions);
  if (reading !== undefined) return reading;
  const { hard, soft } = fitOf(actions, before);
  return hard ?? (isSet ? undefined : soft);
}

/** The first reason why Open vSwitch would refuse to read a list of actions that no instruction holds. */
export function checkListReading(actions: readonly Action[]): PlacedInconsistency | undefined {
  return readingFault(actions, "list") ?? placeFault(actions);
}

/** The refusal of a `goto_table` that doesn't lead forward. */
export function backward(target: number, tableId: number): Inconsistency {
  return refused(
    "OFPBIC_BAD_TABLE_ID",
    `goto_table:${target} does not lead forward from table ${tableId}`,
    `go to a table after ${tableId}`,
  );
}

/** Which instructions there may be, whatever they hold. */
function structureFault(instructions: readonly Instruction[]): PlacedInconsistency | undefined {
  const seen = new Set<Instruction["type"]>();
  for (const [index, { type }] of instructions.entries()) {
    const path = `instructions[${index}]`;
    if (type === "raw" || type === "experimenter") {
      const error = type === "raw" ? "OFPBIC_UNKNOWN_INST" : "OFPBIC_BAD_EXPERIMENTER";
      return { error, reason: "Open vSwitch doesn't have this instruction", path };
    }
    if (seen.has(type)) {
      const hint = "write one, with everything in it";
      return { error: "OFPBIC_DUP_INST", reason: `${type} is there twice`, hint, path };
    }
    seen.add(type);
  }
  return undefined;
}

type Lists = "applyActions" | "writeActions";

/** The actions of one kind of instruction, and the path that leads to them. */
function listOf(
  instructions: readonly Instruction[],
  kind: Lists,
): { actions: readonly Action[]; path: string } {
  const index = instructions.findIndex(({ type }) => type === kind);
  const found = instructions[index];
  const actions = found?.type === "applyActions" || found?.type === "writeActions" ? found.actions : [];
  return { actions, path: `instructions[${index}]` };
}

function below(path: string, found: PlacedInconsistency | undefined): PlacedInconsistency | undefined {
  return found === undefined ? undefined : { ...found, path: `${path}.${found.path}` };
}

/** What is wrong with actions by themselves and beside each other. */
function actionsFault(instructions: readonly Instruction[]): PlacedInconsistency | undefined {
  const applied = listOf(instructions, "applyActions");
  const written = listOf(instructions, "writeActions");
  const others = instructions.map(({ type }) => type).filter((type) => type !== "applyActions");
  return (
    below(applied.path, readingFault(applied.actions, "list")) ??
    below(written.path, readingFault(written.actions, "set")) ??
    below(applied.path, placeFault(applied.actions, others))
  );
}

/** What doesn't fit the packets, the meters there can be, and the tables. */
function fitFault(
  instructions: readonly Instruction[],
  before: PacketShape,
  tableId: number,
): PlacedInconsistency | undefined {
  const applied = listOf(instructions, "applyActions");
  const written = listOf(instructions, "writeActions");
  const first = fitOf(applied.actions, before);
  // The action set is judged by what is known when its instruction runs.
  const set = fitOf(written.actions, first.after);
  return (
    meterFault(instructions) ??
    below(applied.path, first.hard) ??
    below(written.path, set.hard) ??
    gotoFault(instructions, tableId) ??
    below(applied.path, first.soft)
  );
}

function meterFault(instructions: readonly Instruction[]): PlacedInconsistency | undefined {
  const index = instructions.findIndex(
    (one) => one.type === "meter" && (one.meterId === 0 || one.meterId > Meter.max),
  );
  if (index < 0) return undefined;
  const reason = `meter: the numbers of meters are 1 to ${Meter.max}`;
  return { error: "OFPMMFC_INVALID_METER", reason, path: `instructions[${index}]` };
}

function gotoFault(instructions: readonly Instruction[], tableId: number): PlacedInconsistency | undefined {
  for (const [index, one] of instructions.entries()) {
    if (one.type === "gotoTable" && one.tableId <= tableId && tableId !== 0xff) {
      return placed(backward(one.tableId, tableId), `instructions[${index}]`);
    }
  }
  return undefined;
}

interface Fit {
  /** What ends the reading. */
  readonly hard?: PlacedInconsistency;
  /** What is refused once all was read. */
  readonly soft?: PlacedInconsistency;
  readonly after: PacketShape;
}

function fitOf(actions: readonly Action[], before: PacketShape): Fit {
  let shape = before;
  let soft: PlacedInconsistency | undefined;
  for (const [index, action] of actions.entries()) {
    const verdict = shapeAfter(shape, action);
    if (isRefused(verdict)) {
      const found = placed(verdict, `actions[${index}]`);
      if (verdict.after === undefined) return { hard: found, after: shape };
      soft ??= found;
      shape = verdict.after;
    } else {
      shape = verdict;
    }
  }
  return soft === undefined ? { after: shape } : { soft, after: shape };
}
