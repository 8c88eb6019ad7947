// The difference between the flows a bridge should have and those it has, as the changes of one bundle. Pure. Flows of
// others are never touched, except one that stands exactly where a flow of ours must: that is said.
import { type FlowMod, flowMod } from "../openflow/protocol/flow-mod.ts";
import { type FlowFacts, flowKey, sameFlow, sameSettings } from "./flow-identity.ts";
import { cookieOwner } from "./lane/cookie.ts";
import type { LaneFlow } from "./lane/lane.ts";

const wholeCookie = 0xffff_ffff_ffff_ffffn;

/** One change of a bridge's flows. */
export type FlowChange =
  /** `replaces` is somebody else's flow with the same table, priority and match. */
  | {
      readonly kind: "add";
      readonly wanted: LaneFlow;
      readonly replaces: FlowFacts | undefined;
      readonly mod: FlowMod;
    }
  | { readonly kind: "modify"; readonly wanted: LaneFlow; readonly before: FlowFacts; readonly mod: FlowMod }
  | { readonly kind: "delete"; readonly before: FlowFacts; readonly mod: FlowMod };

/**
 * What has to change on one bridge, in the order of the bundle: first what goes, hooks before bodies; then what comes,
 * bodies before hooks. `actual` holds at least the flows with our cookies; others in it are known not to be ours.
 */
export function flowDifference(
  desired: readonly LaneFlow[],
  actual: Iterable<FlowFacts>,
): readonly FlowChange[] {
  const present = new Map<string, FlowFacts>();
  for (const flow of actual) present.set(flowKey(flow), flow);
  const coming: FlowChange[] = [];
  for (const wanted of desired) {
    const key = flowKey(wanted.flow);
    const before = present.get(key);
    present.delete(key);
    const change = changeTo(wanted, before);
    if (change !== undefined) coming.push(change);
  }
  const going = [...present.values()]
    .filter(({ cookie }) => cookieOwner(cookie) !== undefined)
    .map((before): FlowChange => ({ kind: "delete", before, mod: deletion(before) }));
  return [
    ...going.toSorted((a, b) => byRise(b.mod, a.mod)),
    ...coming.toSorted((a, b) => byRise(a.mod, b.mod)),
  ];
}

function changeTo(wanted: LaneFlow, before: FlowFacts | undefined): FlowChange | undefined {
  const { flow } = wanted;
  if (before === undefined) return { kind: "add", wanted, replaces: undefined, mod: flow };
  if (sameFlow(flow, before)) return undefined;
  if (cookieOwner(before.cookie) === undefined) return { kind: "add", wanted, replaces: before, mod: flow };
  // A modify keeps the counters; cookie and timeouts only an add can change.
  const keeps = before.cookie === flow.cookie && sameSettings(before, flow);
  const mod = keeps ? { ...flow, command: "modifyStrict" as const, cookieMask: wholeCookie } : flow;
  return { kind: "modify", wanted, before, mod };
}

/** Private tables first, then table 0 from its lowest priority up: what packets are sent to is there before they are. */
function byRise(a: FlowFacts, b: FlowFacts): number {
  const first = Number(a.tableId === 0) - Number(b.tableId === 0);
  return first === 0 ? a.priority - b.priority : first;
}

/** Deletes exactly this flow, and only while it has this cookie. */
function deletion({ tableId, priority, cookie, match }: FlowFacts): FlowMod {
  return flowMod({ command: "deleteStrict", tableId, priority, cookie, cookieMask: wholeCookie, match });
}

/** A flow as it was, to be put back. */
export function restored(was: FlowFacts): FlowMod {
  const { tableId, priority, cookie, match, instructions, idleTimeout, hardTimeout, flags } = was;
  return flowMod({ tableId, priority, cookie, match, instructions, idleTimeout, hardTimeout, flags });
}
