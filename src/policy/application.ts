// Carrying a plan out: the database first, then one bundle per bridge, then what the database no longer needs. Each
// step can be taken back, and is when a later one fails, so that nothing stays half done.
import { OperationError, TransactionError } from "../ovsdb/index.ts";
import { chooseAddresses, memoryOf } from "./address-pool.ts";
import { type BridgeChange, BridgeFlows } from "./bridge-flows.ts";
import type { DatabaseChange } from "./database-change.ts";
import { changeOperations, guardFailed } from "./database-operations.ts";
import type { Policy } from "./document/policy.ts";
import type { FlowChange } from "./flow-difference.ts";
import type { FlowSettings, LaneBridge, LaneFlow } from "./lane/lane.ts";
import type { NodeAccess } from "./node-access.ts";
import { patchPair } from "./patch-pair.ts";
import { type Intent, type PlanOptions, planContext, planLanes } from "./plan.ts";
import type { Topology } from "./topology.ts";

/** The changes of one bridge. */
export interface BridgeChanges {
  readonly side: LaneBridge;
  /** The bridge's name. */
  readonly bridge: string;
  readonly changes: readonly FlowChange[];
}

/** What was done. */
export interface AppliedChanges {
  /** What the policy meant at the end. */
  readonly intent: Intent;
  readonly bridges: readonly BridgeChanges[];
  readonly database: readonly DatabaseChange[];
}

/** The work on one bridge. */
export interface BridgeStep {
  readonly flows: BridgeFlows;
  readonly desired: readonly LaneFlow[];
  readonly change: BridgeChange;
}

/** How far an application has come. */
export interface Progress {
  readonly done: readonly BridgeStep[];
  /** The bridge whose bundle was under way. */
  readonly busy: BridgeStep | undefined;
  readonly written: readonly DatabaseChange[];
  /** Whether all flows are as wanted, and only what the database no longer needs was still to go. */
  readonly cleaning: boolean;
  /** Whether a transaction was sent whose outcome isn't known. */
  readonly unsettled: boolean;
}

// The node may change while we work; what it then asks for is done at once, but not for ever.
const maxRounds = 5;
const retryMs = 1000;

/** What a policy means on a node as its database describes it. */
export function intentOf(policy: Policy, topology: Topology, options: PlanOptions): Intent {
  const addresses = chooseAddresses(policy, memoryOf(topology, policy.bridges.integration));
  return planLanes(planContext(policy, topology, addresses, options));
}

/** The flows of a plan that belong on one bridge. */
export function flowsOn(side: LaneBridge, { shared, lanes }: Intent): readonly LaneFlow[] {
  return [...shared, ...lanes.flatMap(({ flows }) => flows)].filter(({ bridge }) => bridge === side);
}

/** One run of a policy on a node. */
export class Application {
  readonly #node: NodeAccess;
  readonly #policy: Policy;
  readonly #settings: FlowSettings;
  readonly #signal: AbortSignal | undefined;
  readonly #written: DatabaseChange[] = [];
  readonly #cleaned: DatabaseChange[] = [];
  readonly #done: BridgeStep[] = [];
  #busy: BridgeStep | undefined;
  #unsettled = false;
  #cleaning = false;

  constructor(node: NodeAccess, policy: Policy, settings: FlowSettings, signal: AbortSignal | undefined) {
    this.#node = node;
    this.#policy = policy;
    this.#settings = settings;
    this.#signal = signal;
  }

  /** Applies the policy. After an error `takeBack` undoes what `progress` says was done. */
  async run(): Promise<AppliedChanges> {
    await this.#node.synced();
    const intent = await this.#settle();
    this.#cleaning = true;
    await this.#transact(intent.database.after, this.#cleaned);
    const bridges = this.#done.map(({ flows, change }): BridgeChanges => {
      return { side: flows.side, bridge: flows.bridge, changes: change.changes };
    });
    return { intent, bridges, database: [...this.#written, ...this.#cleaned] };
  }

  /** Database and flows, again when the node changed meanwhile. */
  async #settle(): Promise<Intent> {
    for (let round = 1; ; round += 1) {
      // oxlint-disable no-await-in-loop -- each step starts from what the one before left
      await this.#prepare();
      const { topology } = this.#node;
      const intent = this.#intent(topology);
      await this.#install(intent, topology);
      // oxlint-enable no-await-in-loop
      if (this.#node.topology === topology || round === maxRounds) return intent;
    }
  }

  #intent(topology: Topology): Intent {
    return intentOf(this.#policy, topology, this.#settings);
  }

  async #prepare(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { topology } = this.#node;
      const { before } = this.#intent(topology).database;
      if (before.length === 0) break;
      try {
        // oxlint-disable-next-line no-await-in-loop -- each attempt plans anew
        await this.#transact(before, this.#written);
      } catch (error) {
        const gone = error instanceof TransactionError && error.error === guardFailed;
        if (!gone || attempt === maxRounds) throw error;
        // A row went between plan and transaction: the replica is about to show it.
        // oxlint-disable-next-line no-await-in-loop -- see above
        await this.#node.until((now) => now !== topology, retryMs);
      }
    }
    const { bridges } = this.#policy;
    await this.#node.until((topology) => patchPair(topology, bridges).state !== "pending");
  }

  async #transact(changes: readonly DatabaseChange[], record: DatabaseChange[]): Promise<void> {
    if (changes.length === 0) return;
    this.#signal?.throwIfAborted();
    try {
      await this.#node.transact(changes.flatMap(changeOperations));
    } catch (error) {
      if (error instanceof TransactionError || error instanceof OperationError) throw error;
      // It may have been committed, or yet be: what it would have written is taken back all the same.
      this.#unsettled = true;
      record.push(...changes);
      throw error;
    }
    record.push(...changes);
  }

  async #install(intent: Intent, topology: Topology): Promise<void> {
    const { bridges } = this.#policy;
    const sides = (["provider", "integration"] as const).filter((side) =>
      topology.bridges.has(bridges[side]),
    );
    const steps = await Promise.all(
      sides.map(async (side): Promise<BridgeStep> => {
        const flows = new BridgeFlows(this.#node, side, bridges[side]);
        const desired = flowsOn(side, intent);
        return { flows, desired, change: await flows.difference(desired) };
      }),
    );
    for (const step of inOrder(steps)) {
      if (step.change.changes.length === 0) continue;
      this.#signal?.throwIfAborted();
      this.#busy = step;
      // oxlint-disable-next-line no-await-in-loop -- one bridge must be whole before the next begins
      await step.flows.change(step.desired, step.change);
      this.#done.push(step);
      this.#busy = undefined;
    }
  }

  /** How far it came, for taking it back. */
  get progress(): Progress {
    return {
      done: this.#done,
      busy: this.#busy,
      written: this.#written,
      cleaning: this.#cleaning,
      unsettled: this.#unsettled,
    };
  }
}

/** The provider bridge first, so that the hooks come last; last when all its flows only go, so that the hooks go first. */
function inOrder(steps: readonly BridgeStep[]): readonly BridgeStep[] {
  const [provider] = steps;
  const onlyGoes = provider?.change.changes.every(({ kind }) => kind === "delete") === true;
  return onlyGoes ? steps.toReversed() : steps;
}
