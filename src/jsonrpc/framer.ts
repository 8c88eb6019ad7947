// OVSDB's messages are JSON texts one after the other with nothing between. The framer finds their ends byte by byte
// and keeps its state from chunk to chunk, so that a message of many chunks is scanned once, joined once and parsed
// once, and so that a split inside a character or an escape changes nothing.
import { Buffer } from "node:buffer";
import { JsonFrameError } from "./errors.ts";
import { type JsonValue, parseExact } from "./json.ts";

/** Limits of {@link JsonFramer}. */
export interface JsonFramerOptions {
  /** The longest message in bytes. Default 256 MiB; a database of 100,000 ports is about 90 MB. */
  readonly maxBytes?: number | undefined;
  /** The deepest nesting of arrays and objects. Default 1,000, ovsdb-server's own limit. */
  readonly maxDepth?: number | undefined;
}

// What a byte outside a string means to the scanner.
const other = 0;
const digit = 1;
const opening = 2;
const closing = 3;
const quote = 4;
const space = 5;

const kindOfByte: Uint8Array = new Uint8Array(256).fill(other);
for (const byte of Buffer.from("0123456789")) kindOfByte[byte] = digit;
for (const byte of Buffer.from("{[")) kindOfByte[byte] = opening;
for (const byte of Buffer.from("}]")) kindOfByte[byte] = closing;
for (const byte of Buffer.from('"')) kindOfByte[byte] = quote;
for (const byte of Buffer.from(" \t\r\n")) kindOfByte[byte] = space;

/** Of so many chunks smaller than so many bytes one is made: bytes that come one by one would take a hundred times their room. */
const smallChunk = 1024;

const quoteByte = 0x22;
const backslashByte = 0x5c;
/** An integer of 15 digits is always exact as a number; from 16 on it may not be. */
const inexactDigits = 16;

/** Cuts a stream of bytes into JSON values. After an error it must not be used again. */
export class JsonFramer {
  readonly #maxBytes: number;
  readonly #maxDepth: number;
  #chunks: Uint8Array[] = [];
  /** How many chunks at the end of `#chunks` are small. */
  #small = 0;
  /** Bytes of the message that isn't whole yet, in `#chunks`. */
  #held = 0;
  /** Bytes of the stream before the chunk in hand. */
  #consumed = 0;
  #depth = 0;
  #digits = 0;
  #inString = false;
  #escaped = false;
  #exact = false;

  constructor(options: JsonFramerOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
    this.#maxDepth = options.maxDepth ?? 1000;
  }

  /** Whether the stream stands inside a message. */
  get partial(): boolean {
    return this.#depth > 0;
  }

  /**
   * Takes the next bytes and gives `sink` each message that they complete, in order. Invalid UTF-8 becomes U+FFFD. The chunk is
   * kept until its last message is whole. Throws `JsonFrameError`.
   */
  push(chunk: Uint8Array, sink: (value: JsonValue) => void): void {
    let start = 0;
    while (start < chunk.length) {
      if (this.#depth === 0) start = this.#skipSpace(chunk, start);
      const end = this.#scan(chunk, start);
      const part = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
      if (this.#held + part.length > this.#maxBytes) {
        throw this.#error(`a message is longer than ${this.#maxBytes} bytes`, start);
      }
      if (this.#depth > 0) {
        this.#hold(part);
      } else if (part.length > 0) {
        sink(this.#take(part, end));
      }
      start = end;
    }
    this.#consumed += chunk.length;
  }

  #skipSpace(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && kindOfByte[chunk[at] as number] === space) at += 1;
    if (at < chunk.length && kindOfByte[chunk[at] as number] !== opening) {
      throw this.#error("a message must begin with { or [", at);
    }
    return at;
  }

  /** Scans from `from` and returns where the message ends, or the chunk's length. */
  #scan(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#inString) {
        at = this.#scanString(chunk, at);
        continue;
      }
      at = this.#scanStructure(chunk, at);
      if (this.#depth === 0) return at;
    }
    return at;
  }

  /** Scans the rest of a string, past its closing quote. */
  #scanString(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === quoteByte) {
        this.#inString = false;
        return at + 1;
      }
      if (byte === backslashByte) {
        at += 1;
        if (at === chunk.length) this.#escaped = true;
      }
    }
    return chunk.length;
  }

  /** Scans up to and past the next opening quote or the message's end. */
  #scanStructure(chunk: Uint8Array, from: number): number {
    let digits = this.#digits;
    for (let at = from; at < chunk.length; at += 1) {
      const kind = kindOfByte[chunk[at] as number];
      if (kind === digit) {
        digits += 1;
        if (digits === inexactDigits) this.#exact = true;
        continue;
      }
      digits = 0;
      if (kind === opening) {
        this.#depth += 1;
        if (this.#depth > this.#maxDepth)
          throw this.#error(`nested deeper than ${this.#maxDepth} levels`, at);
      } else if (kind === closing) {
        this.#depth -= 1;
      } else if (kind === quote) {
        this.#inString = true;
      } else continue;
      if (this.#inString || this.#depth === 0) {
        this.#digits = 0;
        return at + 1;
      }
    }
    this.#digits = digits;
    return chunk.length;
  }

  #hold(part: Uint8Array): void {
    this.#held += part.length;
    this.#chunks.push(part);
    this.#small = part.length < smallChunk ? this.#small + 1 : 0;
    if (this.#small < smallChunk) return;
    this.#chunks.push(Buffer.concat(this.#chunks.splice(-this.#small)));
    this.#small = 0;
  }

  #take(last: Uint8Array, end: number): JsonValue {
    const text = this.#text(last);
    const exact = this.#exact;
    this.#exact = false;
    try {
      return exact ? parseExact(text) : (JSON.parse(text) as JsonValue);
    } catch (error) {
      throw this.#error("a message is no valid JSON", end, { cause: error });
    }
  }

  /** The message that `last` completes. Its bytes are let go of before it is parsed: of a big one, each copy counts. */
  #text(last: Uint8Array): string {
    const chunks = this.#chunks;
    const length = this.#held + last.length;
    this.#chunks = [];
    this.#small = 0;
    this.#held = 0;
    if (chunks.length === 0) return Buffer.from(last.buffer, last.byteOffset, last.length).toString("utf8");
    chunks.push(last);
    return Buffer.concat(chunks, length).toString("utf8");
  }

  #error(reason: string, at: number, options?: ErrorOptions): JsonFrameError {
    return new JsonFrameError(reason, this.#consumed + at, options);
  }
}
