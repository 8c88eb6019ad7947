// `ovskit bridge del`: deletes a bridge with all its ports, as ovs-vsctl del-br does.
import { type Command, command } from "../../command.ts";
import { changeSwitch, noWaitOption } from "../../switch-change.ts";

export const bridgeDelCommand: Command = command({
  name: "bridge del",
  summary: "delete a bridge, with all its ports",
  operands: [{ name: "NAME", summary: "the bridge" }],
  options: {
    "if-exists": { type: "boolean", summary: "do nothing when there is no such bridge" },
    "no-wait": noWaitOption,
  },
  examples: [
    { line: "ovskit bridge del br-probe", does: "one that is there" },
    { line: "ovskit bridge del br-probe --if-exists", does: "make sure that there is none" },
  ],
  run: (invocation) => {
    const { operands, options } = invocation;
    const name = operands.NAME;
    return changeSwitch(
      { ...invocation, wait: !options["no-wait"] },
      (it) => it.deleteBridge(name, { ifExists: options["if-exists"] }),
      (deleted) => ({ text: "", value: { bridge: name, deleted } }),
    );
  },
});
