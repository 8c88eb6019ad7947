// Expected flows are written as ovs-ofctl lines, behind the bridge they belong on; what the planner gives is printed the
// same way, so that a difference reads as one of flows.
import assert from "node:assert/strict";
import { formatFlow, parseFlow } from "../../src/openflow/text/index.ts";
import type { LaneFlow } from "../../src/policy/lane/lane.ts";

/** A planned flow as `integration FLOW` or `provider FLOW`. */
function flowLine({ bridge, flow }: Pick<LaneFlow, "bridge" | "flow">): string {
  return `${bridge} ${formatFlow(flow)}`;
}

/** Asserts that flows are these lines, whatever their order. */
export function assertFlows(flows: readonly LaneFlow[], lines: readonly string[]): void {
  const expected = lines.map((line) => {
    const [bridge = "", ...rest] = line.trim().split(/\s+/);
    return `${bridge} ${formatFlow(parseFlow(rest.join(" ")))}`;
  });
  assert.deepEqual(flows.map(flowLine).toSorted(), expected.toSorted());
}
