// `ovskit bridge add`: a bridge with its local port, as ovs-vsctl add-br makes it.
import { type Command, command } from "../../command.ts";
import { failMode, newName } from "../../port-options.ts";
import { setColumns, setOption } from "../../set-columns.ts";
import { changeSwitch, noWaitOption } from "../../switch-change.ts";

export const bridgeAddCommand: Command = command({
  name: "bridge add",
  summary: "add a bridge, with its local port",
  description:
    "Returns when ovs-vswitchd has made it. When ovs-vswitchd can't, it says why; the bridge stays in the database.",
  operands: [{ name: "NAME", summary: "the new bridge, which no bridge, port or interface is called yet" }],
  options: {
    "may-exist": { type: "boolean", summary: "do nothing when there is such a bridge" },
    "datapath-type": {
      type: "string",
      value: "TYPE",
      summary: "netdev for the userspace datapath (default the kernel's)",
    },
    "fail-mode": {
      type: "string",
      value: "MODE",
      summary: "with no controller: secure adds no flow, standalone switches (default)",
    },
    set: setOption("bridge"),
    "no-wait": noWaitOption,
  },
  examples: [
    { line: "ovskit bridge add br-probe --fail-mode secure", does: "a bridge that moves nothing by itself" },
    { line: "ovskit bridge add br-int --may-exist", does: "make sure that there is one" },
    {
      line: "ovskit bridge add br-ex --set protocols=OpenFlow13 --set other_config:disable-in-band=true",
      does: "with columns that have no option",
    },
  ],
  run: (invocation) => {
    const { operands, options } = invocation;
    const name = newName(operands.NAME);
    const type = options["datapath-type"];
    const mode = options["fail-mode"];
    const bridge = {
      ...(type === undefined ? {} : { datapath_type: type }),
      ...(mode === undefined ? {} : { fail_mode: failMode(mode) }),
    };
    return changeSwitch(
      { ...invocation, wait: !options["no-wait"] },
      (it, schema) => {
        const others = ["name", "ports", ...Object.keys(bridge)];
        const columns = { ...setColumns(schema, "Bridge", options.set, others), ...bridge };
        return it.addBridge(name, { mayExist: options["may-exist"], bridge: columns });
      },
      (added) => ({ text: "", value: { bridge: name, added } }),
    );
  },
});
