// Writes bytes into memory that grows. Values are checked here, each against the field it goes into; what is wrong
// is a fault, which names its field on the way out.

import { markAsUntransferable } from "node:worker_threads";
import { writeMac } from "./addresses.ts";
import type { Codec, Names } from "./codec.ts";
import { Fault, shown } from "./fault.ts";
import { writeItems } from "./items.ts";
import { textBytes } from "./text.ts";
import type { Sink } from "./writing.ts";

/** Messages share slabs of this size, as Node's own small buffers do; a slab is there as long as one of its messages. */
const SLAB_BYTES = 16_384;
/** Room that a message finds in its slab at least; what turns out larger gets memory of its own. */
const ROOM_BYTES = 2_048;
/** Room for the longest message wherever it begins in a slab. */
const LARGE_BYTES = SLAB_BYTES + 65_536;
/** Beyond all memory, and small enough for V8 to keep it as a small integer. */
const NO_LIMIT = 2 ** 30;

const NOTHING = new Uint8Array(0);

function outOfRange(value: unknown, bits: number): Fault {
  const max = bits === 64 ? "2^64 - 1, a bigint" : String(2 ** bits - 1);
  return new Fault(`must be a whole number from 0 to ${max}, not ${shown(value)}`, -1);
}

/** Bytes that are being written; `offset` is where the next one goes. */
export class Writer implements Sink {
  /** The memory that is written into. */
  buffer: Uint8Array<ArrayBuffer> = NOTHING;
  view: DataView<ArrayBuffer> = new DataView(NOTHING.buffer);
  offset = 0;
  /** Where the 16-bit length of the next `listWithin` goes. */
  ahead = 0;
  /** How many fields of the structure that is being written are done, of those that are structures or of any size. */
  counted = 0;
  /** How many lists stand around what is being written. */
  lists = 0;
  /** What messages are written into, and where those that were taken end. */
  #slab: Uint8Array<ArrayBuffer> = NOTHING;
  #taken = 0;
  /** What a message goes on in that is too large for its slab; it is copied out of there. */
  #large: Uint8Array<ArrayBuffer> | undefined;
  /** Where what is being written begins. */
  #start = 0;
  #limit = NO_LIMIT;
  /** Where writing has to stop: at the limit or at the memory's end. */
  #end = 0;

  /** Where the message that is being written has to end at the latest. */
  get limit(): number {
    return this.#limit;
  }

  set limit(limit: number) {
    this.#limit = limit;
    this.#end = Math.min(limit, this.buffer.length);
  }

  /** Begins a message in memory that nobody else has. */
  begin(): void {
    this.#start = (this.#taken + 7) & ~7;
    if (this.#slab.length - this.#start < ROOM_BYTES) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      markAsUntransferable(this.#slab.buffer);
      this.#taken = 0;
      this.#start = 0;
    }
    if (this.buffer !== this.#slab) {
      this.#use(this.#slab);
    }
    this.offset = this.#start;
    this.lists = 0;
    this.limit = NO_LIMIT;
  }

  /** What was written since `begin`; it is not touched again. */
  take(): Uint8Array {
    const start = this.#start;
    const length = this.offset - start;
    if (length > ROOM_BYTES || this.buffer !== this.#slab) {
      return this.buffer.slice(start, this.offset);
    }
    this.#taken = this.offset;
    return new Uint8Array(this.view.buffer, start, length);
  }

  /** Makes room for so many bytes. */
  ensure(bytes: number): void {
    const needed = this.offset + bytes;
    if (needed > this.#end) {
      this.#grow(needed);
    }
  }

