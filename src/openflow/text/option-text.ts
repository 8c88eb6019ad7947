// Tunnel options in text, where it is known what a switch's table says of them.
import type { TlvMap } from "../protocol/nx-tlv-table.ts";
import type { OxmField } from "../protocol/oxm-field.ts";
import { optionBytes } from "../protocol/tun-options.ts";
import { type Bits, exactMask } from "./field-text.ts";
import { allOnes } from "./number-text.ts";
import { refuse, type Token } from "./scanner.ts";

/** Refuses a tunnel option that the table doesn't have, or not so big: ovs-ofctl sends it, and cuts it off. */
export function checkOption(
  field: OxmField,
  { value, mask }: Bits,
  token: Token,
  tlvMap: readonly TlvMap[],
): void {
  if (field.kind !== "bytes") return;
  const [word] = field.text;
  const bytes = optionBytes(field.name, tlvMap);
  if (bytes === undefined) {
    throw refuse(token, `${word} stands for no option in the switch's table of them`, {
      openflowError: "NXFMFC_INVALID_TLV_FIELD",
      hint: "add the option to the table first (changeTlvTable, ovs-ofctl add-tlv-map)",
    });
  }
  const room = allOnes(8 * bytes);
  if (value > room || (mask > room && mask !== exactMask(field))) {
    throw refuse(token, `${word} has ${bytes} bytes in the switch's table of options`);
  }
}
