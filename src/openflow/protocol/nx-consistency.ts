// What a switch would refuse Open vSwitch's own actions for, and what they leave behind of a packet. The rules of all
// actions are handed in: ct and clone hold others, and fields are judged the same way everywhere.
import type { Action, ExtensionAction, SetFieldAction } from "./actions.ts";
import type { ActionVerdict, Inconsistency } from "./consistency.ts";
import type { LegacyAction } from "./legacy-actions.ts";
import { type CtAction, CtFlag, type NatAction } from "./nx-ct.ts";
import type { CopyFieldAction, NxFieldAction } from "./nx-field-actions.ts";
import type { NxPlainAction } from "./nx-plain-actions.ts";
import type { PrerequisiteName } from "./oxm-field.ts";
import { meets, type PacketShape } from "./packet-shape.ts";
import type { SubfieldName } from "./subfields.ts";

/** How actions and fields are judged. */
export interface Judges {
  readonly needs: (what: string, name: PrerequisiteName, shape: PacketShape) => Inconsistency | undefined;
  readonly field: (
    name: SubfieldName,
    shape: PacketShape,
    use: "read" | "moved" | "loaded",
  ) => Inconsistency | undefined;
  readonly setField: (action: SetFieldAction, shape: PacketShape) => ActionVerdict;
  readonly actions: (actions: readonly Action[], shape: PacketShape) => Inconsistency | undefined;
}

type Rule<A> = (action: A, shape: PacketShape) => ActionVerdict;
type RulesOf<A extends ExtensionAction> = {
  readonly [T in A["type"]]: Rule<Extract<ExtensionAction, { type: T }>>;
};

const NSH = 0x894f;
const ETHERNET_TYPES = 1;
/** A ct action has 16 bits for its zone. */
const zoneBits = 16;

const unchanged: Rule<ExtensionAction> = (_action, shape) => shape;

function refused(error: string, reason: string): Inconsistency {
  return { error, reason };
}

/** The rules of Open vSwitch's own actions and of the deprecated ones. */
export function extensionRules(judges: Judges): RulesOf<ExtensionAction> {
  const needing =
    (name: PrerequisiteName): Rule<ExtensionAction> =>
    ({ type }, shape) =>
      judges.needs(type, name, shape) ?? shape;
  return {
    ...plainRules(needing),
    ...fieldRules(judges),
    ...legacyRules(needing),
    ct: (action, shape) => ctFault(action, shape, judges) ?? shape,
    nat: (action, shape) => natFault(action, shape) ?? shape,
    clone: ({ actions }, shape) => judges.actions(actions, shape) ?? shape,
    learn: checkLearn,
    learn2: checkLearn,
    decTtlCntIds: needing("ip"),
    controller2: unchanged,
    encap: ({ newPacketType }, shape) => {
      const isEtherType = newPacketType >>> 16 === ETHERNET_TYPES;
      return isEtherType ? { ethType: newPacketType & 0xffff, tags: 0, untagged: true } : shape;
    },
    sample4: checkSample,
  };
}

/** Actions that run in lists alone: an action set has no place for them. */
const listsOnly: ReadonlySet<Action["type"]> = new Set<Action["type"]>([
  "popQueue",
  "exit",
  "ctClear",
  "note",
  "clone",
  "bundleLoad",
  "multipath",
  "sample3",
  "controller",
  "controller2",
  "learn",
  "learn2",
  "stackPush",
  "stackPop",
  "outputReg",
  "checkPktLarger",
  "finTimeout",
]);

/** Why a switch refuses the action in an action set, whatever the packet is. */
export function refusedInSets({ type }: Action): Inconsistency | undefined {
  return listsOnly.has(type) ? refused("OFPBAC_BAD_TYPE", `${type} can't stand in an action set`) : undefined;
}

type Needing = (name: PrerequisiteName) => Rule<ExtensionAction>;

function plainRules(needing: Needing): RulesOf<NxPlainAction> {
  return {
    resubmit: unchanged,
    resubmitTable: unchanged,
    resubmitTableCt: (_action, shape) =>
      shape.tracked === true
        ? shape
        : refused("OFPBAC_MATCH_INCONSISTENT", "resubmit with ct needs ct_state=+trk in the match"),
    setTunnel: unchanged,
    setTunnel64: unchanged,
    note: unchanged,
    finTimeout: needing("tcp"),
    writeMetadata: unchanged,
    conjunction: checkConjunction,
    outputTrunc: unchanged,
    sample: checkSample,
    sample2: checkSample,
    sample3: checkSample,
    decap: () => ({ tags: 0, untagged: false }),
    controller: unchanged,
    popQueue: unchanged,
    exit: unchanged,
    ctClear: unchanged,
    decNshTtl: ({ type }, shape) =>
      shape.ethType === NSH
        ? shape
        : refused("OFPBAC_MATCH_INCONSISTENT", `${type} needs dl_type=0x894f in the match`),
    debugSlow: unchanged,
    debugRecirc: unchanged,
  };
}

