// The four flows that bring one VM's agent to a server on the same node (no proxy address), by the library alone:
// written as one knows them from ovs-ofctl, read for OpenFlow 1.3, installed all together or not at all.
//   node build/examples/same-node-flows.js [TARGET] [AGENT-PORT] [SERVER-PORT]
import { connectSwitch, fixFlow, formatFlow } from "ovskit/openflow";

const [
  target = "unix:/var/run/openvswitch/br-int.mgmt",
  agentPort = "qvo899ffb14-e4",
  serverPort = "qvob0361314-14",
] = process.argv.slice(2);
const agent = { port: agentPort, ip: "192.168.1.189", mac: "fa:16:3e:19:00:7f" };
const server = { port: serverPort, ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd" };

await using bridge = await connectSwitch(target);
const ports = await bridge.ports();
const numbers = new Map(ports.map(({ name, portNo }) => [name, portNo]));
const names = new Map(ports.map(({ name, portNo }) => [portNo, name]));

const lines = [
  { from: agent, to: server },
  { from: server, to: agent },
].flatMap(({ from, to }) => [
  `table=0,priority=50,arp,in_port=${from.port},arp_tpa=${to.ip},actions=mod_dl_dst:${to.mac},strip_vlan,output:${to.port}`,
  `table=0,priority=50,ip,in_port=${from.port},nw_dst=${to.ip},actions=mod_dl_dst:${to.mac},strip_vlan,output:${to.port}`,
]);

// strip_vlan without a VLAN in the match has no meaning in OpenFlow 1.3: fixFlow writes what does the same.
const fixed = lines.map((line) => fixFlow(line, { ports: numbers }));
for (const { was, now } of fixed.flatMap(({ changes }) => changes)) console.log(`${was} is written ${now}`);

await bridge.apply(fixed.map(({ flow }) => flow));
for (const flow of await bridge.flows({ tableId: 0 })) console.log(formatFlow(flow, { ports: names }));
