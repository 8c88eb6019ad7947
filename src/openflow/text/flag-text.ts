// Flags as ovs-ofctl writes them (`+trk-new`, `syn|ack`, or their number), fragments and packet types by their words.
import type { Bits } from "./field-text.ts";
import { allOnes, formatHex, parseBits } from "./number-text.ts";
import { refuse, sliceToken, type Token } from "./scanner.ts";

/** One set of flags. */
export interface FlagSet {
  /** The bits a match without a mask compares. */
  readonly all: bigint;
  /** Whether flags that are all compared print as `a|b`. */
  readonly joins: boolean;
  /** The flags from the lowest bit up. */
  readonly names: readonly string[];
}

/** Connection tracking, TCP (RFC 9293, 3.1) and tunnels. */
export const flagSets: Readonly<Record<"ctState" | "tcpFlags" | "tunFlags", FlagSet>> = {
  ctState: {
    all: 0xffn,
    joins: true,
    names: ["new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat"],
  },
  tcpFlags: {
    all: 0xfffn,
    joins: true,
    names: ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns"],
  },
  tunFlags: { all: 1n, joins: false, names: ["oam"] },
};

/** Fragments: not one, any, the first, a later one, none or the first. */
const fragments: ReadonlyMap<string, Bits> = new Map([
  ["no", { value: 0n, mask: 3n }],
  ["yes", { value: 1n, mask: 1n }],
  ["first", { value: 1n, mask: 3n }],
  ["later", { value: 3n, mask: 3n }],
  ["not_later", { value: 0n, mask: 2n }],
]);

const signedFlags = /^(?:[+-](?:[a-z]+|\[(?:0x)?[0-9a-f]+\]))+$/i;

/** Reads `+trk-new`, `new|trk`, `0x21` or `0x21/0x23`. */
export function parseFlags(token: Token, set: FlagSet, bits: number, what: string): Bits {
  const { text } = token;
  if (/^[0-9]/.test(text)) {
    const slash = text.indexOf("/");
    const used = Math.min(bits, set.all.toString(2).length);
    if (slash < 0) return { value: parseBits(token, used, what), mask: set.all };
    const mask = parseBits(sliceToken(token, slash + 1), used, `the mask of ${what}`);
    return { value: parseBits(sliceToken(token, 0, slash), used, what) & mask, mask };
  }
  if (!/^[+-]/.test(text)) return { value: joined(token, set, what), mask: set.all };
  if (!signedFlags.test(text)) throw unknownFlag(token, text, set, what);
  let value = 0n;
  let mask = 0n;
  for (const [word] of text.matchAll(/[+-][^+-]+/g)) {
    const bit = bitOf(token, word.slice(1), set, what);
    if ((mask & bit) !== 0n) throw refuse(token, `${what} names ${word.slice(1)} twice`);
    mask |= bit;
    if (word.startsWith("+")) value |= bit;
  }
  return { value, mask };
}

/** The reverse of {@link parseFlags}. */
export function formatFlags({ value, mask }: Bits, set: FlagSet): string {
  if (set.joins && (mask & set.all) === set.all) return joinedFlags(value, set);
  // Bits beyond the flags are printed where they are all that is compared.
  const said = (mask & set.all) === 0n ? mask : mask & set.all;
  return bitsIn(said)
    .map((bit) => `${(value & bit) === 0n ? "-" : "+"}${wordsOf(bit, set).join("")}`)
    .join("");
}

/** Flags that are all said: `syn|ack`, and 0 for none. */
export function joinedFlags(value: bigint, set: FlagSet): string {
  return value === 0n ? "0" : wordsOf(value, set).join("|");
}

/** Reads a fragment word. */
export function parseFragment(token: Token, what: string): Bits {
  const bits = fragments.get(token.text);
  if (bits !== undefined) return bits;
  throw refuse(token, `${what}: ${JSON.stringify(token.text)} is no kind of fragment`, {
    hint: `write ${[...fragments.keys()].join(", ")}`,
  });
}

/** Masks that say what a word says with another one: who looks at one bit only asks for the same packets. */
const fragmentsOfOneBit: ReadonlyMap<string, Bits> = new Map([
  ["no", { value: 0n, mask: 1n }],
  ["later", { value: 2n, mask: 2n }],
]);

/** The reverse of {@link parseFragment}. */
export function formatFragment({ value, mask }: Bits): string {
  const named = [...fragments, ...fragmentsOfOneBit].find(
    ([, bits]) => bits.value === value && bits.mask === mask,
  );
  return named?.[0] ?? `${formatHex(value)}/${formatHex(mask)}`;
}

/** Reads `(1,0x800)`: a namespace and a type in it. */
export function parsePacketType(token: Token, what: string): Bits {
  const comma = token.text.indexOf(",");
  if (!/^\([^,]+,[^,]+\)$/.test(token.text)) {
    throw refuse(token, `${what}: ${JSON.stringify(token.text)} is no packet type`, {
      hint: "write a namespace and a type, such as (1,0x800)",
    });
  }
  const namespace = parseBits(sliceToken(token, 1, comma), 16, what);
  const type = parseBits(sliceToken(token, comma + 1, token.text.length - 1), 16, what);
  return { value: (namespace << 16n) | type, mask: allOnes(32) };
}

/** The reverse of {@link parsePacketType}: digits as they are, what is longer in hexadecimal. */
export function formatPacketType(value: bigint): string {
  const parts = [value >> 16n, value & 0xffffn].map((part) => (part < 10n ? String(part) : formatHex(part)));
  return `(${parts.join(",")})`;
}

function joined(token: Token, set: FlagSet, what: string): bigint {
  return token.text.split("|").reduce((value, word) => value | bitOf(token, word, set, what), 0n);
}

function bitOf(token: Token, word: string, set: FlagSet, what: string): bigint {
  const index = set.names.indexOf(word);
  if (index >= 0) return 1n << BigInt(index);
  const [, hex] = /^\[(?:0x)?([0-9a-f]{1,8})\]$/i.exec(word) ?? [];
  const bits = hex === undefined ? 0n : BigInt(`0x${hex}`);
  if (bits === 0n || (bits & ~set.all) !== 0n) throw unknownFlag(token, word, set, what);
  return bits;
}

function unknownFlag(token: Token, word: string, set: FlagSet, what: string): Error {
  return refuse(token, `${what} has no flag ${JSON.stringify(word)}`, {
    hint: `the flags are ${set.names.join(", ")}, written +${set.names[0]} or -${set.names[0]}`,
  });
}

function bitsIn(mask: bigint): bigint[] {
  const bits: bigint[] = [];
  for (let bit = 1n; bit <= mask; bit <<= 1n) if ((mask & bit) !== 0n) bits.push(bit);
  return bits;
}

function wordsOf(value: bigint, set: FlagSet): string[] {
  return bitsIn(value).map((bit) => set.names[bit.toString(2).length - 1] ?? `[${bit.toString(16)}]`);
}
