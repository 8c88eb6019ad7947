// Random messages that a switch may take or refuse: flows that would be right, with something wrong in every other one.
import fc, { type Arbitrary } from "fast-check";
import type {
  Action,
  Bucket,
  FlowMod,
  GroupMod,
  Instruction,
  Match,
  MessageInput,
  MeterBand,
  MeterMod,
  Oxm,
} from "../../../src/openflow/index.ts";
import { flowMod } from "../../../src/openflow/index.ts";
import { canonicalMatch } from "../../../src/openflow/protocol/match.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import { subfields } from "../../../src/openflow/protocol/subfields.ts";
import { matchesOn, openVSwitchKnows } from "../text/flows.ts";
import { oxmOf } from "./arbitraries.ts";

/** Fields that came after Open vSwitch 3.1, and tunnel options, whose being there is a matter of the switch's table. */
const known = oxmFields.filter(({ name, newer }) => newer !== true && !name.startsWith("tunMetadata"));
const knownNames: ReadonlySet<string> = new Set(known.flatMap(({ wire }) => wire.map(({ name }) => name)));
const places = subfields.filter(({ name }) => knownNames.has(name));

const byte = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const ports = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(1, 2, 0xffff_fff8, 0xffff_fffa, 0xffff_fffd) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0xfeff, 0xff00, 0xfff8, 0x1_0000, 0xffff_feff, 0xffff_ffff) },
);

const ctState: Arbitrary<Oxm> = fc
  .tuple(byte, byte)
  .filter(([, mask]) => mask !== 0)
  .map(([value, mask]): Oxm => ({ field: "ctState", value: value & mask, mask }));

/** Any field: one in four of connections, of which there are few. */
const oxm: Arbitrary<Oxm> = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(...known.map(oxmOf)) },
  {
    weight: 1,
    arbitrary: fc.oneof(ctState, ...known.filter(({ name }) => name.startsWith("ct")).map(oxmOf)),
  },
);

/** A match that is right, and then perhaps one with a field too many, too few, twice or out of its place. */
const matches: Arbitrary<Match> = fc.oneof(
  { weight: 4, arbitrary: matchesOn(openVSwitchKnows.fields) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(matchesOn(openVSwitchKnows.fields), ctState)
      .map(([match, state]) => canonicalMatch([...match, state])),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(matchesOn(known), fc.array(oxm, { maxLength: 2 }))
      .map(([match, more]) => canonicalMatch([...match, ...more])),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(matchesOn(openVSwitchKnows.fields), oxm, fc.nat(8))
      .map(([match, one, at]) => match.toSpliced(at, 0, one)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(matchesOn(openVSwitchKnows.fields), fc.nat(8))
      .map(([match, at]) => match.toSpliced(at, 1)),
  },
);

interface Range {
  readonly name: string;
  readonly ofs: number;
  readonly nBits: number;
}

/** Bits of a field: mostly such as it has. */
function rangeIn(within: readonly (typeof places)[number][]): Arbitrary<Range> {
  return fc.constantFrom(...within).chain(({ name, bits }) =>
    fc.oneof(
      { weight: 2, arbitrary: fc.constant({ name, ofs: 0, nBits: Math.min(bits, 64) }) },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.nat(Math.max(bits - 1, 0)), fc.integer({ min: 1, max: 32 }))
          .map(([ofs, width]) => ({ name, ofs, nBits: Math.max(1, Math.min(width, bits - ofs)) })),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          name: fc.constant(name),
          ofs: fc.nat(64),
          nBits: fc.integer({ min: 1, max: 64 }),
        }),
      },
    ),
  );
}

const narrow = places.filter(({ experimenter }) => experimenter === undefined);
const registers = narrow.filter(({ name }) => /^NXM_NX_REG\d$|METADATA|TUN_ID/.test(name));
const tracked = narrow.filter(({ name }) => /_CT_/.test(name));
const some = (within: readonly (typeof places)[number][]): Arbitrary<Range> =>
  fc.oneof(
    { weight: 3, arbitrary: rangeIn(registers) },
    { weight: 3, arbitrary: rangeIn(within) },
    { weight: 1, arbitrary: rangeIn(tracked) },
  );
