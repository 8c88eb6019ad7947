// The snippets of docs/ovsdb.md, run on a real server: they do what the page says.
import assert from "node:assert/strict";
import { DatabaseServer } from "../../lab/database-server.ts";
import { configureSwitch, connectOvsdb, openVSwitch } from "../../src/ovsdb/index.ts";
import { bridges, edits, replicas, transactions } from "../ovsdb/page-snippets.ts";
import { describeWith } from "../support/needs.ts";

/** Nobody here takes it up. */
const unwatched: typeof configureSwitch = (replica, body, options) =>
  configureSwitch(replica, body, { ...options, wait: false });

describeWith(["openvswitch"], "what docs/ovsdb.md shows", function () {
  this.timeout(30_000);
  let server: DatabaseServer;
  let said: string[];
  const log = (...words: unknown[]): void => {
    said.push(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" "));
  };
  beforeEach(async () => {
    said = [];
    server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target);
    await using replica = await client.replica(openVSwitch, {});
    await replica.edit((edit) => {
      const ports = ["tap1", "p1"].map((name, index) =>
        edit.insert("Port", {
          name,
          tag: 7,
          external_ids: new Map([["iface-id", `vm-${index}`]]),
          interfaces: [edit.insert("Interface", { name, type: index === 0 ? "patch" : "internal" })],
        }),
      );
      edit.insert("Open_vSwitch", { bridges: [edit.insert("Bridge", { name: "br0", ports })] });
    });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("replicas find, follow and choose rows", async () => {
    await replicas(server.target, log);
    assert.deepEqual(said.slice(0, 2).toSorted(), ["p1 7", "tap1 7"]);
    assert.deepEqual(said[2], "2 1 0 p1 p1 7");
    assert.deepEqual(said.slice(3, 5).toSorted(), ["p1 is on br0", "tap1 is on br0"]);
    assert.deepEqual(said.slice(5, 9), ['["br0"]', "p1: 7 to 8", "8", "1"]);
    assert.deepEqual(said.slice(9).toSorted(), ["p1 ", "tap1 "]);
  });

  it("edits read, write and are retried", async () => {
    await using client = await connectOvsdb(server.target);
    await using replica = await client.replica(openVSwitch, {
      Bridge: ["name", "ports"],
      Port: ["name", "tag", "external_ids"],
      Interface: { columns: ["name", "type"], where: [["type", "==", "internal"]] },
    });
    const made = await edits(replica, log);
    assert.deepEqual(said, ["8"]);
    assert.equal(replica.table("Port").get(made)?.tag, 9);
    assert.equal(replica.table("Port").index("name").one("p1")?.external_ids.get("peer"), "p2");
    assert.equal(replica.table("Bridge").index("ports").one(made)?.name, "br0");
  });

  it("transactions give rows, and are done once", async () => {
    await using client = await connectOvsdb(server.target);
    await transactions(client, log);
    assert.deepEqual(said, ['[{"name":"p3"}]']);
    const [{ rows }] = await client.transact("Open_vSwitch", [{ op: "select", table: "Queue", where: [] }]);
    assert.equal(rows.length, 1);
  });

  it("bridges and ports are there, or something is in the way", async () => {
    await using client = await connectOvsdb(server.target);
    await bridges(client, log, unwatched);
    await bridges(client, log, unwatched);
    assert.deepEqual(said, ["there is a bridge br1 already"]);
    const [{ rows }] = await client.transact("Open_vSwitch", [
      { op: "select", table: "Port", where: [["name", "==", "vm1"]], columns: ["tag"] },
    ]);
    assert.deepEqual(rows, [{ tag: 7 }]);
  });
});
