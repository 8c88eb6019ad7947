// Open vSwitch's learn actions: a packet that meets one makes the switch add a flow, whose match and actions are told by
// specifications of variable size.
//
//   15 14  13  12 11  10         0
//  +-----+---+------+-------------+   src 0: bits of a field, 1: a value of 16n bits
//  |  0  |src| dst  |    nBits    |   dst 0: a match on bits of a field, 1: a load into them, 2: output
//  +-----+---+------+-------------+   all zeros: no more follow

import type { Codec } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import type { Members } from "../wire/family.ts";
import { Fault, faultWithin, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { checkedInteger, narrowSubfield, writingEntry } from "./nx-subfield.ts";
import { subfield } from "./subfield.ts";
import type { SubfieldName } from "./subfields.ts";

/** Bits of `LearnAction.flags`. */
export const LearnFlag = {
  /** The learned flow tells when it is removed. */
  sendFlowRem: 1,
  /** The learned flows go with the flow that learned them. */
  deleteLearned: 2,
} as const;

/** Where bits of a field begin; how many there are, the specification says. */
export interface LearnPlace {
  name: SubfieldName;
  ofs: number;
}

/** What goes into a learned flow: bits of the packet that is met, or a value. */
export type LearnSource = LearnPlace | { value: bigint };

/** Part of a learned flow. */
export type LearnSpec =
  | {
      /** A match on the bits `dst`, or a load into them. */
      type: "match" | "load";
      /** 1 to 2047. */
      nBits: number;
      src: LearnSource;
      dst: LearnPlace;
    }
  | {
      /** Output to the port in these bits of the packet that is met. */
      type: "output";
      nBits: number;
      src: LearnPlace;
    };

interface LearnBase {
  /** Of the learned flow, in seconds; 0 for none. */
  idleTimeout: number;
  hardTimeout: number;
  priority: number;
  cookie: bigint;
  /** `LearnFlag`s, added up. */
  flags: number;
  tableId: number;
  /** Timeouts once the TCP connection ended; 0 for none. */
  finIdleTimeout: number;
  finHardTimeout: number;
}

/** Adds a flow for every packet that is met. */
export interface LearnAction extends LearnBase {
  type: "learn";
  specs: LearnSpec[];
}

/** The same with a limit. */
export interface Learn2Action extends LearnBase {
  type: "learn2";
  /** How many flows are learned at the most; 0 for any number. */
  limit: number;
  /** The bit that is set to whether the flow was learned. */
  result?: LearnPlace;
  specs: LearnSpec[];
}

const IMMEDIATE = 0x2000;
const DST = { match: 0, load: 0x0800, output: 0x1000 } as const;
const DST_BITS = 0x1800;
const BITS = 0x07ff;
const destinations: ReadonlyMap<number, LearnSpec["type"]> = new Map([
  [DST.match, "match"],
  [DST.load, "load"],
  [DST.output, "output"],
]);

function room(reader: Reader, bytes: number, path: string): void {
  if (reader.end - reader.offset < bytes) {
    throw reader.fault(`takes ${bytes} bytes and ${reader.end - reader.offset} are left`, path);
  }
}

function readPlace(reader: Reader, path: string): LearnPlace {
  room(reader, 6, path);
  const name = narrowSubfield.read(reader);
  room(reader, 2, path);
  return { name, ofs: reader.u16() };
}

function writePlace(writer: Writer, place: LearnPlace, key: string): void {
  writingEntry(key, () => {
    writingEntry("name", () => narrowSubfield.write(writer, place.name));
    writer.ensure(2);
    writingEntry("ofs", () => writer.u16(place.ofs));
  });
}

/** So many bytes hold a value: two for every 16 bits begun. */
function valueBytes(nBits: number): number {
  return Math.ceil(nBits / 16) * 2;
}

function readValue(reader: Reader, nBits: number): { value: bigint } {
  const bytes = valueBytes(nBits);
  room(reader, bytes, "src");
  const start = reader.offset;
  reader.offset += bytes;
  const hex = Array.from(reader.buffer.subarray(start, reader.offset), (b) =>
    b.toString(16).padStart(2, "0"),
  );
  return { value: BigInt(`0x0${hex.join("")}`) };
}

function writeValue(writer: Writer, nBits: number, value: bigint): void {
  const bytes = valueBytes(nBits);
  if (typeof value !== "bigint" || value < 0n || value >> BigInt(bytes * 8) !== 0n) {
    throw new Fault(
      `must be a bigint of ${bytes * 8} bits at the most, not ${shown(value)}`,
      -1,
      "src.value",
    );
  }
  const hex = value.toString(16).padStart(bytes * 2, "0");
  writer.raw(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

function readSpec(reader: Reader, header: number): LearnSpec {
  const type = destinations.get(header & DST_BITS);
  const isValue = (header & IMMEDIATE) !== 0;
  if (type === undefined || header > (IMMEDIATE | DST_BITS | BITS) || (type === "output" && isValue)) {
    throw reader.fault(`0x${header.toString(16)} begins no specification`, "type", reader.offset - 2);
  }
  const nBits = header & BITS;
  if (nBits === 0) {
    throw reader.fault("no bits make no specification", "nBits", reader.offset - 2);
  }
  if (type === "output") {
    return { type, nBits, src: readPlace(reader, "src") };
  }
  const src = isValue ? readValue(reader, nBits) : readPlace(reader, "src");
  return { type, nBits, src, dst: readPlace(reader, "dst") };
}

function writeSpec(writer: Writer, spec: LearnSpec): void {
  const dst = DST[spec.type];
  if (dst === undefined) {
    throw new Fault(`must be one of match, load, output, not ${shown(spec.type)}`, -1, "type");
  }
  const nBits = checkedInteger(spec.nBits, 1, BITS, "nBits");
  const { src } = spec;
  writer.ensure(2);
  writer.u16(dst | nBits | ("value" in src ? IMMEDIATE : 0));
  if ("value" in src) {
    writeValue(writer, nBits, src.value);
  } else {
    writePlace(writer, src, "src");
  }
  if (spec.type !== "output") {
    writePlace(writer, spec.dst, "dst");
  }
}

/** What is left after the last specification is zeros; more than padding needs can't be written back. */
function passZeros(reader: Reader): void {
  for (let at = reader.offset; at < reader.end; at++) {
    if (reader.buffer[at] !== 0) {
      throw reader.fault("is not zero, after the end of the specifications", "", at);
    }
  }
  reader.declined ||= reader.end - reader.offset > 7;
  reader.offset = reader.end;
}

/** Specifications up to the end, or to a header of zeros. */
const specs: Codec<LearnSpec[]> = {
  name: "specs",
  minBytes: 0,
  fixedBytes: undefined,

  read(reader: Reader): LearnSpec[] {
    const read: LearnSpec[] = [];
    while (reader.end - reader.offset >= 2) {
      const header = reader.view.getUint16(reader.offset);
      if (header === 0) break;
      reader.offset += 2;
      try {
        read.push(readSpec(reader, header));
      } catch (error) {
        throw faultWithin(error, `[${read.length}]`);
      }
    }
    passZeros(reader);
    return read;
  },

  write(writer: Writer, values: LearnSpec[]): void {
    if (!Array.isArray(values)) {
      throw new Fault(`must be a list, not ${shown(values)}`, -1);
    }
    for (const [index, spec] of values.entries()) {
      writingEntry(`[${index}]`, () => writeSpec(writer, spec));
    }
  },
};

const learn = struct(
  "learn",
  (f): LearnAction => ({
    type: "learn",
    idleTimeout: f.u16(),
    hardTimeout: f.u16(),
    priority: f.u16(),
    cookie: f.u64(),
    flags: f.u16(),
    tableId: f.u8(),
    finIdleTimeout: f.pad(1).u16(),
    finHardTimeout: f.u16(),
    specs: f.part(specs),
  }),
);

/** In the flags of learn2: the header of a field for the result stands before the specifications. */
const WRITE_RESULT = 4;

type Learn2Tail = Omit<Learn2Action, "type" | "idleTimeout" | "hardTimeout" | "priority" | "cookie">;

/** From the flags on: they say whether a field is named before the specifications. */
const learn2Tail: Codec<Learn2Tail> = {
  name: "learn2",
  minBytes: 16,
  fixedBytes: undefined,

  read(reader: Reader): Learn2Tail {
    const flags = reader.u16();
    const tableId = reader.u8();
    const finIdleTimeout = reader.pad(1).u16();
    const finHardTimeout = reader.u16();
    const limit = reader.u32();
    const ofs = reader.u16();
    reader.pad(2);
    const kept = flags & ~WRITE_RESULT;
    if ((flags & WRITE_RESULT) === 0) {
      reader.declined ||= ofs !== 0;
      return { flags: kept, tableId, finIdleTimeout, finHardTimeout, limit, specs: specs.read(reader) };
    }
    room(reader, 4, "result");
    // The result alone may go into an experimenter's field.
    const result = { name: subfield.read(reader), ofs };
    return { flags: kept, tableId, finIdleTimeout, finHardTimeout, limit, result, specs: specs.read(reader) };
  },

  write(writer: Writer, value: Learn2Tail): void {
    const { result } = value;
    writer.ensure(16);
    writingEntry("flags", () => writer.u16(value.flags | (result === undefined ? 0 : WRITE_RESULT)));
    writingEntry("tableId", () => writer.u8(value.tableId));
    writer.pad(1);
    writingEntry("finIdleTimeout", () => writer.u16(value.finIdleTimeout));
    writingEntry("finHardTimeout", () => writer.u16(value.finHardTimeout));
    writingEntry("limit", () => writer.u32(value.limit));
    writingEntry("result.ofs", () => writer.u16(result?.ofs ?? 0));
    writer.pad(2);
    if (result !== undefined) {
      writingEntry("result.name", () => subfield.write(writer, result.name));
    }
    writingEntry("specs", () => specs.write(writer, value.specs));
  },
};

interface Learn2Wire extends Pick<Learn2Action, "idleTimeout" | "hardTimeout" | "priority" | "cookie"> {
  type: "learn2";
  tail: Learn2Tail;
}

/** Written out, so that all of them have one of two shapes. */
function learn2Of({ type, idleTimeout, hardTimeout, priority, cookie, tail }: Learn2Wire): Learn2Action {
  const { flags, tableId, finIdleTimeout, finHardTimeout, limit, result, specs: read } = tail;
  const learned: Learn2Action = {
    type,
    idleTimeout,
    hardTimeout,
    priority,
    cookie,
    flags,
    tableId,
    finIdleTimeout,
    finHardTimeout,
    limit,
    specs: read,
  };
  if (result !== undefined) learned.result = result;
  return learned;
}

const learn2 = convert<Learn2Wire, Learn2Action>(
  struct(
    "learn2",
    (f): Learn2Wire => ({
      type: "learn2",
      idleTimeout: f.u16(),
      hardTimeout: f.u16(),
      priority: f.u16(),
      cookie: f.u64(),
      tail: f.part(learn2Tail),
    }),
  ),
  {
    toValue: learn2Of,
    toWire: ({ type, idleTimeout, hardTimeout, priority, cookie, ...tail }) => ({
      type,
      idleTimeout,
      hardTimeout,
      priority,
      cookie,
      tail,
    }),
  },
);

/** By Nicira's number. */
export const nxLearnActions: Members<LearnAction | Learn2Action> = { 16: learn, 45: learn2 };
