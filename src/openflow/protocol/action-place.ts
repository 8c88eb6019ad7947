// Where actions may stand, whatever the packets are: what an action set has no place for, what goes with a conjunction,
// what runs in a ct action alone, and which actions Open vSwitch doesn't have at all.
import { formFault, writesConnection } from "./action-form.ts";
import type { Action } from "./actions.ts";
import { Experimenter } from "./header.ts";
import { type Inconsistency, type PlacedInconsistency, placed, refused } from "./inconsistency.ts";
import { Group } from "./ports.ts";

/** What a list of actions is. */
export type Surrounding = "list" | "set" | "clone" | "ct";

/** The first reason why Open vSwitch would refuse to read a list of actions. */
export function readingFault(
  actions: readonly Action[],
  surrounding: Surrounding,
): PlacedInconsistency | undefined {
  for (const [index, action] of actions.entries()) {
    const path = `actions[${index}]`;
    const fault = absentFault(action) ?? formFault(action);
    if (fault !== undefined) return placed(fault, path);
    const inner = innerFault(action);
    if (inner !== undefined) return { ...inner, path: `${path}.${inner.path}` };
  }
  if (surrounding === "set") return setFaultIn(actions);
  return surrounding === "clone" ? placeFault(actions, "within") : undefined;
}

function innerFault(action: Action): PlacedInconsistency | undefined {
  if (action.type === "clone") return readingFault(action.actions, "clone");
  return action.type === "ct" ? readingFault(action.actions, "ct") : undefined;
}

/** Actions of OpenFlow that Open vSwitch doesn't have. */
const absent: ReadonlySet<Action["type"]> = new Set<Action["type"]>([
  "copyTtlOut",
  "copyTtlIn",
  "pushPbb",
  "popPbb",
  "raw",
]);
/** OFPAT_SET_FIELD: what doesn't hold one field, and zeros behind it, is kept as it came. */
const setFieldNumber = 25;
const known: ReadonlySet<number> = new Set([Experimenter.nicira, Experimenter.onf]);

function absentFault(action: Action): Inconsistency | undefined {
  if (action.type === "experimenter") {
    const { experimenter } = action;
    const error = known.has(experimenter) ? "OFPBAC_BAD_VENDOR_TYPE" : "OFPBAC_BAD_VENDOR";
    return refused(error, `0x${experimenter.toString(16)} has no such action in Open vSwitch`);
  }
  if (action.type === "raw" && action.number === setFieldNumber) {
    return refused("OFPBAC_BAD_SET_ARGUMENT", "set_field: there is more in it than one field and zeros");
  }
  return absent.has(action.type)
    ? refused("OFPBAC_BAD_TYPE", `${action.type}: Open vSwitch doesn't have this action`)
    : undefined;
}

/** Actions that run in lists alone: an action set has no place for them. */
const listsOnly: ReadonlySet<Action["type"]> = new Set<Action["type"]>([
  "stackPush",
  "stackPop",
  "outputReg",
  "outputReg2",
  "checkPktLarger",
  "deleteField",
  "multipath",
  "bundle",
  "bundleLoad",
  "outputTrunc",
  "sample",
  "sample2",
  "sample3",
  "sample4",
  "finTimeout",
  "controller",
  "controller2",
  "writeMetadata",
  "note",
  "popQueue",
  "exit",
  "debugSlow",
  "debugRecirc",
  "learn",
  "learn2",
  "clone",
  "conjunction",
  "nat",
]);

/** Why a switch refuses the action in an action set, whatever the packet is. */
export function refusedInSets({ type }: Action): Inconsistency | undefined {
  return listsOnly.has(type)
    ? refused("OFPBAC_BAD_TYPE", `${type} can't stand in an action set`, "write it in applyActions")
    : undefined;
}

/** Why an action can't point to its group: the reserved numbers are those of no group. */
export function groupNumberFault(action: Action): Inconsistency | undefined {
  return action.type === "group" && action.groupId > Group.max
    ? refused("OFPBAC_BAD_OUT_GROUP", `group: ${action.groupId} is not a group`)
    : undefined;
}

function setFaultIn(actions: readonly Action[]): PlacedInconsistency | undefined {
  for (const [index, action] of actions.entries()) {
    const fault = refusedInSets(action);
    if (fault !== undefined) return placed(fault, `actions[${index}]`);
  }
  return undefined;
}

/** What may stand beside a conjunction. */
const besideConjunction: ReadonlySet<string> = new Set(["conjunction", "note"]);

/**
 * Why a list can't hold these actions beside each other. `others` says what else the flow does, for the types of the
 * instructions beside applyActions count as well; or that the list is within an action or a bucket.
 */
export function placeFault(
  actions: readonly Action[],
  others: readonly string[] | "within" = [],
): PlacedInconsistency | undefined {
  const beside = others === "within" ? [] : others;
  let metadata: number | undefined;
  for (const [index, action] of actions.entries()) {
    if (action.type === "conjunction") return conjunctionFault(actions, beside, index);
    const fault = connectionFault(action) ?? (metadata === undefined ? undefined : outOfOrder(action.type));
    if (fault !== undefined) return placed(fault, `actions[${index}]`);
    if (action.type !== "writeMetadata") continue;
    if (others === "within") return placed(noInstruction, `actions[${index}]`);
    metadata = index;
  }
  return metadata === undefined ? undefined : lateFault(beside, metadata);
}

function lateFault(beside: readonly string[], metadata: number): PlacedInconsistency | undefined {
  const late = beside.find((type) => beforeMetadata.has(type));
  return late === undefined ? undefined : placed(outOfOrder(late), `actions[${metadata}]`);
}

function conjunctionFault(
  actions: readonly Action[],
  beside: readonly string[],
  index: number,
): PlacedInconsistency | undefined {
  const other = actions.find(({ type }) => !besideConjunction.has(type))?.type ?? beside[0];
  return other === undefined ? undefined : placed(notAlone(other), `actions[${index}]`);
}

/** Instructions that run after what is applied and before write_metadata, or are it. */
const beforeMetadata: ReadonlySet<string> = new Set(["clearActions", "writeActions", "writeMetadata"]);

/** The action writeMetadata stands for the instruction: nothing that runs before that can follow. */
function outOfOrder(next: string): Inconsistency {
  const hint = "write the instruction writeMetadata, or load into OXM_OF_METADATA";
  return refused("OFPBAC_UNSUPPORTED_ORDER", `${next} can't follow writeMetadata`, hint);
}

const noInstruction = refused(
  "OFPBIC_UNSUP_INST",
  "writeMetadata stands for an instruction",
  "load into OXM_OF_METADATA",
);

function notAlone(other: string): Inconsistency {
  return refused(
    "NXBAC_BAD_CONJUNCTION",
    `conjunction can't stand beside ${other}`,
    "let the flow that matches conjId do the rest",
  );
}

/** Why an action can't stand outside of a ct action. */
function connectionFault(action: Action): Inconsistency | undefined {
  if (action.type !== "nat" && !writesConnection(action)) return undefined;
  const what = action.type === "nat" ? "nat" : `${action.type} of ctMark or ctLabel`;
  return refused(
    "OFPBAC_BAD_SET_ARGUMENT",
    `${what} stands in a ct action alone`,
    "write it in ct's actions",
  );
}
