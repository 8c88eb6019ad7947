// Random flows that a switch would take: a protocol, fields whose prerequisites it meets, actions that fit the packets.
import fc from "fast-check";
import type {
  Action,
  FlowMod,
  FlowModCommand,
  Instruction,
  LearnSpec,
  Match,
  NamedOxm,
} from "../../../src/openflow/index.ts";
import { flowMod } from "../../../src/openflow/index.ts";
import { checkMatch, isRefused, shapeAfter } from "../../../src/openflow/protocol/consistency.ts";
import { canonicalMatch } from "../../../src/openflow/protocol/match.ts";
import type { OxmField } from "../../../src/openflow/protocol/oxm-field.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import { meets, type PacketShape, shapeOfMatch } from "../../../src/openflow/protocol/packet-shape.ts";
import { subfields } from "../../../src/openflow/protocol/subfields.ts";
import { type Bits, exactMask, oxmOfBits } from "../../../src/openflow/text/field-text.ts";
import { allOnes } from "../../../src/openflow/text/number-text.ts";
import { wholeToken } from "../../../src/openflow/text/scanner.ts";
import { parseSubfield, type SubfieldRange } from "../../../src/openflow/text/subfield-text.ts";

/** What random flows are made of. */
export interface Vocabulary {
  readonly fields: readonly OxmField[];
  readonly subfields: readonly SubfieldRange[];
  readonly actions: readonly fc.Arbitrary<Action>[];
  /** Whether instructions may be of a kind nobody knows. */
  readonly unknown: boolean;
  /** Whether flows may point to groups and meters that nobody made. */
  readonly dangling: boolean;
}

const said: ReadonlySet<string> = new Set(["ethType", "ipProto", "icmpv6Type", "vlanVid"]);

/** Ports that ovs-ofctl can name: ordinary ones, and the reserved ones. */
const port = fc.oneof(fc.integer({ min: 0, max: 0xfeff }), fc.integer({ min: 0xfffffff8, max: 0xfffffffe }));

const vlan: fc.Arbitrary<Match> = fc.oneof(
  fc.constant([]),
  fc.constant<Match>([{ field: "vlanVid", value: "none" }]),
  fc.integer({ min: 0, max: 4095 }).map((value): Match => [{ field: "vlanVid", value }]),
  fc
    .tuple(fc.integer({ min: 0, max: 4095 }), fc.integer({ min: 0, max: 4094 }))
    .map(([value, mask]): Match => [{ field: "vlanVid", value: value & mask, mask }]),
);

const protocol: fc.Arbitrary<Match> = fc.oneof(
  fc.constant([]),
  fc.integer({ min: 0, max: 0xffff }).map((value): Match => [{ field: "ethType", value }]),
  fc
    .constantFrom(0x0806, 0x8035, 0x8847, 0x8848, 0x88e7, 0x894f)
    .map((value): Match => [{ field: "ethType", value }]),
  fc
    .tuple(
      fc.constantFrom(0x0800, 0x86dd),
      fc.oneof(fc.constantFrom(1, 6, 17, 58, 132), fc.integer({ min: 0, max: 255 })),
    )
    .map(
      ([ethType, ipProto]): Match => [
        { field: "ethType", value: ethType },
        { field: "ipProto", value: ipProto },
      ],
    ),
  fc.constantFrom(135, 136).map(
    (icmpv6Type): Match => [
      { field: "ethType", value: 0x86dd },
      { field: "ipProto", value: 58 },
      { field: "icmpv6Type", value: icmpv6Type },
    ],
  ),
);

/** A packet that belongs to a connection, and perhaps the connection's protocol. */
const connection: fc.Arbitrary<Match> = fc
  .tuple(
    fc.constantFrom(0x01, 0x02, 0x22, 0x2a, 0x80),
    fc.integer({ min: 0, max: 0xff }),
    fc.constantFrom(undefined, 1, 6, 17, 132),
  )
  .map(
    ([state, asked, proto]): Match => [
      { field: "ctState", value: state, mask: state | asked },
      ...(proto === undefined ? [] : [{ field: "ctNwProto", value: proto } as const]),
    ],
  );

const nothing = fc.constant<Match>([]);

