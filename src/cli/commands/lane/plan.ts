// `ovskit lane plan`: what `lane apply` would change, as a diff in ovs-ofctl's syntax; it changes nothing.
import { planLines } from "../../../policy/index.ts";
import { type Command, command } from "../../command.ts";
import { planValue } from "../../lane-output.ts";
import { policyOption, priorityOption, withLanes } from "./operands.ts";

export const lanePlanCommand: Command = command({
  name: "lane plan",
  summary: "print what lane apply would change, and change nothing",
  description:
    "Prints per bridge the flows that would go (-) and come (+), then the database's changes, lanes that would\nstay down and why, what is needed outside the switch, and flows of others that get in the way.",
  synopsis: "-f POLICY",
  operands: [],
  options: { file: policyOption, priority: priorityOption },
  examples: [
    { line: "ovskit lane plan -f lanes.yaml", does: "before applying" },
    { line: "ovskit lane plan -f lanes.yaml --json", does: "the same for programs" },
  ],
  run: (invocation) =>
    withLanes(invocation, invocation.options, async (lanes) => {
      const plan = await lanes.plan();
      return { text: planLines(plan).join("\n"), colours: "diff", value: planValue(plan) };
    }),
});
