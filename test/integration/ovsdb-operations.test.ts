// Every operation of RFC 7047 against the real ovsdb-server, whose ovs-vswitchd is stopped so that nothing but these
// tests writes.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  type Condition,
  connectOvsdb,
  DuplicateUuidError,
  type InsertOperation,
  isUuid,
  type Mutation,
  namedUuid,
  type Operation,
  OperationError,
  type OvsdbClient,
  OvsdbRequestError,
  type RowValues,
  type SelectResult,
  TransactionError,
  UnrepeatableError,
  UnsendableValueError,
  uuid,
} from "../../src/ovsdb/index.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith } from "../support/needs.ts";

const db = "Open_vSwitch";

/** A row of a root table that nothing else is about. */
const queue = (row: RowValues, rest: { uuidName?: string; uuid?: string } = {}): InsertOperation => {
  return { op: "insert", table: "Queue", row, ...rest };
};

function interfaceWith(cfm_mpid: number): Operation {
  return { op: "insert", table: "Interface", row: { name: "i", cfm_mpid } };
}

const unknownDatabase = (error: unknown): boolean =>
  error instanceof OvsdbRequestError && error.error === "unknown database";

const refusedWith =
  (error: string, operationIndex: number | undefined) =>
  (thrown: unknown): boolean => {
    assert.ok(thrown instanceof TransactionError, String(thrown));
    assert.deepEqual([thrown.error, thrown.operationIndex], [error, operationIndex]);
    assert.notEqual(thrown.constructor, TransactionError, "it has a class of its own");
    return true;
  };

