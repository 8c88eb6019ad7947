// Reads the words of a match one by one and makes the OXM list of them. Words may come in any order: what nw_src or
// tp_dst means is decided at the end, when the protocols are known. What ovs-ofctl would drop in silence, leaving a
// flow that matches more than was written, is refused; but for ports of connections without their protocol, which are
// left out as there.
import type { Match, Oxm, RawOxm } from "../protocol/match.ts";
import type { TlvMap } from "../protocol/nx-tlv-table.ts";
import type { OxmField, OxmFieldName, PrerequisiteName } from "../protocol/oxm-field.ts";
import { oxmFieldByName, oxmFieldByText } from "../protocol/oxm-fields.ts";
import { meets, type PacketShape, startingWith } from "../protocol/packet-shape.ts";
import { subfieldByName } from "../protocol/subfields.ts";
import { mappedMatch } from "../protocol/tun-options.ts";
import { type Bits, oxmOfBits, parseFieldBits } from "./field-text.ts";
import { FlowSyntaxError } from "./flow-syntax-error.ts";
import type { Places } from "./flow-verdict.ts";
import { ethernetWord, type Protocol, prerequisiteWords, protocols, sharedWords } from "./match-words.ts";
import { allOnes, parseBits } from "./number-text.ts";
import { checkOption } from "./option-text.ts";
import { pipelineFields, withoutNeedlessType } from "./packet-type-text.ts";
import type { PortNumbers } from "./port-text.ts";
import { isRawOxmWord, parseRawOxm } from "./raw-text.ts";
import { registersOf } from "./register-parts.ts";
import { refuse, type Token, type Word } from "./scanner.ts";
import { oxmsOfTci, tciOfOxm, vlanWords } from "./vlan-text.ts";

/** Bits of a field, and the word that asked for them. */
interface Claim {
  readonly bits: Bits;
  readonly token: Token;
}

/** A word whose field depends on the protocols. */
interface OpenClaim {
  readonly candidates: readonly OxmFieldName[];
  readonly word: Word;
  readonly token: Token;
  bitsOf(field: OxmField): Bits;
}

/** The TCI has 16 bits; vlan_vid means the low 13 of them. */
const tciBits = 16;
const nothing: Bits = { value: 0n, mask: 0n };
const subfieldWord = /^([A-Za-z0-9_]+)\[(?:(\d{1,4})(?:\.\.(\d{1,4}))?)?\]$/;

/** What a match is read with. */
interface MatchOptions {
  readonly ports?: PortNumbers | undefined;
  readonly tlvMap?: readonly TlvMap[] | undefined;
}

/** Collects the words of one match. */
export class MatchReader {
  readonly #text: string;
  readonly #ports: PortNumbers | undefined;
  readonly #tlvMap: readonly TlvMap[] | undefined;
  readonly #places: Places | undefined;
  readonly #claims = new Map<OxmFieldName, Claim>();
  readonly #open: OpenClaim[] = [];
  readonly #raw: RawOxm[] = [];
  #tci: Claim | undefined;

  constructor(text: string, { ports, tlvMap }: MatchOptions, places?: Places) {
    this.#text = text;
    this.#ports = ports;
    this.#tlvMap = tlvMap;
    this.#places = places;
  }

  /** Takes `word` if it is one of a match. */
  take(word: Word): boolean {
    const key = word.key.text;
    const protocol = protocols.get(key);
    if (protocol !== undefined) this.#takeProtocol(word, protocol);
    else if (key === ethernetWord) this.#takeEthernet(word);
    else if (key.includes("[")) return this.#takeSubfield(word);
    else if (isRawOxmWord(key)) this.#raw.push(parseRawOxm(word.key, word.value));
    else return this.#takeField(word);
    return true;
  }

