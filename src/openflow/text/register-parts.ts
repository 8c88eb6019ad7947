// Wide registers. xreg0 is reg0 and reg1, xxreg0 is reg0 to reg3, the first the highest: at OpenFlow 1.3 a match speaks
// of the 32-bit ones, and so do the texts of Open vSwitch.
import type { OxmFieldName } from "../protocol/oxm-field.ts";
import type { Bits } from "./field-text.ts";

const wideRegister = /^(x{1,2})reg(\d+)$/;

/** The registers that `bits` of a wide register speak of; undefined where `name` isn't one. */
export function registersOf(
  name: OxmFieldName,
  { value, mask }: Bits,
): (readonly [OxmFieldName, Bits])[] | undefined {
  const [, kind, digits] = wideRegister.exec(name) ?? [];
  if (kind === undefined) return undefined;
  const count = kind === "x" ? 2 : 4;
  const first = Number(digits) * count;
  return Array.from({ length: count }, (_, i) => {
    const shift = BigInt(32 * (count - 1 - i));
    const part = { value: BigInt.asUintN(32, value >> shift), mask: BigInt.asUintN(32, mask >> shift) };
    return [`reg${first + i}` as OxmFieldName, part] as const;
  }).filter(([, part]) => part.mask !== 0n);
}
