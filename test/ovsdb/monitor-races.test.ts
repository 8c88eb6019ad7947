// What comes together, or in the middle of something else: answers and what takes them back in one packet, a monitor
// closed while it begins, conditions that can't be sent, a schema that changes under a request.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connectOvsdb, type OvsdbClient } from "../../src/ovsdb/client.ts";
import { OutcomeUnknownError, ValueError } from "../../src/ovsdb/errors.ts";
import { type Answer, FakeServer, id, Refused, testSchema, transactionId } from "./fake-server.ts";

const quick = { backoff: { minMs: 0, maxMs: 1 } };

/** Answers with a result, and says more in the same packet. */
function together(socket: Socket, of: number, result: unknown, ...more: readonly object[]): undefined {
  socket.write([{ id: of, result, error: null }, ...more].map((one) => JSON.stringify(one)).join(""));
  return undefined;
}

/** The id of the last request of this method. */
function lastId(server: FakeServer, method: string): number {
  return Number(server.calls(method).at(-1)?.id);
}

/** A lock is answered and told of in one packet. */
async function asked(
  method: "lock" | "steal",
  locked: boolean,
  notified: string,
  body: (client: OvsdbClient, server: FakeServer) => Promise<void>,
): Promise<void> {
  await using server = await FakeServer.start({ unlock: () => ({}) });
  server.answers[method] = (_params, socket) =>
    together(socket, lastId(server, method), { locked }, { method: notified, params: ["l"], id: null });
  await using client = await connectOvsdb(server.target, quick);
  await body(client, server);
}

describe("a lock whose fate comes in one packet", () => {
  it("isn't ours when it was stolen at once", () =>
    asked("lock", true, "stolen", async (client) => {
      const lost = once(client, "lockLost");
      assert.equal(await client.lock("l"), false);
      assert.equal(client.holds("l"), false);
      await lost;
    }));

  it("is ours when it was given at once", () =>
    asked("lock", false, "locked", async (client) => {
      assert.equal(await client.lock("l"), true);
      assert.equal(client.holds("l"), true);
    }));

  it("is ours when we steal what was stolen from us a moment before", async () => {
    await using server = await FakeServer.start({ lock: () => ({ locked: true }) });
    server.answers["steal"] = (_params, socket) => {
      socket.write('{"method":"stolen","params":["l"],"id":null}');
      return { locked: true };
    };
    await using client = await connectOvsdb(server.target, quick);
    await client.lock("l");
    assert.equal(await client.steal("l"), true);
    assert.equal(client.holds("l"), true);
  });

  it("is given back when nobody waited for the answer", async () => {
    await using server = await FakeServer.start({ lock: () => undefined, unlock: () => ({}) });
    await using client = await connectOvsdb(server.target, quick);
    await assert.rejects(client.lock("l", { timeoutMs: 1 }), { code: "ERR_TIMEOUT" });
    await server.called("unlock", 1);
    server.notify("locked", "l");
    await client.echo();
    assert.equal(client.holds("l"), false);
  });
});

const rows: Answer = (params) => {
  const [{ where }] = (params[2] as { Item: [{ where?: unknown }] }).Item;
  const wanted = JSON.stringify(where ?? []).includes('"b"') ? "b" : "a";
  return [false, transactionId, { Item: { [id(wanted === "b" ? 2 : 1)]: { initial: { name: wanted } } } }];
};