  /** The match that the words said. Throws where they don't fit together. */
  finish(): Match {
    // The protocol first: it decides what the other words mean.
    this.#settle((claim) => claim.candidates.includes("ipProto"));
    this.#settle((claim) => !claim.candidates.includes("ipProto"));
    const shape = this.#shape();
    const oxms: Oxm[] = this.#tci === undefined ? [] : oxmsOfTci(this.#tci.bits, this.#tci.token);
    for (const [name, { bits, token }] of this.#claims) {
      const field = fieldOf(name);
      this.#checkPrerequisite(field, shape, token);
      if (this.#isLeftOut(name)) continue;
      if (this.#tlvMap !== undefined) checkOption(field, bits, token, this.#tlvMap);
      if (bits.mask !== 0n || field.kind === "bytes")
        oxms.push(oxmOfBits(field, asWritten(field, bits, token)));
    }
    const match = inWireOrder([...oxms, ...this.#raw, ...this.#emptyEthernet(oxms)]);
    return this.#placed(
      withoutNeedlessType(this.#tlvMap === undefined ? match : mappedMatch(match, this.#tlvMap)),
    );
  }

  /** Remembers which words said the fields. */
  #placed(match: Match): Match {
    for (const oxm of match) {
      const isTci = oxm.field === "vlanVid" || oxm.field === "vlanPcp" || tciOfOxm(oxm) !== undefined;
      const claim = isTci ? this.#tci : oxm.field === "raw" ? undefined : this.#claims.get(oxm.field);
      if (claim !== undefined) this.#places?.set(oxm, claim.token);
    }
    return match;
  }

  #takeEthernet(word: Word): void {
    checkAlone(word);
    this.#claim("packetType", exactly(0, 32), word.key);
  }

  #takeProtocol(word: Word, { ethType, ipProto }: Protocol): void {
    checkAlone(word);
    this.#claim("ethType", exactly(ethType, 16), word.key);
    if (ipProto !== undefined) this.#claim("ipProto", exactly(ipProto, 8), word.key);
  }

  #takeField(word: Word): boolean {
    const key = word.key.text;
    const vlan = vlanWords.get(key);
    const field = oxmFieldByText.get(key);
    const candidates = sharedWords.get(key);
    if (vlan === undefined && field === undefined && candidates === undefined) return false;
    if (field !== undefined && asksForNothing(word, field)) {
      this.#claim(field.name, nothing, word.key);
      return true;
    }
    if (word.value.text === "") throw refuse(word.key, `${key} has no value`);
    if (key === "nw_tos") this.#claim("ipDscp", dscpOfTos(word.value), this.#token(word));
    else if (vlan !== undefined) {
      const bits = word.value.text === "*" ? nothing : vlan(word.value);
      this.#claimTci(bits, this.#token(word));
    } else if (candidates !== undefined) {
      const bitsOf = (chosen: OxmField): Bits => this.#bitsOf(word, chosen);
      this.#open.push({ candidates, word, token: this.#token(word), bitsOf });
    } else if (field !== undefined) {
      this.#claim(field.name, this.#bitsOf(word, field), this.#token(word));
    }
    return true;
  }

  #bitsOf(word: Word, field: OxmField): Bits {
    try {
      return parseFieldBits(word.value, field, this.#ports);
    } catch (error) {
      throw error instanceof FlowSyntaxError ? error.ofField(field.name) : error;
    }
  }

