// set_field, load and move: the three words that write into a field by name. A masked set_field doesn't exist in
// OpenFlow 1.3; it becomes one load per run of ones in its mask, as ovs-ofctl sends it.
import type { Action } from "../protocol/actions.ts";
import type { NamedOxm } from "../protocol/match.ts";
import type { OxmField } from "../protocol/oxm-field.ts";
import { oxmFieldByText } from "../protocol/oxm-fields.ts";
import { type SubfieldName, subfieldByName } from "../protocol/subfields.ts";
import { type Bits, exactMask, oxmOfBits, parseFieldBits, writesWholeMask } from "./field-text.ts";
import { allOnes, parseBits } from "./number-text.ts";
import type { PortNumbers } from "./port-text.ts";
import { isRawOxmWord, parseRawOxm } from "./raw-text.ts";
import { refuse, sliceToken, type Token, type Word } from "./scanner.ts";
import { NARROW_IN_PORT } from "./set-field-words.ts";
import { parseSubfield, type SubfieldRange, wholeSubfield } from "./subfield-text.ts";

/** A load writes at most this many bits. */
const loadBits = 64;
const tagBit = 0x1000n;

/** What set_field looks at: ports' names, and whether it stands in ct(exec(…)). */
interface SetFieldContext {
  readonly ports: PortNumbers | undefined;
  readonly holder: "ct" | "clone" | undefined;
}

/** `set_field:VALUE[/MASK]->FIELD` */
export function readSetField(word: Word, context: SetFieldContext): Action[] {
  const [value, name] = splitArrow(word);
  if (isRawOxmWord(name.text)) return [{ type: "setField", oxm: parseRawOxm(name, value) }];
  const field = settableField(name, context.holder === "ct");
  if (!field.writable) {
    throw refuse(name, `${name.text} can't be set`, { openflowError: "OFPBAC_BAD_SET_ARGUMENT" });
  }
  const bits = bitsToSet(value, field, context.ports);
  if (isMasked(value, field, bits)) {
    if (isUnloadable(field)) return [{ type: "regLoad2", oxm: oxmOfBits(field, bits) }];
    return loads(wholeSubfield(name), withoutTagBit(field, bits));
  }
  return [{ type: "setField", oxm: settingOf(name, value, field, bits) }];
}

/** What a set_field without a mask carries. */
function settingOf(name: Token, value: Token, field: OxmField, bits: Bits): NamedOxm {
  if (field.name === "vlanVid") return vlanVid(value, bits.value);
  const oxm = oxmOfBits(field, bits);
  return name.text === "in_port" ? { ...oxm, wireName: NARROW_IN_PORT } : oxm;
}

/** Value and mask. Where loads are written as a field with a mask, dumps show masks that matches can't have. */
function bitsToSet(token: Token, field: OxmField, ports: PortNumbers | undefined): Bits {
  const bits = parseFieldBits(token, isUnloadable(field) ? { ...field, maskable: true } : field, ports);
  if (field.name === "nwTos" && (bits.value & 3n) !== 0n) {
    throw refuse(token, `nw_tos: ${token.text} has bits of ECN in it`, {
      hint: "nw_ecn is a field of its own",
    });
  }
  // Tunnel flags without signs say them all, and with signs those that are named.
  const isWhole = field.format === "tunFlags" && !/[-+/]/.test(token.text);
  return isWhole ? { value: bits.value, mask: exactMask(field) } : bits;
}

/** `load:VALUE->FIELD[a..b]` */
export function readLoad(word: Word, { holder }: SetFieldContext): Action[] {
  const [value, name] = splitArrow(word);
  const range = writableRange(name, holder);
  const loaded = parseBits(value, range.nBits, `the value for ${name.text}`);
  const field = subfieldByName.get(String(range.name))?.field;
  if (field === undefined || !isUnloadable(field)) {
    return loads(range, { value: loaded, mask: allOnes(range.nBits) });
  }
  const [shift, mask] = [BigInt(range.ofs), allOnes(range.nBits)];
  return [{ type: "regLoad2", oxm: oxmOfBits(field, { value: loaded << shift, mask: mask << shift }) }];
}

