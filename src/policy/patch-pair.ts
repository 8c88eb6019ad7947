// Our own pair of patch ports between the two bridges: what it is called, how it must look, and in which state the
// database shows it. Made for lanes whose collector is elsewhere; everything that comes through it is dropped unless a
// lane takes it.
import type { Policy } from "./document/policy.ts";
import type { LaneBridge } from "./lane/lane.ts";
import {
  onlyInterface,
  realOfport,
  type Topology,
  type TopologyInterface,
  type TopologyPort,
} from "./topology.ts";

/** The names of the two ports. */
export const patchNames: Readonly<Record<LaneBridge, string>> = {
  integration: "int-probe",
  provider: "ex-probe",
};

/** The key in Port.external_ids that marks the ports as ours, and its value. */
export const patchMark = { key: "ovskit-patch", value: "lanes" } as const;

/**
 * The VLAN that NORMAL may use the port on the integration bridge for: one no frame may have. So what NORMAL floods
 * never crosses the pair, not even in the moment before our flows are there; an explicit output isn't bound by it.
 */
export const patchTrunk = 4095;

/**
 * Numbers that stand for the pair's ports in the plan of a node that has no pair yet. Switches refuse them in a flow,
 * so that a plan which was never carried out can't be installed by mistake.
 */
export const assumedPatch = { integrationPatch: 0xffffff01, providerPatch: 0xffffff02 } as const;

/** The pair as the database shows it. */
export type PatchPair =
  | { readonly state: "ready"; readonly integrationPatch: number; readonly providerPatch: number }
  /** To be made, or made anew: one or both ports are missing or were changed by somebody. */
  | { readonly state: "incomplete"; readonly sides: readonly LaneBridge[] }
  /** Made, and not handled by the switch yet. */
  | { readonly state: "pending"; readonly reason: string }
  /** It can't be had. */
  | { readonly state: "refused"; readonly reason: string };

type Side =
  | { readonly kind: "good"; readonly ofport: number | undefined; readonly problem: string | undefined }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly reason: string };

const sides = ["integration", "provider"] as const;

/** The ports of the pair that are there and ours, whole or not. */
export function ownPatchPorts(topology: Topology): readonly TopologyPort[] {
  return sides
    .flatMap((side) => topology.portsByName.get(patchNames[side]) ?? [])
    .filter((port) => port.externalIds.get(patchMark.key) === patchMark.value);
}

/** In which state the pair is. */
export function patchPair(topology: Topology, bridges: Policy["bridges"]): PatchPair {
  const integration = sideState(topology, bridges, "integration");
  const provider = sideState(topology, bridges, "provider");
  for (const side of [integration, provider]) {
    if (side.kind === "refused") return { state: "refused", reason: side.reason };
  }
  if (integration.kind !== "good" || provider.kind !== "good") {
    const missing = sides.filter((name) => (name === "integration" ? integration : provider).kind !== "good");
    return { state: "incomplete", sides: missing };
  }
  const problem = integration.problem ?? provider.problem;
  if (problem !== undefined) return { state: "refused", reason: problem };
  if (integration.ofport === undefined || provider.ofport === undefined) {
    const name = patchNames[integration.ofport === undefined ? "integration" : "provider"];
    return { state: "pending", reason: `the switch hasn't given patch port ${name} a number yet` };
  }
  return { state: "ready", integrationPatch: integration.ofport, providerPatch: provider.ofport };
}

function sideState(topology: Topology, bridges: Policy["bridges"], side: LaneBridge): Side {
  const name = patchNames[side];
  if (!topology.bridges.has(bridges[side]))
    return { kind: "refused", reason: `there is no bridge ${bridges[side]}` };
  const [port] = topology.portsByName.get(name) ?? [];
  if (port === undefined) return { kind: "missing" };
  if (port.externalIds.get(patchMark.key) !== patchMark.value) {
    return { kind: "refused", reason: `port ${name} of bridge ${port.bridge} is not ours` };
  }
  const only = onlyInterface(port);
  if (only === undefined || port.bridge !== bridges[side] || !looksRight(port, only, side))
    return { kind: "missing" };
  const failed = only.ofport !== undefined && realOfport(only) === undefined;
  const problem = failed
    ? `the switch couldn't open patch port ${name}: ${only.error ?? "no reason given"}`
    : undefined;
  return { kind: "good", ofport: realOfport(only), problem };
}

function looksRight(port: TopologyPort, { name, type, peer }: TopologyInterface, side: LaneBridge): boolean {
  const other = patchNames[side === "integration" ? "provider" : "integration"];
  return name === patchNames[side] && type === "patch" && peer === other && vlansRight(port, side);
}

function vlansRight({ tag, vlanMode, trunks }: TopologyPort, side: LaneBridge): boolean {
  if (tag !== undefined) return false;
  if (side === "provider") return vlanMode === undefined && trunks.length === 0;
  return vlanMode === "trunk" && trunks.length === 1 && trunks[0] === patchTrunk;
}