  /** `tp_src[5]=1`, `eth_dst[40]=1`, `metadata[0..15]=7`. */
  #takeSubfield(word: Word): boolean {
    const [, name = "", low, high] = subfieldWord.exec(word.key.text) ?? [];
    const isTci = name === "vlan_tci" || name === "vlan_vid";
    const candidates = vlanWords.has(name) ? [] : (sharedWords.get(name) ?? oneField(name));
    if (candidates.length === 0 && !isTci) return false;
    const bitsOf = (width: number): Bits => {
      const start = low === undefined ? 0 : Number(low);
      const end = low === undefined ? width - 1 : Number(high ?? low);
      if (start > end || end >= width) {
        throw refuse(word.key, `${name} has the bits 0 to ${width - 1}, and the first comes first`);
      }
      const value = parseBits(word.value, end - start + 1, word.key.text);
      return { value: value << BigInt(start), mask: allOnes(end - start + 1) << BigInt(start) };
    };
    if (isTci) {
      this.#claimTci(bitsOf(name === "vlan_tci" ? tciBits : fieldOf("vlanVid").bits), this.#token(word));
      return true;
    }
    this.#open.push({
      candidates,
      word,
      token: this.#token(word),
      bitsOf: (field) => maskChecked(bitsOf(field.bits), field, word.key),
    });
    return true;
  }

  #settle(ready: (claim: OpenClaim) => boolean): void {
    for (const claim of this.#open.filter(ready)) {
      const field = this.#choose(claim);
      this.#claim(field.name, claim.bitsOf(field), claim.token);
    }
  }

  #choose({ candidates, word }: OpenClaim): OxmField {
    const shape = this.#shape();
    const fields = candidates.map(fieldOf);
    const chosen = fields.find(
      ({ prerequisite }) => isLeftToSwitch(prerequisite) || meets(shape, prerequisite),
    );
    if (chosen !== undefined) return chosen;
    const needed = fields.flatMap((field) => (field.prerequisite === undefined ? [] : [field.prerequisite]));
    const words = needed.map((name) => prerequisiteWords[name]).join(", or ");
    throw this.#lacking(word.key, words, candidates[0]);
  }

  #checkPrerequisite(field: OxmField, shape: PacketShape, token: Token): void {
    const { prerequisite } = field;
    if (isLeftToSwitch(prerequisite) || meets(shape, prerequisite)) return;
    throw this.#lacking(token, prerequisiteWords[prerequisite], field.name);
  }

  /** The ports of a connection without its protocol aren't written, nor is protocol 0: ovs-ofctl sends neither. */
  #isLeftOut(name: OxmFieldName): boolean {
    const isPart = name === "ctNwProto" || name === "ctTpSrc" || name === "ctTpDst";
    return isPart && (this.#claims.get("ctNwProto")?.bits.value ?? 0n) === 0n;
  }

  #lacking(token: Token, needed: string, field: OxmFieldName | undefined): Error {
    const [key = ""] = token.text.split(/[=:(]/);
    return refuse(token, `${key} needs ${needed} in the match`, {
      openflowError: "OFPBMC_BAD_PREREQ",
      ...(field === undefined ? {} : { field }),
      hint: "without it ovs-ofctl drops the field and the flow matches more than was written",
    });
  }

  #claim(name: OxmFieldName, bits: Bits, token: Token): void {
    const parts = registersOf(name, bits);
    if (parts !== undefined) {
      for (const [register, part] of parts) this.#claim(register, part, token);
      return;
    }
    const claim = this.#claims.get(name);
    this.#claims.set(name, { bits: merged(claim?.bits, bits, token), token: claim?.token ?? token });
  }

  #claimTci(bits: Bits, token: Token): void {
    this.#tci = { bits: merged(this.#tci?.bits, bits, token), token };
  }

  /**
   * A mask of zeros on a field of the packet still says that there is one: where no other field says so,
   * ovs-ofctl asks for packets of type Ethernet, and so do we.
   */
  #emptyEthernet(oxms: readonly Oxm[]): readonly Oxm[] {
    const emptied =
      this.#tci?.bits.mask === 0n ||
      [...this.#claims].some(
        ([name, { bits }]) =>
          name !== "packetType" && !pipelineFields.has(name) && (bits.mask === 0n || this.#isLeftOut(name)),
      );
    const isSaid = oxms.some(({ field }) => field === "raw" || !pipelineFields.has(field));
    return emptied && !isSaid ? [{ field: "packetType", value: 0 }] : [];
  }

  #shape(): PacketShape {
    const inside: PacketShape = {
      ...this.#known("ipProto"),
      ...this.#known("icmpv6Type"),
      ...this.#known("icmpv6Code"),
      tags: 0,
      untagged: false,
    };
    // Without an Ethernet header it is the packet's own type that says what is in it.
    const type = this.#claims.get("packetType")?.bits.value ?? 0n;
    return type === 0n ? { ...inside, ...this.#known("ethType") } : startingWith(inside, Number(type));
  }

  #known(name: "ethType" | "ipProto" | "icmpv6Type" | "icmpv6Code"): Partial<PacketShape> {
    const claim = this.#claims.get(name);
    return claim === undefined ? {} : { [name]: Number(claim.bits.value) };
  }

  #token(word: Word): Token {
    return { text: this.#text.slice(word.start, word.end), start: word.start, end: word.end };
  }
}

