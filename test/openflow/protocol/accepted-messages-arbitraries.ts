// Messages as Open vSwitch 3.1 takes them, for tests that hold a text against what it prints: groups, meters, and flows that
// are gone.

import fc, { type Arbitrary } from "fast-check";
import type { Action } from "../../../src/openflow/protocol/actions.ts";
import type { FlowRemoved } from "../../../src/openflow/protocol/flow-removed.ts";
import type { Bucket, GroupDesc, GroupMod, GroupType } from "../../../src/openflow/protocol/groups.ts";
import {
  Meter,
  type MeterBand,
  type MeterConfig,
  type MeterMod,
} from "../../../src/openflow/protocol/meters.ts";
import { Group, Port } from "../../../src/openflow/protocol/ports.ts";
import { matchesOn, openVSwitchPrints } from "../text/flows.ts";
import { acceptedActions } from "./accepted-arbitraries.ts";
import { record, some, typed, u8, u16, u32, u64 } from "./arbitraries.ts";

/** What a bucket may do: what Open vSwitch takes in an action set, and lists of it. */
const inBuckets: readonly Arbitrary<Action>[] = Object.entries(acceptedActions)
  .filter(([type]) => type !== "conjunction")
  .map(([, arbitrary]) => arbitrary);

const port = fc.oneof(fc.integer({ min: 1, max: 0xfeff }), fc.constant(Port.any));
const group = fc.oneof(fc.nat(Group.max), fc.constant(Group.any));

function bucketsOf(type: GroupType): Arbitrary<Bucket[]> {
  const watches = fc
    .tuple(port, group)
    .filter(([watchPort, watchGroup]) => watchPort !== Port.any || watchGroup !== Group.any);
  const bucket = fc
    .record({
      weight: type === "select" ? u16 : fc.constant(0),
      watch: type === "fastFailover" ? watches : fc.constant([Port.any, Group.any] as const),
      actions: some(fc.oneof(...inBuckets), 3),
    })
    .map(({ watch: [watchPort, watchGroup], ...rest }): Bucket => ({ ...rest, watchPort, watchGroup }));
  return type === "indirect" ? fc.tuple(bucket) : some(bucket);
}

const groupType = fc.constantFrom<GroupType>("all", "select", "indirect", "fastFailover");

/** A group as a reply tells of it. */
export const acceptedGroup: Arbitrary<GroupDesc> = groupType.chain((type) =>
  record<GroupDesc>({ groupType: fc.constant(type), groupId: fc.nat(Group.max), buckets: bucketsOf(type) }),
);

export const acceptedGroupMod: Arbitrary<GroupMod> = fc.oneof(
  fc
    .tuple(acceptedGroup, fc.constantFrom("add" as const, "modify" as const))
    .map(([desc, command]): GroupMod => ({ ...desc, command })),
  fc
    .oneof(fc.nat(Group.max), fc.constant(Group.all))
    .map((groupId): GroupMod => ({ command: "delete", groupType: "all", groupId, buckets: [] })),
);

/** The number of a meter, or one of those that have a name. */
const meterId = fc.oneof(
  fc.integer({ min: 1, max: Meter.max }),
  fc.constantFrom(Meter.slowPath, Meter.controller),
);

const band: Arbitrary<MeterBand> = fc.oneof<Arbitrary<MeterBand>[]>(
  typed("drop", { rate: u32, burstSize: u32 }),
  typed("dscpRemark", { rate: u32, burstSize: u32, precLevel: fc.nat(0xff) }),
);

/** A meter as a reply tells of it: the unit of its rates, and whether it has bursts and statistics. */
export const acceptedMeter: Arbitrary<MeterConfig> = record({
  flags: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 4, 8, 12)).map(([unit, rest]) => unit + rest),
  meterId,
  bands: some(band),
});

export const acceptedMeterMod: Arbitrary<MeterMod> = fc.oneof(
  fc
    .tuple(acceptedMeter, fc.constantFrom("add" as const, "modify" as const))
    .map(([config, command]): MeterMod => ({ ...config, command })),
  fc
    .oneof(meterId, fc.constant(Meter.all))
    .map((id): MeterMod => ({ command: "delete", flags: 0, meterId: id, bands: [] })),
);

/** A flow that is gone; in Nicira's form without the second timeout. */
export const acceptedFlowRemoved: Arbitrary<FlowRemoved> = record({
  cookie: u64,
  priority: u16,
  reason: fc.constantFrom("idleTimeout", "hardTimeout", "delete", "groupDelete"),
  tableId: u8,
  durationSec: u32,
  durationNsec: fc.oneof(fc.constantFrom(0, 1_000_000, 90_000_000), fc.nat(999_999_999)),
  idleTimeout: u16,
  hardTimeout: u16,
  packetCount: u64,
  byteCount: u64,
  match: matchesOn(openVSwitchPrints.fields),
});
