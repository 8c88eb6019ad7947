// The replica against the real ovsdb-server: after every kind of change, cut connection and restart it must equal what
// ovsdb-client, which is none of our code, dumps.
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { runCommand } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  connectOvsdb,
  isUuid,
  type MonitorUpdate,
  namedUuid,
  type Operation,
  type OvsdbClient,
  openVSwitch,
  type ReplicaOf,
  uuid,
} from "../../src/ovsdb/index.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith } from "../support/needs.ts";
import { type Contents, dumpedContents, replicaContents } from "./database-contents.ts";

const db = "Open_vSwitch";
const quick = { backoff: { minMs: 0, maxMs: 20 } };
const all = {
  Open_vSwitch: "all",
  Bridge: "all",
  Port: "all",
  Interface: "all",
  Queue: "all",
  Mirror: "all",
} as const;

/** Every row of the chosen tables, by ovsdb-client. */
async function dump(ovs: OpenVSwitch): Promise<Contents> {
  return dumpedContents(await runCommand("ovsdb-client", ["-f", "json", "dump", ovs.ovsdb, db]), all);
}

function contentsOf(replica: ReplicaOf<typeof openVSwitch, typeof all>): Contents {
  return replicaContents(replica, all);
}

/** Operations that give a bridge a port. */
function addPort(name: string, tag: number): Operation[] {
  return [
    { op: "insert", table: "Interface", uuidName: "i", row: { name, cfm_mpid: 2n ** 60n + BigInt(tag) } },
    { op: "insert", table: "Port", uuidName: "p", row: { name, tag, interfaces: namedUuid("i") } },
    {
      op: "mutate",
      table: "Bridge",
      where: [["name", "==", "br0"]],
      mutations: [["ports", "insert", namedUuid("p")]],
    },
  ];
}

function removePort(port: string): Operation[] {
  return [{ op: "mutate", table: "Bridge", where: [], mutations: [["ports", "delete", uuid(port)]] }];
}

function names(rows: Iterable<{ name: string }>): string[] {
  return [...rows].map(({ name }) => name).toSorted();
}

function insert(dscp: number): Operation {
  return { op: "insert", table: "Queue", row: { dscp } };
}

/** One of each kind of change. */
async function changeEverything(client: OvsdbClient): Promise<void> {
  const [, port] = await client.transact(db, addPort("second", 2));
  assert.ok(port !== undefined && "uuid" in port);
  await client.transact(db, addPort("third", 3));
  const labels = new Map([
    ["a", "1"],
    ["__proto__", "2"],
    ["", "é"],
  ]);
  await client.transact(db, [
    {
      op: "update",
      table: "Port",
      where: [["name", "==", "second"]],
      row: { tag: [], trunks: [1, 2, 3], external_ids: labels },
    },
    { op: "insert", table: "Queue", row: { dscp: 5 } },
    { op: "update", table: "Bridge", where: [], row: { protocols: ["OpenFlow13"], fail_mode: [] } },
    {
      op: "insert",
      table: "Mirror",
      uuidName: "m",
      row: { name: "m", select_src_port: [uuid(port.uuid)] },
    },
    { op: "mutate", table: "Bridge", where: [], mutations: [["mirrors", "insert", namedUuid("m")]] },
  ]);
  await client.transact(db, [
    {
      op: "mutate",
      table: "Port",
      where: [["name", "==", "second"]],
      mutations: [
        ["trunks", "delete", [2]],
        ["trunks", "insert", [7]],
      ],
    },
    {
      op: "mutate",
      table: "Port",
      where: [["name", "==", "second"]],
      mutations: [["external_ids", "delete", ["a"]]],
    },
    { op: "mutate", table: "Open_vSwitch", where: [], mutations: [["next_cfg", "+=", 1]] },
  ]);
  // The port goes, its interface with it, and the mirror's weak reference too.
  await client.transact(db, removePort(port.uuid));
}

