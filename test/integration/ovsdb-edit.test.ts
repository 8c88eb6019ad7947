// Edits on the real ovsdb-server: read, thought about, written, while others write too.
import assert from "node:assert/strict";
import { DatabaseServer } from "../../lab/database-server.ts";
import {
  connectOvsdb,
  EditConflictError,
  namedUuid,
  OutcomeUnknownError,
  type OvsdbClient,
  openVSwitch,
  type ReplicaOf,
  RowGoneError,
  SelectionError,
  ValueError,
} from "../../src/ovsdb/index.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith } from "../support/needs.ts";

const database = "Open_vSwitch";
const selection = {
  Open_vSwitch: ["bridges", "external_ids"],
  Bridge: ["name", "ports", "external_ids"],
  Port: ["name", "tag", "trunks", "external_ids", "interfaces"],
  Interface: ["name", "external_ids"],
  Queue: ["dscp", "external_ids"],
} as const;

function only<Row>(rows: Iterable<Row>): Row {
  const [row, ...others] = rows;
  assert.equal(others.length, 0);
  return row ?? assert.fail("there is none");
}

describeWith(["openvswitch"], "an edit", function () {
  this.timeout(30_000);
  let server: DatabaseServer;
  let client: OvsdbClient;
  let proxy: Proxy;
  let replica: ReplicaOf<typeof openVSwitch, typeof selection>;

  beforeEach(async () => {
    server = await DatabaseServer.start();
    proxy = await Proxy.start(server.target);
    client = await connectOvsdb(proxy.target, { backoff: { minMs: 1, maxMs: 10 } });
    await client.transact(database, [
      { op: "insert", table: "Bridge", uuidName: "b", row: { name: "br0" } },
      { op: "insert", table: "Open_vSwitch", row: { bridges: namedUuid("b") } },
      {
        op: "insert",
        table: "Queue",
        row: {
          dscp: 0,
          external_ids: new Map([
            ["a", "1"],
            ["b", "2"],
          ]),
        },
      },
    ]);
    replica = await client.replica(openVSwitch, selection);
  });
  afterEach(async () => {
    await client?.close();
    await proxy?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** The operations of the last transaction, by what they do. */
  function lastOperations(): string[] {
    const params = proxy.fromClient.findLast(({ method }) => method === "transact")?.["params"];
    return (params as { op: string }[]).slice(1).map(({ op }) => op);
  }

  it("makes rows that refer to each other, and the replica shows them when it resolves", async () => {
    const bridge = only(replica.table("Bridge"));
    const made = await replica.edit((edit) => {
      const one = edit.insert("Interface", { name: "p1", external_ids: new Map([["iface-id", "vm"]]) });
      const port = edit.insert("Port", { name: "p1", tag: 7, interfaces: [one] });
      edit.row("Bridge", bridge).add("ports", port);
      edit.comment("a port for the VM");
      return port._uuid;
    });
    const port = replica.table("Port").get(made);
    assert.equal(port?.tag, 7);
    assert.equal(replica.reference("Port", "interfaces").of(port)[0]?.external_ids.get("iface-id"), "vm");
    assert.deepEqual(replica.reference("Bridge", "ports").to(port), [
      replica.table("Bridge").get(bridge._uuid),
    ]);
    assert.deepEqual(lastOperations(), ["wait", "comment", "insert", "insert", "mutate"]);
  });

  it("counts to the right number when many count at once", async () => {
    const others = await Promise.all([1, 2, 3].map(() => connectOvsdb(server.target)));
    const replicas = await Promise.all(others.map((other) => other.replica(openVSwitch, selection)));
    const count = async (on: typeof replica, times: number): Promise<void> => {
      const { _uuid } = only(on.table("Queue"));
      await on.edit((edit) => {
        const queue = edit.row("Queue", _uuid);
        queue.set("dscp", (queue.get("dscp") ?? 0) + 1);
      });
      if (times > 1) await count(on, times - 1);
    };
    await Promise.all(replicas.map((on) => count(on, 10)));
    await count(replica, 1);
    assert.equal(only(replica.table("Queue")).dscp, 31);
    await Promise.all(others.map((other) => other.close()));
  });

  it("adds to a number without reading it, so that nobody is in the way of others", async () => {
    const queue = only(replica.table("Queue"));
    await using other = await connectOvsdb(server.target);
    let runs = 0;
    await replica.edit(async (edit) => {
      runs += 1;
      edit.row("Queue", queue).increase("dscp").increase("dscp", 4);
      await other.transact(database, [{ op: "update", table: "Queue", where: [], row: { dscp: 20 } }]);
    });
    assert.deepEqual([runs, only(replica.table("Queue")).dscp], [1, 25]);
    const made = await replica.edit((edit) => edit.insert("Queue", { dscp: 3 }).increase("dscp", -1)._uuid);
    assert.equal(replica.table("Queue").get(made)?.dscp, 2);
    // @ts-expect-error: a map is no number
    const wrong = replica.edit((edit) => edit.row("Queue", queue).increase("external_ids"));
    await assert.rejects(wrong, ValueError);
  });

  it("leaves what others put into a set or map meanwhile, unless it was read", async () => {
    const queue = only(replica.table("Queue"));
    await using other = await connectOvsdb(server.target);
    let runs = 0;
    await replica.edit(async (edit) => {
      runs += 1;
      edit.row("Queue", queue).put("external_ids", "a", "mine").drop("external_ids", "b");
      await other.transact(database, [
        {
          op: "mutate",
          table: "Queue",
          where: [],
          mutations: [["external_ids", "insert", new Map([["c", "3"]])]],
        },
      ]);
    });
    assert.equal(runs, 1);
    assert.deepEqual(
      [...only(replica.table("Queue")).external_ids].toSorted(([one], [other]) => one.localeCompare(other)),
      [
        ["a", "mine"],
        ["c", "3"],
      ],
    );

    await replica.edit(async (edit) => {
      runs += 1;
      const row = edit.row("Queue", queue);
      row.set("external_ids", new Map([...row.get("external_ids"), ["d", String(runs)]]));
      if (runs > 2) return;
      await other.transact(database, [
        {
          op: "mutate",
          table: "Queue",
          where: [],
          mutations: [["external_ids", "insert", new Map([["e", "5"]])]],
        },
      ]);
    });
    assert.equal(runs, 3);
    const ids = only(replica.table("Queue")).external_ids;
    assert.deepEqual([ids.get("c"), ids.get("d"), ids.get("e")], ["3", "3", "5"]);
    assert.ok(!lastOperations().includes("update"), "a map is changed pair by pair");
  });

  it("brings sets, optional columns and scalars to a value", async () => {
    const bridge = only(replica.table("Bridge"));
    const id = await replica.edit((edit) => {
      const port = edit.insert("Port", {
        name: "p",
        trunks: [1, 2, 3],
        interfaces: [edit.insert("Interface", { name: "p" })],
      });
      edit.row("Bridge", bridge).add("ports", port);
      return port._uuid;
    });
    await replica.edit((edit) => edit.row("Port", id).set("trunks", [2, 3, 4]).set("tag", 9));
    let port = replica.table("Port").get(id);
    assert.deepEqual([port?.tag, port?.trunks.toSorted()], [9, [2, 3, 4]]);
    assert.deepEqual(lastOperations(), ["wait", "update", "mutate"]);
    await replica.edit((edit) =>
      edit.row("Port", id).set("tag", undefined).take("trunks", 4).add("trunks", 9),
    );
    port = replica.table("Port").get(id);
    assert.deepEqual([port?.tag, port?.trunks.toSorted()], [undefined, [2, 3, 9]]);
    await replica.edit((edit) => {
      edit.row("Bridge", bridge).take("ports", edit.row("Port", id));
    });
    assert.equal(replica.table("Port").size, 0);
  });

  it("is given up when others are quicker every time, or when its row is gone", async () => {
    const queue = only(replica.table("Queue"));
    await using other = await connectOvsdb(server.target);
    const disturbed = replica.edit(
      async (edit) => {
        const row = edit.row("Queue", queue);
        const dscp = row.get("dscp") ?? 0;
        await other.transact(database, [
          { op: "update", table: "Queue", where: [], row: { dscp: (dscp + 1) % 60 } },
        ]);
        row.set("dscp", 63);
      },
      { attempts: 3 },
    );
    await assert.rejects(disturbed, (error) => {
      return error instanceof EditConflictError && error.attempts === 3 && error.table === "Queue";
    });
    const bereft = replica.edit(async (edit) => {
      edit.row("Queue", queue).set("dscp", 1);
      await other.transact(database, [{ op: "delete", table: "Queue", where: [] }]);
    });
    await assert.rejects(bereft, RowGoneError);
    assert.equal(replica.table("Queue").size, 0);
  });

  it("removes rows, and sends nothing when it changes nothing", async () => {
    const queue = only(replica.table("Queue"));
    const before = proxy.fromClient.length;
    assert.equal(await replica.edit((edit) => edit.row("Queue", queue).get("dscp")), 0);
    await replica.edit((edit) => edit.row("Queue", queue).set("external_ids", queue.external_ids));
    assert.equal(proxy.fromClient.length, before);
    await replica.edit((edit) => edit.row("Queue", queue).remove());
    assert.equal(replica.table("Queue").size, 0);
  });

  it("refuses what can't be written where it is put, before anything is sent", async () => {
    const queue = only(replica.table("Queue"));
    const before = proxy.fromClient.length;
    // What the compiler refuses too, a program without types could write.
    type Untyped = Record<"set" | "add" | "put" | "get", (...words: readonly unknown[]) => unknown>;
    const edits = (change: (row: Untyped) => unknown): Promise<unknown> =>
      replica.edit((edit) => change(edit.row("Queue", queue) as unknown as Untyped));
    await assert.rejects(
      edits((row) => row.set("dscp", queue)),
      ValueError,
    );
    await assert.rejects(
      edits((row) => row.add("dscp", 1)),
      ValueError,
    );
    await assert.rejects(
      edits((row) => row.put("dscp", 1, 2)),
      ValueError,
    );
    await assert.rejects(
      edits((row) => row.get("colour")),
      SelectionError,
    );
    await assert.rejects(
      replica.edit((edit) => edit.insert("Bridge", { name: "x", ports: ["p1"] })),
      ValueError,
    );
    await assert.rejects(
      replica.edit(() => {
        throw new Error("changed my mind");
      }),
      /changed my mind/,
    );
    assert.equal(proxy.fromClient.length, before);
  });

  it("is done once when its reply is lost and it may be repeated", async () => {
    // Once: the first rows of the next connection hold references, too.
    proxy.cutBefore = ({ result }) => {
      const cut = Array.isArray(result) && JSON.stringify(result).includes('"uuid"');
      if (cut) proxy.cutBefore = undefined;
      return cut;
    };
    await replica.edit((edit) => edit.insert("Queue", { dscp: 42 }), { retry: true });
    const { rows } = (
      await client.transact(database, [{ op: "select", table: "Queue", where: [["dscp", "==", 42]] }])
    )[0];
    assert.equal(rows.length, 1);
  });

  /** A port of one interface on br0. */
  function insertPort(name: string): Promise<string> {
    return replica.edit((edit) => {
      const interfaces = [edit.insert("Interface", { name })];
      const port = edit.insert("Port", { name, interfaces });
      edit.row("Bridge", only(replica.table("Bridge"))).add("ports", port);
      return port._uuid;
    });
  }

  /** Cuts the connection once, before the next reply to a transaction that changes something. */
  function loseReply(): void {
    proxy.cutBefore = ({ result }) => {
      const cut = Array.isArray(result) && JSON.stringify(result).includes('"count"');
      if (cut) proxy.cutBefore = undefined;
      return cut;
    };
  }

  it("exchanges all of a set that may not be empty", async () => {
    const id = await insertPort("p1");
    const interfaces = (): (string | undefined)[] =>
      (replica.table("Port").get(id)?.interfaces ?? []).map(
        (one) => replica.table("Interface").get(one)?.name,
      );
    await replica.edit((edit) =>
      edit.row("Port", id).set("interfaces", [edit.insert("Interface", { name: "p2" })]),
    );
    assert.deepEqual(interfaces(), ["p2"]);
    await replica.edit((edit) => {
      const old = replica.table("Port").get(id)?.interfaces ?? [];
      const end = edit.insert("Interface", { name: "p3" });
      edit
        .row("Port", id)
        .take("interfaces", ...old)
        .add("interfaces", end);
    });
    assert.deepEqual(interfaces(), ["p3"]);
  });

  it("takes each step on a column to what the one before it made", async () => {
    const port = await insertPort("p1");
    const queue = only(replica.table("Queue"));
    const seen = await replica.edit((edit) => {
      const row = edit.row("Port", port).set("trunks", [1]).set("trunks", [2, 2]).add("trunks", 3, 3);
      const ids = edit.row("Queue", queue).put("external_ids", "c", "3");
      ids
        .set("external_ids", new Map([["a", "9"]]))
        .put("external_ids", "d", "4")
        .drop("external_ids", "a", "a");
      ids.increase("dscp", 2).set("dscp", 50).increase("dscp");
      return [row.get("trunks"), [...ids.get("external_ids")], ids.get("dscp")];
    });
    assert.deepEqual(seen, [[2, 3], [["d", "4"]], 51]);
    const now = only(replica.table("Queue"));
    const trunks = (): readonly unknown[] => replica.table("Port").get(port)?.trunks.toSorted() ?? [];
    assert.deepEqual([trunks(), [...now.external_ids], now.dscp], seen);
    await replica.edit((edit) =>
      edit.row("Port", port).add("trunks", 7, 7, 8).take("trunks", 2, 2, 8).add("trunks", 2),
    );
    assert.deepEqual(trunks(), [2, 3, 7]);
  });

  it("counts once when its reply is lost and it may be repeated, or says that nobody knows", async () => {
    const queue = only(replica.table("Queue"));
    loseReply();
    const counted = replica.edit((edit) => edit.row("Queue", queue).increase("dscp", 2), { retry: true });
    await assert.rejects(counted, OutcomeUnknownError);
    const [{ rows }] = await client.transact(database, [{ op: "select", table: "Queue", where: [] }]);
    assert.equal(rows[0]?.["dscp"], 2);
  });

  it("waits with retry for the replica to be up to date again, and without it rejects", async () => {
    const queue = only(replica.table("Queue"));
    const stale = new Promise((resolve) => {
      replica.once("stale", () => resolve(undefined));
    });
    proxy.drop();
    await stale;
    const change = (edit: Parameters<Parameters<typeof replica.edit>[0]>[0]): unknown =>
      edit.row("Queue", queue).set("dscp", 9);
    await assert.rejects(replica.edit(change), /can be edited when the replica is up to date again/);
    await replica.edit(change, { retry: true });
    const [{ rows }] = await client.transact(database, [{ op: "select", table: "Queue", where: [] }]);
    assert.equal(rows[0]?.["dscp"], 9);
    await replica.close();
    await assert.rejects(replica.edit(change, { retry: true }), /replica is closed/);
  });

  it("knows a row by its table and its UUID in any case, and heeds its signal when it changes nothing", async () => {
    const { _uuid } = only(replica.table("Queue"));
    await replica.edit((edit) => {
      assert.equal(edit.row("Queue", _uuid.toUpperCase()), edit.row("Queue", _uuid));
      assert.throws(() => edit.row("Port", _uuid), RowGoneError);
    });
    const stop = new AbortController();
    const aborted = replica.edit(() => stop.abort(new Error("enough")), { signal: stop.signal });
    await assert.rejects(aborted, /enough/);
  });
});
