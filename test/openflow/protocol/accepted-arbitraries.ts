// Actions as Open vSwitch 3.1 takes them wherever they stand, for tests that hold a text against what it prints: each of its
// structures, filled with what its own checks let through.

import fc, { type Arbitrary } from "fast-check";
import type { Action } from "../../../src/openflow/protocol/actions.ts";
import type { Oxm } from "../../../src/openflow/protocol/match.ts";
import type { LearnSpec } from "../../../src/openflow/protocol/nx-learn.ts";
import type { FieldBits } from "../../../src/openflow/protocol/nx-subfield.ts";
import type { OxmField } from "../../../src/openflow/protocol/oxm-field.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import { type Subfield, subfields } from "../../../src/openflow/protocol/subfields.ts";
import { everyAction } from "./action-arbitraries.ts";
import { bytes, oxmOf, record, some, typed, u8, u16, u32, u64 } from "./arbitraries.ts";

/** Fields that OpenFlow has and Open vSwitch hasn't, and one whose type is a pair of numbers. */
const absent: ReadonlySet<string> = new Set(["inPhyPort", "pbbIsid", "ipv6Exthdr", "packetType"]);
const fields = oxmFields.filter(({ name, newer }) => newer !== true && !absent.has(name));

const settable = fields.filter(({ name, writable }) => writable && !name.startsWith("ct"));

/** Marks and labels of connections, which are set within ct alone. */
const tracked = oxmFields.filter(({ name }) => name === "ctMark" || name === "ctLabel");

/** Ports that Open vSwitch names or counts: 0xfff7 it calls UNSET, and the rest of the numbers up to 0xffff are nothing. */
const port16 = fc.oneof(fc.integer({ min: 1, max: 0xfeff }), fc.integer({ min: 0xfff8, max: 0xfffe }));
const port = fc.oneof(fc.integer({ min: 1, max: 0xfeff }), fc.integer({ min: 0xfffffff8, max: 0xfffffffe }));

/** Bits of one of these headers. */
function bitsOf(of: readonly Subfield[], nBits: Arbitrary<number>): Arbitrary<FieldBits> {
  return fc.tuple(fc.constantFrom(...of), nBits).chain(([{ name, bits }, wanted]) => {
    const size = Math.min(bits, wanted);
    return fc
      .oneof(fc.constant(0), fc.nat(bits - size))
      .map((ofs): FieldBits => ({ name, ofs, nBits: size }));
  });
}

/** Open vSwitch counts no bit of a VLAN's number for the tag being there. */
const known = subfields
  .filter(({ field }) => fields.includes(field))
  .map((of): Subfield => (of.name === "OXM_OF_VLAN_VID" ? { ...of, bits: 12 } : of));
const writable = known.filter(({ field }) => field.writable && !field.name.startsWith("ct"));
const narrow = (of: readonly Subfield[]): Subfield[] =>
  of.filter(({ experimenter }) => experimenter === undefined);
const anySize = fc.integer({ min: 1, max: 64 });
const readBits = bitsOf(narrow(known), anySize);
const writtenBits = bitsOf(narrow(writable), anySize);
const index = bitsOf(
  narrow(writable).filter(({ bits }) => bits >= 16),
  fc.integer({ min: 16, max: 32 }),
);

/** Two parts of fields of the same size. */
function pairOf(sources: readonly Subfield[], targets: readonly Subfield[]) {
  return fc
    .tuple(bitsOf(sources, fc.integer({ min: 1, max: 128 })), fc.constantFrom(...targets))
    .chain(([src, { name, bits }]) => {
      const nBits = Math.min(src.nBits, bits);
      return fc.nat(bits - nBits).map((dstOfs) => ({ src, nBits, dstOfs, dst: name }));
    });
}

const moved = pairOf(known, writable).map(({ src, nBits, dstOfs, dst }) => ({
  nBits,
  srcOfs: src.ofs,
  dstOfs,
  src: src.name,
  dst,
}));

/** As many bits as there are, at random. */
function valueOf(nBits: number): Arbitrary<bigint> {
  return fc.bigInt({ min: 0n, max: (1n << BigInt(nBits)) - 1n });
}

