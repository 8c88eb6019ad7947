import assert from "node:assert/strict";
import { once } from "node:events";
import { OvskitError } from "../../src/errors.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { connectOvsdb, type OvsdbClient } from "../../src/ovsdb/client.ts";
import { OvsdbRequestError, SelectionError } from "../../src/ovsdb/errors.ts";
import type { DatabaseModel } from "../../src/ovsdb/model.ts";
import type { Replica, RowChange } from "../../src/ovsdb/replica.ts";
import { type Answer, FakeServer, id, Refused, testSchema, transactionId } from "./fake-server.ts";

interface ItemRow {
  readonly _uuid: string;
  readonly name: string;
  readonly size: number | bigint | undefined;
  readonly tags: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly parent: string | undefined;
  readonly ratio: number;
}
interface TestTables {
  readonly Item: ItemRow;
}
const test: DatabaseModel<TestTables> = { name: "Test", version: "1.0.0" };

const noTransaction = "00000000-0000-0000-0000-000000000000";

type Change = RowChange<TestTables>;
type Rows = Readonly<Record<string, object>>;

/** What monitor_cond_since and monitor_cond answer: each row's columns as far as they were asked for. */
function initial(rows: Rows, params: readonly JsonValue[]): object {
  const [{ columns }] = (params[2] as { Item: [{ columns: string[] }] }).Item;
  const told = Object.entries(rows).map(([uuid, row]) => {
    const asked = Object.entries(row).filter(([column]) => columns.includes(column));
    return [uuid, { initial: Object.fromEntries(asked) }];
  });
  return { Item: Object.fromEntries(told) };
}

function answered(rows: Rows): Answer {
  return (params) => [false, transactionId, initial(rows, params)];
}

async function withReplica(
  answers: Readonly<Record<string, Answer>>,
  body: (the: { server: FakeServer; client: OvsdbClient; replica: Replica<TestTables> }) => Promise<void>,
): Promise<void> {
  await using server = await FakeServer.start(answers);
  await using client = await connectOvsdb(server.target, { backoff: { minMs: 0, maxMs: 1 } });
  const replica = await client.replica(test, { Item: "all" });
  await body({ server, client, replica });
}

function namesIn(replica: Replica<TestTables>): string[] {
  return [...replica.table("Item")].map(({ name }) => name).toSorted();
}

async function nextChanges(replica: Replica<TestTables>): Promise<readonly Change[]> {
  return ((await once(replica, "change")) as [readonly Change[]])[0];
}

const two: Rows = { [id(1)]: { name: "a", tags: ["set", ["x", "y"]] }, [id(2)]: { name: "b", size: 7 } };

