// What a switch would refuse a flow for, found before it is sent: fields without their prerequisites, actions that
// don't fit the packets the match lets through. Pure: it takes a match and instructions and names the first fault with
// the error Open vSwitch answers with, so that messages and texts are judged alike.
import type { Action, OutputAction, RegLoadAction, RegMoveAction, SetFieldAction } from "./actions.ts";
import type { Instruction } from "./instructions.ts";
import type { Match } from "./match.ts";
import { faultOfOxm } from "./match-fault.ts";
import { extensionRules, refusedInSets } from "./nx-consistency.ts";
import type { OxmField, PrerequisiteName } from "./oxm-field.ts";
import { oxmFieldByName, oxmFields } from "./oxm-fields.ts";
import { anyPacket, meets, type PacketShape, shapeOfMatch, shapeWith } from "./packet-shape.ts";
import { Group, Port } from "./ports.ts";
import type { SubfieldName } from "./subfields.ts";

/** A reason why a switch refuses a flow. */
export interface Inconsistency {
  /** The error Open vSwitch answers with, such as `OFPBAC_MATCH_INCONSISTENT`. */
  readonly error: string;
  /** What is wrong, in words that name the field or action. */
  readonly reason: string;
  /** What would have to be known of the packet. */
  readonly missing?: PrerequisiteName;
}

/** An {@link Inconsistency} of a whole flow, and the path of the part it is about: `instructions[0].actions[2]`. */
export interface PlacedInconsistency extends Inconsistency {
  readonly path: string;
}

/** What an action leaves behind, or why it is refused. */
export type ActionVerdict = PacketShape | Inconsistency;

/** Whether a verdict is a refusal. */
export function isRefused(verdict: ActionVerdict): verdict is Inconsistency {
  return "error" in verdict;
}

/** The first reason why Open vSwitch would refuse `match`: a field by itself, or one without its prerequisite before it. */
export function checkMatch(match: Match): PlacedInconsistency | undefined {
  let shape = anyPacket;
  const seen = new Set<string>();
  for (const [index, oxm] of match.entries()) {
    const field = oxmFieldByName.get(oxm.field);
    const path = `match[${index}]`;
    const fault = faultOfOxm(oxm);
    if (fault !== undefined) return { ...fault, path };
    if (field !== undefined) {
      if (seen.has(field.name)) {
        return { error: "OFPBMC_DUP_FIELD", reason: `${field.name} stands in the match twice`, path };
      }
      const missing = missingFor(field, shape);
      if (missing !== undefined) return { ...lacks(field.name, missing), error: "OFPBMC_BAD_PREREQ", path };
    }
    seen.add(field?.name ?? "");
    shape = shapeWith(shape, oxm);
  }
  return undefined;
}

/** The first reason why Open vSwitch would refuse these instructions for packets of `match` in table `tableId`. */
export function checkInstructions(
  match: Match,
  instructions: readonly Instruction[],
  tableId: number,
): PlacedInconsistency | undefined {
  const shape = shapeOfMatch(match);
  const seen = new Set<Instruction["type"]>();
  for (const [index, instruction] of instructions.entries()) {
    const path = `instructions[${index}]`;
    if (seen.has(instruction.type) && !unknownKinds.has(instruction.type)) {
      return { error: "OFPBIC_DUP_INST", reason: `${instruction.type} is there twice`, path };
    }
    seen.add(instruction.type);
    if (instruction.type === "gotoTable" && instruction.tableId <= tableId) {
      return { ...backward(instruction.tableId, tableId), path };
    }
    if (instruction.type === "applyActions" || instruction.type === "writeActions") {
      const found = checkActions(instruction.actions, shape, instruction.type === "writeActions");
      if (found !== undefined) return { ...found, path: `${path}.${found.path}` };
    }
  }
  return undefined;
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
  let shape = before;
  for (const [index, action] of actions.entries()) {
    const barred = isSet ? refusedInSets(action) : undefined;
    if (barred !== undefined) return { ...barred, path: `actions[${index}]` };
    const verdict = shapeAfter(shape, action);
    if (!isRefused(verdict)) shape = verdict;
    else if (!isSet || isJudgedInSets(action)) return { ...verdict, path: `actions[${index}]` };
  }
  return undefined;
}

