// Structures: one declaration gives the reader and the writer. How a structure is read (by the declaration itself or
// by binary-parser) is decided here, and whoever declares one can't see the difference.

import type { Codec } from "./codec.ts";
import { Fault, faultWithin } from "./fault.ts";
import type { Declaration } from "./layout.ts";
import { parserFor } from "./parser.ts";
import type { Reader } from "./reader.ts";
import { record, type Step } from "./recorder.ts";
import { fieldsWriter, type WriteFields } from "./struct-writer.ts";
import type { Writer } from "./writer.ts";
import { checkWriting, type Writing } from "./writing.ts";

export interface StructOptions<T> {
  /** Bytes after the last field that mean nothing. */
  pad?: number;
  /** Up to 7 bytes of padding follow, to a multiple of 8, which the structure around it counts as its own. */
  aligned?: true;
  /**
   * What reads the fixed part: the declaration itself, or binary-parser, which takes longer to begin than a small
   * structure takes to read, and serves where there is one parse to a message. Default `"declaration"`.
   */
  engine?: "declaration" | "parser";
  /** Writes the fields, where looking their values up by key would take too long; see `Writing`. */
  write?: Writing<T>;
}

/** A structure that was declared. */
export interface Struct<T> extends Codec<T> {
  /** The entries of the declaration that are constants, such as the `type` by which families tell members apart. */
  readonly constants: ReadonlyMap<string, unknown>;
  /** Whether up to 7 bytes of padding may follow. */
  readonly aligned: boolean;
}

class DeclaredStruct<T> implements Struct<T> {
  readonly name: string;
  readonly minBytes: number;
  readonly fixedBytes: number | undefined;
  readonly constants: ReadonlyMap<string, unknown>;
  readonly aligned: boolean;
  readonly #steps: readonly Step[];
  /** The names of the fields that the reader counts, in order. */
  readonly #counted: readonly string[];
  readonly #counts: boolean;
  readonly #pad: number;
  readonly #read: (reader: Reader) => T;
  /** Writes by key. */
  readonly #writeFields: WriteFields;
  /** Writes in place of that. */
  readonly #writing: Writing<T> | undefined;

  constructor(name: string, declaration: Declaration<T>, options: StructOptions<T>) {
    const recording = record(name, declaration);
    this.name = name;
    this.#steps = recording.steps;
    this.#counted = recording.steps.filter((s) => s.kind.counted).map((s) => s.key);
    this.#counts = this.#counted.length > 0;
    this.#pad = options.pad ?? 0;
    this.minBytes = recording.minBytes + this.#pad;
    this.fixedBytes = recording.variable ? undefined : this.minBytes;
    this.constants = recording.constants;
    this.aligned = options.aligned ?? false;
    this.#read = options.engine === "parser" ? (parserFor(recording) as (reader: Reader) => T) : declaration;
    this.#writeFields = fieldsWriter(recording.steps);
    this.#writing = options.write;
    if (options.write !== undefined) {
      checkWriting(name, recording.steps, options.write);
    }
  }

  read(reader: Reader): T {
    if (reader.end - reader.offset < this.minBytes) {
      throw this.#truncated(reader);
    }
    if (this.#counts) {
      return this.#readCounted(reader);
    }
    const value = this.#read(reader);
    reader.offset += this.#pad;
    return value;
  }

  #readCounted(reader: Reader): T {
    const outer = reader.counted;
    reader.counted = -1;
    try {
      const value = this.#read(reader);
      reader.counted = outer;
      reader.offset += this.#pad;
      return value;
    } catch (error) {
      const key = this.#counted[reader.counted];
      reader.counted = outer;
      throw error instanceof Fault && key !== undefined ? error.within(key) : error;
    }
  }

  /** Names the first field that the bytes at hand don't reach. */
  #truncated(reader: Reader): Fault {
    const left = reader.end - reader.offset;
    const missing = this.#steps.find((step) => step.offset + step.kind.minBytes > left);
    return reader.fault(
      `${this.name} takes at least ${this.minBytes} bytes and ${left} are left`,
      missing?.key ?? "",
      reader.end,
    );
  }

  write(writer: Writer, value: T): void {
    writer.ensure(this.minBytes);
    if (this.#writing === undefined) {
      this.#writeFields(writer, value as Record<string, unknown>);
    } else {
      this.#writeWith(this.#writing, writer, value);
    }
    if (this.#pad > 0) {
      writer.pad(this.#pad);
    }
  }

  #writeWith(writing: Writing<T>, writer: Writer, value: T): void {
    const start = writer.offset;
    const outer = writer.counted;
    writer.counted = 0;
    try {
      writing(writer, value);
      writer.counted = outer;
    } catch (error) {
      const key = this.#unwritten(writer.offset - start, writer.counted);
      writer.counted = outer;
      throw faultWithin(error, key);
    }
  }

  /** The field that was not written, after so many bytes and so many counted fields. */
  #unwritten(bytes: number, counted: number): string {
    let index = 0;
    for (const { key, kind, offset } of this.#steps) {
      if (kind.counted ? index++ === counted && offset <= bytes : offset === bytes) {
        return key;
      }
    }
    return "";
  }
}

/**
 * Declares a structure. The declaration is a function from a layout to an object literal, one entry per field in the
 * order of the wire; give it its return type, so that the compiler holds it to the interface:
 * `struct("ofp_action_output", (f): OutputAction => ({ type: "output", port: f.u32(), maxLen: f.u16() }), { pad: 6 })`.
 */
export function struct<T>(
  name: string,
  declaration: Declaration<T>,
  options: StructOptions<T> = {},
): Struct<T> {
  return new DeclaredStruct(name, declaration, options);
}
