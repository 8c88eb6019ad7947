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
  /** Whether it certainly belongs to a connection that was tracked. */
  readonly tracked?: boolean;
  /** Whether connection tracking certainly found nothing to make of it. */
  readonly invalid?: boolean;
  /** Whether it certainly is a fragment but the first, which has no transport header. */
  readonly laterFragment?: boolean;
  /** What it begins with, where that isn't Ethernet: namespace and type, as match field `packetType` has them. */
  readonly packetType?: number;
}

/** Fields that prerequisites ask about, VLANs aside. */
const decisive: ReadonlySet<string> = new Set(["ethType", "ipProto", "icmpv6Type", "icmpv6Code"]);

/** Bits of ct_state: each of the first implies a connection, `trk` does where `inv` is known to be clear. */
const ctState = { implying: 0x01 | 0x02 | 0x04 | 0x08 | 0x40 | 0x80, tracked: 0x20, invalid: 0x10 } as const;
/** The bit of a TCI that says there is a tag. */
const tagBit = 0x1000;
/** The bit of ip_frag for fragments after the first. */
const laterBit = 2;
/** Prerequisites that look at a header beyond IP's. */
const transports: ReadonlySet<PrerequisiteName> = new Set<PrerequisiteName>(["tcp", "udp", "sctp"]);
const etherTypes = 1;

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
  if (oxm.field === "vlanTci") {
    const asked = typeof oxm.mask === "number" ? oxm.mask : 0xffff;
    return (asked & tagBit) === 0 ? shape : taggedBy(shape, oxm.value);
  }
  return oxm.field === "ctState" ? trackedBy(shape, oxm) : withHeader(shape, oxm);
}

function trackedBy(shape: PacketShape, { value, mask }: { value: number; mask?: number }): PacketShape {
  const asked = mask ?? 0xffff_ffff;
  const set = value & asked;
  const invalid = (set & ctState.invalid) === 0 ? {} : { invalid: true };
  return { ...shape, ...invalid, ...(isTracked(set, asked) ? { tracked: true } : {}) };
}

function withHeader(shape: PacketShape, oxm: Oxm): PacketShape {
  if (oxm.field === "ipFrag") return (oxm.value & laterBit) === 0 ? shape : { ...shape, laterFragment: true };
  if (oxm.field === "packetType") return startingWith(shape, oxm.value);
  return oxm.field !== "raw" && decisive.has(oxm.field) ? { ...shape, [oxm.field]: oxm.value } : shape;
}

/** What is known once the packet's TCI is `tci`: one tag, or none. */
export function taggedBy(shape: PacketShape, tci: number): PacketShape {
  const tagged = (tci & tagBit) !== 0;
  return { ...shape, tags: tagged ? 1 : 0, untagged: !tagged };
}

function isTracked(set: number, asked: number): boolean {
  if ((set & ctState.implying) !== 0) return true;
  return (set & ctState.tracked) !== 0 && (asked & ctState.invalid) !== 0 && (set & ctState.invalid) === 0;
}

/** The shape of a packet that begins with `packetType`: an Ethernet header (0), or what an Ethernet type stands for. */
export function startingWith(shape: PacketShape, packetType: number): PacketShape {
  const { packetType: _, ...rest } = shape;
  if (packetType === 0) return rest;
  const isEtherType = packetType >>> 16 === etherTypes;
  return { ...rest, packetType, ...(isEtherType ? { ethType: packetType & 0xffff } : {}) };
}

/** Whether a packet of this shape certainly meets `name`. */
export function meets(shape: PacketShape, name: PrerequisiteName): boolean {
  const { ethTypes, ipProtos, icmpv6Types, vlan, ct } = prerequisites[name];
  return (
    (ct === undefined || shape.tracked === true) &&
    (shape.laterFragment !== true || !transports.has(name)) &&
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