const range = some(narrow);
const wideRange = some(places);

const load: Arbitrary<Action> = fc
  .tuple(range, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), byte)
  .map(([at, value, odd]) => ({
    type: "regLoad",
    dst: at.name,
    ofs: at.ofs,
    nBits: at.nBits,
    value: odd < 240 ? value & ((1n << BigInt(at.nBits)) - 1n) : value,
  }));

const move: Arbitrary<Action> = fc
  .tuple(fc.constantFrom("regMove" as const, "copyField" as const), wideRange, wideRange, byte)
  .map(([type, src, dst, odd]): Action => {
    const nBits = odd < 230 ? Math.min(src.nBits, dst.nBits) : src.nBits;
    return { type, nBits, srcOfs: src.ofs, dstOfs: dst.ofs, src: src.name, dst: dst.name };
  });

/** Tags written as a whole, which says whether there is one. */
const tci: Arbitrary<Oxm> = fc
  .constantFrom(0, 5, 0x1000, 0x1005, 0xf005)
  .map((value): Oxm => ({ field: "vlanTci", value }));

const setField: Arbitrary<Action> = fc.oneof({ weight: 9, arbitrary: oxm }, tci).map((one): Action => {
  if (one.field === "raw") return { type: "setField", oxm: one };
  const { mask: _, ...exact } = one;
  return { type: "setField", oxm: exact as Oxm };
});

const spec = fc.oneof(
  fc.tuple(range, range, fc.constantFrom("match" as const, "load" as const)).map(([src, dst, type]) => ({
    type,
    nBits: Math.min(src.nBits, dst.nBits),
    src: { name: src.name, ofs: src.ofs },
    dst: { name: dst.name, ofs: dst.ofs },
  })),
  fc.tuple(range, fc.constantFrom("match" as const, "load" as const), u16).map(([dst, type, value]) => ({
    type,
    nBits: dst.nBits,
    src: { value: BigInt(value) & ((1n << BigInt(dst.nBits)) - 1n) },
    dst: { name: dst.name, ofs: dst.ofs },
  })),
  range.map((src) => ({
    type: "output" as const,
    nBits: src.nBits,
    src: { name: src.name, ofs: src.ofs },
  })),
  fc.constantFrom(
    { type: "match" as const, nBits: 16, src: { value: 0x0800n }, dst: { name: "NXM_OF_ETH_TYPE", ofs: 0 } },
    { type: "match" as const, nBits: 8, src: { value: 6n }, dst: { name: "NXM_OF_IP_PROTO", ofs: 0 } },
    {
      type: "match" as const,
      nBits: 16,
      src: { name: "NXM_OF_TCP_SRC", ofs: 0 },
      dst: { name: "NXM_OF_TCP_DST", ofs: 0 },
    },
    {
      type: "match" as const,
      nBits: 32,
      src: { name: "NXM_OF_IP_SRC", ofs: 0 },
      dst: { name: "NXM_OF_IP_DST", ofs: 0 },
    },
  ),
);

const learn: Arbitrary<Action> = fc
  .record({
    type: fc.constantFrom("learn" as const, "learn2" as const),
    idleTimeout: u16,
    hardTimeout: u16,
    priority: u16,
    cookie: fc.constant(5n),
    flags: fc.oneof({ weight: 9, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(9) }),
    tableId: fc.oneof({ weight: 9, arbitrary: fc.nat(253) }, { weight: 1, arbitrary: fc.nat(255) }),
    finIdleTimeout: u16,
    finHardTimeout: u16,
    specs: fc.array(spec, { maxLength: 3 }),
    limit: fc.nat(3),
    result: fc.option(range, { nil: undefined }),
  })
  .map(({ limit, result, type, flags, ...rest }): Action => {
    if (type === "learn") return { type, flags, ...rest };
    // One flag says that there is a result.
    if (result === undefined) return { type, ...rest, flags: flags & ~4, limit };
    return { type, ...rest, flags: flags | 4, limit, result: { name: result.name, ofs: result.ofs } };
  });

