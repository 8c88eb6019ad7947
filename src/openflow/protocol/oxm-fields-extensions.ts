// The match fields of Open vSwitch's extensions, as its 3.1 has them at OpenFlow 1.3: pipeline, tunnels, registers,
// connection tracking, service headers and the rest of the packet's. Data alone; what an entry means is said in
// oxm-field.ts. Fields that differ in their numbers alone are one line.

import type { OxmField, WireName } from "./oxm-field.ts";

/** What an entry has to say; the rest is as for a 32-bit number that can be masked and set. */
type Entry = Partial<OxmField> & Pick<OxmField, "rank"> & { readonly wire: OxmField["wire"] };

/** `ctNwSrc` is `ct_nw_src` in text. */
function wordOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function field(name: OxmField["name"], entry: Entry): OxmField {
  return {
    name,
    text: [wordOf(name)],
    bytes: 4,
    bits: (entry.bytes ?? 4) * 8,
    kind: "number",
    format: "hexadecimal",
    maskable: true,
    writable: true,
    ...entry,
  };
}

/** Open vSwitch's own class; its old one is 0x0000. */
function nxm(name: string, number: number): WireName {
  return { name: `NXM_NX_${name}`, class: 0x0001, number };
}

function experimenter(id: number, name: string, number: number): WireName {
  return { name, class: 0xffff, number, experimenter: id };
}

const nicira = (name: string, number: number): WireName => experimenter(0x2320, `NXOXM_ET_${name}`, number);
const onf = (name: string, number: number): WireName =>
  experimenter(0x4f4e_4600, `ONFOXM_ET_${name}`, number);
const service = (name: string, number: number): WireName =>
  experimenter(0x005a_d650, `NXOXM_NSH_${name}`, number);

const fixed = { maskable: false } as const;
const newerFrom = (first: number, i: number): { newer?: true } => (i < first ? {} : { newer: true });
const readOnly = { writable: false } as const;
const decimal = { format: "decimal" } as const;
const ipv4 = { kind: "ipv4", format: "ipv4" } as const;
const ipv6 = { bytes: 16, kind: "ipv6", format: "ipv6" } as const;
const byte = { bytes: 1, format: "decimal" } as const;
/** Open vSwitch takes any byte for these, and a mask for exact only if it has the bits above the field's, too. */
const paddedByte = { bytes: 1, valueBits: 8, exactBits: 8 } as const;

const pipelineFields: readonly OxmField[] = [
  field("dpHash", { wire: [nxm("DP_HASH", 35), nicira("DP_HASH", 0)], rank: 1, ...readOnly }),
  field("recircId", { wire: [nxm("RECIRC_ID", 36)], rank: 2, ...decimal, ...fixed, ...readOnly }),
  field("conjId", { wire: [nxm("CONJ_ID", 37)], rank: 3, ...decimal, ...fixed, ...readOnly }),
  field("actsetOutput", {
    wire: [onf("ACTSET_OUTPUT", 43), { name: "OXM_OF_ACTSET_OUTPUT", class: 0x8000, number: 43 }],
    rank: 15,
    format: "port",
    ...fixed,
    ...readOnly,
  }),
  field("packetType", {
    wire: [{ name: "OXM_OF_PACKET_TYPE", class: 0x8000, number: 44 }],
    rank: 0,
    format: "packetType",
    ...fixed,
    ...readOnly,
  }),
  field("pktMark", { wire: [nxm("PKT_MARK", 33)], rank: 700 }),
];

