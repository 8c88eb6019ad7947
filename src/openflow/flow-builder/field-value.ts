// Values of match fields as programs write them, with names, text and masks, and what they are in a message. Every value
// is encoded once to see that it can be: what has no wire form is refused where it is written.
import type { NamedOxm } from "../protocol/match.ts";
import { oxm } from "../protocol/oxm.ts";
import type { OxmField, OxmFieldName, OxmValues } from "../protocol/oxm-field.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import { oxmOfBits, parseFieldBits } from "../text/field-text.ts";
import { FlowSyntaxError } from "../text/flow-syntax-error.ts";
import { wholeToken } from "../text/scanner.ts";
import type { Codec } from "../wire/codec.ts";
import { Fault } from "../wire/fault.ts";
import { Writer } from "../wire/writer.ts";
import type { BuildError, BuildFacts } from "./refusal.ts";

/** A value of which some bits are compared. Bits of the value outside the mask must be zero. */
export interface MaskedValue<V> {
  readonly value: V;
  readonly mask: V;
}

/** Fields of OpenFlow 1.3 that Open vSwitch doesn't have: `OFPBMC_BAD_FIELD`. */
export type AbsentField = "inPhyPort" | "pbbIsid" | "ipv6Exthdr";

/** What is thrown for a value that has no form. */
export type Refusal = new (reason: string, field: string, facts?: BuildFacts) => BuildError;

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

/** The field with this value, with the value checked against the field. */
export function oxmOf(name: string, value: unknown, refusal: Refusal): NamedOxm {
  const field = oxmFieldByName.get(name);
  if (field === undefined) throw new refusal("is no match field", name);
  const built = readValue(field, value, refusal);
  const fault = faultOfWriting(oxm, built);
  if (fault === undefined) return built;
  throw new refusal(fault.message, name, { cause: fault, ...maskFacts(field, built) });
}

/** Memory for what is written to see that it can be; whoever writes meanwhile gets memory of its own. */
let spare: Writer | undefined = new Writer();

/** What `codec` finds wrong with `value`; undefined if it can be written. */
export function faultOfWriting<T>(codec: Codec<T>, value: T): Fault | undefined {
  const writer = spare ?? new Writer();
  spare = undefined;
  try {
    writer.begin();
    codec.write(writer, value);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  } finally {
    spare = writer;
  }
}

function readValue(field: OxmField, value: unknown, refusal: Refusal): NamedOxm {
  if (field.name === "vlanVid" && value === "any") return { field: "vlanVid", value: 0, mask: 0 };
  const number = typeof value === "string" ? names[field.name]?.[value] : undefined;
  if (number !== undefined) return named(field, { value: number });
  if (typeof value === "string" && isText(field, value)) return fromText(field, value, refusal);
  return named(field, isMasked(value) ? { value: value.value, mask: value.mask } : { value });
}

/** Tunnel options are text of their own in messages, which says how many bytes they have. */
function isText({ format, kind }: OxmField, value: string): boolean {
  return format !== "vlan" && (kind !== "bytes" || value.includes("/"));
}

function isMasked(value: unknown): value is MaskedValue<unknown> {
  return typeof value === "object" && value !== null && "value" in value && "mask" in value;
}

function named(field: OxmField, parts: { value: unknown; mask?: unknown }): NamedOxm {
  return { field: field.name, ...parts } as NamedOxm;
}

function fromText(field: OxmField, text: string, refusal: Refusal): NamedOxm {
  try {
    return oxmOfBits(field, parseFieldBits(wholeToken(text), field));
  } catch (error) {
    if (!(error instanceof FlowSyntaxError)) throw error;
    const { openflowError, hint } = error;
    // The text names the field by its word, the error by our name.
    const reason = error.reason.replace(`${field.text[0]}: `, "");
    throw new refusal(reason, field.name, { cause: error, openflowError, hint });
  }
}

/** Open vSwitch's name for a mask that is wrong, where the mask is what is wrong. */
function maskFacts({ maskable }: OxmField, { mask, ...exact }: NamedOxm): BuildFacts {
  if (mask === undefined) return {};
  if (!maskable)
    return { openflowError: "OFPBMC_BAD_MASK", hint: "compare the whole field: write the value alone" };
  if (faultOfWriting(oxm, exact as NamedOxm) !== undefined) return {};
  return { openflowError: "OFPBMC_BAD_WILDCARDS", hint: "write zeros where the mask has zeros" };
}

/** Fields that no action may write. */
export type ReadOnlyField =
  | AbsentField
  | "dpHash"
  | "recircId"
  | "conjId"
  | "actsetOutput"
  | "packetType"
  | "ethType"
  | "mplsBos"
  | "ipFrag"
  | "ipProto"
  | "tcpFlags"
  | "tunGtpuFlags"
  | "tunGtpuMsgtype"
  | "nshMdtype"
  | "nshNp"
  | "ctState"
  | "ctZone"
  | "ctNwSrc"
  | "ctNwDst"
  | "ctIpv6Src"
  | "ctIpv6Dst"
  | "ctNwProto"
  | "ctTpSrc"
  | "ctTpDst";

/** Fields that actions may write. */
export type WritableField = Exclude<OxmFieldName, ReadOnlyField>;

/** What a field is set to: its value, or text as ovs-ofctl has it before `->field`, without a mask. */
export type FieldValue<F extends OxmFieldName> = Exclude<OxmValues[F], "none"> | string;
