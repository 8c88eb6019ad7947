// From lanes to flows: the one entry to both schemes. A lane's own flows depend on that lane alone, so that a change
// of one lane costs one lane.
import { elsewhereFlows } from "./elsewhere.ts";
import type { FlowSettings, Lane, LaneFlow } from "./lane.ts";
import { sameNodeFlows } from "./same-node.ts";

/** The flows of one lane, in the order in which they are safe to come into force on each bridge. */
export function laneFlows(lane: Lane, settings: FlowSettings): readonly LaneFlow[] {
  const { route } = lane;
  if (route.placement === "same-node") return sameNodeFlows(lane, route.collectorPort, settings);
  return elsewhereFlows(lane, route, settings);
}