const tunnelFields: readonly OxmField[] = [
  field("tunFlags", {
    wire: [nxm("TUN_FLAGS", 104)],
    rank: 400,
    bytes: 2,
    bits: 1,
    exactBits: 16,
    format: "tunFlags",
  }),
  field("tunSrc", { wire: [nxm("TUN_IPV4_SRC", 31)], rank: 401, ...ipv4 }),
  field("tunDst", { wire: [nxm("TUN_IPV4_DST", 32)], rank: 402, ...ipv4 }),
  field("tunIpv6Src", { wire: [nxm("TUN_IPV6_SRC", 109)], rank: 403, ...ipv6 }),
  field("tunIpv6Dst", { wire: [nxm("TUN_IPV6_DST", 110)], rank: 404, ...ipv6 }),
  field("tunGbpId", { wire: [nxm("TUN_GBP_ID", 38)], rank: 405, bytes: 2, ...decimal }),
  field("tunGbpFlags", { wire: [nxm("TUN_GBP_FLAGS", 39)], rank: 406, bytes: 1 }),
  ...Array.from({ length: 64 }, (_, i) =>
    field(`tunMetadata${i}` as OxmField["name"], {
      wire: [nxm(`TUN_METADATA${i}`, 40 + i)],
      rank: 410 + i,
      bytes: 124,
      kind: "bytes",
      format: "bytes",
    }),
  ),
  field("tunErspanIdx", {
    wire: [nicira("ERSPAN_IDX", 11)],
    rank: 480,
    bits: 20,
    valueBits: 32,
    exactBits: 32,
  }),
  field("tunErspanVer", { wire: [nicira("ERSPAN_VER", 12)], rank: 481, bits: 4, ...paddedByte, ...decimal }),
  field("tunErspanDir", { wire: [nicira("ERSPAN_DIR", 13)], rank: 482, bits: 1, ...paddedByte, ...decimal }),
  field("tunErspanHwid", { wire: [nicira("ERSPAN_HWID", 14)], rank: 483, bits: 6, ...paddedByte }),
  field("tunGtpuFlags", {
    text: ["tun_gtpu_flags", "gtpu_flags"],
    wire: [nicira("GTPU_FLAGS", 15)],
    rank: 484,
    bytes: 1,
    ...readOnly,
  }),
  field("tunGtpuMsgtype", {
    text: ["tun_gtpu_msgtype", "gtpu_msgtype"],
    wire: [nicira("GTPU_MSGTYPE", 16)],
    rank: 485,
    ...byte,
    ...readOnly,
  }),
];

const nsh = { prerequisite: "nsh" } as const;

const serviceFields: readonly OxmField[] = [
  field("nshFlags", { wire: [service("FLAGS", 1)], rank: 500, ...byte, ...nsh }),
  field("nshTtl", { wire: [service("TTL", 10)], rank: 501, ...byte, ...fixed, ...nsh }),
  field("nshMdtype", { wire: [service("MDTYPE", 2)], rank: 502, ...byte, ...fixed, ...readOnly, ...nsh }),
  field("nshNp", { wire: [service("NP", 3)], rank: 503, ...byte, ...fixed, ...readOnly, ...nsh }),
  field("nshSpi", {
    text: ["nsh_spi", "nsp"],
    wire: [service("SPI", 4)],
    rank: 504,
    bits: 24,
    exactBits: 32,
    ...fixed,
    ...nsh,
  }),
  field("nshSi", { text: ["nsh_si", "nsi"], wire: [service("SI", 5)], rank: 505, ...byte, ...fixed, ...nsh }),
  ...([1, 2, 3, 4] as const).map((i) =>
    field(`nshC${i}`, {
      text: [`nsh_c${i}`, `nshc${i}`],
      wire: [service(`C${i}`, 5 + i)],
      rank: 505 + i,
      ...nsh,
    }),
  ),
];

/** `reg0` to `reg31` and the wider ones over them; the upper half came with Open vSwitch 3.7. */
const registerFields: readonly OxmField[] = [
  ...Array.from({ length: 32 }, (_, i) =>
    field(`reg${i}` as OxmField["name"], {
      wire: [i < 16 ? nxm(`REG${i}`, i) : nicira(`REG${i}`, i + 1)],
      rank: 600 + i,
      ...newerFrom(16, i),
    }),
  ),
  ...Array.from({ length: 16 }, (_, i) =>
    field(`xreg${i}` as OxmField["name"], {
      wire: [{ name: `OXM_OF_PKT_REG${i}`, class: 0x8001, number: i }],
      rank: 640 + i,
      ...newerFrom(8, i),
      bytes: 8,
      kind: "bigint",
    }),
  ),
  ...Array.from({ length: 8 }, (_, i) =>
    field(`xxreg${i}` as OxmField["name"], {
      wire: [i < 4 ? nxm(`XXREG${i}`, 111 + i) : nicira(`XXREG${i}`, 29 + i)],
      rank: 660 + i,
      ...newerFrom(4, i),
      bytes: 16,
      kind: "bigint",
    }),
  ),
];