describe("a replica", () => {
  it("has every row with its defaults once it is there", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ replica }) => {
      assert.equal(replica.synced, true);
      assert.equal(replica.table("Item").size, 2);
      assert.deepEqual(replica.table("Item").get(id(1)), {
        _uuid: id(1),
        name: "a",
        size: undefined,
        tags: ["x", "y"],
        labels: new Map(),
        parent: undefined,
        ratio: 0,
      });
      assert.equal(replica.table("Item").get(id(3)), undefined);
    }));

  it("asks for the chosen columns only", () =>
    withReplica({}, async ({ server, client }) => {
      await client.replica(test, { Item: ["name", "size"] });
      assert.deepEqual(server.calls("monitor_cond_since")[1]?.params[2], {
        Item: [{ columns: ["name", "size"] }],
      });
      assert.deepEqual(server.calls("monitor_cond_since")[0]?.params[2], {
        Item: [{ columns: Object.keys(testSchema.tables.Item.columns) }],
      });
    }));

  it("has rows with the columns that were chosen, to the compiler too", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ client }) => {
      const replica = await client.replica(test, { Item: ["name", "size"] });
      const row = replica.table("Item").get(id(2));
      const name: string | undefined = row?.name;
      const size: number | bigint | undefined = row?.size;
      assert.deepEqual([name, size, row], ["b", 7, { _uuid: id(2), name: "b", size: 7 }]);
      // @ts-expect-error -- tags weren't chosen
      assert.equal(row?.tags, undefined);
      // @ts-expect-error -- there is no such column
      await assert.rejects(client.replica(test, { Item: ["nope"] }), SelectionError);
    }));

  it("shows a whole update at once and tells it in one event, old beside new", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, replica }) => {
      const before = replica.table("Item").get(id(1));
      const changed = once(replica, "change");
      server.notify("update3", "ovskit-0", id(1001), {
        Item: {
          [id(1)]: { modify: { tags: ["set", ["y", "z"]], size: 3 } },
          [id(2)]: { delete: null },
          [id(3)]: { insert: { name: "c" } },
        },
      });
      const [changes, context] = (await changed) as [readonly Change[], unknown];
      assert.deepEqual(context, { resync: false });
      assert.deepEqual(namesIn(replica), ["a", "c"]);
      assert.deepEqual(
        changes.map(({ type, uuid }) => [type, uuid]),
        [
          ["modify", id(1)],
          ["delete", id(2)],
          ["insert", id(3)],
        ],
      );
      const [modified, deleted, inserted] = changes;
      assert.equal(modified?.old, before);
      assert.deepEqual(modified?.old?.tags, ["x", "y"]);
      assert.deepEqual(modified?.new?.tags, ["x", "z"]);
      assert.equal(modified?.new, replica.table("Item").get(id(1)));
      assert.equal(deleted?.old?.name, "b");
      assert.equal(deleted?.new, undefined);
      assert.equal(inserted?.new?.name, "c");
    }));

  it("keeps integers beyond 2^53 exact", () =>
    withReplica({}, async ({ server, replica }) => {
      const changed = nextChanges(replica);
      server.say(
        `{"method":"update3","params":["ovskit-0","${id(1001)}",{"Item":{"${id(1)}":{"insert":{"name":"x","size":9223372036854775807}}}}],"id":null}`,
      );
      await changed;
      assert.equal(replica.table("Item").get(id(1))?.size, 9223372036854775807n);
    }));

  it("handles the updates that came in one packet with its first rows, in their order", () =>
    withReplica(
      {
        monitor_cond_since: (params, socket) => {
          const update = (last: number, change: object): string =>
            JSON.stringify({ method: "update3", params: [params[1], id(last), { Item: change }], id: null });
          // The reply goes out after what is written later in this turn only if it is written first: so it is.
          queueMicrotask(() => {
            socket.write(
              update(1001, { [id(3)]: { insert: { name: "c" } } }) +
                update(1002, { [id(3)]: { modify: { size: 3 } } }),
            );
          });
          return [false, transactionId, initial(two, params)];
        },
      },
      async ({ client, replica }) => {
        await client.echo();
        assert.equal(replica.table("Item").get(id(3))?.size, 3);
      },
    ));

  it("ignores updates of a monitor that isn't there any more", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
      server.notify("update3", "ovskit-77", id(1001), { Item: { [id(1)]: { delete: null } } });
      server.notify("update3", 77, id(1001), { Item: { [id(1)]: { delete: null } } });
      server.notify("unheard_of");
      await client.echo();
      assert.equal(replica.table("Item").size, 2);
    }));

  it("stops at close, tells the server, and keeps its rows", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
      const closed = once(replica, "close");
      await replica.close();
      await replica.close();
      await closed;
      assert.deepEqual((await server.called("monitor_cancel", 1)).params, ["ovskit-0"]);
      server.notify("update3", "ovskit-0", id(1001), { Item: { [id(1)]: { delete: null } } });
      await client.echo();
      assert.equal(replica.table("Item").size, 2);
      assert.equal(replica.synced, false);
    }));

  it("isn't touched by another of the same table", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
      const other = await client.replica(test, { Item: ["name"] });
      const changed = nextChanges(replica);
      server.notify("update3", "ovskit-0", id(1001), { Item: { [id(1)]: { delete: null } } });
      await changed;
      assert.equal(other.table("Item").size, 2);
      await other.close();
      assert.equal(replica.table("Item").size, 1);
    }));

  it("may be closed by its own listener", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
      replica.on("change", () => void replica.close());
      for (const uuid of [id(1), id(2)]) {
        server.notify("update3", "ovskit-0", id(1001), { Item: { [uuid]: { delete: null } } });
      }
      await client.echo();
      assert.deepEqual(namesIn(replica), ["b"]);
    }));

  it("is refused for what the schema hasn't", () =>
    withReplica({}, async ({ server, client }) => {
      await assert.rejects(client.replica("Test", { Nope: "all" }), SelectionError);
      await assert.rejects(client.replica("Test", { Item: ["nope"] }), (error: unknown) => {
        return error instanceof SelectionError && error.table === "Item" && error.column === "nope";
      });
      server.answers["get_schema"] = () => {
        throw new Refused({ error: "unknown database", details: "no" });
      };
      await assert.rejects(client.replica("Other", { T: "all" }), OvsdbRequestError);
      const replica = await client.replica("Test", { Item: ["name"] });
      assert.throws(() => replica.table("Nope" as "Item"), SelectionError);
    }));
});