const nat = fc
  .record({
    type: fc.constant("nat" as const),
    flags: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(0, 1, 2, 5, 0x0a) },
      { weight: 1, arbitrary: fc.nat(64) },
    ),
    range: fc.constantFrom(
      {},
      {},
      { ipv4Min: "10.0.0.1" },
      { ipv4Min: "10.0.0.1", ipv4Max: "10.0.0.9", protoMin: 5, protoMax: 9 },
      { ipv4Min: "10.0.0.9", ipv4Max: "10.0.0.1" },
      { ipv6Min: "2001:db8::1" },
      { ipv6Min: "2001:db8::1", ipv4Min: "10.0.0.1" },
      { protoMin: 9, protoMax: 5 },
      { protoMin: 9 },
    ),
  })
  .map(({ range: within, ...rest }): Action => ({ ...rest, ...within }));

const executed = fc.oneof(
  nat,
  fc.constantFrom<Action>(
    { type: "regLoad", dst: "NXM_NX_CT_MARK", ofs: 0, nBits: 32, value: 1n },
    { type: "setField", oxm: { field: "ctMark", value: 7 } },
    { type: "regMove", nBits: 32, src: "NXM_NX_REG1", srcOfs: 0, dst: "NXM_NX_CT_LABEL", dstOfs: 0 },
    { type: "regLoad2", oxm: { field: "ctMark", value: 4, mask: 6 } },
    { type: "regLoad", dst: "NXM_NX_REG1", ofs: 0, nBits: 32, value: 1n },
    { type: "decNwTtl" },
    { type: "output", port: 1, maxLen: 0 },
  ),
);

const ct: Arbitrary<Action> = fc.record({
  type: fc.constant("ct" as const),
  flags: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(0, 1, 1, 3) }, { weight: 1, arbitrary: fc.nat(9) }),
  zone: fc.oneof(
    { weight: 2, arbitrary: u16 },
    { weight: 1, arbitrary: rangeIn(registers).map((one) => ({ ...one, nBits: 16 })) },
    { weight: 1, arbitrary: range },
  ),
  recircTable: fc.oneof(fc.constant(255), fc.nat(255)),
  alg: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(21, 69, 80) },
  ),
  actions: fc.array(executed, { maxLength: 2 }),
});

const conjunction: Arbitrary<Action> = fc.record({
  type: fc.constant("conjunction" as const),
  clause: fc.nat(4),
  nClauses: fc.constantFrom(0, 1, 2, 3, 4, 5, 64, 65),
  id: u32,
});

