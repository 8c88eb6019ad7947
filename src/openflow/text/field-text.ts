// Values of match fields between text, numbers and the form that messages carry. In between every value is a bigint
// with a mask, so that CIDRs, masks and subfields such as tp_src[5] are the same piece of arithmetic.
import type { NamedOxm } from "../protocol/match.ts";
import type { OxmField, OxmFormat, OxmKind } from "../protocol/oxm-field.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import {
  formatIpv4,
  formatIpv6,
  formatMac,
  parseAddressMask,
  parseIpv4,
  parseIpv6,
  parseMac,
  prefixLength,
} from "./address-text.ts";
import { allOnes, formatHex, parseBits } from "./number-text.ts";
import { formatPort, type PortNames, type PortNumbers, parsePort } from "./port-text.ts";
import { refuse, sliceToken, type Token, wholeToken } from "./scanner.ts";

/** Bits that are compared (`mask`), and what they must be (`value`, zero outside the mask). */
export interface Bits {
  readonly value: bigint;
  readonly mask: bigint;
}

/** One way of writing values. */
interface Notation {
  parse(token: Token, field: OxmField, ports: PortNumbers | undefined): bigint;
  parseMask(token: Token, field: OxmField): bigint;
  /** As `set_field` prints it. */
  format(value: bigint, ports: PortNames | undefined): string;
}

const number: Omit<Notation, "format"> = {
  parse: (token, field) => parseBits(token, field.bits, field.text[0]),
  parseMask: (token, field) => parseBits(token, field.bits, `the mask of ${field.text[0]}`),
};

const notations: Readonly<Record<OxmFormat, Notation>> = {
  decimal: { ...number, format: String },
  hexadecimal: { ...number, format: formatHex },
  vlan: { ...number, format: String },
  port: {
    parse: (token, field, ports) => BigInt(parsePort(token, ports, field.text[0])),
    parseMask: number.parseMask,
    format: (value, ports) => formatPort(Number(value), ports),
  },
  mac: {
    parse: (token, field) => parseMac(token, field.text[0]),
    parseMask: (token, field) => parseMac(token, `the mask of ${field.text[0]}`),
    format: formatMac,
  },
  ipv4: {
    parse: (token, field) => parseIpv4(token, field.text[0]),
    parseMask: (token, field) => parseAddressMask(token, 32, parseIpv4, `the mask of ${field.text[0]}`),
    format: formatIpv4,
  },
  ipv6: {
    parse: (token, field) => parseIpv6(token, field.text[0]),
    parseMask: (token, field) => parseAddressMask(token, 128, parseIpv6, `the mask of ${field.text[0]}`),
    format: formatIpv6,
  },
};

/** `value` or `value/mask` of a field. Bits outside the mask are cleared, as ovs-ofctl does. */
export function parseFieldBits(token: Token, field: OxmField, ports?: PortNumbers): Bits {
  const notation = notations[field.format];
  const slash = token.text.indexOf("/");
  const value = notation.parse(slash < 0 ? token : sliceToken(token, 0, slash), field, ports);
  if (slash < 0) return { value, mask: allOnes(field.bits) };
  const maskToken = sliceToken(token, slash + 1);
  const mask = notation.parseMask(maskToken, field);
  if (!field.maskable && mask !== allOnes(field.bits)) {
    throw refuse(maskToken, `${field.text[0]} takes no mask`, { openflowError: "OFPBMC_BAD_MASK" });
  }
  return { value: value & mask, mask };
}

/** A value as `set_field` prints it. */
export function formatFieldValue(value: bigint, field: OxmField, ports?: PortNames): string {
  return notations[field.format].format(value, ports);
}

/** A value and mask as matches print addresses: a prefix length where the mask is one. */
export function formatFieldBits({ value, mask }: Bits, field: OxmField, ports?: PortNames): string {
  const notation = notations[field.format];
  const text = notation.format(value, ports);
  if (mask === allOnes(field.bits)) return text;
  const isAddress = field.format === "ipv4" || field.format === "ipv6";
  const length = isAddress ? prefixLength(mask, field.bits) : undefined;
  if (length !== undefined) return `${text}/${length}`;
  return isAddress || field.format === "mac"
    ? `${text}/${notation.format(mask, undefined)}`
    : `${formatHex(value)}/${formatHex(mask)}`;
}

type Value = number | bigint | string;

interface ValueForm {
  of(value: bigint): Value;
  bits(value: Value): bigint;
}

const textForm = (
  of: (value: bigint) => string,
  parse: (token: Token, what: string) => bigint,
): ValueForm => ({
  of,
  bits: (value) => parse(wholeToken(String(value)), "value"),
});

/** What messages carry for each kind. VLANs have their own arithmetic, in vlan-text.ts. */
const valueForms: Readonly<Record<Exclude<OxmKind, "vlan">, ValueForm>> = {
  number: { of: Number, bits: (value) => BigInt(value) },
  bigint: { of: (value) => value, bits: (value) => BigInt(value) },
  mac: textForm(formatMac, parseMac),
  ipv4: textForm(formatIpv4, parseIpv4),
  ipv6: textForm(formatIpv6, parseIpv6),
};

/** The match field that says `bits` of `field`, which is not vlanVid. */
export function oxmOfBits(field: OxmField, bits: Bits): NamedOxm {
  const form = formOf(field.kind);
  const exact = bits.mask === allOnes(field.bits);
  const parts = {
    field: field.name,
    value: form.of(bits.value),
    ...(exact ? {} : { mask: form.of(bits.mask) }),
  };
  // The registry pairs names with kinds, and kinds with value forms: the parts fit, but no type can say so.
  return parts as NamedOxm;
}

/** The bits that a match field other than vlanVid says. */
export function bitsOfOxm(oxm: NamedOxm): Bits {
  const field = oxmFieldByName.get(oxm.field);
  if (field === undefined) return { value: 0n, mask: 0n };
  const form = formOf(field.kind);
  return {
    value: form.bits(oxm.value),
    mask: oxm.mask === undefined ? allOnes(field.bits) : form.bits(oxm.mask),
  };
}

function formOf(kind: OxmKind): ValueForm {
  return valueForms[kind === "vlan" ? "number" : kind];
}