/** Whether an action is held against the match in an action set, too. */
export function isJudgedInSets(action: Action): boolean {
  return action.type === "setField" || action.type === "output";
}

/** What is known of the packet once `action` was done to it, or why the switch refuses the action here. */
export function shapeAfter(shape: PacketShape, action: Action): ActionVerdict {
  const rule = rules[action.type] as Rule<Action>;
  return rule(action, shape);
}

/** The refusal of a `goto_table` that doesn't lead forward. */
export function backward(target: number, tableId: number): Inconsistency {
  return {
    error: "OFPBIC_BAD_TABLE_ID",
    reason: `goto_table:${target} does not lead forward from table ${tableId}`,
  };
}

/** What `field` needs and a packet of this shape doesn't have. */
function missingFor(field: OxmField, shape: PacketShape): PrerequisiteName | undefined {
  const name = field.prerequisite;
  return name === undefined || meets(shape, name) ? undefined : name;
}

/** The same for writing: a VID can be asked for without a tag, and set in a tag alone. */
function missingToSet(field: OxmField, shape: PacketShape): PrerequisiteName | undefined {
  return field.name === "vlanVid" && shape.tags === 0 ? "vlan" : missingFor(field, shape);
}

/** Instructions of these kinds may be different ones. */
const unknownKinds: ReadonlySet<Instruction["type"]> = new Set<Instruction["type"]>(["experimenter", "raw"]);

type Rule<A> = (action: A, shape: PacketShape) => ActionVerdict;

/** Open vSwitch looks at two VLAN tags. */
const maxTags = 2;
/** Port numbers between the ordinary ones and the reserved ones name nothing in Open vSwitch. */
const lastOrdinaryPort = 0xfeff;
const cfi = 0x1000n;

const unchanged: Rule<Action> = (_action, shape) => shape;

const needs =
  (name: PrerequisiteName): Rule<Action> =>
  (action, shape) =>
    meets(shape, name) ? shape : { ...lacks(action.type, name), error: "OFPBAC_MATCH_INCONSISTENT" };

const rules: { readonly [T in Action["type"]]: Rule<Action & { type: T }> } = {
  output: checkOutput,
  copyTtlOut: unchanged,
  copyTtlIn: unchanged,
  setMplsTtl: needs("mpls"),
  decMplsTtl: needs("mpls"),
  pushVlan: (action, shape) => {
    if (action.etherType !== 0x8100 && action.etherType !== 0x88a8)
      return badType("pushVlan", action.etherType);
    if (shape.tags === maxTags) {
      return {
        error: "OFPBAC_BAD_TAG",
        reason: `pushVlan: Open vSwitch handles no more than ${maxTags} VLAN tags`,
      };
    }
    return { ...shape, tags: shape.tags + 1, untagged: false };
  },
  popVlan: (action, shape) =>
    shape.tags === 0
      ? { ...lacks(action.type, "vlan"), error: "OFPBAC_MATCH_INCONSISTENT" }
      : { ...shape, tags: shape.tags - 1, untagged: shape.tags === 1 },
  pushMpls: (action, shape) =>
    action.etherType === 0x8847 || action.etherType === 0x8848
      ? withEthType(shape, action.etherType)
      : badType("pushMpls", action.etherType),
  popMpls: (action, shape) =>
    meets(shape, "mpls")
      ? withEthType(shape, action.etherType)
      : { ...lacks(action.type, "mpls"), error: "OFPBAC_MATCH_INCONSISTENT" },
  setQueue: unchanged,
  group: (action, shape) =>
    action.groupId >= Group.max
      ? { error: "OFPBAC_BAD_OUT_GROUP", reason: `group: ${action.groupId} is not a group` }
      : shape,
  setNwTtl: needs("ip"),
  decNwTtl: needs("ip"),
  setField: checkSetField,
  pushPbb: unchanged,
  popPbb: unchanged,
  regMove: checkRegMove,
  regLoad: checkRegLoad,
  ...extensionRules({
    needs: (what, name, shape) =>
      meets(shape, name) ? undefined : { ...lacks(what, name), error: "OFPBAC_MATCH_INCONSISTENT" },
    field: refusedSubfield,
    setField: checkSetField,
    actions: checkActions,
  }),
  experimenter: unchanged,
  raw: unchanged,
};