/** Actions one by one, each of which some list takes. */
const single: Arbitrary<Action> = fc.oneof(
  ports.map((port): Action => ({ type: "output", port, maxLen: 0 })),
  load,
  move,
  setField,
  learn,
  ct,
  nat,
  conjunction,
  oxm.map((one): Action => ({ type: "regLoad2", oxm: one })),
  fc
    .tuple(fc.constantFrom("stackPush" as const, "stackPop" as const), wideRange)
    .map(([type, at]): Action => ({ type, field: at.name, ofs: at.ofs, nBits: at.nBits })),
  fc
    .tuple(fc.constantFrom("outputReg" as const, "outputReg2" as const), range)
    .map(([type, src]): Action => ({ type, src, maxLen: 9 })),
  fc
    .tuple(u16, wideRange)
    .map(
      ([packetLength, at]): Action => ({ type: "checkPktLarger", packetLength, dst: at.name, ofs: at.ofs }),
    ),
  fc.constantFrom(...places).map(({ name }): Action => ({ type: "deleteField", field: name })),
  fc
    .tuple(
      range,
      fc.constantFrom<Extract<Action, { type: "multipath" }>["fields"]>(
        "ethSrc",
        "symmetricL4",
        "symmetricL3l4",
        9,
      ),
      fc.constantFrom<Extract<Action, { type: "multipath" }>["algorithm"]>("moduloN", "hrw", "iterHash", 4),
      fc.constantFrom(0, 3, 0xff, 0xffff),
    )
    .map(
      ([dst, fields, algorithm, maxLink]): Action => ({
        type: "multipath",
        fields,
        basis: 0,
        algorithm,
        maxLink,
        arg: 1,
        dst,
      }),
    ),
  fc
    .tuple(
      fc.constantFrom("bundle" as const, "bundleLoad" as const),
      range,
      fc.array(fc.constantFrom(1, 2, 0, 0xff00, 0xfff8, 0xffff, 0xfffd, 0xfffe), { maxLength: 3 }),
      fc.constantFrom<"hrw" | "activeBackup" | number>("hrw", "activeBackup", 2),
      fc.constantFrom<Extract<Action, { type: "bundle" }>["fields"]>("ethSrc", "symmetricL3l4", 9),
    )
    .map(([type, dst, members, algorithm, fields]): Action => {
      const common = { algorithm, fields, basis: 0, members };
      return type === "bundle" ? { type, ...common } : { type, ...common, dst };
    }),
  fc
    .tuple(fc.constantFrom(0, 1, 2, 0xff00, 0xfff8, 0xfff9, 0xfffa, 0xfffd, 0xfffe, 0xffff), fc.nat(20))
    .map(([port, maxLen]): Action => ({ type: "outputTrunc", port, maxLen })),
  fc
    .tuple(
      fc.constantFrom("resubmitTable" as const, "resubmitTableCt" as const),
      fc.constantFrom(0, 1, 0xff00, 0xfff8, 0xffff),
      byte,
    )
    .map(([type, inPort, tableId]): Action => ({ type, inPort, tableId })),
  fc
    .tuple(
      fc.constantFrom("sample" as const, "sample2" as const, "sample3" as const),
      fc.constantFrom(0, 1, 0xffff),
      fc.constantFrom(0, 1, 0xff00, 0xfff8, 0xffff),
      fc.nat(3),
    )
    .map(([type, probability, samplingPort, direction]): Action => {
      const common = { probability, collectorSetId: 1, obsDomainId: 1, obsPointId: 1 };
      if (type === "sample") return { type, ...common };
      return type === "sample2"
        ? { type, ...common, samplingPort }
        : { type, ...common, samplingPort, direction };
    }),
  fc
    .constantFrom("pushVlan" as const, "pushMpls" as const, "popMpls" as const, "pushPbb" as const)
    .chain((type) =>
      fc
        .constantFrom(0x8100, 0x88a8, 0x8847, 0x8848, 0x0800, 0x86dd, 0x9100)
        .map((etherType): Action => ({ type, etherType })),
    ),
  fc
    .constantFrom(
      "setVlanVid" as const,
      "setVlanPcp" as const,
      "setNwSrc" as const,
      "setNwDst" as const,
      "setNwTos" as const,
      "setNwEcn" as const,
      "setTpSrc" as const,
      "setTpDst" as const,
      "setMplsLabel" as const,
      "setMplsTc" as const,
    )
    .chain((type) => fc.constantFrom(0, 1, 4, 5, 7, 8, 64, 255).map((value): Action => ({ type, value }))),
  fc
    .constantFrom<Action["type"]>(
      "copyTtlOut",
      "copyTtlIn",
      "decMplsTtl",
      "popVlan",
      "decNwTtl",
      "popPbb",
      "popQueue",
      "exit",
      "ctClear",
      "decNshTtl",
    )
    .map((type) => ({ type }) as Action),
  fc
    .tuple(byte, fc.constantFrom("setMplsTtl" as const, "setNwTtl" as const))
    .map(([ttl, type]): Action => ({ type, ttl })),
  fc
    .constantFrom(0, 0x1894f, 0x18847, 0x18848, 0x10800, 0x1ffff, 0x20000, 0xffff_ffff)
    .map((newPacketType): Action => ({ type: "encap", headerSize: 0, newPacketType, properties: [] })),
  fc
    .constantFrom(0, 0x1894f, 0x1fffe, 0xffff, 0xffff_fffe, 0x1_ffff)
    .map((newPacketType): Action => ({ type: "decap", newPacketType })),
  fc.constantFrom<Action>(
    { type: "finTimeout", finIdleTimeout: 5, finHardTimeout: 0 },
    { type: "controller", maxLen: 10, controllerId: 0, reason: 1 },
    { type: "controller", maxLen: 10, controllerId: 0, reason: 9 },
    { type: "controller2", properties: [{ type: "pause" }] },
    { type: "controller2", properties: [{ type: "raw", number: 9, data: new Uint8Array() }] },
    { type: "decTtlCntIds", controllerIds: [1] },
    { type: "decTtlCntIds", controllerIds: [] },
    { type: "writeMetadata", metadata: 5n, mask: 1n },
    { type: "note", data: new Uint8Array(6) },
    { type: "setQueue", queueId: 5 },
    { type: "setTunnel", tunnelId: 5 },
    { type: "resubmit", inPort: 0xff00 },
    { type: "resubmit", inPort: 1 },
    { type: "experimenter", experimenter: 0x1234, data: new Uint8Array() },
    { type: "experimenter", experimenter: 0x2320, data: Uint8Array.of(0, 200, 0, 0, 0, 0, 0, 0) },
    { type: "raw", number: 99, data: new Uint8Array(4) },
    { type: "group", groupId: 0xffff_ffff },
    { type: "group", groupId: 7 },
  ),
);

