// `ovskit dump`: what a switch has beside flows, as ovs-ofctl's dump commands print it, without the head of the message.
import {
  formatGroupFeatures,
  formatGroupStats,
  formatGroups,
  formatMeterFeatures,
  formatMeterStats,
  formatMeters,
  formatPortDescs,
  formatPortStats,
  formatQueueStats,
  formatSwitchDesc,
  formatTableFeatures,
  formatTableStats,
  Port,
  type PortNames,
  Queue,
  type Switch,
} from "../../openflow/index.ts";
import type { WaitOptions } from "../../transport/deadline.ts";
import { type Command, command } from "../command.ts";
import { waiting } from "../database.ts";
import { nearest } from "../suggestion.ts";
import { withSwitch } from "../switch-connection.ts";
import { InputError } from "../usage-error.ts";
import { bridgeOperand } from "./flows/operands.ts";

/** Reads one kind of thing and prints it. */
type Dump = (found: Switch, ports: PortNames, wait: WaitOptions) => Promise<{ text: string; value: unknown }>;

/** A dump that asks with `read` and prints with `format`. */
function dump<T>(
  read: (found: Switch, wait: WaitOptions) => Promise<T>,
  format: (value: T, options: { ports: PortNames }) => string,
): Dump {
  return async (found, ports, wait) => {
    const value = await read(found, wait);
    return { text: format(value, { ports }), value };
  };
}

const dumps: ReadonlyMap<string, Dump> = new Map([
  ["desc", dump((found, wait) => found.desc(wait), formatSwitchDesc)],
  ["ports", dump((found, wait) => found.ports(wait), formatPortDescs)],
  ["port-stats", dump((found, wait) => found.portStats(Port.any, wait), formatPortStats)],
  ["tables", dump((found, wait) => found.tables(wait), formatTableStats)],
  ["table-features", dump((found, wait) => found.multipart("tableFeatures", [], wait), formatTableFeatures)],
  ["groups", dump((found, wait) => found.groups(wait), formatGroups)],
  ["group-stats", dump((found, wait) => found.groupStats(undefined, wait), formatGroupStats)],
  [
    "group-features",
    dump((found, wait) => found.multipart("groupFeatures", undefined, wait), formatGroupFeatures),
  ],
  ["meters", dump((found, wait) => found.meters(undefined, wait), formatMeters)],
  ["meter-stats", dump((found, wait) => found.meterStats(undefined, wait), formatMeterStats)],
  [
    "meter-features",
    dump((found, wait) => found.multipart("meterFeatures", undefined, wait), formatMeterFeatures),
  ],
  [
    "queue-stats",
    dump(
      (found, wait) => found.multipart("queueStats", { portNo: Port.any, queueId: Queue.all }, wait),
      formatQueueStats,
    ),
  ],
]);

const kinds = [...dumps.keys()];

export const dumpCommand: Command = command({
  name: "dump",
  summary: "print a switch's groups, meters, tables, ports or queues as ovs-ofctl does",
  description: [
    `WHAT is one of ${kinds.slice(0, 5).join(", ")},`,
    `${kinds.slice(5, 9).join(", ")},`,
    `${kinds.slice(9).join(", ")}. For flows there is ovskit flows dump.`,
  ].join("\n"),
  operands: [bridgeOperand, { name: "WHAT", summary: "groups, group-stats, meters, … (see above)" }],
  options: {
    "no-names": { type: "boolean", summary: "print port numbers instead of names" },
  },
  examples: [
    { line: "ovskit dump br-int groups", does: "every group with its buckets" },
    { line: "ovskit dump br-int port-stats --json", does: "the counters of all ports, for programs" },
  ],
  run(invocation) {
    const { operands, options } = invocation;
    const print = dumps.get(operands.WHAT);
    if (print === undefined) throw unknownKind(operands.WHAT);
    return withSwitch(invocation, operands.BRIDGE, (found, { names }) =>
      print(found, options["no-names"] ? new Map<number, string>() : names, waiting(invocation)),
    );
  },
});

function unknownKind(what: string): InputError {
  const near = nearest(what, kinds);
  const hint = near === undefined ? `there are ${kinds.join(", ")}` : `did you mean ${JSON.stringify(near)}?`;
  return new InputError(what, `${JSON.stringify(what)} is nothing that can be dumped; ${hint}`);
}