/** What is inside another type isn't known any more. */
function withEthType({ tags, untagged }: PacketShape, ethType: number): PacketShape {
  return { ethType, tags, untagged };
}

function checkOutput({ port }: OutputAction, shape: PacketShape): ActionVerdict {
  const known = port <= lastOrdinaryPort || (port >= Port.inPort && port <= Port.local);
  return known
    ? shape
    : { error: "OFPBAC_BAD_OUT_PORT", reason: `output: ${port} is not a port packets can go to` };
}

/** Headers of fields that have a name: what still comes raw under them is a value the field can't have. */
const knownHeaders: ReadonlySet<number> = new Set(
  oxmFields.map(
    ({ wire: [{ class: oxmClass, number, bytes }], bytes: size }) =>
      oxmClass * 0x1_0000 + number * 0x200 + (bytes ?? size),
  ),
);
const unsettable: Inconsistency = {
  error: "OFPBAC_BAD_SET_ARGUMENT",
  reason: "setField: the field can't have this value",
};

function checkSetField({ oxm }: SetFieldAction, shape: PacketShape): ActionVerdict {
  if (oxm.field === "raw") return knownHeaders.has(oxm.header) ? unsettable : shape;
  const field = oxmFieldByName.get(oxm.field);
  if (field === undefined) return shape;
  if (oxm.field === "inPort" && oxm.wireName === undefined) {
    const reason = "setField inPort: Open vSwitch takes it as load to NXM_OF_IN_PORT only";
    return { error: "OFPBAC_BAD_SET_ARGUMENT", reason };
  }
  if (!field.writable) return readOnly(field.name);
  const missing = missingToSet(field, shape);
  if (missing !== undefined) {
    return { ...lacks(`setField ${field.name}`, missing), error: "OFPBAC_MATCH_INCONSISTENT" };
  }
  if (oxm.mask !== undefined) {
    return {
      error: "OFPBAC_BAD_SET_MASK",
      reason: `setField ${field.name}: OpenFlow 1.3 sets whole fields only`,
    };
  }
  if (oxm.value === "none") {
    return {
      error: "OFPBAC_BAD_SET_ARGUMENT",
      reason: "setField vlanVid: a tag can't be set to none; pop it",
    };
  }
  return shape;
}

function checkRegMove({ src, dst }: RegMoveAction, shape: PacketShape): ActionVerdict {
  return refusedSubfield(src, shape, "read") ?? refusedSubfield(dst, shape, "moved") ?? shape;
}

function checkRegLoad({ dst, value, ofs }: RegLoadAction, shape: PacketShape): ActionVerdict {
  const refused = refusedSubfield(dst, shape, "loaded");
  if (refused !== undefined) return refused;
  if (dst !== "NXM_OF_VLAN_TCI") return shape;
  // Open vSwitch judges by the loaded bits alone: whoever loads other bits than CFI is taken to clear it.
  const tagged = ((value << BigInt(ofs)) & cfi) !== 0n;
  return { ...shape, tags: tagged ? 1 : 0, untagged: !tagged };
}

const fieldBySubfield: ReadonlyMap<SubfieldName, OxmField> = new Map(
  oxmFields.flatMap((field) => field.wire.map((wire) => [wire.name, field] as const)),
);

function refusedSubfield(
  name: SubfieldName,
  shape: PacketShape,
  use: "read" | "moved" | "loaded",
): Inconsistency | undefined {
  const field = fieldBySubfield.get(name);
  if (field === undefined) return undefined;
  if (use !== "read" && !field.writable) return readOnly(field.name);
  const missing = use === "loaded" ? missingToSet(field, shape) : missingFor(field, shape);
  return missing === undefined
    ? undefined
    : { ...lacks(String(name), missing), error: "OFPBAC_MATCH_INCONSISTENT" };
}

function lacks(what: string, missing: PrerequisiteName): Omit<Inconsistency, "error"> {
  return { reason: `${what} needs ${missing} in the match`, missing };
}

function readOnly(name: string): Inconsistency {
  return { error: "OFPBAC_BAD_SET_ARGUMENT", reason: `setField ${name}: this field can't be set` };
}

function badType(what: string, etherType: number): Inconsistency {
  return {
    error: "OFPBAC_BAD_ARGUMENT",
    reason: `${what}: 0x${etherType.toString(16)} is not a type that can be pushed`,
  };
}
