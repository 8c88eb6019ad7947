// What the actions of a flow need its match to select, as types: `flow()` demands it of the match where it is written, so
// that setting an IP address of ARP packets doesn't compile. What actions leave behind, types don't follow: once one has
// changed the protocol, nothing more is demanded, and the check at run time has the word.
import type { Action } from "../protocol/actions.ts";
import type {
  Advertisement,
  Arp,
  ArpField,
  Icmpv4,
  Icmpv4Field,
  Icmpv6,
  Icmpv6Field,
  IpField,
  Ipv4,
  Ipv4Field,
  Ipv6,
  Ipv6Field,
  Mpls,
  MplsField,
  NdField,
  Nsh,
  NshField,
  Sctp,
  SctpField,
  Solicitation,
  Tagged,
  Tcp,
  TcpField,
  Udp,
  UdpField,
} from "./match-fields.ts";

interface Ip {
  readonly ethType: Ipv4["ethType"] | Ipv6["ethType"];
}

/** What each field needs. Of several fields, one of them may be meant: the needs of any. */
type FieldNeeds<F> = F extends Ipv4Field
  ? Ipv4
  : F extends Ipv6Field
    ? Ipv6
    : F extends IpField
      ? Ip
      : F extends ArpField
        ? Arp
        : F extends MplsField
          ? Mpls
          : F extends NshField
            ? Nsh
            : F extends "vlanVid" | "vlanPcp"
              ? Tagged
              : TransportNeeds<F>;

type TransportNeeds<F> = F extends TcpField
  ? Ip & Tcp
  : F extends UdpField
    ? Ip & Udp
    : F extends SctpField
      ? Ip & Sctp
      : F extends Icmpv4Field
        ? Icmpv4
        : F extends Icmpv6Field
          ? Icmpv6
          : F extends NdField
            ? Solicitation | Advertisement
            : F extends "ipv6NdSll"
              ? Solicitation
              : F extends "ipv6NdTll"
                ? Advertisement
                : unknown;

interface ActionNeeds {
  popVlan: Tagged;
  decNwTtl: Ip;
  decTtlCntIds: Ip;
  setNwTtl: Ip;
  ct: Ip;
  finTimeout: Ip & Tcp;
  decMplsTtl: Mpls;
  setMplsTtl: Mpls;
  popMpls: Mpls;
  decNshTtl: Nsh;
}

type NeedsOf<A> = A extends { type: "setField"; oxm: { field: infer F } }
  ? FieldNeeds<F>
  : A extends { type: infer T extends keyof ActionNeeds }
    ? ActionNeeds[T]
    : unknown;

/** Actions after which the packet's protocols are others than the match says. */
type ProtocolChange = "pushMpls" | "popMpls" | "encap" | "decap" | "experimenter" | "raw";
/** Actions after which it may have a tag. */
type TagChange =
  | { type: "pushVlan" | "regLoad" | "regMove" | "regLoad2" | "stackPop" }
  | { type: "setField"; oxm: { field: "vlanTci" } };

/** The needs of the actions up to the first that changes the protocol. A list of unknown length needs nothing. */
type NeedsOfAll<A, Ignored = never> = A extends readonly [infer First, ...infer Rest]
  ? (NeedsOf<First> extends Ignored ? unknown : NeedsOf<First>) &
      (First extends { type: ProtocolChange }
        ? unknown
        : NeedsOfAll<Rest, First extends TagChange ? Tagged : Ignored>)
  : unknown;

/** What a match has to have for these actions. */
export type MatchNeeds<A extends readonly Action[]> = NeedsOfAll<A>;
