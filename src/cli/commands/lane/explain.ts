// `ovskit lane explain`: why a probe's lane carries or doesn't, as the switch itself traces it.
import { type Command, command, ExitCode } from "../../command.ts";
import { policyOption, priorityOption, withLanes } from "./operands.ts";

export const laneExplainCommand: Command = command({
  name: "lane explain",
  summary: "trace a probe's ARP and IP both ways, and say where each ends",
  description:
    "One line for each packet: where it ends and which flow decided. Exit code 1 when the lane is down or one of\nthem doesn't arrive.",
  synopsis: "PROBE -f POLICY",
  operands: [{ name: "PROBE", summary: "a probe of the policy" }],
  options: { file: policyOption, priority: priorityOption },
  examples: [{ line: "ovskit lane explain vm-137 -f lanes.yaml", does: "why doesn't this agent report" }],
  run: (invocation) =>
    withLanes(invocation, invocation.options, async (lanes) => {
      const explanation = await lanes.explain(invocation.operands.PROBE);
      const { lane, down, packets, sentence } = explanation;
      const carries = down === undefined && packets.every(({ arrived }) => arrived);
      return {
        text: [...packets.map((packet) => packet.sentence), sentence].join("\n"),
        value: {
          lane,
          carries,
          down,
          sentence,
          packets: packets.map(({ trace, decision, ...packet }) => ({
            ...packet,
            decision:
              decision === undefined
                ? undefined
                : { ...decision, cookie: `0x${decision.cookie.toString(16)}` },
            flow: trace.flow,
            datapathActions: trace.datapathActions,
          })),
        },
        exitCode: carries ? ExitCode.done : ExitCode.refused,
      };
    }),
});
