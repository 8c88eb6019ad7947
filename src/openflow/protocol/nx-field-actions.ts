// Open vSwitch's actions that name fields: masked loads, the stack, output to a register, hashing into a register or to
// one of several ports.

import type { Codec } from "../wire/codec.ts";
import { type Names, names } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import type { Members } from "../wire/family.ts";
import type { Reader } from "../wire/reader.ts";
import { type Struct, struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import type { Oxm } from "./match.ts";
import {
  bits16Of,
  bitsOf16,
  checkedInteger,
  type FieldBits,
  fieldBits,
  trailing16,
  writingEntry,
} from "./nx-subfield.ts";
import { setOxm } from "./oxm.ts";
import { subfield } from "./subfield.ts";
import type { SubfieldName } from "./subfields.ts";

/** Writes one field, or the bits of it under a mask (`set_field` at OpenFlow 1.3 where a load can't say it). */
export interface RegLoad2Action {
  type: "regLoad2";
  oxm: Oxm;
}

/** Copies bits between fields, as the Open Networking Foundation has it; `regMove` does the same. */
export interface CopyFieldAction {
  type: "copyField";
  nBits: number;
  srcOfs: number;
  dstOfs: number;
  src: SubfieldName;
  dst: SubfieldName;
}

/** Puts bits of a field on the stack, or takes them from it. */
export interface StackAction<T extends "stackPush" | "stackPop"> {
  type: T;
  ofs: number;
  field: SubfieldName;
  nBits: number;
}

/** Sends the packet to the port that a field holds; `outputReg2` is the form for fields of experimenters. */
export interface OutputRegAction<T extends "outputReg" | "outputReg2"> {
  type: T;
  src: FieldBits;
  /** How many bytes go to the controller. */
  maxLen: number;
}

/** Sets one bit to whether the packet is longer than `packetLength` bytes. */
export interface CheckPktLargerAction {
  type: "checkPktLarger";
  packetLength: number;
  ofs: number;
  dst: SubfieldName;
}

/** Takes a field away from the packet (`delete_field:tun_metadata0`). */
export interface DeleteFieldAction {
  type: "deleteField";
  field: SubfieldName;
}

/** What of a packet is hashed. */
export type HashFields =
  | "ethSrc"
  | "symmetricL4"
  | "symmetricL3l4"
  | "symmetricL3l4Udp"
  | "nwSrc"
  | "nwDst"
  | "symmetricL3";

/** Hashes the packet, and writes the number of one of `maxLink` + 1 links into a field. */
export interface MultipathAction {
  type: "multipath";
  fields: HashFields | number;
  /** Goes into the hash. */
  basis: number;
  algorithm: "moduloN" | "hashThreshold" | "hrw" | "iterHash" | number;
  /** How many links there are, less one. */
  maxLink: number;
  /** What `iterHash` takes. */
  arg: number;
  dst: FieldBits;
}

interface BundleBase {
  algorithm: "activeBackup" | "hrw" | number;
  fields: HashFields | number;
  /** Goes into the hash. */
  basis: number;
  /** Ports as OpenFlow 1.0 counts them, 16 bits. */
  members: number[];
}

/** Sends the packet to one of several ports that is up. */
export interface BundleAction extends BundleBase {
  type: "bundle";
}

/** Writes the number of one of several ports that is up into a field. */
export interface BundleLoadAction extends BundleBase {
  type: "bundleLoad";
  dst: FieldBits;
}

const regLoad2 = struct("regLoad2", (f): RegLoad2Action => ({ type: "regLoad2", oxm: f.part(setOxm) }), {
  aligned: true,
});

const copyField = struct(
  "copyField",
  (f): CopyFieldAction => ({
    type: "copyField",
    nBits: f.pad(2).u16(),
    srcOfs: f.u16(),
    dstOfs: f.u16(),
    src: f.pad(2).part(subfield),
    dst: f.part(subfield),
  }),
  { aligned: true },
);

function stack<T extends "stackPush" | "stackPop">(type: T): Struct<StackAction<T>> {
  return struct(
    type,
    (f): StackAction<T> => ({ type, ofs: f.u16(), field: f.part(subfield), nBits: f.part(trailing16) }),
    { aligned: true },
  );
}

const outputReg = struct(
  "outputReg",
  (f): OutputRegAction<"outputReg"> => ({ type: "outputReg", src: f.part(fieldBits), maxLen: f.u16() }),
  { pad: 6 },
);

interface OutputReg2Wire {
  type: "outputReg2";
  ofsNBits: number;
  maxLen: number;
  name: SubfieldName;
}

const outputReg2 = convert<OutputReg2Wire, OutputRegAction<"outputReg2">>(
  struct(
    "outputReg2",
    (f): OutputReg2Wire => ({
      type: "outputReg2",
      ofsNBits: f.u16(),
      maxLen: f.u16(),
      name: f.part(subfield),
    }),
    { aligned: true },
  ),
  {
    toValue: ({ ofsNBits, maxLen, name }) => ({
      type: "outputReg2",
      src: { name, ...bitsOf16(ofsNBits) },
      maxLen,
    }),
    toWire: ({ src, maxLen }) => ({ type: "outputReg2", ofsNBits: bits16Of(src), maxLen, name: src.name }),
  },
);

const checkPktLarger = struct(
  "checkPktLarger",
  (f): CheckPktLargerAction => ({
    type: "checkPktLarger",
    packetLength: f.u16(),
    ofs: f.u16(),
    dst: f.part(subfield),
  }),
  { aligned: true },
);

/** Room that Open vSwitch leaves after the field. */
const SPARE_BYTES = 6;

/** A field with room after it. */
const spacedSubfield: Codec<SubfieldName> = {
  name: "subfield",
  minBytes: 4,
  fixedBytes: undefined,

  read(reader: Reader): SubfieldName {
    const name = subfield.read(reader);
    const left = reader.end - reader.offset;
    reader.declined ||= left < SPARE_BYTES || left >= SPARE_BYTES + 8;
    reader.offset = reader.end;
    return name;
  },

  write(writer: Writer, value: SubfieldName): void {
    subfield.write(writer, value);
    writer.pad(SPARE_BYTES);
  },
};

const deleteField = struct(
  "deleteField",
  (f): DeleteFieldAction => ({ type: "deleteField", field: f.part(spacedSubfield) }),
);

const hashFields: Names<HashFields> = names({
  ethSrc: 0,
  symmetricL4: 1,
  symmetricL3l4: 2,
  symmetricL3l4Udp: 3,
  nwSrc: 4,
  nwDst: 5,
  symmetricL3: 6,
});
const multipathAlgorithms = names({ moduloN: 0, hashThreshold: 1, hrw: 2, iterHash: 3 });
const bundleAlgorithms = names({ activeBackup: 0, hrw: 1 });

const multipath = struct(
  "multipath",
  (f): MultipathAction => ({
    type: "multipath",
    fields: f.named16(hashFields),
    basis: f.u16(),
    algorithm: f.pad(2).named16(multipathAlgorithms),
    maxLink: f.u16(),
    arg: f.u32(),
    dst: f.pad(2).part(fieldBits),
  }),
);

/** What a bundle's members are named by: the header of NXM_OF_IN_PORT, and nothing else so far. */
const MEMBERS_ARE_PORTS = 0x0000_0002;

/** The members with their number before them, and between the two the destination, which may be none. */
interface BundleTail {
  dst: FieldBits | undefined;
  members: number[];
}

const bundleTail: Codec<BundleTail> = {
  name: "members",
  minBytes: 12,
  fixedBytes: undefined,

  read(reader: Reader): BundleTail {
    if (reader.end - reader.offset < 12) {
      throw reader.fault("takes at least 12 bytes");
    }
    const count = reader.u16();
    const { offset, view } = reader;
    const named = view.getUint16(offset) !== 0 || view.getUint32(offset + 2) !== 0;
    const dst = named ? fieldBits.read(reader) : undefined;
    reader.offset = offset + 10;
    if (reader.end - reader.offset < count * 2) {
      throw reader.fault(`${count} members go beyond the ${reader.end - reader.offset} bytes that are left`);
    }
    return { dst, members: Array.from({ length: count }, () => reader.u16()) };
  },

  write(writer: Writer, { dst, members }: BundleTail): void {
    writer.ensure(12 + 2 * members.length);
    writer.u16(checkedInteger(members.length, 0, 0xffff, "length"));
    if (dst === undefined) {
      writer.pad(6);
    } else {
      writingEntry("dst", () => fieldBits.write(writer, dst));
    }
    writer.pad(4);
    for (const [index, member] of members.entries()) {
      writingEntry(`members[${index}]`, () => writer.u16(member));
    }
  },
};

interface BundleWire<T extends "bundle" | "bundleLoad"> extends Omit<BundleBase, "members"> {
  type: T;
  memberType: number;
  tail: BundleTail;
}

function bundleWire<T extends "bundle" | "bundleLoad">(type: T): Struct<BundleWire<T>> {
  return struct(
    type,
    (f): BundleWire<T> => ({
      type,
      algorithm: f.named16(bundleAlgorithms),
      fields: f.named16(hashFields),
      basis: f.u16(),
      memberType: f.u32(),
      tail: f.part(bundleTail),
    }),
    { aligned: true },
  );
}

const bundle = convert<BundleWire<"bundle">, BundleAction>(bundleWire("bundle"), {
  toValue: ({ type, algorithm, fields, basis, memberType, tail: { dst, members } }) =>
    memberType === MEMBERS_ARE_PORTS && dst === undefined
      ? { type, algorithm, fields, basis, members }
      : undefined,
  toWire: ({ type, algorithm, fields, basis, members }) => ({
    type,
    algorithm,
    fields,
    basis,
    memberType: MEMBERS_ARE_PORTS,
    tail: { dst: undefined, members },
  }),
});

const bundleLoad = convert<BundleWire<"bundleLoad">, BundleLoadAction>(bundleWire("bundleLoad"), {
  toValue: ({ type, algorithm, fields, basis, memberType, tail: { dst, members } }) =>
    memberType === MEMBERS_ARE_PORTS && dst !== undefined
      ? { type, algorithm, fields, basis, members, dst }
      : undefined,
  toWire: ({ type, algorithm, fields, basis, members, dst }) => ({
    type,
    algorithm,
    fields,
    basis,
    memberType: MEMBERS_ARE_PORTS,
    tail: { dst, members },
  }),
});

/** The actions that this file declares. */
export type NxFieldAction =
  | RegLoad2Action
  | StackAction<"stackPush">
  | StackAction<"stackPop">
  | OutputRegAction<"outputReg">
  | OutputRegAction<"outputReg2">
  | CheckPktLargerAction
  | DeleteFieldAction
  | MultipathAction
  | BundleAction
  | BundleLoadAction;

/** By Nicira's number. */
export const nxFieldActions: Members<NxFieldAction> = {
  10: multipath,
  12: bundle,
  13: bundleLoad,
  15: outputReg,
  27: stack("stackPush"),
  28: stack("stackPop"),
  32: outputReg2,
  33: regLoad2,
  49: checkPktLarger,
  50: deleteField,
};

/** By the Open Networking Foundation's number. */
export const onfActions: Members<CopyFieldAction> = { 3200: copyField };
