// The planner: what a policy means on a node as OVSDB describes it. A pure function; a lane's part of the result
// depends on that lane and on the few facts of PlanContext alone, so that a change of one lane costs one lane.
import { cidrHolds, ipv4Number, proxyMac } from "./address.ts";
import type { Addresses } from "./address-pool.ts";
import { type DatabaseChange, databaseChanges } from "./database-change.ts";
import type { Collector, Policy, Probe } from "./document/policy.ts";
import { laneIds } from "./lane/cookie.ts";
import { type ElsewhereRoute, fixedFlows } from "./lane/elsewhere.ts";
import { laneFlows } from "./lane/flows.ts";
import type { FlowSettings, Lane, LaneFlow, Route } from "./lane/lane.ts";
import {
  type CollectorLocation,
  locateCollector,
  locateProbe,
  onSegment,
  type VmPort,
} from "./lane/location.ts";
import type { LaneDown } from "./lane/state.ts";
import { assumedPatch, type PatchPair, patchPair } from "./patch-pair.ts";
import type { PlannedLane } from "./planned-lane.ts";
import { realOfport, type Topology, type TopologyInterface } from "./topology.ts";

/** What has to be so outside the switch. */
export interface OutsideNeed {
  readonly collector: string;
  /** `none`: the collector has the proxies on its own subnet. `route`: it must have the ranges on-link. */
  readonly kind: "none" | "route";
  readonly ranges: readonly string[];
  readonly text: string;
}

/** What should be in switch and database. */
export interface Intent {
  readonly lanes: readonly PlannedLane[];
  /** The flows that all lanes over the patch pair share; none when there is no such lane. */
  readonly shared: readonly LaneFlow[];
  /** What the database needs before the flows, and what it no longer needs after them. */
  readonly database: {
    readonly before: readonly DatabaseChange[];
    readonly after: readonly DatabaseChange[];
  };
  readonly outside: readonly OutsideNeed[];
  readonly warnings: readonly string[];
}

/** What is the same for every lane of a plan. */
export interface PlanContext {
  readonly policy: Policy;
  readonly topology: Topology;
  readonly addresses: Addresses;
  readonly settings: FlowSettings;
  readonly ids: ReadonlyMap<string, number>;
  /** The first probe in the document that has a port, by the port's UUID. */
  readonly owners: ReadonlyMap<string, string>;
  readonly collectors: ReadonlyMap<string, CollectorLocation>;
  readonly uplinks: readonly number[];
  readonly patch: PatchPair;
}

/** How a plan is made. */
export interface PlanOptions extends FlowSettings {
  /** Plan as though a patch pair that can be made were there, its ports numbered as `assumedPatch`; default false. */
  readonly assumePatch?: boolean;
}

/** Everything about a node that lanes depend on. */
export function planContext(
  policy: Policy,
  topology: Topology,
  addresses: Addresses,
  { priority, assumePatch = false }: PlanOptions,
): PlanContext {
  const { integration } = policy.bridges;
  const owners = new Map<string, string>();
  for (const probe of policy.probes.values()) {
    const { port } = locateProbe(topology, probe, integration);
    if (port !== undefined && !owners.has(port.uuid)) owners.set(port.uuid, probe.name);
  }
  const collectors = [...policy.collectors.values()].map(
    (collector) => [collector.name, locateCollector(topology, collector, integration)] as const,
  );
  const pair = patchPair(topology, policy.bridges);
  const makeable = pair.state === "incomplete" || pair.state === "pending";
  return {
    policy,
    topology,
    addresses,
    settings: { priority },
    ids: laneIds(policy.probes.keys()),
    owners,
    collectors: new Map(collectors),
    uplinks: uplinksOf(policy, topology).flatMap((found) => realOfport(found) ?? []),
    patch: assumePatch && makeable ? { state: "ready", ...assumedPatch } : pair,
  };
}

/** The provider bridge's physical interfaces, each member of a bond by itself. */
function uplinksOf({ bridges }: Policy, topology: Topology): readonly TopologyInterface[] {
  const ports = topology.bridges.get(bridges.provider)?.ports ?? [];
  return ports
    .flatMap(({ interfaces }) => interfaces)
    .filter(({ type, ifaceId }) => type !== "internal" && type !== "patch" && ifaceId === undefined);
}

/** The plan of one lane. */
export function planLane(context: PlanContext, probe: Probe): PlannedLane {
  const { policy, topology, addresses } = context;
  const location = locateProbe(topology, probe, policy.bridges.integration);
  const address = addresses.byProbe.get(probe.name);
  const known = {
    name: probe.name,
    id: context.ids.get(probe.name) ?? 0,
    collector: probe.collector,
    nat: probe.nat,
    port: location.port,
    proxy: address === undefined ? undefined : { ip: address, mac: proxyMac(address) },
  };
  const isDown = (down: LaneDown, placement?: Route["placement"]): PlannedLane => {
    return { ...known, placement, down, lane: undefined, flows: [] };
  };
  if (!topology.bridges.has(policy.bridges.integration)) return isDown(noBridge(policy.bridges.integration));
  if ("down" in location) return isDown(location.down);
  const owner = context.owners.get(location.port.uuid) ?? probe.name;
  if (owner !== probe.name) {
    return isDown({
      code: "port-shared",
      reason: `port ${location.port.name} is already that of probe ${owner}`,
    });
  }
  const collector = policy.collectors.get(probe.collector);
  const way = collector === undefined ? undefined : routeTo(context, collector, location.found);
  if (collector === undefined || way === undefined) {
    return isDown({ code: "collector-not-ready", reason: `the policy has no collector ${probe.collector}` });
  }
  if ("down" in way) return isDown(way.down, way.placement);
  if (known.proxy === undefined) {
    return isDown({ code: "pool-exhausted", reason: "the pool has no address left" }, way.route.placement);
  }
  const lane: Lane = {
    name: probe.name,
    id: known.id,
    probe: { port: location.found.ofport, mac: location.found.mac, ip: probe.ip },
    proxy: known.proxy,
    collector,
    route: way.route,
  };
  const { placement } = way.route;
  return { ...known, placement, down: undefined, lane, flows: laneFlows(lane, context.settings) };
}

