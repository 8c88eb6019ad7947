// The difference between the flows a file asks for and those a switch has, and the changes that end it. Counters,
// ages and flags that a switch doesn't keep make no difference.
import { type FlowMod, FlowModFlag, type FlowStats, flowMod, formatInstructions } from "../openflow/index.ts";
import { type FlowFacts, flowKey, sameFlow, sameSettings } from "../policy/flow-identity.ts";

/** One flow that differs: added, deleted (no `wanted`), or changed (both). */
export interface FlowDifference {
  readonly present: FlowStats | undefined;
  readonly wanted: FlowMod | undefined;
}

/** What a switch gives back of a flow's flags; the others only say how to add it. */
const keptFlags = FlowModFlag.sendFlowRemoved | FlowModFlag.noPacketCounts | FlowModFlag.noByteCounts;

/** What has to change, in the order of table and falling priority. Of two wanted flows that are one to the switch, the later counts. */
export function compareFlows(
  present: readonly FlowStats[],
  wanted: readonly FlowMod[],
): readonly FlowDifference[] {
  const wantedByKey = new Map(wanted.map((flow) => [flowKey(flow), flow]));
  const differences: FlowDifference[] = [];
  for (const flow of present) {
    const key = flowKey(flow);
    const replacement = wantedByKey.get(key);
    wantedByKey.delete(key);
    if (replacement === undefined || !doesTheSame(kept(replacement), kept(flow))) {
      differences.push({ present: flow, wanted: replacement });
    }
  }
  for (const flow of wantedByKey.values()) differences.push({ present: undefined, wanted: flow });
  return differences.toSorted(byPlace);
}

/** What prints alike does alike: a switch gives tunnel options other headers and sizes than they were written with. */
function doesTheSame(one: FlowFacts, other: FlowFacts): boolean {
  if (sameFlow(one, other)) return true;
  const isSameBut = sameFlow({ ...one, instructions: [] }, { ...other, instructions: [] });
  return isSameBut && formatInstructions(one.instructions) === formatInstructions(other.instructions);
}

function kept<T extends FlowFacts>(flow: T): T {
  return { ...flow, flags: flow.flags & keptFlags };
}

function byPlace(one: FlowDifference, other: FlowDifference): number {
  const [a, b] = [one.wanted ?? one.present, other.wanted ?? other.present];
  if (a === undefined || b === undefined) return 0;
  return a.tableId - b.tableId || b.priority - a.priority;
}

/** The changes for one bundle: first what goes, then what comes. A flow whose actions alone differ keeps its counters. */
export function changesFor(differences: readonly FlowDifference[]): readonly FlowMod[] {
  const going = differences.flatMap(({ present, wanted }) => {
    if (present === undefined || wanted !== undefined) return [];
    const { tableId, priority, match } = present;
    return [flowMod({ command: "deleteStrict", tableId, priority, match })];
  });
  const coming = differences.flatMap(({ present, wanted }): readonly FlowMod[] => {
    if (wanted === undefined) return [];
    const modifies =
      present !== undefined && present.cookie === wanted.cookie && sameSettings(kept(wanted), kept(present));
    return [modifies ? { ...wanted, command: "modifyStrict", cookie: 0n, cookieMask: 0n } : wanted];
  });
  return [...going, ...coming];
}
