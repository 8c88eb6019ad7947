// `ovskit flows dump`: a switch's flows as ovs-ofctl dump-flows prints them, with the names of its ports.
import { formatFlow, parseFlowFilter } from "../../../openflow/text/index.ts";
import { type Command, command } from "../../command.ts";
import { waiting } from "../../database.ts";
import { flowSyntaxProblem } from "../../flow-input.ts";
import { flowValue } from "../../flow-output.ts";
import { withSwitch } from "../../switch-connection.ts";
import { switchTables } from "../../table-names.ts";
import { tunnelOptions } from "../../tunnel-options.ts";
import { bridgeOperand } from "./operands.ts";

export const flowsDumpCommand: Command = command({
  name: "flows dump",
  summary: "print flows as ovs-ofctl dump-flows does, with port names",
  operands: [
    bridgeOperand,
    {
      name: "FLOW",
      optional: true,
      summary: "only flows that match this: table=, cookie=VALUE/MASK, out_port=, fields",
    },
  ],
  options: {
    "no-names": { type: "boolean", summary: "print port numbers instead of names" },
    "no-stats": { type: "boolean", summary: "leave out age, counters and what is the default" },
  },
  examples: [
    { line: "ovskit flows dump br-int", does: "every flow" },
    {
      line: `ovskit flows dump br-int "table=0,ip,in_port=qvoedb66118-8c"`,
      does: "the IP flows of one port",
    },
  ],
  run: (invocation) => {
    const { operands, options } = invocation;
    return withSwitch(invocation, operands.BRIDGE, async (found, { names, numbers }) => {
      const wait = waiting(invocation);
      const table = await tunnelOptions(found, operands.FLOW ?? "", wait);
      const tables = await switchTables(found, undefined, wait);
      const filter =
        operands.FLOW === undefined
          ? {}
          : flowSyntaxProblem(operands.FLOW, (text) =>
              parseFlowFilter(text, { ports: numbers, ...tables.numbers, ...table }),
            );
      const flows = await found.flows(filter, wait);
      const format = {
        ...(options["no-names"] ? {} : { ports: names, ...tables.names }),
        ...(await tunnelOptions(found, flows, wait)),
      };
      const stats = !options["no-stats"];
      return {
        text: flows.map((flow) => ` ${formatFlow(flow, { ...format, stats })}`).join("\n"),
        value: flows.map((flow) => flowValue(flow, format)),
      };
    });
  },
});