/** `move:FIELD[a..b]->FIELD[c..d]` */
export function readMove(word: Word, { holder }: SetFieldContext): Action[] {
  const [from, to] = splitArrow(word);
  const src = parseSubfield(from);
  const dst = writableRange(to, holder);
  if (src.nBits !== dst.nBits) {
    throw refuse(
      word.value,
      `move takes ${src.nBits} bits from ${from.text} and gives ${dst.nBits} to ${to.text}`,
    );
  }
  return [
    { type: "regMove", nBits: src.nBits, srcOfs: src.ofs, dstOfs: dst.ofs, src: src.name, dst: dst.name },
  ];
}

/** What stands before and after the arrow of a word's argument. */
function splitArrow(word: Word): [Token, Token] {
  const value = word.value.text;
  const arrow = value.indexOf("->");
  // `load(1->reg0)` and `load(1)->reg0` are both written.
  const closed = arrow > 0 && value.charAt(arrow - 1) === ")" && word.joint === "(";
  if (arrow < 0) throw refuse(word.value, `${word.key.text} needs an arrow`, { hint: "write value->field" });
  const target = sliceToken(word.value, arrow + 2);
  if (target.text === "") throw refuse(word.value, `${word.key.text} names no field after the arrow`);
  return [sliceToken(word.value, 0, closed ? arrow - 1 : arrow), target];
}

/** Fields of the connection's entry. */
const ctFields: ReadonlySet<string> = new Set(["ct_mark", "ct_label"]);
const ctHeaders: ReadonlySet<SubfieldName> = new Set(["NXM_NX_CT_MARK", "NXM_NX_CT_LABEL"]);

function outsideOfCt(name: Token): Error {
  return refuse(name, `${name.text} can be set in ct(exec(…)) only`);
}

/** Bits that a load or a move writes into. */
function writableRange(name: Token, holder: SetFieldContext["holder"]): SubfieldRange {
  const range = parseSubfield(name);
  if (holder !== "ct" && ctHeaders.has(range.name)) throw outsideOfCt(name);
  return range;
}

function settableField(name: Token, inCt: boolean): OxmField {
  if (ctFields.has(name.text) && !inCt) throw outsideOfCt(name);
  const field = oxmFieldByText.get(name.text);
  if (field !== undefined) return field;
  throw refuse(name, `${name.text} is not a field that set_field knows in this version`, {
    hint: "a register or another field of Open vSwitch's own can be written with load",
  });
}

/** A load has no room for an experimenter's header, nor for options, whose size the switch knows. */
function isUnloadable(field: OxmField): boolean {
  return field.kind === "bytes" || field.wire[0].experimenter !== undefined;
}

function vlanVid(token: Token, value: bigint): { field: "vlanVid"; value: number } {
  if ((value & tagBit) === 0n) {
    throw refuse(token, `set_field: a vlan_vid has bit 0x1000, ${token.text} hasn't`, {
      openflowError: "OFPBAC_BAD_SET_ARGUMENT",
      hint: `write set_field:${value | tagBit}->vlan_vid`,
    });
  }
  return { field: "vlanVid", value: Number(value & ~tagBit) };
}

/** A mask that is written is all ones for ovs-ofctl only if it fills the field's bytes, whatever bits the field has. */
function isMasked(value: Token, field: OxmField, { mask }: Bits): boolean {
  return value.text.includes("/") ? !writesWholeMask(value, field) : mask !== exactMask(field);
}

/** The tag bit can't be loaded by itself, and a tag that is set has it. */
function withoutTagBit(field: OxmField, { value, mask }: Bits): Bits {
  return field.name === "vlanVid" ? { value: value & ~tagBit, mask: mask & ~tagBit } : { value, mask };
}

/** One load per run of ones in the mask, the lowest first; what goes beyond the field is left out. */
function loads(range: SubfieldRange, { value, mask }: Bits): Action[] {
  const actions: Action[] = [];
  let at = 0;
  for (let left = mask & allOnes(range.nBits); left !== 0n; ) {
    const zeros = trailing(left, 0n);
    const ones = Math.min(trailing(left >> BigInt(zeros), 1n), loadBits);
    at += zeros;
    const loaded = (value >> BigInt(at)) & allOnes(ones);
    actions.push({ type: "regLoad", ofs: range.ofs + at, nBits: ones, dst: range.name, value: loaded });
    at += ones;
    left >>= BigInt(zeros + ones);
  }
  return actions;
}

/** How many of the lowest bits equal `bit`. */
function trailing(value: bigint, bit: 0n | 1n): number {
  let count = 0;
  while (((value >> BigInt(count)) & 1n) === bit) count += 1;
  return count;
}
