// Replicas that show chosen rows, and are told to show others while they run, on the real ovsdb-server.
import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseServer } from "../../lab/database-server.ts";
import {
  connectOvsdb,
  type Operation,
  type OvsdbClient,
  OvsdbRequestError,
  openVSwitch,
  SelectionError,
} from "../../src/ovsdb/index.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith } from "../support/needs.ts";

const database = "Open_vSwitch";
const quick = { backoff: { minMs: 1, maxMs: 10 } };

function insert(dscp: number): Operation {
  return { op: "insert", table: "Queue", row: { dscp } };
}

function dscps(rows: Iterable<{ readonly dscp: number | undefined }>): (number | undefined)[] {
  return Array.from(rows, ({ dscp }) => dscp).toSorted((one, other) => (one ?? 0) - (other ?? 0));
}

describeWith(["openvswitch"], "a replica of chosen rows", function () {
  this.timeout(30_000);
  let server: DatabaseServer;
  let client: OvsdbClient;

  before(async () => {
    server = await DatabaseServer.start();
    client = await connectOvsdb(server.target);
  });
  after(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await client.transact(database, [
      { op: "delete", table: "Queue", where: [] },
      ...[1, 2, 3, 4].map(insert),
    ]);
  });

  it("has the rows for which any condition holds, and keeps to them", async () => {
    await using replica = await client.replica(openVSwitch, {
      Queue: {
        columns: ["dscp"],
        where: [
          ["dscp", "==", 1],
          ["dscp", "==", 3],
        ],
      },
      Port: ["name"],
    });
    const queues = replica.table("Queue");
    assert.deepEqual(dscps(queues), [1, 3]);
    await client.transact(database, [
      { op: "update", table: "Queue", where: [["dscp", "==", 3]], row: { dscp: 5 } },
      { op: "update", table: "Queue", where: [["dscp", "==", 2]], row: { dscp: 3 } },
      insert(1),
      insert(9),
    ]);
    assert.deepEqual(dscps(queues), [1, 1, 3]);
  });

  it("shows other rows when told to, by the time that is answered", async () => {
    await using replica = await client.replica(openVSwitch, { Queue: { columns: ["dscp"], where: [] } });
    const queues = replica.table("Queue");
    assert.deepEqual(dscps(queues), [], "no condition holds of no row");
    const changes: string[] = [];
    replica.on("change", (rows, { resync }) => {
      assert.equal(resync, false);
      changes.push(
        rows
          .map(({ type, old, new: now }) => `${type} ${(now ?? old)?.dscp}`)
          .toSorted()
          .join(", "),
      );
    });
    await replica.where({
      Queue: [
        ["dscp", "==", 1],
        ["dscp", "==", 2],
      ],
    });
    assert.deepEqual(dscps(queues), [1, 2]);
    await replica.where({
      Queue: [
        ["dscp", "==", 2],
        ["dscp", "==", 3],
      ],
    });
    assert.deepEqual(dscps(queues), [2, 3]);
    await replica.where({ Queue: undefined });
    assert.deepEqual(dscps(queues), [1, 2, 3, 4]);
    await replica.where({ Queue: [] });
    assert.deepEqual(dscps(queues), []);
    assert.deepEqual(changes, [
      "insert 1, insert 2",
      "delete 1, insert 3",
      "insert 1, insert 4",
      "delete 1, delete 2, delete 3, delete 4",
    ]);
  });

  it("sends one change after the other, and the last of many at once", async () => {
    await using proxy = await Proxy.start(server.target);
    await using other = await connectOvsdb(proxy.target, quick);
    await using replica = await other.replica(openVSwitch, { Queue: { columns: ["dscp"], where: [] } });
    const all = [1, 2, 3, 4].map((dscp) => replica.where({ Queue: [["dscp", "==", dscp]] }));
    await Promise.all(all);
    assert.deepEqual(dscps(replica.table("Queue")), [4]);
    assert.equal(proxy.fromClient.filter(({ method }) => method === "monitor_cond_change").length, 2);
  });

  for (const [when, holds] of [
    ["before the server got it", undefined],
    ["before its answer came", "result"],
  ] as const) {
    it(`shows what was chosen when the connection is cut ${when}`, async () => {
      await using proxy = await Proxy.start(server.target);
      await using cut = await connectOvsdb(proxy.target, quick);
      await using replica = await cut.replica(openVSwitch, {
        Queue: { columns: ["dscp"], where: [["dscp", "==", 1]] },
      });
      const synced = once(replica, "synced");
      let chosen: Promise<void>;
      if (holds === undefined) {
        chosen = replica.where({ Queue: [["dscp", "==", 4]] });
        proxy.drop();
      } else {
        proxy.cutBefore = ({ method }) => method === "update3";
        chosen = replica.where({ Queue: [["dscp", "==", 4]] });
        await once(cut, "disconnected");
        proxy.cutBefore = undefined;
      }
      await Promise.all([chosen, synced]);
      assert.deepEqual(dscps(replica.table("Queue")), [4]);
      await cut.transact(database, [insert(4), insert(1)]);
      assert.deepEqual(dscps(replica.table("Queue")), [4, 4]);
    });
  }

  it("goes on with what was chosen after the server was gone", async () => {
    await using own = await DatabaseServer.start();
    await using follower = await connectOvsdb(own.target, quick);
    await follower.transact(database, [1, 2, 3].map(insert));
    await using replica = await follower.replica(openVSwitch, {
      Queue: { columns: ["dscp"], where: [["dscp", "==", 1]] },
    });
    await own.halt("kill");
    const chosen = replica.where({
      Queue: [
        ["dscp", "==", 2],
        ["dscp", "==", 3],
      ],
    });
    await own.resume();
    await chosen;
    assert.deepEqual(dscps(replica.table("Queue")), [2, 3]);
  });

  it("stays as it was when the server refuses the condition, and says so", async () => {
    await using replica = await client.replica(openVSwitch, {
      Queue: { columns: ["dscp"], where: [["dscp", "==", 1]] },
    });
    await assert.rejects(replica.where({ Queue: [["dscp", "==", "one"]] }), OvsdbRequestError);
    await replica.where({ Queue: [["dscp", "==", 2]] });
    assert.deepEqual(dscps(replica.table("Queue")), [2]);
    await assert.rejects(replica.where({ Port: [] } as object), SelectionError);
  });

  it("can't choose rows of a server that knows only RFC 7047's monitor, and says so", async () => {
    await using proxy = await Proxy.start(server.target);
    proxy.unknown.add("monitor_cond_since");
    proxy.unknown.add("monitor_cond");
    await using old = await connectOvsdb(proxy.target, quick);
    await using replica = await old.replica(openVSwitch, { Queue: ["dscp"] });
    await assert.rejects(replica.where({ Queue: [] }), { error: "not supported" });
    assert.deepEqual(dscps(replica.table("Queue")), [1, 2, 3, 4]);
    const chosen = { Queue: { columns: ["dscp"], where: [["dscp", "==", 1]] } } as const;
    await assert.rejects(old.replica(openVSwitch, chosen), { error: "not supported" });
  });

  it("doesn't touch another replica of the same rows", async () => {
    await using one = await client.replica(openVSwitch, { Queue: ["dscp"] });
    await using other = await client.replica(openVSwitch, { Queue: ["dscp"] });
    await one.where({ Queue: [["dscp", "==", 1]] });
    await client.transact(database, [insert(7)]);
    assert.deepEqual(dscps(one.table("Queue")), [1]);
    assert.deepEqual(dscps(other.table("Queue")), [1, 2, 3, 4, 7]);
  });

  it("keeps what was chosen after something that the server refuses", async () => {
    await using replica = await client.replica(openVSwitch, { Queue: ["dscp"], Port: ["name"] });
    const refused = assert.rejects(replica.where({ Port: [["name", "==", 7]] }), OvsdbRequestError);
    await replica.where({ Queue: [["dscp", "==", 3]] });
    await refused;
    assert.deepEqual(dscps(replica.table("Queue")), [3]);
  });

  const three = { Queue: [["dscp", "==", 3]] } as const;
  const low = { Queue: { columns: ["dscp"], where: [["dscp", "<", 2]] } } as const;

  for (const [when, ms] of [
    ["at once", undefined],
    ["a moment later", 1],
  ] as const) {
    it(`shows of a new selection the rows that were chosen ${when}`, async () => {
      await using replica = await client.replica(openVSwitch, { Queue: "all" });
      const reselected = replica.reselect(low);
      if (ms !== undefined) await sleep(ms);
      await Promise.all([reselected, replica.where(three)]);
      assert.deepEqual(dscps(replica.table("Queue")), [3]);
      assert.deepEqual(
        [...replica.table("Queue")].map((row) => Object.keys(row)),
        [["_uuid", "dscp"]],
      );
    });
  }

  it("shows the rows of a new selection, not those that were chosen before it", async () => {
    await using replica = await client.replica(openVSwitch, { Queue: "all" });
    await Promise.all([replica.where(three), replica.reselect(low)]);
    assert.deepEqual(dscps(replica.table("Queue")), [1]);
    await client.transact(database, [insert(3), insert(0)]);
    assert.deepEqual(dscps(replica.table("Queue")), [0, 1]);
  });

  it("shows what was chosen before and after a selection that can't be had", async () => {
    await using replica = await client.replica(openVSwitch, { Queue: ["dscp"], Port: ["name"] });
    const before = replica.where(three);
    const refused = assert.rejects(
      replica.reselect({ Bridge: { columns: ["name"], where: [["name", "==", 7]] } }),
      OvsdbRequestError,
    );
    await Promise.all([before, replica.where({ Port: [] })]);
    await refused;
    assert.deepEqual(dscps(replica.table("Queue")), [3]);
    assert.equal(replica.table("Port").size, 0);
  });

  it("chooses rows of a table that is being chosen, and none of one that no longer is", async () => {
    await using replica = await client.replica("Open_vSwitch", { Port: ["name"] });
    const reselected = replica.reselect({ Queue: ["dscp"] });
    const gone = assert.rejects(replica.where({ Port: [] }), SelectionError);
    await Promise.all([reselected, replica.where(three as object), gone]);
    assert.equal((await reselected).table("Queue").size, 1);
  });

  it("makes one selection after the other, with what was chosen between", async () => {
    await using replica = await client.replica(openVSwitch, { Queue: "all" });
    const wrong = { Queue: ["colour"] } as unknown as { Queue: ["dscp"] };
    await Promise.all([
      replica.reselect({ Port: ["name"] }),
      replica.reselect(low),
      replica.where(three),
      assert.rejects(replica.reselect(wrong), SelectionError),
    ]);
    assert.deepEqual(dscps(replica.table("Queue")), [3]);
    await Promise.all([
      replica.reselect({ Port: ["name"] }),
      assert.rejects(replica.reselect(low, { signal: AbortSignal.abort() }), { name: "AbortError" }),
    ]);
    assert.throws(() => replica.table("Queue"), SelectionError);
    assert.equal(replica.synced, true);
  });

  it("makes no other selection while there is no connection, and says so", async () => {
    await using own = await DatabaseServer.start();
    await using follower = await connectOvsdb(own.target, quick);
    const replica = await follower.replica(openVSwitch, { Queue: ["dscp"] });
    const stale = once(replica, "stale");
    await own.halt("kill");
    await stale;
    await assert.rejects(replica.reselect({ Port: ["name"] }), {
      code: "ERR_CONNECTION_CLOSED",
      message: `connection to ${own.target} closed: lost, connecting again`,
    });
    await replica.close();
    await assert.rejects(replica.reselect({ Port: ["name"] }), /the monitor is closed/);
  });

  it("rejects what waits when it is closed", async () => {
    const replica = await client.replica(openVSwitch, { Queue: ["dscp"] });
    const chosen = assert.rejects(replica.where({ Queue: [] }), { code: "ERR_CONNECTION_CLOSED" });
    await replica.close();
    await chosen;
    await assert.rejects(replica.where({ Queue: [] }), { code: "ERR_CONNECTION_CLOSED" });
  });
});