const tracked = { prerequisite: "ct", writable: false } as const;

const trackingFields: readonly OxmField[] = [
  field("ctState", { wire: [nxm("CT_STATE", 105)], rank: 710, format: "ctState", ...readOnly }),
  field("ctZone", { wire: [nxm("CT_ZONE", 106)], rank: 711, bytes: 2, ...fixed, ...readOnly }),
  field("ctMark", { wire: [nxm("CT_MARK", 107)], rank: 712 }),
  field("ctLabel", { wire: [nxm("CT_LABEL", 108)], rank: 713, bytes: 16, kind: "bigint" }),
  field("ctNwSrc", { wire: [nxm("CT_NW_SRC", 120)], rank: 714, ...ipv4, ...tracked }),
  field("ctNwDst", { wire: [nxm("CT_NW_DST", 121)], rank: 715, ...ipv4, ...tracked }),
  field("ctIpv6Src", { wire: [nxm("CT_IPV6_SRC", 122)], rank: 716, ...ipv6, ...tracked }),
  field("ctIpv6Dst", { wire: [nxm("CT_IPV6_DST", 123)], rank: 717, ...ipv6, ...tracked }),
  field("ctNwProto", { wire: [nxm("CT_NW_PROTO", 119)], rank: 718, ...byte, ...fixed, ...tracked }),
  field("ctTpSrc", { wire: [nxm("CT_TP_SRC", 124)], rank: 719, bytes: 2, ...decimal, ...tracked }),
  field("ctTpDst", { wire: [nxm("CT_TP_DST", 125)], rank: 720, bytes: 2, ...decimal, ...tracked }),
];

const packetFields: readonly OxmField[] = [
  field("vlanTci", { wire: [{ name: "NXM_OF_VLAN_TCI", class: 0x0000, number: 4 }], rank: 65, bytes: 2 }),
  field("mplsTtl", { wire: [nxm("MPLS_TTL", 30)], rank: 105, prerequisite: "mpls", ...byte, ...fixed }),
  field("ipFrag", {
    text: ["nw_frag", "ip_frag"],
    wire: [nxm("IP_FRAG", 26)],
    rank: 205,
    bytes: 1,
    bits: 2,
    format: "frag",
    prerequisite: "ip",
    ...readOnly,
  }),
  field("nwTos", {
    wire: [{ name: "NXM_OF_IP_TOS", class: 0x0000, number: 5 }],
    rank: 215,
    prerequisite: "ip",
    ...byte,
    ...fixed,
  }),
  field("nwTtl", { wire: [nxm("IP_TTL", 29)], rank: 225, prerequisite: "ip", ...byte, ...fixed }),
  field("tcpFlags", {
    wire: [
      onf("TCP_FLAGS", 42),
      { name: "OXM_OF_TCP_FLAGS", class: 0x8000, number: 42 },
      nxm("TCP_FLAGS", 34),
    ],
    rank: 275,
    bytes: 2,
    bits: 12,
    format: "tcpFlags",
    prerequisite: "tcp",
    ...readOnly,
  }),
  field("ndReserved", {
    wire: [{ name: "ERICOXM_OF_ICMPV6_ND_RESERVED", class: 0x1000, number: 1 }],
    rank: 355,
    prerequisite: "nd",
    ...decimal,
    ...fixed,
  }),
  field("ndOptionsType", {
    wire: [{ name: "ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE", class: 0x1000, number: 2 }],
    rank: 365,
    prerequisite: "nd",
    ...byte,
    ...fixed,
  }),
];

/** Every field beyond the 40 basic ones. */
export const extensionFields: readonly OxmField[] = [
  ...pipelineFields,
  ...tunnelFields,
  ...serviceFields,
  ...registerFields,
  ...trackingFields,
  ...packetFields,
];
