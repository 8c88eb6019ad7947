// What Open vSwitch refuses an action for by itself, whatever the packets are: arguments out of their range, bits that a
// field doesn't have, fields that can't be written.
import { parseIpv4 } from "../wire/addresses.ts";
import type { Action, RegLoadAction, RegMoveAction } from "./actions.ts";
import { type Inconsistency, refused } from "./inconsistency.ts";
import type { LegacyAction } from "./legacy-actions.ts";
import { type CtAction, CtFlag, type NatAction, NatFlag } from "./nx-ct.ts";
import type { BundleAction, BundleLoadAction, CopyFieldAction, MultipathAction } from "./nx-field-actions.ts";
import type { LearnSpec } from "./nx-learn.ts";
import type { Controller2Action, EncapAction } from "./nx-listed-actions.ts";
import { Port } from "./ports.ts";
import { fieldNamed, readFault, readOnly, setFault, unknownFault, writeFault } from "./subfield-form.ts";
import { type SubfieldName, subfieldByName } from "./subfields.ts";

type Form<A> = (action: A) => Inconsistency | undefined;
type Forms = { readonly [T in Action["type"]]?: Form<Extract<Action, { type: T }>> };

/** Why a switch refuses the action by itself, and those in it by themselves. */
export function formFault(action: Action): Inconsistency | undefined {
  return (forms[action.type] as Form<Action> | undefined)?.(action);
}

/** A ct action has 16 bits for its zone, a bundle for its port. */
const shortBits = 16;
const etherBytes = 14;
/** Ordinary ports end here at OpenFlow 1.0, which Open vSwitch's own actions count by. */
const maxPort16 = 0xff00;
const in16 = { inPort: 0xfff8, controller: 0xfffd, local: 0xfffe, none: 0xffff } as const;
/** Ethernet, NSH, and MPLS twice. */
const encapTypes: ReadonlySet<number> = new Set([0, 0x1_894f, 0x1_8847, 0x1_8848]);
/** The most that the old actions set, where a part of their bits counts. */
const greatest = {
  setVlanVid: 0xfff,
  setVlanPcp: 7,
  setNwEcn: 3,
} as const;

