// Tunnel options at the size that a switch's table gives them (NXT_TLV_TABLE_*). A header says how long a value is, and
// ovs-ofctl sends as many bytes as a value needs; the switch answers with all of them, zeros in front:
//
//   tun_metadata0 of 4 bytes    sent 0x1234, or 0x12/0xff    read back 0x00001234, or 0x00000012/0x000000ff
import type { Match, NamedOxm, Oxm } from "./match.ts";
import type { TlvMap } from "./nx-tlv-table.ts";
import type { OxmFieldName } from "./oxm-field.ts";

const optionName = /^tunMetadata(\d+)$/;

/** How many bytes the table gives a field; undefined for a field that it doesn't have, or that is no option. */
export function optionBytes(field: OxmFieldName, tlvMap: readonly TlvMap[]): number | undefined {
  const [, index] = optionName.exec(field) ?? [];
  return index === undefined ? undefined : tlvMap.find((map) => map.index === Number(index))?.optionLen;
}

/**
 * The match as a switch with this table reads it back: each tunnel option has all of its bytes, and a mask that covers
 * them is none. Options that the table doesn't have, or that are too big for it, stay as they are: no switch takes them.
 */
export function mappedMatch(match: Match, tlvMap: readonly TlvMap[]): Match {
  return match.map((oxm) => (oxm.field === "raw" ? oxm : (mappedOxm(oxm, tlvMap) ?? oxm)));
}

function mappedOxm(oxm: NamedOxm, tlvMap: readonly TlvMap[]): Oxm | undefined {
  const bytes = optionBytes(oxm.field, tlvMap);
  if (bytes === undefined) return undefined;
  const value = sized(oxm.value, bytes);
  const mask = oxm.mask === undefined ? undefined : sized(oxm.mask, bytes);
  if (value === undefined || (oxm.mask !== undefined && mask === undefined)) return undefined;
  const isWhole = mask === undefined || /^0xf*$/.test(mask);
  return { field: oxm.field, value, ...(isWhole ? {} : { mask }) } as NamedOxm;
}

/** `0x` and all digits of so many bytes; undefined where it takes more of them. */
function sized(value: NamedOxm["value"], bytes: number): string | undefined {
  const digits = String(value).slice(2).replace(/^0+/, "").toLowerCase();
  return digits.length > 2 * bytes ? undefined : `0x${digits.padStart(2 * bytes, "0")}`;
}
