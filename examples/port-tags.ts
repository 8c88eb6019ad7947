// Which VLAN is each VM on? Reads the tags of a node's ports over OVSDB, and tells when one changes.
//   node build/examples/port-tags.js [TARGET] [SECONDS]     default unix:/var/run/openvswitch/db.sock, and no watching
import { setTimeout as sleep } from "node:timers/promises";
import { connectOvsdb, openVSwitch } from "ovskit/ovsdb";

const [target = "unix:/var/run/openvswitch/db.sock", seconds = "0"] = process.argv.slice(2);

await using client = await connectOvsdb(target);
await using replica = await client.replica(openVSwitch, {
  Bridge: ["name", "ports"],
  Port: ["name", "tag", "interfaces"],
  Interface: ["external_ids"],
});

const bridges = replica.table("Bridge").index("ports");
const interfaces = replica.table("Interface");
for (const port of replica.table("Port")) {
  const bridge = bridges.one(port._uuid)?.name ?? "?";
  const vm = port.interfaces.map((uuid) => interfaces.get(uuid)?.external_ids.get("iface-id")).find(Boolean);
  console.log(`${bridge} ${port.name}: ${port.tag ?? "no tag"}${vm === undefined ? "" : `, VM port ${vm}`}`);
}

replica.on("change", (changes) => {
  for (const change of changes) {
    if (change.table !== "Port" || change.type !== "modify" || change.old.tag === change.new.tag) continue;
    console.log(
      `${change.new.name} moved from ${change.old.tag ?? "no tag"} to ${change.new.tag ?? "no tag"}`,
    );
  }
});
await sleep(Number(seconds) * 1000);
