// The types of `match()`: which fields go together. The compiler refuses a field without its protocol, as far as types can
// tell; each shape below is one combination of Ethernet type, IP protocol and ICMPv6 type.
import type { OxmFieldName, OxmValues } from "../protocol/oxm-field.ts";
import type { AbsentField, MaskedValue } from "./field-value.ts";

/**
 * What a field is compared with: its value, a value with a mask, or text as ovs-ofctl has it after `field=`, such as
 * `"10.0.0.0/24"`, `"fa:16:3e:00:00:00/ff:ff:ff:00:00:00"`, `"0x10/0xf0"` or `"+trk-new"`.
 */
export type MatchValue<F extends OxmFieldName> =
  | OxmValues[F]
  | MaskedValue<Exclude<OxmValues[F], "none">>
  | string;

type Fields<F extends OxmFieldName> = { readonly [K in F]?: MatchValue<K> | undefined };
type Without<F extends string> = { readonly [K in F]?: undefined };

export /* Fields by what they need. */
type IpField = "ipDscp" | "ipEcn" | "nwTos" | "nwTtl" | "ipFrag";
export type Ipv4Field = "ipv4Src" | "ipv4Dst";
export type Ipv6Field = "ipv6Src" | "ipv6Dst" | "ipv6Flabel";
export type ArpField = "arpOp" | "arpSpa" | "arpTpa" | "arpSha" | "arpTha";
export type MplsField = "mplsLabel" | "mplsTc" | "mplsBos" | "mplsTtl";
export type NshField = Extract<OxmFieldName, `nsh${string}`>;
export type TcpField = "tcpSrc" | "tcpDst" | "tcpFlags";
export type UdpField = "udpSrc" | "udpDst";
export type SctpField = "sctpSrc" | "sctpDst";
export type Icmpv4Field = "icmpv4Type" | "icmpv4Code";
export type Icmpv6Field = "icmpv6Type" | "icmpv6Code";
export type NdField = "ipv6NdTarget" | "ndReserved" | "ndOptionsType";

/** Fields that need another one to be there first. */
type DependentField =
  | "ipProto"
  | IpField
  | Ipv4Field
  | Ipv6Field
  | ArpField
  | MplsField
  | NshField
  | TcpField
  | UdpField
  | SctpField
  | Icmpv4Field
  | Icmpv6Field
  | NdField
  | "ipv6NdSll"
  | "ipv6NdTll";

/** `Base` with these dependent fields and no others. */
type Shape<Base, F extends DependentField = never> = Base &
  Fields<Exclude<F, keyof Base>> &
  Without<Exclude<DependentField, F | keyof Base>>;

export interface Ipv4 {
  readonly ethType: "ipv4" | 0x0800;
}
export interface Ipv6 {
  readonly ethType: "ipv6" | 0x86dd;
}
export interface Tcp {
  readonly ipProto: "tcp" | 6;
}
export interface Udp {
  readonly ipProto: "udp" | 17;
}
export interface Sctp {
  readonly ipProto: "sctp" | 132;
}
interface OtherProto {
  readonly ipProto?: number | undefined;
}
export interface Icmpv4 extends Ipv4 {
  readonly ipProto: "icmp" | 1;
}
export interface Icmpv6 extends Ipv6 {
  readonly ipProto: "icmpv6" | 58;
}
export interface Solicitation extends Icmpv6 {
  readonly icmpv6Type: 135;
}
export interface Advertisement extends Icmpv6 {
  readonly icmpv6Type: 136;
}

export interface Arp {
  readonly ethType: "arp" | "rarp" | 0x0806 | 0x8035;
}
export interface Mpls {
  readonly ethType: "mpls" | "mplsMulticast" | 0x8847 | 0x8848;
}
export interface Nsh {
  readonly ethType: "nsh" | 0x894f;
}
export interface Tagged {
  /** 0 to 4095, `"none"` for no tag, `"any"` for any tag. */
  readonly vlanVid: number | "any" | MaskedValue<number>;
}

type Transports<Base, F extends DependentField> =
  | Shape<Base & Tcp, F | TcpField>
  | Shape<Base & Udp, F | UdpField>
  | Shape<Base & Sctp, F | SctpField>
  | Shape<Base & OtherProto, F>;

type Protocols =
  | Transports<Ipv4, IpField | Ipv4Field>
  | Shape<Icmpv4, IpField | Ipv4Field | Icmpv4Field>
  | Transports<Ipv6, IpField | Ipv6Field>
  | Shape<Icmpv6, IpField | Ipv6Field | Icmpv6Field>
  | Shape<Solicitation, IpField | Ipv6Field | Icmpv6Field | NdField | "ipv6NdSll">
  | Shape<Advertisement, IpField | Ipv6Field | Icmpv6Field | NdField | "ipv6NdTll">
  | Shape<Arp, ArpField>
  | Shape<Mpls, MplsField>
  | Shape<Nsh, NshField>
  | Shape<{ readonly ethType?: number | undefined }>;

/** Without a tag's priority, which needs a tag. */
interface WithoutPriority {
  readonly vlanVid?: Tagged["vlanVid"] | "none" | undefined;
  readonly vlanPcp?: undefined;
}
interface WithPriority extends Tagged {
  /** The tag's priority, 0 to 7. */
  readonly vlanPcp?: MatchValue<"vlanPcp"> | undefined;
}

type CtField = "ctNwSrc" | "ctNwDst" | "ctIpv6Src" | "ctIpv6Dst" | "ctNwProto" | "ctTpSrc" | "ctTpDst";

/** The addresses of a connection need a state that says there is one. */
type Tracking =
  | ({ readonly ctState?: MatchValue<"ctState"> | undefined } & Without<CtField>)
  | ({ readonly ctState: MatchValue<"ctState"> } & Fields<CtField>);

/**
 * The fields of a match; which of them go together depends on `ethType`, `ipProto`, `icmpv6Type`, `vlanVid` and `ctState`. Fields
 * that Open vSwitch doesn't have aren't among them.
 */
export type MatchFields = Fields<
  Exclude<
    OxmFieldName,
    DependentField | AbsentField | CtField | "ethType" | "vlanVid" | "vlanPcp" | "ctState"
  >
> &
  Without<AbsentField> &
  // First what is most often wrong: the compiler explains a refusal by one of these.
  Protocols &
  (WithoutPriority | WithPriority) &
  Tracking;