/** Bits of fields that can't have any. */
const bounded: Readonly<Record<string, fc.Arbitrary<Bits>>> = {
  arpOp: exactly(fc.integer({ min: 0, max: 0xff }), 16),
  nwTos: exactly(
    fc.integer({ min: 0, max: 63 }).map((dscp) => dscp * 4),
    8,
  ),
  nshTtl: exactly(fc.integer({ min: 0, max: 63 }), 8),
  nshMdtype: exactly(fc.constantFrom(1, 2), 8),
  // Values and masks that ovs-ofctl has words for.
  ipFrag: fc
    .constantFrom(
      ...([
        [0, 3],
        [1, 1],
        [1, 3],
        [3, 3],
        [0, 2],
      ] as const),
    )
    .map(bitsOf),
  // The mask isn't printed.
  tunGbpFlags: exactly(fc.integer({ min: 0, max: 255 }), 8),
  ...Object.fromEntries(
    ["tunErspanVer", "tunGtpuFlags", "tunGtpuMsgtype"].map((name) => [
      name,
      fc.integer({ min: 1, max: 255 }).map((value) => bitsOf([value, value])),
    ]),
  ),
};

function bitsOf([value, mask]: readonly [number, number]): Bits {
  return { value: BigInt(value), mask: BigInt(mask) };
}

function exactly(values: fc.Arbitrary<number>, bits: number): fc.Arbitrary<Bits> {
  return values.map((value) => ({ value: BigInt(value), mask: allOnes(bits) }));
}

/** A tunnel option of one size or another, or the question whether it is there. */
function option(field: OxmField): fc.Arbitrary<Bits> {
  return fc.oneof(
    fc.bigInt({ min: 0n, max: allOnes(64) }).map((value) => ({ value, mask: exactMask(field) })),
    fc.bigInt({ min: 0n, max: allOnes(320) }).map((value) => ({ value, mask: exactMask(field) })),
    fc.constant({ value: 0n, mask: 0n }),
  );
}

function fieldWith(field: OxmField, masked: boolean): fc.Arbitrary<NamedOxm> {
  const special = field.kind === "bytes" ? option(field) : bounded[field.name];
  if (special !== undefined && masked) return special.map((bits) => oxmOfBits(field, bits));
  if (field.format === "port") return port.map((value) => ({ field: field.name, value }) as NamedOxm);
  const bits = fc.bigInt({ min: 0n, max: allOnes(field.bits) });
  const whole = fc.constant(exactMask(field));
  const mask = masked && field.maskable ? fc.oneof(whole, bits) : whole;
  return fc
    .tuple(bits, mask)
    .filter(([, chosen]) => chosen !== 0n)
    .map(([value, chosen]) => oxmOfBits(field, { value: value & chosen, mask: chosen }));
}

/** Consistent matches on these fields, in the order of the wire. */
export function matchesOn(allowed: readonly OxmField[]): fc.Arbitrary<Match> {
  const tracks = allowed.some(({ name }) => name === "ctState");
  return fc
    .tuple(protocol, vlan, tracks ? fc.oneof(nothing, connection) : nothing)
    .chain(([first, tag, ct]) => {
      const base = [...first, ...tag, ...ct];
      const shape = shapeOfMatch(base);
      const possible = allowed.filter(
        ({ name, prerequisite }) =>
          !said.has(name) &&
          name !== "ctState" &&
          name !== "ctNwProto" &&
          // The ports of connections without a protocol aren't printed.
          (!name.startsWith("ctTp") || ct.length > 1) &&
          (prerequisite === undefined || meets(shape, prerequisite)),
      );
      return fc
        .subarray(possible, { maxLength: Math.min(6, possible.length) })
        .chain((fields) => fc.tuple(...fields.map((field) => fieldWith(field, true))))
        .map((oxms) => canonicalMatch([...base, ...oxms]))
        .filter((match) => checkMatch(match) === undefined);
    });
}

/** Subfields under the names ovs-ofctl writes. */
const namedSubfields = subfields
  .filter(
    ({ name, bits, experimenter }) =>
      !/REG(?:8|9|\d\d)$/.test(name) && bits <= 128 && experimenter === undefined,
  )
  .flatMap(({ name }) => [parseSubfield(wholeToken(name))].filter((range) => range.name === name));

