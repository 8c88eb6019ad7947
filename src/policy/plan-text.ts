// A plan as people read it: each bridge's changes in ovs-ofctl syntax, marked as in a diff, then the database's, and
// what else there is to know.
import { formatFlow } from "../openflow/text/index.ts";
import { proxyMemory } from "./address-pool.ts";
import type { DatabaseChange } from "./database-change.ts";
import type { FlowChange } from "./flow-difference.ts";
import { restored } from "./flow-difference.ts";
import type { FlowFacts } from "./flow-identity.ts";
import type { ForeignFlow } from "./foreign-flows.ts";
import type { LanePlan } from "./lanes.ts";
import { patchNames } from "./patch-pair.ts";

/** The lines of a plan's difference: `-` goes, `+` comes; a changed flow is both. No line when nothing would change. */
export function planLines({
  bridges,
  database,
  foreign,
  outside,
  warnings,
  lanes,
}: LanePlan): readonly string[] {
  return [
    ...bridges.flatMap(({ bridge, changes, portNames }) => {
      return changes.length === 0
        ? []
        : [`bridge ${bridge}`, ...changes.flatMap((change) => flowLines(change, portNames))];
    }),
    ...(database.length === 0 ? [] : ["database Open_vSwitch", ...database.flatMap(databaseLines)]),
    ...lanes.flatMap(({ name, down }) =>
      down === undefined ? [] : [`lane ${name} stays down: ${down.reason}`],
    ),
    ...outside.map(({ text }) => `outside: ${text}`),
    ...foreign.map((found) => `warning: ${foreignText(found)}`),
    ...warnings.map((text) => `warning: ${text}`),
  ];
}

type PortNames = ReadonlyMap<number, string>;

function flowText(flow: FlowFacts, ports: PortNames): string {
  return formatFlow(restored(flow), { ports });
}

function flowLines(change: FlowChange, ports: PortNames): readonly string[] {
  if (change.kind === "delete") return [`- ${flowText(change.before, ports)}`];
  const before = change.kind === "modify" ? change.before : change.replaces;
  const gone = before === undefined ? [] : [`- ${flowText(before, ports)}`];
  return [...gone, `+ ${flowText(change.wanted.flow, ports)}`];
}

function databaseLines(change: DatabaseChange): readonly string[] {
  if (change.kind === "create-patch-pair") {
    return change.ports.map(({ side, bridge }) => `+ patch port ${patchNames[side]} on ${bridge.name}`);
  }
  if (change.kind === "remove-patch-pair") {
    return change.ports.map(({ bridge, port }) => `- patch port ${port.name} on ${bridge.name}`);
  }
  const entry = (address: string): string =>
    `port ${change.port.name} external_ids:${proxyMemory}=${address}`;
  const gone = change.before === undefined ? [] : [`- ${entry(change.before)}`];
  return change.kind === "forget-proxy" ? gone : [...gone, `+ ${entry(change.address)}`];
}

/** In one sentence, what a flow of somebody else does to lanes. */
function foreignText({ flow, effect, lanes }: ForeignFlow): string {
  const named =
    lanes.length > 3 ? `${lanes.slice(0, 3).join(", ")} and ${lanes.length - 3} more` : lanes.join(", ");
  const whom = lanes.length === 0 ? "what all lanes share" : `lane ${named}`;
  const text = formatFlow(restored(flow));
  if (effect === "replaced") return `a flow of ours takes the place of somebody else's (${whom}): ${text}`;
  return `a flow of somebody else stands above hooks and takes some of their packets (${whom}): ${text}`;
}