const forms: Forms = {
  output: ({ port }) =>
    port < maxPort16 || (port >= Port.inPort && port <= Port.local)
      ? undefined
      : badPort("output", port, "ports are below 0xff00, reserved ones as in Port"),
  pushVlan: ({ etherType }) =>
    etherType === 0x8100 || etherType === 0x88a8
      ? undefined
      : badType("pushVlan", etherType, "0x8100 or 0x88a8"),
  pushMpls: ({ etherType }) =>
    etherType === 0x8847 || etherType === 0x8848
      ? undefined
      : badType("pushMpls", etherType, "0x8847 or 0x8848"),
  setField: ({ oxm }) =>
    oxm.field === "inPort" && oxm.wireName === undefined
      ? refused(
          "OFPBAC_BAD_SET_ARGUMENT",
          "setField inPort: Open vSwitch takes it as load to NXM_OF_IN_PORT only",
          "write a regLoad to NXM_OF_IN_PORT",
        )
      : setFault(oxm, "setField", false),
  regLoad2: ({ oxm }) => setFault(oxm, "regLoad2", true),
  regLoad: loadFault,
  regMove: moveFault,
  copyField: moveFault,
  stackPush: ({ field, ofs, nBits }) => readFault({ name: field, ofs, nBits }, "OFPBMC_BAD_FIELD"),
  stackPop: ({ field, ofs, nBits }) => writeFault({ name: field, ofs, nBits }, "OFPBMC_BAD_FIELD"),
  outputReg: ({ src }) => readFault(src, "OFPBAC_BAD_SET_TYPE"),
  outputReg2: ({ src }) => readFault(src, "OFPBMC_BAD_FIELD"),
  checkPktLarger: ({ dst, ofs }) => writeFault({ name: dst, ofs, nBits: 1 }, "OFPBMC_BAD_FIELD"),
  deleteField: ({ field }) => readFault({ name: field, ofs: 0, nBits: 1 }, "OFPBMC_BAD_FIELD"),
  multipath: multipathFault,
  bundle: bundleFault,
  bundleLoad: ({ dst, ...rest }) =>
    unknownFault(dst.name, "OFPBAC_BAD_SET_TYPE") ??
    (dst.nBits < shortBits ? badArgument("bundleLoad: a port takes 16 bits") : undefined) ??
    writeFault(dst, "OFPBAC_BAD_SET_TYPE") ??
    membersFault(rest),
  outputTrunc: ({ maxLen }) =>
    maxLen < etherBytes
      ? badArgument(`outputTrunc: ${maxLen} bytes are less than an Ethernet header's ${etherBytes}`)
      : undefined,
  sample: sampleFault,
  sample2: sampleFault,
  sample3: (action) =>
    sampleFault(action) ??
    (action.direction > 2 ? badArgument(`sample3: there is no direction ${action.direction}`) : undefined),
  sample4: sampleFault,
  conjunction: ({ clause, nClauses }) =>
    nClauses < 2 || nClauses > 64 || clause >= nClauses
      ? refused("NXBAC_BAD_CONJUNCTION", `conjunction: there is no clause ${clause + 1} of ${nClauses}`)
      : undefined,
  learn: ({ tableId, flags, specs }) => learnFault(tableId, flags, 0x3) ?? specsFault(specs),
  learn2: ({ tableId, flags, specs, result }) =>
    learnFault(tableId, flags, 0x7) ?? (result && resultFault(result.name)) ?? specsFault(specs),
  ct: ctFault,
  nat: natFault,
  controller2: controllerFault,
  encap: encapFault,
  ...legacyForms(),
};

function badArgument(reason: string, hint?: string): Inconsistency {
  return refused("OFPBAC_BAD_ARGUMENT", reason, hint);
}

function badType(what: string, etherType: number, right: string): Inconsistency {
  return badArgument(
    `${what}: 0x${etherType.toString(16)} is not a type that can be pushed`,
    `write ${right}`,
  );
}

function badPort(what: string, port: number, hint?: string): Inconsistency {
  return refused("OFPBAC_BAD_OUT_PORT", `${what}: ${port} is not a port packets can go to`, hint);
}

function loadFault({ dst, ofs, nBits, value }: RegLoadAction): Inconsistency | undefined {
  const fault = writeFault({ name: dst, ofs, nBits }, "OFPBAC_BAD_SET_TYPE");
  if (fault !== undefined) return fault;
  return value >> BigInt(nBits) === 0n
    ? undefined
    : badArgument(`regLoad: ${value} has more bits than the ${nBits} that are loaded`);
}

function moveFault({
  src,
  srcOfs,
  dst,
  dstOfs,
  nBits,
}: RegMoveAction | CopyFieldAction): Inconsistency | undefined {
  const [from, to] = [
    { name: src, ofs: srcOfs, nBits },
    { name: dst, ofs: dstOfs, nBits },
  ];
  const unknown = unknownFault(src, "OFPBMC_BAD_FIELD") ?? unknownFault(dst, "OFPBMC_BAD_FIELD");
  return unknown ?? readFault(from, "OFPBMC_BAD_FIELD") ?? writeFault(to, "OFPBMC_BAD_FIELD");
}

function multipathFault({ fields, algorithm, maxLink, dst }: MultipathAction): Inconsistency | undefined {
  const unknown = unknownFault(dst.name, "OFPBAC_BAD_SET_TYPE");
  if (unknown !== undefined) return unknown;
  if (typeof fields === "number") return badArgument(`multipath: no hash has the number ${fields}`);
  if (typeof algorithm === "number")
    return badArgument(`multipath: no algorithm has the number ${algorithm}`);
  const bits = Math.ceil(Math.log2(maxLink + 1));
  return (
    (dst.nBits < bits ? badArgument(`multipath: ${maxLink + 1} links take ${bits} bits`) : undefined) ??
    writeFault(dst, "OFPBAC_BAD_SET_TYPE")
  );
}

