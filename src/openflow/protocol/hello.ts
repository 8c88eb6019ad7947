// HELLO (OpenFlow 1.3.5, 7.5.1): the first message of both sides, with the versions each can speak.

import { convert } from "../wire/convert.ts";
import { family } from "../wire/family.ts";
import { Fault, shown } from "../wire/fault.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** The versions a peer can speak (`OFPHET_VERSIONBITMAP`). */
export interface VersionBitmap {
  type: "versionBitmap";
  /** Wire versions, ascending: 1 is OpenFlow 1.0, 4 is 1.3. */
  versions: number[];
}

/** A hello element the library doesn't know: kept as it came. */
export interface RawHelloElement {
  type: "raw";
  number: number;
  data: Uint8Array;
}

export type HelloElement = VersionBitmap | RawHelloElement;

export interface Hello {
  /** Without a version bitmap the header's version and every lower one are meant. */
  elements: HelloElement[];
}

export interface HelloMessage extends Header<"hello">, Hello {}

interface BitmapWire {
  type: "versionBitmap";
  /** 32-bit words; bit n of word w stands for version 32w + n. */
  words: Uint8Array;
}

/** The highest version that fits an element whose length is 16 bits. */
const MAX_VERSION = 8 * 65_528 - 1;

function versionsIn(words: Uint8Array): number[] {
  const versions: number[] = [];
  const view = new DataView(words.buffer, words.byteOffset, words.length);
  for (let bit = 0; bit < words.length * 8; bit++) {
    if (((view.getUint32((bit >> 5) * 4) >>> (bit & 31)) & 1) === 1) {
      versions.push(bit);
    }
  }
  return versions;
}

function wordsOf(versions: readonly number[]): Uint8Array {
  for (const [i, version] of versions.entries()) {
    if (!Number.isInteger(version) || version < 0 || version > MAX_VERSION) {
      throw new Fault(`must be a version number, not ${shown(version)}`, -1, `versions[${i}]`);
    }
  }
  // Not spread into arguments: a bitmap has room for half a million versions.
  const highest = versions.reduce((max, version) => Math.max(max, version), 0);
  const words = new Uint8Array(4 * (Math.floor(highest / 32) + 1));
  const view = new DataView(words.buffer);
  for (const version of versions) {
    const at = (version >> 5) * 4;
    view.setUint32(at, (view.getUint32(at) | (1 << (version & 31))) >>> 0);
  }
  return words;
}

const versionBitmap = convert<BitmapWire, VersionBitmap>(
  struct("versionBitmap", (f): BitmapWire => ({ type: "versionBitmap", words: f.rest() })),
  {
    toValue: ({ words }) =>
      words.length % 4 === 0 ? { type: "versionBitmap", versions: versionsIn(words) } : undefined,
    toWire: ({ versions }) => ({ type: "versionBitmap", words: wordsOf(versions) }),
  },
);

const helloElement = family<HelloElement>("hello element", {
  members: { 1: versionBitmap },
  lengthLeavesPadOut: true,
});

export const hello: Struct<HelloMessage> = message(
  "hello",
  (f): HelloMessage => ({
    version: version(f),
    type: "hello",
    xid: xid(f),
    elements: f.list(helloElement),
  }),
);
