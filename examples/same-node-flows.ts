// The four flows that bring one VM's agent to a server on the same node (no proxy address), by the library alone: built
// from values that the compiler checks, installed all together or not at all.
//   node build/examples/same-node-flows.js [TARGET] [AGENT-PORT] [SERVER-PORT]
import { action, connectSwitch, flow, formatFlow } from "ovskit/openflow";

const [
  target = "unix:/var/run/openvswitch/br-int.mgmt",
  agentPort = "qvo899ffb14-e4",
  serverPort = "qvob0361314-14",
] = process.argv.slice(2);

await using bridge = await connectSwitch(target);
const names = new Map((await bridge.ports()).map(({ name, portNo }) => [portNo, name]));
const portNamed = (name: string): number => {
  const port = [...names].find(([, known]) => known === name)?.[0];
  if (port === undefined) throw new Error(`${target} has no port ${name}`);
  return port;
};

const agent = { port: portNamed(agentPort), ip: "192.168.1.189", mac: "fa:16:3e:19:00:7f" };
const server = { port: portNamed(serverPort), ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd" };

const flows = [
  { from: agent, to: server },
  { from: server, to: agent },
].flatMap(({ from, to }) => {
  // popVlan() needs a tag in the match in OpenFlow 1.3; the load takes one off where there is one.
  const actions = [action.setField({ ethDst: to.mac }), action.load(0, "vlanTci"), action.output(to.port)];
  return [
    flow({ priority: 50, match: { inPort: from.port, ethType: "arp", arpTpa: to.ip }, actions }),
    flow({ priority: 50, match: { inPort: from.port, ethType: "ipv4", ipv4Dst: to.ip }, actions }),
  ];
});

await bridge.apply(flows);
for (const installed of await bridge.flows({ tableId: 0 })) {
  console.log(formatFlow(installed, { ports: names }));
}
