// `ovskit flows diff`: how the flows of a switch differ from given ones, in ovs-ofctl's syntax; it changes nothing.
import { type Command, command } from "../../command.ts";
import { waiting } from "../../database.ts";
import { compareFlows } from "../../flow-comparison.ts";
import { onlyCommands, readFlows, requiredFlowSource } from "../../flow-input.ts";
import { differenceText, differenceValue } from "../../flow-output.ts";
import { withSwitch } from "../../switch-connection.ts";
import { switchTables } from "../../table-names.ts";
import { tunnelOptions } from "../../tunnel-options.ts";
import { bridgeOperand, fileOption, fixOption, flowOperand, flowSynopsis } from "./operands.ts";

export const flowsDiffCommand: Command = command({
  name: "flows diff",
  summary: "print what flows replace would delete (-) and add (+)",
  description: "Prints nothing where switch and flows agree. Counters and ages make no difference.",
  synopsis: flowSynopsis,
  operands: [bridgeOperand, flowOperand],
  options: { file: fileOption, fix: fixOption },
  examples: [{ line: "ovskit flows diff br-ex -f br-ex.flows", does: "what is different from a file" }],
  async run(invocation) {
    const { operands, options } = invocation;
    const source = await requiredFlowSource(operands.FLOW, options.file, invocation);
    return withSwitch(invocation, operands.BRIDGE, async (found, { names, numbers }) => {
      const wait = waiting(invocation);
      const table = await tunnelOptions(found, source.text, wait);
      const tables = await switchTables(found, undefined, wait);
      const reading = { ports: numbers, ...tables.numbers, ...table };
      const { flows, fixes } = readFlows(source, { ...reading, fix: options.fix });
      onlyCommands(source, flows, ["add"]);
      const present = await found.flows({}, wait);
      const differences = compareFlows(
        present,
        flows.map(({ flow }) => flow),
      );
      const format = { ports: names, ...tables.names, ...(await tunnelOptions(found, present, wait)) };
      return {
        text: differenceText(differences, format),
        colours: "diff",
        value: { changes: differenceValue(differences, format), fixes },
      };
    });
  },
});
