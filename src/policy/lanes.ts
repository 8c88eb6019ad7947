// The lanes of one node as programs use them: plan, apply, status, explain, remove, on connections that are opened once.
// Everything that decides is in pure functions beside this file; here is only the order of reading and writing.
import { OvskitError } from "../errors.ts";
import type { FlowStats } from "../openflow/protocol/flow-stats.ts";
import { type DatapathFlow, dumpDatapathFlows, trace } from "../unixctl/index.ts";
import { Application, type AppliedChanges, type BridgeChanges, flowsOn, intentOf } from "./application.ts";
import { BridgeFlows } from "./bridge-flows.ts";
import type { DatabaseChange } from "./database-change.ts";
import type { Policy } from "./document/policy.ts";
import { OvnControllerError, UnknownProbeError } from "./errors.ts";
import {
  type Explanation,
  explanationOf,
  type LanePlaces,
  tracedPacket,
  traceRequests,
} from "./explanation.ts";
import { flowDifference } from "./flow-difference.ts";
import { type ForeignFlow, flowsAbove, flowsReplaced } from "./foreign-flows.ts";
import { guardDistance, type Lane, type LaneBridge } from "./lane/lane.ts";
import { Node, type NodeOptions } from "./node.ts";
import type { NodeAccess } from "./node-access.ts";
import { assumedPatch, patchNames } from "./patch-pair.ts";
import type { OutsideNeed } from "./plan.ts";
import type { PlannedLane } from "./planned-lane.ts";
import { type LaneStatus, laneStatuses } from "./status.ts";
import { takeBack } from "./taking-back.ts";
import { onlyInterface, type Topology } from "./topology.ts";

/** How lanes are opened. */
export interface LanesOptions extends NodeOptions {
  readonly policy: Policy;
  /** The priority of the lanes' flows in table 0, 11 to 65535; default 200. What guards them stands 10 below. */
  readonly priority?: number | undefined;
  /** Whether to apply where ovn-controller owns the integration bridge and will wipe the flows; default false. */
  readonly allowOvn?: boolean | undefined;
}

/** What applying a policy would change, and what it comes to. */
export interface LanePlan {
  readonly lanes: readonly PlannedLane[];
  readonly bridges: readonly (BridgeChanges & {
    /** The names of the bridge's ports by number, for printing; those of a patch pair to be made are numbers no port has. */
    readonly portNames: ReadonlyMap<number, string>;
  })[];
  readonly database: readonly DatabaseChange[];
  readonly outside: readonly OutsideNeed[];
  readonly foreign: readonly ForeignFlow[];
  readonly warnings: readonly string[];
}

/** What applying a policy changed, and what it came to. */
export interface ApplyResult {
  readonly lanes: readonly PlannedLane[];
  readonly bridges: readonly BridgeChanges[];
  readonly database: readonly DatabaseChange[];
  readonly outside: readonly OutsideNeed[];
  readonly warnings: readonly string[];
}

const defaultPriority = 200;

/**
 * Connects to a node and takes a snapshot of it; changes nothing. Open vSwitch itself may be down: that shows when
 * flows are read. Rejects as `connectOvsdb` does.
 * @throws RangeError for a priority out of range
 */
export async function openLanes(options: LanesOptions): Promise<Lanes> {
  const { priority = defaultPriority } = options;
  if (!Number.isInteger(priority) || priority <= guardDistance || priority > 65_535) {
    throw new RangeError(`priority ${priority} isn't a whole number from ${guardDistance + 1} to 65535`);
  }
  return new Lanes(await Node.open(options), options);
}

/** The lanes of a policy on one node. Made by {@link openLanes}. */
export class Lanes implements AsyncDisposable {
  readonly policy: Policy;
  readonly #node: NodeAccess;
  readonly #settings: { readonly priority: number };
  readonly #allowOvn: boolean;
  readonly #signal: AbortSignal | undefined;
  /** Changes wait for each other. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @internal Use {@link openLanes}. */
  constructor(
    node: NodeAccess,
    { policy, priority = defaultPriority, allowOvn = false, signal }: LanesOptions,
  ) {
    this.policy = policy;
    this.#node = node;
    this.#settings = { priority };
    this.#allowOvn = allowOvn;
    this.#signal = signal;
  }

  /** What `apply` would do now. Changes nothing. */
  async plan(): Promise<LanePlan> {
    await this.#node.synced();
    const { topology } = this.#node;
    const intent = intentOf(this.policy, topology, { ...this.#settings, assumePatch: true });
    const foreign: ForeignFlow[] = [];
    const bridges = await Promise.all(
      this.#sides(topology).map(async (flows) => {
        const { side, bridge } = flows;
        const desired = flowsOn(side, intent);
        const actual = await flows.all();
        const changes = flowDifference(desired, actual);
        foreign.push(...flowsReplaced(side, changes), ...flowsAbove(side, desired, actual));
        return { side, bridge, changes, portNames: portNames(topology, side, bridge) };
      }),
    );
    const { lanes, database, outside, warnings } = intent;
    return { lanes, bridges, database: [...database.before, ...database.after], outside, foreign, warnings };
  }

