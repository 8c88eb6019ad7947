// `ovskit flows replace`: makes the switch hold exactly the given flows, by one bundle of what differs.
import { type Command, command } from "../../command.ts";
import { waiting } from "../../database.ts";
import { applyFlows } from "../../flow-bundle.ts";
import { changesFor, compareFlows } from "../../flow-comparison.ts";
import { fixLines, onlyCommands, readFlows, requiredFlowSource } from "../../flow-input.ts";
import { countDifferences, differenceValue } from "../../flow-output.ts";
import { withSwitch } from "../../switch-connection.ts";
import { switchTables } from "../../table-names.ts";
import { tunnelOptions } from "../../tunnel-options.ts";
import { bridgeOperand, fileOption, fixOption, flowOperand, flowSynopsis } from "./operands.ts";

export const flowsReplaceCommand: Command = command({
  name: "flows replace",
  summary: "make a switch hold exactly these flows, changing only what differs",
  description:
    "Every flow of every table that isn't given is deleted. Flows that are there already are left alone and\nkeep their counters; the rest is one bundle, all of it or nothing.",
  synopsis: flowSynopsis,
  operands: [bridgeOperand, flowOperand],
  options: { file: fileOption, fix: fixOption },
  examples: [
    { line: "ovskit flows replace br-ex -f br-ex.flows", does: "what ovs-ofctl replace-flows does" },
    { line: "generate-flows | ovskit flows replace br-ex -f -", does: "from a program" },
  ],
  async run(invocation) {
    const { operands, options } = invocation;
    const source = await requiredFlowSource(operands.FLOW, options.file, invocation);
    return withSwitch(invocation, operands.BRIDGE, async (found, ports) => {
      const wait = waiting(invocation);
      const table = await tunnelOptions(found, source.text, wait);
      const tables = await switchTables(found, undefined, wait);
      const reading = { ports: ports.numbers, ...tables.numbers, ...table };
      const { flows, fixes } = readFlows(source, { ...reading, fix: options.fix });
      onlyCommands(source, flows, ["add"]);
      const present = await found.flows({}, wait);
      const differences = compareFlows(
        present,
        flows.map(({ flow }) => flow),
      );
      await applyFlows(found, changesFor(differences), flows, { ...invocation, ports: ports.names });
      const format = { ports: ports.names, ...tables.names, ...(await tunnelOptions(found, present, wait)) };
      const { add, delete: gone, change } = countDifferences(differences);
      return {
        text: [...fixLines(fixes), `${add} added, ${gone} deleted, ${change} changed`].join("\n"),
        value: { changes: differenceValue(differences, format), fixes },
      };
    });
  },
});
