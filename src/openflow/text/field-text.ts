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
import {
  flagSets,
  formatFlags,
  formatFragment,
  formatPacketType,
  joinedFlags,
  parseFlags,
  parseFragment,
  parsePacketType,
} from "./flag-text.ts";
import { allOnes, formatHex, parseBits } from "./number-text.ts";
import { formatPort, type PortNames, type PortNumbers, parsePort } from "./port-text.ts";
import { refuse, sliceToken, type Token, wholeToken } from "./scanner.ts";

/** Bits that are compared (`mask`), and what they must be (`value`, zero outside the mask). */
export interface Bits {
  readonly value: bigint;
  readonly mask: bigint;
}

/** How a field is written whose words stand for a value and a mask at once. */
interface WordNotation {
  parse(token: Token, field: OxmField): Bits;
  format(bits: Bits): string;
  /** As `set_field` prints a whole value. */
  formatWhole?(value: bigint): string;
}

/** One way of writing values. */
interface Notation {
  parse(token: Token, field: OxmField, ports: PortNumbers | undefined): bigint;
  parseMask(token: Token, field: OxmField): bigint;
  /** As `set_field` prints it. */
  format(value: bigint, ports: PortNames | undefined): string;
}

const number: Omit<Notation, "format"> = {
  parse: (token, field) =>
    token.text === "-1" && field.bits === 64
      ? allOnes(field.bits)
      : parseBits(token, field.valueBits ?? field.bits, field.text[0]),
  // A mask may have all bits of the field's bytes, for ovs-ofctl looks at no fewer.
  parseMask: (token, field) => parseBits(token, field.bytes * 8, `the mask of ${field.text[0]}`),
};

type FlagFormat = "ctState" | "tcpFlags" | "tunFlags";

const flags = (name: FlagFormat): WordNotation => ({
  parse: (token, field) => parseFlags(token, flagSets[name], field.bits, field.text[0]),
  format: (bits) => formatFlags(bits, flagSets[name]),
  formatWhole: (value) => joinedFlags(value, flagSets[name]),
});

const wordNotations: Readonly<Record<FlagFormat | "frag" | "packetType", WordNotation>> = {
  ctState: flags("ctState"),
  tcpFlags: flags("tcpFlags"),
  tunFlags: flags("tunFlags"),
  frag: { parse: (token, field) => parseFragment(token, field.text[0]), format: formatFragment },
  packetType: {
    parse: (token, field) => parsePacketType(token, field.text[0]),
    format: ({ value }) => formatPacketType(value),
  },
};

function wordNotation(field: OxmField): WordNotation | undefined {
  return (wordNotations as Partial<Record<OxmFormat, WordNotation>>)[field.format];
}

