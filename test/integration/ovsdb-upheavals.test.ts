// What happens to a server besides cut connections, with everything in flight: killed, its data changed and compacted
// while it was gone, its database converted, removed and added, and a reader that is slow.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { DatabaseServer, openVSwitchSchema } from "../../lab/database-server.ts";
import { ConnectionClosedError, OvskitError, TimeoutError } from "../../src/errors.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { connectOvsdb, type Operation, OutcomeUnknownError, openVSwitch } from "../../src/ovsdb/index.ts";
import { describeWith } from "../support/needs.ts";
import { canonical } from "./database-contents.ts";
import { chosenOf, contentsOf, dumpOf } from "./database-dump.ts";

const run = promisify(execFile);
const database = "Open_vSwitch";
const quick = { backoff: { minMs: 0, maxMs: 10 } };

function insert(dscp: number): Operation {
  return { op: "insert", table: "Queue", row: { dscp } };
}

/** Whether an error is one of those that a connection or a database may end in while it goes. */
function isExpected(error: unknown): boolean {
  return error instanceof OvskitError && !(error instanceof TimeoutError);
}

/** What a replica of Queue shows, and what it should. */
async function compared(
  server: DatabaseServer,
  rows: Iterable<object>,
  columns: readonly string[],
  dscps?: readonly number[],
): Promise<void> {
  const dump = await dumpOf(server.target, database, ["Queue"]);
  const fits = ({ dscp }: Readonly<Record<string, string>>): boolean =>
    dscps === undefined || dscps.some((one) => canonical(one) === dscp);
  assert.deepEqual(
    contentsOf(["Queue"], () => rows),
    chosenOf(dump, { Queue: { columns, fits } }),
  );
}

