// What one match field is: the form of its value in JavaScript, its names, and everything the codec and the text
// syntax ask of it. The entries themselves are data in oxm-fields-*.ts.

import type { ExtensionValues } from "./oxm-extension-values.ts";

/**
 * The values of match fields: the 40 basic ones of OpenFlow 1.3.5 (7.2.3.7) and those of Open vSwitch's extensions.
 * Addresses are text, numbers of more than 32 bits bigint.
 */
export interface OxmValues extends ExtensionValues {
  inPort: number;
  inPhyPort: number;
  metadata: bigint;
  ethDst: string;
  ethSrc: string;
  ethType: number;
  /** 0 to 4095: tagged with that VLAN; `"none"`: untagged; 0 with mask 0: any tag. Bit 0x1000 is the codec's. */
  vlanVid: number | "none";
  vlanPcp: number;
  ipDscp: number;
  ipEcn: number;
  ipProto: number;
  ipv4Src: string;
  ipv4Dst: string;
  tcpSrc: number;
  tcpDst: number;
  udpSrc: number;
  udpDst: number;
  sctpSrc: number;
  sctpDst: number;
  icmpv4Type: number;
  icmpv4Code: number;
  arpOp: number;
  arpSpa: string;
  arpTpa: string;
  arpSha: string;
  arpTha: string;
  ipv6Src: string;
  ipv6Dst: string;
  ipv6Flabel: number;
  icmpv6Type: number;
  icmpv6Code: number;
  ipv6NdTarget: string;
  ipv6NdSll: string;
  ipv6NdTll: string;
  mplsLabel: number;
  mplsTc: number;
  mplsBos: number;
  pbbIsid: number;
  tunnelId: bigint;
  ipv6Exthdr: number;
}

/** The name of a field: OpenFlow's own in camel case, or Open vSwitch's where OpenFlow has none. */
export type OxmFieldName = keyof OxmValues;

/** What form a field's value has in JavaScript and on the wire. */
export type OxmKind = "number" | "bigint" | "mac" | "ipv4" | "ipv6" | "vlan" | "bytes";

/** How Open vSwitch writes the value. */
export type OxmFormat =
  | "decimal"
  | "hexadecimal"
  | "port"
  | "mac"
  | "ipv4"
  | "ipv6"
  | "vlan"
  | "ctState"
  | "tcpFlags"
  | "tunFlags"
  | "frag"
  | "packetType"
  | "bytes";

/** What a match has to say before it may name a field; see `prerequisites`. */
export type PrerequisiteName =
  | "vlan"
  | "mpls"
  | "pbb"
  | "ip"
  | "ipv4"
  | "ipv6"
  | "arp"
  | "tcp"
  | "udp"
  | "sctp"
  | "icmpv4"
  | "icmpv6"
  | "nd"
  | "ndSolicit"
  | "ndAdvert"
  | "nsh"
  | "ct";

/** A header by which a field goes on the wire. */
export interface WireName {
  /** As Open vSwitch prints it, for example `NXM_OF_ETH_SRC`. */
  readonly name: string;
  /** The 16-bit class: 0x8000 OpenFlow basic, 0x0000 and 0x0001 NXM, 0xffff experimenter. */
  readonly class: number;
  /** The id that follows a header of class 0xffff. */
  readonly experimenter?: number;
  /** The 7-bit number within the class. */
  readonly number: number;
  /** The size of the value under this header, where it is not the field's own. */
  readonly bytes?: number;
}

/** One match field. */
export interface OxmField {
  readonly name: OxmFieldName;
  /** The names that ovs-ofctl reads for it; the first is the one `dump-flows` prints. */
  readonly text: readonly [string, ...string[]];
  /** The headers it has on the wire, first the one that Open vSwitch writes at OpenFlow 1.3. */
  readonly wire: readonly [WireName, ...WireName[]];
  /** Size of the value in bytes (the greatest, for tunnel options), and how many of its low bits count. */
  readonly bytes: number;
  readonly bits: number;
  /** How many bits a value may have, where Open vSwitch takes more than it looks at. */
  readonly valueBits?: number;
  /** How many bits a mask must have to be left out as saying nothing, where that isn't `bits`. */
  readonly exactBits?: number;
  readonly kind: OxmKind;
  readonly format: OxmFormat;
  /** Whether a match may carry a mask (Open vSwitch's rule, which allows more than the specification). */
  readonly maskable: boolean;
  /** Whether actions may set it. */
  readonly writable: boolean;
  /** What the match has to say before this field, if anything. */
  readonly prerequisite?: PrerequisiteName;
  /** Whether Open vSwitch has it since 3.7 only: the texts of 3.1 have no word for it. */
  readonly newer?: true;
  /** Its place in a match as Open vSwitch writes one: ascending. */
  readonly rank: number;
}
