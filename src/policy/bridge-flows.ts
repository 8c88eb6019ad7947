// Our flows on one bridge: read back by cookie, changed by one bundle, and read again to see that they are there. A
// connection that closes under way is no reason to give up: plugging a port can close every one while the flows stay.
import { ConnectionClosedError } from "../errors.ts";
import type { FlowStats } from "../openflow/protocol/flow-stats.ts";
import { Table } from "../openflow/protocol/ports.ts";
import { VerificationError } from "./errors.ts";
import { type FlowChange, flowDifference, restored } from "./flow-difference.ts";
import { type FlowFacts, flowKey } from "./flow-identity.ts";
import { laneCookies } from "./lane/cookie.ts";
import { type LaneBridge, type LaneFlow, LaneTable } from "./lane/lane.ts";
import type { NodeAccess } from "./node-access.ts";

// The database may close a connection once for each port that comes or goes; two of ours do.
const attempts = 4;
const bundleTimeoutMs = 60_000;

const tables: Readonly<Record<LaneBridge, readonly number[]>> = {
  integration: [0, LaneTable.fromProbe, LaneTable.fromCollector],
  provider: [0],
};

/** What a bridge had and what was changed, for taking it back. */
export interface BridgeChange {
  readonly changes: readonly FlowChange[];
  /** Our flows as they were before, and those of others that ours replaced. */
  readonly before: readonly FlowFacts[];
}

/** The flows of lanes on one bridge of a node. */
export class BridgeFlows {
  readonly side: LaneBridge;
  readonly bridge: string;
  readonly #node: NodeAccess;

  constructor(node: NodeAccess, side: LaneBridge, bridge: string) {
    this.side = side;
    this.bridge = bridge;
    this.#node = node;
  }

  /** The flows with a cookie of ours, whatever table they are in. */
  own(): Promise<FlowStats[]> {
    const { cookie, mask } = laneCookies;
    return this.#read({ tableId: Table.all, cookie, cookieMask: mask });
  }

  /** Our flows, and those of others in the tables that ours are in. */
  async all(): Promise<readonly FlowStats[]> {
    const parts = await Promise.all(tables[this.side].map((tableId) => this.#read({ tableId })));
    const flows = new Map([...(await this.own()), ...parts.flat()].map((flow) => [flowKey(flow), flow]));
    return [...flows.values()];
  }

  /** What has to change, and from what. Others' flows are read only when something has to come. */
  async difference(desired: readonly LaneFlow[]): Promise<BridgeChange> {
    const own = await this.own();
    const first = flowDifference(desired, own);
    if (first.every(({ kind }) => kind === "delete")) return { changes: first, before: own };
    const changes = flowDifference(desired, await this.all());
    const replaced = changes.flatMap((change) => (change.kind === "add" ? (change.replaces ?? []) : []));
    return { changes, before: [...own, ...replaced] };
  }

  /** Makes the changes as one bundle and reads back. @throws BundleError, VerificationError */
  async change(desired: readonly LaneFlow[], { changes }: BridgeChange): Promise<void> {
    let missing: readonly FlowChange[] = changes;
    let again = false;
    await this.#trying(async () => {
      // When the connection closed before we heard, the bundle may be in.
      if (again) missing = flowDifference(desired, await this.own());
      again = true;
      const found = await this.#node.switchOf(this.bridge);
      await found.apply(
        missing.map(({ mod }) => mod),
        { timeoutMs: bundleTimeoutMs },
      );
      missing = flowDifference(desired, await this.own());
    });
    if (missing.length > 0) throw new VerificationError(this.bridge, missing.length);
  }

  /** Puts everything back as it was before a change. */
  async takeBack({ before }: BridgeChange): Promise<void> {
    const desired = before.map((flow): LaneFlow => {
      return { bridge: this.side, lane: undefined, role: "guard", flow: restored(flow) };
    });
    const changes = flowDifference(desired, await this.all());
    const found = await this.#node.switchOf(this.bridge);
    await found.apply(
      changes.map(({ mod }) => mod),
      { timeoutMs: bundleTimeoutMs },
    );
  }

  async #read(filter: { tableId: number; cookie?: bigint; cookieMask?: bigint }): Promise<FlowStats[]> {
    return this.#trying(async () => (await this.#node.switchOf(this.bridge)).flows(filter));
  }

  async #trying<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- each attempt waits for the end of the one before
        return await work();
      } catch (error) {
        if (!(error instanceof ConnectionClosedError) || attempt === attempts) throw error;
      }
    }
  }
}
