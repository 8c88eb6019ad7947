// The words that set_field and learn have for fields, where they differ from those of matches.
import type { OxmField, OxmFieldName } from "../protocol/oxm-field.ts";

const words: Partial<Record<OxmFieldName, string>> = {
  ethSrc: "eth_src",
  ethDst: "eth_dst",
  ethType: "eth_type",
  ipv4Src: "ip_src",
  ipv4Dst: "ip_dst",
  inPort: "in_port_oxm",
};

/** The word of `field` in set_field. */
export function setFieldWord(field: OxmField): string {
  return words[field.name] ?? field.text[0];
}