const notations: Readonly<Record<Exclude<OxmFormat, keyof typeof wordNotations>, Notation>> = {
  bytes: { ...number, format: formatHex },
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

/** The mask that compares the whole field. */
export function exactMask(field: OxmField): bigint {
  return allOnes(field.exactBits ?? field.bits);
}

/** `value`, `value/mask` or `*` (whatever it may be) of a field. Bits outside the mask are cleared, as ovs-ofctl does. */
export function parseFieldBits(token: Token, field: OxmField, ports?: PortNumbers): Bits {
  if (token.text === "*") return { value: 0n, mask: 0n };
  const words = wordNotation(field);
  if (words !== undefined) return words.parse(token, field);
  const notation = notationOf(field);
  const slash = token.text.indexOf("/");
  const value = notation.parse(slash < 0 ? token : sliceToken(token, 0, slash), field, ports);
  if (slash < 0) return { value, mask: exactMask(field) };
  const mask = notation.parseMask(sliceToken(token, slash + 1), field) & exactMask(field);
  if (!field.maskable && !writesWholeMask(token, field)) {
    throw refuse(sliceToken(token, slash + 1), `${field.text[0]} takes no mask`, {
      openflowError: "OFPBMC_BAD_MASK",
    });
  }
  return { value: value & mask, mask };
}

/** Whether the mask that a text writes fills the field's bytes, which is what ovs-ofctl takes for none. */
export function writesWholeMask(token: Token, field: OxmField): boolean {
  const mask = sliceToken(token, token.text.indexOf("/") + 1);
  return notationOf(field).parseMask(mask, field) === allOnes(field.bytes * 8);
}

/** A value as `set_field` prints it. */
export function formatFieldValue(value: bigint, field: OxmField, ports?: PortNames): string {
  const words = wordNotation(field);
  if (words === undefined) return notationOf(field).format(value, ports);
  return words.formatWhole?.(value) ?? words.format({ value, mask: exactMask(field) });
}

/** A value and mask as `set_field` prints them: numbers keep their own form, and masks are hexadecimal. */
export function formatMaskedValue(bits: Bits, field: OxmField): string {
  const isNumber = ["decimal", "hexadecimal", "bytes", "vlan", "port"].includes(field.format);
  if (!isNumber) return formatFieldBits(bits, field);
  return `${formatFieldValue(bits.value, field)}/${formatHex(bits.mask)}`;
}

/** A value and mask as matches print addresses: a prefix length where the mask is one. */
export function formatFieldBits({ value, mask }: Bits, field: OxmField, ports?: PortNames): string {
  const words = wordNotation(field);
  if (words !== undefined) return words.format({ value, mask });
  const notation = notationOf(field);
  const text = notation.format(value, ports);
  if (mask === exactMask(field)) return text;
  const isAddress = field.format === "ipv4" || field.format === "ipv6";
  const length = isAddress ? prefixLength(mask, field.bits) : undefined;
  if (length !== undefined) return `${text}/${length}`;
  return isAddress || field.format === "mac"
    ? `${text}/${notation.format(mask, undefined)}`
    : `${formatHex(value)}/${formatHex(mask)}`;
}

/** Formats that are words never get here: {@link wordNotation} has taken them. */
function notationOf({ format }: OxmField): Notation {
  return format in notations ? notations[format as keyof typeof notations] : notations.hexadecimal;
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
  bytes: { of: (value) => optionText(value, 1), bits: (value) => (value === "0x" ? 0n : BigInt(value)) },
  number: { of: Number, bits: (value) => BigInt(value) },
  bigint: { of: (value) => value, bits: (value) => BigInt(value) },
  mac: textForm(formatMac, parseMac),
  ipv4: textForm(formatIpv4, parseIpv4),
  ipv6: textForm(formatIpv6, parseIpv6),
};

/** The match field that says `bits` of `field`, which is not vlanVid. */
export function oxmOfBits(field: OxmField, bits: Bits): NamedOxm {
  const form = formOf(field.kind);
  const exact = bits.mask === exactMask(field);
  if (field.kind === "bytes") return optionOxm(field, bits, exact);
  const parts = {
    field: field.name,
    value: form.of(bits.value),
    ...(exact ? {} : { mask: form.of(bits.mask) }),
  };
  // The registry pairs names with kinds, and kinds with value forms: the parts fit, but no type can say so.
  return parts as NamedOxm;
}

/** An option takes as many bytes as its value and mask need; with a mask of nothing, none. */
function optionOxm(field: OxmField, { value, mask }: Bits, exact: boolean): NamedOxm {
  const size = mask === 0n ? 0 : Math.max(bytesOf(value), exact ? 0 : bytesOf(mask));
  const masks = exact ? {} : { mask: optionText(mask, size) };
  return { field: field.name, value: optionText(value, size), ...masks } as NamedOxm;
}

function optionText(value: bigint, bytes: number): string {
  return bytes === 0 ? "0x" : `0x${value.toString(16).padStart(2 * Math.max(bytes, bytesOf(value)), "0")}`;
}

function bytesOf(value: bigint): number {
  return value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);
}

/** The bits that a match field other than vlanVid says. */
export function bitsOfOxm(oxm: NamedOxm): Bits {
  const field = oxmFieldByName.get(oxm.field);
  if (field === undefined) return { value: 0n, mask: 0n };
  const form = formOf(field.kind);
  return {
    value: form.bits(oxm.value),
    mask: oxm.mask === undefined ? exactMask(field) : form.bits(oxm.mask),
  };
}

function formOf(kind: OxmKind): ValueForm {
  return valueForms[kind === "vlan" ? "number" : kind];
}
