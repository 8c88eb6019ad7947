// Copies of parts of a buffer. Memory of its own costs a small piece more than the copying does, so pieces share slabs,
// as Node's own small buffers do; a slab is as long there as one of its pieces.

import { markAsUntransferable } from "node:worker_threads";

const SLAB_BYTES = 16_384;
/** Pieces from here on get memory of their own; smaller ones than the first live inside the object itself. */
const LARGE_BYTES = 2_048;
const TINY_BYTES = 64;

let slab: Uint8Array<ArrayBuffer> = new Uint8Array(0);
let used = 0;

/** The bytes from `start` to `end` of `source`, which share nothing with it. */
export function copyBytes(source: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  if (length <= TINY_BYTES || length >= LARGE_BYTES) {
    return source.slice(start, end);
  }
  if (used + length > slab.length) {
    slab = new Uint8Array(SLAB_BYTES);
    markAsUntransferable(slab.buffer);
    used = 0;
  }
  const piece = new Uint8Array(slab.buffer, used, length);
  piece.set(source.subarray(start, end));
  used += (length + 7) & ~7;
  return piece;
}
