// Prints a match the way dump-flows does: protocols as one word first, then the fields in Open vSwitch's own order,
// which is neither that of the text nor that of the wire.
import type { Match, RawOxm } from "../protocol/match.ts";
import type { OxmField, OxmFieldName } from "../protocol/oxm-field.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import { type Bits, bitsOfOxm, formatFieldBits } from "./field-text.ts";
import { protocolWord } from "./match-words.ts";
import { allOnes, formatWideHex } from "./number-text.ts";
import type { PortNames } from "./port-text.ts";
import { formatRawOxm, isEthernetPacketType } from "./raw-text.ts";
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
    else fields.set(oxm.field, bitsOfOxm(oxm));
  }
  return { fields, tci, raw, ports };
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

const printers: readonly Printer[] = [
  (view) => {
    const protocol = protocolOf(view);
    return protocol === undefined ? [] : [protocol.word];
  },
  plain("tunnelId"),
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
  plain("ipv6Exthdr"),
  plain("mplsLabel"),
  plain("mplsTc"),
  plain("mplsBos"),
  plain("pbbIsid"),
  plain("icmpv4Type", "icmp_type"),
  plain("icmpv4Code", "icmp_code"),
  plain("icmpv6Type", "icmp_type"),
  plain("icmpv6Code", "icmp_code"),
  plain("ipv6NdTarget"),
  plain("ipv6NdSll"),
  plain("ipv6NdTll"),
  ...(["tcp", "udp", "sctp"] as const).flatMap((name) => [
    plain(`${name}Src`, "tp_src", portBits),
    plain(`${name}Dst`, "tp_dst", portBits),
  ]),
  ({ raw }) =>
    raw
      .filter((oxm) => !isEthernetPacketType(oxm))
      .map((oxm) => {
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

/** Transport ports with a mask print 0x0 for zero, where everything else prints 0. */
function portBits({ value, mask }: Bits): string {
  return mask === allOnes(16) ? String(value) : `0x${value.toString(16)}/0x${mask.toString(16)}`;
}
