// What to write instead of what a switch would refuse, in the builders' own words.
import type { Action } from "../protocol/actions.ts";
import type { PlacedInconsistency } from "../protocol/inconsistency.ts";
import type { Instruction } from "../protocol/instructions.ts";
import type { Oxm } from "../protocol/match.ts";
import type { PrerequisiteName } from "../protocol/oxm-field.ts";
import { meets, type PacketShape } from "../protocol/packet-shape.ts";

/** The fields of a match that meet each prerequisite. */
const fields: Readonly<Record<PrerequisiteName, string>> = {
  vlan: 'vlanVid: "any", or the tag\'s number',
  mpls: 'ethType: "mpls"',
  pbb: "ethType: 0x88e7",
  ip: 'ethType: "ipv4", or "ipv6"',
  ipv4: 'ethType: "ipv4"',
  ipv6: 'ethType: "ipv6"',
  arp: 'ethType: "arp"',
  tcp: 'ethType: "ipv4" (or "ipv6") and ipProto: "tcp"',
  udp: 'ethType: "ipv4" (or "ipv6") and ipProto: "udp"',
  sctp: 'ethType: "ipv4" (or "ipv6") and ipProto: "sctp"',
  icmpv4: 'ethType: "ipv4" and ipProto: "icmp"',
  icmpv6: 'ethType: "ipv6" and ipProto: "icmpv6"',
  nd: 'ethType: "ipv6", ipProto: "icmpv6" and icmpv6Type: 135 or 136',
  ndSolicit: 'ethType: "ipv6", ipProto: "icmpv6" and icmpv6Type: 135',
  ndAdvert: 'ethType: "ipv6", ipProto: "icmpv6" and icmpv6Type: 136',
  nsh: 'ethType: "nsh"',
  ct: 'ctState: "+trk-inv", or a state that says more',
};

/** What to write instead of a match that was refused. */
export function matchHint({ missing, hint }: PlacedInconsistency): string | undefined {
  return missing === undefined ? hint : `add ${fields[missing]} to the match`;
}

const arpFields: ReadonlyMap<string, string> = new Map([
  ["ipv4Src", "arpSpa"],
  ["ipv4Dst", "arpTpa"],
]);

/** What to write instead of an action or instruction that was refused for packets of `shape`. */
export function hintFor(
  part: Action | Instruction,
  shape: PacketShape,
  found: PlacedInconsistency,
): string | undefined {
  if (part.type === "setField") {
    const hint = setFieldHint(part.oxm, shape, found.error);
    if (hint !== undefined) return hint;
  }
  return part.type === "popVlan" ? untag : matchHint(found);
}

const untag =
  'add vlanVid: "any" to the match, or write load(0, "vlanTci"), which takes a tag off where there is one';

function setFieldHint(oxm: Oxm, shape: PacketShape, error: string): string | undefined {
  if (error === "OFPBAC_BAD_SET_MASK") return "write load() for the bits that change";
  if (error !== "OFPBAC_MATCH_INCONSISTENT") return undefined;
  if (oxm.field === "vlanVid" || oxm.field === "vlanPcp") {
    return 'write pushVlan() before it, or add vlanVid: "any" to the match';
  }
  const other = (meets(shape, "arp") ? arpFields.get(oxm.field) : undefined) ?? transportField(oxm, shape);
  return other === undefined || oxm.field === "raw"
    ? undefined
    : `write setField({ ${other}: ${typeof oxm.value === "string" ? `"${oxm.value}"` : oxm.value} })`;
}

/** The port of the protocol that the match selects, where the field is another one's. */
function transportField({ field }: Oxm, shape: PacketShape): string | undefined {
  const end = /^(?:tcp|udp|sctp)(Src|Dst)$/.exec(field)?.[1];
  const protocol = (["tcp", "udp", "sctp"] as const).find((one) => meets(shape, one));
  return end === undefined || protocol === undefined ? undefined : `${protocol}${end}`;
}
