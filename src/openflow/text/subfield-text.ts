// Parts of fields as load and move name them: NXM_NX_REG0[0..15], eth_src[], ip_dst. ovs-ofctl takes headers' names
// and fields' words, and writes the NXM header where there is one; so do we.
import { oxmFieldByText, oxmFields } from "../protocol/oxm-fields.ts";
import { type Subfield, type SubfieldName, subfieldByHeader, subfieldByName } from "../protocol/subfields.ts";
import { formatWideHex } from "./number-text.ts";
import { refuse, type Token } from "./scanner.ts";

/** Bits of a field. */
export interface SubfieldRange {
  readonly name: SubfieldName;
  /** The lowest bit. */
  readonly ofs: number;
  readonly nBits: number;
}

const rangePattern = /^([A-Za-z0-9_]+)(\[(?:(\d{1,4})(?:\.\.(\d{1,4}))?)?\])?$/;
const headerPattern = /^0x[0-9a-fA-F]{8}$/;
const nxmClasses: ReadonlySet<number> = new Set([0x0000, 0x0001]);

/** The headers of tunnel options: `tun_metadata0` and the 63 after it. */
const OPTION_CLASS = 0x0001;
const FIRST_OPTION = 40;
const OPTIONS = 64;
const MASK_BIT = 0x100;

/** Words of Open vSwitch's extension fields that aren't their header's name in lower case. */
const extensionWords: ReadonlyMap<string, string> = new Map([
  ["vlan_tci", "NXM_OF_VLAN_TCI"],
  ["nw_tos", "NXM_OF_IP_TOS"],
  ["nw_ttl", "NXM_NX_IP_TTL"],
  ["nw_frag", "NXM_NX_IP_FRAG"],
  ["tun_src", "NXM_NX_TUN_IPV4_SRC"],
  ["tun_dst", "NXM_NX_TUN_IPV4_DST"],
  ["actset_output", "ONFOXM_ET_ACTSET_OUTPUT"],
  ["packet_type", "OXM_OF_PACKET_TYPE"],
  ["nd_reserved", "ERICOXM_OF_ICMPV6_ND_RESERVED"],
  ["nd_options_type", "ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE"],
]);

/** The header ovs-ofctl writes for each header of a field that has two. Sizes that differ are different fields. */
const preferredHeader: ReadonlyMap<SubfieldName, string> = new Map(
  oxmFields.flatMap(({ wire }) => {
    const whole = wire.filter(({ bytes }) => bytes === undefined);
    const [preferred] = [...whole.filter((name) => nxmClasses.has(name.class)), ...whole];
    return preferred === undefined ? [] : whole.map((name) => [name.name, preferred.name] as const);
  }),
);

/** Reads `NAME`, `NAME[]`, `NAME[5]` or `NAME[0..5]`. */
export function parseSubfield(token: Token): SubfieldRange {
  const [, word = "", brackets, low, high] = rangePattern.exec(token.text) ?? [];
  if (word === "") throw refuse(token, `${JSON.stringify(token.text)} is not a field or part of one`);
  const { name, bits } = lookUp(token, word);
  if (brackets === undefined || low === undefined) return { name, ofs: 0, nBits: bits };
  const ofs = Number(low);
  const last = Number(high ?? low);
  if (ofs > last || last >= bits) {
    throw refuse(token, `${word} has the bits 0 to ${bits - 1}, and the first comes first`);
  }
  return { name, ofs, nBits: last - ofs + 1 };
}

/** Whether `text` begins like part of a field: a name with brackets, or one that a field has. */
export function namesSubfield(text: string): boolean {
  const [, word = "", brackets] = rangePattern.exec(text) ?? [];
  return (
    word !== "" && (brackets !== undefined || subfieldOf(word) !== undefined || headerPattern.test(word))
  );
}

/** A tunnel option's name whatever the length in its header: a switch writes the one that its table of options says. */
export function optionOfHeader(name: SubfieldName): string | undefined {
  if (typeof name !== "number" || name >>> 16 !== OPTION_CLASS || (name & MASK_BIT) !== 0) return undefined;
  const option = ((name >>> 9) & 0x7f) - FIRST_OPTION;
  return option >= 0 && option < OPTIONS ? `NXM_NX_TUN_METADATA${option}` : undefined;
}

/** As dump-flows prints it: `[]` for the whole field. */
export function formatSubfield({ name, ofs, nBits }: SubfieldRange): string {
  const known = optionOfHeader(name) ?? preferredHeader.get(name) ?? name;
  const text = typeof known === "number" ? formatWideHex(known, 8) : known;
  if (ofs === 0 && nBits === widthOf(known)) return `${text}[]`;
  return nBits === 1 ? `${text}[${ofs}]` : `${text}[${ofs}..${ofs + nBits - 1}]`;
}

/** The subfield that stands for a whole match field by its word, such as `tcp_src`. */
export function wholeSubfield(token: Token): SubfieldRange {
  const { name, bits } = lookUp(token, token.text);
  return { name, ofs: 0, nBits: bits };
}

/** All bits of a field. */
export function wholeBits(name: SubfieldName): SubfieldRange {
  return { name, ofs: 0, nBits: widthOf(name) };
}

/** Open vSwitch's names of fields whose header says whose they are. */
const experimenterFields = /^(?:NXOXM|ONFOXM)_/;

/** Whether the field has a header of four bytes, as most actions have room for. */
export function isNarrow(name: SubfieldName): boolean {
  return !experimenterFields.test(String(name));
}

/** Whether these are all bits of a field. */
export function isWhole({ name, ofs, nBits }: SubfieldRange): boolean {
  return ofs === 0 && nBits === widthOf(name);
}

function lookUp(token: Token, word: string): { name: SubfieldName; bits: number } {
  if (headerPattern.test(word)) {
    const header = Number.parseInt(word, 16);
    const name = subfieldByHeader.get(header)?.name ?? header;
    return { name, bits: widthOf(name) };
  }
  const found = subfieldOf(word);
  if (found === undefined) {
    throw refuse(token, `unknown field ${word}`, {
      hint: "write a field such as reg0, eth_src or NXM_NX_REG0",
    });
  }
  const name = preferredHeader.get(found.name) ?? found.name;
  return { name, bits: widthOf(name) };
}

function subfieldOf(word: string): Subfield | undefined {
  return subfieldByName.get(word) ?? subfieldByName.get(headerOf(word));
}

function headerOf(word: string): string {
  const named = extensionWords.get(word);
  if (named !== undefined) return named;
  const field = oxmFieldByText.get(word);
  if (field !== undefined) {
    const nxm = field.wire.find((name) => nxmClasses.has(name.class));
    const isOpenFlowWord = word.endsWith("_oxm");
    return (isOpenFlowWord ? undefined : nxm?.name) ?? field.wire[0].name;
  }
  const [, register] = /^xreg(\d+)$/.exec(word) ?? [];
  if (register !== undefined) return `OXM_OF_PKT_REG${register}`;
  // Words are in lower case; only headers' names aren't.
  return /[A-Z]/.test(word) ? word : `NXM_NX_${word.toUpperCase()}`;
}

/** Open vSwitch counts no CFI in OXM_OF_VLAN_VID: it can't be loaded alone. */
const vlanVidBits = 12;

function widthOf(name: SubfieldName): number {
  if (name === "OXM_OF_VLAN_VID") return vlanVidBits;
  const found: Subfield | undefined =
    typeof name === "number" ? subfieldByHeader.get(name) : subfieldByName.get(name);
  if (found !== undefined) return found.bits;
  return typeof name === "number" ? (name & 0xff) * 8 : 0;
}
