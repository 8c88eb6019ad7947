// Structures: one declaration gives the reader and the writer. How a structure is read (by the declaration itself or
// by binary-parser) is decided here, and whoever declares one can't see the difference.

import type { Codec } from "./codec.ts";
import { Fault, faultWithin } from "./fault.ts";
import type { Kind } from "./kinds.ts";
import type { Declaration } from "./layout.ts";
import { parserFor } from "./parser.ts";
import type { Reader } from "./reader.ts";
import { type Recording, record, type Step } from "./recorder.ts";
import type { Writer } from "./writer.ts";

export interface StructOptions {
  /** Bytes after the last field that mean nothing. */
  pad?: number;
  /** Up to 7 bytes of padding follow, to a multiple of 8, which the structure around it counts as its own. */
  aligned?: true;
  /**
   * What reads the fixed part: the declaration itself, or binary-parser, which takes longer to begin than a small
   * structure takes to read, and serves where there is one parse to a message. Default `"declaration"`.
   */
  engine?: "declaration" | "parser";
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
  readonly #pad: number;
  readonly #read: (reader: Reader) => T;

  constructor(name: string, recording: Recording, read: (reader: Reader) => T, options: StructOptions) {
    this.name = name;
    this.#steps = recording.steps;
    this.#counted = recording.steps.filter((s) => s.kind.counted).map((s) => s.key);
    this.#pad = options.pad ?? 0;
    this.minBytes = recording.minBytes + this.#pad;
    this.fixedBytes = recording.variable ? undefined : this.minBytes;
    this.constants = recording.constants;
    this.aligned = options.aligned ?? false;
    this.#read = read;
  }

  read(reader: Reader): T {
    if (reader.end - reader.offset < this.minBytes) {
      throw this.#truncated(reader);
    }
    if (this.#counted.length > 0) {
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
    const steps = this.#steps;
    const values = value as Record<string, unknown>;
    let at = 0;
    writer.ensure(this.minBytes);
    try {
      for (; at < steps.length; at++) {
        const step = steps[at] as Step;
        if (step.before.length > 0) {
          writeBefore(writer, step);
        }
        const given = values[step.key];
        writeStep(writer, step.kind, given === undefined ? step.kind.absent : given);
      }
    } catch (error) {
      throw faultWithin(error, steps[at]?.key ?? "");
    }
    writer.pad(this.#pad);
  }
}

/** Integers are most of what there is, so they go without a call of their kind. */
function writeStep(writer: Writer, kind: Kind<unknown>, value: unknown): void {
  switch (kind.integer) {
    case "uint8":
      writer.u8(value as number);
      break;
    case "uint16":
      writer.u16(value as number);
      break;
    case "uint32":
      writer.u32(value as number);
      break;
    case "uint64":
      writer.u64(value as bigint);
      break;
    case undefined:
      kind.write(writer, value);
  }
}

function writeBefore(writer: Writer, step: Step): void {
  for (const before of step.before) {
    if (before === "length16") {
      writer.ahead = writer.offset;
      writer.pad(2);
    } else {
      writer.pad(before);
    }
  }
}

/**
 * Declares a structure. The declaration is a function from a layout to an object literal, one entry per field in the
 * order of the wire; give it its return type, so that the compiler holds it to the interface:
 * `struct("ofp_action_output", (f): OutputAction => ({ type: "output", port: f.u32(), maxLen: f.u16() }), { pad: 6 })`.
 */
export function struct<T>(name: string, declaration: Declaration<T>, options: StructOptions = {}): Struct<T> {
  const recording = record(name, declaration);
  const read = options.engine === "parser" ? (parserFor(recording) as (reader: Reader) => T) : declaration;
  return new DeclaredStruct(name, recording, read, options);
}
