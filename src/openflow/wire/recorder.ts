// Runs a declaration once and writes down what it asks for: the fields with their names, sizes and places. From
// that come the writer, the fixed part's binary-parser, and the names that faults carry.

import type { Codec, Names } from "./codec.ts";
import type { Kind } from "./kinds.ts";
import * as kinds from "./kinds.ts";
import type { Declaration, Layout } from "./layout.ts";

/** What stands before a field: so many zero bytes, or a 16-bit length to be set later. */
export type Before = number | "length16";

/** One field as declared. */
export interface Step {
  readonly key: string;
  readonly kind: Kind<unknown>;
  readonly before: readonly Before[];
  /** Where it lies, in bytes from the structure's start; meaningless after a field of variable size. */
  readonly offset: number;
}

/** A declaration, written down. */
export interface Recording {
  /** All entries in the order of the declaration; one without a step is a constant. */
  readonly entries: readonly { readonly key: string; readonly step?: Step }[];
  /** The fields in wire order. */
  readonly steps: readonly Step[];
  /** The entries that are constants, by key. */
  readonly constants: ReadonlyMap<string, unknown>;
  /** The fewest bytes the structure takes, without what its options add. */
  readonly minBytes: number;
  /** Whether a field is of variable size. */
  readonly variable: boolean;
}

function width(before: Before): number {
  return before === "length16" ? 2 : before;
}

/** Stands in for a value while a declaration is recorded. */
class Token {
  readonly step: Omit<Step, "key">;

  constructor(step: Omit<Step, "key">) {
    this.step = step;
  }
}

class Recorder implements Layout {
  readonly tokens: Token[] = [];
  #before: Before[] = [];
  #offset = 0;
  #variable = false;
  /** Whether a length has been asked for that no list has used yet. */
  #announced = false;
  readonly #structure: string;

  constructor(structure: string) {
    this.#structure = structure;
  }

  u8(absent?: number): number {
    return this.#integer(kinds.u8, absent);
  }

  u16(absent?: number): number {
    return this.#integer(kinds.u16, absent);
  }

  u32(absent?: number): number {
    return this.#integer(kinds.u32, absent);
  }

  u64(absent?: bigint): bigint {
    return this.#integer(kinds.u64, absent);
  }

  named8<N extends string>(names: Names<N>): N | number {
    return this.#field(kinds.named(1, names));
  }

  named16<N extends string>(names: Names<N>): N | number {
    return this.#field(kinds.named(2, names));
  }

  named32<N extends string>(names: Names<N>): N | number {
    return this.#field(kinds.named(4, names));
  }

  flag16(): boolean {
    return this.#field(kinds.flag16);
  }

  mac(): string {
    return this.#field(kinds.mac);
  }

  text(bytes: number): string {
    return this.#field(kinds.text(bytes));
  }

  bytes(bytes: number): Uint8Array {
    return this.#field(kinds.exactly(bytes));
  }

  pad(bytes: number): this {
    this.#before.push(bytes);
    this.#offset += bytes;
    return this;
  }

  length16(): this {
    this.#before.push("length16");
    this.#announced = true;
    this.#offset += 2;
    return this;
  }

  part<T>(codec: Codec<T>): T {
    return this.#field(kinds.part(codec));
  }

  list<T>(codec: Codec<T>): T[] {
    return this.#items(codec, kinds.list(codec));
  }

  listWithin<T>(codec: Codec<T>): T[] {
    if (!this.#announced) {
      throw new TypeError(`${this.#structure}: a list within a length that was not asked for`);
    }
    this.#announced = false;
    return this.#items(codec, kinds.listWithin(codec));
  }

  rest(): Uint8Array {
    return this.#field(kinds.rest);
  }

  /** A list of what takes no bytes would never end. */
  #items<T>(codec: Codec<T>, kind: Kind<T[]>): T[] {
    if (codec.minBytes < 1) {
      throw new TypeError(`${this.#structure}: a list of ${codec.name}, which may take no bytes`);
    }
    return this.#field(kind);
  }

  /** The number stands in for a value that was left out. */
  #integer<T extends number | bigint>(kind: Kind<T>, absent: T | undefined): T {
    return this.#field(absent === undefined ? kind : { ...kind, absent });
  }

  /**
   * Once something of variable size has been read, the check of the fixed part says nothing about what follows:
   * only fields that check themselves may.
   */
  #field<T>(kind: Kind<T>): T {
    if (this.#variable && kind.bytes !== undefined) {
      throw new TypeError(`${this.#structure}: a field of fixed size after one of variable size`);
    }
    if (this.#announced && kind.counted) {
      throw new TypeError(`${this.#structure}: a structure between a length and its list`);
    }
    this.#variable ||= kind.bytes === undefined;
    const token = new Token({ kind, before: this.#before, offset: this.#offset });
    this.#before = [];
    this.#offset += kind.minBytes;
    this.tokens.push(token);
    return token as T;
  }

  get minBytes(): number {
    return this.#offset;
  }

  get variable(): boolean {
    return this.#variable;
  }

  /** Whether something was asked for that no field follows. */
  get dangling(): boolean {
    return this.#before.length > 0 || this.#announced;
  }
}

/** Runs `declaration` once; throws a TypeError if it doesn't use each call for one entry, in order. */
export function record<T>(structure: string, declaration: Declaration<T>): Recording {
  const recorder = new Recorder(structure);
  const declared = Object.entries(declaration(recorder) as Record<string, unknown>);
  const entries = declared.map(([key, value]) =>
    value instanceof Token ? { key, step: { key, ...value.step } } : { key },
  );
  const steps = entries.flatMap((entry) => entry.step ?? []);
  const inOrder =
    steps.length === recorder.tokens.length &&
    steps.every((step, i) => {
      const asked = recorder.tokens[i]?.step;
      return step.kind === asked?.kind && step.offset === asked.offset;
    });
  if (!inOrder || recorder.dangling) {
    throw new TypeError(`${structure}: each entry of the declaration is one call, in the order of the wire`);
  }
  const constants = new Map(declared.filter(([, value]) => !(value instanceof Token)));
  return { entries, steps, constants, minBytes: recorder.minBytes, variable: recorder.variable };
}

/** How many bytes stand before a field. */
export function bytesBefore(step: Step): number {
  return step.before.reduce<number>((sum, before) => sum + width(before), 0);
}