type BundleArguments = Omit<BundleAction | BundleLoadAction, "dst">;

function bundleFault(action: BundleAction): Inconsistency | undefined {
  return bundleArguments(action) ?? membersFault(action);
}

function bundleArguments({ type, fields, algorithm }: BundleAction): Inconsistency | undefined {
  if (typeof fields === "number") return badArgument(`${type}: no hash has the number ${fields}`);
  return typeof algorithm === "number"
    ? badArgument(`${type}: no algorithm has the number ${algorithm}`)
    : undefined;
}

function membersFault({ type, members }: BundleArguments): Inconsistency | undefined {
  const wrong = members.find((port) => port === in16.controller || (port >= maxPort16 && port < in16.inPort));
  return wrong === undefined ? undefined : badPort(type, wrong);
}

function sampleFault({
  type,
  probability,
}: {
  type: string;
  probability: number;
}): Inconsistency | undefined {
  return probability === 0 ? badArgument(`${type}: a probability of 0 samples nothing`) : undefined;
}

function learnFault(tableId: number, flags: number, known: number): Inconsistency | undefined {
  if ((flags & ~known) !== 0) return badArgument(`learn: 0x${flags.toString(16)} has flags nobody knows`);
  return tableId === 0xff ? badArgument("learn: there is no table 255") : undefined;
}

