/* oxlint-disable no-await-in-loop -- one after the other is what these tests are about */
import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { OvskitError } from "../../src/errors.ts";
import { connectOvsdb, type OvsdbClient } from "../../src/ovsdb/client.ts";
import { OvsdbDecodeError } from "../../src/ovsdb/errors.ts";
import { type MonitorMessage, monitorNotification } from "../../src/ovsdb/monitor-protocol.ts";
import type { Replica, RowChange } from "../../src/ovsdb/replica.ts";
import { TableStore } from "../../src/ovsdb/replica-table.ts";
import { type Change, changesOf, doInSlices, type TablePlace } from "../../src/ovsdb/replica-update.ts";
import { rowCodec } from "../../src/ovsdb/row.ts";
import { parseSchema } from "../../src/ovsdb/schema.ts";
import type { GenericRow } from "../../src/ovsdb/values.ts";
import { type Answer, FakeServer, id, testSchema, transactionId } from "./fake-server.ts";

interface Tables {
  readonly Item: GenericRow;
}

/** One update of so many rows. */
function rowsOf(count: number, update: (number: number) => object): object {
  return Object.fromEntries(Array.from({ length: count }, (_, number) => [id(number), update(number)]));
}

const inserted = (number: number): object => ({ insert: { name: `item ${number}` } });

function messageOf(count: number, update: (number: number) => object): MonitorMessage {
  const params = ["m", transactionId, { Item: rowsOf(count, update) }] as never;
  const message = monitorNotification("update3", params)?.message;
  assert.ok(message !== undefined);
  return message;
}

function place(): { store: TableStore; places: ReadonlyMap<string, TablePlace> } {
  const store = new TableStore("Item", "Test");
  const codec = rowCodec(parseSchema(testSchema), "Item", "all");
  return { store, places: new Map([["Item", { store, codec }]]) };
}

/** How many turns the event loop gets until this is done. */
async function turnsUntil(work: boolean | Promise<boolean>): Promise<number> {
  let turns = 0;
  let done = false;
  const whenDone = Promise.resolve(work).finally(() => {
    done = true;
  });
  const count = (): void => {
    if (done) return;
    turns += 1;
    setImmediate(count);
  };
  if (typeof work !== "boolean") setImmediate(count);
  await whenDone;
  return turns;
}

const yes = (): boolean => true;
const never = (): void => assert.fail("it can't be done");

describe("an update of many rows", () => {
  it("gives the event loop a turn for every thousand of them", async () => {
    const { places } = place();
    const finished: number[] = [];
    const finish = (changes: readonly Change[]): void => void finished.push(changes.length);
    const turns = await turnsUntil(doInSlices(changesOf(messageOf(10_500, inserted), places), finish, yes));
    assert.deepEqual(finished, [10_500]);
    assert.ok(turns >= 9, `${turns} turns`);
  });

  it("is done at once when they are a thousand", () => {
    const { places } = place();
    let changed = 0;
    const finish = (changes: readonly Change[]): void => {
      changed = changes.length;
    };
    assert.equal(doInSlices(changesOf(messageOf(1_000, inserted), places), finish, yes), true);
    assert.equal(changed, 1_000);
  });

  it("is given up, with nothing done, when it counts no more", async () => {
    const { places } = place();
    let asked = 0;
    const twice = (): boolean => {
      asked += 1;
      return asked <= 2;
    };
    assert.equal(await doInSlices(changesOf(messageOf(9_000, inserted), places), never, twice), false);
    assert.equal(asked, 3);
  });

  it("fails as a whole by its last row", async () => {
    const { places } = place();
    const wrong = messageOf(3_000, (number) =>
      number === 2_999 ? { modify: { size: 1 } } : inserted(number),
    );
    await assert.rejects(async () => doInSlices(changesOf(wrong, places), never, yes), OvsdbDecodeError);
  });

  it("takes out in slices, too, what isn't there any more", async () => {
    const { store, places } = place();
    const codec = places.get("Item")?.codec;
    for (let number = 0; number < 4_000; number += 1) store.write(id(number), codec?.decode(id(number), {}));
    let gone = 0;
    const finish = (changes: readonly Change[]): void => {
      gone = changes.filter(({ now }) => now === undefined).length;
    };
    const nothing = { ...messageOf(1, () => ({ insert: {} })), complete: true };
    const turns = await turnsUntil(doInSlices(changesOf(nothing, places), finish, yes));
    assert.equal(gone, 3_999);
    assert.ok(turns >= 2, `${turns} turns`);
  });
});

const taggedIn = (replica: Replica<Tables>): number =>
  [...replica.table("Item")].filter(({ tags }) => (tags as readonly string[]).join() === "x").length;

