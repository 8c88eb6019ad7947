// A database server that means harm, or is only broken: what it says ends its connection or is refused, nothing of it
// is seen, every promise settles, nothing grows, and on an honest connection all is right again.
import assert from "node:assert/strict";
import { once } from "node:events";
import { OvskitError } from "../../src/errors.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { connectOvsdb, type OvsdbClient } from "../../src/ovsdb/client.ts";
import { OvsdbDecodeError } from "../../src/ovsdb/errors.ts";
import type { GenericTables } from "../../src/ovsdb/model.ts";
import type { Replica } from "../../src/ovsdb/replica.ts";
import { Random } from "../fuzz/random.ts";
import { heapInUse } from "../support/heap.ts";
import { FakeServer, id, transactionId } from "./fake-server.ts";

const quick = { backoff: { minMs: 0, maxMs: 1 } };
const row = { name: "a", size: 1, tags: ["set", ["x", "y"]], labels: ["map", [["k", "v"]]], ratio: 1.5 };
const honest = (): unknown => [false, transactionId, { Item: { [id(1)]: { initial: row } } }];

interface Played {
  readonly server: FakeServer;
  readonly client: OvsdbClient;
  readonly replica: Replica<GenericTables>;
}

async function withReplica(body: (the: Played) => Promise<void>): Promise<void> {
  await using server = await FakeServer.start({ monitor_cond_since: honest });
  await using client = await connectOvsdb(server.target, quick);
  await using replica = await client.replica("Test", { Item: "all" });
  await body({ server, client, replica });
}

/** The connection ends by what the server said, of which nothing is seen, and the next one is as it should be. */
async function endsBy({ client, replica }: Played, say: () => void): Promise<void> {
  replica.on("change", () => assert.fail("nothing may be seen"));
  const lost = once(client, "disconnected") as Promise<[Error]>;
  const synced = once(replica, "synced");
  say();
  const [reason] = await lost;
  assert.ok(reason.cause instanceof OvskitError, String(reason.cause));
  await synced;
  assert.deepEqual(replica.table("Item").get(id(1))?.["tags"], ["x", "y"]);
}

describe("a value that its column can't have", () => {
  const wrong: readonly [column: string, value: JsonValue][] = [
    ...[null, 1, true, ["set", ["a"]], ["uuid", id(1)], {}].map((value): [string, JsonValue] => [
      "name",
      value,
    ]),
    ...[null, "1", 1.5, ["set", [1, 2]], ["set", [null]], ["map", []], ["set"]].map(
      (value): [string, JsonValue] => ["size", value],
    ),
    ...[null, ["set", [1]], ["set", ["x", null]], ["set", "x"], ["set", [["set", []]]]].map(
      (value): [string, JsonValue] => ["tags", value],
    ),
    ...[null, "k", ["map", [["k"]]], ["map", [["k", 1]]], ["map", [null]], ["map", {}], ["set", []]].map(
      (value): [string, JsonValue] => ["labels", value],
    ),
    ...[null, "1", ["uuid", "no uuid"], ["named-uuid", "x"], ["uuid", null]].map(
      (value): [string, JsonValue] => ["parent", value],
    ),
    ...[null, "1.5", ["set", [1.5]], false].map((value): [string, JsonValue] => ["ratio", value]),
  ];
  for (const how of ["modify", "insert"] as const) {
    it(`ends the connection, in whatever column it stands: ${how}`, () =>
      withReplica(async (the) => {
        for (const [column, value] of wrong) {
          const update = {
            Item: { [id(1)]: { modify: { name: "b" } }, [id(2)]: { [how]: { [column]: value } } },
          };
          // oxlint-disable-next-line no-await-in-loop -- one connection after the other
          await endsBy(the, () => the.server.notify("update3", "ovskit-0", id(1001), update));
          the.replica.removeAllListeners("change");
        }
      }));
  }
});

