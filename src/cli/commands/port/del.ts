// `ovskit port del`: deletes a port with its interfaces, as ovs-vsctl del-port does.
import { type Command, command } from "../../command.ts";
import { changeSwitch, noWaitOption } from "../../switch-change.ts";

export const portDelCommand: Command = command({
  name: "port del",
  summary: "delete a port, of this bridge when one is named",
  description: "A bridge's own port goes with the bridge: ovskit bridge del.",
  synopsis: "[BRIDGE] NAME",
  operands: [
    { name: "BRIDGE", summary: "the bridge that it must be on (default any)" },
    { name: "NAME", optional: true, summary: "the port" },
  ],
  options: {
    "if-exists": { type: "boolean", summary: "do nothing when there is no such port" },
    "no-wait": noWaitOption,
  },
  examples: [
    { line: "ovskit port del tap0", does: "wherever it is" },
    { line: "ovskit port del br-int tap0 --if-exists", does: "make sure that br-int hasn't got it" },
  ],
  run: (invocation) => {
    const { operands, options } = invocation;
    const [name, bridge] =
      operands.NAME === undefined ? [operands.BRIDGE, undefined] : [operands.NAME, operands.BRIDGE];
    return changeSwitch(
      { ...invocation, wait: !options["no-wait"] },
      (it) => it.deletePort(name, { bridge, ifExists: options["if-exists"] }),
      (deleted) => ({ text: "", value: { port: name, deleted } }),
    );
  },
});
