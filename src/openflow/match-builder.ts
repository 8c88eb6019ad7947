// Matches written as objects: `match({ ethType: "ipv4", ipv4Dst: "10.0.0.0/24" })`. The compiler refuses a field without
// its protocol as far as types can tell; what they can't is refused here, with the error the switch would answer with.
import { OvskitError } from "../errors.ts";
import { checkMatch } from "./protocol/consistency.ts";
import { canonicalMatch, type Match, type NamedOxm, type Oxm } from "./protocol/match.ts";
import type { OxmField, OxmFieldName, OxmValues } from "./protocol/oxm-field.ts";
import { oxmFieldByName } from "./protocol/oxm-fields.ts";
import { oxmOfBits, parseFieldBits } from "./text/field-text.ts";
import { FlowSyntaxError } from "./text/flow-syntax-error.ts";
import { wholeToken } from "./text/scanner.ts";

/** A value of which some bits are compared. Bits of the value outside the mask must be zero. */
export interface MaskedValue<V> {
  readonly value: V;
  readonly mask: V;
}

/**
 * What a field is compared with: its value, a value with a mask, or text as ovs-ofctl has it after `field=`, such as
 * `"10.0.0.0/24"`, `"fa:16:3e:00:00:00/ff:ff:ff:00:00:00"`, `"0x10/0xf0"` or `"+trk-new"`.
 */
export type MatchValue<F extends OxmFieldName> =
  | OxmValues[F]
  | MaskedValue<Exclude<OxmValues[F], "none">>
  | string;

type Fields<F extends OxmFieldName> = { readonly [K in F]?: MatchValue<K> | undefined };

type IpField = "ipDscp" | "ipEcn" | "nwTos" | "nwTtl" | "ipFrag";
type Ipv4Field = "ipv4Src" | "ipv4Dst";
type Ipv6Field = "ipv6Src" | "ipv6Dst" | "ipv6Flabel" | "ipv6Exthdr";
type ArpField = "arpOp" | "arpSpa" | "arpTpa" | "arpSha" | "arpTha";
type MplsField = "mplsLabel" | "mplsTc" | "mplsBos" | "mplsTtl";
type NshField = Extract<OxmFieldName, `nsh${string}`>;
type TcpField = "tcpSrc" | "tcpDst" | "tcpFlags";
type UdpField = "udpSrc" | "udpDst";
type SctpField = "sctpSrc" | "sctpDst";
type Icmpv4Field = "icmpv4Type" | "icmpv4Code";
type Icmpv6Field =
  | "icmpv6Type"
  | "icmpv6Code"
  | "ipv6NdTarget"
  | "ipv6NdSll"
  | "ipv6NdTll"
  | "ndReserved"
  | "ndOptionsType";

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
  | Icmpv6Field;

/** `Base` with these dependent fields and no others. */
type Shape<Base, F extends DependentField = never> = Base &
  Fields<F> & { readonly [K in Exclude<DependentField, F | keyof Base>]?: undefined };

interface Ipv4 {
  readonly ethType: "ipv4" | 0x0800;
}
interface Ipv6 {
  readonly ethType: "ipv6" | 0x86dd;
}
interface Tcp {
  readonly ipProto: "tcp" | 6;
}
interface Udp {
  readonly ipProto: "udp" | 17;
}
interface Sctp {
  readonly ipProto: "sctp" | 132;
}
interface OtherProto {
  readonly ipProto?: number;
}

type Transports<Base, F extends DependentField> =
  | Shape<Base & Tcp, F | TcpField>
  | Shape<Base & Udp, F | UdpField>
  | Shape<Base & Sctp, F | SctpField>
  | Shape<Base & OtherProto, F>;

/** The fields of a match; which of them go together depends on `ethType` and `ipProto`. */
export type MatchFields = Fields<Exclude<OxmFieldName, DependentField | "ethType" | "vlanVid">> & {
  /** 0 to 4095, `"none"` for no tag, `"any"` for any tag. */
  readonly vlanVid?: number | "none" | "any" | MaskedValue<number>;
} & (
    | Transports<Ipv4, IpField | Ipv4Field>
    | Shape<Ipv4 & { readonly ipProto: "icmp" | 1 }, IpField | Ipv4Field | Icmpv4Field>
    | Transports<Ipv6, IpField | Ipv6Field>
    | Shape<Ipv6 & { readonly ipProto: "icmpv6" | 58 }, IpField | Ipv6Field | Icmpv6Field>
    | Shape<{ readonly ethType: "arp" | "rarp" | 0x0806 | 0x8035 }, ArpField>
    | Shape<{ readonly ethType: "mpls" | "mplsMulticast" | 0x8847 | 0x8848 }, MplsField>
    | Shape<{ readonly ethType: "nsh" | 0x894f }, NshField>
    | Shape<{ readonly ethType?: number }>
  );

/** A match that no switch would take, or that can't be written. */
export class MatchError extends OvskitError {
  /** The field that is wrong. */
  readonly field: string;
  /** The error Open vSwitch answers with, where it would get to see the match: `OFPBMC_BAD_PREREQ`. */
  readonly openflowError: string | undefined;

  constructor(message: string, field: string, options: ErrorOptions & { openflowError?: string } = {}) {
    super("ERR_OPENFLOW_MATCH", `${field}: ${message}`, options);
    this.name = "MatchError";
    this.field = field;
    this.openflowError = options.openflowError;
  }
}

const names: Readonly<Partial<Record<string, Readonly<Record<string, number>>>>> = {
  ethType: {
    ipv4: 0x0800,
    ipv6: 0x86dd,
    arp: 0x0806,
    rarp: 0x8035,
    mpls: 0x8847,
    mplsMulticast: 0x8848,
    nsh: 0x894f,
  },
  ipProto: { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 },
};

/**
 * The match that compares these fields, in the order in which Open vSwitch writes one. Fields that are undefined are
 * left out. Throws a {@link MatchError} for a value that has no form, and for what the switch would refuse.
 */
export function match(fields: MatchFields): Match {
  const oxms = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => oxmOf(name, value));
  const built = canonicalMatch(oxms);
  const found = checkMatch(built);
  if (found === undefined) return built;
  const index = Number(/\d+/.exec(found.path)?.[0]);
  throw new MatchError(found.reason, built[index]?.field ?? found.path, { openflowError: found.error });
}

function oxmOf(name: string, value: unknown): Oxm {
  const field = oxmFieldByName.get(name);
  if (field === undefined) throw new MatchError("is no match field", name);
  if (field.name === "vlanVid" && value === "any") return { field: "vlanVid", value: 0, mask: 0 };
  const number = typeof value === "string" ? names[name]?.[value] : undefined;
  if (number !== undefined) return named(field, { value: number });
  if (typeof value === "string" && field.format !== "vlan" && field.kind !== "bytes")
    return fromText(field, value);
  return named(field, isMasked(value) ? { value: value.value, mask: value.mask } : { value });
}

function isMasked(value: unknown): value is MaskedValue<unknown> {
  return typeof value === "object" && value !== null && "value" in value && "mask" in value;
}

/** The encoder checks the value's form against the field, as it does for matches written by hand. */
function named(field: OxmField, parts: { value: unknown; mask?: unknown }): NamedOxm {
  return { field: field.name, ...parts } as NamedOxm;
}

function fromText(field: OxmField, text: string): Oxm {
  try {
    return oxmOfBits(field, parseFieldBits(wholeToken(text), field));
  } catch (error) {
    if (!(error instanceof FlowSyntaxError)) throw error;
    throw new MatchError(error.message, field.name, { cause: error });
  }
}
