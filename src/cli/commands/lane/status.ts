// `ovskit lane status`: of each lane whether it is up or why not, where its ends are, and what it carried when.
import { type Command, command, ExitCode } from "../../command.ts";
import { statusText } from "../../lane-output.ts";
import { policyOption, priorityOption, withLanes } from "./operands.ts";

export const laneStatusCommand: Command = command({
  name: "lane status",
  summary: "say of each lane whether it is up, and what it carried",
  description:
    "TAG is the VM's local VLAN, SEGMENT the collector's provider VLAN. Packets and bytes are IP, to and from\nthe collector, with the age of the last one as far as the datapath remembers. When a lane isn't up the\nexit code is 1.",
  synopsis: "-f POLICY",
  operands: [],
  options: { file: policyOption, priority: priorityOption },
  examples: [
    { line: "ovskit lane status -f lanes.yaml", does: "every lane of the policy" },
    {
      line: "ovskit lane status -f lanes.yaml --json | jq -r '.[] | select(.up | not).name'",
      does: "the lanes that aren't up",
    },
  ],
  run: (invocation) =>
    withLanes(invocation, invocation.options, async (lanes) => {
      const status = await lanes.status();
      return {
        text: statusText(status),
        value: status,
        exitCode: status.every(({ up }) => up) ? ExitCode.done : ExitCode.refused,
      };
    }),
});
