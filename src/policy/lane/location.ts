// Where the two ends of a lane are: the probe's port on this node, and the collector's if it is here too. What isn't
// ready for flows is refused with the reason.
import { readMac } from "../address.ts";
import type { Collector, PortSelector, Probe } from "../document/policy.ts";
import { onlyInterface, realOfport, type Topology, type TopologyPort } from "../topology.ts";
import type { LaneDown } from "./state.ts";

/** A VM's port that flows may name. */
export interface VmPort {
  readonly port: TopologyPort;
  readonly ofport: number;
  /** The VM's own MAC address. */
  readonly mac: string;
}

/** Where a probe's port is, or why it can't be used; `port` is there when one was found at all. */
export type ProbeLocation =
  | { readonly found: VmPort; readonly port: TopologyPort }
  | { readonly down: LaneDown; readonly port: TopologyPort | undefined };

/** Where a collector is. */
export type CollectorLocation = { readonly found: VmPort } | { readonly down: LaneDown } | "elsewhere";

const deadTag = 4095;

function selected(topology: Topology, { by, value }: PortSelector): readonly TopologyPort[] {
  const index = { "iface-id": topology.portsByIfaceId, mac: topology.portsByMac, name: topology.portsByName }[
    by
  ];
  return index.get(value) ?? [];
}

function ofportProblem(port: TopologyPort): string {
  const [{ ofport, error } = { ofport: undefined, error: undefined }] = port.interfaces;
  if (ofport === undefined) return `the switch hasn't given port ${port.name} a number yet`;
  const why = error === undefined ? "" : `: ${error}`;
  return `the switch couldn't open port ${port.name} (ofport ${ofport})${why}`;
}

/** A VM's port made ready for flows, or why it isn't. */
function vmPort(port: TopologyPort): { readonly found: VmPort } | { readonly down: LaneDown } {
  const only = onlyInterface(port);
  if (only === undefined) {
    const count = port.interfaces.length;
    return {
      down: { code: "port-interfaces", reason: `port ${port.name} has ${count} interfaces instead of one` },
    };
  }
  // Without Neutron nobody writes a status; then the port is where it is.
  if (only.ifaceStatus !== undefined && only.ifaceStatus !== "active") {
    return {
      down: { code: "port-inactive", reason: `port ${port.name} is ${only.ifaceStatus} on this node` },
    };
  }
  if (port.tag === deadTag) {
    return { down: { code: "port-dead", reason: `port ${port.name} has tag 4095: Neutron hasn't wired it` } };
  }
  const ofport = realOfport(only);
  if (ofport === undefined) return { down: { code: "port-ofport", reason: ofportProblem(port) } };
  const mac = readMac(only.attachedMac ?? "");
  if ("problem" in mac) {
    const why =
      only.attachedMac === undefined ? "no attached-mac" : `an attached-mac that is none (${mac.problem})`;
    return { down: { code: "port-mac", reason: `port ${port.name} has ${why}` } };
  }
  return { found: { port, ofport, mac: mac.value } };
}

/** Finds a probe's port on the integration bridge. */
export function locateProbe(topology: Topology, { port: selector }: Probe, bridge: string): ProbeLocation {
  const all = selected(topology, selector);
  const here = all.filter((port) => port.bridge === bridge);
  const [first] = here;
  if (first === undefined) return { down: missingPort(selector, all, bridge), port: undefined };
  const states = here.map(vmPort);
  const ready = states.filter((state) => "found" in state).map(({ found }) => found);
  const [only, second] = ready;
  if (only !== undefined && second !== undefined) {
    const names = ready.map(({ port }) => port.name).join(" and ");
    const reason = `ports ${names} both have ${selector.by} ${selector.value}`;
    return { down: { code: "port-ambiguous", reason }, port: undefined };
  }
  if (only !== undefined) return { found: only, port: only.port };
  const [down = missingPort(selector, [], bridge)] = states
    .filter((state) => "down" in state)
    .map((state) => state.down);
  return { down, port: first };
}

function missingPort(selector: PortSelector, elsewhere: readonly TopologyPort[], bridge: string): LaneDown {
  const [other] = elsewhere;
  if (other === undefined) {
    return { code: "port-missing", reason: `no port of this node has ${selector.by} ${selector.value}` };
  }
  return { code: "port-bridge", reason: `port ${other.name} is on bridge ${other.bridge}, not on ${bridge}` };
}

/**
 * Finds a collector: by its MAC address among the ports of the integration bridge that are active and, where Neutron
 * says so, on the collector's own network. A tenant may give a port of its own network any MAC address.
 */
export function locateCollector(topology: Topology, collector: Collector, bridge: string): CollectorLocation {
  const candidates = (topology.portsByMac.get(collector.mac) ?? [])
    .filter((port) => port.bridge === bridge && onSegment(port, collector.segment))
    .map(vmPort)
    .filter((state) => !("down" in state && state.down.code === "port-inactive"));
  const [first, second] = candidates;
  if (first === undefined) return "elsewhere";
  if (second === undefined && "found" in first) return first;
  if ("down" in first && second === undefined) {
    return {
      down: { code: "collector-not-ready", reason: `collector ${collector.name}: ${first.down.reason}` },
    };
  }
  const reason = `${candidates.length} ports carry the MAC address ${collector.mac} of collector ${collector.name}`;
  return { down: { code: "collector-ambiguous", reason } };
}

/** Whether a port can be on a segment, by what Neutron wrote about its network; true where nothing is written. */
export function onSegment({ otherConfig }: TopologyPort, segment: "flat" | number): boolean {
  const type = written(otherConfig, "network_type");
  const id = written(otherConfig, "segmentation_id");
  const physical = otherConfig.get("physical_network");
  if (physical === "None" || physical === "") return false;
  if (segment === "flat") return id === undefined && (type === undefined || type === "flat");
  return (
    (type === undefined || type === "vlan") &&
    (id === undefined ? type === undefined : id === String(segment))
  );
}

function written(config: ReadonlyMap<string, string>, key: string): string | undefined {
  const value = config.get(key);
  // Neutron writes Python's None as text.
  return value === "None" || value === "" ? undefined : value;
}
