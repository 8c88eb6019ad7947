// Prints a match the way dump-flows does: protocols as one word first, then the fields in Open vSwitch's own order,
// which is neither that of the text nor that of the wire.
import type { Match, NamedOxm, RawOxm } from "../protocol/match.ts";
import type { OxmField, OxmFieldName } from "../protocol/oxm-field.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import { type Bits, bitsOfOxm, formatFieldBits } from "./field-text.ts";
import { ethernetWord, protocolWord } from "./match-words.ts";
import { allOnes, formatHex, formatWideHex } from "./number-text.ts";
import type { PortNames } from "./port-text.ts";
import { formatRawOxm } from "./raw-text.ts";
import { registersOf } from "./register-parts.ts";
import { formatTci, tciOfOxm } from "./vlan-text.ts";

/** A match taken apart for printing. */
interface MatchView {
  readonly fields: ReadonlyMap<OxmFieldName, Bits>;
  readonly tci: Bits | undefined;
  readonly raw: readonly RawOxm[];
  readonly ports: PortNames | undefined;
}

type Printer = (view: MatchView) => string[];

/** `match` as words, in the order of dump-flows. */
export function matchWordsOf(match: Match, ports?: PortNames): string[] {
  const view = viewOf(match, ports);
  return printers.flatMap((print) => print(view));
}

function viewOf(match: Match, ports: PortNames | undefined): MatchView {
  const fields = new Map<OxmFieldName, Bits>();
  const raw: RawOxm[] = [];
  let tci: Bits | undefined;
  for (const oxm of match) {
    const vlan = tciOfOxm(oxm);
    if (vlan !== undefined)
      tci = { value: (tci?.value ?? 0n) | vlan.value, mask: (tci?.mask ?? 0n) | vlan.mask };
    else if (oxm.field === "raw") raw.push(oxm);
    else for (const [name, bits] of partsOf(oxm)) fields.set(name, bits);
  }
  return { fields, tci, raw, ports };
}

/** Wide registers print as the registers they are made of, and the old TOS byte as the DSCP in it. */
function partsOf(oxm: NamedOxm): Iterable<readonly [OxmFieldName, Bits]> {
  const bits = bitsOfOxm(oxm);
  if (oxm.field === "nwTos") return [["ipDscp", { value: bits.value >> 2n, mask: allOnes(6) }]];
  return registersOf(oxm.field, bits) ?? [[oxm.field, bits]];
}

/** A field by the first of its words, or by another one. */
const plain =
  (
    name: OxmFieldName,
    word?: string,
    format: (bits: Bits, field: OxmField) => string = defaultFormat,
  ): Printer =>
  (view) => {
    const bits = view.fields.get(name);
    const field = oxmFieldByName.get(name);
    if (bits === undefined || field === undefined) return [];
    return [`${word ?? field.text[0]}=${format(bits, field)}`];
  };

const port =
  (name: OxmFieldName): Printer =>
  (view) =>
    plain(name, undefined, (bits, field) => formatFieldBits(bits, field, view.ports))(view);

/** A tunnel option; with a mask of nothing it is asked for by its word alone. */
const option =
  (name: OxmFieldName): Printer =>
  (view) => {
    const bits = view.fields.get(name);
    return bits?.mask === 0n ? [wordOf(name)] : plain(name)(view);
  };

/** Open vSwitch writes these with their own value as the mask, so that the value alone says both. */
const selfMasked =
  (name: OxmFieldName, word: string, format: (value: bigint) => string = String): Printer =>
  (view) =>
    plain(name, word, (bits, field) =>
      bits.value === bits.mask ? format(bits.value) : formatFieldBits(bits, field),
    )(view);

