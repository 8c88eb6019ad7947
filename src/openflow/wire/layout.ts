// The language in which structures are declared. A structure is a function from a layout to one object literal,
// with the fields in the order of the wire:
//
//   struct("ofp_flow_stats", (f): FlowStats => ({ tableId: f.pad(2).u8(), durationSec: f.pad(1).u32(), … }))
//
// The same declaration is run with two layouts: once with a recorder, from which the writer, the sizes and a
// binary-parser are made, and then with a reader, which makes it the decoder itself. A declaration that also says where
// its values come from is its own encoder, run with a writer, and needs no look-up by key; worth it for what is written often:
//
//   struct("ofp_action_output", (f, v): OutputAction => ({ type: "output", port: f.u32(v.port), maxLen: f.u16(v.maxLen) }))

import type { Codec, Names } from "./codec.ts";

/**
 * What a declaration may ask for. Each call stands for the next bytes; numbers are in network byte order. `value` is
 * what is written there: an entry of the declaration's second parameter (all fields have one then), or nothing.
 */
export interface Layout {
  /** Unsigned integers. A number given here as it is, is written where the value was left out. */
  u8(value?: number): number;
  u16(value?: number): number;
  u32(value?: number): number;
  u64(value?: bigint): bigint;
  /** An unsigned integer that has names. */
  named8<N extends string>(names: Names<N>, value?: N | number): N | number;
  named16<N extends string>(names: Names<N>, value?: N | number): N | number;
  named32<N extends string>(names: Names<N>, value?: N | number): N | number;
  /** 16 bits of which only the lowest may be set. */
  flag16(value?: boolean): boolean;
  /** A MAC address as text. */
  mac(value?: string): string;
  /** Text in a field of that size, filled up with NULs. */
  text(bytes: number, value?: string): string;
  /** Exactly so many bytes, copied. */
  bytes(bytes: number, value?: Uint8Array): Uint8Array;

  /** Bytes that mean nothing: zero when written, passed over when read. */
  pad(bytes: number): this;
  /** The length in bytes of what `listWithin` reads, as 16 bits, at this place. */
  length16(): this;

  /** One structure that knows its own end. */
  part<T>(codec: Codec<T>, value?: T): T;
  /** Structures one after the other, to the end of what they stand in. */
  list<T>(codec: Codec<T>, value?: T[]): T[];
  /** Structures one after the other, as many bytes of them as `length16` said. */
  listWithin<T>(codec: Codec<T>, value?: T[]): T[];
  /** All bytes up to the end of what they stand in, copied. */
  rest(value?: Uint8Array): Uint8Array;
}

/**
 * The declaration of a structure. Entries that are no call on the layout are constants and take no bytes. `v` is the
 * value to be written; when a structure is read it has no entries.
 */
export type Declaration<T> = (f: Layout, v: Readonly<T>) => T;
