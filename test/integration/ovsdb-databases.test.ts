// Databases that come, go and get another schema while a client follows them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseServer, openVSwitchSchema } from "../../lab/database-server.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { connectOvsdb, OvsdbRequestError, SelectionError } from "../../src/ovsdb/index.ts";
import { describeWith } from "../support/needs.ts";

const database = "Open_vSwitch";

type Schema = { version: string; tables: Record<string, { columns: Record<string, JsonValue> }> };

/** The schema of Open_vSwitch with changes. */
async function schemaWith(change: (schema: Schema) => void): Promise<JsonValue> {
  const schema = JSON.parse(await readFile(openVSwitchSchema, "utf8")) as Schema;
  schema.version = "99.0.0";
  change(schema);
  return schema;
}

describeWith(["openvswitch"], "a client of databases that come and go", function () {
  this.timeout(30_000);

  it("goes on with a database that was removed and added, on the same connection", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, { reconnect: false });
    await using replica = await client.replica(database, { Bridge: ["name"] });
    await client.transact(database, [{ op: "insert", table: "Open_vSwitch", row: {} }]);
    const refused = once(replica, "refused");
    await server.appctl("ovsdb-server/remove-db", database);
    const [reason] = (await refused) as [Error];
    assert.ok(reason instanceof OvsdbRequestError && reason.error === "unknown database");
    assert.equal(replica.synced, false);
    await assert.rejects(client.transact(database, []), { error: "unknown database" });

    const synced = once(replica, "synced");
    await server.appctl("ovsdb-server/add-db", join(server.dir, "vswitch.db"));
    await synced;
    assert.equal(client.connected, true);
    assert.deepEqual(await client.listDatabases(), [database, "_Server"]);
  });

  it("goes on when it is removed and added at once, again and again", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, { reconnect: false });
    await using replica = await client.replica(database, { Queue: ["dscp"] });
    const again = async (rounds: number): Promise<void> => {
      const synced = once(replica, "synced");
      await server.appctl("ovsdb-server/remove-db", database);
      await server.appctl("ovsdb-server/add-db", join(server.dir, "vswitch.db"));
      await synced;
      if (rounds > 1) await again(rounds - 1);
    };
    await again(10);
    assert.equal(replica.synced, true);
  });

  it("takes a converted database up under its new schema", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, { reconnect: false });
    await using other = await connectOvsdb(server.target, { reconnect: false });
    await using replica = await client.replica(database, { Open_vSwitch: "all" });
    const read = { op: "select", table: "Open_vSwitch", where: [] } as const;
    await client.transact(database, [{ op: "insert", table: "Open_vSwitch", row: { db_version: "1" } }]);
    assert.equal((await other.transact(database, [read]))[0].rows[0]?.["colour"], undefined);

    const synced = once(replica, "synced");
    const columns = { colour: { type: "string" } };
    await client.convert(
      database,
      await schemaWith(({ tables }) => Object.assign(tables["Open_vSwitch"]?.columns ?? {}, columns)),
    );
    await synced;
    const changed = once(replica, "change");
    await other.transact(database, [
      { op: "update", table: "Open_vSwitch", where: [], row: { colour: "red" } },
    ]);
    await changed;
    const [row] = replica.table("Open_vSwitch") as Iterable<Record<string, unknown>>;
    assert.deepEqual([row?.["colour"], row?.["db_version"]], ["red", "1"]);
    // Nobody told the other client, which has no monitor.
    assert.equal((await other.transact(database, [read]))[0].rows[0]?.["colour"], "red");
  });

  it("says which column a converted database has lost, and goes on when it is back", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, { backoff: { minMs: 1, maxMs: 10 } });
    await using replica = await client.replica(database, { Queue: ["dscp"] });
    const original = JSON.parse(await readFile(openVSwitchSchema, "utf8")) as JsonValue;
    const refused = once(replica, "refused");
    await client.convert(
      database,
      await schemaWith(({ tables }) => {
        delete tables["Queue"]?.columns["dscp"];
      }),
    );
    const [reason] = (await refused) as [Error];
    assert.ok(reason instanceof SelectionError && reason.column === "dscp");
    const synced = once(replica, "synced");
    await client.convert(database, original);
    await server.appctl("ovsdb-server/reconnect");
    await synced;
    assert.equal((await client.schema(database)).tables.get("Queue")?.columns.has("dscp"), true);
  });

  it("says when the data don't fit another schema, and leaves them as they are", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, { reconnect: false });
    await client.transact(database, [{ op: "insert", table: "Queue", row: { dscp: 7 } }]);
    const converting = client.convert(database, { name: "Another", version: "1.0.0", tables: {} });
    await assert.rejects(converting, OvsdbRequestError);
    assert.notEqual((await client.schema(database)).version, "1.0.0");
  });

  it("tells the server's own UUID, which is another after each start of it", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, { backoff: { minMs: 1, maxMs: 10 } });
    const before = await client.serverId();
    const connected = once(client, "connected");
    await server.halt();
    await server.resume();
    await connected;
    assert.notEqual(await client.serverId(), before);
  });
});