const printers: readonly Printer[] = [
  ...(["pktMark", "recircId", "dpHash"] as const).map((name) => plain(name, undefined, hexadecimal)),
  plain("conjId"),
  port("actsetOutput"),
  plain("ctState"),
  plain("ctZone", undefined, ({ value }) => String(value)),
  ...(["ctMark", "ctLabel", "ctNwSrc", "ctIpv6Src", "ctNwDst", "ctIpv6Dst", "ctNwProto"] as const).map(
    (name) => plain(name),
  ),
  plain("ctTpSrc", undefined, portBits),
  plain("ctTpDst", undefined, portBits),
  packetTypeWords,
  (view) => {
    const protocol = protocolOf(view);
    return protocol === undefined ? [] : [protocol.word];
  },
  ...Array.from({ length: 32 }, (_, i) => plain(`reg${i}` as OxmFieldName)),
  plain("tunnelId"),
  ...(["tunSrc", "tunDst", "tunIpv6Src", "tunIpv6Dst"] as const).map((name) => plain(name)),
  plain("tunGbpId", undefined, portBits),
  plain("tunGbpFlags"),
  selfMasked("tunErspanVer", "tun_erspan_ver"),
  plain("tunErspanIdx"),
  selfMasked("tunErspanDir", "tun_erspan_dir"),
  selfMasked("tunErspanHwid", "tun_erspan_hwid", formatHex),
  selfMasked("tunGtpuFlags", "gtpu_flags", formatHex),
  selfMasked("tunGtpuMsgtype", "gtpu_msgtype"),
  plain("tunFlags"),
  ...Array.from({ length: 64 }, (_, i) => option(`tunMetadata${i}` as OxmFieldName)),
  plain("metadata"),
  port("inPort"),
  port("inPhyPort"),
  ({ tci }) => (tci === undefined ? [] : formatTci(tci)),
  plain("ethSrc"),
  plain("ethDst"),
  (view) => (protocolOf(view) === undefined ? plain("ethType", undefined, fourDigits)(view) : []),
  plain("ipv6Src"),
  plain("ipv6Dst"),
  plain("ipv6Flabel", undefined, fiveDigits),
  plain("ipv4Src"),
  plain("ipv4Dst"),
  plain("arpSpa"),
  plain("arpTpa"),
  (view) => (protocolOf(view)?.saysProto === true ? [] : plain("ipProto")(view)),
  plain("arpOp"),
  plain("arpSha"),
  plain("arpTha"),
  plain("ipDscp", "nw_tos", ({ value }) => String(value << 2n)),
  plain("ipEcn"),
  plain("nwTtl"),
  plain("ipv6Exthdr"),
  plain("ipFrag"),
  plain("mplsLabel"),
  plain("mplsTc"),
  plain("mplsTtl"),
  plain("mplsBos"),
  plain("pbbIsid"),
  plain("nshFlags", undefined, ({ value, mask }) =>
    mask === allOnes(8) ? String(value) : `${formatWideHex(value, 2)}/${formatWideHex(mask, 2)}`,
  ),
  ...(["Ttl", "Mdtype", "Np"] as const).map((name) => plain(`nsh${name}`)),
  plain("nshSpi", undefined, ({ value }) => `0x${value.toString(16)}`),
  plain("nshSi"),
  ...([1, 2, 3, 4] as const).map((i) => plain(`nshC${i}`, undefined, contextBits)),
  plain("icmpv4Type", "icmp_type"),
  plain("icmpv4Code", "icmp_code"),
  plain("icmpv6Type", "icmp_type"),
  plain("icmpv6Code", "icmp_code"),
  plain("ipv6NdTarget"),
  plain("ipv6NdSll"),
  plain("ipv6NdTll"),
  plain("ndReserved"),
  plain("ndOptionsType"),
  ...(["tcp", "udp", "sctp"] as const).flatMap((name) => [
    plain(`${name}Src`, "tp_src", portBits),
    plain(`${name}Dst`, "tp_dst", portBits),
  ]),
  plain("tcpFlags"),
  ({ raw }) =>
    raw.map((oxm) => {
      const { word, value } = formatRawOxm(oxm);
      return `${word}=${value}`;
    }),
];

function protocolOf({ fields }: MatchView): { word: string; saysProto: boolean } | undefined {
  const ethType = fields.get("ethType");
  if (ethType === undefined) return undefined;
  const ipProto = fields.get("ipProto");
  return protocolWord(Number(ethType.value), ipProto === undefined ? undefined : Number(ipProto.value));
}

/** Packets of type Ethernet go without saying, but where the datapath's own number of a packet's round is matched. */
function packetTypeWords(view: MatchView): string[] {
  const { fields, tci } = view;
  if ((fields.get("packetType")?.value ?? 0n) !== 0n) return plain("packetType")(view);
  const saysEthernet = tci !== undefined || ethernetNames.some((name) => fields.has(name));
  return fields.has("recircId") && saysEthernet ? [ethernetWord] : [];
}

/** What says to Open vSwitch that a packet begins with an Ethernet header, the TCI aside. */
const ethernetNames: readonly OxmFieldName[] = [
  "packetType",
  "ethSrc",
  "ethDst",
  "ethType",
  "ctNwProto",
  "ctTpSrc",
  "ctTpDst",
];

function wordOf(name: OxmFieldName): string {
  return oxmFieldByName.get(name)?.text[0] ?? name;
}

function hexadecimal({ value, mask }: Bits): string {
  return mask === allOnes(32) ? formatHex(value) : `${formatHex(value)}/${formatHex(mask)}`;
}

function defaultFormat(bits: Bits, field: OxmField): string {
  return formatFieldBits(bits, field);
}

function fourDigits({ value }: Bits): string {
  return formatWideHex(value, 4);
}

function fiveDigits({ value, mask }: Bits): string {
  const text = formatWideHex(value, 5);
  return mask === allOnes(20) ? text : `${text}/${formatWideHex(mask, 5)}`;
}

/** The context of a service header with a mask: 0x0 for zero. */
function contextBits({ value, mask }: Bits): string {
  return mask === allOnes(32) ? formatHex(value) : `0x${value.toString(16)}/0x${mask.toString(16)}`;
}

/** Transport ports with a mask print 0x0 for zero, where everything else prints 0. */
function portBits({ value, mask }: Bits): string {
  return mask === allOnes(16) ? String(value) : `0x${value.toString(16)}/0x${mask.toString(16)}`;
}