function loads(of: Arbitrary<FieldBits>): Arbitrary<Action> {
  return of.chain(({ name, ofs, nBits }) =>
    valueOf(nBits).map((value): Action => ({ type: "regLoad", ofs, nBits, dst: name, value })),
  );
}

/** Values that fewer bits may be set of than the field has. */
const bounded: Readonly<Record<string, Arbitrary<Oxm>>> = {
  inPort: port.map((value): Oxm => ({ field: "inPort", value })),
  arpOp: u8.map((value): Oxm => ({ field: "arpOp", value })),
  nwTos: fc.nat(63).map((dscp): Oxm => ({ field: "nwTos", value: dscp * 4 })),
  nshTtl: fc.nat(63).map((value): Oxm => ({ field: "nshTtl", value })),
  // Under a mask Open vSwitch prints its one flag as it does without.
  tunFlags: fc.nat(1).map((value): Oxm => ({ field: "tunFlags", value })),
};

/** Whole fields, or, where `masked`, parts of them. */
function setting(of: readonly OxmField[], masked: boolean): Arbitrary<Oxm> {
  return fc
    .constantFrom(...of)
    .chain((field) => bounded[field.name] ?? oxmOf(field))
    .map((oxm): Oxm => {
      const { mask: _, ...exact } = oxm as Oxm & { mask?: unknown };
      return masked ? oxm : exact;
    });
}

/** Some of the properties, each at most once. */
function onceEach(properties: readonly Arbitrary<{ type: string }>[]): Arbitrary<unknown[]> {
  return fc
    .subarray([...properties])
    .chain((chosen) => (chosen.length === 0 ? fc.constant([]) : fc.tuple(...chosen)));
}

/** There is room for headers of four bytes. */
const spec: Arbitrary<LearnSpec> = fc.oneof(
  readBits.map(({ name, ofs, nBits }): LearnSpec => ({ type: "output", nBits, src: { name, ofs } })),
  fc.tuple(pairOf(narrow(known), narrow(writable)), fc.constantFrom("match" as const, "load" as const)).map(
    ([{ src, nBits, dstOfs, dst }, type]): LearnSpec => ({
      type,
      nBits,
      src: { name: src.name, ofs: src.ofs },
      dst: { name: dst, ofs: dstOfs },
    }),
  ),
  fc
    .tuple(
      bitsOf(
        // A port that there can't be is told as none.
        narrow(writable).filter(({ field }) => field.format !== "port"),
        anySize,
      ),
      fc.constantFrom("match" as const, "load" as const),
    )
    .chain(([{ name, ofs, nBits }, type]) =>
      valueOf(nBits).map((value): LearnSpec => ({ type, nBits, src: { value }, dst: { name, ofs } })),
    ),
);
const learned = {
  idleTimeout: u16,
  hardTimeout: u16,
  priority: u16,
  cookie: u64,
  flags: fc.nat(3),
  tableId: fc.nat(254),
  finIdleTimeout: u16,
  finHardTimeout: u16,
  specs: some(spec, 5),
};

const sampled = {
  probability: fc.integer({ min: 1, max: 0xffff }),
  collectorSetId: u32,
  obsDomainId: u32,
  obsPointId: u32,
};
const samplingPort = fc.oneof(port16, fc.constant(0xffff));
const hashFields = fc.constantFrom(
  "ethSrc",
  "symmetricL4",
  "symmetricL3l4",
  "symmetricL3l4Udp",
  "nwSrc",
  "nwDst",
  "symmetricL3",
);
const bundled = {
  algorithm: fc.constantFrom("activeBackup", "hrw"),
  fields: hashFields,
  basis: u16,
  members: some(fc.integer({ min: 1, max: 0xfeff }), 8),
};
const maxLen = u16;
const reason = fc.nat(5);

/** Open vSwitch leaves zeros in front out when it prints data: there are none here. */
const optionData = fc
  .tuple(
    fc.integer({ min: 0x10, max: 0xff }),
    fc.nat(8).chain((n) => bytes(4 * n + 3)),
  )
  .map(([first, rest]) => Uint8Array.of(first, ...rest));
const nshProperties = onceEach([
  typed("nshMdType", { mdType: fc.constantFrom(1, 2) }),
  typed("nshTlv", { tlvClass: u16, tlvType: u8, data: optionData }),
]);

