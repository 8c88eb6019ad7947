// OpenFlow messages out of what people have at hand: hexadecimal digits in one piece or apart, or a hex dump as ovs-ofctl,
// hexdump, tcpdump and Wireshark write them. Messages that follow each other are told apart by the length in their header.
import { InputError } from "./usage-error.ts";

const HEADER_BYTES = 8;
const LENGTH_AT = 2;

/** `00000000  04 14 …` and `0x0000:  0414 …`: where the line stands in its dump, and the rest of it. */
const dumpLine = /^(?:0x)?([0-9a-f]{4,8})(?::\s+|\s\s+)(.*)$/i;
/** What follows the bytes of a dump's line: their characters. */
const beforeCharacters = /^.*?(?=\s*\||\s{3,}|$)/;
const DUMPED_DIGITS = 32;
const digits = /^(?:[0-9a-f]{2})+$/i;

/** The messages in `text`; the last may be cut short. Throws `InputError` where something else than digits stands. */
export function messagesInHex(text: string, name: string): readonly Uint8Array[] {
  return blocksOf(text, name).flatMap(cutIntoMessages);
}

/** Bytes that belong together: the lines of one dump, or all others up to an empty line or the next dump. */
function blocksOf(text: string, name: string): readonly Uint8Array[] {
  const blocks: string[] = [];
  let open: string | undefined;
  const close = (): void => {
    if (open !== undefined) blocks.push(open);
    open = undefined;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const told = line.trim();
    if (told === "" || told.startsWith("#")) {
      close();
      continue;
    }
    const dumped = dumpedOf(told);
    if (dumped?.offset === 0) close();
    const isNext = dumped !== undefined && dumped.offset === (open ?? "").length / 2;
    const hex = isNext ? dumped.hex : told.replace(/^0x/i, "").replaceAll(/[\s:-]/g, "");
    if (!digits.test(hex)) {
      throw new InputError(name, `${name}: line ${index + 1} is no bytes in hexadecimal digits`);
    }
    open = (open ?? "") + hex;
  }
  close();
  return blocks.map((hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

/** The digits of a dump's line and where they stand; undefined for a line that looks like none. */
function dumpedOf(line: string): { readonly offset: number; readonly hex: string } | undefined {
  const [, offset, rest] = dumpLine.exec(line) ?? [];
  if (offset === undefined || rest === undefined) return undefined;
  const words = (beforeCharacters.exec(rest)?.[0] ?? "").split(/[\s-]+/);
  const end = words.findIndex((word) => !digits.test(word));
  const hex = words
    .slice(0, end === -1 ? undefined : end)
    .join("")
    .slice(0, DUMPED_DIGITS);
  return { offset: Number.parseInt(offset, 16), hex };
}

/** What doesn't say a length that is there stays in one piece, for whoever prints it to say so. */
function cutIntoMessages(bytes: Uint8Array): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const length = lengthOf(rest);
    const isWhole = length >= HEADER_BYTES && length <= rest.length;
    messages.push(isWhole ? rest.subarray(0, length) : rest);
    rest = isWhole ? rest.subarray(length) : rest.subarray(rest.length);
  }
  return messages;
}

function lengthOf(bytes: Uint8Array): number {
  return bytes.length < HEADER_BYTES ? 0 : (bytes[LENGTH_AT] ?? 0) * 256 + (bytes[LENGTH_AT + 1] ?? 0);
}
