// After a failure: what had been done is undone, in reverse, and the error says for every bridge and the database what
// is left. What can't be undone, because the connection is gone, is said to be unknown rather than hoped for.
import { BundleError } from "../openflow/index.ts";
import { formatFlow } from "../openflow/text/index.ts";
import { TransactionError } from "../ovsdb/index.ts";
import type { BridgeStep, Progress } from "./application.ts";
import { undoOperations } from "./database-operations.ts";
import type { Policy } from "./document/policy.ts";
import { type ApplyFailure, type BridgeOutcome, LaneApplyError, VerificationError } from "./errors.ts";
import type { NodeAccess } from "./node-access.ts";

type BridgeState = BridgeOutcome["state"];

/** Undoes what was done before `error` and makes the error that tells all of it. Never throws. */
export async function takeBack(
  node: NodeAccess,
  { bridges }: Policy,
  progress: Progress,
  error: unknown,
): Promise<LaneApplyError> {
  const states = await takeBackFlows(progress, error);
  const outcomes = [bridges.provider, bridges.integration].map((bridge): BridgeOutcome => {
    return { bridge, state: states.get(bridge) ?? "unchanged" };
  });
  const failure: ApplyFailure = {
    step: stepOf(error),
    bridge: progress.busy?.flows.bridge,
    flow: flowOf(error),
    reason: reasonOf(error),
    bridges: outcomes,
    database: await takeBackDatabase(node, progress),
  };
  return new LaneApplyError(failure, { cause: error });
}

async function takeBackFlows(
  { done, busy, cleaning, unsettled }: Progress,
  error: unknown,
): Promise<ReadonlyMap<string, BridgeState>> {
  // The patch pair may be gone: flows put back would name ports that aren't there, and what is left over does no harm.
  if (cleaning && unsettled) return new Map(done.map(({ flows }) => [flows.bridge, "changed"]));
  const states = new Map<string, BridgeState>();
  for (const step of toUndo(done, busy, error)) {
    const { bridge } = step.flows;
    // oxlint-disable-next-line no-await-in-loop -- in reverse, one after the other
    const undone = await succeeds(step.flows.takeBack(step.change));
    if (states.get(bridge) !== "unknown") states.set(bridge, undone ? "taken-back" : "unknown");
  }
  return states;
}

/** What was done, last first; of a bundle that was refused nothing is in the switch. */
function toUndo(
  done: readonly BridgeStep[],
  busy: BridgeStep | undefined,
  error: unknown,
): readonly BridgeStep[] {
  const partial = busy === undefined || error instanceof BundleError ? [] : [busy];
  return [...partial, ...done.toReversed()];
}

async function takeBackDatabase(
  node: NodeAccess,
  { written, cleaning, unsettled }: Progress,
): Promise<ApplyFailure["database"]> {
  if (cleaning && unsettled) return "unknown";
  const operations = undoOperations(written.toReversed(), node.topology);
  if (operations.length === 0) return unsettled ? "unknown" : "unchanged";
  const undone = await succeeds(node.transact(operations));
  return undone && !unsettled ? "taken-back" : "unknown";
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    return false;
  }
}

function stepOf(error: unknown): ApplyFailure["step"] {
  if (error instanceof BundleError) return "flows";
  if (error instanceof VerificationError) return "verify";
  return error instanceof TransactionError ? "database" : "connection";
}

function flowOf(error: unknown): string | undefined {
  const flow = error instanceof BundleError ? error.flow : undefined;
  return flow === undefined ? undefined : formatFlow(flow);
}

function reasonOf(error: unknown): string {
  if (error instanceof BundleError && error.errorName !== undefined) return error.errorName;
  return error instanceof Error ? error.message : String(error);
}
