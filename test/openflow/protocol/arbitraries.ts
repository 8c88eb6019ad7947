// Values of every structure for property tests: whatever the types allow and the wire can carry.

import fc, { type Arbitrary } from "fast-check";
import type { Action } from "../../../src/openflow/protocol/actions.ts";
import type { FlowMod } from "../../../src/openflow/protocol/flow-mod.ts";
import type { FlowStats } from "../../../src/openflow/protocol/flow-stats.ts";
import type { Instruction } from "../../../src/openflow/protocol/instructions.ts";
import type { Match, Oxm } from "../../../src/openflow/protocol/match.ts";
import type { OxmField } from "../../../src/openflow/protocol/oxm-field.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import type { PortDesc } from "../../../src/openflow/protocol/ports.ts";
import { type SubfieldName, subfields } from "../../../src/openflow/protocol/subfields.ts";
import { formatIpv4, formatIpv6, formatMac } from "../../../src/openflow/wire/addresses.ts";

/** Plain objects, as decoding gives them. */
export function record<T>(model: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as Arbitrary<T>;
}

export const u8: Arbitrary<number> = fc.nat(0xff);
export const u16: Arbitrary<number> = fc.nat(0xffff);
export const u32: Arbitrary<number> = fc.oneof(
  fc.nat(0xffffffff),
  fc.constantFrom(0, 0xffffffff, 0xfffffffe, 0x80000000),
);
export const u64: Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  fc.constantFrom(0n, 0xffff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n),
);

export function bytes(min: number, max: number = min): Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: min, maxLength: max });
}

/** Bytes of a length that is 8n and some over, as raw members need. */
function aligned(over: number): Arbitrary<Uint8Array> {
  return fc.nat(4).chain((n) => bytes(8 * n + over));
}

/** A field's value from as many bits as it has. */
function shown(field: OxmField, bits: bigint): unknown {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, bits >> 64n);
  view.setBigUint64(8, bits & 0xffff_ffff_ffff_ffffn);
  const forms: Record<OxmField["kind"], () => unknown> = {
    bigint: () => bits,
    bytes: () => hexOf(bits, field.bytes),
    ipv4: () => formatIpv4(view.getUint32(12)),
    ipv6: () => formatIpv6(view, 0),
    mac: () => formatMac(new Uint8Array(view.buffer), 10),
    number: () => Number(bits),
    vlan: () => Number(bits),
  };
  return forms[field.kind]();
}

function hexOf(bits: bigint, size: number): string {
  return `0x${bits.toString(16).padStart(2 * size, "0")}`;
}

/** An option of as few bytes as its value and mask need. */
function optionOf(field: OxmField): Arbitrary<Oxm> {
  return fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 128n }), fc.bigInt({ min: 0n, max: 2n ** 992n - 1n }))
    .map(([v, m]) => {
      const size = Math.ceil((m === 0n ? v : m).toString(16).length / 2);
      const oxm = m === 0n ? { value: hexOf(v, size) } : { value: hexOf(v & m, size), mask: hexOf(m, size) };
      return { field: field.name, ...oxm } as Oxm;
    });
}

/** A field with a value and, where it may have one, a mask: one that says something and leaves no bit of the value out. */
export function oxmOf(field: OxmField): Arbitrary<Oxm> {
  if (field.kind === "bytes") return optionOf(field);
  const bits = BigInt(field.kind === "vlan" ? 12 : field.bits);
  const all = (1n << bits) - 1n;
  const value = fc.bigInt({ min: 0n, max: all });
  const exact = value.map((v) => ({ field: field.name, value: shown(field, v) }) as Oxm);
  if (!field.maskable) {
    return exact;
  }
  const mask = fc.bigInt({
    min: field.kind === "vlan" ? 0n : 1n,
    max: field.exactBits === undefined ? all - 1n : all,
  });
  const masked = fc
    .tuple(value, mask)
    .map(([v, m]) => ({ field: field.name, value: shown(field, v & m), mask: shown(field, m) }) as Oxm);
  return fc.oneof(exact, masked);
}

const rawOxm: Arbitrary<Oxm> = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 0x7f }), bytes(0, 20)).map(
    ([number, body]): Oxm => ({
      field: "raw",
      header: 0x7fff0000 + number * 512 + body.length,
      body,
    }),
  ),
  fc.tuple(fc.integer({ min: 0, max: 0x7f }), bytes(0, 20), u32).map(
    ([number, body, experimenter]): Oxm => ({
      field: "raw",
      header: 0xffff0000 + number * 512 + body.length + 4,
      body,
      experimenter,
    }),
  ),
);

const oxm: Arbitrary<Oxm> = fc.oneof(...oxmFields.map(oxmOf), rawOxm);
const match: Arbitrary<Match> = fc.array(oxm, { maxLength: 8 });

