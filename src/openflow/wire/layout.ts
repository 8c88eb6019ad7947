// The language in which structures are declared. A structure is a function from a layout to one object literal,
// with the fields in the order of the wire:
//
//   struct("ofp_flow_stats", (f): FlowStats => ({ tableId: f.pad(2).u8(), durationSec: f.pad(1).u32(), … }))
//
// The same declaration is run with two layouts: once with a recorder, from which the writer, the sizes and a
// binary-parser are made, and then with a reader, which makes it the decoder itself.

import type { Codec, Names } from "./codec.ts";

/** What a declaration may ask for. Each call stands for the next bytes; numbers are in network byte order. */
export interface Layout {
  /** Unsigned integers; `absent` is written where the value was left out. */
  u8(absent?: number): number;
  u16(absent?: number): number;
  u32(absent?: number): number;
  u64(absent?: bigint): bigint;
  /** An unsigned integer that has names. */
  named8<N extends string>(names: Names<N>): N | number;
  named16<N extends string>(names: Names<N>): N | number;
  named32<N extends string>(names: Names<N>): N | number;
  /** 16 bits of which only the lowest may be set. */
  flag16(): boolean;
  /** A MAC address as text. */
  mac(): string;
  /** Text in a field of that size, filled up with NULs. */
  text(bytes: number): string;
  /** Exactly so many bytes, copied. */
  bytes(bytes: number): Uint8Array;

  /** Bytes that mean nothing: zero when written, passed over when read. */
  pad(bytes: number): this;
  /** The length in bytes of what `listWithin` reads, as 16 bits, at this place. */
  length16(): this;

  /** One structure that knows its own end. */
  part<T>(codec: Codec<T>): T;
  /** Structures one after the other, to the end of what they stand in. */
  list<T>(codec: Codec<T>): T[];
  /** Structures one after the other, as many bytes of them as `length16` said. */
  listWithin<T>(codec: Codec<T>): T[];
  /** All bytes up to the end of what they stand in, copied. */
  rest(): Uint8Array;
}

/** The declaration of a structure. Entries that are no call on the layout are constants and take no bytes. */
export type Declaration<T> = (f: Layout) => T;