describeWith(["openvswitch"], "a replica of a server in upheaval", function () {
  this.timeout(60_000);

  it("equals a dump when the server was killed with all in flight, and its data changed and compacted", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, quick);
    await client.transact(database, [1, 2, 3, 4].map(insert));
    await using replica = await client.replica(openVSwitch, {
      Queue: { columns: ["dscp", "external_ids"], where: [["dscp", "==", 1]] },
    });
    const told: string[] = [];
    replica.on("change", (changes, { resync }) => {
      told.push(...changes.map(({ type, old, new: now }) => `${type} ${(now ?? old)?.dscp} ${resync}`));
    });
    // Frozen, it answers nothing of what is sent now.
    process.kill(Number(server.pid), "SIGSTOP");
    const chosen = replica.where({
      Queue: [
        ["dscp", "==", 1],
        ["dscp", "==", 2],
      ],
    });
    const out = client.transact(database, [insert(9)]);
    const repeated = client.transact(
      database,
      [{ op: "insert", table: "Queue", uuid: "11111111-2222-4333-8444-555555555555", row: { dscp: 2 } }],
      { retry: true },
    );
    const lost = assert.rejects(out, OutcomeUnknownError);
    const killed = server.halt("kill");
    await Promise.all([lost, killed]);
    const [file] = server.files;
    assert.ok(file !== undefined);
    const change = {
      op: "update",
      table: "Queue",
      where: [["dscp", "==", 1]],
      row: { external_ids: ["map", [["a", "b"]]] },
    };
    const gone = { op: "delete", table: "Queue", where: [["dscp", "==", 3]] };
    await run("ovsdb-tool", ["transact", file, JSON.stringify([database, change, gone])]);
    await run("ovsdb-tool", ["compact", file]);
    await server.resume();
    await Promise.all([chosen, repeated]);
    assert.equal(replica.synced, true);
    await client.echo();
    await compared(server, replica.table("Queue"), ["dscp", "external_ids"], [1, 2]);
    const twos = [...replica.table("Queue")].filter(({ dscp }) => dscp === 2);
    assert.equal(twos.length, 2, "the repeated insert was done once");
    assert.ok(
      told.includes("modify 1 true") && told.every((line) => !line.startsWith("delete")),
      told.join(),
    );
  });

  it("equals a dump after its database was converted to and fro under everything at once", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, quick);
    await using other = await connectOvsdb(server.target, quick);
    const plain = JSON.parse(await readFile(openVSwitchSchema, "utf8")) as { version: string };
    const wide = JSON.parse(JSON.stringify(plain)) as {
      version: string;
      tables: { Queue: { columns: Record<string, object> } };
    };
    wide.version = "99.0.0";
    wide.tables.Queue.columns["colours"] = { type: { key: "string", min: 0, max: "unlimited" } };
    await using all = await client.replica(database, { Queue: "all" });
    await using some = await client.replica(openVSwitch, {
      Queue: { columns: ["dscp"], where: [["dscp", "==", 1]] },
    });
    for (let round = 1; round <= 10; round += 1) {
      const works = [
        other.convert(database, round % 2 === 1 ? wide : plain),
        client.replica(database, { Queue: "all" }).then((replica) => replica.close()),
        some.where({ Queue: [["dscp", "==", round % 3]] }),
        all.reselect({ Queue: round % 3 === 0 ? ["dscp"] : "all" }),
        client.transact(database, [insert(round % 3)]),
        other.transact(database, [insert(round % 3)]),
      ];
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what this is about
      const outcomes = await Promise.allSettled(works);
      for (const one of outcomes) {
        if (one.status === "rejected") assert.ok(isExpected(one.reason), String(one.reason));
      }
    }
    await other.convert(database, wide as unknown as JsonValue);
    await other.transact(database, [
      { op: "update", table: "Queue", where: [], row: { colours: ["red", "blue"] } },
    ]);
    for (const replica of [all, some]) {
      // oxlint-disable-next-line no-await-in-loop
      while (!replica.synced) await once(replica, "synced");
    }
    const reselected = await all.reselect({ Queue: "all" });
    await some.where({ Queue: [["dscp", "==", 2]] });
    await compared(server, reselected.table("Queue"), Object.keys(wide.tables.Queue.columns));
    await compared(server, some.table("Queue"), ["dscp"], [2]);
    assert.ok(some.table("Queue").size > 0);
  });

  it("equals a dump after its database was removed and added under everything at once", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, quick);
    await using replica = await client.replica(openVSwitch, { Queue: ["dscp"] });
    const [file] = server.files;
    for (let round = 0; round < 8; round += 1) {
      const works = [
        replica.where({ Queue: [["dscp", "==", round % 2]] }, { timeoutMs: 10_000 }),
        client.transact(database, [insert(round % 2)]),
        client.replica(openVSwitch, { Queue: ["dscp"] }).then((one) => one.close()),
        server
          .appctl("ovsdb-server/remove-db", database)
          .then(() => server.appctl("ovsdb-server/add-db", String(file))),
      ];
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what this is about
      const outcomes = await Promise.allSettled(works);
      for (const one of outcomes) {
        if (one.status === "rejected") assert.ok(isExpected(one.reason), String(one.reason));
      }
    }
    // oxlint-disable-next-line no-await-in-loop
    while (!replica.synced) await once(replica, "synced");
    await client.transact(database, [insert(0), insert(1)]);
    await replica.where({ Queue: [["dscp", "==", 1]] });
    await compared(server, replica.table("Queue"), ["dscp"], [1]);
  });

  it("equals a dump when its reader is slow, however many commits were merged meanwhile", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, quick);
    await using writer = await connectOvsdb(server.target, quick);
    await using replica = await client.replica(openVSwitch, { Queue: ["dscp", "external_ids"] });
    const told = new Map<string, unknown>();
    let events = 0;
    replica.on("change", (changes) => {
      events += 1;
      for (const { uuid, old, new: now } of changes) {
        assert.equal(told.get(uuid), old, "what was told last is what was");
        if (now === undefined) told.delete(uuid);
        else told.set(uuid, now);
      }
      // A reader that takes its time: nothing else happens meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    });
    const long = new Map([["text", "x".repeat(20_000)]]);
    const works = Array.from({ length: 300 }, (_, index) =>
      writer.transact(database, [
        { op: "insert", table: "Queue", row: { dscp: index % 60, external_ids: long } },
        {
          op: "update",
          table: "Queue",
          where: [["dscp", "==", (index + 7) % 60]],
          row: { external_ids: new Map() },
        },
        ...(index % 3 === 0
          ? [{ op: "delete", table: "Queue", where: [["dscp", "==", (index + 3) % 60]] } as const]
          : []),
      ]),
    );
    await Promise.all(works);
    await client.echo();
    await compared(server, replica.table("Queue"), ["dscp", "external_ids"]);
    assert.deepEqual(new Map(Array.from(replica.table("Queue"), (row) => [row._uuid, row])), told);
    assert.ok(events > 0 && events <= 300);
  });
});

describeWith(["openvswitch"], "a client of the real server", function () {
  this.timeout(30_000);

  it("reads its own writes as soon as they are done, in every replica that is in step", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, quick);
    await using one = await client.replica(openVSwitch, { Queue: ["dscp"] });
    await using other = await client.replica(openVSwitch, {
      Queue: { columns: ["dscp"], where: [["dscp", "<", 30]] },
    });
    const order: (number | undefined)[] = [];
    one.on("change", (changes) => order.push(...changes.map(({ new: now }) => now?.dscp)));
    const writes = Array.from({ length: 60 }, async (_, dscp) => {
      const [{ uuid }] = await client.transact(database, [{ op: "insert", table: "Queue", row: { dscp } }]);
      assert.equal(one.table("Queue").get(uuid)?.dscp, dscp);
      assert.equal(other.table("Queue").get(uuid) !== undefined, dscp < 30);
    });
    await Promise.all(writes);
    assert.deepEqual(
      order,
      Array.from({ length: 60 }, (_, dscp) => dscp),
      "in the order of the commits",
    );
  });

  it("says that it isn't connected, never that the outcome is unknown, of what it never sent", async () => {
    await using server = await DatabaseServer.start();
    await using client = await connectOvsdb(server.target, quick);
    const lost = once(client, "disconnected");
    await server.halt("kill");
    await lost;
    await assert.rejects(client.transact(database, [insert(1)]), ConnectionClosedError);
    const connected = once(client, "connected");
    await server.resume();
    await connected;
    await using replica = await client.replica(openVSwitch, { Queue: ["dscp"] });
    assert.equal(replica.table("Queue").size, 0);
  });
});