/** Fields that ovs-ofctl writes with their value as the mask, which asks for the ones in it only. */
const selfMasked: ReadonlySet<OxmFieldName> = new Set<OxmFieldName>([
  "tunErspanVer",
  "tunErspanDir",
  "tunErspanHwid",
  "tunGtpuFlags",
  "tunGtpuMsgtype",
]);

/** What ovs-ofctl makes of `bits` when it writes them; refused where nothing is left. */
function asWritten(field: OxmField, bits: Bits, token: Token): Bits {
  if (!selfMasked.has(field.name)) return bits;
  if (bits.value !== 0n) return { value: bits.value, mask: bits.value };
  throw refuse(token, `${field.text[0]} can't be matched for zeros`, {
    hint: "ovs-ofctl writes the value as the mask and so drops the field",
  });
}

/** Whether reading asks for nothing: what state of a connection a field needs is the switch's to say. */
function isLeftToSwitch(prerequisite: PrerequisiteName | undefined): prerequisite is "ct" | undefined {
  return prerequisite === undefined || prerequisite === "ct";
}

/** The registry's order; a VID that only its bytes can say stands where one by name would. */
function inWireOrder(oxms: readonly Oxm[]): Match {
  return oxms.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf(oxm: Oxm): number {
  const name = oxm.field === "raw" && tciOfOxm(oxm) !== undefined ? "vlanVid" : oxm.field;
  return oxmFieldByName.get(name)?.rank ?? Number.MAX_SAFE_INTEGER;
}

function fieldOf(name: OxmFieldName): OxmField {
  const field = oxmFieldByName.get(name);
  if (field === undefined) throw new TypeError(`${name} is not in the registry of match fields`);
  return field;
}

function oneField(word: string): readonly OxmFieldName[] {
  const field = oxmFieldByText.get(word) ?? subfieldByName.get(word)?.field;
  return field === undefined ? [] : [field.name];
}

const flagFormats: ReadonlySet<string> = new Set(["ctState", "tcpFlags", "tunFlags"]);

/** A tunnel option's word alone, and flags of which none is named. */
function asksForNothing({ joint, value }: Word, { kind, format }: OxmField): boolean {
  return (joint === "" && kind === "bytes") || (value.text === "" && flagFormats.has(format));
}

function checkAlone({ key, value, joint }: Word): void {
  if (joint !== "") throw refuse(value, `${key.text} takes no value`, { hint: `write ${key.text} alone` });
}

function exactly(value: number, bits: number): Bits {
  return { value: BigInt(value), mask: allOnes(bits) };
}

/** nw_tos is the whole former TOS byte; its low two bits, ECN, are left out as ovs-ofctl leaves them. */
function dscpOfTos(value: Token): Bits {
  if (value.text === "*") return nothing;
  return { value: parseBits(value, 8, "nw_tos") >> 2n, mask: allOnes(6) };
}

function maskChecked(bits: Bits, field: OxmField, token: Token): Bits {
  if (field.maskable || bits.mask === allOnes(field.bits)) return bits;
  throw refuse(token, `${field.text[0]} takes no mask`, { openflowError: "OFPBMC_BAD_MASK" });
}

/** Both at once; refused where they contradict each other. */
function merged(before: Bits | undefined, bits: Bits, token: Token): Bits {
  if (before === undefined) return bits;
  const both = before.mask & bits.mask;
  if ((before.value & both) !== (bits.value & both)) {
    throw refuse(token, `${token.text} contradicts what the match said before`);
  }
  return { value: before.value | bits.value, mask: before.mask | bits.mask };
}
