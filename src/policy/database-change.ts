// What lanes need in the database: the patch pair, and the proxy addresses that ports remember. What differs from what
// is there is a change; how a change is written is in database-operations.ts.

import { proxyMemory } from "./address-pool.ts";
import type { Policy } from "./document/policy.ts";
import type { LaneBridge } from "./lane/lane.ts";
import { ownPatchPorts, type PatchPair, patchNames, patchPair } from "./patch-pair.ts";
import type { PlannedLane } from "./planned-lane.ts";
import type { Topology, TopologyBridge, TopologyPort } from "./topology.ts";

/** One change of the database. */
export type DatabaseChange =
  /** Makes the patch ports that are missing, in place of those of ours that somebody changed. */
  | {
      readonly kind: "create-patch-pair";
      readonly ports: readonly {
        readonly side: LaneBridge;
        readonly bridge: TopologyBridge;
        readonly old: TopologyPort | undefined;
      }[];
    }
  | {
      readonly kind: "remove-patch-pair";
      readonly ports: readonly { readonly bridge: TopologyBridge; readonly port: TopologyPort }[];
    }
  /** Writes a lane's proxy address into its port; `before` is what the port remembered. */
  | {
      readonly kind: "remember-proxy";
      readonly lane: string;
      readonly port: TopologyPort;
      readonly address: string;
      readonly before: string | undefined;
    }
  /** Takes the address out of a port that is no probe's any more. */
  | { readonly kind: "forget-proxy"; readonly port: TopologyPort; readonly before: string };

/** What a plan needs before its flows, and what nobody needs after them. */
export function databaseChanges(
  topology: Topology,
  bridges: Policy["bridges"],
  lanes: readonly PlannedLane[],
): { readonly before: readonly DatabaseChange[]; readonly after: readonly DatabaseChange[] } {
  const pair = patchPair(topology, bridges);
  const hopeful = pair.state === "incomplete" || pair.state === "pending";
  // A lane that only waits for the patch pair is as good as up.
  const wanted = lanes.filter(({ down }) => down === undefined || (down.code === "patch-pair" && hopeful));
  const wantsPair = wanted.some(({ placement }) => placement === "elsewhere");
  return {
    before: [...(wantsPair ? createPair(topology, bridges, pair) : []), ...wanted.flatMap(remember)],
    after: [...(wantsPair ? [] : removePair(topology)), ...forget(topology, lanes)],
  };
}

function createPair(
  topology: Topology,
  bridges: Policy["bridges"],
  pair: PatchPair,
): readonly DatabaseChange[] {
  if (pair.state !== "incomplete") return [];
  const old = ownPatchPorts(topology);
  const ports = pair.sides.flatMap((side) => {
    const bridge = topology.bridges.get(bridges[side]);
    return bridge === undefined
      ? []
      : [{ side, bridge, old: old.find(({ name }) => name === patchNames[side]) }];
  });
  return [{ kind: "create-patch-pair", ports }];
}

function removePair(topology: Topology): readonly DatabaseChange[] {
  const ports = ownPatchPorts(topology).flatMap((port) => {
    const bridge = topology.bridges.get(port.bridge);
    return bridge === undefined ? [] : [{ bridge, port }];
  });
  return ports.length === 0 ? [] : [{ kind: "remove-patch-pair", ports }];
}

function remember({ name, nat, port, proxy }: PlannedLane): readonly DatabaseChange[] {
  if (nat === "none" || port === undefined || proxy === undefined) return [];
  const before = port.externalIds.get(proxyMemory);
  return before === proxy.ip ? [] : [{ kind: "remember-proxy", lane: name, port, address: proxy.ip, before }];
}

function forget(topology: Topology, lanes: readonly PlannedLane[]): readonly DatabaseChange[] {
  const probes = new Set(
    lanes.flatMap(({ nat, port }) => (nat === "proxy" && port !== undefined ? [port.uuid] : [])),
  );
  const changes: DatabaseChange[] = [];
  for (const { ports } of topology.bridges.values()) {
    for (const port of ports) {
      const before = port.externalIds.get(proxyMemory);
      if (before !== undefined && !probes.has(port.uuid))
        changes.push({ kind: "forget-proxy", port, before });
    }
  }
  return changes;
}
