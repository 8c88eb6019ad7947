// Open vSwitch's connection tracking: the ct action with what it does in the connection's entry, address translation,
// and clone, which like ct holds actions of its own.

import { formatIpv4, formatIpv6, parseIpv4, writeIpv6 } from "../wire/addresses.ts";
import type { Codec } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import type { Members } from "../wire/family.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import type { Action } from "./actions.ts";
import {
  bits16Of,
  bitsOf16,
  checkedInteger,
  type FieldBits,
  narrowSubfield,
  writingEntry,
} from "./nx-subfield.ts";

/** Bits of `CtAction.flags`. */
export const CtFlag = {
  /** The connection is remembered. */
  commit: 1,
  /** An entry that began in the other direction is replaced. Needs `commit`. */
  force: 2,
} as const;

/** `recircTable` of a ct action after which the packet isn't looked up again. */
export const NO_RECIRC = 0xff;

/** Sends the packet through connection tracking. */
export interface CtAction {
  type: "ct";
  /** `CtFlag`s, added up. */
  flags: number;
  /** The zone, 0 to 65535, or the 16 bits of a field that hold it. */
  zone: number | FieldBits;
  /** The table the tracked packet goes on to; `NO_RECIRC` for none. */
  recircTable: number;
  /** The port of the protocol whose helper follows the connection: 21 is FTP, 69 TFTP, 0 none. */
  alg: number;
  /** `nat`, and what is written into the connection's entry: loads and setFields of ct_mark and ct_label. */
  actions: Action[];
}

/** Bits of `NatAction.flags`. */
export const NatFlag = {
  src: 1,
  dst: 2,
  /** The same mapping for all connections of one address. */
  persistent: 4,
  /** How ports are chosen. */
  protoHash: 8,
  protoRandom: 16,
} as const;

/** Translates addresses and ports of the connection; stands in a ct action. Without flags it uses the entry's mapping. */
export interface NatAction {
  type: "nat";
  /** `NatFlag`s, added up. */
  flags: number;
  /** The range of addresses. Only what is there is on the wire. */
  ipv4Min?: string;
  ipv4Max?: string;
  ipv6Min?: string;
  ipv6Max?: string;
  /** The range of ports. */
  protoMin?: number;
  protoMax?: number;
}

/** Runs actions on a copy of the packet, which then is as it was. */
export interface CloneAction {
  type: "clone";
  actions: Action[];
}

/** The zone: the header of a field or 0, and then bits of it or the number itself. */
const zone: Codec<CtAction["zone"]> = {
  name: "zone",
  minBytes: 6,
  fixedBytes: 6,

  read(reader: Reader): CtAction["zone"] {
    if (reader.view.getUint32(reader.offset) === 0) {
      reader.offset += 4;
      return reader.u16();
    }
    const name = narrowSubfield.read(reader);
    return { name, ...bitsOf16(reader.u16()) };
  },

  write(writer: Writer, value: CtAction["zone"]): void {
    writer.ensure(6);
    if (typeof value === "number") {
      writer.u32(0);
      writer.u16(value);
    } else {
      writingEntry("name", () => narrowSubfield.write(writer, value.name));
      writer.u16(bits16Of(value));
    }
  },
};

interface Part {
  readonly bytes: number;
  read(reader: Reader): string | number;
  write(writer: Writer, value: unknown): void;
}

const ipv4: Part = {
  bytes: 4,
  read: (reader) => formatIpv4(reader.u32()),
  write: (writer, value) => {
    const address = typeof value === "string" ? parseIpv4(value) : -1;
    if (address < 0) {
      throw new Fault(`must be an IPv4 address, not ${shown(value)}`, -1);
    }
    writer.u32(address);
  },
};

const ipv6: Part = {
  bytes: 16,
  read: (reader) => {
    reader.offset += 16;
    return formatIpv6(reader.view, reader.offset - 16);
  },
  write: (writer, value) => {
    if (typeof value !== "string" || !writeIpv6(value, writer.view, writer.offset)) {
      throw new Fault(`must be an IPv6 address, not ${shown(value)}`, -1);
    }
    writer.offset += 16;
  },
};

const port: Part = {
  bytes: 2,
  read: (reader) => reader.u16(),
  write: (writer, value) => {
    writer.u16(checkedInteger(value as number, 0, 0xffff, ""));
  },
};

/** What may be in a range, in the order of the wire; the place is the bit that says that it is there. */
const rangeParts: readonly (readonly [key: Exclude<keyof NatAction, "type" | "flags">, part: Part])[] = [
  ["ipv4Min", ipv4],
  ["ipv4Max", ipv4],
  ["ipv6Min", ipv6],
  ["ipv6Max", ipv6],
  ["protoMin", port],
  ["protoMax", port],
];

type NatRange = Omit<NatAction, "type" | "flags">;

/** The bits that say what is in the range, and the range. */
const natRange: Codec<NatRange> = {
  name: "range",
  minBytes: 2,
  fixedBytes: undefined,

  read(reader: Reader): NatRange {
    const present = reader.u16();
    if (present >= 1 << rangeParts.length) {
      throw reader.fault(`${present} has bits that stand for no part of a range`, "", reader.offset - 2);
    }
    const range: Record<string, string | number> = {};
    for (const [bit, [key, part]] of rangeParts.entries()) {
      if ((present & (1 << bit)) !== 0) {
        if (reader.end - reader.offset < part.bytes) {
          throw reader.fault(`takes ${part.bytes} bytes`, key);
        }
        range[key] = part.read(reader);
      }
    }
    return range;
  },

  write(writer: Writer, range: NatRange): void {
    writer.ensure(64);
    const present = rangeParts.reduce((bits, [key], i) => bits + (range[key] === undefined ? 0 : 1 << i), 0);
    writer.u16(present);
    for (const [key, part] of rangeParts) {
      if (range[key] !== undefined) {
        writingEntry(key, () => part.write(writer, range[key]));
      }
    }
  },
};

interface NatWire {
  type: "nat";
  flags: number;
  range: NatRange;
}

const nat = convert<NatWire, NatAction>(
  struct("nat", (f): NatWire => ({ type: "nat", flags: f.pad(2).u16(), range: f.part(natRange) }), {
    aligned: true,
  }),
  {
    toValue: ({ type, flags, range }) => ({ type, flags, ...range }),
    toWire: ({ type, flags, ...range }) => ({ type, flags, range }),
  },
);

/** The actions that this file declares, by Nicira's number. `action` is what they hold. */
export function nxCtActions(action: Codec<Action>): Members<CtAction | NatAction | CloneAction> {
  const ct = struct(
    "ct",
    (f): CtAction => ({
      type: "ct",
      flags: f.u16(),
      zone: f.part(zone),
      recircTable: f.u8(),
      alg: f.pad(3).u16(),
      actions: f.list(action),
    }),
  );
  const clone = struct("clone", (f): CloneAction => ({ type: "clone", actions: f.pad(6).list(action) }));
  return { 35: ct, 36: nat, 42: clone };
}