function rangesOf(known: readonly SubfieldRange[]): fc.Arbitrary<SubfieldRange> {
  return fc
    .constantFrom(...known)
    .chain(({ name, nBits }) =>
      fc
        .tuple(fc.integer({ min: 0, max: nBits - 1 }), fc.integer({ min: 1, max: 64 }))
        .map(([ofs, width]) => ({ name, ofs, nBits: Math.min(width, nBits - ofs) })),
    );
}

/** Loads and moves between these. Marks and labels of connections are written within ct alone. */
function registerActions(known: readonly SubfieldRange[]): fc.Arbitrary<Action> {
  const ranges = rangesOf(known);
  const targets = rangesOf(known.filter(({ name }) => !/^NXM_NX_CT_(?:MARK|LABEL)$/.test(String(name))));
  const loads = targets.chain(({ name, ofs, nBits }) =>
    fc
      .bigInt({ min: 0n, max: allOnes(nBits) })
      .map((value): Action => ({ type: "regLoad", ofs, nBits, dst: name, value })),
  );
  const moves = fc.tuple(ranges, targets).map(([src, dst]): Action => {
    const nBits = Math.min(src.nBits, dst.nBits);
    return { type: "regMove", nBits, srcOfs: src.ofs, dstOfs: dst.ofs, src: src.name, dst: dst.name };
  });
  return fc.oneof(loads, moves);
}

const byte = fc.integer({ min: 0, max: 255 });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const data = (sizes: readonly number[]): fc.Arbitrary<Uint8Array> =>
  fc.constantFrom(...sizes).chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));

function setFieldsOf(allowed: readonly OxmField[]): fc.Arbitrary<Action> {
  return fc.oneof(
    fc
      .constantFrom(...allowed.filter(({ name, writable }) => writable && name !== "vlanVid"))
      .chain((field) => fieldWith(field, false))
      .map((oxm): Action => ({ type: "setField", oxm })),
    fc
      .integer({ min: 0, max: 4095 })
      .map((value): Action => ({ type: "setField", oxm: { field: "vlanVid", value } })),
  );
}

/** Actions that Open vSwitch has. */
const commonActions: readonly fc.Arbitrary<Action>[] = [
  port.map((number): Action => ({ type: "output", port: number, maxLen: number === 0xfffffffd ? 128 : 0 })),
  fc.constantFrom("decMplsTtl", "popVlan", "decNwTtl").map((type): Action => ({ type })),
  byte.map((ttl): Action => ({ type: "setMplsTtl", ttl })),
  byte.map((ttl): Action => ({ type: "setNwTtl", ttl })),
  fc.constantFrom(0x8100, 0x88a8).map((etherType): Action => ({ type: "pushVlan", etherType })),
  fc.constantFrom(0x8847, 0x8848).map((etherType): Action => ({ type: "pushMpls", etherType })),
  fc.integer({ min: 0, max: 0xffff }).map((etherType): Action => ({ type: "popMpls", etherType })),
  u32.map((queueId): Action => ({ type: "setQueue", queueId })),
];

/** Actions that Open vSwitch doesn't take in an action set. */
const inListsOnly: ReadonlySet<Action["type"]> = new Set<Action["type"]>([
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
  "decTtlCntIds",
]);

const port16 = fc.oneof(fc.integer({ min: 1, max: 0xfeff }), fc.constant(0xfffe));
const whole = { ofs: 0, nBits: 32 };
const zone = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }),
  fc.constant({ name: "NXM_NX_REG3", ofs: 8, nBits: 16 }),
);
const nats: fc.Arbitrary<Action[]> = fc.constantFrom<Action[]>(
  [],
  [{ type: "nat", flags: 0 }],
  [{ type: "nat", flags: 1, ipv4Min: "10.0.0.1", ipv4Max: "10.0.0.9", protoMin: 1024, protoMax: 2048 }],
  [{ type: "nat", flags: 0x12, ipv4Min: "10.0.0.1" }],
  [{ type: "nat", flags: 5, ipv6Min: "2001:db8::1", protoMin: 53 }],
);