describe("a replica of many rows", () => {
  const count = 5_000;
  const initial: Answer = () => [
    false,
    transactionId,
    { Item: rowsOf(count, (number) => ({ initial: { name: `item ${number}`, size: number } })) },
  ];
  const tagged = rowsOf(count, () => ({ modify: { tags: "x" } }));

  async function withReplica(
    answers: Readonly<Record<string, Answer>>,
    body: (the: { server: FakeServer; client: OvsdbClient; replica: Replica<Tables> }) => Promise<void>,
  ): Promise<void> {
    await using server = await FakeServer.start({ monitor_cond_since: initial, ...answers });
    await using client = await connectOvsdb(server.target, { backoff: { minMs: 0, maxMs: 1 } });
    const replica = await client.replica<Tables>("Test", { Item: "all" });
    await body({ server, client, replica });
  }

  it("shows an update at once, and what comes behind it after it, a transaction's reply among that", () =>
    withReplica({}, async ({ server, client, replica }) => {
      const seen: string[] = [];
      replica.on("change", (changes) => {
        seen.push(
          `${changes.length} changed: ${taggedIn(replica)} tagged, ${replica.table("Item").size} there`,
        );
      });
      server.answers["transact"] = () => {
        server.notify("update3", "ovskit-0", id(1001), { Item: tagged });
        server.notify("update3", "ovskit-0", id(1002), { Item: { [id(0)]: { delete: null } } });
        return [{}];
      };
      const done = client.transact("Test", [{ op: "comment", comment: "all" }]);
      const shown = new Set<number>();
      let over = false;
      const look = (): void => {
        shown.add(taggedIn(replica));
        if (!over) setImmediate(look);
      };
      look();
      await done;
      seen.push(`resolved: ${replica.table("Item").size} there`);
      over = true;
      assert.deepEqual(seen, [
        `${count} changed: ${count} tagged, ${count} there`,
        `1 changed: ${count - 1} tagged, ${count - 1} there`,
        `resolved: ${count - 1} there`,
      ]);
      assert.ok(
        [...shown].every((tags) => tags === 0 || tags >= count - 1),
        [...shown].join(),
      );
    }));

  it("has taken what came in one packet with its first rows", () =>
    withReplica(
      {
        monitor_cond_since: (params, socket) => {
          const update = { method: "update3", params: [params[1], id(1001), { Item: tagged }], id: null };
          queueMicrotask(() => socket.write(JSON.stringify(update)));
          return initial(params, socket);
        },
      },
      async ({ client, replica }) => {
        assert.equal(replica.table("Item").size, count);
        await client.echo();
        assert.equal(taggedIn(replica), count);
      },
    ));

  it("is told an update once, whenever the connection is lost over it", async () => {
    for (let turns = 0; turns < 24; turns += 1) {
      await withReplica({}, async ({ server, replica }) => {
        const told: number[] = [];
        const count1 = (changes: readonly RowChange<Tables>[]): void => void told.push(changes.length);
        replica.on("change", count1);
        server.answers["monitor_cond_since"] = ([, , , since]) =>
          since === transactionId ? [true, id(1001), { Item: tagged }] : [true, id(1001), {}];
        const synced = once(replica, "synced");
        server.notify("update3", "ovskit-0", id(1001), { Item: tagged });
        for (let turn = 0; turn < turns; turn += 1) await nextTurn();
        server.drop();
        await synced;
        assert.equal(taggedIn(replica), count);
        assert.deepEqual(told, [count]);
      });
    }
  });

  it("loses the connection by an update's last row; of that update nothing is seen", () =>
    withReplica({}, async ({ server, client, replica }) => {
      const lost = once(client, "disconnected");
      replica.on("change", () => assert.fail("nothing may be seen"));
      server.notify("update3", "ovskit-0", id(1001), {
        Item: { ...tagged, [id(count)]: { modify: { size: 1 } } },
      });
      const [reason] = (await lost) as [Error];
      assert.ok(reason.cause instanceof OvskitError);
      assert.equal(taggedIn(replica), 0);
      await once(replica, "synced");
      assert.equal(replica.table("Item").size, count);
    }));

  it("may be closed while it takes an update, which then isn't seen", () =>
    withReplica({}, async ({ server, client, replica }) => {
      replica.on("change", () => assert.fail("it is closed"));
      server.notify("update3", "ovskit-0", id(1001), { Item: tagged });
      for (let turn = 0; turn < 4; turn += 1) await nextTurn();
      await replica.close();
      await client.echo();
      assert.equal(taggedIn(replica), 0);
    }));
});
