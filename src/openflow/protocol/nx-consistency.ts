// What Open vSwitch's own actions need to be known of the packet, and what they leave behind. The rules of all actions
// are handed in: ct and clone hold others, and fields are judged the same way everywhere.
import type { Action, ExtensionAction } from "./actions.ts";
import { type ActionVerdict, type Inconsistency, isRefused, lacks, refused } from "./inconsistency.ts";
import { learnFit } from "./learn-fit.ts";
import type { LegacyAction } from "./legacy-actions.ts";
import { type CtAction, CtFlag, type NatAction } from "./nx-ct.ts";
import type { CopyFieldAction, NxFieldAction } from "./nx-field-actions.ts";
import type { EncapAction } from "./nx-listed-actions.ts";
import type { NxPlainAction } from "./nx-plain-actions.ts";
import type { OxmField, PrerequisiteName } from "./oxm-field.ts";
import { oxmFieldByName } from "./oxm-fields.ts";
import { meets, type PacketShape, startingWith, taggedBy } from "./packet-shape.ts";
import type { SubfieldName } from "./subfields.ts";

/** How actions and fields are judged. */
export interface Judges {
  readonly field: (name: SubfieldName, shape: PacketShape) => Inconsistency | undefined;
  readonly setField: (field: OxmField, shape: PacketShape, what: string) => Inconsistency | undefined;
  readonly after: (shape: PacketShape, action: Action) => ActionVerdict;
}

type Rule<A> = (action: A, shape: PacketShape) => ActionVerdict;
type RulesOf<A extends ExtensionAction> = {
  readonly [T in A["type"]]: Rule<Extract<ExtensionAction, { type: T }>>;
};

const ETHERNET_TYPES = 1;
/** What a packet begins with of which nobody knows what it begins with. */
const UNKNOWN = 0xffff_ffff;
const lastOrdinaryPort = 0xfeff;
const [inPort16, local16] = [0xfff8, 0xfffe];

const unchanged: Rule<ExtensionAction> = (_action, shape) => shape;

/** Refuses the list at its end where none of `names` is met. */
const needing =
  (...names: readonly [PrerequisiteName, ...PrerequisiteName[]]): Rule<ExtensionAction> =>
  ({ type }, shape) =>
    names.some((name) => meets(shape, name)) ? shape : { ...lacks(type, names[0]), after: shape };

/** The rules of Open vSwitch's own actions and of the deprecated ones. */
export function extensionRules(judges: Judges): RulesOf<ExtensionAction> {
  return {
    ...plainRules(),
    ...fieldRules(judges),
    ...legacyRules(),
    ct: (action, shape) => ctFault(action, shape, judges) ?? shape,
    nat: (action, shape) => natFault(action, shape) ?? shape,
    clone: ({ actions }, shape) => cloneVerdict(actions, shape, judges),
    learn: ({ specs }, shape) => learnFit(specs, shape, judges) ?? shape,
    learn2: ({ specs }, shape) => learnFit(specs, shape, judges) ?? shape,
    decTtlCntIds: needing("ip"),
    controller2: unchanged,
    encap: afterEncap,
    sample4: unchanged,
  };
}

function plainRules(): RulesOf<NxPlainAction> {
  return {
    resubmit: unchanged,
    resubmitTable: unchanged,
    resubmitTableCt: (_action, shape) => (meets(shape, "ct") ? shape : lacks("resubmit with ct", "ct")),
    setTunnel: unchanged,
    setTunnel64: unchanged,
    note: unchanged,
    finTimeout: needing("tcp"),
    writeMetadata: unchanged,
    conjunction: unchanged,
    outputTrunc: ({ port }, shape) =>
      port <= lastOrdinaryPort || (port >= inPort16 && port <= local16)
        ? shape
        : refused("OFPBAC_BAD_OUT_PORT", `outputTrunc: ${port} is not a port packets can go to`),
    sample: unchanged,
    sample2: unchanged,
    sample3: unchanged,
    decap: afterDecap,
    controller: unchanged,
    popQueue: unchanged,
    exit: unchanged,
    ctClear: unchanged,
    decNshTtl: needing("nsh"),
    debugSlow: unchanged,
    debugRecirc: unchanged,
  };
}

