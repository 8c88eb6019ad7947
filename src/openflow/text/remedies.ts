// What to write instead of words that mean something in OpenFlow 1.0 and nothing, or something else, in 1.3. One table
// serves refusals (it is their hint) and fixing (it is what gets written).
import { meets, type PacketShape } from "../protocol/packet-shape.ts";
import type { Word } from "./scanner.ts";

/** A replacement for one word of an action list. */
export interface Remedy {
  /** What to write instead. */
  readonly text: string;
  /** Why the word as it stands doesn't do what it says. */
  readonly why: string;
  /** Whether it only does the same in a list that runs in order, not in an action set. */
  readonly ordered?: boolean;
}

type RemedyFor = (word: Word, shape: PacketShape) => Remedy | undefined;

/** The tag bit of the TCI, and of vlan_vid. */
const tagBit = 0x1000;

const remedies: ReadonlyMap<string, RemedyFor> = new Map<string, RemedyFor>([
  ["strip_vlan", popVlan],
  ["pop_vlan", popVlan],
  ["mod_vlan_vid", vlanVid],
  ["set_vlan_vid", vlanVid],
  ["mod_vlan_pcp", vlanPcp],
  ["set_vlan_pcp", vlanPcp],
  ["mod_nw_src", (word, shape) => arpAddress(word, shape, "arp_spa", word.value.text)],
  ["mod_nw_dst", (word, shape) => arpAddress(word, shape, "arp_tpa", word.value.text)],
  ["set_field", fieldOfOtherProtocol],
  ["apply_actions", applyActions],
]);

/** What to write instead of `word` when it acts on packets of this shape; undefined where it is right as it is. */
export function remedyFor(word: Word, shape: PacketShape): Remedy | undefined {
  return remedies.get(word.key.text.toLowerCase())?.(word, shape);
}

function popVlan(word: Word, shape: PacketShape): Remedy | undefined {
  if (shape.tags > 0) return undefined;
  return {
    text: "load:0->NXM_OF_VLAN_TCI[]",
    why: `${word.key.text} needs a VLAN in the match in OpenFlow 1.3; the load takes a tag off where there is one`,
    ordered: true,
  };
}

function vlanVid(word: Word, shape: PacketShape): Remedy | undefined {
  const vid = numberOf(word, 0xfff);
  if (shape.tags > 0 || shape.untagged || vid === undefined) return undefined;
  return {
    text: `load:0x${(vid | tagBit).toString(16)}->NXM_OF_VLAN_TCI[0..12]`,
    why: `${word.key.text} without a VLAN in the match puts a second tag on tagged packets in OpenFlow 1.3; the load rewrites the tag and keeps its priority`,
    ordered: true,
  };
}

function vlanPcp(word: Word, shape: PacketShape): Remedy | undefined {
  const pcp = numberOf(word, 7);
  if (shape.tags > 0 || shape.untagged || pcp === undefined) return undefined;
  return {
    text: `load:0x${(pcp * 2 + 1).toString(16)}->NXM_OF_VLAN_TCI[12..15]`,
    why: `${word.key.text} without a VLAN in the match puts a second tag on tagged packets in OpenFlow 1.3; the load rewrites the priority and keeps the VLAN`,
    ordered: true,
  };
}

function arpAddress(word: Word, shape: PacketShape, field: string, value: string): Remedy | undefined {
  if (!meets(shape, "arp") || value === "") return undefined;
  return {
    text: `set_field:${value}->${field}`,
    why: `${word.key.text} writes IP addresses, and the match selects ARP, whose addresses are ${field}`,
  };
}

/** What set_field may have meant by a field of another protocol than the match's. */
const fieldRemedies: ReadonlyMap<string, RemedyForField> = new Map<string, RemedyForField>([
  ["ip_src", (word, shape, value) => arpAddress(word, shape, "arp_spa", value)],
  ["nw_src", (word, shape, value) => arpAddress(word, shape, "arp_spa", value)],
  ["ip_dst", (word, shape, value) => arpAddress(word, shape, "arp_tpa", value)],
  ["nw_dst", (word, shape, value) => arpAddress(word, shape, "arp_tpa", value)],
  ["vlan_vid", (_word, _shape, value) => tagBitOf(value)],
  ...["tp", "tcp", "udp", "sctp"].flatMap(
    (name) =>
      [
        [`${name}_src`, (_word, shape, value) => transportPort(shape, value, name, "src")] as const,
        [`${name}_dst`, (_word, shape, value) => transportPort(shape, value, name, "dst")] as const,
      ] satisfies [string, RemedyForField][],
  ),
]);

type RemedyForField = (word: Word, shape: PacketShape, value: string) => Remedy | undefined;

function fieldOfOtherProtocol(word: Word, shape: PacketShape): Remedy | undefined {
  const [value = "", field = ""] = word.value.text.split("->");
  return fieldRemedies.get(field)?.(word, shape, value);
}

const transports = ["tcp", "udp", "sctp"] as const;

function transportPort(shape: PacketShape, value: string, name: string, end: string): Remedy | undefined {
  const protocol = transports.find((one) => meets(shape, one));
  // tp_src and tp_dst are tcp's fields in set_field.
  const written = name === "tp" ? "tcp" : name;
  if (protocol === undefined || protocol === written) return undefined;
  return {
    text: `set_field:${value}->${protocol}_${end}`,
    why: `the match selects ${protocol}, whose port is ${protocol}_${end}`,
  };
}

function tagBitOf(value: string): Remedy | undefined {
  const vid = plainNumber(value);
  if (vid === undefined || vid >= tagBit) return undefined;
  return {
    text: `set_field:${vid | tagBit}->vlan_vid`,
    why: "switches refuse a vlan_vid without bit 0x1000",
  };
}

function applyActions(word: Word): Remedy | undefined {
  if (word.joint !== "(") return undefined;
  return {
    text: word.value.text,
    why: "ovs-ofctl has no word apply_actions: actions outside write_actions are applied",
  };
}

function numberOf(word: Word, most: number): number | undefined {
  const value = plainNumber(word.value.text);
  return value === undefined || value > most ? undefined : value;
}

function plainNumber(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8}|0[xX][0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : undefined;
}