function names(found: Iterable<{ name: string }>): string[] {
  return [...found].map(({ name }) => name).toSorted();
}

describe("an index of a replica", () => {
  const rows: Rows = {
    [id(1)]: { name: "a", tags: ["set", ["x", "y"]], size: 1 },
    [id(2)]: { name: "b", tags: "x", size: 1, parent: ["uuid", id(1)] },
    [id(3)]: { name: "c", labels: ["map", [["iface-id", "i-3"]]] },
  };

  it("finds rows by a column, by each element of a set, by several columns, by a function", () =>
    withReplica({ monitor_cond_since: answered(rows) }, async ({ replica }) => {
      const items = replica.table("Item");
      assert.equal(items.index("name").one("b")?._uuid, id(2));
      assert.deepEqual(names(items.index("tags").find("x")), ["a", "b"]);
      assert.deepEqual(names(items.index("parent").find(undefined)), ["a", "c"]);
      assert.deepEqual(names(items.index("size", "parent").find(1, id(1))), ["b"]);
      const byLabel = items.index((item) => item.labels.get("iface-id"));
      assert.equal(byLabel.one("i-3")?.name, "c");
      assert.equal(byLabel.one("__proto__"), undefined);
      assert.deepEqual(byLabel.find("i-4"), []);
      assert.equal(items.index("name"), items.index("name"));
    }));

  it("follows every change", () =>
    withReplica({ monitor_cond_since: answered(rows) }, async ({ server, replica }) => {
      const items = replica.table("Item");
      const [byName, byTag, bySize] = [
        items.index("name"),
        items.index("tags"),
        items.index("size", "ratio"),
      ];
      const changed = nextChanges(replica);
      server.notify("update3", "ovskit-0", id(1001), {
        Item: {
          [id(1)]: { modify: { name: "A", tags: ["set", ["x", "z"]], ratio: 0.5 } },
          [id(2)]: { delete: null },
          [id(4)]: { insert: { name: "d", tags: ["set", ["y", "z"]], size: 1, ratio: 0.5 } },
        },
      });
      await changed;
      assert.deepEqual([byName.find("a"), byName.find("b")], [[], []]);
      assert.equal(byName.one("A")?._uuid, id(1));
      assert.deepEqual(byTag.find("x"), []);
      assert.deepEqual(names(byTag.find("y")), ["A", "d"]);
      assert.deepEqual(names(byTag.find("z")), ["A", "d"]);
      assert.deepEqual(names(bySize.find(1, 0.5)), ["A", "d"]);
      assert.deepEqual(bySize.find(1, 0), []);
    }));
});