/** Ranges whose first is no greater than their last, in one family of addresses. */
function range<T>(of: Arbitrary<T>, key: string, order: (a: T, b: T) => number): Arbitrary<object> {
  return fc.tuple(of, fc.option(of)).map(([a, b]) => {
    if (b === null) return { [`${key}Min`]: a };
    const [min, max] = order(a, b) <= 0 ? [a, b] : [b, a];
    return order(a, b) === 0 ? { [`${key}Min`]: min } : { [`${key}Min`]: min, [`${key}Max`]: max };
  });
}

const octets = fc.integer({ min: 1, max: 0xfffe });
const addresses = fc.oneof(
  range(octets, "ipv4", (a, b) => a - b),
  range(octets, "ipv6", (a, b) => a - b),
);
/** The addresses of a range, told by their last 16 bits. */
const translated = addresses.map((numbers) =>
  Object.fromEntries(
    Object.entries(numbers).map(([key, low]: [string, number]) => [
      key,
      key.startsWith("ipv4") ? `10.7.${low >> 8}.${low & 0xff}` : `2001:db8::${low.toString(16)}`,
    ]),
  ),
);
const natRange = fc.oneof(
  translated,
  fc
    .tuple(
      translated,
      range(fc.integer({ min: 1, max: 0xffff }), "proto", (a, b) => a - b),
    )
    .map((parts): object => Object.assign({}, ...parts) as object),
);
const nat = fc.oneof(
  fc.constant<Action>({ type: "nat", flags: 0 }),
  fc
    .tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 4, 8, 16, 12, 20), fc.option(natRange))
    .map(([way, how, given]): Action => ({ type: "nat", flags: given === null ? way : way + how, ...given })),
);

const marks: Arbitrary<Action> = fc.oneof(
  loads(
    bitsOf(
      subfields.filter(({ field }) => tracked.includes(field)),
      anySize,
    ),
  ),
  setting(tracked, false).map((oxm): Action => ({ type: "setField", oxm })),
);
const zone = fc.oneof(
  u16,
  bitsOf(
    narrow(known).filter(({ bits }) => bits >= 16),
    fc.constant(16),
  ),
);
const ct = fc
  .record({
    zone,
    recircTable: u8,
    alg: fc.constantFrom(0, 21, 69),
    nat: fc.option(nat),
    marks: some(marks, 2),
    force: fc.boolean(),
  })
  .map(({ nat: first, marks: rest, force, ...fixed }): Action => {
    const actions = first === null ? rest : [first, ...rest];
    const commits = rest.length > 0 || force || (first?.type === "nat" && first.flags !== 0);
    return { type: "ct", ...fixed, flags: (commits ? 1 : 0) + (force ? 2 : 0), actions };
  });

/** Types of which whatever the wire can carry is taken. */
const unbounded = [
  "setMplsTtl",
  "decMplsTtl",
  "popVlan",
  "popMpls",
  "setQueue",
  "setNwTtl",
  "decNwTtl",
  "setDlSrc",
  "setDlDst",
  "setNwSrc",
  "setNwDst",
  "setTpSrc",
  "setTpDst",
  "setMplsLabel",
  "setMplsTc",
  "setTunnel",
  "setTunnel64",
  "popQueue",
  "exit",
  "ctClear",
  "decNshTtl",
  "note",
  "finTimeout",
  "decTtlCntIds",
  "decap",
] as const;

const resubmitted = { inPort: port16, tableId: u8 };

