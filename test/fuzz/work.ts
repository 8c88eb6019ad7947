// What decoding does, counted instead of timed: numbers read, bytes copied, structures begun, and the parts of the value.

import { anyMessage } from "../../src/openflow/protocol/messages.ts";
import { Fault } from "../../src/openflow/wire/fault.ts";
import { Reader } from "../../src/openflow/wire/reader.ts";
import { partsOf } from "./property.ts";

/** What it took to read some bytes, or to find out that they can't be read. */
export interface Work {
  readonly reads: number;
  readonly copiedBytes: number;
  readonly structures: number;
  readonly depth: number;
  /** The parts of the value; 0 for what is refused. */
  readonly parts: number;
}

interface Counts {
  reads: number;
  copiedBytes: number;
  structures: number;
  depth: number;
  deepest: number;
}

/** A view that counts what is read through it. */
class CountingView extends DataView<ArrayBuffer> {
  readonly #counts: Counts;

  constructor(memory: ArrayBuffer, counts: Counts) {
    super(memory);
    this.#counts = counts;
  }

  override getUint8(at: number): number {
    this.#counts.reads++;
    return super.getUint8(at);
  }

  override getUint16(at: number): number {
    this.#counts.reads++;
    return super.getUint16(at);
  }

  override getUint32(at: number): number {
    this.#counts.reads++;
    return super.getUint32(at);
  }

  override getBigUint64(at: number): bigint {
    this.#counts.reads++;
    return super.getBigUint64(at);
  }
}

class CountingReader extends Reader {
  readonly #counts: Counts;

  constructor(bytes: Uint8Array, counts: Counts) {
    super();
    this.#counts = counts;
    this.open(bytes);
    this.view = new CountingView(bytes.buffer as ArrayBuffer, counts);
  }

  override copy(start: number, end: number): Uint8Array {
    this.#counts.copiedBytes += end - start;
    return super.copy(start, end);
  }

  override enter(): void {
    this.#counts.structures++;
    this.#counts.depth++;
    this.#counts.deepest = Math.max(this.#counts.deepest, this.#counts.depth);
    super.enter();
  }

  override leave(): void {
    this.#counts.depth--;
    super.leave();
  }
}

/** Reads `bytes` as one message and tells what that took. */
export function workOf(bytes: Uint8Array): Work {
  const counts: Counts = { reads: 0, copiedBytes: 0, structures: 0, depth: 0, deepest: 0 };
  let parts = 0;
  try {
    parts = partsOf(anyMessage.read(new CountingReader(bytes, counts)));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  const { reads, copiedBytes, structures, deepest } = counts;
  return { reads, copiedBytes, structures, depth: deepest, parts };
}

/** The most that a byte of a message may account for: twice what any structure was seen to take. */
const MOST: Readonly<Record<Exclude<keyof Work, "depth">, number>> = {
  reads: 1,
  // What a structure declines is read again as bytes.
  copiedBytes: 2,
  structures: 0.25,
  // A version bitmap has eight numbers to a byte, and every structure names and constants of its own.
  parts: 16,
};
const OF_NONE = 256;
/** As deep as structures may stand in each other, and one more to find out that they do. */
const MAX_DEPTH = 73;

/** What is too much for so many bytes in the work of reading them; undefined for none. */
export function excessOf(bytes: Uint8Array, work: Work = workOf(bytes)): string | undefined {
  for (const [key, most] of Object.entries(MOST)) {
    const done = work[key as keyof Work];
    if (done > OF_NONE + most * bytes.length) return `${done} ${key} for ${bytes.length} bytes`;
  }
  return work.depth > MAX_DEPTH ? `${work.depth} structures in each other` : undefined;
}
