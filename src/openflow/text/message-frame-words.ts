// What the readers of a frame for printing share: a cursor that looks ahead, and what they make of a layer.

/** What is printed of a frame from some layer on. */
export interface FrameWords {
  readonly words: readonly string[];
  /** The IP protocol, which the first word of the frame may say. */
  readonly protocol?: number;
  /** The transport checksum with its name. */
  readonly checksum?: string;
}

/** Bytes that are taken off from the front. Reading beyond the end gives a RangeError: callers ask for `left` first. */
export class Bytes {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #at = 0;

  /** How many bytes are left. */
  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  /** What is left, as bytes. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#at, this.left);
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#at + at);
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#at + at);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#at + at);
  }

  /** The next `count` bytes, which are left behind. */
  take(count: number): Bytes {
    const taken = new Bytes(this.bytes.subarray(0, count));
    this.#at += count;
    return taken;
  }
}