/** The same within clones. */
const nested: Arbitrary<Action> = fc
  .array(single, { maxLength: 2 })
  .map((actions) => ({ type: "clone", actions }));
const right: Arbitrary<Action> = fc.oneof(...openVSwitchKnows.actions);
/** Short lists, so that what is wrong with one action isn't hidden behind another. */
const lists: Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 3, arbitrary: single },
    { weight: 1, arbitrary: nested },
  ),
  { minLength: 1, maxLength: 3 },
);

const instruction: Arbitrary<Instruction> = fc.oneof(
  { weight: 6, arbitrary: lists.map((actions): Instruction => ({ type: "applyActions", actions })) },
  { weight: 3, arbitrary: lists.map((actions): Instruction => ({ type: "writeActions", actions })) },
  { weight: 1, arbitrary: fc.nat(255).map((tableId): Instruction => ({ type: "gotoTable", tableId })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Instruction>(
      { type: "clearActions" },
      { type: "writeMetadata", metadata: 5n, mask: 1n },
      { type: "meter", meterId: 0 },
      { type: "meter", meterId: 5 },
      { type: "meter", meterId: 0xffff_0001 },
      { type: "raw", number: 9, data: new Uint8Array(4) },
      { type: "experimenter", experimenter: 0x2320, data: new Uint8Array() },
    ),
  },
);

const instructions = fc.array(instruction, { minLength: 1, maxLength: 2 });
const rarely = <T>(usual: Arbitrary<T>, odd: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: 15, arbitrary: usual }, { weight: 1, arbitrary: odd });

/** Flow mods. */
export const flowMods: Arbitrary<MessageInput> = fc
  .record({
    command: rarely<FlowMod["command"]>(
      fc.constantFrom<FlowMod["command"]>("add", "modify", "modifyStrict"),
      fc.constantFrom<FlowMod["command"]>("delete", "deleteStrict", 5),
    ),
    tableId: rarely(fc.nat(20), fc.constantFrom(253, 254, 255)),
    match: fc.oneof(matches, fc.constant<Match>([])),
    bufferId: rarely(fc.constant(0xffff_ffff), u32),
    outPort: rarely(fc.constant(0xffff_ffff), ports),
    outGroup: rarely(fc.constant(0xffff_ffff), u32),
    flags: rarely(fc.constantFrom(0, 1, 4, 8, 16), u16),
    priority: u16,
    instructions,
  })
  .map((given): MessageInput => ({ type: "flowMod", ...flowMod(given) }));

