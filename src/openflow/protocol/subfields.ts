// The fields that Open vSwitch's register actions name by header: the match fields' own headers and those of its
// extensions (registers, tunnel data, connection tracking, …), under the names that Open vSwitch prints.

import { oxmFields } from "./oxm-fields.ts";

/**
 * A field as `regMove` and `regLoad` name it: Open vSwitch's name (`NXM_OF_ETH_SRC`, `OXM_OF_VLAN_VID`), or the
 * 32-bit header itself where the library has no name for it.
 */
export type SubfieldName = string | number;

/** What a subfield's name stands for. */
export interface Subfield {
  readonly name: string;
  /** The 32-bit OXM header without a mask: class, number, length. */
  readonly header: number;
  /** Size of the value in bytes, and how many of its low bits count. */
  readonly bytes: number;
  readonly bits: number;
}

type Row = readonly [name: string, oxmClass: number, number: number, bytes: number, bits: number];

const extensions: readonly Row[] = [
  ["NXM_NX_DP_HASH", 0x0001, 35, 4, 32],
  ["NXM_NX_RECIRC_ID", 0x0001, 36, 4, 32],
  ["OXM_OF_PACKET_TYPE", 0x8000, 44, 4, 32],
  ["NXM_NX_CONJ_ID", 0x0001, 37, 4, 32],
  ["NXM_NX_TUN_IPV4_SRC", 0x0001, 31, 4, 32],
  ["NXM_NX_TUN_IPV4_DST", 0x0001, 32, 4, 32],
  ["NXM_NX_TUN_IPV6_SRC", 0x0001, 109, 16, 128],
  ["NXM_NX_TUN_IPV6_DST", 0x0001, 110, 16, 128],
  ["NXM_NX_TUN_FLAGS", 0x0001, 104, 2, 1],
  ["NXM_NX_TUN_GBP_ID", 0x0001, 38, 2, 16],
  ["NXM_NX_TUN_GBP_FLAGS", 0x0001, 39, 1, 8],
  ["OXM_OF_ACTSET_OUTPUT", 0x8000, 43, 4, 32],
  ["NXM_NX_PKT_MARK", 0x0001, 33, 4, 32],
  ["NXM_NX_CT_STATE", 0x0001, 105, 4, 32],
  ["NXM_NX_CT_ZONE", 0x0001, 106, 2, 16],
  ["NXM_NX_CT_MARK", 0x0001, 107, 4, 32],
  ["NXM_NX_CT_LABEL", 0x0001, 108, 16, 128],
  ["NXM_NX_CT_NW_PROTO", 0x0001, 119, 1, 8],
  ["NXM_NX_CT_NW_SRC", 0x0001, 120, 4, 32],
  ["NXM_NX_CT_NW_DST", 0x0001, 121, 4, 32],
  ["NXM_NX_CT_IPV6_SRC", 0x0001, 122, 16, 128],
  ["NXM_NX_CT_IPV6_DST", 0x0001, 123, 16, 128],
  ["NXM_NX_CT_TP_SRC", 0x0001, 124, 2, 16],
  ["NXM_NX_CT_TP_DST", 0x0001, 125, 2, 16],
  ["NXM_OF_VLAN_TCI", 0x0000, 4, 2, 16],
  ["NXM_NX_MPLS_TTL", 0x0001, 30, 1, 8],
  ["NXM_OF_IP_TOS", 0x0000, 5, 1, 8],
  ["NXM_NX_IP_TTL", 0x0001, 29, 1, 8],
  ["NXM_NX_IP_FRAG", 0x0001, 26, 1, 2],
  ["OXM_OF_TCP_FLAGS", 0x8000, 42, 2, 12],
  ["NXM_NX_TCP_FLAGS", 0x0001, 34, 2, 12],
  ["ERICOXM_OF_ICMPV6_ND_RESERVED", 0x1000, 1, 4, 32],
  ["ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE", 0x1000, 2, 1, 8],
];

/** A numbered family such as `NXM_NX_REG0` to `NXM_NX_REG15`. */
function family(prefix: string, count: number, [oxmClass, first, bytes, bits]: readonly number[]): Row[] {
  return Array.from({ length: count }, (_, i) => [
    prefix + i,
    oxmClass ?? 0,
    (first ?? 0) + i,
    bytes ?? 0,
    bits ?? 0,
  ]);
}

const basic: readonly Row[] = oxmFields.flatMap((field) =>
  field.wire.map(
    (wire): Row => [
      wire.name,
      wire.class,
      wire.number,
      wire.bytes ?? field.bytes,
      wire.bytes === undefined ? field.bits : wire.bytes * 8,
    ],
  ),
);

/** Every subfield that has a four-byte header. */
export const subfields: readonly Subfield[] = [
  ...basic,
  ...extensions,
  ...family("NXM_NX_REG", 16, [0x0001, 0, 4, 32]),
  ...family("OXM_OF_PKT_REG", 16, [0x8001, 0, 8, 64]),
  ...family("NXM_NX_XXREG", 4, [0x0001, 111, 16, 128]),
  ...family("NXM_NX_TUN_METADATA", 64, [0x0001, 40, 124, 992]),
].map(([name, oxmClass, number, bytes, bits]) => ({
  name,
  header: oxmClass * 0x10000 + number * 0x200 + bytes,
  bytes,
  bits,
}));

/** A subfield by the name Open vSwitch prints. */
export const subfieldByName: ReadonlyMap<string, Subfield> = new Map(subfields.map((s) => [s.name, s]));

/** A subfield by its header. */
export const subfieldByHeader: ReadonlyMap<number, Subfield> = new Map(subfields.map((s) => [s.header, s]));