  #grow(needed: number): void {
    if (needed > this.#limit) {
      throw new Fault("the message would be longer than 65535 bytes", -1);
    }
    const fitsLarge = this.buffer.length === SLAB_BYTES && needed <= LARGE_BYTES;
    const larger = fitsLarge
      ? (this.#large ??= new Uint8Array(LARGE_BYTES))
      : new Uint8Array(Math.max(needed, Math.min(2 * this.buffer.length, this.#limit), 256));
    larger.set(this.buffer.subarray(this.#start, this.offset), this.#start);
    this.#use(larger);
  }

  #use(memory: Uint8Array<ArrayBuffer>): void {
    this.buffer = memory;
    this.view = new DataView(memory.buffer);
    this.#end = Math.min(this.#limit, memory.length);
  }

  u8(value: number): this {
    if ((value & 0xff) !== value) {
      throw outOfRange(value, 8);
    }
    const at = this.offset;
    this.offset = at + 1;
    this.view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    if ((value & 0xffff) !== value) {
      throw outOfRange(value, 16);
    }
    const at = this.offset;
    this.offset = at + 2;
    this.view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    if (value >>> 0 !== value) {
      throw outOfRange(value, 32);
    }
    const at = this.offset;
    this.offset = at + 4;
    this.view.setUint32(at, value);
    return this;
  }

  u64(value: bigint): this {
    if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value) {
      throw outOfRange(value, 64);
    }
    const at = this.offset;
    this.offset = at + 8;
    this.view.setBigUint64(at, value);
    return this;
  }

  mac(value: string): this {
    if (typeof value !== "string" || !writeMac(value, this.buffer, this.offset)) {
      throw new Fault(`must be a MAC address such as "fa:16:3e:00:00:01", not ${shown(value)}`, -1);
    }
    this.offset += 6;
    return this;
  }

  named8<N extends string>(names: Names<N>, value: N | number): this {
    return this.u8(numberOf(names, value));
  }

  named16<N extends string>(names: Names<N>, value: N | number): this {
    return this.u16(numberOf(names, value));
  }

  named32<N extends string>(names: Names<N>, value: N | number): this {
    return this.u32(numberOf(names, value));
  }

  flag16(value: boolean): this {
    if (typeof value !== "boolean") {
      throw new Fault(`must be true or false, not ${shown(value)}`, -1);
    }
    return this.u16(value ? 1 : 0);
  }

  text(bytes: number, value: string): this {
    if (typeof value !== "string") {
      throw new Fault(`must be text, not ${shown(value)}`, -1);
    }
    const encoded = textBytes(value);
    if (encoded.length > bytes) {
      throw new Fault(`must be at most ${bytes} bytes long, not ${encoded.length}`, -1);
    }
    this.raw(encoded);
    return this.pad(bytes - encoded.length);
  }

  bytes(bytes: number, value: Uint8Array): this {
    if (value instanceof Uint8Array && value.length !== bytes) {
      throw new Fault(`must be ${bytes} bytes long, not ${value.length}`, -1);
    }
    this.raw(value);
    return this;
  }

  rest(value: Uint8Array): this {
    this.raw(value);
    this.counted++;
    return this;
  }

  length16(): this {
    this.ahead = this.offset;
    return this.pad(2);
  }

  part<T>(codec: Codec<T>, value: T): this {
    codec.write(this, value);
    this.counted++;
    return this;
  }

  list<T>(codec: Codec<T>, values: readonly T[]): this {
    writeItems(this, codec, values);
    this.counted++;
    return this;
  }

  listWithin<T>(codec: Codec<T>, values: readonly T[]): this {
    const { ahead, offset } = this;
    writeItems(this, codec, values);
    this.patch16(ahead, this.offset - offset);
    this.counted++;
    return this;
  }

  /** Zero bytes. */
  pad(bytes: number): this {
    const at = this.offset;
    const end = at + bytes;
    this.ensure(bytes);
    const { buffer } = this;
    for (let i = at; i < end; i++) {
      buffer[i] = 0;
    }
    this.offset = end;
    return this;
  }

  /** Zero bytes until what began at `start` takes a multiple of `align` bytes, a power of two. */
  align(start: number, align: number): void {
    const short = (start - this.offset) & (align - 1);
    if (short > 0) {
      this.pad(short);
    }
  }

  /** Bytes as they are. */
  raw(value: Uint8Array | undefined): void {
    if (!(value instanceof Uint8Array)) {
      throw new Fault(`must be a Uint8Array, not ${shown(value)}`, -1);
    }
    this.ensure(value.length);
    this.buffer.set(value, this.offset);
    this.offset += value.length;
  }

  /** Sets a 16-bit length that was left open. */
  patch16(at: number, value: number): void {
    if (value > 0xffff) {
      throw new Fault(`takes ${value} bytes, more than the 65535 its length can say`, -1);
    }
    this.view.setUint16(at, value);
  }
}

/** The number that a name stands for, or that is given itself. */
function numberOf<N extends string>(names: Names<N>, value: N | number | undefined): number {
  const number = typeof value === "string" ? names.byName.get(value) : value;
  if (number === undefined) {
    throw new Fault(`must be one of ${[...names.byName.keys()].join(", ")}, not ${shown(value)}`, -1);
  }
  return number;
}
