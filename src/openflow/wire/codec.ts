// What every structure of the wire has: a reader and a writer made from one declaration.

import { Dictionary } from "./dictionary.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** Reads and writes one kind of structure. Methods throw `Fault`. */
export interface Codec<T> {
  /** The structure's name, for paths and definitions. */
  readonly name: string;
  /** The fewest bytes it takes; at least that many are read, so that every list comes to an end. */
  readonly minBytes: number;
  /** The exact number of bytes it takes, where that is fixed. */
  readonly fixedBytes: number | undefined;
  /** Reads one at the reader's offset, up to the reader's end at most. */
  read(reader: Reader): T;
  /** Writes one at the writer's offset. */
  write(writer: Writer, value: T): void;
}

/** The names of the numbers of one field; a number without a name stays a number. */
export interface Names<N extends string> {
  readonly byNumber: readonly (N | undefined)[];
  readonly byName: Dictionary<number>;
}

/** Names for small numbers, as an object from name to number. */
export function names<N extends string>(numbers: Readonly<Record<N, number>>): Names<N> {
  const entries = Object.entries(numbers) as [N, number][];
  const byNumber: (N | undefined)[] = Array.from({ length: Math.max(...Object.values<number>(numbers)) + 1 });
  for (const [name, number] of entries) {
    byNumber[number] = name;
  }
  return { byNumber, byName: new Dictionary(entries) };
}
