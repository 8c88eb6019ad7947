// The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.

/**
 * What is known of a checksum that came with a packet: right, wrong, not to be told (the packet is cut, a fragment, or
 * on its way through a routing header), or left out by the sender (UDP's zero).
 */
export type ChecksumState = "good" | "bad" | "unverified" | "none";

/** The sum of the words from `start` to `end`, not folded; an odd byte at the end counts as a word's upper half. */
export function sumWords(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  let at = start;
  for (; at + 1 < end; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  }
  return at < end ? sum + ((bytes[at] ?? 0) << 8) : sum;
}

/** A sum folded to 16 bits. */
function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) {
    rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
  }
  return rest;
}

/** What goes into the checksum field for a sum that was taken with the field at zero. */
export function checksumOf(sum: number): number {
  return ~folded(sum) & 0xffff;
}

/** Judges a sum that was taken with the field as it came. */
export function judgeChecksum(sum: number): ChecksumState {
  return folded(sum) === 0xffff ? "good" : "bad";
}