describe("a replica whose connection is lost", () => {
  it("grows stale, keeps its rows, and tells the difference that the reconnect shows", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
      const events: string[] = [];
      for (const name of ["stale", "change", "synced"] as const) replica.on(name, () => events.push(name));
      server.answers["monitor_cond_since"] = answered({
        // Sets have no order: the first row is the same.
        [id(1)]: { name: "a", tags: ["set", ["y", "x"]] },
        [id(3)]: { name: "c" },
      });
      const changed = once(replica, "change");
      const synced = once(replica, "synced");
      const stale = once(replica, "stale");
      server.drop();
      await stale;
      assert.equal(replica.synced, false);
      assert.deepEqual(namesIn(replica), ["a", "b"]);
      const [changes, context] = (await changed) as [readonly Change[], unknown];
      await synced;
      assert.deepEqual(context, { resync: true });
      assert.deepEqual(
        changes.map(({ type, uuid }) => [type, uuid]),
        [
          ["insert", id(3)],
          ["delete", id(2)],
        ],
      );
      assert.deepEqual(namesIn(replica), ["a", "c"]);
      assert.deepEqual(events, ["stale", "change", "synced"]);
      assert.equal(client.connected, true);
    }));

  it("asks for what it missed, and takes it if the server remembers", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, replica }) => {
      const first = nextChanges(replica);
      server.notify("update3", "ovskit-0", id(1005), { Item: { [id(1)]: { modify: { size: 1 } } } });
      await first;
      server.answers["monitor_cond_since"] = () => [
        true,
        id(1006),
        { Item: { [id(1)]: { modify: { size: 2 } } } },
      ];
      const synced = once(replica, "synced");
      const changed = once(replica, "change");
      server.drop();
      const [changes, context] = (await changed) as [readonly Change[], unknown];
      await synced;
      assert.deepEqual(
        server.calls("monitor_cond_since").map(({ params }) => params[3]),
        [noTransaction, id(1005)],
      );
      assert.deepEqual(context, { resync: true });
      assert.deepEqual(
        changes.map(({ old, new: now }) => [old?.size, now?.size]),
        [[1, 2]],
      );
      assert.equal(replica.table("Item").size, 2);
    }));

  it("tells nothing when nothing changed", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, replica }) => {
      replica.on("change", () => assert.fail("nothing changed"));
      const synced = once(replica, "synced");
      server.drop();
      await synced;
    }));

  it("asks for everything anew when the server came back with another schema", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, replica }) => {
      server.answers["get_schema"] = () => ({ ...testSchema, version: "2.0.0" });
      const synced = once(replica, "synced");
      server.drop();
      await synced;
      assert.equal(server.calls("monitor_cond_since")[1]?.params[3], noTransaction);
    }));

  it("stays stale and says why when the database is gone, and comes back with it", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, replica }) => {
      const answer = server.answers["get_schema"] as Answer;
      server.answers["get_schema"] = () => {
        throw new Refused({ error: "unknown database" });
      };
      const refused = once(replica, "refused");
      server.drop();
      assert.ok((await refused)[0] instanceof OvsdbRequestError);
      assert.equal(replica.synced, false);
      server.answers["get_schema"] = answer;
      const synced = once(replica, "synced");
      server.drop();
      await synced;
    }));

  it("survives being closed while the connection is down", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
      const stale = once(replica, "stale");
      server.drop();
      await stale;
      await replica.close();
      if (!client.connected) await once(client, "connected");
      assert.equal(server.calls("monitor_cond_since").length, 1);
    }));
});