describe("a notification that can't be", () => {
  const item = { [id(1)]: { modify: { name: "b" } } };
  const nonsense: readonly [title: string, method: string, params: readonly JsonValue[]][] = [
    ["an update that is null", "update3", ["ovskit-0", id(1001), null]],
    ["a table that is null", "update3", ["ovskit-0", id(1001), { Item: null }]],
    ["a row that is null", "update3", ["ovskit-0", id(1001), { Item: { [id(1)]: null } }]],
    ["a modify that is null", "update3", ["ovskit-0", id(1001), { Item: { [id(1)]: { modify: null } } }]],
    ["an insert that is a list", "update3", ["ovskit-0", id(1001), { Item: { [id(1)]: { insert: [] } } }]],
    ["a transaction id that is null", "update3", ["ovskit-0", null, { Item: item }]],
    ["a transaction id that is none", "update3", ["ovskit-0", "yesterday", { Item: item }]],
    ["a row whose UUID is none", "update3", ["ovskit-0", id(1001), { Item: { "a row": { insert: row } } }]],
    [
      "a row named constructor",
      "update3",
      ["ovskit-0", id(1001), { Item: { constructor: { insert: row } } }],
    ],
    ["a table named constructor", "update3", ["ovskit-0", id(1001), { constructor: item }]],
    [
      "a table named __proto__",
      "update3",
      ["ovskit-0", id(1001), JSON.parse('{"__proto__":{}}') as JsonValue],
    ],
    ["a monitor cancelled that is no text", "monitor_canceled", [null]],
    ["a lock without a name", "locked", []],
    ["a lock stolen whose name is an object", "stolen", [{}]],
  ];
  for (const [title, method, params] of nonsense) {
    it(`ends the connection: ${title}`, () =>
      withReplica((the) => endsBy(the, () => the.server.notify(method, ...params))));
  }

  it("is ignored when it is of a monitor, a lock or a kind that nobody asked for", () =>
    withReplica(async ({ server, client, replica }) => {
      replica.on("change", () => assert.fail("not of this one"));
      client.on("locked", () => assert.fail("nobody wanted it"));
      for (const of of ["ovskit-1", "", null, 5, [["ovskit-0"]], "x".repeat(100_000)]) {
        server.notify("update3", of, id(1001), { Item: item });
      }
      server.notify("monitor_canceled", "ovskit-7");
      server.notify("locked", "somebody's");
      server.notify("stolen", "somebody's");
      server.notify("toString");
      server.notify("__proto__", {});
      await client.echo();
      assert.equal(replica.synced, true);
      assert.equal(client.holds("somebody's"), false);
    }));

  it("ends the connection when it is an update before the rows that it builds on", async () => {
    await using server = await FakeServer.start({ monitor_cond_since: () => undefined });
    await using client = await connectOvsdb(server.target, { reconnect: false });
    const started = assert.rejects(client.replica("Test", { Item: "all" }), {
      code: "ERR_CONNECTION_CLOSED",
    });
    await server.called("monitor_cond_since", 1);
    server.notify("update3", "ovskit-0", id(1001), { Item: { [id(1)]: { insert: row } } });
    await started;
  });

  it("makes no more work than one answer when a monitor is cancelled again and again", () =>
    withReplica(async ({ server, client, replica }) => {
      server.answers["get_schema"] = () => undefined;
      for (let times = 0; times < 1_000; times += 1) server.notify("monitor_canceled", "ovskit-0");
      await client.echo();
      assert.equal(replica.synced, false);
      assert.equal(server.calls("get_schema").length, 2, "once at the start, once since");
    }));
});

describe("a reply that can't be", () => {
  const junk: readonly unknown[] = [
    null,
    0,
    "text",
    [],
    {},
    [null],
    [[]],
    [{}],
    { locked: 1 },
    [false, null, {}],
    [true],
  ];
  it("is refused, whatever was asked, and the process lives", async () => {
    await using server = await FakeServer.start();
    await using client = await connectOvsdb(server.target, quick);
    const asks: readonly [method: string, ask: () => Promise<unknown>][] = [
      ["list_dbs", () => client.listDatabases()],
      ["get_schema", () => client.schema("Test")],
      ["get_server_id", () => client.serverId()],
      ["lock", () => client.lock("l")],
      ["transact", () => client.transact("Test", [{ op: "insert", table: "Item", row: {} }])],
      ["transact", () => client.transact("Test", [{ op: "delete", table: "Item", where: [] }])],
      [
        "transact",
        () =>
          client.transact("Test", [
            { op: "wait", table: "Item", where: [], columns: [], until: "==", rows: [] },
          ]),
      ],
      ["monitor_cond_since", () => client.replica("Test", { Item: "all" })],
    ];
    for (const [method, ask] of asks) {
      for (const reply of junk) {
        const before = server.answers[method];
        server.answers[method] = () => reply;
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const [outcome] = await Promise.allSettled([ask()]);
        if (outcome?.status === "rejected") {
          assert.ok(
            outcome.reason instanceof OvskitError,
            `${method} ${JSON.stringify(reply)}: ${outcome.reason}`,
          );
        } else {
          const plausible = ["[]", "{}", "[{}]", '{"locked":1}', '"text"'];
          assert.ok(plausible.includes(JSON.stringify(reply)), `${method} took ${JSON.stringify(reply)}`);
        }
        if (before === undefined) delete server.answers[method];
        else server.answers[method] = before;
        // oxlint-disable-next-line no-await-in-loop
        if (!client.connected) await once(client, "connected");
      }
    }
    await client.echo();
  });

  for (const [title, rows] of [
    ["a modify", { [id(1)]: { modify: {} } }],
    ["a delete", { [id(1)]: { delete: null } }],
    ["a row whose UUID is none", { x: { initial: {} } }],
    ["a column never asked for", { [id(1)]: { initial: { secret: 1 } } }],
  ] as const) {
    it(`is refused when the first rows hold ${title}`, async () => {
      await using server = await FakeServer.start({
        monitor_cond_since: () => [false, transactionId, { Item: rows }],
      });
      await using client = await connectOvsdb(server.target, quick);
      await assert.rejects(client.replica("Test", { Item: ["name"] }), OvsdbDecodeError);
      await client.echo();
    });
  }
});

