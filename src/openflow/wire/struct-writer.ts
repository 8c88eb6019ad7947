// Writes the fields of a structure from the values under their keys. Integers are most of what there is, so they go by
// number, without a call of their kind; all fields have the same shape here, so that the loop stays fast.

import { faultWithin } from "./fault.ts";
import type { IntegerKind, Kind } from "./kinds.ts";
import type { Step } from "./recorder.ts";
import type { Writer } from "./writer.ts";

/** Writes every field of one structure. */
export type WriteFields = (writer: Writer, values: Readonly<Record<string, unknown>>) => void;

const Code = { other: 0, u8: 1, u16: 2, u32: 3, u64: 4 } as const;
const codes: Readonly<Record<IntegerKind, number>> = {
  uint8: Code.u8,
  uint16: Code.u16,
  uint32: Code.u32,
  uint64: Code.u64,
};

class Field {
  readonly key: string;
  readonly code: number;
  /** Zero bytes before it. */
  readonly pad: number;
  /** Zero bytes between an open length, which comes before it too, and itself; -1 if there is none. */
  readonly padAfterLength: number;
  readonly absent: unknown;
  readonly kind: Kind<unknown>;

  constructor({ key, kind, before }: Step) {
    const at = before.indexOf("length16");
    const sum = (pads: typeof before): number => pads.reduce<number>((n, pad) => n + Number(pad), 0);
    this.key = key;
    this.code = kind.integer === undefined ? Code.other : codes[kind.integer];
    this.pad = sum(at < 0 ? before : before.slice(0, at));
    this.padAfterLength = at < 0 ? -1 : sum(before.slice(at + 1));
    this.absent = kind.absent;
    this.kind = kind;
  }
}

function writeLength(writer: Writer, pad: number): void {
  writer.ahead = writer.offset;
  writer.pad(2 + pad);
}

/** Makes the writer of a structure with these fields; there is room for all that is fixed. */
export function fieldsWriter(steps: readonly Step[]): WriteFields {
  const fields = steps.map((step) => new Field(step));
  const count = fields.length;
  return (writer, values) => {
    let at = 0;
    try {
      for (; at < count; at++) {
        const field = fields[at] as Field;
        if (field.pad > 0) {
          writer.pad(field.pad);
        }
        if (field.padAfterLength >= 0) {
          writeLength(writer, field.padAfterLength);
        }
        const given = values[field.key];
        const value = given === undefined ? field.absent : given;
        switch (field.code) {
          case Code.u8:
            writer.u8(value as number);
            break;
          case Code.u16:
            writer.u16(value as number);
            break;
          case Code.u32:
            writer.u32(value as number);
            break;
          case Code.u64:
            writer.u64(value as bigint);
            break;
          default:
            field.kind.write(writer, value);
        }
      }
    } catch (error) {
      throw faultWithin(error, fields[at]?.key ?? "");
    }
  };
}
