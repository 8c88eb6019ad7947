// Plans, outcomes and states of lanes as commands print them: for people in columns and diffs, for programs as plain
// values with each flow in ovs-ofctl's syntax.
import { flowMod } from "../openflow/index.ts";
import type { PortNames } from "../openflow/text/index.ts";
import type {
  ApplyResult,
  BridgeChanges,
  DatabaseChange,
  LaneFlowChange,
  LanePlan,
  LaneStatus,
  LastMoved,
  PlannedLane,
  Traffic,
} from "../policy/index.ts";
import { patchNames } from "../policy/index.ts";
import { alignColumns } from "./columns.ts";
import { flowValue } from "./flow-output.ts";

/** A planned lane for `--json`. */
function plannedLaneValue(lane: PlannedLane): Readonly<Record<string, unknown>> {
  const { name, collector, nat, placement, proxy, port, down } = lane;
  const portValue = port === undefined ? undefined : { name: port.name, tag: port.tag };
  return { name, collector, nat, placement, proxy, port: portValue, down };
}

/** A plan for `--json`. */
export function planValue({ lanes, bridges, database, outside, foreign, warnings }: LanePlan): unknown {
  return {
    lanes: lanes.map(plannedLaneValue),
    bridges: bridges.map(({ portNames, ...changes }) => bridgeValue(changes, portNames)),
    database: database.map(databaseValue),
    outside,
    foreign: foreign.map(({ bridge, flow, effect, lanes: affected }) => ({
      bridge,
      effect,
      lanes: affected,
      flow: flowValue(flowMod(flow), {}),
    })),
    warnings,
  };
}

/** What was done, for `--json`. */
export function applyValue({ lanes, bridges, database, outside, warnings }: ApplyResult): unknown {
  return {
    lanes: lanes.map(plannedLaneValue),
    bridges: bridges.map((changes) => bridgeValue(changes, new Map())),
    database: database.map(databaseValue),
    outside,
    warnings,
  };
}

function bridgeValue({ side, bridge, changes }: BridgeChanges, ports: PortNames): unknown {
  return { side, bridge, changes: changes.map((change) => changeValue(change, ports)) };
}

function changeValue(change: LaneFlowChange, ports: PortNames): unknown {
  if (change.kind === "delete")
    return { kind: change.kind, before: flowValue(flowMod(change.before), { ports }) };
  const before = change.kind === "modify" ? change.before : change.replaces;
  return {
    kind: change.kind,
    lane: change.wanted.lane,
    role: change.wanted.role,
    before: before === undefined ? undefined : flowValue(flowMod(before), { ports }),
    flow: flowValue(change.wanted.flow, { ports }),
  };
}

function databaseValue(change: DatabaseChange): unknown {
  switch (change.kind) {
    case "create-patch-pair":
      return {
        kind: change.kind,
        ports: change.ports.map(({ side, bridge }) => ({ bridge: bridge.name, port: patchNames[side] })),
      };
    case "remove-patch-pair":
      return {
        kind: change.kind,
        ports: change.ports.map(({ bridge, port }) => ({ bridge: bridge.name, port: port.name })),
      };
    case "remember-proxy":
      return {
        kind: change.kind,
        lane: change.lane,
        port: change.port.name,
        address: change.address,
        before: change.before,
      };
    case "forget-proxy":
    default:
      return { kind: change.kind, port: change.port.name, before: change.before };
  }
}

/** What was done, in a line per bridge and change of the database; where nothing was, that. */
export function doneLines({ bridges, database }: ApplyResult): readonly string[] {
  const flows = bridges.map(({ bridge, changes }) => {
    const count = (kind: LaneFlowChange["kind"]): number =>
      changes.filter((change) => change.kind === kind).length;
    return `${bridge}: ${count("add")} flows added, ${count("modify")} changed, ${count("delete")} deleted`;
  });
  const lines = [...flows, ...database.map(databaseLine)];
  return lines.length > 0 ? lines : ["nothing to change"];
}

function databaseLine(change: DatabaseChange): string {
  switch (change.kind) {
    case "create-patch-pair":
      return `database: made ${change.ports.map(({ side }) => patchNames[side]).join(" and ")}`;
    case "remove-patch-pair":
      return `database: removed ${change.ports.map(({ port }) => port.name).join(" and ")}`;
    case "remember-proxy":
      return `database: ${change.port.name} remembers proxy address ${change.address}`;
    case "forget-proxy":
    default:
      return `database: ${change.port.name} forgets proxy address ${change.before}`;
  }
}

/** Lanes as they were planned, in columns. */
export function plannedText(lanes: readonly PlannedLane[]): string {
  return alignColumns([
    ["LANE", "STATE", "PLACEMENT", "PROXY", "TAG", "REASON"],
    ...lanes.map(({ name, down, placement, proxy, port }) => [
      name,
      down === undefined ? "up" : "down",
      placement ?? "-",
      proxy?.ip ?? "-",
      tagText(port),
      down?.reason ?? "",
    ]),
  ]);
}

/** Lanes as they are, in columns: packets, bytes and age of the last one, each way. */
export function statusText(lanes: readonly LaneStatus[]): string {
  const heading = ["LANE", "STATE", "PLACEMENT", "PROXY", "TAG", "SEGMENT"];
  const counters = ["PACKETS", "BYTES", "LAST"];
  return alignColumns([
    [
      ...heading,
      ...counters.map((word) => `TO-${word}`),
      ...counters.map((word) => `FROM-${word}`),
      "REASON",
    ],
    ...lanes.map(({ name, up, down, placement, proxy, port, segment, toCollector, fromCollector }) => [
      name,
      up ? "up" : "down",
      placement ?? "-",
      proxy?.ip ?? "-",
      tagText(port),
      String(segment),
      ...trafficCells(toCollector),
      ...trafficCells(fromCollector),
      down?.reason ?? "",
    ]),
  ]);
}

function tagText(port: { readonly tag: number | undefined } | undefined): string {
  return port?.tag === undefined ? "-" : String(port.tag);
}

function trafficCells({ packets, bytes, lastMoved }: Traffic): readonly string[] {
  return [String(packets), String(bytes), agoText(lastMoved)];
}

function agoText(moved: LastMoved): string {
  switch (moved.kind) {
    case "never":
      return "never";
    case "ago":
      return `${secondsText(moved.ms)} ago`;
    case "longer":
      return `>${secondsText(moved.ms)} ago`;
    case "unknown":
    default:
      return "?";
  }
}

function secondsText(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))}s`;
}
