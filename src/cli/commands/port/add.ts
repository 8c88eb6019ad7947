// `ovskit port add`: a port with one interface, as ovs-vsctl add-port and its `-- set interface` make it, in one step.
import { type Command, command } from "../../command.ts";
import { newName, portColumns } from "../../port-options.ts";
import { setColumns, setOption } from "../../set-columns.ts";
import { changeSwitch, noWaitOption } from "../../switch-change.ts";

export const portAddCommand: Command = command({
  name: "port add",
  summary: "add a port to a bridge",
  description:
    "Without --type NAME is a network device that is there, such as eth1 or a tap. Returns when ovs-vswitchd has\ntaken the port up. When ovs-vswitchd can't use it, it says why; the port stays in the database.",
  operands: [
    { name: "BRIDGE", summary: "the bridge" },
    { name: "NAME", summary: "the new port and its interface, which nothing is called yet" },
  ],
  options: {
    "may-exist": {
      type: "boolean",
      summary: "do nothing when the bridge has such a port, whatever it is like",
    },
    tag: { type: "string", value: "VLAN", summary: "make it an access port of this VLAN" },
    trunks: { type: "string", value: "VLAN,…", summary: "let it carry these VLANs only (default all)" },
    type: { type: "string", value: "TYPE", summary: "internal, patch, vxlan, geneve, gre, …" },
    option: {
      type: "string",
      value: "KEY=VALUE",
      repeats: true,
      summary: "an option of the type, such as peer=p1 or remote_ip=10.0.0.2; may be repeated",
    },
    "iface-id": { type: "string", value: "ID", summary: "whose it is: external_ids:iface-id" },
    "attached-mac": { type: "string", value: "MAC", summary: "the VM's own MAC: external_ids:attached-mac" },
    "ofport-request": { type: "string", value: "N", summary: "the OpenFlow port number to be had" },
    set: setOption("port"),
    "no-wait": noWaitOption,
  },
  examples: [
    { line: "ovskit port add br-int tap0 --tag 7 --iface-id 2f7c…", does: "a VM's port" },
    {
      line: "ovskit port add br-tun vx1 --type vxlan --option remote_ip=10.0.0.2 --option key=flow",
      does: "a tunnel",
    },
    { line: "ovskit port add br-int gw0 --type internal --may-exist", does: "a port of the host itself" },
  ],
  run: (invocation) => {
    const { operands, options } = invocation;
    const { BRIDGE: bridge } = operands;
    const name = newName(operands.NAME);
    const { port, interface: ofInterface } = portColumns(options);
    return changeSwitch(
      { ...invocation, wait: !options["no-wait"] },
      (it, schema) => {
        const others = ["name", "interfaces", ...Object.keys(port)];
        const columns = { ...setColumns(schema, "Port", options.set, others), ...port };
        return it.addPort(bridge, name, {
          mayExist: options["may-exist"],
          port: columns,
          interface: ofInterface,
        });
      },
      (added, replica) => {
        const ofport = replica.table("Interface").index("name").one(name)?.ofport;
        return { text: "", value: { bridge, port: name, added, ofport } };
      },
    );
  },
});