describe("a monitor", () => {
  it("shows the chosen rows by the time that the choice settles, on a new connection too", async () => {
    await using server = await FakeServer.start({ monitor_cond_since: rows });
    await using client = await connectOvsdb(server.target, quick);
    const chosen = { Item: { columns: ["name"], where: [["name", "==", "a"]] } } as const;
    await using replica = await client.replica("Test", chosen);
    const stale = once(replica, "stale");
    server.drop();
    await stale;
    await replica.where({ Item: [["name", "==", "b"]] });
    assert.deepEqual(
      Array.from(replica.table("Item"), ({ _uuid }) => _uuid),
      [id(2)],
    );
  });

  it("isn't begun any more when it is closed before its schema has come", async () => {
    await using server = await FakeServer.start({ monitor_cond_since: rows });
    await using client = await connectOvsdb(server.target, quick);
    const replica = await client.replica("Test", { Item: ["name"] });
    let answer: (() => void) | undefined;
    server.answers["get_schema"] = (_params, socket) => {
      const of = lastId(server, "get_schema");
      answer = () => together(socket, of, testSchema);
      return undefined;
    };
    server.drop();
    await server.called("get_schema", 2);
    await replica.close();
    answer?.();
    await client.echo();
    assert.equal(server.calls("monitor_cond_since").length, 1);
  });

  for (const [title, value] of [
    ["an integer of more than 64 bits", 2n ** 70n],
    ["U+0000", "\u0000"],
  ] as const) {
    it(`keeps its rows and its connection when told to choose by ${title}, connected or not`, async () => {
      await using server = await FakeServer.start({
        monitor_cond_since: rows,
        monitor_cond_change: () => ({}),
      });
      await using client = await connectOvsdb(server.target, quick);
      await using replica = await client.replica("Test", { Item: ["name"] });
      await assert.rejects(replica.where({ Item: [["name", "==", value]] }), /64 bits|U\+0000/);
      assert.equal(client.connected && replica.synced, true);
      const [stale, synced] = [once(replica, "stale"), once(replica, "synced")];
      server.drop();
      await stale;
      await assert.rejects(replica.where({ Item: [["name", "==", value]] }), /64 bits|U\+0000/);
      await synced;
      await replica.where({ Item: [["name", "==", "b"]] });
      assert.equal(replica.synced, true);
    });
  }

  it("sends what was chosen while another selection was tried in vain", async () => {
    await using server = await FakeServer.start({
      monitor_cond_since: rows,
      monitor_cond_change: () => ({}),
    });
    await using client = await connectOvsdb(server.target, quick);
    await using replica = await client.replica("Test", { Item: ["name"] });
    const reselected = assert.rejects(replica.reselect({ Item: ["no such column"] }));
    await replica.where({ Item: [["name", "==", "b"]] }, { timeoutMs: 4_000 });
    await reselected;
    assert.equal(server.calls("monitor_cond_change").length, 1);
  });

  it("is asked for by the new schema when the old one was told before the database was converted", async () => {
    let converted = false;
    const { Item } = testSchema.tables;
    const wide = {
      ...testSchema,
      tables: { Item: { ...Item, columns: { ...Item.columns, colour: { type: "string" } } } },
    };
    await using server = await FakeServer.start({
      get_schema: () => (converted ? testSchema : wide),
      monitor_cond_since: (params) => {
        converted = true;
        if (JSON.stringify(params).includes("colour")) throw new Refused({ error: "syntax error" });
        return rows(params, undefined as unknown as Socket);
      },
    });
    await using client = await connectOvsdb(server.target, quick);
    await using replica = await client.replica("Test", { Item: "all" });
    assert.equal(replica.table("Item").size, 1);
    assert.equal(server.calls("monitor_cond_since").length, 2);
  });
});

describe("a transaction with a select", () => {
  it("has an unknown outcome when the schema can't be had by which to read what was answered", async () => {
    await using server = await FakeServer.start({ transact: () => [{ rows: [{ colour: "red" }] }] });
    await using client = await connectOvsdb(server.target, quick);
    let asked = 0;
    server.answers["get_schema"] = (_params, socket) => {
      asked += 1;
      if (asked === 1) return testSchema;
      socket.destroy();
      return undefined;
    };
    const select = { op: "select", table: "Item", where: [] } as const;
    await assert.rejects(client.transact("Test", [select]), OutcomeUnknownError);
  });
});

describe("a first condition that can't be sent", () => {
  it("is refused as the value it is, not as a lost connection", async () => {
    await using server = await FakeServer.start({ monitor_cond_since: rows });
    await using client = await connectOvsdb(server.target, quick);
    const where = [["size", "==", 2n ** 64n]] as const;
    await assert.rejects(client.replica("Test", { Item: { columns: ["name"], where } }), ValueError);
    assert.equal(client.connected, true);
  });
});
