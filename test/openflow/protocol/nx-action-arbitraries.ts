// Open vSwitch's own actions, for property tests: whatever the wire can carry, also where a switch would refuse it.

import fc, { type Arbitrary } from "fast-check";
import type { Action } from "../../../src/openflow/protocol/actions.ts";
import type { LearnSpec } from "../../../src/openflow/protocol/nx-learn.ts";
import type { FieldBits } from "../../../src/openflow/protocol/nx-subfield.ts";
import {
  anySubfield,
  bytes,
  ipv4,
  ipv6,
  nameOr,
  oxm,
  record,
  some,
  subfield,
  typed,
  u8,
  u16,
  u32,
  u64,
} from "./arbitraries.ts";

const bits = { ofs: fc.nat(1_023), nBits: fc.integer({ min: 1, max: 64 }) };
/** Bits of a field where there is room for a header of four bytes. */
const fieldBits: Arbitrary<FieldBits> = record({ name: subfield, ...bits });

const hashFields = nameOr(
  ["ethSrc", "symmetricL4", "symmetricL3l4", "symmetricL3l4Udp", "nwSrc", "nwDst", "symmetricL3"],
  0xffff,
);
const bundled = {
  algorithm: nameOr(["activeBackup", "hrw"], 0xffff),
  fields: hashFields,
  basis: u16,
  members: some(u16, 9),
};

const sample = { probability: u16, collectorSetId: u32 };
const sampledAt = { samplingPort: u16, direction: u8 };
const observed = { obsDomainId: u32, obsPointId: u32 };
const numberOrField = fc.oneof(u32, fieldBits);

const place = record({ name: subfield, ofs: u16 });
const specBits = fc.oneof(fc.integer({ min: 1, max: 128 }), fc.integer({ min: 1, max: 0x7ff }));

/** A value that takes as many 16 bits as `nBits` begin. */
function immediate(nBits: number): Arbitrary<{ value: bigint }> {
  const room = 16n * BigInt(Math.ceil(nBits / 16));
  return record({ value: fc.bigInt({ min: 0n, max: (1n << room) - 1n }) });
}

const spec: Arbitrary<LearnSpec> = specBits.chain((nBits) =>
  fc.oneof(
    typed<LearnSpec>("output", { nBits: fc.constant(nBits), src: place }),
    ...(["match", "load"] as const).map((type) =>
      typed<LearnSpec>(type, {
        nBits: fc.constant(nBits),
        src: fc.oneof(place, immediate(nBits)),
        dst: place,
      }),
    ),
  ),
);
const learned = {
  idleTimeout: u16,
  hardTimeout: u16,
  priority: u16,
  cookie: u64,
  tableId: u8,
  finIdleTimeout: u16,
  finHardTimeout: u16,
  specs: some(spec, 6),
};
/** The flag that says a result follows is the codec's. */
const flagsWithoutResult = u16.map((flags) => flags & ~4);

const controllerProperty = fc.oneof(
  typed("maxLen", { maxLen: u16 }),
  typed("controllerId", { controllerId: u16 }),
  typed("reason", { reason: u8 }),
  typed("userdata", { userdata: bytes(0, 30) }),
  typed("pause"),
  typed("meterId", { meterId: u32 }),
  typed("raw", { number: fc.integer({ min: 6, max: 0xffff }), data: bytes(0, 20) }),
);

const encapProperty = fc.oneof(
  typed("nshMdType", { mdType: u8 }),
  typed("nshTlv", { tlvClass: u16, tlvType: u8, data: bytes(0, 100) }),
  typed("raw", { propClass: fc.integer({ min: 5, max: 0xffff }), number: u8, data: bytes(0, 100) }),
  typed("raw", {
    propClass: fc.constant(4),
    number: fc.integer({ min: 3, max: 0xff }),
    data: bytes(0, 20),
  }),
);

const nat: Arbitrary<Action> = fc
  .record(
    {
      flags: u16,
      ipv4Min: ipv4,
      ipv4Max: ipv4,
      ipv6Min: ipv6,
      ipv6Max: ipv6,
      protoMin: u16,
      protoMax: u16,
    },
    { requiredKeys: ["flags"], noNullPrototype: true },
  )
  .map((range): Action => ({ type: "nat", ...range }));

