// One session with everything in it, cut at every message and at bytes of chance, by a real server: afterwards the
// replicas equal what ovsdb-client dumps, and each transaction was done once or is said to be unknown.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { DatabaseServer } from "../../lab/database-server.ts";
import { ConnectionClosedError } from "../../src/errors.ts";
import {
  connectOvsdb,
  namedUuid,
  type Operation,
  OutcomeUnknownError,
  type OvsdbClient,
  openVSwitch,
} from "../../src/ovsdb/index.ts";
import { Random } from "../fuzz/random.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith } from "../support/needs.ts";
import { type Contents, canonical } from "./database-contents.ts";
import { chosenOf, contentsOf, dumpOf } from "./database-dump.ts";

const database = "Open_vSwitch";
const quick = { backoff: { minMs: 0, maxMs: 4 } };

function queue(
  dscp: number,
  mark: string,
): { table: "Queue"; row: { dscp: number; external_ids: Map<string, string> } } {
  return { table: "Queue", row: { dscp, external_ids: new Map([["mark", mark]]) } };
}

function addPort(name: string): Operation[] {
  return [
    { op: "insert", table: "Interface", uuidName: "i", row: { name } },
    { op: "insert", table: "Port", uuidName: "p", row: { name, tag: 7, interfaces: namedUuid("i") } },
    { op: "mutate", table: "Bridge", where: [], mutations: [["ports", "insert", namedUuid("p")]] },
  ];
}

const reset: Operation[] = [
  { op: "delete", table: "Queue", where: [] },
  { op: "update", table: "Bridge", where: [], row: { ports: [] } },
];

/** Connects, however often that is cut. */
async function connected(target: string): Promise<OvsdbClient> {
  try {
    return await connectOvsdb(target, quick);
  } catch {
    return connected(target);
  }
}

/** Begins again whenever the connection was lost before anything was done. */
async function persistent<T>(client: OvsdbClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    assert.ok(error instanceof ConnectionClosedError, error instanceof Error ? error.stack : String(error));
  }
  if (!client.connected) await once(client, "connected");
  else await new Promise((resolve) => setImmediate(resolve));
  return persistent(client, work);
}

/** How often a row with this mark is there. */
function countOf(dump: Contents, mark: string): number {
  const text = canonical(new Map([["mark", mark]]));
  return Object.values(dump["Queue"] ?? {}).filter(({ external_ids: ids }) => ids === text).length;
}

/** Everything a client does, while another changes the same rows; then everything is compared. */
async function everything(proxy: Proxy, server: DatabaseServer, writer: OvsdbClient): Promise<void> {
  await using client = await connected(proxy.target);
  const queues = await persistent(client, () =>
    client.replica(openVSwitch, {
      Queue: {
        columns: ["dscp", "external_ids"],
        where: [
          ["dscp", "==", 1],
          ["dscp", "==", 2],
        ],
      },
    }),
  );
  const ports = await persistent(client, () =>
    client.replica(openVSwitch, { Bridge: ["name", "ports"], Port: "all", Interface: ["name"] }),
  );
  const id = randomUUID();
  await client.transact(database, [{ op: "insert", uuid: id, ...queue(1, "guarded") }], { retry: true });
  let outcome: unknown;
  const plain = client.transact(database, [{ op: "insert", ...queue(2, "plain") }]);
  await Promise.all([
    plain.catch((error: unknown) => {
      outcome = error;
    }),
    writer.transact(database, addPort("early")),
  ]);
  const chosen = queues.where({
    Queue: [
      ["dscp", "==", 2],
      ["dscp", "==", 3],
    ],
  });
  await writer.transact(database, [{ op: "insert", ...queue(3, "other") }, ...addPort("late")]);
  await chosen;
  await persistent(client, () => client.lock("a_lock"));
  const fewer = await persistent(client, () => ports.reselect({ Port: ["name", "tag"] }));
  await persistent(client, () =>
    queues.edit((edit) => edit.insert("Queue", queue(3, "edited").row), { retry: true }),
  );
  await writer.transact(database, [
    { op: "update", table: "Port", where: [["name", "==", "early"]], row: { tag: 8 } },
    { op: "delete", table: "Queue", where: [["dscp", "==", 1]] },
  ]);
  await inStep(client, () => queues.synced && fewer.synced);
  const dump = await dumpOf(server.target, database, ["Queue", "Port"]);
  const shown = {
    Queue: {
      columns: ["dscp", "external_ids"],
      fits: ({ dscp }: Readonly<Record<string, string>>): boolean =>
        dscp === canonical(2) || dscp === canonical(3),
    },
  };
  assert.deepEqual(
    contentsOf(["Queue"], () => queues.table("Queue")),
    chosenOf(dump, shown),
  );
  const port = { Port: { columns: ["name", "tag"] } };
  assert.deepEqual(
    contentsOf(["Port"], () => fewer.table("Port")),
    chosenOf(dump, port),
  );
  assert.deepEqual(
    ["guarded", "edited", "other"].map((mark) => countOf(dump, mark)),
    [0, 1, 1],
  );
  checkOutcome(outcome, countOf(dump, "plain"));
}