const bucket: Arbitrary<Bucket> = fc.record({
  weight: fc.constantFrom(0, 0, 1, 100),
  watchPort: fc.constantFrom(0xffff_ffff, 0xffff_ffff, 1, 2, 77, 0xff00, 0xffff_fffd),
  watchGroup: fc.constantFrom(0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 3, 0xffff_ff00),
  actions: rarely<Action[]>(fc.constantFrom([], [{ type: "output", port: 1, maxLen: 0 }]), lists),
});

/** Group mods. */
export const groupMods: Arbitrary<MessageInput> = fc
  .record({
    command: rarely<GroupMod["command"]>(
      fc.constant("add" as const),
      fc.constantFrom<GroupMod["command"]>("modify", "delete", 9),
    ),
    groupType: rarely<GroupMod["groupType"]>(
      fc.constantFrom<GroupMod["groupType"]>("all", "select", "indirect", "fastFailover"),
      fc.constant<GroupMod["groupType"]>(9),
    ),
    groupId: rarely(fc.nat(0xffff_feff), fc.constantFrom(0xffff_ff01, 0xffff_fffc, 0xffff_ffff)),
    buckets: fc.array(bucket, { maxLength: 3 }),
  })
  .map((given): MessageInput => ({ type: "groupMod", ...given }));

const band: Arbitrary<MeterBand> = fc.oneof(
  fc.record({
    type: fc.constant("drop" as const),
    rate: fc.constantFrom(0, 1, 1000),
    burstSize: fc.constantFrom(0, 5),
  }),
  fc.record({
    type: fc.constant("dscpRemark" as const),
    rate: fc.constantFrom(0, 1),
    burstSize: fc.constant(0),
    precLevel: fc.nat(9),
  }),
  fc.constantFrom<MeterBand>(
    { type: "raw", number: 7, data: new Uint8Array(12) },
    { type: "experimenter", rate: 1, burstSize: 1, experimenter: 5, data: new Uint8Array() },
  ),
);

/** Meter mods. */
export const meterMods: Arbitrary<MessageInput> = fc
  .record({
    command: rarely<MeterMod["command"]>(
      fc.constant("add" as const),
      fc.constantFrom<MeterMod["command"]>("modify", "delete", 9),
    ),
    flags: rarely(fc.constantFrom(1, 2, 5, 9, 13), fc.nat(20)),
    meterId: rarely(fc.integer({ min: 1, max: 200_000 }), fc.constantFrom(0, 0xffff_0001, 0xffff_ffff)),
    bands: fc.array(band, { maxLength: 3 }),
  })
  .map((given): MessageInput => ({ type: "meterMod", ...given }));

/** What a packet that is sent out runs through at once: nothing that Open vSwitch 3.1 aborts on with such packets. */
const executable: ReadonlySet<Action["type"]> = new Set<Action["type"]>([
  "output",
  "setField",
  "regLoad",
  "regLoad2",
  "regMove",
  "stackPush",
  "stackPop",
  "pushVlan",
  "popVlan",
  "pushMpls",
  "popMpls",
  "decNwTtl",
  "setNwTtl",
  "decMplsTtl",
  "setMplsTtl",
  "setVlanVid",
  "setVlanPcp",
  "setNwTos",
  "setTpSrc",
  "conjunction",
  "note",
  "exit",
  "popQueue",
  "resubmitTable",
  "copyTtlIn",
  "experimenter",
]);

/** Packets sent out. */
export const packetOuts: Arbitrary<MessageInput> = fc
  .record({
    bufferId: rarely(fc.constant(0xffff_ffff), u32),
    inPort: fc.oneof(
      fc.constantFrom(1, 2, 0, 77, 0xff00, 0xfff8, 0xffff_fefe),
      fc.constantFrom(0xffff_fffd, 0xffff_fff8, 0xffff_fff9, 0xffff_fffe, 0xffff_ffff),
    ),
    actions: lists.map((list) => list.filter(({ type }) => executable.has(type))),
    data: fc.constantFrom(new Uint8Array(), new Uint8Array(60)),
  })
  .map((given): MessageInput => ({ type: "packetOut", ...given }));
