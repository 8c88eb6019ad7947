// Families of structures that are told apart by a number, with a length: actions, instructions, hello elements,
// properties. Members are declared as a table from number to structure; what has no entry stays as it came.

import type { Codec } from "./codec.ts";
import { Dictionary } from "./dictionary.ts";
import { Fault, faultWithin, shown } from "./fault.ts";
import type { Reader } from "./reader.ts";
import { type Struct, struct } from "./struct.ts";
import type { Writer } from "./writer.ts";

/** The number that says that an experimenter's id follows. */
const EXPERIMENTER = 0xffff;
const HEADER_BYTES = 4;
/** The same with an experimenter's id and number. */
const EXPERIMENTER_HEADER_BYTES = 12;
/** Members with numbers below this are found in an array. */
const DENSE = 256;

/** Members by number. A member's declaration holds the constant by which a program tells it from the others. */
export type Members<T> = Readonly<Record<number, Struct<T>>>;

/** The members that experimenters define. */
export interface Experimenters<T> {
  /** The size of the number that follows the experimenter's id. */
  readonly subtypeBytes: 2 | 4;
  /** By experimenter, then by that number. */
  readonly members: Readonly<Record<number, Members<T>>>;
}

export interface FamilyOptions<T> {
  readonly members: Members<T>;
  /** Number 0xffff has an experimenter's id after it. Left out, it is a number like any other. */
  readonly experimenters?: Experimenters<T>;
  /** The key of the constant that tells members apart. Default `"type"`. */
  readonly tag?: string;
  /** The length comes before the number. Default: after it. */
  readonly lengthFirst?: true;
  /** The length leaves out the padding that follows a member, to a multiple of 8. Default: it counts it. */
  readonly lengthLeavesPadOut?: true;
}

interface RawMember {
  number: number;
  data: Uint8Array;
}

interface ExperimenterMember {
  experimenter: number;
  data: Uint8Array;
}

const rawBody = struct("raw", (f): Omit<RawMember, "number"> => ({ data: f.rest() }));
const experimenterBody = struct(
  "experimenter",
  (f): ExperimenterMember => ({ experimenter: f.u32(), data: f.rest() }),
);

/** A member as it is found by its tag. */
interface Entry<T> {
  readonly number: number;
  readonly struct: Struct<T>;
  /** The experimenter's id and number, where it is one's. */
  readonly experimenter: { readonly id: number; readonly subtype: number } | undefined;
}

function numbered<T>(members: Members<T>): [number, Struct<T>][] {
  return Object.entries(members).map(([number, member]) => [Number(number), member]);
}

/** Every member by the constant that tells it apart. */
function entriesByTag<T>(name: string, tag: string, options: FamilyOptions<T>): Dictionary<Entry<T>> {
  const entries: Entry<T>[] = numbered(options.members).map(([number, struct]) => ({
    number,
    struct,
    experimenter: undefined,
  }));
  for (const [id, members] of Object.entries(options.experimenters?.members ?? {})) {
    for (const [subtype, struct] of numbered(members)) {
      entries.push({ number: EXPERIMENTER, struct, experimenter: { id: Number(id), subtype } });
    }
  }
  const tags = entries.map(({ struct }) => struct.constants.get(tag));
  if (new Set(tags).size !== entries.length || !tags.every((each) => typeof each === "string")) {
    throw new TypeError(`${name}: each member has a "${tag}" of its own`);
  }
  return new Dictionary(entries.map((entry, i) => [tags[i] as string, entry]));
}

class Family<T> implements Codec<T> {
  readonly name: string;
  readonly minBytes: number = HEADER_BYTES;
  readonly fixedBytes: undefined;
  readonly #tag: string;
  /** The members with small numbers, and the few that have a large one. */
  readonly #members: readonly (Struct<T> | undefined)[];
  readonly #distant: ReadonlyMap<number, Struct<T>>;
  readonly #experimenters: Experimenters<T> | undefined;
  readonly #byTag: Dictionary<Entry<T>>;
  readonly #numberAt: number;
  readonly #lengthAt: number;
  readonly #padOut: boolean;
  /** The bits that a length may not have. */
  readonly #spare: number;

  constructor(name: string, options: FamilyOptions<T>) {
    this.name = name;
    this.#tag = options.tag ?? "type";
    const members: (Struct<T> | undefined)[] = [];
    const distant = new Map<number, Struct<T>>();
    for (const [number, member] of numbered(options.members)) {
      if (number < DENSE) {
        members[number] = member;
      } else {
        distant.set(number, member);
      }
    }
    this.#members = Array.from(members);
    this.#distant = distant;
    this.#experimenters = options.experimenters;
    this.#byTag = entriesByTag(name, this.#tag, options);
    this.#numberAt = options.lengthFirst ? 2 : 0;
    this.#lengthAt = 2 - this.#numberAt;
    this.#padOut = options.lengthLeavesPadOut ?? false;
    this.#spare = this.#padOut ? 0 : 7;
  }