function fieldRules({ field, setField }: Judges): RulesOf<NxFieldAction | CopyFieldAction> {
  return {
    regLoad2: ({ oxm }, shape) => {
      const known = oxmFieldByName.get(oxm.field);
      const fault = known === undefined ? undefined : setField(known, shape, `regLoad2 ${known.name}`);
      return fault ?? (oxm.field === "vlanTci" ? taggedBy(shape, oxm.value) : shape);
    },
    copyField: ({ src, dst }, shape) => field(src, shape) ?? field(dst, shape) ?? shape,
    stackPush: (action, shape) => field(action.field, shape) ?? shape,
    stackPop: (action, shape) => field(action.field, shape) ?? shape,
    outputReg: ({ src }, shape) => field(src.name, shape) ?? shape,
    outputReg2: ({ src }, shape) => field(src.name, shape) ?? shape,
    checkPktLarger: unchanged,
    deleteField: (action, shape) =>
      /TUN_METADATA/.test(String(action.field))
        ? shape
        : refused(
            "OFPBAC_BAD_ARGUMENT",
            `deleteField: ${action.field} is no tunnel option, and only those can go`,
          ),
    multipath: ({ dst }, shape) => field(dst.name, shape) ?? shape,
    bundle: unchanged,
    bundleLoad: ({ dst }, shape) => field(dst.name, shape) ?? shape,
  };
}

function legacyRules(): RulesOf<LegacyAction> {
  const transport = needing("tcp", "udp", "sctp");
  return {
    setVlanVid: needingTag,
    setVlanPcp: needingTag,
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

/** Whoever writes into a tag is taken to have one from there on. */
function needingTag({ type }: ExtensionAction, shape: PacketShape): ActionVerdict {
  if (shape.tags > 0) return shape;
  return { ...lacks(type, "vlan"), after: { ...shape, tags: 1, untagged: false } };
}

function afterEncap({ newPacketType }: EncapAction, shape: PacketShape): ActionVerdict {
  return startingWith(shape, newPacketType);
}

function afterDecap(_action: ExtensionAction, shape: PacketShape): ActionVerdict {
  if (shape.packetType !== undefined) return { tags: 0, untagged: false, packetType: UNKNOWN };
  const inner = shape.ethType === undefined ? UNKNOWN : ETHERNET_TYPES * 0x10000 + shape.ethType;
  return startingWith(shape, inner);
}

/** A clone works on a copy: nothing of what it does is left behind. */
function cloneVerdict(actions: readonly Action[], before: PacketShape, { after }: Judges): ActionVerdict {
  let shape = before;
  let soft: Inconsistency | undefined;
  for (const action of actions) {
    const verdict = after(shape, action);
    if (isRefused(verdict)) {
      if (verdict.after === undefined) return verdict;
      soft ??= verdict;
      shape = verdict.after;
    } else {
      shape = verdict;
    }
  }
  return soft === undefined ? before : { ...soft, after: before };
}

/** The protocols whose connections the helpers follow. */
const helperProtocols: ReadonlyMap<number, PrerequisiteName> = new Map([
  [21, "tcp"],
  [69, "udp"],
]);

function ctFault(action: CtAction, shape: PacketShape, judges: Judges): Inconsistency | undefined {
  const { flags, zone, alg, actions } = action;
  const commits = (flags & CtFlag.commit) !== 0;
  const protocol = helperProtocols.get(alg);
  const missing = (["ip", protocol] as const).find((name) => name !== undefined && !meets(shape, name));
  if (missing !== undefined) return lacks("ct", missing);
  if (commits && shape.invalid === true) {
    return refused(
      "OFPBAC_MATCH_INCONSISTENT",
      "ct: an invalid connection can't be committed",
      "match ct_state=-inv",
    );
  }
  // Where a field has the zone, Open vSwitch doesn't look at what ct holds.
  if (typeof zone !== "number") return judges.field(zone.name, shape);
  return actions.map((one) => judges.after(shape, one)).find(isRefused);
}

function natFault({ ipv4Min, ipv6Min }: NatAction, shape: PacketShape): Inconsistency | undefined {
  const name = ipv4Min !== undefined ? "ipv4" : ipv6Min !== undefined ? "ipv6" : "ip";
  return meets(shape, name) ? undefined : lacks("nat", name);
}
