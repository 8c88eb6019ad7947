// What has become of each lane: whether its flows are in the switch, what they carried, and when they last did. The
// counters come from the switch's flows; when a packet last came only the datapath knows, and it forgets what is idle.
import type { FlowStats } from "../openflow/protocol/flow-stats.ts";
import type { DatapathFlow } from "../unixctl/index.ts";
import { flowKey, sameFlow } from "./flow-identity.ts";
import type { FlowRole, Lane, LaneBridge, LaneFlow, Route } from "./lane/lane.ts";
import type { LaneDown } from "./lane/state.ts";
import type { PlannedLane } from "./planned-lane.ts";

/** When something last moved. */
export type LastMoved =
  /** No packet was ever counted. */
  | { readonly kind: "never" }
  | { readonly kind: "ago"; readonly ms: number }
  /** Longer ago than the datapath remembers, which is `ms`. */
  | { readonly kind: "longer"; readonly ms: number }
  /** The datapath couldn't be asked. */
  | { readonly kind: "unknown" };

/** What a lane carried in one direction. ARP isn't counted. */
export interface Traffic {
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly lastMoved: LastMoved;
}

/** What is to be said of one lane. */
export interface LaneStatus {
  readonly name: string;
  readonly collector: string;
  readonly nat: "proxy" | "none";
  /** Where the collector is; undefined when that isn't known because the lane is down. */
  readonly placement: Route["placement"] | undefined;
  /** What the provider network knows the probe by. */
  readonly proxy: { readonly ip: string; readonly mac: string } | undefined;
  /** The probe's port, and the local VLAN it is on. */
  readonly port: { readonly name: string; readonly tag: number | undefined } | undefined;
  /** The provider VLAN of the collector. */
  readonly segment: "flat" | number;
  readonly up: boolean;
  /** Why it is down. */
  readonly down: LaneDown | undefined;
  readonly toCollector: Traffic;
  readonly fromCollector: Traffic;
}

/** What a node was found to hold. */
export interface NodeFindings {
  readonly flows: Readonly<Record<LaneBridge, readonly FlowStats[]>>;
  /** Undefined when ovs-vswitchd couldn't be asked. */
  readonly datapath: readonly DatapathFlow[] | undefined;
  readonly maxIdleMs: number;
}

/** The status of lanes, by what the node was found to hold. */
export function laneStatuses(
  lanes: readonly PlannedLane[],
  shared: readonly LaneFlow[],
  segmentOf: (collector: string) => "flat" | number,
  findings: NodeFindings,
): readonly LaneStatus[] {
  const index = indexed(findings.flows);
  const sharedMissing = shared.filter((flow) => find(index, flow) === undefined).length;
  const used = findings.datapath === undefined ? undefined : lastUsed(findings.datapath);
  return lanes.map((planned): LaneStatus => {
    const { name, collector, nat, placement, proxy, port } = planned;
    const down = planned.down ?? missing(planned, placement === "elsewhere" ? sharedMissing : 0, index);
    const traffic = (role: FlowRole): Traffic => {
      const counted = count(planned, role, index);
      return {
        ...counted,
        lastMoved: lastMoved(planned.lane, role, counted.packets, used, findings.maxIdleMs),
      };
    };
    return {
      name,
      collector,
      nat,
      placement,
      proxy,
      port: port === undefined ? undefined : { name: port.name, tag: port.tag },
      segment: segmentOf(collector),
      up: down === undefined,
      down,
      toCollector: traffic("to-collector"),
      fromCollector: traffic("from-collector"),
    };
  });
}

type FlowIndex = ReadonlyMap<string, FlowStats>;

function indexed(flows: NodeFindings["flows"]): FlowIndex {
  const sides = ["integration", "provider"] as const;
  return new Map(
    sides.flatMap((side) => flows[side].map((flow) => [`${side} ${flowKey(flow)}`, flow] as const)),
  );
}

function find(index: FlowIndex, { bridge, flow }: LaneFlow): FlowStats | undefined {
  const found = index.get(`${bridge} ${flowKey(flow)}`);
  return found !== undefined && sameFlow(flow, found) ? found : undefined;
}

function missing({ flows }: PlannedLane, sharedMissing: number, index: FlowIndex): LaneDown | undefined {
  const count = sharedMissing + flows.filter((flow) => find(index, flow) === undefined).length;
  if (count === 0) return undefined;
  return { code: "not-applied", reason: `${count} of its flows aren't in the switch` };
}

function count({ flows }: PlannedLane, role: FlowRole, index: FlowIndex): Pick<Traffic, "packets" | "bytes"> {
  let packets = 0n;
  let bytes = 0n;
  for (const flow of flows) {
    const found = flow.role === role ? find(index, flow) : undefined;
    packets += found?.packetCount ?? 0n;
    bytes += found?.byteCount ?? 0n;
  }
  return { packets, bytes };
}

/** What tells a lane's packets from all others in one direction: its flows match all of it, so the datapath's do. */
function packetKey(lane: Lane, role: FlowRole): string {
  const { probe, proxy, collector } = lane;
  if (role === "to-collector") return `src ${probe.mac} ${probe.ip} ${collector.ip}`;
  return `dst ${proxy.mac} ${collector.ip} ${proxy.ip}`;
}

/** How long ago each kind of packet was last seen, by either of the keys a lane may look for. */
function lastUsed(datapath: readonly DatapathFlow[]): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const { ethSrc, ethDst, ipv4Src, ipv4Dst, usedMsAgo } of datapath) {
    if (usedMsAgo === undefined || ipv4Src === undefined || ipv4Dst === undefined) continue;
    for (const key of [`src ${ethSrc} ${ipv4Src} ${ipv4Dst}`, `dst ${ethDst} ${ipv4Src} ${ipv4Dst}`]) {
      used.set(key, Math.min(usedMsAgo, used.get(key) ?? Number.POSITIVE_INFINITY));
    }
  }
  return used;
}

function lastMoved(
  lane: Lane | undefined,
  role: FlowRole,
  packets: bigint,
  used: ReadonlyMap<string, number> | undefined,
  maxIdleMs: number,
): LastMoved {
  const ms = lane === undefined ? undefined : used?.get(packetKey(lane, role));
  if (ms !== undefined) return { kind: "ago", ms };
  if (packets === 0n) return { kind: "never" };
  return used === undefined ? { kind: "unknown" } : { kind: "longer", ms: maxIdleMs };
}
