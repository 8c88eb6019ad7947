// Plain Node as a contender: it receives, scans and parses, and keeps what was parsed. It has no rows to look anything up in.
import { encodeOperations } from "../../build/src/ovsdb/operations.js";
import { memory, timed, timedEach, watchLoop } from "./measures.mjs";
import { addPorts, agentColumns, database, removePorts, setTag } from "./port-database.mjs";
import { RawSession } from "./raw-session.mjs";

const [target, ports, bridge, columns, turns] = process.argv.slice(2);
const count = Number(ports);
const changes = Number(turns);

const requests = Object.entries(agentColumns).map(([table, chosen]) => [
  table,
  [columns === "all" ? {} : { columns: chosen }],
]);
const none = "00000000-0000-0000-0000-000000000000";
const monitor = [database, "all", Object.fromEntries(requests), none];

const session = new RawSession(target);
const loop = watchLoop();
const [syncMs, [, , tables], syncCpuMs] = await timed(() => session.request("monitor_cond_since", monitor));
const pauses = await loop.stop();
const used = memory();

const transact = (...operations) => session.request("transact", [database, ...encodeOperations(operations)]);
const added = [];
const add = await timedEach(changes, async (turn) => {
  const results = await transact(...addPorts(bridge, [count + turn]));
  added.push(results[1].uuid[1]);
});
const uuids = Object.keys(tables.Port);
const tag = await timedEach(changes, (turn) => transact(setTag(uuids[turn], 1 + (turn % 9))));

const writer = new RawSession(target);
const event = await timedEach(changes, (turn) => {
  const told = new Promise((resolve) => {
    session.hear = resolve;
  });
  const operations = encodeOperations([setTag(uuids[turn], 10 + (turn % 9))]);
  void writer.request("transact", [database, ...operations]);
  return told;
});
await transact(removePorts(bridge, added));
console.log(JSON.stringify({ syncMs, syncCpuMs, ...used, ...pauses, add, tag, event }));
process.exit(0);
