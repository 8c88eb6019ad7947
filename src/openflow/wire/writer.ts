// Writes bytes into memory that grows. Values are checked here, each against the field it goes into; what is wrong
// is a fault, which names its field on the way out.

import { writeMac } from "./addresses.ts";
import { Fault, shown } from "./fault.ts";
import { copyBytes } from "./slab.ts";

const FIRST_BYTES = 4_096;

function outOfRange(value: unknown, bits: number): Fault {
  const max = bits === 64 ? "2^64 - 1, a bigint" : String(2 ** bits - 1);
  return new Fault(`must be a whole number from 0 to ${max}, not ${shown(value)}`, -1);
}

/** Bytes that are being written; `offset` is where the next one goes. */
export class Writer {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BYTES);
  view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  offset = 0;
  /** Where the message that is being written has to end at the latest. */
  limit: number = Number.MAX_SAFE_INTEGER;
  /** Where the 16-bit length of the next `listWithin` goes. */
  ahead = 0;

  /** Makes room for so many bytes. */
  ensure(bytes: number): void {
    const needed = this.offset + bytes;
    if (needed > this.bytes.length) {
      this.#grow(needed);
    }
  }

  /** The bytes from `start` to here, as memory of their own. */
  copy(start = 0): Uint8Array {
    return copyBytes(this.bytes, start, this.offset);
  }

  #grow(needed: number): void {
    if (needed > this.limit) {
      throw new Fault("the message would be longer than 65535 bytes", -1);
    }
    const larger = new Uint8Array(Math.max(needed, Math.min(this.bytes.length * 2, this.limit)));
    larger.set(this.bytes.subarray(0, this.offset));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  u8(value: number): void {
    if ((value & 0xff) !== value) {
      throw outOfRange(value, 8);
    }
    this.view.setUint8(this.offset, value);
    this.offset += 1;
  }

  u16(value: number): void {
    if ((value & 0xffff) !== value) {
      throw outOfRange(value, 16);
    }
    this.view.setUint16(this.offset, value);
    this.offset += 2;
  }

  u32(value: number): void {
    if (value >>> 0 !== value) {
      throw outOfRange(value, 32);
    }
    this.view.setUint32(this.offset, value);
    this.offset += 4;
  }

  u64(value: bigint): void {
    if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value) {
      throw outOfRange(value, 64);
    }
    this.view.setBigUint64(this.offset, value);
    this.offset += 8;
  }

  mac(value: string): void {
    if (typeof value !== "string" || !writeMac(value, this.bytes, this.offset)) {
      throw new Fault(`must be a MAC address such as "fa:16:3e:00:00:01", not ${shown(value)}`, -1);
    }
    this.offset += 6;
  }

  /** Zero bytes. */
  pad(bytes: number): void {
    this.ensure(bytes);
    const end = this.offset + bytes;
    for (let at = this.offset; at < end; at++) {
      this.bytes[at] = 0;
    }
    this.offset = end;
  }

  /** Zero bytes until what began at `start` takes a multiple of `align` bytes. */
  align(start: number, align: number): void {
    const over = (this.offset - start) % align;
    if (over > 0) {
      this.pad(align - over);
    }
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): void {
    if (!(value instanceof Uint8Array)) {
      throw new Fault(`must be a Uint8Array, not ${shown(value)}`, -1);
    }
    this.ensure(value.length);
    this.bytes.set(value, this.offset);
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