function fieldRules(judges: Judges): RulesOf<NxFieldAction | CopyFieldAction> {
  return {
    regLoad2: ({ oxm }, shape) => {
      const { mask: _, ...exact } = oxm.field === "raw" ? { ...oxm, mask: undefined } : oxm;
      return judges.setField({ type: "setField", oxm: exact }, shape);
    },
    copyField: ({ src, dst }, shape) =>
      judges.field(src, shape, "read") ?? judges.field(dst, shape, "moved") ?? shape,
    stackPush: ({ field }, shape) => judges.field(field, shape, "read") ?? shape,
    stackPop: ({ field }, shape) => judges.field(field, shape, "moved") ?? shape,
    outputReg: ({ src }, shape) => judges.field(src.name, shape, "read") ?? shape,
    outputReg2: ({ src }, shape) => judges.field(src.name, shape, "read") ?? shape,
    checkPktLarger: ({ dst }, shape) => judges.field(dst, shape, "moved") ?? shape,
    deleteField: unchanged,
    multipath: ({ dst }, shape) => judges.field(dst.name, shape, "moved") ?? shape,
    bundle: unchanged,
    bundleLoad: ({ dst }, shape) => judges.field(dst.name, shape, "moved") ?? shape,
  };
}

const transport: Rule<ExtensionAction> = ({ type }, shape) =>
  (["tcp", "udp", "sctp"] as const).some((name) => meets(shape, name))
    ? shape
    : refused("OFPBAC_MATCH_INCONSISTENT", `${type} needs tcp, udp or sctp in the match`);

function legacyRules(needing: Needing): RulesOf<LegacyAction> {
  return {
    setVlanVid: needing("vlan"),
    setVlanPcp: needing("vlan"),
    setDlSrc: unchanged,
    setDlDst: unchanged,
    setNwSrc: needing("ipv4"),
    setNwDst: needing("ipv4"),
    setNwTos: needing("ip"),
    setNwEcn: needing("ip"),
    setTpSrc: transport,
    setTpDst: transport,
    setMplsLabel: needing("mpls"),
    setMplsTc: needing("mpls"),
  };
}

function checkConjunction(
  { nClauses, clause }: { nClauses: number; clause: number },
  shape: PacketShape,
): ActionVerdict {
  return nClauses < 2 || nClauses > 64 || clause >= nClauses
    ? refused("OFPBAC_BAD_ARGUMENT", `conjunction: there is no clause ${clause + 1} of ${nClauses}`)
    : shape;
}

function checkSample({ probability }: { probability: number }, shape: PacketShape): ActionVerdict {
  return probability === 0
    ? refused("OFPBAC_BAD_ARGUMENT", "sample: a probability of 0 samples nothing")
    : shape;
}

function checkLearn({ tableId }: { tableId: number }, shape: PacketShape): ActionVerdict {
  return tableId === 0xff ? refused("OFPBAC_BAD_ARGUMENT", "learn: there is no table 255") : shape;
}

/** The protocols whose connections the helpers follow. */
const helperProtocols: ReadonlyMap<number, PrerequisiteName> = new Map([
  [21, "tcp"],
  [69, "udp"],
]);

function ctFault(action: CtAction, shape: PacketShape, judges: Judges): Inconsistency | undefined {
  const { flags, zone, alg, actions } = action;
  const protocol = helperProtocols.get(alg);
  const commits = (flags & CtFlag.commit) !== 0;
  if ((flags & CtFlag.force) !== 0 && !commits) {
    return refused("OFPBAC_MATCH_INCONSISTENT", "ct: force needs commit");
  }
  if (typeof zone !== "number" && zone.nBits !== zoneBits) {
    return refused("OFPBAC_BAD_SET_LEN", `ct: a zone has ${zoneBits} bits, not ${zone.nBits}`);
  }
  if (!commits && actions.some((one) => one.type !== "nat" || one.flags !== 0)) {
    return refused("OFPBAC_BAD_ARGUMENT", "ct: what is written into the connection needs commit");
  }
  return (
    judges.needs("ct", "ip", shape) ??
    (protocol === undefined ? undefined : judges.needs("ct", protocol, shape)) ??
    (typeof zone === "number" ? undefined : judges.field(zone.name, shape, "read")) ??
    judges.actions(actions, shape)
  );
}

function natFault({ ipv4Min, ipv6Min }: NatAction, shape: PacketShape): Inconsistency | undefined {
  const name = ipv4Min !== undefined ? "ipv4" : ipv6Min !== undefined ? "ipv6" : "ip";
  return meets(shape, name)
    ? undefined
    : { error: "OFPBAC_MATCH_INCONSISTENT", reason: `nat needs ${name} in the match`, missing: name };
}
