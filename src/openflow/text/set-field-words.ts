// The words that set_field, learn and delete_field have for fields, where they differ from those of matches.
import type { OxmField, OxmFieldName } from "../protocol/oxm-field.ts";

/** The header of the port's older form, of 16 bits: Open vSwitch sees it as a field of its own. */
export const NARROW_IN_PORT = "NXM_OF_IN_PORT";

const words: Partial<Record<OxmFieldName, string>> = {
  ethSrc: "eth_src",
  ethDst: "eth_dst",
  ethType: "eth_type",
  ipv4Src: "ip_src",
  ipv4Dst: "ip_dst",
  inPort: "in_port_oxm",
  ipFrag: "ip_frag",
};

/** The word of `field` in set_field; `wireName` where it goes under another header than its first. */
export function setFieldWord(field: OxmField, wireName?: string): string {
  return wireName === NARROW_IN_PORT ? "in_port" : (words[field.name] ?? field.text[0]);
}
