// Cuts a stream of bytes into messages. A message that lies in one chunk is handed out as a view of it; only one
// that is spread over chunks is copied, once. What waits is never more than one message.

import { DecodeError } from "./codec-errors.ts";

const HEADER_BYTES = 8;
/** The bytes of a header that have to be there before the length is known. */
const LENGTH_BYTES = 4;
const MAX_BYTES = 0xffff;

/** Options of a framer. */
export interface FramerOptions {
  /** The longest message that is let through, in bytes; 8 to 65535, which is the default. */
  maxMessageBytes?: number;
}

/** Cuts one direction of one connection. */
export class Framer {
  readonly #maxBytes: number;
  /** The message that has begun and not ended, and how much of it is there. */
  #partial: Uint8Array = new Uint8Array(HEADER_BYTES);
  #filled = 0;
  /** Bytes of the stream before the message that begins next. */
  #position = 0;
  #fault: DecodeError | undefined;

  constructor(options: FramerOptions = {}) {
    this.#maxBytes = options.maxMessageBytes ?? MAX_BYTES;
  }

  /** Bytes of an unfinished message. */
  get pendingBytes(): number {
    return this.#filled;
  }

  /** Why the stream can't be cut any further, once it can't. */
  get fault(): DecodeError | undefined {
    return this.#fault;
  }

  /**
   * Takes the next bytes of the stream and returns the messages that are whole now, each of which may be a view of
   * `chunk`. A header with a length below 8, or above the limit, is a `DecodeError`: the messages before it are
   * returned first, `fault` is set, and every further call throws.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#check();
    const messages: Uint8Array[] = [];
    let at = this.#filled > 0 ? this.#resume(chunk, messages) : 0;
    while (this.#fault === undefined && chunk.length - at >= LENGTH_BYTES) {
      const length = this.#checked(lengthAt(chunk, at));
      if (this.#fault !== undefined || chunk.length - at < length) {
        break;
      }
      messages.push(chunk.subarray(at, at + length));
      this.#position += length;
      at += length;
    }
    if (messages.length === 0) {
      this.#check();
    }
    this.#keep(chunk, at);
    return messages;
  }

  #check(): void {
    if (this.#fault !== undefined) {
      throw this.#fault;
    }
  }

  /** Goes on with the message that has begun; returns how much of the chunk it took. */
  #resume(chunk: Uint8Array, messages: Uint8Array[]): number {
    let at = 0;
    if (this.#filled < LENGTH_BYTES) {
      at = this.#fill(chunk, 0, LENGTH_BYTES);
      if (this.#filled < LENGTH_BYTES) {
        return at;
      }
    }
    const length = this.#checked(lengthAt(this.#partial, 0));
    if (this.#fault !== undefined) {
      return at;
    }
    if (this.#partial.length < length) {
      const larger = new Uint8Array(length);
      larger.set(this.#partial.subarray(0, this.#filled));
      this.#partial = larger;
    }
    at = this.#fill(chunk, at, length);
    if (this.#filled === length) {
      messages.push(this.#partial.subarray(0, length));
      this.#position += length;
      this.#filled = 0;
      this.#partial = new Uint8Array(HEADER_BYTES);
    }
    return at;
  }

  /** Copies from the chunk until `wanted` bytes are there; returns the place in the chunk after them. */
  #fill(chunk: Uint8Array, at: number, wanted: number): number {
    const taken = chunk.subarray(at, at + wanted - this.#filled);
    this.#partial.set(taken, this.#filled);
    this.#filled += taken.length;
    return at + taken.length;
  }

  /** Keeps the bytes of a message that has begun. */
  #keep(chunk: Uint8Array, at: number): void {
    const rest = chunk.subarray(at);
    if (rest.length === 0 || this.#filled > 0 || this.#fault !== undefined) {
      return;
    }
    this.#partial = new Uint8Array(rest.length < LENGTH_BYTES ? HEADER_BYTES : lengthAt(rest, 0));
    this.#partial.set(rest);
    this.#filled = rest.length;
  }

  #checked(length: number): number {
    if (length < HEADER_BYTES || length > this.#maxBytes) {
      const bound = length < HEADER_BYTES ? `less than ${HEADER_BYTES}` : `more than ${this.#maxBytes}`;
      this.#fault = new DecodeError(`${length} is ${bound} bytes`, this.#position + 2, "message.length");
      this.#partial = new Uint8Array(0);
      this.#filled = 0;
    }
    return length;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
