// A whole field that a learned flow matches on, as dump-flows prints it: the field's word and the value in its own form.
import type { OxmField } from "../protocol/oxm-field.ts";
import { oxmFields } from "../protocol/oxm-fields.ts";
import { formatFieldValue } from "./field-text.ts";
import { formatPort16, type PortNames } from "./port-text.ts";
import { setFieldWord } from "./set-field-words.ts";
import { isWhole, type SubfieldRange } from "./subfield-text.ts";

const fieldByHeader: ReadonlyMap<string | number, OxmField> = new Map(
  oxmFields.flatMap((field) => field.wire.map((wire) => [wire.name, field] as const)),
);

/** `eth_type=0x800`; undefined where the bits aren't a whole field that has a word. */
export function learnValueText(
  value: bigint,
  range: SubfieldRange,
  ports: PortNames | undefined,
): string | undefined {
  if (!isWhole(range)) return undefined;
  const field = fieldByHeader.get(range.name);
  if (field === undefined || field.kind === "vlan") return undefined;
  if (range.name === "NXM_OF_IN_PORT") return `in_port=${formatPort16(Number(value), ports)}`;
  return `${setFieldWord(field)}=${formatFieldValue(value, field, ports)}`;
}
