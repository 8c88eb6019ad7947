// HELLO (OpenFlow 1.3.5, 7.5.1): the first message of both sides, with the versions each can speak.

import type { Header } from "./header.ts";

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
