// One match field on the wire (OpenFlow 1.3.5, 7.2.3.2): a 32-bit header, the value, and a mask if the header says so.
//
//   31            16 15       9 8 7      0
//  +----------------+----------+-+--------+
//  |     class      |  field   |M| length |   class 0xffff: a 32-bit experimenter id follows, counted in length
//  +----------------+----------+-+--------+
//
// A field that the registry doesn't have, or whose value has no other form, stays raw and so comes back unchanged. A
// mask of all ones is read and written as none; one of all zeros leaves the field out, as it says nothing.

import type { Codec } from "../wire/codec.ts";
import { Dictionary } from "../wire/dictionary.ts";
import { Fault, faultWithin, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import type { NamedOxm, Oxm, RawOxm } from "./match.ts";
import { oxmFields } from "./oxm-fields.ts";
import { readOption, writeOption } from "./oxm-option.ts";
import {
  maskExtent,
  type OxmPlan,
  type OxmValue,
  planFor,
  readMask,
  readValue,
  SIZE_BITS,
  strays,
  writeMaskValue,
  writeValue,
} from "./oxm-value.ts";

const BASIC_CLASS = 0x8000;
const EXPERIMENTER_CLASS = 0xffff;
const HEADER_BYTES = 4;

const plans: readonly OxmPlan[] = oxmFields.flatMap((field) =>
  field.wire.map((wire) => planFor(field, wire)),
);
const planByName: Dictionary<OxmPlan> = new Dictionary(
  plans.flatMap((plan) => (plan.wireName === undefined ? [[plan.name, plan] as const] : [])),
);
const planByWireName: Dictionary<OxmPlan> = new Dictionary(
  plans.map((plan) => [plan.wireName ?? plan.field.wire[0].name, plan]),
);
/** By class and number; those of experimenters by id and number. */
const planByNumber: ReadonlyMap<number, OxmPlan> = new Map(plans.map((plan) => [numberOf(plan), plan]));
/** The same for the basic class, which most fields have. */
const basicPlans: readonly (OxmPlan | undefined)[] = Array.from({ length: 128 }, (_, number) =>
  planByNumber.get(BASIC_CLASS * 128 + number),
);

function numberOf({ header, experimenter }: OxmPlan): number {
  return experimenter === undefined ? header >>> 9 : experimenterKey(experimenter, header);
}

/** Beyond all the keys of headers without an id. */
function experimenterKey(id: number, header: number): number {
  return (id + 1) * 2 ** 23 + ((header >>> 9) & 0x7f);
}

/** What the registry says of the field at the reader's place, if it knows the header. */
function planOf(reader: Reader, header: number): OxmPlan | undefined {
  const oxmClass = header >>> 16;
  if (oxmClass === BASIC_CLASS) {
    return basicPlans[(header >>> 9) & 0x7f];
  }
  if (oxmClass !== EXPERIMENTER_CLASS) {
    return planByNumber.get(header >>> 9);
  }
  return (header & 0xff) < 4
    ? undefined
    : planByNumber.get(experimenterKey(reader.view.getUint32(reader.offset + HEADER_BYTES), header));
}

/** Reads a field whose entry is known; undefined if what it says has no form but the raw one. */
function readNamed(reader: Reader, plan: OxmPlan, header: number): Oxm | undefined {
  const at = reader.offset + HEADER_BYTES + plan.idBytes;
  if (plan.isOption) {
    return readOption(reader, plan, header);
  }
  const size = header & SIZE_BITS;
  if (size === plan.size) {
    const value = readValue(reader, plan, at);
    return value === undefined ? undefined : exactOxm(plan, value);
  }
  if (size !== plan.maskedSize || !plan.maskable || strays(reader.buffer, plan, at)) {
    return undefined;
  }
  const value = readValue(reader, plan, at);
  const extent = maskExtent(reader.buffer, plan, at + plan.bytes);
  if (value === undefined || extent === "nothing") {
    return undefined;
  }
  if (extent === "all") {
    return exactOxm(plan, value);
  }
  const mask = readMask(reader, plan, at + plan.bytes);
  return mask === undefined || value === "none" ? undefined : maskedOxm(plan, value, mask);
}

function exactOxm({ name, wireName }: OxmPlan, value: OxmValue): NamedOxm {
  return (wireName === undefined ? { field: name, value } : { field: name, value, wireName }) as NamedOxm;
}

function maskedOxm({ name, wireName }: OxmPlan, value: OxmValue, mask: OxmValue): NamedOxm {
  const oxm = wireName === undefined ? { field: name, value, mask } : { field: name, value, mask, wireName };
  return oxm as NamedOxm;
}

function readRaw(reader: Reader, header: number, length: number): RawOxm {
  const at = reader.offset + HEADER_BYTES;
  if (header >>> 16 !== EXPERIMENTER_CLASS) {
    return { field: "raw", header, body: reader.copy(at, at + length) };
  }
  if (length < 4) {
    throw reader.fault(`${length} leaves no room for the experimenter's id`, "length", at - 1);
  }
  const experimenter = reader.view.getUint32(at);
  return { field: "raw", header, body: reader.copy(at + 4, at + length), experimenter };
}

function writeNamed(writer: Writer, plan: OxmPlan, oxm: NamedOxm): void {
  const start = writer.offset;
  const at = start + HEADER_BYTES + plan.idBytes;
  writer.ensure(HEADER_BYTES + plan.idBytes + 2 * plan.bytes);
  if (plan.isOption) {
    writeOption(writer, plan, oxm);
    return;
  }
  if (plan.experimenter !== undefined) {
    writer.view.setUint32(at - plan.idBytes, plan.experimenter);
  }
  try {
    writeValue(writer, plan, oxm.value, at);
  } catch (error) {
    throw faultWithin(error, "value");
  }
  writer.offset = at + plan.bytes;
  if (oxm.mask === undefined || !writeMask(writer, plan, oxm, start)) {
    writer.view.setUint32(start, plan.header);
  }
}

/** Writes the mask if one is needed, or takes the whole field back if the mask says that nothing counts. */
function writeMask(writer: Writer, plan: OxmPlan, oxm: NamedOxm, start: number): boolean {
  const at = start + HEADER_BYTES + plan.idBytes;
  if (!plan.maskable || oxm.value === "none") {
    throw new Fault(`${plan.name} can't have a mask${plan.maskable ? " with that value" : ""}`, -1, "mask");
  }
  try {
    writeMaskValue(writer, plan, oxm.mask, at + plan.bytes);
  } catch (error) {
    throw faultWithin(error, "mask");
  }
  if (strays(writer.buffer, plan, at)) {
    throw new Fault(`${shown(oxm.value)} has bits outside its mask ${shown(oxm.mask)}`, -1, "value");
  }
  const extent = maskExtent(writer.buffer, plan, at + plan.bytes);
  if (extent === "nothing") {
    writer.offset = start;
    return true;
  }
  if (extent === "all") {
    return false;
  }
  writer.view.setUint32(start, plan.maskedHeader);
  writer.offset = at + 2 * plan.bytes;
  return true;
}

function writeRaw(writer: Writer, oxm: RawOxm): void {
  const { header, body, experimenter } = oxm;
  writer.ensure(2 * HEADER_BYTES);
  try {
    writer.u32(header);
  } catch (error) {
    throw faultWithin(error, "header");
  }
  const isExperimenter = header >>> 16 === EXPERIMENTER_CLASS;
  if (isExperimenter !== (experimenter !== undefined)) {
    throw new Fault("goes with a header of class 0xffff, and with no other", -1, "experimenter");
  }
  if (experimenter !== undefined) {
    writer.u32(experimenter);
  }
  if ((header & 0xff) !== body.length + (isExperimenter ? 4 : 0)) {
    throw new Fault(`${body.length} bytes don't fit the length in the header ${header}`, -1, "body");
  }
  writer.raw(body);
}

/** The plan of a field that says which of its headers it goes under. */
function planOfHeader({ field, wireName = "" }: NamedOxm): OxmPlan {
  const plan = planByWireName.get(wireName);
  if (plan?.name !== field) {
    throw new Fault(`${shown(wireName)} is no header of ${field}`, -1, "field");
  }
  return plan;
}

/** One match field. */
export const oxm: Codec<Oxm> = {
  name: "oxm",
  minBytes: HEADER_BYTES,
  fixedBytes: undefined,

  read(reader: Reader): Oxm {
    const start = reader.offset;
    const left = reader.end - start - HEADER_BYTES;
    if (left < 0) {
      throw reader.fault(`a match field takes at least ${HEADER_BYTES} bytes`, "header");
    }
    const header = reader.view.getUint32(start);
    const length = header & 0xff;
    if (length > left) {
      throw reader.fault(`${length} goes beyond the ${left} bytes that are left`, "length", start + 3);
    }
    const plan = planOf(reader, header);
    const named = plan === undefined ? undefined : readNamed(reader, plan, header);
    const value = named ?? readRaw(reader, header, length);
    reader.offset = start + HEADER_BYTES + length;
    return value;
  },

  write: writeOxm,
};

function writeOxm(writer: Writer, value: Oxm): void {
  const named = value as NamedOxm;
  const plan = named.wireName === undefined ? planByName.get(named.field) : planOfHeader(named);
  if (plan !== undefined) {
    writeNamed(writer, plan, named);
  } else if (value.field === "raw") {
    writeRaw(writer, value);
  } else {
    throw new Fault(`${shown(value.field)} is no match field`, -1, "field");
  }
}

function areZeros(view: DataView, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (view.getUint8(at) !== 0) {
      return false;
    }
  }
  return true;
}

/**
 * The field that a setField action writes: one, and so not one that a mask leaves out. An action that holds more than zeros behind it
 * is kept as it is: switches refuse it.
 */
export const setOxm: Codec<Oxm> = {
  ...oxm,
  name: "oxm",
  read(reader: Reader): Oxm {
    const value = oxm.read(reader);
    const { view, offset, end } = reader;
    // Behind addresses, which are set most, there are two bytes or four.
    const left = end - offset;
    const zeros =
      left === 4
        ? view.getUint32(offset) === 0
        : left === 2
          ? view.getUint16(offset) === 0
          : areZeros(view, offset, end);
    if (!zeros) {
      reader.declined = true;
    }
    return value;
  },
  write(writer: Writer, value: Oxm): void {
    const start = writer.offset;
    writeOxm(writer, value);
    if (writer.offset === start) {
      throw new Fault("sets no bit", -1, "mask");
    }
  },
};
