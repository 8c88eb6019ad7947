// ovskit as a contender: a replica, in a process of its own.
import { connectOvsdb } from "../../build/src/ovsdb/index.js";
import { encodeOperations } from "../../build/src/ovsdb/operations.js";
import { memory, microsecondsOf, timed, timedEach, watchLoop } from "./measures.mjs";
import { addPorts, agentColumns, database, portAt, removePorts, setTag } from "./port-database.mjs";
import { RawSession } from "./raw-session.mjs";

const [target, ports, bridge, columns, turns] = process.argv.slice(2);
const count = Number(ports);
const changes = Number(turns);

const tables = Object.entries(agentColumns);
const selection = Object.fromEntries(
  tables.map(([table, chosen]) => [table, columns === "all" ? "all" : chosen]),
);

const loop = watchLoop();
const [syncMs, [client, replica], syncCpuMs] = await timed(async () => {
  const connected = await connectOvsdb(target);
  return [connected, await connected.replica(database, selection)];
});
const pauses = await loop.stop();
const used = memory();

const table = replica.table("Port");
const [indexMs, indexes] = await timed(() => ({
  name: table.index("name"),
  tag: table.index("tag"),
  id: table.index(["external_ids", "iface-id"]),
}));
if (table.size !== count) throw new Error(`${table.size} ports instead of ${count}`);
const wanted = Array.from({ length: 1_000 }, (_, turn) => portAt((turn * 7_919) % count));
const lookupUs = microsecondsOf(100_000, (turn) => {
  const { ids } = wanted[turn % wanted.length];
  if (indexes.id.one(ids.get("iface-id"))?.tag === undefined) throw new Error("no tag");
});
const byTagUs = microsecondsOf(10_000, (turn) => indexes.tag.find(wanted[turn % wanted.length].tag).length);

const added = [];
const add = await timedEach(changes, async (turn) => {
  const results = await client.transact(database, addPorts(bridge, [count + turn]));
  added.push(results[1].uuid);
  if (table.get(results[1].uuid) === undefined) throw new Error("a port that was added doesn't show");
});
const rows = wanted.slice(0, changes).map(({ name }) => indexes.name.one(name));
const tag = await timedEach(changes, (turn) =>
  client.transact(database, [setTag(rows[turn]._uuid, 1 + (turn % 9))]),
);

const writer = new RawSession(target);
const event = await timedEach(changes, (turn) => {
  const told = new Promise((resolve) => {
    replica.once("change", resolve);
  });
  const operations = encodeOperations([setTag(rows[turn]._uuid, 10 + (turn % 9))]);
  void writer.request("transact", [database, ...operations]);
  return told;
});
await client.transact(database, [removePorts(bridge, added)]);
console.log(
  JSON.stringify({ syncMs, syncCpuMs, ...used, ...pauses, indexMs, lookupUs, byTagUs, add, tag, event }),
);
process.exit(0);
