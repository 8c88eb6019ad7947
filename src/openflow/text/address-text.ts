// MAC, IPv4 and IPv6 addresses between text and numbers. Masks are numbers too, so that one piece of arithmetic
// serves every field. The canonical forms are those of the codec; here they get refusals that name the place.
import {
  parseIpv4 as ipv4OfText,
  formatIpv4 as textOfIpv4,
  formatIpv6 as textOfIpv6,
  formatMac as textOfMac,
  writeIpv6,
  writeMac,
} from "../wire/addresses.ts";
import { allOnes, parseCount } from "./number-text.ts";
import { refuse, type Token } from "./scanner.ts";

/** `fa:16:3e:00:00:01`; one digit per byte is taken too, as ovs-ofctl does. */
export function parseMac(token: Token, what: string): bigint {
  const bytes = new Uint8Array(6);
  const text = token.text.replace(/(^|:)(?=[0-9a-fA-F](?::|$))/g, "$10");
  if (!writeMac(text, bytes, 0)) {
    throw refuse(token, `${what}: ${JSON.stringify(token.text)} is not a MAC address`, {
      hint: "write six bytes with colons, such as fa:16:3e:00:00:01",
    });
  }
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** `10.0.0.1`, without leading zeros, which some programs read as octal. */
export function parseIpv4(token: Token, what: string): bigint {
  const address = ipv4OfText(token.text);
  if (address < 0) {
    throw refuse(token, `${what}: ${JSON.stringify(token.text)} is not an IPv4 address`, {
      hint: "write four decimal numbers without leading zeros, such as 10.0.0.1",
    });
  }
  return BigInt(address);
}

/** `2001:db8::1` in any of RFC 4291's forms, without a zone. */
export function parseIpv6(token: Token, what: string): bigint {
  const view = new DataView(new ArrayBuffer(16));
  if (!writeIpv6(token.text, view, 0)) {
    throw refuse(token, `${what}: ${JSON.stringify(token.text)} is not an IPv6 address`);
  }
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

/** A mask after the slash: a prefix length, or a mask in the address's own form. */
export function parseAddressMask(
  token: Token,
  bits: 32 | 128,
  parseAddress: (token: Token, what: string) => bigint,
  what: string,
): bigint {
  if (!/^[0-9]+$/.test(token.text)) return parseAddress(token, what);
  const length = parseCount(token, 8, what);
  if (length > bits) throw refuse(token, `${what}: a prefix has at most ${bits} bits`);
  return prefixMask(length, bits);
}

/** The length of the prefix that `mask` keeps, or undefined where its ones aren't all in front. */
export function prefixLength(mask: bigint, bits: number): number | undefined {
  const zeros = (mask ^ allOnes(bits)).toString(2);
  const length = zeros === "0" ? bits : bits - zeros.length;
  return mask === prefixMask(length, bits) ? length : undefined;
}

/** Six bytes, lower case, with colons. */
export function formatMac(value: bigint): string {
  return textOfMac(bytesOf(value << 16n), 0);
}

/** Four decimal numbers with dots. */
export function formatIpv4(value: bigint): string {
  return textOfIpv4(Number(value));
}

/** The compressed form. */
export function formatIpv6(value: bigint): string {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, value >> 64n);
  view.setBigUint64(8, value & allOnes(64));
  return textOfIpv6(view, 0);
}

function prefixMask(length: number, bits: number): bigint {
  return allOnes(bits) ^ allOnes(bits - length);
}

function bytesOf(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}