  read(reader: Reader): T {
    const start = reader.offset;
    const outer = reader.end;
    const left = outer - start;
    const length = left < HEADER_BYTES ? 0 : reader.view.getUint16(start + this.#lengthAt);
    if (length < HEADER_BYTES || length > left || (length & this.#spare) !== 0) {
      throw this.#lengthFault(reader, length, left);
    }
    const number = reader.view.getUint16(start + this.#numberAt);
    const end = start + length;
    reader.offset = start + HEADER_BYTES;
    reader.end = end;
    reader.enter();
    // What was declined before this member belongs to what is around it.
    const declined = reader.declined;
    reader.declined = false;
    let value = this.#readMember(reader, number);
    if (reader.declined) {
      reader.offset = start + HEADER_BYTES;
      value = this.#readRaw(reader, number);
    }
    reader.declined = declined;
    reader.leave();
    reader.end = outer;
    reader.offset = this.#padOut ? Math.min(end + (-length & 7), outer) : end;
    return value;
  }

  #lengthFault(reader: Reader, length: number, left: number): Fault {
    if (left < HEADER_BYTES) {
      return reader.fault(`${this.name} takes at least ${HEADER_BYTES} bytes and ${left} are left`);
    }
    const wrong =
      length < HEADER_BYTES ? `less than the ${HEADER_BYTES} bytes of type and length` : "no multiple of 8";
    return length > left
      ? reader.fault(
          `${length} goes beyond the ${left} bytes that are left`,
          "length",
          reader.offset + this.#lengthAt,
        )
      : reader.fault(`${length} is ${wrong}`, "length", reader.offset + this.#lengthAt);
  }

  #readMember(reader: Reader, number: number): T {
    const member =
      number === EXPERIMENTER
        ? this.#experimenterMember(reader)
        : (this.#members[number] ?? this.#distant.get(number));
    if (member === undefined) {
      return this.#readRaw(reader, number);
    }
    const value = member.read(reader);
    const left = reader.end - reader.offset;
    if (left !== 0 && !reader.declined && !(member.aligned && left > 0 && left < 8)) {
      throw reader.fault(`${left} bytes are left over after ${member.name}`);
    }
    return value;
  }

  /** The member an experimenter's id and number stand for, with the reader behind them; undefined leaves it before. */
  #experimenterMember(reader: Reader): Struct<T> | undefined {
    const { offset, view } = reader;
    if (this.#experimenters === undefined) {
      return this.#distant.get(EXPERIMENTER);
    }
    const { members, subtypeBytes } = this.#experimenters;
    if (reader.end - offset < 4 + subtypeBytes) {
      return undefined;
    }
    const subtype = subtypeBytes === 2 ? view.getUint16(offset + 4) : view.getUint32(offset + 4);
    const member = members[view.getUint32(offset)]?.[subtype];
    if (member !== undefined) {
      reader.offset = offset + 4 + subtypeBytes;
    }
    return member;
  }

  #readRaw(reader: Reader, number: number): T {
    const value =
      number === EXPERIMENTER && this.#experimenters !== undefined
        ? { [this.#tag]: "experimenter", ...experimenterBody.read(reader) }
        : { [this.#tag]: "raw", number, ...rawBody.read(reader) };
    return value as T;
  }

  /** Most tags are a "type", which V8 finds faster where it is named. */
  #tagOf(value: T): unknown {
    return this.#tag === "type"
      ? (value as { readonly type?: unknown }).type
      : (value as Record<string, unknown>)[this.#tag];
  }

  write(writer: Writer, value: T): void {
    const tag = this.#tagOf(value);
    const start = writer.offset;
    writer.ensure(EXPERIMENTER_HEADER_BYTES);
    writer.offset = start + HEADER_BYTES;
    const entry = this.#byTag.get(tag);
    let number = 0;
    if (entry === undefined) {
      number = this.#writeRaw(writer, value, tag);
    } else {
      number = entry.number;
      if (entry.experimenter !== undefined) {
        this.#writeIds(writer, entry.experimenter);
      }
      entry.struct.write(writer, value);
    }
    if (!this.#padOut) {
      writer.align(start, 8);
    }
    writer.view.setUint16(start + this.#numberAt, number);
    writer.patch16(start + this.#lengthAt, writer.offset - start);
    if (this.#padOut) {
      writer.align(start, 8);
    }
  }

  #writeIds(writer: Writer, { id, subtype }: { readonly id: number; readonly subtype: number }): void {
    writer.u32(id);
    if (this.#experimenters?.subtypeBytes === 2) {
      writer.u16(subtype);
    } else {
      writer.u32(subtype);
    }
  }

  #writeRaw(writer: Writer, value: T, tag: unknown): number {
    if (tag === "experimenter" && this.#experimenters !== undefined) {
      experimenterBody.write(writer, value as ExperimenterMember);
      this.#checkData((value as ExperimenterMember).data, 0);
      return EXPERIMENTER;
    }
    if (tag !== "raw") {
      const known = this.#byTag.keys().join(", ");
      throw new Fault(`must be one of ${known}, not ${shown(tag)}`, -1, this.#tag);
    }
    const { number, data } = value as RawMember;
    if (!Number.isInteger(number) || number < 0 || number > 0xffff) {
      throw new Fault(`must be a whole number from 0 to 65535, not ${shown(number)}`, -1, "number");
    }
    rawBody.write(writer, { data });
    this.#checkData(data, 4);
    return number;
  }

  /** Raw bytes come with their own padding: the library doesn't know what it would add to. */
  #checkData(data: Uint8Array, over: 0 | 4): void {
    if (!this.#padOut && data.length % 8 !== over) {
      throw faultWithin(
        new Fault(`must be 8n${over === 0 ? "" : " + 4"} bytes long, not ${data.length}`, -1),
        "data",
      );
    }
  }
}

/** Declares a family of structures with a number and a length. */
export function family<T>(name: string, options: FamilyOptions<T>): Codec<T> {
  return new Family(name, options);
}
