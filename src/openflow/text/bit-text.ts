// Words for the bits of a number, as ovs-ofctl prints capabilities, port states and their like.

/** What one bit is called; the list gives the order of printing. */
export type BitWords = readonly (readonly [word: string, bit: number])[];

/** The words of the bits that are set, then the bits without a word as one number; `0` for none. */
export function bitsText(value: number, words: BitWords): string {
  const named = words.filter(([, bit]) => (value & bit) !== 0);
  const rest = named.reduce((left, [, bit]) => left & ~bit, value) >>> 0;
  const parts = named.map(([word]) => word);
  if (rest !== 0) parts.push(`0x${rest.toString(16)}`);
  return parts.length === 0 ? "0" : parts.join(" ");
}

/** As {@link bitsText}, without the bits that have no word. */
export function knownBitsText(value: number, words: BitWords): string {
  const known = words.reduce((bits, [, bit]) => bits | bit, 0);
  return bitsText((value & known) >>> 0, words);
}
