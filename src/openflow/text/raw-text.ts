// Words for what the library has no name for. ovs-ofctl has none; ours are explicit enough to be read back into the
// same bytes, so that a dump with one unknown field or action in it stays a dump.
import type { RawOxm } from "../protocol/match.ts";
import { formatWideHex } from "./number-text.ts";
import { refuse, type Token } from "./scanner.ts";

const rawWord = /^oxm_([0-9a-f]{8})(?:_([0-9a-f]{8}))?$/;
const maskBit = 0x100;
const lengthBits = 0xff;
/** The length of an experimenter field counts the id. */
const experimenterBytes = 4;

/** Whether `word` names an unknown match field by its header: `oxm_80001234`. */
export function isRawOxmWord(word: string): boolean {
  return rawWord.test(word);
}

/** `oxm_HEADER=0xVALUE`, with `/0xMASK` where the header's mask bit is set. */
export function parseRawOxm(key: Token, value: Token): RawOxm {
  const [, headerText = "", experimenterText] = rawWord.exec(key.text) ?? [];
  const header = Number.parseInt(headerText, 16);
  const body = parseBytes(value, value.text.replace("/0x", ""));
  const size = (header & lengthBits) - (experimenterText === undefined ? 0 : experimenterBytes);
  const halves = value.text.split("/");
  const balanced = halves.length === ((header & maskBit) === 0 ? 1 : 2);
  if (body.length !== size || !balanced) {
    throw refuse(value, `${key.text} takes ${size} bytes in all`, {
      hint:
        (header & maskBit) === 0
          ? "its header has no mask bit"
          : "its header has the mask bit: write value/mask",
    });
  }
  const raw: RawOxm = { field: "raw", header, body };
  return experimenterText === undefined
    ? raw
    : { ...raw, experimenter: Number.parseInt(experimenterText, 16) };
}

/** The word and value that {@link parseRawOxm} reads back. */
export function formatRawOxm({ header, body, experimenter }: RawOxm): { word: string; value: string } {
  const id = experimenter === undefined ? "" : `_${formatWideHex(experimenter, 8).slice(2)}`;
  const word = `oxm_${formatWideHex(header, 8).slice(2)}${id}`;
  if ((header & maskBit) === 0) return { word, value: formatBytes(body) };
  const half = body.length / 2;
  return { word, value: `${formatBytes(body.subarray(0, half))}/${formatBytes(body.subarray(half))}` };
}

/** Bytes as `0x` and two digits each. */
export function formatBytes(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Bytes as two digits each with dots between, as notes and userdata are written. */
export function formatDotted(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(".");
}

/** The reverse of {@link formatBytes}; `text` is read, `token` is what a refusal points at. */
export function parseBytes(token: Token, text: string = token.text): Uint8Array {
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(text)) {
    throw refuse(token, `${JSON.stringify(token.text)} is not a string of bytes`, {
      hint: "write 0x and two digits for each byte",
    });
  }
  return Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