/** The actions of Open vSwitch 3.1 by their type. */
const flat: Readonly<Record<string, Arbitrary<Action>>> = {
  ...Object.fromEntries(unbounded.map((type) => [type, everyAction[type] as Arbitrary<Action>])),
  output: typed("output", { port, maxLen }),
  group: typed("group", { groupId: fc.nat(0xffff_ff00) }),
  pushVlan: typed("pushVlan", { etherType: fc.constantFrom(0x8100, 0x88a8) }),
  pushMpls: typed("pushMpls", { etherType: fc.constantFrom(0x8847, 0x8848) }),
  // The ingress port is set by loads alone.
  setField: typed("setField", {
    oxm: setting(
      settable.filter(({ name }) => name !== "inPort"),
      false,
    ),
  }),
  setVlanVid: typed("setVlanVid", { value: fc.nat(0xfff) }),
  setVlanPcp: typed("setVlanPcp", { value: fc.nat(7) }),
  setNwTos: typed("setNwTos", { value: fc.nat(63).map((dscp) => dscp * 4) }),
  setNwEcn: typed("setNwEcn", { value: fc.nat(3) }),
  regMove: moved.map((parts): Action => ({ type: "regMove", ...parts })),
  copyField: moved.map((parts): Action => ({ type: "copyField", ...parts })),
  regLoad: loads(writtenBits),
  regLoad2: typed("regLoad2", { oxm: setting(settable, true) }),
  resubmit: typed("resubmit", { inPort: port16 }),
  resubmitTable: typed("resubmitTable", resubmitted),
  resubmitTableCt: typed("resubmitTableCt", resubmitted),
  conjunction: fc
    .record({ nClauses: fc.integer({ min: 2, max: 64 }), of: u8, id: u32 })
    .map(({ nClauses, of, id }): Action => ({ type: "conjunction", clause: of % nClauses, nClauses, id })),
  outputTrunc: typed("outputTrunc", { port: port16, maxLen: fc.integer({ min: 14, max: 0xffffffff }) }),
  sample: typed("sample", sampled),
  sample2: typed("sample2", { ...sampled, samplingPort }),
  sample3: typed("sample3", { ...sampled, samplingPort, direction: fc.nat(2) }),
  controller: typed("controller", { maxLen, controllerId: u16, reason }),
  controller2: typed("controller2", {
    properties: onceEach([
      typed("maxLen", { maxLen }),
      typed("controllerId", { controllerId: u16 }),
      typed("reason", { reason }),
      typed("userdata", { userdata: bytes(1, 30) }),
      typed("pause"),
      typed("meterId", { meterId: u32 }),
    ]),
  }),
  encap: fc.oneof(
    typed<Action>("encap", {
      headerSize: fc.constant(0),
      newPacketType: fc.constantFrom(0, 0x18847, 0x18848),
      properties: fc.constant([]),
    }),
    typed<Action>("encap", {
      headerSize: fc.constant(0),
      newPacketType: fc.constant(0x1894f),
      properties: nshProperties,
    }),
  ),
  stackPush: bitsOf(known, anySize).map(
    ({ name, ofs, nBits }): Action => ({ type: "stackPush", field: name, ofs, nBits }),
  ),
  stackPop: bitsOf(writable, anySize).map(
    ({ name, ofs, nBits }): Action => ({ type: "stackPop", field: name, ofs, nBits }),
  ),
  outputReg: typed("outputReg", { src: readBits, maxLen }),
  outputReg2: typed("outputReg2", { src: bitsOf(known, anySize), maxLen }),
  checkPktLarger: bitsOf(writable, fc.constant(1)).chain(({ name, ofs }) =>
    typed<Action>("checkPktLarger", { packetLength: u16, ofs: fc.constant(ofs), dst: fc.constant(name) }),
  ),
  deleteField: typed("deleteField", { field: fc.constantFrom(...known.map(({ name }) => name)) }),
  multipath: typed("multipath", {
    fields: hashFields,
    basis: u16,
    algorithm: fc.constantFrom("moduloN", "hashThreshold", "hrw", "iterHash"),
    maxLink: fc.nat(0xfffe),
    arg: u16,
    dst: index,
  }),
  bundle: typed("bundle", bundled),
  bundleLoad: typed("bundleLoad", { ...bundled, dst: index }),
  learn: typed("learn", learned),
  learn2: fc.oneof(
    typed<Action>("learn2", { ...learned, limit: u32 }),
    typed<Action>("learn2", {
      ...learned,
      limit: u32,
      result: bitsOf(narrow(writable), fc.constant(1)).map(({ name, ofs }) => ({ name, ofs })),
    }),
  ),
  ct,
};

/** A conjunction stands alone with others of its kind. */
const { conjunction: _, ...others } = flat;
const cloned = Object.values(others);

/** The actions that Open vSwitch 3.1 takes, by their type; `nat` stands in `ct`. */
export const acceptedActions: Readonly<Record<string, Arbitrary<Action>>> = {
  ...flat,
  clone: record({
    type: fc.constant("clone" as const),
    actions: some(fc.oneof(...cloned), 3),
  }),
};
