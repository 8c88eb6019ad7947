// What the planner has to say about one lane, up or down: what flows, status and explanation of a lane are made of.
import type { Lane, LaneFlow, Route } from "./lane/lane.ts";
import type { LaneDown } from "./lane/state.ts";
import type { TopologyPort } from "./topology.ts";

/** What is planned for one lane. */
export interface PlannedLane {
  readonly name: string;
  /** Bits 0 to 31 of its cookies. */
  readonly id: number;
  readonly collector: string;
  readonly nat: "proxy" | "none";
  /** The probe's port on this node, as far as it was found. */
  readonly port: TopologyPort | undefined;
  /** Where the collector is; undefined when the lane is down before that is known. */
  readonly placement: Route["placement"] | undefined;
  /** What the provider network knows the probe by; undefined when the pool had none left. */
  readonly proxy: { readonly ip: string; readonly mac: string } | undefined;
  /** Why it is down; undefined when it can be up. */
  readonly down: LaneDown | undefined;
  /** The lane in numbers, when it can be up. */
  readonly lane: Lane | undefined;
  /** Its flows; none when it is down. */
  readonly flows: readonly LaneFlow[];
}
