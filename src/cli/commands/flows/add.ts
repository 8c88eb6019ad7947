// `ovskit flows add`: adds flows as ovs-ofctl add-flow and add-flows do, but all of them or none.

import { type Command, command } from "../../command.ts";
import { waiting } from "../../database.ts";
import { applyFlows } from "../../flow-bundle.ts";
import { fixLines, readFlows, requiredFlowSource } from "../../flow-input.ts";
import { flowValue } from "../../flow-output.ts";
import { withSwitch } from "../../switch-connection.ts";
import { switchTables } from "../../table-names.ts";
import { bridgeOperand, fileOption, fixOption, flowOperand, flowSynopsis } from "./operands.ts";

export const flowsAddCommand: Command = command({
  name: "flows add",
  summary: "add flows, all of them or none",
  description:
    "In a file # starts a comment, and a line may begin with add, modify, modify_strict, delete or\ndelete_strict. Everything goes into one bundle: when the switch refuses one flow, nothing is changed.",
  synopsis: flowSynopsis,
  operands: [bridgeOperand, flowOperand],
  options: { file: fileOption, fix: fixOption },
  examples: [
    {
      line: `ovskit flows add br-int "priority=50,ip,in_port=qvo1,nw_dst=10.100.7.140,actions=output:qvo2"`,
      does: "one flow, with port names",
    },
    { line: "ovskit flows add br-int --fix -f probe.flows", does: "a file written for OpenFlow 1.0" },
  ],
  async run(invocation) {
    const { operands, options } = invocation;
    const source = await requiredFlowSource(operands.FLOW, options.file, invocation);
    return withSwitch(invocation, operands.BRIDGE, async (found, ports) => {
      const { numbers } = await switchTables(found, source.text, waiting(invocation));
      const { flows, fixes } = readFlows(source, { ports: ports.numbers, ...numbers, fix: options.fix });
      const changes = flows.map(({ flow }) => flow);
      await applyFlows(found, changes, flows, { ...invocation, ports: ports.names });
      return {
        text: fixLines(fixes).join("\n"),
        value: {
          flows: changes.map((flow) => ({
            command: flow.command,
            ...flowValue(flow, { ports: ports.names }),
          })),
          fixes,
        },
      };
    });
  },
});