  /**
   * Brings switch and database in line with the policy and sends only what differs: nothing the second time. A lane that
   * can't be up is down with its reason in the result, and the others come up.
   * @throws LaneApplyError when switch or database refuse; what was done is taken back. OvnControllerError before anything.
   */
  async apply(): Promise<ApplyResult> {
    await this.#node.synced();
    const { ovnRemote } = this.#node.topology;
    if (ovnRemote !== undefined && !this.#allowOvn) {
      throw new OvnControllerError(this.policy.bridges.integration, ovnRemote);
    }
    return this.#carryOut(this.policy);
  }

  /**
   * Takes every lane out, whichever policy put it in: our flows, the patch pair, and what ports remember. Leaves switch
   * and database as they were before.
   * @throws LaneApplyError as `apply` does
   */
  async remove(): Promise<ApplyResult> {
    return this.#carryOut({ ...this.policy, probes: new Map() });
  }

  #carryOut(policy: Policy): Promise<ApplyResult> {
    const run = async (): Promise<ApplyResult> => {
      const { intent, bridges, database } = await this.#run(policy);
      const { lanes, outside, warnings } = intent;
      return { lanes, bridges, database, outside, warnings };
    };
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #run(policy: Policy): Promise<AppliedChanges> {
    const application = new Application(this.#node, policy, this.#settings, this.#signal);
    try {
      return await application.run();
    } catch (error) {
      const failure = await takeBack(this.#node, policy, application.progress, error);
      if (this.#signal?.aborted === true) throw this.#signal.reason;
      throw failure;
    }
  }

  /** What has become of each lane, in the order of the policy. */
  async status(): Promise<readonly LaneStatus[]> {
    await this.#node.synced();
    const { topology } = this.#node;
    const { lanes, shared } = intentOf(this.policy, topology, this.#settings);
    const flows: Record<LaneBridge, readonly FlowStats[]> = { integration: [], provider: [] };
    const reading = this.#sides(topology).map(async (bridge) => {
      flows[bridge.side] = await bridge.own();
    });
    const [datapath] = await Promise.all([this.#datapathFlows(), ...reading]);
    const segmentOf = (name: string): "flat" | number => this.policy.collectors.get(name)?.segment ?? "flat";
    return laneStatuses(lanes, shared, segmentOf, { flows, datapath, maxIdleMs: topology.maxIdleMs });
  }

  /** Without the control socket a status lacks the times and nothing else. */
  async #datapathFlows(): Promise<readonly DatapathFlow[] | undefined> {
    try {
      return await dumpDatapathFlows(await this.#node.unixctl());
    } catch (error) {
      if (error instanceof OvskitError) return undefined;
      throw error;
    }
  }

  /** Why a probe's lane carries or doesn't: ARP and IP traced both ways. @throws UnknownProbeError */
  async explain(probe: string): Promise<Explanation> {
    await this.#node.synced();
    const { topology } = this.#node;
    const { lanes } = intentOf(this.policy, topology, this.#settings);
    const planned = lanes.find(({ name }) => name === probe);
    if (planned === undefined) throw new UnknownProbeError(probe, [...this.policy.probes.keys()]);
    const { lane, down } = planned;
    if (lane === undefined) {
      const sentence = `${probe} is down: ${down?.reason ?? "its lane can't be planned"}`;
      return { lane: probe, down, packets: [], sentence };
    }
    const unixctl = await this.#node.unixctl();
    const places = this.#places(topology, planned, lane, lanes);
    const requests = traceRequests(lane, places);
    const packets = await Promise.all(
      requests.map(async (request) => {
        const traced = await trace(unixctl, request.bridge, request.flow, { names: true });
        return tracedPacket(lane, places, request, traced);
      }),
    );
    return explanationOf(lane, planned.collector, packets);
  }

  #places(
    topology: Topology,
    { port }: PlannedLane,
    { route }: Lane,
    lanes: readonly PlannedLane[],
  ): LanePlaces {
    const { integration, provider } = this.policy.bridges;
    const probe = (port === undefined ? undefined : onlyInterface(port)?.name) ?? "";
    const [bridge, numbers] =
      route.placement === "same-node" ? [integration, [route.collectorPort]] : [provider, route.uplinks];
    const names = interfaceNames(topology, bridge);
    const collector = numbers.flatMap((number) => names.get(number) ?? []);
    return {
      integration,
      provider,
      probe,
      collector,
      lanes: new Map(lanes.map(({ id, name }) => [id, name])),
    };
  }

  #sides(topology: Topology): readonly BridgeFlows[] {
    const { bridges } = this.policy;
    return (["integration", "provider"] as const)
      .filter((side) => topology.bridges.has(bridges[side]))
      .map((side) => new BridgeFlows(this.#node, side, bridges[side]));
  }

  /** Closes every connection; what is installed stays. */
  async close(): Promise<void> {
    await this.#turn;
    await this.#node.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function interfaceNames(topology: Topology, bridge: string): ReadonlyMap<number, string> {
  const ports = topology.bridges.get(bridge)?.ports ?? [];
  const interfaces = ports.flatMap((port) => port.interfaces);
  return new Map(
    interfaces.flatMap(({ ofport, name }) => (ofport === undefined ? [] : [[ofport, name] as const])),
  );
}

function portNames(topology: Topology, side: LaneBridge, bridge: string): ReadonlyMap<number, string> {
  const assumed = side === "integration" ? assumedPatch.integrationPatch : assumedPatch.providerPatch;
  return new Map([...interfaceNames(topology, bridge), [assumed, patchNames[side]]]);
}
