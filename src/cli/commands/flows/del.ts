// `ovskit flows del`: deletes flows as ovs-ofctl del-flows does, all that are asked for in one bundle.

import { flowMod, Table } from "../../../openflow/index.ts";
import { type Command, command } from "../../command.ts";
import { waiting } from "../../database.ts";
import { applyFlows } from "../../flow-bundle.ts";
import { flowSource, onlyCommands, readFlows, type WrittenFlow } from "../../flow-input.ts";
import { withSwitch } from "../../switch-connection.ts";
import { switchTables } from "../../table-names.ts";
import { bridgeOperand, fileOption } from "./operands.ts";

const everything: readonly WrittenFlow[] = [
  { flow: flowMod({ command: "delete", tableId: Table.all }), line: undefined, text: "" },
];

export const flowsDelCommand: Command = command({
  name: "flows del",
  summary: "delete flows; without FLOW and -f, every flow",
  description:
    "Without --strict every flow goes that is at least as narrow as FLOW, of any priority. Nothing is said when\nno flow is: as with ovs-ofctl, deleting what isn't there is no error.",
  synopsis: "BRIDGE [FLOW | -f FILE]",
  operands: [
    bridgeOperand,
    {
      name: "FLOW",
      optional: true,
      summary: "which: fields, table=, priority= (--strict), cookie=VALUE/MASK, out_port=",
    },
  ],
  options: {
    file: fileOption,
    strict: { type: "boolean", summary: "only the flow with this very match and priority" },
  },
  examples: [
    { line: `ovskit flows del br-int "table=0,ip,in_port=qvo1"`, does: "the IP flows of one port" },
    { line: "ovskit flows del br-int cookie=0x5/-1", does: "the flows with one cookie" },
  ],
  async run(invocation) {
    const { operands, options } = invocation;
    const source = await flowSource(operands.FLOW, options.file, invocation);
    return withSwitch(invocation, operands.BRIDGE, async (found, ports) => {
      const tables = await switchTables(found, source?.text ?? "", waiting(invocation));
      const command = options.strict ? "deleteStrict" : "delete";
      const flows =
        source === undefined
          ? everything
          : readFlows(source, { command, ports: ports.numbers, ...tables.numbers }).flows;
      if (source !== undefined) onlyCommands(source, flows, ["delete", "deleteStrict"]);
      const changes = flows.map(({ flow }) => flow);
      await applyFlows(found, changes, flows, { ...invocation, ports: ports.names });
      return { text: "", value: { deletions: changes.length } };
    });
  },
});
