// Flows of others that get in a lane's way: those that stand above a hook and take some of its packets, and those that
// stand exactly where a flow of ours has to be.

import { matchesOverlap } from "../openflow/verdict/overlap.ts";
import type { FlowChange } from "./flow-difference.ts";
import { type FlowFacts, flowKey } from "./flow-identity.ts";
import { cookieOwner } from "./lane/cookie.ts";
import type { LaneBridge, LaneFlow } from "./lane/lane.ts";

/** A flow of somebody else that affects lanes. */
export interface ForeignFlow {
  readonly bridge: LaneBridge;
  readonly flow: FlowFacts;
  /** `above`: it takes packets of the lanes' hooks before them. `replaced`: a flow of ours takes its place. */
  readonly effect: "above" | "replaced";
  /** The lanes it affects; empty when it affects what all lanes share. */
  readonly lanes: readonly string[];
}

/** Flows of others in table 0 that have at least a hook's priority and take some of its packets. */
export function flowsAbove(
  bridge: LaneBridge,
  desired: readonly LaneFlow[],
  actual: Iterable<FlowFacts>,
): readonly ForeignFlow[] {
  const hooks = desired.filter(({ flow }) => flow.tableId === 0);
  const lowest = Math.min(...hooks.map(({ flow }) => flow.priority));
  const ours = new Set(hooks.map(({ flow }) => flowKey(flow)));
  const found: ForeignFlow[] = [];
  for (const flow of actual) {
    if (flow.tableId !== 0 || flow.priority < lowest || cookieOwner(flow.cookie) !== undefined) continue;
    if (ours.has(flowKey(flow))) continue;
    const affected = hooks.filter((hook) => flow.priority >= hook.flow.priority && takesFrom(flow, hook));
    const lanes = new Set(affected.flatMap(({ lane }) => lane ?? []));
    if (affected.length > 0) found.push({ bridge, flow, effect: "above", lanes: [...lanes] });
  }
  return found;
}

function takesFrom({ match }: FlowFacts, { bridge, flow }: LaneFlow): boolean {
  const tagged = flow.match.some(({ field }) => field === "vlanVid");
  // Lanes carry untagged packets on the integration bridge: its access ports send no others.
  const untagged = bridge === "integration" && !tagged ? [{ field: "vlanVid", value: "none" } as const] : [];
  return matchesOverlap([...flow.match, ...untagged], match);
}

/** The flows of others that changes would replace. */
export function flowsReplaced(bridge: LaneBridge, changes: readonly FlowChange[]): readonly ForeignFlow[] {
  return changes.flatMap((change): readonly ForeignFlow[] => {
    if (change.kind !== "add" || change.replaces === undefined) return [];
    const { lane } = change.wanted;
    return [{ bridge, flow: change.replaces, effect: "replaced", lanes: lane === undefined ? [] : [lane] }];
  });
}