type Way =
  | { readonly route: Route }
  | { readonly down: LaneDown; readonly placement: Route["placement"] | undefined };

function noBridge(name: string): LaneDown {
  return { code: "bridge-missing", reason: `there is no bridge ${name}` };
}

function routeTo(context: PlanContext, { name }: Collector, probe: VmPort): Way {
  const collector = context.collectors.get(name) ?? "elsewhere";
  if (collector === "elsewhere") return routeElsewhere(context);
  if ("down" in collector) return { down: collector.down, placement: "same-node" };
  if (collector.found.port.uuid === probe.port.uuid) {
    const reason = `port ${probe.port.name} is also that of collector ${name}`;
    return { down: { code: "collector-is-probe", reason }, placement: undefined };
  }
  return { route: { placement: "same-node", collectorPort: collector.found.ofport } };
}

function routeElsewhere({ policy, topology, uplinks, patch }: PlanContext): Way {
  const placement = "elsewhere";
  const { provider } = policy.bridges;
  if (!topology.bridges.has(provider)) return { down: noBridge(provider), placement };
  if (uplinks.length === 0) {
    const reason = `bridge ${provider} has no physical port that works`;
    return { down: { code: "no-uplink", reason }, placement };
  }
  if (patch.state === "ready") {
    const { integrationPatch, providerPatch } = patch;
    return { route: { placement, integrationPatch, providerPatch, uplinks } };
  }
  const reason = patch.state === "incomplete" ? "our patch pair isn't there" : patch.reason;
  return { down: { code: "patch-pair", reason }, placement };
}

/** The whole plan of a node. */
export function planLanes(context: PlanContext): Intent {
  const { policy } = context;
  const lanes = [...policy.probes.values()].map((probe) => planLane(context, probe));
  return {
    lanes,
    shared: sharedFlows(context, lanes),
    database: databaseChanges(context.topology, policy.bridges, lanes),
    outside: [...policy.collectors.values()].flatMap((collector) => outsideNeed(context, collector)),
    warnings: [...warningsOf(context)],
  };
}

function sharedFlows({ settings }: PlanContext, lanes: readonly PlannedLane[]): readonly LaneFlow[] {
  const route = lanes
    .map(({ lane }) => lane?.route)
    .find((found): found is ElsewhereRoute => found?.placement === "elsewhere");
  return route === undefined ? [] : fixedFlows(route, settings);
}

function outsideNeed({ policy, addresses }: PlanContext, collector: Collector): readonly OutsideNeed[] {
  const probes = [...policy.probes.values()].filter((probe) => probe.collector === collector.name);
  if (probes.length === 0) return [];
  const ranges = new Set<string>();
  const pool = policy.pool?.cidr;
  for (const probe of probes) {
    if (probe.nat === "none") ranges.add(`${addresses.byProbe.get(probe.name) ?? probe.ip}/32`);
    else if (pool !== undefined && !cidrHolds(pool, ipv4Number(collector.ip))) ranges.add(pool.text);
  }
  const name = `collector ${collector.name} (${collector.ip})`;
  if (ranges.size === 0) {
    const text = `${name} needs nothing: the pool ${pool?.text ?? ""} holds its own address`;
    return [{ collector: collector.name, kind: "none", ranges: [], text }];
  }
  const list = [...ranges].join(", ");
  const text = `${name} needs ${list} on-link: a route over its own NIC without gateway, unless its own subnet holds it`;
  return [{ collector: collector.name, kind: "route", ranges: [...ranges], text }];
}

function* warningsOf({ policy, topology, addresses }: PlanContext): Iterable<string> {
  yield* addresses.moved;
  for (const found of uplinksOf(policy, topology)) {
    if (realOfport(found) === undefined)
      yield `${found.name} of ${policy.bridges.provider} has no port number: nothing comes in by it`;
  }
  for (const { name, mac, segment } of policy.collectors.values()) {
    for (const port of topology.portsByMac.get(mac) ?? []) {
      if (port.bridge === policy.bridges.integration && !onSegment(port, segment)) {
        yield `port ${port.name} carries the MAC address of collector ${name} on another network, and is not taken for it`;
      }
    }
  }
  if (topology.ovnRemote !== undefined) {
    yield `ovn-controller runs here (external_ids:ovn-remote is ${topology.ovnRemote}): it wipes ${policy.bridges.integration} whenever it connects`;
  }
}
