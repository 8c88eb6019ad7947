// A whole field that a learned flow matches on, as dump-flows prints it: the field's word and the value in its own form.
import type { OxmField } from "../protocol/oxm-field.ts";
import { oxmFields } from "../protocol/oxm-fields.ts";
import { formatFieldValue, parseFieldBits } from "./field-text.ts";
import { parseBits } from "./number-text.ts";
import { formatPort16, type PortNames, type PortNumbers, parsePort } from "./port-text.ts";
import type { Token } from "./scanner.ts";
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
  if (field === undefined) return undefined;
  if (range.name === "NXM_OF_IN_PORT") return `in_port=${formatPort16(Number(value), ports)}`;
  return `${setFieldWord(field)}=${formatFieldValue(value, field, ports)}`;
}

/** The value that a learned flow's match asks these bits for, in the field's form or as a number. */
export function parseLearnValue(token: Token, range: SubfieldRange, ports: PortNumbers | undefined): bigint {
  if (range.name === "NXM_OF_IN_PORT") return BigInt(parsePort(token, ports, "in_port") & 0xffff);
  const field = isWhole(range) ? fieldByHeader.get(range.name) : undefined;
  return field === undefined || field.kind === "vlan"
    ? parseBits(token, range.nBits, "the value")
    : parseFieldBits(token, field, ports).value;
}