/** Whether a transaction that isn't repeated was done as often as was said. */
function checkOutcome(outcome: unknown, count: number): void {
  if (outcome === undefined) assert.equal(count, 1);
  else if (outcome instanceof OutcomeUnknownError) assert.ok(count <= 1);
  else {
    assert.ok(outcome instanceof ConnectionClosedError);
    assert.equal(count, 0, "never sent");
  }
}

/** Waits until the server has been heard out on a connection on which all is in step. */
async function inStep(client: OvsdbClient, synced: () => boolean): Promise<void> {
  await persistent(client, () => client.echo());
  if (synced()) return;
  await new Promise((resolve) => setImmediate(resolve));
  await inStep(client, synced);
}

describeWith(["openvswitch"], "a session that is cut", function () {
  this.timeout(120_000);
  let server: DatabaseServer;
  let writer: OvsdbClient;

  before(async () => {
    server = await DatabaseServer.start();
    writer = await connectOvsdb(server.target);
    await writer.transact(database, [
      { op: "insert", table: "Bridge", uuidName: "b", row: { name: "br0" } },
      { op: "insert", table: "Open_vSwitch", row: { bridges: namedUuid("b") } },
    ]);
  });
  after(async () => {
    await writer?.close();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(() => writer.transact(database, reset));

  /** Runs everything once, with a cut where `at` says; how many messages that side said. */
  async function run(by: "client" | "server", at: number, how: "before" | "after"): Promise<number> {
    await writer.transact(database, reset);
    await using proxy = await Proxy.start(server.target);
    let said = 0;
    proxy.cut = (speaker) => {
      if (speaker !== by) return undefined;
      said += 1;
      return said === at + 1 ? how : undefined;
    };
    try {
      await everything(proxy, server, writer);
    } catch (error) {
      const message = (by === "client" ? proxy.fromClient : proxy.fromServer)[at];
      console.log(
        `      cut ${how} message ${at} of the ${by}: ${JSON.stringify(message?.["method"] ?? "a reply")}`,
      );
      throw error;
    }
    return said;
  }

  for (const by of ["client", "server"] as const) {
    for (const how of ["before", "after"] as const) {
      it(`equals a dump, and has done all once, when cut ${how} any message of the ${by}`, async () => {
        const messages = await run(by, Number.POSITIVE_INFINITY, how);
        assert.ok(messages > 12, `${messages} messages`);
        for (let at = 0; at < messages; at += 1) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other is what this is about
          await run(by, at, how);
        }
      });
    }
  }

  it("equals a dump, and has done all once, when cut again and again after any number of bytes", async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = new Random(seed);
    for (let round = 0; round < 25; round += 1) {
      /* oxlint-disable no-await-in-loop -- one after the other is what this is about */
      await writer.transact(database, reset);
      await using proxy = await Proxy.start(server.target);
      proxy.bytesLeft = random.below(12_000);
      const again = setInterval(() => {
        if (proxy.bytesLeft === Number.POSITIVE_INFINITY && random.once(3))
          proxy.bytesLeft = random.below(30_000);
      }, 5);
      try {
        await everything(proxy, server, writer);
      } catch (error) {
        console.log(`      seed ${seed}, round ${round}`);
        throw error;
      } finally {
        clearInterval(again);
      }
      /* oxlint-enable no-await-in-loop */
    }
  });
});
