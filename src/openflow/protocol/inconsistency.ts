// The form of a verdict: which error a switch would answer with, what it is about, and what to write instead.
import type { PrerequisiteName } from "./oxm-field.ts";
import type { PacketShape } from "./packet-shape.ts";

/** A reason why a switch refuses something. */
export interface Inconsistency {
  /** The error Open vSwitch answers with, such as `OFPBAC_MATCH_INCONSISTENT`. */
  readonly error: string;
  /** What is wrong, in words that name the field or action. */
  readonly reason: string;
  /** What would have to be known of the packet. */
  readonly missing?: PrerequisiteName;
  /** What to write instead, where there is something. */
  readonly hint?: string;
  /**
   * What the switch takes for known of the packet after an action that fits no packet of the match: it reads on, and
   * refuses the list at its end, but for an action set.
   */
  readonly after?: PacketShape;
}

/** An {@link Inconsistency} of something whole, and the path of the part it is about: `instructions[0].actions[2]`. */
export interface PlacedInconsistency extends Inconsistency {
  readonly path: string;
}

/** What an action leaves behind, or why it is refused. */
export type ActionVerdict = PacketShape | Inconsistency;

/** Whether a verdict is a refusal. */
export function isRefused(verdict: ActionVerdict): verdict is Inconsistency {
  return "error" in verdict;
}

/** A refusal. */
export function refused(error: string, reason: string, hint?: string): Inconsistency {
  return hint === undefined ? { error, reason } : { error, reason, hint };
}

/** What to match on so that `missing` is met. */
const hints: Readonly<Record<PrerequisiteName, string>> = {
  vlan: "match vlanVid, or push a tag first",
  mpls: "match ethType 0x8847 or 0x8848",
  pbb: "match ethType 0x88e7",
  ip: "match ethType 0x0800 or 0x86dd",
  ipv4: "match ethType 0x0800",
  ipv6: "match ethType 0x86dd",
  arp: "match ethType 0x0806",
  tcp: "match ethType 0x0800 or 0x86dd, and ipProto 6",
  udp: "match ethType 0x0800 or 0x86dd, and ipProto 17",
  sctp: "match ethType 0x0800 or 0x86dd, and ipProto 132",
  icmpv4: "match ethType 0x0800 and ipProto 1",
  icmpv6: "match ethType 0x86dd and ipProto 58",
  nd: "match ethType 0x86dd, ipProto 58 and icmpv6Type 135 or 136",
  ndSolicit: "match ethType 0x86dd, ipProto 58 and icmpv6Type 135",
  ndAdvert: "match ethType 0x86dd, ipProto 58 and icmpv6Type 136",
  nsh: "match ethType 0x894f",
  ct: "match ctState with new, est, rel, rpl, snat or dnat set, or with trk set and inv clear",
};

/** The refusal of `what`, which needs something that the match doesn't say. */
export function lacks(
  what: string,
  missing: PrerequisiteName,
  error = "OFPBAC_MATCH_INCONSISTENT",
): Inconsistency {
  return { error, reason: `${what} needs ${missing} in the match`, missing, hint: hints[missing] };
}

/** The same with the path before it. */
export function placed(found: Inconsistency, path: string): PlacedInconsistency {
  const { after: _, ...said } = found;
  return { ...said, path };
}