describeWith(["openvswitch"], "a replica of the real server", function () {
  this.timeout(60_000);
  let ovs: OpenVSwitch;
  let writer: OvsdbClient;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.stopVswitchd();
    await ovs.addBridge("br0");
  });
  after(() => ovs?.stop());
  beforeEach(async () => {
    writer = await connectOvsdb(ovs.ovsdb);
    await writer.transact(db, addPort("first", 1));
  });
  afterEach(async () => {
    await writer.transact(db, [
      { op: "delete", table: "Queue", where: [] },
      { op: "update", table: "Bridge", where: [], row: { ports: [], mirrors: [] } },
    ]);
    await writer.close();
  });

  it("has every table and column of the generated types", async () => {
    const schema = await writer.schema(db);
    assert.equal(schema.version, openVSwitch.version);
    await using replica = await writer.replica(openVSwitch, all);
    assert.deepEqual(contentsOf(replica), await dump(ovs));
  });

  it("equals a dump after each kind of change, and has it when the transaction resolves", async () => {
    await using replica = await writer.replica(openVSwitch, all);
    await changeEverything(writer);
    const seen = contentsOf(replica);
    assert.deepEqual(seen, await dump(ovs));
    assert.equal(replica.table("Port").index("name").one("third")?.tag, 3);
    assert.equal(replica.table("Port").index("name").one("second"), undefined);
  });

  it("tells each commit in one event, with what was and what is", async () => {
    await using replica = await writer.replica(openVSwitch, { Port: ["name", "tag"], Bridge: ["ports"] });
    const told: string[][] = [];
    replica.on("change", (changes) => {
      const lines = changes.map(({ table, type, old, new: now }) => {
        return `${type} ${table}${old === undefined ? "" : ", old"}${now === undefined ? "" : ", new"}`;
      });
      told.push(lines.toSorted());
    });
    const [, port] = await writer.transact(db, addPort("told", 4));
    assert.ok(port !== undefined && "uuid" in port);
    const where = [["_uuid", "==", uuid(port.uuid)]] as const;
    await writer.transact(db, [{ op: "update", table: "Port", where, row: { tag: 5 } }]);
    await writer.transact(db, [{ op: "update", table: "Port", where, row: { tag: 5 } }]);
    await writer.transact(db, [{ op: "update", table: "Port", where, row: { vlan_mode: "access" } }]);
    await writer.transact(db, removePort(port.uuid));
    assert.deepEqual(told, [
      ["insert Port, new", "modify Bridge, old, new"],
      ["modify Port, old, new"],
      ["delete Port, old", "modify Bridge, old, new"],
    ]);
  });

  it("finds rows by its indexes as they change", async () => {
    await using replica = await writer.replica(openVSwitch, {
      Port: ["name", "tag", "external_ids"],
      Bridge: ["name", "ports"],
    });
    const byTag = replica.table("Port").index("tag");
    const bridgeOf = replica.table("Bridge").index("ports");
    const byLabel = replica.table("Port").index((port) => port.external_ids.get("iface-id"));
    const [, port] = await writer.transact(db, addPort("indexed", 77));
    assert.ok(port !== undefined && "uuid" in port);
    assert.equal(byTag.one(77)?.name, "indexed");
    assert.equal(bridgeOf.one(port.uuid)?.name, "br0");
    const row = { tag: 78, external_ids: new Map([["iface-id", "x"]]) };
    await writer.transact(db, [{ op: "update", table: "Port", where: [["name", "==", "indexed"]], row }]);
    assert.deepEqual(
      [byTag.find(77), byTag.one(78)?.name, byLabel.one("x")?.name],
      [[], "indexed", "indexed"],
    );
    await writer.transact(db, removePort(port.uuid));
    assert.deepEqual([byTag.find(78), byLabel.find("x"), bridgeOf.find(port.uuid)], [[], [], []]);
  });

  for (const unknown of [[], ["monitor_cond_since"], ["monitor_cond_since", "monitor_cond"]]) {
    const how = ["monitor_cond_since", "monitor_cond", "monitor"][unknown.length] ?? "";
    it(`by ${how} equals a dump after every change, and after a cut connection`, async () => {
      await using proxy = await Proxy.start(ovs.ovsdb);
      for (const method of unknown) proxy.unknown.add(method);
      await using client = await connectOvsdb(proxy.target, quick);
      await using replica = await client.replica(openVSwitch, all);
      assert.ok(proxy.fromClient.some(({ method }) => method === how));
      await changeEverything(client);
      assert.deepEqual(contentsOf(replica), await dump(ovs));
      const stale = once(replica, "stale");
      const synced = once(replica, "synced");
      const changed = once(replica, "change") as Promise<[readonly { table: string }[], { resync: boolean }]>;
      proxy.drop();
      await stale;
      const resynced = replica.synced ? Promise.resolve() : synced;
      await writer.transact(db, [
        { op: "update", table: "Port", where: [["name", "==", "first"]], row: { tag: 99 } },
      ]);
      await resynced;
      const [changes] = await changed;
      await client.echo();
      assert.deepEqual(contentsOf(replica), await dump(ovs));
      assert.deepEqual(
        changes.map(({ table }) => table),
        ["Port"],
        "the difference only",
      );
    });
  }

  it("equals a dump after the server was stopped, its data changed, and started again", async () => {
    await using client = await connectOvsdb(ovs.ovsdb, quick);
    await using replica = await client.replica(openVSwitch, all);
    await changeEverything(client);
    const stale = once(replica, "stale");
    const synced = once(replica, "synced");
    const changed = once(replica, "change") as Promise<
      [readonly { table: string; type: string }[], { resync: boolean }]
    >;
    await writer.close();
    await ovs.stopDatabase();
    await stale;
    assert.equal(replica.synced, false);
    const update = { op: "update", table: "Port", where: [["name", "==", "third"]], row: { tag: 33 } };
    const remove = { op: "delete", table: "Queue", where: [] };
    const file = join(ovs.dir, "db", "conf.db");
    await runCommand("ovsdb-tool", ["transact", file, JSON.stringify([db, update, remove])]);
    await runCommand("ovsdb-tool", ["compact", file]);
    await ovs.startDatabase();
    await synced;
    const [changes, { resync }] = await changed;
    assert.equal(resync, true);
    assert.deepEqual(changes.map(({ table, type }) => `${type} ${table}`).toSorted(), [
      "delete Queue",
      "modify Port",
    ]);
    assert.deepEqual(contentsOf(replica), await dump(ovs));
    await client.transact(db, addPort("fourth", 4));
    assert.deepEqual(contentsOf(replica), await dump(ovs));
    writer = await connectOvsdb(ovs.ovsdb);
  });

  it("isn't touched by another replica or monitor of the same tables on the connection", async () => {
    await using one = await writer.replica(openVSwitch, { Port: ["name"] });
    const other = await writer.replica(openVSwitch, { Port: ["name", "tag"] });
    await writer.transact(db, addPort("both", 8));
    await other.close();
    await writer.transact(db, addPort("one", 9));
    assert.deepEqual(names(one.table("Port")), ["both", "first", "one"]);
    assert.deepEqual(names(other.table("Port")), ["both", "first"]);
  });
});

