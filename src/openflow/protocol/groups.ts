// Groups (OpenFlow 1.3.5, 6.5 and 7.3.4.2): lists of buckets that flows of any table can point to. GROUP_MOD changes them;
// three kinds of multipart replies tell what is there, what it counted and what the switch can do.

import { type Codec, names } from "../wire/codec.ts";
import { sized } from "../wire/sized.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Action, action } from "./actions.ts";
import { type Header, message, version, xid } from "./header.ts";
import { Group, Port } from "./ports.ts";

/** What is done with a group; `addOrModify` is Open vSwitch's own, and fails for no group that is or isn't there. */
export type GroupModCommand = "add" | "modify" | "delete" | "addOrModify";

/**
 * What a group does with a packet: `all` runs every bucket on a copy of it, `select` one bucket of the switch's choice,
 * `indirect` its only bucket, `fastFailover` the first bucket that is live.
 */
export type GroupType = "all" | "select" | "indirect" | "fastFailover";

/** Bits of `GroupFeatures.types`. */
export const GroupTypeBit = { all: 0x1, select: 0x2, indirect: 0x4, fastFailover: 0x8 } as const;

/** Bits of `GroupFeatures.capabilities`. */
export const GroupCapability = {
  /** Select groups heed weights. */
  selectWeight: 0x1,
  /** Select groups pass over buckets that aren't live. */
  selectLiveness: 0x2,
  /** Groups may point to groups. */
  chaining: 0x4,
  /** The switch looks for loops of groups and refuses them. */
  chainingChecks: 0x8,
} as const;

/** One list of actions of a group (`ofp_bucket`). */
export interface Bucket {
  /** The bucket's share in a select group, 0 to 65535; 0 elsewhere. */
  weight: number;
  /** The port whose liveness counts for this bucket, in a fast failover group; `Port.any` for none. */
  watchPort: number;
  /** The same for a group; `Group.any` for none. */
  watchGroup: number;
  /** What is done with the packet: an action set. */
  actions: Action[];
}

/** One change to the group table. */
export interface GroupMod {
  /** What to do; a number is a command the library has no name for. */
  command: GroupModCommand | number;
  /** A delete ignores it; a number is a type the library has no name for. */
  groupType: GroupType | number;
  /** 0 to `Group.max`; `Group.all` for a delete of every group. */
  groupId: number;
  /** Empty for a delete. */
  buckets: Bucket[];
}

/** GROUP_MOD as a message. */
export interface GroupModMessage extends Header<"groupMod">, GroupMod {}

/** Which group's counters are asked for. */
export interface GroupStatsRequest {
  /** `Group.all` for all. */
  groupId: number;
}

/** What passed through a bucket. */
export interface BucketStats {
  packetCount: bigint;
  byteCount: bigint;
}

/** One group's counters (OpenFlow 1.3.5, 7.3.5.9); a counter the switch doesn't keep is all ones. */
export interface GroupStats {
  groupId: number;
  /** How many flows and groups point to it directly. */
  refCount: number;
  packetCount: bigint;
  byteCount: bigint;
  /** How long it has lived: seconds, and nanoseconds beyond them. */
  durationSec: number;
  durationNsec: number;
  /** One entry per bucket, in their order. */
  buckets: BucketStats[];
}

/** One group as it is set up (OpenFlow 1.3.5, 7.3.5.10). */
export interface GroupDesc {
  /** A number is a type the library has no name for. */
  groupType: GroupType | number;
  groupId: number;
  buckets: Bucket[];
}

/** A number for each type of group. */
export type PerGroupType = Record<GroupType, number>;

/** What the switch can do with groups (OpenFlow 1.3.5, 7.3.5.11). */
export interface GroupFeatures {
  /** Bits of `GroupTypeBit`. */
  types: number;
  /** Bits of `GroupCapability`. */
  capabilities: number;
  /** How many groups of each type there may be. */
  maxGroups: PerGroupType;
  /** Which actions each type takes: bit n is the action of type number n. */
  actions: PerGroupType;
}

/** A bucket with everything filled in that `given` leaves out: no weight, nothing watched, no actions. */
export function bucket(given: Partial<Bucket> = {}): Bucket {
  return { weight: 0, watchPort: Port.any, watchGroup: Group.any, actions: [], ...given };
}

const commands = names<GroupModCommand>({ add: 0, modify: 1, delete: 2, addOrModify: 0x8000 });
const types = names<GroupType>({ all: 0, select: 1, indirect: 2, fastFailover: 3 });

/** The two bytes of the entry's own length. */
const LENGTH = 2;

const bucketCodec: Codec<Bucket> = sized(
  struct(
    "ofp_bucket",
    (f): Bucket => ({
      weight: f.pad(LENGTH).u16(),
      watchPort: f.u32(),
      watchGroup: f.u32(),
      actions: f.pad(4).list(action),
    }),
  ),
);

export const groupMod: Struct<GroupModMessage> = message(
  "groupMod",
  (f): GroupModMessage => ({
    version: version(f),
    type: "groupMod",
    xid: xid(f),
    command: f.named16(commands),
    groupType: f.named8(types),
    groupId: f.pad(1).u32(),
    buckets: f.list(bucketCodec),
  }),
);

export const groupStatsRequest: Struct<GroupStatsRequest> = struct(
  "ofp_group_stats_request",
  (f): GroupStatsRequest => ({ groupId: f.u32() }),
  { pad: 4 },
);

const bucketStats: Struct<BucketStats> = struct(
  "ofp_bucket_counter",
  (f): BucketStats => ({ packetCount: f.u64(), byteCount: f.u64() }),
);

export const groupStats: Codec<GroupStats> = sized(
  struct(
    "ofp_group_stats",
    (f): GroupStats => ({
      groupId: f.pad(LENGTH + 2).u32(),
      refCount: f.u32(),
      packetCount: f.pad(4).u64(),
      byteCount: f.u64(),
      durationSec: f.u32(),
      durationNsec: f.u32(),
      buckets: f.list(bucketStats),
    }),
  ),
);

export const groupDesc: Codec<GroupDesc> = sized(
  struct(
    "ofp_group_desc",
    (f): GroupDesc => ({
      groupType: f.pad(LENGTH).named8(types),
      groupId: f.pad(1).u32(),
      buckets: f.list(bucketCodec),
    }),
  ),
);

const perGroupType: Struct<PerGroupType> = struct(
  "per_group_type",
  (f): PerGroupType => ({ all: f.u32(), select: f.u32(), indirect: f.u32(), fastFailover: f.u32() }),
);

export const groupFeatures: Struct<GroupFeatures> = struct(
  "ofp_group_features",
  (f): GroupFeatures => ({
    types: f.u32(),
    capabilities: f.u32(),
    maxGroups: f.part(perGroupType),
    actions: f.part(perGroupType),
  }),
);
