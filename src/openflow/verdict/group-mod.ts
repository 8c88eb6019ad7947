// Why Open vSwitch refuses a GROUP_MOD (OpenFlow 1.3.5, 6.5 and 7.3.4.2), in the order in which it looks.
import { placeFault, readingFault } from "../protocol/action-place.ts";
import type { Bucket, GroupMod } from "../protocol/groups.ts";
import { type PlacedInconsistency, placed, refused } from "../protocol/inconsistency.ts";
import { Group, Port } from "../protocol/ports.ts";
import type { SwitchFacts } from "./known.ts";

/** What ports have no number for. */
const noPorts = { from: 0xff00, below: 0xffff_ff00 } as const;

/** The first reason why Open vSwitch would refuse a GROUP_MOD. */
export function checkGroupMod(group: GroupMod, facts: SwitchFacts = {}): PlacedInconsistency | undefined {
  return (
    firstOf(group.buckets, readingBucketFault) ??
    headFault(group) ??
    firstOf(group.buckets, (bucket) => bucketFault(bucket, group)) ??
    numberFault(group) ??
    stateFault(group, facts)
  );
}

function firstOf(
  buckets: readonly Bucket[],
  faultOf: (bucket: Bucket) => PlacedInconsistency | undefined,
): PlacedInconsistency | undefined {
  for (const [index, bucket] of buckets.entries()) {
    const found = faultOf(bucket);
    if (found !== undefined) return { ...found, path: `buckets[${index}].${found.path}` };
  }
  return undefined;
}

function readingBucketFault({ watchPort, actions }: Bucket): PlacedInconsistency | undefined {
  const fault = readingFault(actions, "list") ?? placeFault(actions, "within");
  if (fault !== undefined) return fault;
  return watchPort >= noPorts.from && watchPort < noPorts.below
    ? placed(refused("OFPGMFC_BAD_WATCH", `${watchPort} is no port to watch`), "watchPort")
    : undefined;
}

function invalid(reason: string, path: string, hint?: string): PlacedInconsistency {
  return placed(refused("OFPGMFC_INVALID_GROUP", reason, hint), path);
}

function headFault({ command, groupType, buckets }: GroupMod): PlacedInconsistency | undefined {
  if (command === "delete" && buckets.length > 0) {
    return invalid("a delete has no buckets", "buckets", "leave them out");
  }
  if (typeof groupType === "number") {
    return placed(refused("OFPGMFC_BAD_TYPE", `there is no type ${groupType} of groups`), "groupType");
  }
  if (groupType === "indirect" && command !== "delete" && buckets.length !== 1) {
    return invalid(`an indirect group has one bucket, not ${buckets.length}`, "buckets");
  }
  return typeof command === "number"
    ? placed(refused("OFPGMFC_BAD_COMMAND", `there is no command ${command}`), "command")
    : undefined;
}

function numberFault({ command, groupId }: GroupMod): PlacedInconsistency | undefined {
  if (groupId <= Group.max || command === "delete") return undefined;
  const reason = `the numbers of groups are 0 to ${Group.max}`;
  return command === "add"
    ? invalid(reason, "groupId")
    : placed(refused("OFPGMFC_UNKNOWN_GROUP", reason), "groupId");
}

function isWatching({ watchPort, watchGroup }: Bucket): boolean {
  return watchPort !== Port.any || watchGroup !== Group.any;
}

function bucketFault(bucket: Bucket, { groupType }: GroupMod): PlacedInconsistency | undefined {
  if (bucket.weight !== 0 && groupType !== "select") {
    return invalid("only a select group's buckets have weights", "weight", "write 0");
  }
  if (groupType === "fastFailover" && !isWatching(bucket)) {
    return invalid("a fast failover group's bucket watches a port or a group", "watchPort", "name the port");
  }
  if ((groupType === "all" || groupType === "indirect") && isWatching(bucket)) {
    const reason = `a bucket of type ${groupType} watches nothing`;
    return placed(refused("OFPGMFC_WATCH_UNSUPPORTED", reason, "write Port.any and Group.any"), "watchPort");
  }
  return undefined;
}

/** Which groups buckets point to isn't asked. */
function stateFault(
  { command, groupId }: GroupMod,
  { groups }: SwitchFacts,
): PlacedInconsistency | undefined {
  if (groups === undefined) return undefined;
  if (command === "add" && groups.has(groupId)) {
    return placed(refused("OFPGMFC_GROUP_EXISTS", `there is a group ${groupId}`, "modify it"), "groupId");
  }
  return command === "modify" && !groups.has(groupId)
    ? placed(refused("OFPGMFC_UNKNOWN_GROUP", `there is no group ${groupId}`, "add it"), "groupId")
    : undefined;
}
