// How a structure is written that is written a million times: its fields once more, in the order of the declaration, each
// with its value. V8 then remembers where the values lie, which a writer made from a table has to look up by key:
//
//   struct("output", (f): OutputAction => ({ type: "output", port: f.u32(), maxLen: f.u16() }), {
//     write: (w, v) => w.u32(v.port).u16(v.maxLen),
//   })
//
// It is held against the declaration when the structure is made, so that the two can't say different things.

import type { Codec, Names } from "./codec.ts";
import type { Kind } from "./kinds.ts";
import * as kinds from "./kinds.ts";
import type { Before, Step } from "./recorder.ts";

/** What takes the values of fields, with the calls of `Layout`. */
export interface Sink {
  u8(value: number): this;
  u16(value: number): this;
  u32(value: number): this;
  u64(value: bigint): this;
  named8<N extends string>(names: Names<N>, value: N | number): this;
  named16<N extends string>(names: Names<N>, value: N | number): this;
  named32<N extends string>(names: Names<N>, value: N | number): this;
  flag16(value: boolean): this;
  mac(value: string): this;
  text(bytes: number, value: string): this;
  bytes(bytes: number, value: Uint8Array): this;
  pad(bytes: number): this;
  length16(): this;
  part<T>(codec: Codec<T>, value: T): this;
  list<T>(codec: Codec<T>, values: readonly T[]): this;
  listWithin<T>(codec: Codec<T>, values: readonly T[]): this;
  rest(value: Uint8Array): this;
}

/** Writes the fields of a structure, one after the other. */
export type Writing<T> = (w: Sink, v: Readonly<T>) => unknown;

/** Stands in for an entry of the value to be written. */
class Entry {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }
}

/** A value whose every entry stands in for itself. */
const anyValue: object = new Proxy({}, { get: (_, key) => new Entry(String(key)) });

type Field = Pick<Step, "key" | "kind" | "before">;

/** Writes down which field is given which entry. */
class Witness implements Sink {
  readonly fields: Field[] = [];
  #before: Before[] = [];

  u8(value: number): this {
    return this.#field(kinds.u8, value);
  }

  u16(value: number): this {
    return this.#field(kinds.u16, value);
  }

  u32(value: number): this {
    return this.#field(kinds.u32, value);
  }

  u64(value: bigint): this {
    return this.#field(kinds.u64, value);
  }

  named8<N extends string>(names: Names<N>, value: N | number): this {
    return this.#field(kinds.named(1, names), value);
  }

  named16<N extends string>(names: Names<N>, value: N | number): this {
    return this.#field(kinds.named(2, names), value);
  }

  named32<N extends string>(names: Names<N>, value: N | number): this {
    return this.#field(kinds.named(4, names), value);
  }

  flag16(value: boolean): this {
    return this.#field(kinds.flag16, value);
  }

  mac(value: string): this {
    return this.#field(kinds.mac, value);
  }

  text(bytes: number, value: string): this {
    return this.#field(kinds.text(bytes), value);
  }

  bytes(bytes: number, value: Uint8Array): this {
    return this.#field(kinds.exactly(bytes), value);
  }

  pad(bytes: number): this {
    this.#before.push(bytes);
    return this;
  }

  length16(): this {
    this.#before.push("length16");
    return this;
  }

  part<T>(codec: Codec<T>, value: T): this {
    return this.#field(kinds.part(codec), value);
  }

  list<T>(codec: Codec<T>, values: readonly T[]): this {
    return this.#field(kinds.list(codec), values);
  }

  listWithin<T>(codec: Codec<T>, values: readonly T[]): this {
    return this.#field(kinds.listWithin(codec), values);
  }

  rest(value: Uint8Array): this {
    return this.#field(kinds.rest, value);
  }

  #field<T>(kind: Kind<T>, value: unknown): this {
    const key = value instanceof Entry ? value.key : "";
    this.fields.push({ key, kind, before: this.#before });
    this.#before = [];
    return this;
  }
}

/** What two fields have in common if they are the same. */
function traits({ key, kind, before }: Field): readonly unknown[] {
  return [key, kind.name, kind.bytes, kind.of, before.join()];
}

function isSame(one: Field | undefined, other: Field | undefined): boolean {
  if (one === undefined || other === undefined) {
    return false;
  }
  const others = traits(other);
  return traits(one).every((trait, i) => trait === others[i]);
}

/** Throws a TypeError if `writing` writes anything but the fields of the declaration, each from its own entry. */
export function checkWriting<T>(structure: string, steps: readonly Step[], writing: Writing<T>): void {
  const witness = new Witness();
  writing(witness, anyValue as T);
  for (let i = 0; i < Math.max(steps.length, witness.fields.length); i++) {
    const [declared, written] = [steps[i], witness.fields[i]];
    if (!isSame(declared, written)) {
      const place = declared === undefined ? "after its last field" : `at ${declared.key}`;
      throw new TypeError(`${structure}: is not written as it is declared, ${place}`);
    }
  }
}
