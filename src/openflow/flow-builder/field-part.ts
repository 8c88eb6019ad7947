// Parts of fields by our names for them: `reg0`, `reg0[]`, `reg0[5]`, `reg0[0..15]`, the last bit included, as ovs-ofctl
// counts them. The headers that actions write for them are those ovs-ofctl writes.
import type { FieldBits } from "../protocol/nx-subfield.ts";
import type { OxmField, OxmFieldName } from "../protocol/oxm-field.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import { FlowSyntaxError } from "../text/flow-syntax-error.ts";
import { wholeToken } from "../text/scanner.ts";
import { parseSubfield } from "../text/subfield-text.ts";
import type { AbsentField, WritableField } from "./field-value.ts";
import { ActionError } from "./refusal.ts";

/** A field, or some of its bits: `"reg0"`, `"reg0[]"`, `"reg0[5]"`, `"reg0[0..15]"`; bit 0 is the lowest. */
export type FieldPart<F extends OxmFieldName = Exclude<OxmFieldName, AbsentField>> = F | BracketedPart<F>;

/** The same with the brackets: `"reg0[]"`. */
export type BracketedPart<F extends OxmFieldName = Exclude<OxmFieldName, AbsentField>> =
  | `${F}[]`
  | `${F}[${number}]`
  | `${F}[${number}..${number}]`;

/** The header and bits of a part. Throws an {@link ActionError} for bits that the field doesn't have. */
export function fieldPart(part: FieldPart): FieldBits {
  return bitsOf(part, namedField(part));
}

/** The same for a part that is written to. Throws for fields that no action may write, too. */
export function writablePart(part: FieldPart<WritableField>): FieldBits {
  const field = namedField(part);
  refuseToWrite(field, "OFPBAC_BAD_SET_TYPE");
  return bitsOf(part, field);
}

/** Fields that Open vSwitch doesn't have. */
const absent: Readonly<Record<AbsentField, true>> = { inPhyPort: true, pbbIsid: true, ipv6Exthdr: true };

/** Throws for fields that no action may write, with `unknown` for those that Open vSwitch doesn't have. */
export function refuseToWrite({ name, writable }: OxmField, unknown: string): void {
  if (name in absent) {
    throw new ActionError("Open vSwitch doesn't have this field", name, { openflowError: unknown });
  }
  if (!writable) {
    throw new ActionError("no action may write this field", name, {
      openflowError: "OFPBAC_BAD_SET_ARGUMENT",
    });
  }
}

function namedField(part: string): OxmField {
  const field = oxmFieldByName.get(/^\w*/.exec(part)?.[0] ?? "");
  if (field === undefined) throw new ActionError("is no field or part of one", part);
  return field;
}

function bitsOf(part: string, field: OxmField): FieldBits {
  const bits = part.slice(field.name.length);
  const word = field.newer === true ? field.wire[0].name : field.text[0];
  try {
    return { ...parseSubfield(wholeToken(`${word}${bits}`)) };
  } catch (error) {
    if (!(error instanceof FlowSyntaxError)) throw error;
    throw new ActionError(error.reason, part, { cause: error });
  }
}

/** `found`, if it has exactly `nBits` bits. */
export function ofSize(part: FieldPart, found: FieldBits, nBits: number, openflowError?: string): FieldBits {
  if (found.nBits === nBits) return found;
  const hint = `write the bits, such as "${part.replace(/\[.*/, "")}[0${nBits === 1 ? "" : `..${nBits - 1}`}]"`;
  throw new ActionError(`has ${found.nBits} bits where ${nBits} go`, part, { openflowError, hint });
}
