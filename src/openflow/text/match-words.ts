// The words of a match, as tables: protocols in one word, words that stand for different fields in different protocols,
// and how prerequisites are said. The fields' own words come from the registry of match fields.
import type { OxmFieldName, PrerequisiteName } from "../protocol/oxm-field.ts";

/** A protocol that one word names. */
export interface Protocol {
  readonly ethType: number;
  readonly ipProto?: number;
}

/** `tcp` is `dl_type=0x0800,nw_proto=6`. Where two words mean the same, the first is the one printed. */
export const protocols: ReadonlyMap<string, Protocol> = new Map([
  ["icmp", { ethType: 0x0800, ipProto: 1 }],
  ["tcp", { ethType: 0x0800, ipProto: 6 }],
  ["udp", { ethType: 0x0800, ipProto: 17 }],
  ["sctp", { ethType: 0x0800, ipProto: 132 }],
  ["tcp6", { ethType: 0x86dd, ipProto: 6 }],
  ["udp6", { ethType: 0x86dd, ipProto: 17 }],
  ["icmp6", { ethType: 0x86dd, ipProto: 58 }],
  ["sctp6", { ethType: 0x86dd, ipProto: 132 }],
  ["ip", { ethType: 0x0800 }],
  ["ipv4", { ethType: 0x0800 }],
  ["ip4", { ethType: 0x0800 }],
  ["ipv6", { ethType: 0x86dd }],
  ["ip6", { ethType: 0x86dd }],
  ["arp", { ethType: 0x0806 }],
  ["rarp", { ethType: 0x8035 }],
  ["mpls", { ethType: 0x8847 }],
  ["mplsm", { ethType: 0x8848 }],
]);

/** Packets that begin with an Ethernet header, whatever is in it. */
export const ethernetWord = "eth";

/** Words that mean the first of these fields whose prerequisites the match meets. */
export const sharedWords: ReadonlyMap<string, readonly OxmFieldName[]> = new Map<
  string,
  readonly OxmFieldName[]
>([
  ["nw_src", ["ipv4Src", "arpSpa"]],
  ["nw_dst", ["ipv4Dst", "arpTpa"]],
  ["ip_src", ["ipv4Src", "arpSpa"]],
  ["ip_dst", ["ipv4Dst", "arpTpa"]],
  ["nw_proto", ["ipProto", "arpOp"]],
  ["tp_src", ["tcpSrc", "udpSrc", "sctpSrc", "icmpv4Type", "icmpv6Type"]],
  ["tp_dst", ["tcpDst", "udpDst", "sctpDst", "icmpv4Code", "icmpv6Code"]],
  ["icmp_type", ["icmpv4Type", "icmpv6Type"]],
  ["icmp_code", ["icmpv4Code", "icmpv6Code"]],
]);

/** How a match says what a prerequisite asks for. */
export const prerequisiteWords: Readonly<Record<PrerequisiteName, string>> = {
  vlan: "a VLAN tag (dl_vlan=…)",
  mpls: "mpls",
  pbb: "dl_type=0x88e7",
  ip: "ip or ipv6",
  ipv4: "ip",
  ipv6: "ipv6",
  arp: "arp",
  tcp: "tcp or tcp6",
  udp: "udp or udp6",
  sctp: "sctp or sctp6",
  icmpv4: "icmp",
  icmpv6: "icmp6",
  nd: "icmp6,icmp_type=135 or 136",
  ndSolicit: "icmp6,icmp_type=135",
  ndAdvert: "icmp6,icmp_type=136",
  nsh: "dl_type=0x894f",
  ct: "a connection's state (ct_state=+trk-inv or +est)",
};

/** What to write so that a prerequisite is met. */
export function prerequisiteHint(name: PrerequisiteName): string {
  const push = name === "vlan" || name === "mpls" ? `, or push one first: ${pushWords[name]}` : "";
  return `write ${prerequisiteWords[name]} in the match${push}`;
}

const pushWords = { vlan: "push_vlan:0x8100", mpls: "push_mpls:0x8847" } as const;

/** The word that says `ethType` and, where it can, `ipProto`; undefined where no word does. */
export function protocolWord(
  ethType: number,
  ipProto: number | undefined,
): { readonly word: string; readonly saysProto: boolean } | undefined {
  const same = [...protocols].filter(([, protocol]) => protocol.ethType === ethType);
  const exact = same.find(([, protocol]) => protocol.ipProto !== undefined && protocol.ipProto === ipProto);
  if (exact !== undefined) return { word: exact[0], saysProto: true };
  const base = same.find(([, protocol]) => protocol.ipProto === undefined);
  return base === undefined ? undefined : { word: base[0], saysProto: false };
}