/** A field as an action writes it: with nothing left out. */
const exactOxm: Arbitrary<Oxm> = oxm.map((o) => {
  if (o.field === "raw") {
    return o;
  }
  const { mask: _, ...exact } = o;
  return exact;
});

/** A field whose header has four bytes. */
const subfield: Arbitrary<SubfieldName> = fc.oneof(
  fc.constantFrom(...subfields.filter((s) => s.experimenter === undefined).map((s) => s.name)),
  fc.nat(0x7f).map((n) => 0x70000000 + n * 512 + 4),
);

/** A field with a header of four or eight bytes. */
const anySubfield: Arbitrary<SubfieldName> = fc.oneof(
  fc.constantFrom(...subfields.map((s) => s.name)),
  subfield,
);

const action: Arbitrary<Action> = fc.oneof(
  record({ type: fc.constant("output" as const), port: u32, maxLen: u16 }),
  fc
    .constantFrom("copyTtlOut", "copyTtlIn", "decMplsTtl", "popVlan", "decNwTtl", "popPbb")
    .map((type) => ({ type })),
  record({ type: fc.constant("setMplsTtl" as const), ttl: u8 }),
  record({ type: fc.constant("setNwTtl" as const), ttl: u8 }),
  record({
    type: fc.constantFrom("pushVlan", "pushMpls", "popMpls", "pushPbb"),
    etherType: u16,
  }) as Arbitrary<Action>,
  record({ type: fc.constant("setQueue" as const), queueId: u32 }),
  record({ type: fc.constant("group" as const), groupId: u32 }),
  record({ type: fc.constant("setField" as const), oxm: exactOxm }),
  record({
    type: fc.constant("regMove" as const),
    nBits: u16,
    srcOfs: u16,
    dstOfs: u16,
    src: anySubfield,
    dst: anySubfield,
  }),
  record({
    type: fc.constant("regLoad" as const),
    ofs: fc.nat(1_023),
    nBits: fc.integer({ min: 1, max: 64 }),
    dst: subfield,
    value: u64,
  }),
  record({ type: fc.constant("experimenter" as const), experimenter: fc.nat(0x2000), data: aligned(0) }),
  record({
    type: fc.constant("raw" as const),
    number: fc.integer({ min: 100, max: 0xfffe }),
    data: aligned(4),
  }),
);

const actions: Arbitrary<Action[]> = fc.array(action, { maxLength: 6 });

const instruction: Arbitrary<Instruction> = fc.oneof(
  record({ type: fc.constant("gotoTable" as const), tableId: u8 }),
  record({ type: fc.constant("writeMetadata" as const), metadata: u64, mask: u64 }),
  record({ type: fc.constant("writeActions" as const), actions }),
  record({ type: fc.constant("applyActions" as const), actions }),
  record({ type: fc.constant("clearActions" as const) }),
  record({ type: fc.constant("meter" as const), meterId: u32 }),
  record({ type: fc.constant("experimenter" as const), experimenter: u32, data: aligned(0) }),
  record({
    type: fc.constant("raw" as const),
    number: fc.integer({ min: 7, max: 0xfffe }),
    data: aligned(4),
  }),
);

const instructions: Arbitrary<Instruction[]> = fc.array(instruction, { maxLength: 4 });

/** A name, or a number that has none. */
export function nameOr<N extends string>(names: readonly N[], max: number): Arbitrary<N | number> {
  return fc.oneof(fc.constantFrom(...names), fc.integer({ min: names.length, max }));
}

export const flowMod: Arbitrary<FlowMod> = record({
  cookie: u64,
  cookieMask: u64,
  tableId: u8,
  command: nameOr(["add", "modify", "modifyStrict", "delete", "deleteStrict"] as const, 0xff),
  idleTimeout: u16,
  hardTimeout: u16,
  priority: u16,
  bufferId: u32,
  outPort: u32,
  outGroup: u32,
  flags: u16,
  match,
  instructions,
});

export const flowStats: Arbitrary<FlowStats> = record({
  tableId: u8,
  durationSec: u32,
  durationNsec: u32,
  priority: u16,
  idleTimeout: u16,
  hardTimeout: u16,
  flags: u16,
  cookie: u64,
  packetCount: u64,
  byteCount: u64,
  match,
  instructions,
});

const mac: Arbitrary<string> = bytes(6).map((b) => formatMac(b, 0));

/** Text without NULs that fits. */
export function text(max: number): Arbitrary<string> {
  return fc
    .string({ unit: fc.constantFrom("a", "Z", "0", "-", "ü", "日", " "), maxLength: max })
    .filter((t) => Buffer.byteLength(t) <= max);
}

export const portDesc: Arbitrary<PortDesc> = record({
  portNo: u32,
  hwAddr: mac,
  name: text(16),
  config: u32,
  state: u32,
  curr: u32,
  advertised: u32,
  supported: u32,
  peer: u32,
  currSpeed: u32,
  maxSpeed: u32,
});

export { actions, instructions, match };
