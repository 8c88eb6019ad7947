// `ovskit lane apply`: brings switch and database in line with a policy, sending only what differs.
import { type Command, command, ExitCode } from "../../command.ts";
import { applyValue, doneLines, plannedText } from "../../lane-output.ts";
import { policyOption, priorityOption, withLanes } from "./operands.ts";

export const laneApplyCommand: Command = command({
  name: "lane apply",
  summary: "install the lanes of a policy, changing only what differs",
  description:
    "A lane that can't be up stays down with its reason (exit code 1), and the others come up. When switch or\ndatabase refuse, what was done is taken back. Applied a second time it changes nothing.",
  synopsis: "-f POLICY",
  operands: [],
  options: {
    file: policyOption,
    priority: priorityOption,
    "allow-ovn": {
      type: "boolean",
      summary: "even where ovn-controller runs, which wipes the bridge when it connects",
    },
  },
  examples: [{ line: "ovskit lane apply -f lanes.yaml", does: "install every lane of this node" }],
  run: (invocation) =>
    withLanes(invocation, invocation.options, async (lanes) => {
      const result = await lanes.apply();
      const outside = result.outside.map(({ text }) => `outside: ${text}`);
      return {
        text: [...doneLines(result), plannedText(result.lanes), ...outside].join("\n"),
        value: applyValue(result),
        warnings: result.warnings,
        exitCode: result.lanes.every(({ down }) => down === undefined) ? ExitCode.done : ExitCode.refused,
      };
    }),
});