describe("an index whose function throws", () => {
  it("keeps nothing from the other indexes and from those who listen, and the process hears of it", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, replica }) => {
      const listeners = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      try {
        const table = replica.table("Item");
        table.index((row) => {
          if (row.name === "c") throw new TypeError("a bug of ours");
          return row.name;
        });
        const byName = table.index("name");
        const uncaught = once(process, "uncaughtException");
        const [changes, synced] = [nextChanges(replica), once(replica, "synced")];
        const rows: Rows = { ...two, [id(3)]: { name: "c" }, [id(4)]: { name: "d" } };
        server.answers["monitor_cond_since"] = answered(rows);
        server.notify("update3", "ovskit-0", id(1001), {
          Item: { [id(3)]: { insert: { name: "c" } }, [id(4)]: { insert: { name: "d" } } },
        });
        assert.equal((await changes).length, 2);
        assert.match(String((await uncaught)[0]), /a bug of ours/);
        await synced;
        assert.deepEqual(names(byName.find("c")).concat(names(byName.find("d"))), ["c", "d"]);
      } finally {
        for (const listener of listeners) process.on("uncaughtException", listener);
      }
    }));
});

describe("a listener that throws", () => {
  it("ends the connection, and the process hears of it, though the next connection makes it good", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
      // mocha's own listeners would fail the test.
      const listeners = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      try {
        replica.once("change", () => {
          throw new TypeError("a bug of ours");
        });
        const uncaught = once(process, "uncaughtException");
        const lost = once(client, "disconnected");
        const synced = once(replica, "synced");
        server.notify("update3", "ovskit-0", id(1001), { Item: { [id(1)]: { delete: null } } });
        assert.match(String((await uncaught)[0]), /a bug of ours/);
        await lost;
        await synced;
        assert.deepEqual(namesIn(replica), ["a", "b"]);
      } finally {
        for (const listener of listeners) process.on("uncaughtException", listener);
      }
    }));
});

describe("a server that says what can't be", () => {
  const nonsense: readonly [title: string, update: JsonValue][] = [
    ["a modify of a row never seen", { Item: { [id(9)]: { modify: { size: 1 } } } }],
    ["a delete of a row never seen", { Item: { [id(9)]: { delete: null } } }],
    ["a table that wasn't asked for", { Other: { [id(1)]: { delete: null } } }],
    ["a column that wasn't asked for", { Item: { [id(1)]: { modify: { secret: 1 } } } }],
    [
      "a column named __proto__",
      { Item: JSON.parse(`{"${id(1)}":{"modify":{"__proto__":1}}}`) as JsonValue },
    ],
    ["a value of the wrong type", { Item: { [id(1)]: { modify: { name: 1 } } } }],
    ["an update of no known kind", { Item: { [id(1)]: { rename: {} } } }],
    ["an update that is no object", { Item: { [id(1)]: "delete" } }],
  ];
  for (const [title, update] of nonsense) {
    it(`loses the connection by ${title}; of that update nothing is seen`, () =>
      withReplica({ monitor_cond_since: answered(two) }, async ({ server, client, replica }) => {
        const good = { Item: { [id(2)]: { delete: null } } };
        const lost = once(client, "disconnected");
        const synced = once(replica, "synced");
        replica.on("change", () => assert.fail("nothing may be seen"));
        const table = Object.keys(update as object)[0] ?? "";
        const rows = { ...good.Item, ...(update as Record<string, object>)[table] };
        server.notify("update3", "ovskit-0", id(1001), { ...(table === "Item" ? {} : good), [table]: rows });
        const [reason] = (await lost) as [Error];
        assert.ok(reason.cause instanceof OvskitError);
        assert.deepEqual(namesIn(replica), ["a", "b"]);
        await synced;
        assert.equal(replica.synced, true);
      }));
  }

  it("is asked for everything anew once an update couldn't be taken", () =>
    withReplica({ monitor_cond_since: answered(two) }, async ({ server, replica }) => {
      const synced = once(replica, "synced");
      server.notify("update3", "ovskit-0", id(1001), { Item: { [id(9)]: { modify: { size: 1 } } } });
      await synced;
      const since = server.calls("monitor_cond_since").map(({ params }) => params[3]);
      assert.deepEqual(since, [noTransaction, noTransaction]);
    }));
});