/** A message with something in it exchanged for something else. */
function spoiled(random: Random, value: unknown): unknown {
  if (random.once(6) || typeof value !== "object" || value === null) {
    return random.pick<unknown>([
      null,
      -1,
      1e300,
      "",
      "x",
      [],
      {},
      true,
      ["set", []],
      ["uuid", "x"],
      { __proto__: null },
    ]);
  }
  if (Array.isArray(value)) {
    const at = random.below(value.length);
    return value.map((one: unknown, index) => (index === at ? spoiled(random, one) : one));
  }
  const entries = Object.entries(value);
  const at = random.below(entries.length);
  return Object.fromEntries(
    entries.map(([name, one], index) => {
      if (index !== at) return [name, one];
      return random.once(4)
        ? [random.pick(["__proto__", "constructor", "x"]), one]
        : [name, spoiled(random, one)];
    }),
  );
}

describe("a server that says anything", () => {
  it("never ends the process, takes no memory with it, and is right again once it is honest", () =>
    withReplica(async ({ server, client, replica }) => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const random = new Random(seed);
      const good = [
        {
          method: "update3",
          params: ["ovskit-0", id(1001), { Item: { [id(1)]: { modify: { tags: "z" } } } }],
          id: null,
        },
        {
          method: "update3",
          params: ["ovskit-0", id(1002), { Item: { [id(2)]: { insert: row } } }],
          id: null,
        },
        {
          method: "update3",
          params: ["ovskit-0", id(1003), { Item: { [id(2)]: { delete: null } } }],
          id: null,
        },
        { method: "monitor_canceled", params: ["ovskit-0"], id: null },
        { method: "locked", params: ["l"], id: null },
        { method: "echo", params: [{ a: ["b"] }], id: "echo" },
        { id: 3, result: [false, transactionId, {}], error: null },
        { id: 2, error: { error: "unknown database", details: "x" } },
      ];
      const hostile = async (messages: number): Promise<void> => {
        for (let said = 0; said < messages; said += 1) {
          const text = JSON.stringify(spoiled(random, random.pick(good)));
          server.say(random.once(10) ? text.slice(random.below(text.length)) : text);
          // oxlint-disable-next-line no-await-in-loop -- so that it is heard
          if (said % 5 === 0) await Promise.allSettled([client.echo(), client.transact("Test", [])]);
          // oxlint-disable-next-line no-await-in-loop
          if (!client.connected) await once(client, "connected");
        }
        server.received.length = 0;
      };
      try {
        await hostile(200);
        const before = await heapInUse();
        await hostile(600);
        const grown = (await heapInUse()) - before;
        assert.ok(grown < 4 * 1024 * 1024, `${grown} bytes more`);
        server.drop();
        do {
          // oxlint-disable-next-line no-await-in-loop
          await once(replica, "synced");
        } while (!replica.synced);
        assert.deepEqual(
          Array.from(replica.table("Item"), ({ _uuid }) => _uuid),
          [id(1)],
        );
      } catch (error) {
        console.log(`      seed ${seed}`);
        throw error;
      }
    })).timeout(60_000);
});
