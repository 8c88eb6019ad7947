// The short forms in which TABLE_FEATURES names things (OpenFlow 1.3.5, 7.3.5.5.2): an instruction or action by its
// type and length without a body, a match field by its OXM header without a value.

import type { Codec, Names } from "../wire/codec.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";
import type { OxmFieldName } from "./oxm-field.ts";
import { oxmFields } from "./oxm-fields.ts";
import { type OxmPlan, planFor } from "./oxm-value.ts";

/** An instruction or action that has no name: its number, and what follows type and length. */
export interface UnnamedId {
  number: number;
  data: Uint8Array;
}

/** A match field by name. */
export interface NamedOxmId {
  field: OxmFieldName;
  /** Whether the header has its mask bit set: in a list of what can be matched, that any mask may be given. */
  masked: boolean;
  /** Open vSwitch's name of the header, such as `NXM_OF_ETH_SRC`, where it isn't the field's first. */
  wireName?: string;
}

/** A header that no match field has, by its class, number or length: kept as it came. */
export interface RawOxmId {
  field: "raw";
  /** The 32-bit header: class, number, mask bit, length. */
  header: number;
  /** The 32-bit id that follows a header of class 0xffff. */
  experimenter?: number;
}

export type OxmId = NamedOxmId | RawOxmId;

const ID_BYTES = 4;
const MAX_ID_BYTES = 0xffff;

/** Instructions or actions without their bodies, by name; `names` has the numbers. */
export function featureId<N extends string>(name: string, names: Names<N>): Codec<N | UnnamedId> {
  return {
    name,
    minBytes: ID_BYTES,
    fixedBytes: undefined,

    read(reader: Reader): N | UnnamedId {
      const { offset, end, view } = reader;
      const left = end - offset;
      if (left < ID_BYTES) {
        throw reader.fault(`${name} takes at least ${ID_BYTES} bytes and ${left} are left`);
      }
      const number = view.getUint16(offset);
      const length = view.getUint16(offset + 2);
      if (length < ID_BYTES || length > left) {
        throw reader.fault(
          `${length} is no length for ${name} with ${left} bytes left`,
          "length",
          offset + 2,
        );
      }
      reader.offset = offset + length;
      const known = length === ID_BYTES ? names.byNumber[number] : undefined;
      return known ?? { number, data: reader.copy(offset + ID_BYTES, offset + length) };
    },

    write(writer: Writer, value: N | UnnamedId): void {
      const { number, data } = typeof value === "string" ? named(value, names) : value;
      const length = ID_BYTES + data.length;
      if (!Number.isInteger(number) || number < 0 || number > 0xffff) {
        throw new Fault(`must be a whole number from 0 to 65535, not ${shown(number)}`, -1, "number");
      }
      if (length > MAX_ID_BYTES) {
        throw new Fault(`must be at most ${MAX_ID_BYTES - ID_BYTES} bytes long`, -1, "data");
      }
      writer.ensure(length);
      const start = writer.offset;
      writer.view.setUint16(start, number);
      writer.view.setUint16(start + 2, length);
      for (const [i, byte] of data.entries()) {
        writer.view.setUint8(start + ID_BYTES + i, byte);
      }
      writer.offset = start + length;
    },
  };
}

const NO_DATA = new Uint8Array(0);

function named<N extends string>(value: N, names: Names<N>): UnnamedId {
  const number = names.byName.get(value);
  if (number === undefined) {
    throw new Fault(`must be one of ${[...names.byName.keys()].join(", ")}, not ${shown(value)}`, -1);
  }
  return { number, data: NO_DATA };
}

const EXPERIMENTER_CLASS = 0xffff;

const plans: readonly OxmPlan[] = oxmFields.flatMap((field) =>
  field.wire.map((wire) => planFor(field, wire)),
);
/** By the name of the field for its first header, and by their own names for its others. */
const planByName: ReadonlyMap<string, OxmPlan> = new Map(
  plans.map((plan) => [plan.wireName ?? plan.name, plan]),
);
const idByKey: ReadonlyMap<number, NamedOxmId> = new Map(
  plans.flatMap((plan): [number, NamedOxmId][] => [
    [keyOf(plan.header, plan.experimenter), idOf(plan, false)],
    [keyOf(plan.maskedHeader, plan.experimenter), idOf(plan, true)],
  ]),
);

/** Tells headers apart, those of experimenters beyond all others and by the id that follows. */
function keyOf(header: number, experimenter: number | undefined): number {
  return experimenter === undefined ? header : 2 ** 49 + experimenter * 2 ** 16 + (header & 0xffff);
}

function idOf({ name, wireName }: OxmPlan, masked: boolean): NamedOxmId {
  return wireName === undefined ? { field: name, masked } : { field: name, masked, wireName };
}

/** A copy of the id of a header that the registry has. */
function namedId(header: number, experimenter?: number): NamedOxmId | undefined {
  const id = idByKey.get(keyOf(header, experimenter));
  return id === undefined ? undefined : { ...id };
}

/** A match field without its value. */
export const oxmId: Codec<OxmId> = {
  name: "match field",
  minBytes: ID_BYTES,
  fixedBytes: undefined,

  read(reader: Reader): OxmId {
    const { offset, end, view } = reader;
    const left = end - offset;
    if (left < ID_BYTES) {
      throw reader.fault(`a match field takes at least ${ID_BYTES} bytes and ${left} are left`);
    }
    const header = view.getUint32(offset);
    if (header >>> 16 !== EXPERIMENTER_CLASS) {
      reader.offset = offset + ID_BYTES;
      return namedId(header) ?? { field: "raw", header };
    }
    if (left < 2 * ID_BYTES) {
      throw reader.fault(`an experimenter's match field takes 8 bytes and ${left} are left`);
    }
    reader.offset = offset + 2 * ID_BYTES;
    const experimenter = view.getUint32(offset + ID_BYTES);
    return namedId(header, experimenter) ?? { field: "raw", header, experimenter };
  },

  write(writer: Writer, value: OxmId): void {
    writer.ensure(2 * ID_BYTES);
    const { header, experimenter } = value.field === "raw" ? value : rawOf(value);
    const isExperimenter = word(header, "header") >>> 16 === EXPERIMENTER_CLASS;
    writer.view.setUint32(writer.offset, header);
    if (isExperimenter) {
      writer.view.setUint32(writer.offset + ID_BYTES, word(experimenter, "experimenter"));
    }
    writer.offset += isExperimenter ? 2 * ID_BYTES : ID_BYTES;
  },
};

function rawOf({ field, masked, wireName }: NamedOxmId): Omit<RawOxmId, "field"> {
  const plan = planByName.get(wireName ?? field);
  if (plan === undefined || plan.name !== field) {
    throw new Fault(
      wireName === undefined
        ? `${shown(field)} is no match field`
        : `${shown(wireName)} is no header of ${field}`,
      -1,
      "field",
    );
  }
  const header = masked ? plan.maskedHeader : plan.header;
  return plan.experimenter === undefined ? { header } : { header, experimenter: plan.experimenter };
}

function word(value: number | undefined, key: string): number {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new Fault(`must be a whole number from 0 to 4294967295, not ${shown(value)}`, -1, key);
  }
  return value;
}