/** Fields that learned flows copy or write have to be known when the action is read. */
function specsFault(specs: readonly LearnSpec[]): Inconsistency | undefined {
  for (const spec of specs) {
    const source = "value" in spec.src ? undefined : learnedFault(spec.src.name);
    const fault = source ?? (spec.type === "output" ? undefined : learnedFault(spec.dst.name));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function resultFault(name: SubfieldName): Inconsistency | undefined {
  const unknown = unknownFault(name, "OFPBMC_BAD_FIELD");
  if (unknown !== undefined) return unknown;
  return fieldNamed(name)?.writable === false ? readOnly(`learn: ${name}`) : undefined;
}

/** Specifications have four bytes for a field's header, which those of experimenters don't fit in. */
function learnedFault(name: SubfieldName): Inconsistency | undefined {
  return subfieldByName.get(String(name))?.experimenter === undefined
    ? unknownFault(name, "OFPBAC_BAD_SET_TYPE")
    : refused("OFPBAC_BAD_SET_TYPE", `learn: ${name} can't be named in what is learned`);
}

function ctFault({ flags, zone, actions }: CtAction): Inconsistency | undefined {
  const commits = (flags & CtFlag.commit) !== 0;
  if ((flags & CtFlag.force) !== 0 && !commits) return badArgument("ct: force needs commit");
  return (
    (typeof zone === "number" ? undefined : zoneFault(zone)) ??
    firstFault(actions) ??
    executedFault(actions) ??
    (!commits && actions.some((one) => one.type !== "nat" || isMapping(one))
      ? badArgument("ct: what is written into the connection needs commit", "set CtFlag.commit")
      : undefined)
  );
}

function zoneFault(zone: Exclude<CtAction["zone"], number>): Inconsistency | undefined {
  return (
    readFault(zone, "OFPBAC_BAD_SET_TYPE") ??
    (zone.nBits === shortBits
      ? undefined
      : refused("OFPBAC_BAD_SET_LEN", `ct: a zone has ${shortBits} bits, not ${zone.nBits}`))
  );
}

function firstFault(actions: readonly Action[]): Inconsistency | undefined {
  for (const action of actions) {
    const fault = formFault(action);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What a ct action may hold: nat, and writing to what connections keep. */
function executedFault(actions: readonly Action[]): Inconsistency | undefined {
  const other = actions.find((action) => action.type !== "nat" && !writesConnection(action));
  return other === undefined
    ? undefined
    : badArgument(`ct: ${other.type} can't stand in it; nat can, and setting ctMark or ctLabel`);
}

const kept: ReadonlySet<string> = new Set(["ctMark", "ctLabel", "NXM_NX_CT_MARK", "NXM_NX_CT_LABEL"]);

/** Whether an action writes to what a connection keeps, which it can do in a ct action alone. */
export function writesConnection(action: Action): boolean {
  const { type } = action;
  if (type === "setField" || type === "regLoad2") return kept.has(action.oxm.field);
  const isCopy = type === "regLoad" || type === "regMove" || type === "copyField";
  return isCopy && kept.has(String(action.dst));
}

function hasRange({ ipv4Min, ipv4Max, ipv6Min, ipv6Max, protoMin, protoMax }: NatAction): boolean {
  return [ipv4Min, ipv4Max, ipv6Min, ipv6Max, protoMin, protoMax].some((one) => one !== undefined);
}

function isMapping(action: NatAction): boolean {
  return action.flags !== 0 || hasRange(action);
}

const choices = NatFlag.protoHash | NatFlag.protoRandom;
const directions = NatFlag.src | NatFlag.dst;
const natFlags = 0x1f;

function natFault(action: NatAction): Inconsistency | undefined {
  const { flags } = action;
  if ((flags & ~natFlags) !== 0) return badArgument(`nat: 0x${flags.toString(16)} has flags nobody knows`);
  if ((flags & directions) === directions) return badArgument("nat: src and dst don't go together");
  if ((flags & choices) === choices) return badArgument("nat: ports go by hash or at random, not both");
  return natRangeFault(action);
}

function natRangeFault(action: NatAction): Inconsistency | undefined {
  const { ipv4Min, ipv4Max, ipv6Min, protoMin, protoMax = 0xffff } = action;
  if (ipv4Min !== undefined && ipv6Min !== undefined) {
    return badArgument("nat: addresses are of IPv4 or of IPv6, not both");
  }
  if (ipv4Min !== undefined && ipv4Max !== undefined && parseIpv4(ipv4Min) > parseIpv4(ipv4Max)) {
    return badArgument(`nat: ${ipv4Min} to ${ipv4Max} is no range of addresses`);
  }
  if (protoMin === undefined) return undefined;
  if (ipv4Min === undefined && ipv6Min === undefined) return badArgument("nat: ports need an address");
  return protoMin > protoMax
    ? badArgument(`nat: ${protoMin} to ${protoMax} is no range of ports`)
    : undefined;
}

function controllerFault({ properties }: Controller2Action): Inconsistency | undefined {
  const unknown = properties.find((property) => property.type === "raw");
  return unknown === undefined
    ? undefined
    : refused("OFPBPC_BAD_TYPE", "controller2: there is a property nobody knows");
}

function encapFault({ newPacketType }: EncapAction): Inconsistency | undefined {
  return encapTypes.has(newPacketType)
    ? undefined
    : refused("NXBAC_BAD_HEADER_TYPE", `encap: there is no header of type 0x${newPacketType.toString(16)}`);
}

function upTo(most: number): Form<Extract<LegacyAction, { value: number }>> {
  return ({ type, value }) =>
    value > most ? badArgument(`${type}: ${value} is more than ${most}`) : undefined;
}

function legacyForms(): Forms {
  return {
    setVlanVid: upTo(greatest.setVlanVid),
    setVlanPcp: upTo(greatest.setVlanPcp),
    setNwEcn: upTo(greatest.setNwEcn),
    setNwTos: ({ value }) =>
      (value & 3) === 0 ? undefined : badArgument(`setNwTos: ${value} has bits of the ECN`),
  };
}