/** Open vSwitch's own actions, as ovs-ofctl writes them. */
const nxActions: readonly fc.Arbitrary<Action>[] = [
  fc.tuple(port16, byte).map(([inPort, tableId]): Action => ({ type: "resubmitTable", inPort, tableId })),
  fc.constantFrom("popQueue", "exit", "ctClear").map((type): Action => ({ type })),
  fc
    .uint8Array({ minLength: 6, maxLength: 6 })
    .map((data): Action => ({ type: "note", data: Uint8Array.from(data) })),
  fc
    .tuple(fc.constantFrom(0, 1), zone, fc.integer({ min: 0, max: 253 }), nats)
    .map(([flags, from, recircTable, actions]): Action => {
      const commits = flags === 1 || actions.some((one) => one.type === "nat" && one.flags !== 0);
      return { type: "ct", flags: commits ? 1 : 0, zone: from, recircTable, alg: 0, actions };
    }),
  fc.tuple(port16, fc.integer({ min: 14, max: 1500 })).map(
    ([member, maxLen]): Action => ({
      type: "clone",
      actions: [{ type: "outputTrunc", port: member, maxLen }],
    }),
  ),
  fc.tuple(fc.array(port16, { maxLength: 9 }), fc.constantFrom("hrw", "activeBackup")).map(
    ([members, algorithm]): Action => ({
      type: "bundleLoad",
      algorithm,
      fields: "symmetricL3",
      basis: 7,
      members,
      dst: { name: "NXM_NX_REG1", ...whole },
    }),
  ),
  fc.integer({ min: 0, max: 0xffff }).map(
    (maxLink): Action => ({
      type: "multipath",
      fields: "symmetricL3l4Udp",
      basis: 1,
      algorithm: "iterHash",
      maxLink,
      arg: 5,
      dst: { name: "NXM_NX_REG2", ...whole },
    }),
  ),
  fc.tuple(fc.integer({ min: 1, max: 0xffff }), port16, fc.constantFrom(1, 2)).map(
    ([probability, samplingPort, direction]): Action => ({
      type: "sample3",
      probability,
      collectorSetId: 1,
      obsDomainId: 2,
      obsPointId: 3,
      samplingPort,
      direction,
    }),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map(
    (userdata): Action => ({
      type: "controller2",
      properties: [
        { type: "reason", reason: 2 },
        { type: "userdata", userdata: Uint8Array.from(userdata) },
        { type: "pause" },
      ],
    }),
  ),
  fc
    .tuple(
      fc.integer({ min: 0, max: 254 }),
      fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([tableId, value, limit]): Action => {
      const fixed = {
        idleTimeout: 5,
        hardTimeout: 0,
        priority: 9,
        cookie: value,
        flags: limit % 4,
        tableId,
        finIdleTimeout: 0,
        finHardTimeout: limit,
      };
      const specs: LearnSpec[] = [
        {
          type: "match",
          nBits: 48,
          src: { name: "NXM_OF_ETH_SRC", ofs: 0 },
          dst: { name: "NXM_OF_ETH_DST", ofs: 0 },
        },
        { type: "match", nBits: 12, src: { value: value % 4096n }, dst: { name: "NXM_OF_VLAN_TCI", ofs: 0 } },
        { type: "load", nBits: 32, src: { value }, dst: { name: "NXM_NX_REG1", ofs: 0 } },
        { type: "output", nBits: 16, src: { name: "NXM_OF_IN_PORT", ofs: 0 } },
      ];
      return limit === 0 ? { type: "learn", ...fixed, specs } : { type: "learn2", ...fixed, limit, specs };
    }),
  fc.constantFrom<Action>(
    { type: "stackPush", field: "NXM_NX_REG0", ofs: 3, nBits: 9 },
    { type: "stackPop", field: "NXM_NX_REG4", ...whole },
    { type: "outputReg", src: { name: "NXM_NX_REG5", ofs: 16, nBits: 16 }, maxLen: 0xffff },
    { type: "checkPktLarger", packetLength: 1500, dst: "NXM_NX_REG6", ofs: 31 },
    { type: "decTtlCntIds", controllerIds: [1, 65535, 7] },
    { type: "finTimeout", finIdleTimeout: 5, finHardTimeout: 10 },
    { type: "controller", maxLen: 65535, controllerId: 3, reason: 1 },
  ),
];

const groups = fc.integer({ min: 0, max: 0xfffffeff }).map((groupId): Action => ({ type: "group", groupId }));

/** Actions that only OpenFlow has, or nobody. */
const strangeActions: readonly fc.Arbitrary<Action>[] = [
  fc.constantFrom("copyTtlOut", "copyTtlIn", "popPbb").map((type): Action => ({ type })),
  fc.integer({ min: 0, max: 0xffff }).map((etherType): Action => ({ type: "pushPbb", etherType })),
  fc
    .tuple(
      u32.filter((id) => id !== 0x2320),
      data([0, 8, 16]),
    )
    .map(([experimenter, bytes]): Action => ({ type: "experimenter", experimenter, data: bytes })),
  fc
    .tuple(fc.integer({ min: 30, max: 0xfffe }), data([4, 12]))
    .map(([number, bytes]): Action => ({ type: "raw", number, data: bytes })),
];

/** Fields whose text is that of others, or says less than they can: wide registers, the TCI, Ethernet packets. */
const translated =
  /^(?:xreg|xxreg|vlanTci|nwTos|packetType|tunErspan|tunGtpu|tunFlags|ctTp|ctNwProto|ctState|ipFrag)/;
const ownText = oxmFields.filter(({ name, newer }) => newer === undefined && !translated.test(name));
/** Marks and labels of connections are set within ct alone. */
const settable = ownText.filter(({ name }) => !name.startsWith("ct"));

/** Everything this version has a structure for. */
export const everything: Vocabulary = {
  fields: ownText,
  subfields: namedSubfields,
  actions: [
    ...commonActions,
    ...nxActions,
    ...strangeActions,
    groups,
    setFieldsOf(settable),
    registerActions(namedSubfields),
  ],
  unknown: true,
  dangling: true,
};

/** Fields Open vSwitch doesn't have, and one of which it keeps half. */
const strangeFields: ReadonlySet<string> = new Set(["inPhyPort", "pbbIsid", "ipv6Exthdr", "arpOp"]);
/** Extensions that every packet may have, and that Open vSwitch 3.1 prints as they are. */
const plainExtensions =
  /^(?:reg(?:\d|1[0-5])|pktMark|conjId|ctMark|ctLabel|tunSrc|tunDst|tunIpv6Src|tunGbpId|nwTtl|mplsTtl)$/;
const isBasic = ({ wire: [wire] }: OxmField): boolean => wire.class === 0x8000 && wire.number < 40;
const knownFields = oxmFields.filter(
  (field) => !strangeFields.has(field.name) && (isBasic(field) || plainExtensions.test(field.name)),
);
const knownSubfields = namedSubfields.filter(({ name }) =>
  /^(?:NXM_NX_REG|NXM_OF_(?:ETH|IP|TCP|UDP|ARP)_(?:SRC|DST|SPA|TPA)$|NXM_NX_TUN_ID|OXM_OF_METADATA)/.test(
    String(name),
  ),
);

/** What ovs-ofctl and Open vSwitch know as well. */
export const openVSwitchKnows: Vocabulary = {
  fields: knownFields,
  subfields: knownSubfields,
  actions: [
    ...commonActions,
    ...nxActions,
    groups,
    setFieldsOf(knownFields.filter((field) => settable.includes(field))),
    registerActions(knownSubfields),
  ],
  unknown: false,
  dangling: true,
};

/** Fields that Open vSwitch 3.1 reads and doesn't print. */
const unprinted = /^(?:nshC\d|tunErspan(?:Idx|Dir|Hwid)|inPhyPort|pbbIsid|ipv6Exthdr)$/;

/** What Open vSwitch 3.1 prints: in matches, nearly every field it has. */
export const openVSwitchPrints: Vocabulary = {
  ...openVSwitchKnows,
  fields: oxmFields.filter(({ name, newer }) => newer === undefined && !unprinted.test(name)),
};

/** What a bare Open vSwitch bridge installs. */
export const openVSwitchInstalls: Vocabulary = {
  ...openVSwitchKnows,
  actions: [
    ...commonActions,
    ...nxActions,
    setFieldsOf(knownFields.filter((field) => settable.includes(field))),
    registerActions(knownSubfields),
  ],
  dangling: false,
};

/** Of random actions those that the switch would take where they stand. */
function fitting(actions: readonly Action[], before: PacketShape): Action[] {
  let shape = before;
  return actions.filter((action) => {
    const verdict = shapeAfter(shape, action);
    if (isRefused(verdict)) return false;
    shape = verdict;
    return true;
  });
}

const u64 = fc.bigInt({ min: 0n, max: allOnes(64) });

/** Nothing, or sometimes something where that is wanted. */
function sometimes<T>(wanted: boolean, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return wanted ? fc.option(arbitrary) : fc.constant(null);
}

/** Instructions in their order, that fit packets of `match` in table `tableId`. */
function instructionsFor(vocabulary: Vocabulary, match: Match, tableId: number): fc.Arbitrary<Instruction[]> {
  const shape = shapeOfMatch(match);
  const someActions = fc.array(fc.oneof(...vocabulary.actions), { maxLength: 8 });
  return fc
    .record({
      meterId: sometimes(vocabulary.dangling, fc.integer({ min: 1, max: 0xffff0000 })),
      applied: someActions,
      clear: fc.boolean(),
      written: someActions,
      metadata: fc.option(fc.tuple(u64, u64)),
      experimenter: sometimes(vocabulary.unknown, fc.tuple(u32, data([0, 8]))),
      raw: sometimes(vocabulary.unknown, fc.tuple(fc.integer({ min: 7, max: 0xfffe }), data([4, 12]))),
      target: fc.option(fc.integer({ min: tableId + 1, max: 255 })),
    })
    .map(({ meterId, applied, clear, written, metadata, experimenter, raw, target }) => {
      const list: Instruction[] = [];
      const actions = fitting(applied, shape);
      let after = shape;
      for (const action of actions) after = shapeAfter(after, action) as PacketShape;
      const set = fitting(written, after).filter(({ type }) => !inListsOnly.has(type));
      if (meterId !== null) list.push({ type: "meter", meterId });
      if (actions.length > 0) list.push({ type: "applyActions", actions });
      if (clear) list.push({ type: "clearActions" });
      if (set.length > 0) list.push({ type: "writeActions", actions: set });
      if (metadata !== null) list.push({ type: "writeMetadata", metadata: metadata[0], mask: metadata[1] });
      if (experimenter !== null)
        list.push({ type: "experimenter", experimenter: experimenter[0], data: experimenter[1] });
      if (raw !== null) list.push({ type: "raw", number: raw[0], data: raw[1] });
      if (target !== null) list.push({ type: "gotoTable", tableId: target });
      return list;
    });
}

const u16 = fc.integer({ min: 0, max: 0xffff });
const writing = new Set<FlowModCommand>(["add", "modify", "modifyStrict"]);

/** Flow mods of these commands, with what each command can say. */
export function flowModsOf(
  vocabulary: Vocabulary,
  commands: readonly FlowModCommand[] = ["add", "modify", "modifyStrict", "delete", "deleteStrict"],
): fc.Arbitrary<FlowMod> {
  return fc
    .record({
      command: fc.constantFrom(...commands),
      tableId: fc.integer({ min: 0, max: 253 }),
      match: matchesOn(vocabulary.fields),
      cookie: u64,
      cookieMask: u64,
      priority: u16,
      idleTimeout: u16,
      hardTimeout: u16,
      flags: fc.integer({ min: 0, max: 31 }),
      outPort: port,
      outGroup: u32,
    })
    .chain((given) => {
      const instructions = writing.has(given.command)
        ? instructionsFor(vocabulary, given.match, given.tableId)
        : fc.constant<Instruction[]>([]);
      return instructions.map((list) => flowMod({ ...sayable(given), instructions: list }));
    });
}

/** Leaves out what the command has no words for. */
function sayable(
  given: Partial<FlowMod> & { command: FlowModCommand; cookie: bigint; cookieMask: bigint },
): Partial<FlowMod> {
  const { command, cookie, cookieMask, tableId = 0, match = [] } = given;
  const filter = { cookie: cookie & cookieMask, cookieMask };
  const priority = command === "delete" ? {} : { priority: given.priority ?? 0 };
  if (writing.has(command)) {
    const { idleTimeout = 0, hardTimeout = 0, flags = 0 } = given;
    const marks = command === "add" ? { cookie } : filter;
    return { command, tableId, match, ...marks, ...priority, idleTimeout, hardTimeout, flags };
  }
  const { outPort = 0, outGroup = 0 } = given;
  return { command, tableId, match, ...filter, ...priority, outPort, outGroup };
}