const resubmitted = { inPort: u16, tableId: u8 };
const stacked = { ofs: u16, field: anySubfield, nBits: u16 };

/** Open vSwitch's actions by their type, beside those that hold actions. */
export const nxActions: Readonly<Record<string, Arbitrary<Action>>> = {
  resubmit: typed("resubmit", { inPort: u16 }),
  resubmitTable: typed("resubmitTable", resubmitted),
  resubmitTableCt: typed("resubmitTableCt", resubmitted),
  setTunnel: typed("setTunnel", { tunnelId: u32 }),
  setTunnel64: typed("setTunnel64", { tunnelId: u64 }),
  popQueue: typed("popQueue"),
  exit: typed("exit"),
  ctClear: typed("ctClear"),
  decNshTtl: typed("decNshTtl"),
  debugSlow: typed("debugSlow"),
  debugRecirc: typed("debugRecirc"),
  // Written with zeros behind them to this length, and so read.
  note: typed("note", { data: fc.nat(4).chain((n) => bytes(8 * n + 6)) }),
  finTimeout: typed("finTimeout", { finIdleTimeout: u16, finHardTimeout: u16 }),
  writeMetadata: typed("writeMetadata", { metadata: u64, mask: u64 }),
  conjunction: typed("conjunction", { clause: u8, nClauses: u8, id: u32 }),
  outputTrunc: typed("outputTrunc", { port: u16, maxLen: u32 }),
  sample: typed("sample", { ...sample, ...observed }),
  sample2: typed("sample2", { ...sample, ...observed, samplingPort: u16 }),
  sample3: typed("sample3", { ...sample, ...observed, ...sampledAt }),
  sample4: typed("sample4", { ...sample, ...sampledAt, obsDomain: numberOrField, obsPoint: numberOrField }),
  decap: typed("decap", { newPacketType: u32 }),
  controller: typed("controller", { maxLen: u16, controllerId: u16, reason: u8 }),
  controller2: typed("controller2", { properties: some(controllerProperty) }),
  decTtlCntIds: typed("decTtlCntIds", { controllerIds: some(u16, 9) }),
  encap: typed("encap", { headerSize: u16, newPacketType: u32, properties: some(encapProperty) }),
  regLoad2: typed("regLoad2", { oxm }),
  copyField: typed("copyField", {
    nBits: u16,
    srcOfs: u16,
    dstOfs: u16,
    src: anySubfield,
    dst: anySubfield,
  }),
  stackPush: typed("stackPush", stacked),
  stackPop: typed("stackPop", stacked),
  outputReg: typed("outputReg", { src: fieldBits, maxLen: u16 }),
  outputReg2: typed("outputReg2", { src: record({ name: anySubfield, ...bits }), maxLen: u16 }),
  checkPktLarger: typed("checkPktLarger", { packetLength: u16, ofs: u16, dst: anySubfield }),
  deleteField: typed("deleteField", { field: anySubfield }),
  multipath: typed("multipath", {
    fields: hashFields,
    basis: u16,
    algorithm: nameOr(["moduloN", "hashThreshold", "hrw", "iterHash"], 0xffff),
    maxLink: u16,
    arg: u32,
    dst: fieldBits,
  }),
  bundle: typed("bundle", bundled),
  bundleLoad: typed("bundleLoad", { ...bundled, dst: fieldBits }),
  learn: typed("learn", { ...learned, flags: u16 }),
  learn2: fc.oneof(
    typed<Action>("learn2", { ...learned, flags: flagsWithoutResult, limit: u32 }),
    typed<Action>("learn2", { ...learned, flags: flagsWithoutResult, limit: u32, result: place }),
  ),
  nat,
};

/** The two actions that hold others. */
export function nestingActions(inner: Arbitrary<Action[]>): Readonly<Record<string, Arbitrary<Action>>> {
  return {
    ct: typed("ct", {
      flags: u16,
      zone: fc.oneof(u16, fieldBits),
      recircTable: u8,
      alg: u16,
      actions: inner,
    }),
    clone: typed("clone", { actions: inner }),
  };
}