describeWith(["openvswitch"], "a monitor of the real server", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.stopVswitchd();
  });
  after(() => ovs?.stop());

  it("tells the rows that any of its conditions chooses, and goes on after a cut connection", async () => {
    await using writer = await connectOvsdb(ovs.ovsdb);
    await using proxy = await Proxy.start(ovs.ovsdb);
    await using client = await connectOvsdb(proxy.target, quick);
    await writer.transact(db, [insert(1), insert(2), insert(3)]);
    const updates: MonitorUpdate[] = [];
    const where = [
      ["dscp", "==", 1],
      ["dscp", "==", 3],
    ] as const;
    const queue = { columns: ["dscp"], where };
    await using monitor = await client.monitor(db, { Queue: queue }, (update) => updates.push(update));
    const told = (): unknown[] =>
      updates.splice(0).map(({ complete, tables }) => {
        const rows = [...(tables.get("Queue")?.values() ?? [])];
        return [complete, rows.map((row) => JSON.stringify("row" in row ? row.row : row.type)).toSorted()];
      });
    assert.deepEqual(told(), [[true, ['{"dscp":1}', '{"dscp":3}']]]);
    assert.ok(isUuid(monitor.lastTransactionId ?? ""));
    const synced = once(monitor, "synced");
    await writer.transact(db, [{ op: "delete", table: "Queue", where: [["dscp", "==", 3]] }, insert(4)]);
    await client.echo();
    assert.deepEqual(told(), [[false, ['"delete"']]]);
    proxy.drop();
    await synced;
    assert.equal(monitor.synced, true);
    updates.splice(0);
    await client.transact(db, [insert(1)]);
    assert.deepEqual(told(), [[false, ['{"dscp":1}']]]);
  });
});
