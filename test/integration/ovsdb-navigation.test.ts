// Ways through a replica on the real ovsdb-server: by reference, by a map's key, in order, and by another selection.
import assert from "node:assert/strict";
import { DatabaseServer } from "../../lab/database-server.ts";
import {
  connectOvsdb,
  namedUuid,
  type Operation,
  type OvsdbClient,
  OvsdbRequestError,
  openVSwitch,
  SelectionError,
  uuid,
} from "../../src/ovsdb/index.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith } from "../support/needs.ts";

const database = "Open_vSwitch";
const ports = ["p1", "p2", "p3"];

/** A switch with a bridge of three ports, whose interfaces belong to VMs. */
const furniture: readonly Operation[] = [
  ...ports.flatMap((name, index): Operation[] => [
    {
      op: "insert",
      table: "Interface",
      uuidName: `i${name}`,
      row: { name, external_ids: new Map([["iface-id", `vm-${name}`]]) },
    },
    {
      op: "insert",
      table: "Port",
      uuidName: name,
      row: { name, tag: 30 - 10 * index, interfaces: namedUuid(`i${name}`) },
    },
  ]),
  { op: "insert", table: "Queue", uuidName: "q", row: { dscp: 1 } },
  { op: "insert", table: "QoS", row: { type: "x", queues: new Map([[7, namedUuid("q")]]) } },
  { op: "insert", table: "Bridge", uuidName: "b", row: { name: "br0", ports: ports.map(namedUuid) } },
  { op: "insert", table: "Open_vSwitch", row: { bridges: namedUuid("b") } },
];

function names(rows: Iterable<{ readonly name: string }>): string[] {
  return Array.from(rows, ({ name }) => name);
}