const unknown: Answer = () => {
  throw new Refused("unknown method");
};

/** What RFC 7047's monitor answers. */
function v1(rows: Rows): object {
  return { Item: Object.fromEntries(Object.entries(rows).map(([uuid, row]) => [uuid, { new: row }])) };
}

describe("a server without monitor_cond_since", () => {
  it("is monitored by monitor_cond", () =>
    withReplica(
      { monitor_cond_since: unknown, monitor_cond: (params) => initial(two, params) },
      async ({ server, client, replica }) => {
        assert.deepEqual(namesIn(replica), ["a", "b"]);
        assert.equal(server.calls("monitor_cond")[0]?.params.length, 3);
        const changed = nextChanges(replica);
        server.notify("update2", "ovskit-0", { Item: { [id(1)]: { modify: { tags: "x" } } } });
        await changed;
        assert.deepEqual(replica.table("Item").get(id(1))?.tags, ["y"]);
        await client.replica(test, { Item: ["name"] });
        assert.equal(server.calls("monitor_cond_since").length, 1, "asked once per connection");
      },
    ));

  const full = {
    name: "a",
    size: 1,
    tags: ["set", ["x", "y"]],
    labels: ["map", []],
    parent: ["set", []],
    ratio: 0,
  };

  it("nor monitor_cond is monitored by RFC 7047's monitor, whose updates have whole columns", () =>
    withReplica(
      {
        monitor_cond_since: unknown,
        monitor_cond: unknown,
        monitor: () => v1({ [id(1)]: full, [id(2)]: { ...full, name: "b" } }),
      },
      async ({ server, replica }) => {
        assert.deepEqual(namesIn(replica), ["a", "b"]);
        const changed = nextChanges(replica);
        server.notify("update", "ovskit-0", {
          Item: {
            [id(1)]: { old: { tags: ["set", ["x", "y"]] }, new: { ...full, tags: "z" } },
            [id(2)]: { old: { ...full, name: "b" } },
            [id(3)]: { new: { ...full, name: "c" } },
          },
        });
        const changes = await changed;
        assert.deepEqual(
          changes.map(({ type }) => type),
          ["modify", "delete", "insert"],
        );
        assert.deepEqual(changes[0]?.old?.tags, ["x", "y"]);
        assert.deepEqual(replica.table("Item").get(id(1))?.tags, ["z"]);
        server.answers["monitor"] = () => v1({ [id(1)]: { ...full, tags: "z" } });
        const resynced = once(replica, "change");
        server.drop();
        const [difference, context] = (await resynced) as [readonly Change[], unknown];
        assert.deepEqual(
          [difference.map(({ type, uuid }) => [type, uuid]), context],
          [[["delete", id(3)]], { resync: true }],
        );
      },
    ));

  it("nor monitor_cond can't choose rows, and says so", () =>
    withReplica(
      { monitor_cond_since: unknown, monitor_cond: unknown, monitor: () => ({}) },
      async ({ client }) => {
        const table = { columns: ["name"], where: [["name", "==", "a"]] } as const;
        await assert.rejects(
          client.monitor("Test", { Item: table }, () => {}),
          (error: unknown) => error instanceof OvsdbRequestError && error.error === "not supported",
        );
      },
    ));

  it("nor any other way to monitor is reported as refusing", async () => {
    await using server = await FakeServer.start({ monitor_cond_since: unknown });
    await using client = await connectOvsdb(server.target);
    await assert.rejects(client.replica(test, { Item: "all" }), (error: unknown) => {
      return (
        error instanceof OvsdbRequestError && error.method === "monitor" && error.error === "unknown method"
      );
    });
  });
});
