// What is known of every packet that a match lets through: its protocols and whether it carries a VLAN tag. It decides
// which fields have their prerequisites, and what words such as mod_vlan_vid mean at one point of an action list.
import type { Match, Oxm } from "./match.ts";
import type { PrerequisiteName } from "./oxm-field.ts";
import { prerequisites } from "./oxm-fields.ts";

/** What is certain about a packet at one point of a flow. */
export interface PacketShape {
  readonly ethType?: number;
  readonly ipProto?: number;
  readonly icmpv6Type?: number;
  readonly icmpv6Code?: number;
  /** VLAN tags that are certainly there, 0 to 2: Open vSwitch looks at no more. */
  readonly tags: number;
  /** Whether there certainly is no tag. */
  readonly untagged: boolean;
  /** Whether it certainly went through connection tracking. */
  readonly tracked?: boolean;
}

/** Fields that prerequisites ask about, VLANs aside. */
const decisive: ReadonlySet<string> = new Set(["ethType", "ipProto", "icmpv6Type", "icmpv6Code"]);

/** `+trk` in ct_state. */
const trackedBit = 0x20;

/** A packet nothing is known about. */
export const anyPacket: PacketShape = { tags: 0, untagged: false };

/** What `match` tells about the packets that pass it. */
export function shapeOfMatch(match: Match): PacketShape {
  return match.reduce(shapeWith, anyPacket);
}

/** What is known once `oxm` holds as well. */
export function shapeWith(shape: PacketShape, oxm: Oxm): PacketShape {
  if (oxm.field === "vlanVid") {
    return oxm.value === "none"
      ? { ...shape, tags: 0, untagged: true }
      : { ...shape, tags: 1, untagged: false };
  }
  if (oxm.field === "ctState") {
    const certain = typeof oxm.mask === "number" ? oxm.value & oxm.mask : oxm.value;
    return (certain & trackedBit) === 0 ? shape : { ...shape, tracked: true };
  }
  return oxm.field !== "raw" && decisive.has(oxm.field) ? { ...shape, [oxm.field]: oxm.value } : shape;
}

/** Whether a packet of this shape certainly meets `name`. */
export function meets(shape: PacketShape, name: PrerequisiteName): boolean {
  const { ethTypes, ipProtos, icmpv6Types, vlan } = prerequisites[name];
  return (
    (vlan === undefined || shape.tags > 0) &&
    holds(ethTypes, shape.ethType) &&
    holds(ipProtos, shape.ipProto) &&
    holds(icmpv6Types, shape.icmpv6Type) &&
    // Neighbour discovery has no codes (RFC 4861, 4.3 and 4.4).
    (icmpv6Types === undefined || (shape.icmpv6Code ?? 0) === 0)
  );
}

function holds(allowed: readonly number[] | undefined, actual: number | undefined): boolean {
  return allowed === undefined || (actual !== undefined && allowed.includes(actual));
}
