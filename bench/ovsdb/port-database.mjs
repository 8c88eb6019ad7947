// A database server with one bridge of many ports, as a compute node has them, and the rows that every contender reads and adds.
import { DatabaseServer } from "../../build/lab/database-server.js";
import { connectOvsdb, namedUuid, uuid } from "../../build/src/ovsdb/index.js";

export const database = "Open_vSwitch";

/** What an agent on a compute node reads. */
export const agentColumns = {
  Bridge: ["name", "ports"],
  Port: ["name", "interfaces", "tag", "external_ids"],
  Interface: ["name", "type", "ofport", "external_ids"],
};

const tags = 4094;

/** The port of this number: its name, tag and what Neutron says of it. */
export function portAt(number) {
  const hex = number.toString(16).padStart(10, "0");
  const pairs = {
    "iface-id": `5f3a1c77-9d0e-4b6a-8f21-00${hex}`,
    "attached-mac": `fa:16:3e:${hex.slice(4).replace(/(..)(?=.)/g, "$1:")}`,
    "iface-status": "active",
    "vm-id": `c1d4e0aa-52b3-4f3e-b7a9-11${hex}`,
  };
  return { name: `tap${hex}`, tag: 1 + (number % tags), ids: new Map(Object.entries(pairs)) };
}

/** The operations that put ports on the bridge, in one transaction. */
export function addPorts(bridge, numbers) {
  const inserts = numbers.flatMap((number) => {
    const { name, tag, ids } = portAt(number);
    const port = { name, tag, interfaces: namedUuid(`i${number}`), external_ids: ids };
    return [
      { op: "insert", table: "Interface", row: { name, external_ids: ids }, uuidName: `i${number}` },
      { op: "insert", table: "Port", row: port, uuidName: `p${number}` },
    ];
  });
  const ports = numbers.map((number) => namedUuid(`p${number}`));
  return [...inserts, changeBridge(bridge, "insert", ports)];
}

/** The operation that takes ports off the bridge; without it their rows go too. */
export function removePorts(bridge, uuids) {
  return changeBridge(bridge, "delete", uuids.map(uuid));
}

/** The operation that gives a port another tag. */
export function setTag(port, tag) {
  return { op: "update", table: "Port", where: [["_uuid", "==", uuid(port)]], row: { tag } };
}

function changeBridge(bridge, mutator, ports) {
  const where = [["_uuid", "==", uuid(bridge)]];
  return { op: "mutate", table: "Bridge", where, mutations: [["ports", mutator, ports]] };
}

const batch = 2_000;

/** Starts a server with so many ports on one bridge. Gives it with the UUID of the bridge. */
export async function startPortDatabase(count) {
  const server = await DatabaseServer.start();
  const client = await connectOvsdb(server.target);
  const [made] = await client.transact(database, [
    { op: "insert", table: "Bridge", row: { name: "br-int" }, uuidName: "bridge" },
    { op: "insert", table: "Open_vSwitch", row: { bridges: [namedUuid("bridge")] } },
  ]);
  for (let from = 0; from < count; from += batch) {
    const numbers = Array.from({ length: Math.min(batch, count - from) }, (_, index) => from + index);
    // oxlint-disable-next-line no-await-in-loop -- each is a commit
    await client.transact(database, addPorts(made.uuid, numbers));
  }
  await client.close();
  return { server, bridge: made.uuid };
}
