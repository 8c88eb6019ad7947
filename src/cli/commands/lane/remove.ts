// `ovskit lane remove`: takes every lane out and leaves switch and database as they were before.
import { type Command, command } from "../../command.ts";
import { applyValue, doneLines } from "../../lane-output.ts";
import { policyOption, withLanes } from "./operands.ts";

export const laneRemoveCommand: Command = command({
  name: "lane remove",
  summary: "take every lane of ovskit out of this node",
  description:
    "Of the policy only the bridges count: flows with ovskit's cookies, its patch pair and the proxy addresses\nthat ports remember go, whichever policy put them in. Everything else stays.",
  synopsis: "-f POLICY",
  operands: [],
  options: { file: policyOption },
  examples: [{ line: "ovskit lane remove -f lanes.yaml", does: "leave the node as it was" }],
  run: (invocation) =>
    withLanes(invocation, invocation.options, async (lanes) => {
      const result = await lanes.remove();
      return { text: doneLines(result).join("\n"), value: applyValue(result), warnings: result.warnings };
    }),
});
