// Values for property tests, whatever the types allow and the wire can carry: numbers, bytes and text, match fields, and
// the heads of messages. The files beside this one make actions, flows and messages of them.

import fc, { type Arbitrary } from "fast-check";
import type { Message } from "../../../src/openflow/message.ts";
import type { Match, Oxm } from "../../../src/openflow/protocol/match.ts";
import type { OxmField } from "../../../src/openflow/protocol/oxm-field.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
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
export function aligned(over: number): Arbitrary<Uint8Array> {
  return fc.nat(4).chain((n) => bytes(8 * n + over));
}

/** A list of a few. */
export function some<T>(of: Arbitrary<T>, maxLength = 4): Arbitrary<T[]> {
  return fc.array(of, { maxLength });
}

/** A name, or a number that has none. */
export function nameOr<N extends string>(names: readonly N[], max: number): Arbitrary<N | number> {
  return fc.oneof(fc.constantFrom(...names), fc.integer({ min: names.length, max }));
}

export const mac: Arbitrary<string> = bytes(6).map((b) => formatMac(b, 0));

/** Text without NULs that fits. */
export function text(max: number): Arbitrary<string> {
  return fc
    .string({ unit: fc.constantFrom("a", "Z", "0", "-", "ü", "日", " "), maxLength: max })
    .filter((t) => Buffer.byteLength(t) <= max);
}

/** An address of either kind. */
export const ipv4: Arbitrary<string> = u32.map((bits) => formatIpv4(bits));
export const ipv6: Arbitrary<string> = bytes(16).map((b) =>
  formatIpv6(new DataView(b.buffer, b.byteOffset), 0),
);

/** What each field of a structure may be. */
type Fields = Readonly<Record<string, Arbitrary<unknown>>>;

/** A structure of that type. */
export function typed<T extends { type: string }>(type: T["type"], fields: Fields = {}): Arbitrary<T> {
  return record({ type: fc.constant(type), ...fields }) as unknown as Arbitrary<T>;
}

/** A message of that type, at OpenFlow 1.3. */
export function messageOf(type: Message["type"], fields: Fields = {}): Arbitrary<Message> {
  return record({
    version: fc.constant(4),
    type: fc.constant(type),
    xid: u32,
    ...fields,
  }) as unknown as Arbitrary<Message>;
}

/** A multipart message of that kind; without `body` one that carries nothing. */
export function multipartOf(
  type: "multipartRequest" | "multipartReply",
  multipart: string,
  body: Arbitrary<unknown> = fc.constant(undefined),
): Arbitrary<Message> {
  return messageOf(type, { multipart: fc.constant(multipart), more: fc.boolean(), body });
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
  const bits = BigInt(field.kind === "vlan" ? 12 : (field.valueBits ?? field.bits));
  const all = (1n << bits) - 1n;
  const value = fc.bigInt({ min: 0n, max: all });
  const exact = value.map((v) => ({ field: field.name, value: shown(field, v) }) as Oxm);
  if (!field.maskable) {
    return exact;
  }
  const mask = fc.bigInt({
    min: field.kind === "vlan" ? 0n : 1n,
    max: (field.exactBits ?? field.bits) > field.bits && field.valueBits === undefined ? all : all - 1n,
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

export const oxm: Arbitrary<Oxm> = fc.oneof(...oxmFields.map(oxmOf), rawOxm);
export const match: Arbitrary<Match> = some(oxm, 8);

/** A field as an action writes it: with nothing left out. */
export const exactOxm: Arbitrary<Oxm> = oxm.map((o) => {
  if (o.field === "raw") {
    return o;
  }
  const { mask: _, ...exact } = o;
  return exact;
});

/** A field whose header has four bytes. */
export const subfield: Arbitrary<SubfieldName> = fc.oneof(
  fc.constantFrom(...subfields.filter((s) => s.experimenter === undefined).map((s) => s.name)),
  fc.nat(0x7f).map((n) => 0x70000000 + n * 512 + 4),
);

/** A field with a header of four or eight bytes. */
export const anySubfield: Arbitrary<SubfieldName> = fc.oneof(
  fc.constantFrom(...subfields.map((s) => s.name)),
  subfield,
);
