// A bridge with two ports on different VLANs, made in one transaction, found to work, and taken away again.
//   node build/examples/bridge-and-ports.js [TARGET] [DATAPATH]     default unix:/var/run/openvswitch/db.sock, and the kernel's
import { configureSwitch, connectOvsdb, NameTakenError, openVSwitch, switchSelection } from "ovskit/ovsdb";

const [target = "unix:/var/run/openvswitch/db.sock", datapath = ""] = process.argv.slice(2);

await using client = await connectOvsdb(target);
await using replica = await client.replica(openVSwitch, switchSelection);

try {
  await configureSwitch(replica, (it) => {
    it.addBridge("br-example", { bridge: { datapath_type: datapath, fail_mode: "secure" } });
    it.addPort("br-example", "blue0", { port: { tag: 10 }, interface: { type: "internal" } });
    it.addPort("br-example", "red0", {
      port: { tag: 20 },
      interface: { type: "internal", external_ids: new Map([["iface-id", "red"]]) },
    });
  });
} catch (error) {
  // Nothing was added: all the steps are one transaction.
  if (!(error instanceof NameTakenError)) throw error;
  console.error(error.message);
  process.exit(1);
}

// ovs-vswitchd has taken it up by now, and the ports have their numbers.
for (const { name, ofport } of replica.table("Interface").ordered("name").rows()) {
  console.log(`${name} is port ${ofport}`);
}

await configureSwitch(replica, (it) => it.deletePort("red0", { bridge: "br-example" }));
console.log(`${replica.table("Bridge").index("name").one("br-example")?.ports.length} ports are left`);

await configureSwitch(replica, (it) => it.deleteBridge("br-example"));
console.log(`${replica.table("Bridge").size} bridges are left`);