describeWith(["openvswitch"], "OVSDB on the real server", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  let client: OvsdbClient;

  before(async () => {
    ovs = await startOpenVSwitch({ tcp: true });
    await ovs.stopVswitchd();
    client = await connectOvsdb(ovs.ovsdb);
  });
  after(async () => {
    await client?.close();
    await ovs?.stop();
  });
  afterEach(() => client.transact(db, [{ op: "delete", table: "Queue", where: [] }]));

  async function queues(where: readonly Condition[] = []): Promise<readonly Record<string, unknown>[]> {
    // Without _uuid the server would leave out rows that look the same.
    const columns = ["_uuid", "dscp", "external_ids"];
    const [{ rows }] = await client.transact(db, [{ op: "select", table: "Queue", where, columns }]);
    return rows;
  }

  /** The dscp of the rows that a condition chooses, in the order of numbers. */
  async function chosen(condition: Condition): Promise<unknown[]> {
    const rows = await queues([condition]);
    return rows.map(({ dscp }) => dscp).toSorted((one, other) => Number(one ?? 99) - Number(other ?? 99));
  }

  it("lists databases and tells the schema, over a Unix socket and over TCP", async () => {
    await using tcp = await connectOvsdb(ovs.ovsdbTcp ?? "");
    const names = await Promise.all([client.listDatabases(), tcp.listDatabases()]);
    for (const list of names) assert.deepEqual(list.toSorted(), ["Open_vSwitch", "_Server"]);
    const schemas = await Promise.all([client.schema(db), tcp.schema(db)]);
    for (const { tables } of schemas) {
      assert.equal(tables.get("Port")?.columns.get("tag")?.type.key.maxInteger, 4095);
    }
    await client.echo();
  });

  it("says that a database is unknown", async () => {
    await assert.rejects(client.schema("Nope"), unknownDatabase);
    await assert.rejects(client.transact("Nope", []), unknownDatabase);
    await assert.rejects(client.replica("Nope", { T: "all" }), unknownDatabase);
  });

  it("takes an empty transaction", async () => {
    assert.deepEqual(await client.transact(db, []), []);
  });

  it("inserts rows, which may name each other, or be given their UUID", async () => {
    const chosen = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    const results = await client.transact(db, [
      { op: "insert", table: "QoS", row: { queues: new Map([[0, namedUuid("q")]]) }, uuidName: "qos" },
      queue({ dscp: 1 }, { uuidName: "q" }),
      queue({ dscp: 2 }, { uuid: chosen }),
      { op: "select", table: "QoS", where: [["_uuid", "==", namedUuid("qos")]], columns: ["queues"] },
    ]);
    const [, named, given, { rows }] = results;
    assert.ok(isUuid(named.uuid));
    assert.equal(given.uuid, chosen);
    assert.deepEqual(rows, [{ queues: new Map([[0, named.uuid]]) }]);
    await client.transact(db, [{ op: "delete", table: "QoS", where: [] }]);
  });

  it("selects rows, of all columns or some, with the types of the schema", async () => {
    const [{ uuid: id }] = await client.transact(db, [
      { op: "insert", table: "Queue", row: { external_ids: new Map([["__proto__", "x"]]) } },
    ]);
    const [{ rows }] = await client.transact(db, [
      { op: "select", table: "Queue", where: [["_uuid", "==", uuid(id)]] },
    ]);
    const [{ _version: version, ...row } = { _version: "" }] = rows;
    assert.ok(typeof version === "string" && isUuid(version));
    const external_ids = new Map([["__proto__", "x"]]);
    assert.deepEqual(row, { _uuid: id, dscp: undefined, external_ids, other_config: new Map() });
  });

  it("chooses rows by every function of a condition", async () => {
    await client.transact(db, [
      queue({
        dscp: 1,
        external_ids: new Map([
          ["a", "1"],
          ["b", "2"],
        ]),
      }),
      queue({ dscp: 2, external_ids: new Map([["a", "1"]]) }),
      queue({}),
    ]);
    const a1 = new Map([["a", "1"]]);
    assert.deepEqual(await chosen(["dscp", "==", 1]), [1]);
    assert.deepEqual(await chosen(["dscp", "==", []]), [undefined]);
    assert.deepEqual(await chosen(["dscp", "!=", 1]), [2, undefined]);
    assert.deepEqual(await chosen(["dscp", "<", 2]), [1]);
    assert.deepEqual(await chosen(["dscp", "<=", 2]), [1, 2]);
    assert.deepEqual(await chosen(["dscp", ">", 1]), [2]);
    assert.deepEqual(await chosen(["dscp", ">=", 1]), [1, 2]);
    assert.deepEqual(await chosen(["external_ids", "includes", a1]), [1, 2]);
    assert.deepEqual(await chosen(["external_ids", "excludes", a1]), [undefined]);
    assert.deepEqual(await chosen(["external_ids", "==", a1]), [2]);
  });

  it("updates rows and says how many", async () => {
    await client.transact(db, [queue({ dscp: 1 }), queue({ dscp: 1 }), queue({ dscp: 2 })]);
    const where: readonly Condition[] = [["dscp", "==", 1]];
    const row = { dscp: [], external_ids: new Map([["k", "v"]]) };
    assert.deepEqual(await client.transact(db, [{ op: "update", table: "Queue", where, row }]), [
      { count: 2 },
    ]);
    assert.deepEqual((await queues([["external_ids", "==", new Map([["k", "v"]])]])).length, 2);
    assert.deepEqual(await queues(where), []);
  });

  it("mutates numbers, sets and maps by every mutator", async () => {
    const [{ uuid: id }] = await client.transact(db, [
      {
        op: "insert",
        table: "Queue",
        row: {
          dscp: 10,
          external_ids: new Map([
            ["a", "1"],
            ["b", "2"],
          ]),
        },
      },
    ]);
    const where: readonly Condition[] = [["_uuid", "==", uuid(id)]];
    const mutate = async (...mutations: readonly Mutation[]): Promise<unknown> => {
      const results = await client.transact(db, [{ op: "mutate", table: "Queue", where, mutations }]);
      assert.deepEqual(results, [{ count: 1 }]);
      const [row] = await queues(where);
      return [row?.["dscp"], Object.fromEntries(row?.["external_ids"] as Map<string, string>)];
    };
    const ab = { a: "1", b: "2" };
    assert.deepEqual(await mutate(["dscp", "+=", 5]), [15, ab]);
    assert.deepEqual(await mutate(["dscp", "-=", 3]), [12, ab]);
    assert.deepEqual(await mutate(["dscp", "*=", 2], ["dscp", "/=", 3]), [8, ab]);
    assert.deepEqual(await mutate(["dscp", "%=", 5]), [3, ab]);
    const insert: Mutation = [
      "external_ids",
      "insert",
      new Map([
        ["a", "9"],
        ["c", "3"],
      ]),
    ];
    assert.deepEqual(await mutate(insert), [3, { ...ab, c: "3" }], "insert leaves what is there");
    assert.deepEqual(await mutate(["external_ids", "delete", ["a"]]), [3, { b: "2", c: "3" }], "by key");
    const pairs = new Map([
      ["b", "2"],
      ["c", "9"],
    ]);
    assert.deepEqual(await mutate(["external_ids", "delete", pairs]), [3, { c: "3" }], "by pair");
    assert.deepEqual(await mutate(["dscp", "delete", 3]), [undefined, { c: "3" }]);
    assert.deepEqual(await mutate(["dscp", "insert", 4]), [4, { c: "3" }]);
  });

  it("deletes rows and says how many", async () => {
    await client.transact(db, [queue({ dscp: 1 }), queue({ dscp: 2 })]);
    const where: readonly Condition[] = [["dscp", "==", 1]];
    assert.deepEqual(await client.transact(db, [{ op: "delete", table: "Queue", where }]), [{ count: 1 }]);
    assert.equal((await queues()).length, 1);
  });

  it("waits for rows to be so, or not so, and fails at once or in time when they aren't", async () => {
    await client.transact(db, [queue({ dscp: 1 })]);
    const base = { op: "wait", table: "Queue", where: [], columns: ["dscp"] } as const;
    const holds = await client.transact(db, [{ ...base, until: "==", rows: [{ dscp: 1 }], timeoutMs: 0 }]);
    assert.deepEqual(holds, [{}]);
    await client.transact(db, [{ ...base, until: "!=", rows: [{ dscp: 2 }], timeoutMs: 0 }]);
    await assert.rejects(
      client.transact(db, [queue({ dscp: 1 }), { ...base, until: "!=", rows: [{ dscp: 1 }], timeoutMs: 0 }]),
      refusedWith("timed out", 1),
    );
    await assert.rejects(
      client.transact(db, [{ ...base, until: "==", rows: [{ dscp: 9 }], timeoutMs: 20 }]),
      refusedWith("timed out", 0),
    );
    assert.equal((await queues()).length, 1, "nothing half done");
  });

  it("lets others overtake a transaction that waits", async () => {
    const waiting = client.transact(db, [
      { op: "wait", table: "Queue", where: [], columns: ["dscp"], until: "==", rows: [{ dscp: 7 }] },
      queue({ dscp: 8 }),
    ]);
    await client.echo();
    await client.transact(db, [queue({ dscp: 7 })]);
    const [, inserted] = await waiting;
    assert.ok(inserted !== undefined && "uuid" in inserted);
    assert.equal((await queues()).length, 2);
  });

  it("cancels a transaction that nobody waits for any more", async () => {
    const controller = new AbortController();
    const waiting = client.transact(
      db,
      [
        { op: "wait", table: "Queue", where: [], columns: ["dscp"], until: "==", rows: [{ dscp: 7 }] },
        queue({}),
      ],
      { signal: controller.signal },
    );
    await client.echo();
    controller.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    await client.transact(db, [queue({ dscp: 7 })]);
    assert.equal((await queues()).length, 1, "the cancelled insert didn't happen");
  });

  it("commits to disk, comments, and rolls back at abort", async () => {
    const comment: Operation = { op: "comment", comment: "control \u0001 characters, 🦉 and é" };
    const done = await client.transact(db, [queue({ dscp: 1 }), comment, { op: "commit", durable: true }]);
    assert.deepEqual(done.slice(1), [{}, {}]);
    await assert.rejects(client.transact(db, [queue({}), { op: "abort" }]), refusedWith("aborted", 1));
    assert.equal((await queues()).length, 1);
  });

  it("asserts a lock, which others wait for, are given, and may steal", async () => {
    await using other = await connectOvsdb(ovs.ovsdb);
    const asserted: readonly Operation[] = [{ op: "assert", lock: "l" }];
    await assert.rejects(client.transact(db, asserted), refusedWith("not owner", 0));
    assert.equal(await client.lock("l"), true);
    assert.deepEqual(await client.transact(db, asserted), [{}]);
    assert.equal(await other.lock("l"), false);
    const granted = once(other, "locked");
    await client.unlock("l");
    assert.deepEqual(await granted, ["l"]);
    const lost = once(other, "lockLost");
    assert.equal(await client.steal("l"), true);
    assert.deepEqual(await lost, ["l", "stolen"]);
    assert.deepEqual([client.holds("l"), other.holds("l")], [true, false]);
    await assert.rejects(other.transact(db, asserted), refusedWith("not owner", 0));
    await client.unlock("l");
  });

  it("reports a commit that fails though every operation went well", async () => {
    await assert.rejects(
      client.transact(db, [queue({ dscp: 5 }), { op: "insert", table: "Open_vSwitch", row: {} }]),
      refusedWith("constraint violation", undefined),
    );
    await assert.rejects(
      client.transact(db, [
        {
          op: "insert",
          table: "Bridge",
          row: { name: "x", ports: uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8") },
          uuidName: "b",
        },
        {
          op: "mutate",
          table: "Open_vSwitch",
          where: [],
          mutations: [["bridges", "insert", namedUuid("b")]],
        },
      ]),
      refusedWith("referential integrity violation", undefined),
    );
    assert.deepEqual(await queues(), []);
  });

  it("reports which operation the server refused, and nothing of the transaction is done", async () => {
    const refused: readonly [operation: Operation, error: string, table: string | undefined][] = [
      [queue({ dscp: 64 }), "constraint violation", "Queue"],
      [queue({ dscp: "one" }), "syntax error", "Queue"],
      [{ op: "insert", table: "Nope", row: {} }, "syntax error", "Nope"],
      [{ op: "select", table: "Queue", where: [["nope", "==", 1]] }, "unknown column", "Queue"],
      [{ op: "mutate", table: "Queue", where: [], mutations: [["dscp", "/=", 0]] }, "domain error", "Queue"],
      [{ op: "update", table: "Port", where: [], row: { name: "x" } }, "constraint violation", "Port"],
    ];
    for (const [operation, error, table] of refused) {
      // oxlint-disable-next-line no-await-in-loop -- each must leave nothing behind
      await assert.rejects(client.transact(db, [queue({ dscp: 1 }), operation]), (thrown: unknown) => {
        assert.ok(thrown instanceof TransactionError);
        assert.deepEqual([thrown.operationIndex, thrown.table], [1, table], thrown.message);
        return thrown.error === error || assert.fail(`${error}, but ${thrown.message}`);
      });
    }
    assert.deepEqual(await queues(), []);
  });

  it("repeats a transaction whose reply was lost, and it is done once", async () => {
    await using proxy = await Proxy.start(ovs.ovsdb);
    await using cut = await connectOvsdb(proxy.target, { backoff: { minMs: 1, maxMs: 10 } });
    const row = queue({ dscp: 5 }, { uuid: "6ba7b810-9dad-11d1-80b4-00c04fd430c8" });
    proxy.cutBefore = ({ result }) => JSON.stringify(result ?? null).includes(`"uuid","6ba7b810`);
    const results = await cut.transact(db, [row], { retry: true });
    assert.equal(results, undefined, "the second attempt saw the row of the first");
    assert.equal((await queues()).length, 1);
    assert.equal(proxy.fromClient.filter(({ method }) => method === "transact").length, 2);
    await assert.rejects(cut.transact(db, [row], { retry: true }), DuplicateUuidError);
  });

  it("refuses to repeat what leaves nothing behind that would tell that it was done", async () => {
    const collected = {
      op: "insert",
      table: "Manager",
      row: { target: "ptcp:" },
      uuid: randomUUID(),
    } as const;
    await assert.rejects(
      client.transact(db, [collected, queue({ dscp: 1 })], { retry: true }),
      UnrepeatableError,
    );
    const stays: Operation = {
      op: "wait",
      table: "Queue",
      where: [],
      columns: ["external_ids"],
      until: "==",
      rows: [],
      timeoutMs: 0,
    };
    const untouched: Operation = {
      op: "update",
      table: "Queue",
      where: [["dscp", "==", 9]],
      row: { external_ids: new Map() },
    };
    await assert.rejects(client.transact(db, [stays, untouched], { retry: true }), UnrepeatableError);
    assert.deepEqual(await queues(), []);
  });

  it("refuses reals that the server would end the connection over", async () => {
    await assert.rejects(client.transact(db, [queue({ dscp: 5e-324 })]), { code: "ERR_OVSDB_OPERATION" });
  });

  it("steals a lock that it waits for", async () => {
    await using other = await connectOvsdb(ovs.ovsdb);
    assert.equal(await other.lock("mine"), true);
    assert.equal(await client.lock("mine"), false);
    const lost = once(other, "lockLost");
    assert.equal(await client.steal("mine"), true);
    assert.deepEqual(await lost, ["mine", "stolen"]);
    await client.unlock("mine");
  });

  it("refuses integers that were rounded before they came here, wherever they stand", async () => {
    await assert.rejects(client.transact(db, [queue({ dscp: 1 }), interfaceWith(2 ** 60)]), {
      code: "ERR_OVSDB_OPERATION",
      operationIndex: 1,
      message: /Interface\.cfm_mpid: 1152921504606847000 isn't exact as a number: write it as a bigint/,
    });
    const where = [["cfm_mpid", "==", -(2 ** 53)]] as const;
    await assert.rejects(client.transact(db, [{ op: "delete", table: "Interface", where }]), OperationError);
    await client.transact(db, [interfaceWith(2 ** 53 - 1)]);
  });

  it("keeps every int64 exact, there and back", async () => {
    const values = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, BigInt(Number.MAX_SAFE_INTEGER), 0n, -1n];
    const interfaces = values.map((cfm_mpid, at): Operation => {
      return { op: "insert", table: "Interface", row: { name: `i${at}`, cfm_mpid } };
    });
    const waits = values.map((cfm_mpid, at): Operation => {
      const where: readonly Condition[] = [["name", "==", `i${at}`]];
      return {
        op: "wait",
        table: "Interface",
        where,
        columns: ["cfm_mpid"],
        until: "==",
        rows: [{ cfm_mpid }],
        timeoutMs: 0,
      };
    });
    // Nothing refers to the rows: they are gone at the commit.
    const select = { op: "select", table: "Interface", where: [], columns: ["cfm_mpid"] } as const;
    const result = (await client.transact(db, [...interfaces, ...waits, select])).at(-1);
    const rows = result !== undefined && "rows" in result ? (result as SelectResult).rows : [];
    const read = rows.map(({ cfm_mpid }) => cfm_mpid as number | bigint).toSorted((a, b) => (a < b ? -1 : 1));
    assert.deepEqual(read, [-(2n ** 63n), -1, 0, Number.MAX_SAFE_INTEGER, 2n ** 53n + 1n, 2n ** 63n - 1n]);
  });

  it("keeps any text exact, and refuses here what the server would hang up on", async () => {
    const texts = ["", "é漢🦉", '\u0001\u0008\u001f\u007f\u2028\\"', '}{]["', "x".repeat(70_000)];
    const external_ids = new Map(texts.map((text) => [text, text]));
    await client.transact(db, [queue({ external_ids })]);
    assert.deepEqual((await queues())[0]?.["external_ids"], external_ids);
    for (const text of ["\u0000", "\ud800", "\udc00x"]) {
      // oxlint-disable-next-line no-await-in-loop -- the connection must bear each
      await assert.rejects(
        client.transact(db, [queue({ external_ids: new Map([["k", text]]) })]),
        UnsendableValueError,
      );
    }
    await client.echo();
  });

  it("takes and gives messages of megabytes, in many chunks", async () => {
    const external_ids = new Map(Array.from({ length: 20_000 }, (_, at) => [`key-${at}`, "🦉é".repeat(20)]));
    await client.transact(db, [queue({ external_ids })]);
    assert.deepEqual((await queues())[0]?.["external_ids"], external_ids);
  });

  it("answers the server's echo", async () => {
    // ovsdb-server asks over TCP only, after five seconds of silence.
    const target = ovs.ovsdbTcp ?? "";
    const { port } = /:(?<port>\d+)$/.exec(target)?.groups ?? {};
    await using proxy = await Proxy.start({ host: "127.0.0.1", port: Number(port) });
    await using tcp = await connectOvsdb(proxy.target);
    const reply = await proxy.sent(({ method, result }) => method === undefined && result !== undefined);
    const { id } = proxy.fromServer.find(({ method }) => method === "echo") ?? {};
    assert.deepEqual(reply, { id, result: [], error: null });
    await tcp.echo();
  });
});
