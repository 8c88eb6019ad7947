// Open vSwitch's actions that carry lists or properties: controllers to tell, controller2, encap, and sample4 whose ids
// may come from fields.

import type { Codec } from "../wire/codec.ts";
import { family, type Members } from "../wire/family.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { bits16Of, bitsOf16, type FieldBits, narrowSubfield, writingEntry } from "./nx-subfield.ts";

/** Decrements the TTL; packets whose TTL runs out go to these controllers (`dec_ttl(1,2)`). */
export interface DecTtlCntIdsAction {
  type: "decTtlCntIds";
  controllerIds: number[];
}

/** What controller2 says; what it doesn't say has the default that is given here. */
export type ControllerProperty =
  | { type: "maxLen" /** Bytes of the packet; default 65535, all. */; maxLen: number }
  | { type: "controllerId" /** Default 0. */; controllerId: number }
  | { type: "reason" /** As of `ControllerAction`; default 1, an action. */; reason: number }
  | { type: "userdata" /** Comes back in PACKET_IN2. */; userdata: Uint8Array }
  | { type: "pause" }
  | { type: "meterId" /** Default: none. */; meterId: number }
  | { type: "raw"; number: number; data: Uint8Array };

/** Sends the packet to a controller; with `pause`, its pipeline goes on where the controller resumes it. */
export interface Controller2Action {
  type: "controller2";
  properties: ControllerProperty[];
}

/** A property of the header that encap puts on. */
export type EncapProperty =
  | { type: "nshMdType"; mdType: number }
  | { type: "nshTlv"; tlvClass: number; tlvType: number /** A multiple of 4 bytes. */; data: Uint8Array }
  | { type: "raw"; propClass: number; number: number; data: Uint8Array };

/** Puts a header on the packet. */
export interface EncapAction {
  type: "encap";
  /** 0 leaves it to the switch. */
  headerSize: number;
  /** Namespace in the upper 16 bits, type in the lower: 0 Ethernet, 0x1894f NSH, 0x18847 MPLS. */
  newPacketType: number;
  properties: EncapProperty[];
}

/** Samples as sample3 does; the two ids are numbers or fields that hold them. Open vSwitch 3.2 and later. */
export interface Sample4Action {
  type: "sample4";
  /** How many packets of 65536 are sampled, at least 1. */
  probability: number;
  collectorSetId: number;
  obsDomain: number | FieldBits;
  obsPoint: number | FieldBits;
  /** The port the packet is sampled at, as OpenFlow 1.0 counts them, 16 bits; 0xffff for none. */
  samplingPort: number;
  /** 0 where the action stands, 1 as the packet came in, 2 as it goes out. */
  direction: number;
}

/** Numbers of 16 bits with their count before them. */
const controllerIds: Codec<number[]> = {
  name: "controllerIds",
  minBytes: 6,
  fixedBytes: undefined,

  read(reader: Reader): number[] {
    const count = reader.u16();
    reader.pad(4);
    if (reader.end - reader.offset < count * 2) {
      throw reader.fault(`${count} ids go beyond the ${reader.end - reader.offset} bytes that are left`);
    }
    return Array.from({ length: count }, () => reader.u16());
  },

  write(writer: Writer, ids: number[]): void {
    writer.ensure(6 + 2 * ids.length);
    writer.u16(ids.length);
    writer.pad(4);
    for (const [index, id] of ids.entries()) {
      writingEntry(`[${index}]`, () => writer.u16(id));
    }
  },
};

const decTtlCntIds = struct(
  "decTtlCntIds",
  (f): DecTtlCntIdsAction => ({ type: "decTtlCntIds", controllerIds: f.part(controllerIds) }),
  { aligned: true },
);

const controllerProperty: Codec<ControllerProperty> = family<ControllerProperty>("property", {
  lengthLeavesPadOut: true,
  members: {
    0: struct("maxLen", (f) => ({ type: "maxLen" as const, maxLen: f.u16() }), { pad: 2 }),
    1: struct("controllerId", (f) => ({ type: "controllerId" as const, controllerId: f.u16() }), { pad: 2 }),
    2: struct("reason", (f) => ({ type: "reason" as const, reason: f.u8() })),
    3: struct("userdata", (f) => ({ type: "userdata" as const, userdata: f.rest() })),
    4: struct("pause", () => ({ type: "pause" as const })),
    5: struct("meterId", (f) => ({ type: "meterId" as const, meterId: f.u32() })),
  },
});

const controller2 = struct(
  "controller2",
  (f): Controller2Action => ({ type: "controller2", properties: f.pad(6).list(controllerProperty) }),
);

const NSH_CLASS = 4;
const MD_TYPE = 1;
const TLV = 2;
const HEADER_BYTES = 4;

