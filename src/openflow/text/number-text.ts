// Numbers as ovs-ofctl writes them: decimal or 0x hexadecimal, bounded by the width of what they go into. A leading
// zero is refused: ovs-ofctl reads 010 as eight, and whoever wrote it meant ten.
import { refuse, type Token } from "./scanner.ts";

const decimalOrHex = /^(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+)$/;

/** The widest number of `bits` bits. */
export function allOnes(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

/** An unsigned number of at most `bits` bits, as a bigint. `what` names it in refusals. */
export function parseBits(token: Token, bits: number, what: string): bigint {
  if (token.text === "") throw refuse(token, `${what} has no value`);
  if (!decimalOrHex.test(token.text)) throw refuse(token, notANumber(token.text, what));
  // A number has fewer digits than bits; longer texts of zeros are cut off before BigInt sees them.
  if (token.text.length > Math.max(64, bits)) throw refuse(token, `${what} is out of range`);
  const value = BigInt(token.text);
  if (value > allOnes(bits)) {
    throw refuse(token, `${what} is out of range`, { hint: `it has ${bits} bits, at most ${allOnes(bits)}` });
  }
  return value;
}

/** An unsigned number of at most `bits` (up to 32) bits. */
export function parseCount(token: Token, bits: number, what: string): number {
  return Number(parseBits(token, bits, what));
}

/** A 64-bit mask that may be written `-1` for all ones, as those of cookies are. */
export function parseCookieMask(token: Token, what: string): bigint {
  return token.text === "-1" ? allOnes(64) : parseBits(token, 64, what);
}

/** Hexadecimal with 0x, but a plain 0 for zero, as ovs-ofctl prints. */
export function formatHex(value: bigint | number): string {
  return value === 0n || value === 0 ? "0" : `0x${value.toString(16)}`;
}

/** Hexadecimal with 0x and at least `digits` digits. */
export function formatWideHex(value: bigint | number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

function notANumber(text: string, what: string): string {
  return /^0[0-9]+$/.test(text)
    ? `${what}: ${text} has a leading zero, which ovs-ofctl would read as octal`
    : `${what}: ${JSON.stringify(text)} is not a number`;
}