describeWith(["openvswitch"], "ways through a replica", function () {
  this.timeout(30_000);
  let server: DatabaseServer;
  let client: OvsdbClient;

  beforeEach(async () => {
    server = await DatabaseServer.start();
    client = await connectOvsdb(server.target);
    await client.transact(database, furniture);
  });
  afterEach(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
  });

  it("lead along references, both ways, as they change", async () => {
    await using replica = await client.replica(openVSwitch, {
      Bridge: ["name", "ports"],
      Port: ["name", "interfaces"],
      Interface: ["name"],
      QoS: ["queues"],
      Queue: ["dscp"],
    });
    const bridgePorts = replica.reference("Bridge", "ports");
    const [bridge] = replica.table("Bridge");
    const port = replica.table("Port").index("name").one("p2");
    assert.ok(bridge !== undefined && port !== undefined);
    assert.deepEqual(names(bridgePorts.of(bridge)).toSorted(), ports);
    assert.deepEqual(names(bridgePorts.to(port)), ["br0"]);
    assert.deepEqual(names(replica.reference("Port", "interfaces").of(port)), ["p2"]);

    const [qos] = replica.table("QoS");
    const [queue] = replica.table("Queue");
    const queues = replica.reference("QoS", "queues");
    assert.ok(qos !== undefined && queue !== undefined);
    assert.deepEqual(queues.of(qos), [queue]);
    assert.deepEqual(queues.to(queue), [qos]);

    await client.transact(database, [
      { op: "mutate", table: "Bridge", where: [], mutations: [["ports", "delete", uuid(port._uuid)]] },
    ]);
    const now = replica.table("Bridge").get(bridge._uuid);
    assert.deepEqual(names(bridgePorts.of(now ?? bridge)).toSorted(), ["p1", "p3"]);
    assert.deepEqual(bridgePorts.to(port), []);
  });

  it("don't lead to what wasn't chosen, nor from what refers to nothing", async () => {
    await using replica = await client.replica(openVSwitch, {
      Bridge: ["name"],
      Port: ["name", "interfaces"],
    });
    const bridges = replica as unknown as { reference(table: string, column: string): unknown };
    assert.throws(() => bridges.reference("Bridge", "ports"), SelectionError);
    assert.throws(() => bridges.reference("Bridge", "name"), SelectionError);
    assert.throws(() => bridges.reference("Port", "interfaces"), SelectionError);
  });

  it("lead by what a map has under a key, alone and with columns", async () => {
    await using replica = await client.replica(openVSwitch, { Interface: ["name", "external_ids"] });
    const interfaces = replica.table("Interface");
    const byVm = interfaces.index(["external_ids", "iface-id"]);
    assert.equal(byVm.one("vm-p3")?.name, "p3");
    assert.equal(interfaces.index(["external_ids", "iface-id"]), byVm, "it is made once");
    assert.deepEqual(names(interfaces.index("name", ["external_ids", "iface-id"]).find("p1", "vm-p1")), [
      "p1",
    ]);
    await client.transact(database, [
      {
        op: "mutate",
        table: "Interface",
        where: [["name", "==", "p3"]],
        mutations: [["external_ids", "delete", ["iface-id"]]],
      },
    ]);
    assert.equal(byVm.one("vm-p3"), undefined);
    assert.deepEqual(names(byVm.find(undefined)), ["p3"]);
  });

  it("lead from one value to another in order", async () => {
    await using replica = await client.replica(openVSwitch, {
      Port: ["name", "tag"],
      Interface: ["name", "external_ids"],
    });
    const byTag = replica.table("Port").ordered("tag");
    assert.deepEqual(names(byTag.rows()), ["p3", "p2", "p1"]);
    await client.transact(database, [
      { op: "update", table: "Port", where: [["name", "==", "p3"]], row: { tag: 25 } },
    ]);
    assert.deepEqual(names(byTag.rows({ from: 20, to: 29 })), ["p2", "p3"]);
    assert.equal(byTag.last()?.tag, 30);
    const byVm = replica.table("Interface").ordered(["external_ids", "iface-id"]);
    assert.equal(byVm.first("vm-p2")?.name, "p2");
  });

  it("lead to other tables, columns and rows, chosen while it runs", async () => {
    const replica = await client.replica(openVSwitch, { Port: ["name"], Queue: ["dscp"] });
    await using _ = replica;
    const table = replica.table("Port");
    const byName = table.index("name");
    const told: string[] = [];
    replica.on("change", (changes, { resync }) => {
      told.push(...changes.map(({ table: of, type }) => `${of} ${type}${resync ? " resync" : ""}`));
    });
    const other = await replica.reselect({
      Port: {
        columns: ["name", "tag"],
        where: [
          ["tag", "==", 20],
          ["tag", "==", 30],
        ],
      },
      Bridge: ["name"],
    });
    assert.equal(other.synced, true);
    assert.deepEqual(names(other.table("Bridge")), ["br0"]);
    const tags = other.table("Port").ordered("tag");
    assert.deepEqual(
      tags.rows().map(({ tag }) => tag),
      [20, 30],
    );
    assert.equal(byName.one("p3"), undefined, "an index goes on with the table");
    assert.equal(byName.one("p1")?._uuid, other.table("Port").index("tag").one(30)?._uuid);
    assert.throws(() => replica.table("Queue"), SelectionError);
    assert.deepEqual(told.toSorted(), [
      "Bridge insert resync",
      "Port delete resync",
      "Port modify resync",
      "Port modify resync",
    ]);
    await client.transact(database, [
      { op: "update", table: "Port", where: [["name", "==", "p3"]], row: { tag: 20 } },
    ]);
    assert.equal(other.table("Port").size, 3);
    assert.equal(told.at(-1), "Port insert");
  });

  it("aren't made of columns that aren't chosen", async () => {
    await using replica = await client.replica("Open_vSwitch", { Port: ["name"] });
    const ports = replica.table("Port");
    assert.throws(() => ports.index("tag" as "name"), SelectionError);
    assert.throws(() => ports.index("name", "colour" as "name"), SelectionError);
    assert.throws(() => ports.ordered("colour" as "name"), SelectionError);
    assert.equal(
      ports.index("_uuid" as "name").one(ports.index("name").one("p1")?._uuid ?? "")?.["name"],
      "p1",
    );
    await replica.reselect({ Port: ["tag"] });
    assert.throws(() => ports.index("name"), SelectionError);
    assert.deepEqual(ports.index("tag" as "name").find(10).length, 1);
  });

  it("have the columns that are chosen now and no others, fewer or more", async () => {
    await using replica = await client.replica(openVSwitch, { Port: ["name", "tag", "trunks"] });
    const columns = (): string[] => [
      ...new Set(Array.from(replica.table("Port"), (row) => Object.keys(row).join())),
    ];
    await replica.reselect({ Port: ["name"] });
    assert.deepEqual(columns(), ["_uuid,name"]);
    await replica.reselect({ Port: ["name", "external_ids", "trunks"] });
    assert.deepEqual(columns(), ["_uuid,name,external_ids,trunks"]);
  });

  it("stay as they were when another selection can't be had", async () => {
    await using replica = await client.replica(openVSwitch, {
      Port: { columns: ["name"], where: [["tag", "==", 10]] },
    });
    const wrong = { Port: ["colour"] } as unknown as { Port: ["name"] };
    await assert.rejects(replica.reselect(wrong), SelectionError);
    const refused = replica.reselect({ Bridge: { columns: ["name"], where: [["name", "==", 7]] } });
    await assert.rejects(refused, OvsdbRequestError);
    assert.deepEqual(names(replica.table("Port")), ["p3"]);
    assert.equal(replica.synced, true);
    await client.transact(database, [{ op: "update", table: "Port", where: [], row: { tag: 10 } }]);
    assert.equal(replica.table("Port").size, 3);
  });

  it("stay as they were when the connection is cut meanwhile, and go on on the next", async () => {
    await using proxy = await Proxy.start(server.target);
    await using cut = await connectOvsdb(proxy.target, { backoff: { minMs: 1, maxMs: 10 } });
    await using replica = await cut.replica(openVSwitch, { Port: ["name"] });
    const synced = new Promise<void>((resolve) => replica.once("synced", resolve));
    const reselected = assert.rejects(replica.reselect({ Bridge: ["name"] }), {
      code: "ERR_CONNECTION_CLOSED",
    });
    await proxy.sent(({ method }) => method === "monitor_cancel");
    proxy.drop();
    await Promise.all([reselected, synced]);
    assert.equal(replica.table("Port").size, 3);
    const other = await replica.reselect({ Bridge: ["name"] });
    assert.deepEqual(names(other.table("Bridge")), ["br0"]);
  });
});
