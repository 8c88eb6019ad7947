// Reads bytes, in one pass and never beyond the end of the structure that is being read. Integers aren't checked one
// by one: a structure checks its whole fixed part before it reads the first byte of it.

import { formatMac } from "./addresses.ts";
import type { Codec, Names } from "./codec.ts";
import { Fault } from "./fault.ts";
import { readItems } from "./items.ts";
import type { Layout } from "./layout.ts";
import { copyBytes } from "./slab.ts";
import { readText } from "./text.ts";

/** How deep structures may stand in each other: Open vSwitch's 64 actions in each other and what is around them. */
const MAX_DEPTH = 72;

/** Buffers larger than this are let go after each message. */
const KEPT_BUFFER_BYTES = 1 << 20;

const NOTHING = new Uint8Array(0);

/** A place in the input; `offset` moves on with every read. */
export class Reader implements Layout {
  /** The whole buffer that the input lies in. */
  buffer: Uint8Array = NOTHING;
  view: DataView = new DataView(NOTHING.buffer);
  /** The input itself. */
  input: Uint8Array = NOTHING;
  /** Where the input starts in the buffer. */
  origin = 0;
  /** The next byte, and the end of the structure that is being read, both in the buffer. */
  offset = 0;
  end = 0;
  /** The number of the field that was begun last in the structure that is being read, of those that can fail. */
  counted = -1;
  /** Set by a structure that can't express what it reads: the family around it keeps the bytes as they are. */
  declined = false;
  #memory: ArrayBufferLike = NOTHING.buffer;
  #ahead = 0;
  #depth = 0;

  /** Begins to read `input`, from its start to its end. */
  open(input: Uint8Array): void {
    const memory = input.buffer;
    if (memory !== this.#memory) {
      this.#use(memory);
    }
    const start = input.byteOffset;
    this.input = input;
    this.origin = start;
    this.offset = start;
    this.end = start + input.length;
    this.counted = -1;
    this.declined = false;
    this.#depth = 0;
  }

  #use(memory: ArrayBufferLike): void {
    this.#memory = memory;
    this.buffer = new Uint8Array(memory);
    this.view = new DataView(memory);
  }

  /** Ends reading: what was read from isn't held any longer, unless it is small and likely to be read on. */
  close(): void {
    this.input = NOTHING;
    if (this.buffer.length > KEPT_BUFFER_BYTES) {
      this.#use(NOTHING.buffer);
    }
  }

  /** A fault at `at`, or where the reader is. */
  fault(message: string, path = "", at: number = this.offset): Fault {
    return new Fault(message, at - this.origin, path);
  }

  /** The bytes of the buffer from `start` to `end`, as memory of their own. */
  copy(start: number, end: number): Uint8Array {
    return copyBytes(this.buffer, start, end);
  }

  /** Goes one structure deeper; refuses to go on for ever. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) {
      throw this.fault(`structures stand more than ${MAX_DEPTH} deep in each other`);
    }
  }

  leave(): void {
    this.#depth--;
  }

  u8(): number {
    const at = this.offset;
    this.offset = at + 1;
    return this.view.getUint8(at);
  }

  u16(): number {
    const at = this.offset;
    this.offset = at + 2;
    return this.view.getUint16(at);
  }

  u32(): number {
    const at = this.offset;
    this.offset = at + 4;
    return this.view.getUint32(at);
  }

  u64(): bigint {
    const at = this.offset;
    this.offset = at + 8;
    return this.view.getBigUint64(at);
  }

  named8<N extends string>(names: Names<N>): N | number {
    const number = this.u8();
    return names.byNumber[number] ?? number;
  }

  named16<N extends string>(names: Names<N>): N | number {
    const number = this.u16();
    return names.byNumber[number] ?? number;
  }

  named32<N extends string>(names: Names<N>): N | number {
    const number = this.u32();
    return names.byNumber[number] ?? number;
  }

  flag16(): boolean {
    const number = this.u16();
    this.declined ||= number > 1;
    return number === 1;
  }

  mac(): string {
    const at = this.offset;
    this.offset = at + 6;
    return formatMac(this.buffer, at);
  }

  /** The MAC at `at`, wherever the reader is. */
  macAt(at: number): string {
    return formatMac(this.buffer, at);
  }

  text(bytes: number): string {
    const at = this.offset;
    this.offset = at + bytes;
    return readText(this.buffer, at, bytes);
  }

  bytes(bytes: number): Uint8Array {
    const at = this.offset;
    this.offset = at + bytes;
    return this.copy(at, this.offset);
  }

  pad(bytes: number): this {
    this.offset += bytes;
    return this;
  }

  length16(): this {
    this.#ahead = this.u16();
    return this;
  }

  part<T>(codec: Codec<T>): T {
    this.counted++;
    return codec.read(this);
  }

  list<T>(codec: Codec<T>): T[] {
    this.counted++;
    return readItems(this, codec);
  }

  listWithin<T>(codec: Codec<T>): T[] {
    this.counted++;
    const outer = this.end;
    if (this.#ahead > outer - this.offset) {
      throw this.fault(`${this.#ahead} bytes are announced and ${outer - this.offset} are left`);
    }
    this.end = this.offset + this.#ahead;
    const items = readItems(this, codec);
    this.end = outer;
    return items;
  }

  rest(): Uint8Array {
    this.counted++;
    if (this.offset > this.end) {
      throw this.fault(`ends ${this.offset - this.end} bytes before it`, "", this.end);
    }
    const rest = this.copy(this.offset, this.end);
    this.offset = this.end;
    return rest;
  }
}
