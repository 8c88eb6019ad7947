// Bytes as ovs-ofctl dumps them, sixteen on a line, with the characters they stand for:
//
//   00000000  04 0e 00 48 00 00 12 34-00 00 00 00 00 00 00 00 |...H...4........|

const LINE = 16;
/** After this byte of a line stands a dash. */
const MIDDLE = 7;

/** All of `bytes`, a line for each sixteen. */
export function hexDump(bytes: Uint8Array): string {
  const lines = Array.from({ length: Math.ceil(bytes.length / LINE) }, (_, line) =>
    dumpLine(line * LINE, bytes.subarray(line * LINE, (line + 1) * LINE)),
  );
  return lines.join("\n");
}

function dumpLine(offset: number, bytes: Uint8Array): string {
  const digits = Array.from(
    bytes,
    (byte, at) => byte.toString(16).padStart(2, "0") + (at === MIDDLE ? "-" : " "),
  );
  const characters = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
  );
  const place = offset.toString(16).padStart(8, "0");
  return `${place}  ${digits.join("").padEnd(3 * LINE)}|${characters.join("").padEnd(LINE)}|`;
}
