// What lanes ask of a node, apart from how it is reached: so that the order of reading, writing and taking back can be
// tried against a node in memory that fails at any step.
import type { Switch } from "../openflow/index.ts";
import type { Operation } from "../ovsdb/index.ts";
import type { Unixctl } from "../unixctl/index.ts";
import type { Topology } from "./topology.ts";

/** What of a switch lanes need. */
export type LaneSwitch = Pick<Switch, "flows" | "apply">;

/** A node as lanes see it. */
export interface NodeAccess {
  /** The node as its database was last told; the same object while nothing of it changes. */
  readonly topology: Topology;
  /** Waits until the topology is as `ready` wants it; false when the time passed first. */
  until(ready: (topology: Topology) => boolean, timeoutMs?: number): Promise<boolean>;
  /** Waits until the topology is what the database holds now; throws `ConnectionClosedError` when it doesn't get there. */
  synced(): Promise<void>;
  /** Runs one transaction; when it resolves the topology shows it. */
  transact(operations: readonly Operation[]): Promise<void>;
  /** The connection to a bridge, made anew if it was lost. */
  switchOf(bridge: string): Promise<LaneSwitch>;
  /** The connection to ovs-vswitchd's control socket, made anew if it was lost. */
  unixctl(): Promise<Unixctl>;
  /** Closes every connection that was opened for lanes. */
  close(): Promise<void>;
}