function readEncapProperty(reader: Reader, propClass: number, number: number): EncapProperty | undefined {
  const left = reader.end - reader.offset;
  if (propClass === NSH_CLASS && number === MD_TYPE && left >= 1) {
    return { type: "nshMdType", mdType: reader.u8() };
  }
  if (propClass !== NSH_CLASS || number !== TLV || left < HEADER_BYTES) {
    return undefined;
  }
  const [tlvClass, tlvType, length] = [reader.u16(), reader.u8(), reader.u8()];
  if (length > reader.end - reader.offset) {
    throw reader.fault(
      `${length} goes beyond the ${reader.end - reader.offset} bytes that are left`,
      "length",
    );
  }
  return { type: "nshTlv", tlvClass, tlvType, data: reader.bytes(length) };
}

/** Class, number and length in four bytes; the length leaves the padding out. */
const encapProperty: Codec<EncapProperty> = {
  name: "property",
  minBytes: HEADER_BYTES,
  fixedBytes: undefined,

  read(reader: Reader): EncapProperty {
    const start = reader.offset;
    const outer = reader.end;
    if (outer - start < HEADER_BYTES) {
      throw reader.fault(`takes at least ${HEADER_BYTES} bytes and ${outer - start} are left`);
    }
    const [propClass, number, length] = [reader.u16(), reader.u8(), reader.u8()];
    if (length < HEADER_BYTES || length > outer - start) {
      throw reader.fault(`${length} is no length with ${outer - start} bytes left`, "length", start + 3);
    }
    reader.end = start + length;
    const known = readEncapProperty(reader, propClass, number);
    const value = known ?? { type: "raw", propClass, number, data: reader.copy(start + 4, reader.end) };
    reader.end = outer;
    reader.offset = Math.min(start + length + (-length & 7), outer);
    return value;
  },

  write(writer: Writer, value: EncapProperty): void {
    const start = writer.offset;
    writer.ensure(2 * HEADER_BYTES);
    writer.u16(value.type === "raw" ? value.propClass : NSH_CLASS);
    writer.u8(value.type === "raw" ? value.number : value.type === "nshMdType" ? MD_TYPE : TLV);
    writer.u8(0);
    if (value.type === "nshMdType") {
      writingEntry("mdType", () => writer.u8(value.mdType));
    } else {
      writeEncapBytes(writer, value);
    }
    let length = writer.offset - start;
    writer.align(start, 8);
    if (value.type === "nshTlv") {
      length = writer.offset - start;
    }
    if (length > 0xff) {
      throw new Fault(`takes ${length} bytes, more than the 255 its length can say`, -1, "data");
    }
    writer.view.setUint8(start + 3, length);
  },
};

function writeEncapBytes(writer: Writer, value: Exclude<EncapProperty, { type: "nshMdType" }>): void {
  if (value.type === "nshTlv") {
    writingEntry("tlvClass", () => writer.u16(value.tlvClass));
    writingEntry("tlvType", () => writer.u8(value.tlvType));
    writingEntry("data", () => writer.u8(value.data.length));
  } else if (value.type !== "raw") {
    throw new Fault(
      `must be one of nshMdType, nshTlv, raw, not ${shown((value as { type: unknown }).type)}`,
      -1,
      "type",
    );
  }
  writingEntry("data", () => writer.raw(value.data));
}

const encap = struct(
  "encap",
  (f): EncapAction => ({
    type: "encap",
    headerSize: f.u16(),
    newPacketType: f.u32(),
    properties: f.list(encapProperty),
  }),
);

/** A number, or bits of a field: the field's header or 0, and then 32 bits. */
const numberOrField: Codec<number | FieldBits> = {
  name: "source",
  minBytes: 8,
  fixedBytes: 8,

  read(reader: Reader): number | FieldBits {
    if (reader.view.getUint32(reader.offset) === 0) {
      reader.offset += 4;
      return reader.u32();
    }
    const name = narrowSubfield.read(reader);
    const bits = bitsOf16(reader.u16());
    reader.offset += 2;
    return { name, ...bits };
  },

  write(writer: Writer, value: number | FieldBits): void {
    writer.ensure(8);
    if (typeof value === "number") {
      writer.u32(0);
      writer.u32(value);
    } else {
      writingEntry("name", () => narrowSubfield.write(writer, value.name));
      writer.u16(bits16Of(value));
      writer.u16(0);
    }
  },
};

const sample4 = struct(
  "sample4",
  (f): Sample4Action => ({
    type: "sample4",
    probability: f.u16(),
    collectorSetId: f.u32(),
    obsDomain: f.part(numberOrField),
    obsPoint: f.part(numberOrField),
    samplingPort: f.u16(),
    direction: f.u8(),
  }),
  { pad: 5 },
);

/** The actions that this file declares. */
export type NxListedAction = DecTtlCntIdsAction | Controller2Action | EncapAction | Sample4Action;

/** By Nicira's number. */
export const nxListedActions: Members<NxListedAction> = {
  21: decTtlCntIds,
  37: controller2,
  46: encap,
  51: sample4,
};
