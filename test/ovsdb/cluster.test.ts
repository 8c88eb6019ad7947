import assert from "node:assert/strict";
import { once } from "node:events";
import fc from "fast-check";
import { connectOvsdb, type OvsdbClient } from "../../src/ovsdb/client.ts";
import {
  ClusterLostError,
  ClusterMemory,
  DatabaseMissingError,
  NotLeaderError,
  StaleServerError,
  type UnfitServerError,
  WrongClusterError,
} from "../../src/ovsdb/cluster.ts";
import { NoServerError, OutcomeUnknownError } from "../../src/ovsdb/errors.ts";
import type { OvsdbOptions } from "../../src/ovsdb/link.ts";
import type { DatabaseStatus } from "../../src/ovsdb/server-databases.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { clusterId, FakeMember } from "./fake-member.ts";
import { FakeServer, id } from "./fake-server.ts";

const database = "Test";
const inOrder: OvsdbOptions = { shuffle: false, backoff: { minMs: 0, maxMs: 1 }, cluster: { database } };
const anyMember: OvsdbOptions = { ...inOrder, cluster: { database, leaderOnly: false } };
const insert = { op: "insert", table: "Item", row: { name: "a" } } as const;

const leader: DatabaseStatus = {
  name: database,
  model: "clustered",
  connected: true,
  leader: true,
  clusterId,
  serverId: id(1),
  index: 5,
};

/** What is said of servers, one after the other, each the leader but for what differs. */
function judged(
  options: { readonly leaderOnly?: boolean; readonly clusterId?: string },
  ...servers: readonly (Partial<DatabaseStatus> | undefined)[]
): (string | undefined)[] {
  const memory = new ClusterMemory({ database, ...options });
  return servers.map((server) => memory.judge("tcp:a:1", server && { ...leader, ...server })?.code);
}

/** What the client says of the next server that it doesn't like. */
async function nextUnfit(client: OvsdbClient): Promise<UnfitServerError> {
  return ((await once(client, "unfit")) as [UnfitServerError])[0];
}

describe("a member of a cluster", () => {
  it("is fit when it leads, is in touch and is no older than the last", () => {
    assert.deepEqual(judged({}, {}, { index: 5 }, { index: 7 }, { index: 2n ** 60n }), [
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is fit as a follower only when the leader isn't asked for", () => {
    assert.deepEqual(judged({}, { leader: false }), ["ERR_OVSDB_NOT_LEADER"]);
    assert.deepEqual(judged({ leaderOnly: false }, { leader: false }), [undefined]);
  });

  it("is unfit without a connection to its cluster, even before it knows which that is", () => {
    const lost = "ERR_OVSDB_CLUSTER_LOST";
    assert.deepEqual(judged({ leaderOnly: false }, { connected: false }), [lost]);
    const joining = { connected: false, clusterId: undefined, index: undefined };
    assert.deepEqual(judged({ clusterId }, joining), [lost]);
  });

  it("is unfit when its copy is older than what was seen of one that was fit", () => {
    const stale = "ERR_OVSDB_STALE_SERVER";
    assert.deepEqual(judged({}, {}, { index: 4 }, { index: undefined }, { index: 5 }), [
      undefined,
      stale,
      stale,
      undefined,
    ]);
    assert.deepEqual(judged({}, { index: 9, leader: false }, {}), ["ERR_OVSDB_NOT_LEADER", undefined]);
  });

  it("is unfit when it is of another cluster than the one given, or than the first", () => {
    const wrong = "ERR_OVSDB_WRONG_CLUSTER";
    const other = { clusterId: id(78) };
    const standalone = { model: "standalone", clusterId: undefined, index: undefined } as const;
    assert.deepEqual(judged({}, {}, other, standalone), [undefined, wrong, wrong]);
    assert.deepEqual(judged({ clusterId: clusterId.toUpperCase() }, other, {}), [wrong, undefined]);
    assert.deepEqual(judged({}, standalone, {}), [undefined, undefined]);
    assert.equal(
      new ClusterMemory({ database, clusterId }).judgeSilent("tcp:a:1")?.code,
      wrong,
      "a server that tells nothing is older than clusters",
    );
    assert.equal(new ClusterMemory({ database }).judgeSilent("tcp:a:1"), undefined);
  });

  it("never leads back: whatever servers say, the copies that are taken grow, and are of one cluster", () => {
    const status = fc.record({
      name: fc.constant(database),
      model: fc.constantFrom("standalone" as const, "clustered" as const, "relay" as const),
      connected: fc.boolean(),
      leader: fc.boolean(),
      clusterId: fc.constantFrom(undefined, clusterId, id(78)),
      serverId: fc.constant(undefined),
      index: fc.oneof(
        fc.constant(undefined),
        fc.nat(20),
        fc.bigInt({ min: 2n ** 60n, max: 2n ** 60n + 20n }),
      ),
    });
    fc.assert(
      fc.property(fc.array(status, { maxLength: 40 }), fc.boolean(), (servers, leaderOnly) => {
        const memory = new ClusterMemory({ database, leaderOnly });
        const taken = servers.filter((server) => memory.judge("tcp:a:1", server) === undefined);
        for (const [at, { connected, leader: leads, index }] of taken.entries()) {
          assert.ok(connected && (leads || !leaderOnly));
          assert.ok(taken.slice(0, at).every((before) => BigInt(before.index ?? 0) <= BigInt(index ?? 0)));
        }
        const first = taken.findIndex((server) => server.clusterId !== undefined);
        const later = first < 0 ? [] : taken.slice(first);
        assert.ok(
          later.every(({ model, clusterId: of }) => {
            return of === later[0]?.clusterId || (of === undefined && model === "clustered");
          }),
        );
      }),
    );
  });

  it("is unfit without the database", () => {
    assert.deepEqual(judged({}, undefined), ["ERR_OVSDB_DATABASE_MISSING"]);
  });
});

describe("connecting to a cluster", () => {
  it("takes the leader", async () => {
    await using follower = await FakeMember.start({ leader: false });
    await using member = await FakeMember.start({});
    await using client = await connectOvsdb([follower.target, member.target], inOrder);
    assert.equal(client.peer, member.target);
    const { leader: leads, clusterId: cid, index } = client.status(database) ?? {};
    assert.deepEqual([leads, cid, index], [true, clusterId, 1]);
  });

  it("takes any member that is in touch with the others when told so", async () => {
    await using lost = await FakeMember.start({ connected: false, leader: false });
    await using follower = await FakeMember.start({ leader: false });
    await using client = await connectOvsdb([lost.target, follower.target], anyMember);
    assert.equal(client.peer, follower.target);
  });

  it("takes a standalone server, and one that is too old to tell", async () => {
    await using standalone = await FakeMember.start({ model: "standalone" });
    await using old = await FakeServer.start();
    await using one = await connectOvsdb(standalone.target, inOrder);
    await using other = await connectOvsdb(old.target, inOrder);
    assert.deepEqual([one.connected, other.connected], [true, true]);
  });

  it("waits for a leader to be elected, asking all again and again", async () => {
    await using first = await FakeMember.start({ leader: false });
    await using second = await FakeMember.start({ leader: false });
    const connecting = connectOvsdb([first.target, second.target], inOrder);
    await first.server.called("list_dbs", 3);
    second.say({ leader: true });
    await using client = await connecting;
    assert.equal(client.peer, second.target);
  });

  it("fails at its deadline with what each server said", async () => {
    await using follower = await FakeMember.start({ leader: false });
    await using other = await FakeMember.start({ cid: id(78) });
    await using empty = await FakeMember.start();
    const clock = new FakeClock();
    const connecting = connectOvsdb([follower.target, other.target, empty.target], {
      ...inOrder,
      cluster: { database, clusterId },
      timeoutMs: 100,
      backoff: { random: () => 1, minMs: 1000 },
      clock,
    });
    const rejected = assert.rejects(connecting, (error: unknown) => {
      assert.ok(error instanceof NoServerError);
      assert.deepEqual(
        error.failures.map(({ target, error: { constructor } }) => [target, constructor]),
        [
          [follower.target, NotLeaderError],
          [other.target, WrongClusterError],
          [empty.target, DatabaseMissingError],
        ],
      );
      assert.match(error.message, /isn't the leader.*of the cluster .*78.*doesn't have it/);
      return true;
    });
    await empty.server.called("monitor_cond_since", 1);
    // The wait after the first round is longer than the deadline.
    const turn = async (rounds: number): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      if (rounds > 0) await turn(rounds - 1);
    };
    await turn(20);
    clock.advance(300);
    await rejected;
    assert.equal(follower.server.calls("list_dbs").length, 1);
  });

  it("fails with the only server's own reason", async () => {
    await using follower = await FakeMember.start({ leader: false });
    const connecting = connectOvsdb(follower.target, { ...inOrder, timeoutMs: 100 });
    await assert.rejects(connecting, NotLeaderError);
  });
});

describe("a client of a cluster", () => {
  const changes: readonly (readonly [
    string,
    object | undefined,
    OvsdbOptions,
    new (...args: never) => Error,
  ])[] = [
    ["loses its leadership", { leader: false }, inOrder, NotLeaderError],
    ["loses the others", { leader: false, connected: false }, anyMember, ClusterLostError],
    ["loses the database", undefined, anyMember, DatabaseMissingError],
    ["begins to show an older copy", { leader: false, index: 4 }, anyMember, StaleServerError],
  ];
  for (const [what, status, options, reason] of changes) {
    it(`leaves a server that ${what}`, async () => {
      await using first = await FakeMember.start({ index: 5 });
      await using second = await FakeMember.start({ index: 6 });
      first.server.answers["transact"] = () => undefined;
      await using client = await connectOvsdb([first.target, second.target], options);
      const transaction = client.transact(database, [insert]);
      await first.server.called("transact", 1);
      const [unfit, connected] = [nextUnfit(client), once(client, "connected")];
      first.say(status);
      const error = await unfit;
      assert.ok(error instanceof reason);
      assert.deepEqual([error.peer, error.database], [first.target, database]);
      await assert.rejects(transaction, (unknown: unknown) => {
        assert.ok(unknown instanceof OutcomeUnknownError);
        return unknown.cause instanceof Error && unknown.cause.cause === error;
      });
      assert.deepEqual(await connected, [second.target]);
    });
  }

  it("stays while what a server says leaves it fit", async () => {
    await using first = await FakeMember.start({});
    await using client = await connectOvsdb(first.target, anyMember);
    client.on("disconnected", () => assert.fail("it was fit"));
    first.say({ leader: false, index: 2 });
    await client.echo();
    assert.deepEqual([client.status(database)?.leader, client.status(database)?.index], [false, 2]);
  });

  it("doesn't go to a server that is behind, nor to one of another cluster, until one is fit", async () => {
    await using first = await FakeMember.start({ index: 9 });
    await using behind = await FakeMember.start({ index: 8 });
    await using other = await FakeMember.start({ index: 10, cid: id(78) });
    const targets = [first.target, behind.target, other.target];
    await using client = await connectOvsdb(targets, inOrder);
    const reasons: UnfitServerError[] = [];
    client.on("unfit", (reason) => reasons.push(reason));
    client.on("connected", () => assert.ok(reasons.length >= 3));
    const connected = once(client, "connected");
    first.say({ leader: false, index: 9 });
    await behind.server.called("list_dbs", 2);
    behind.say({ index: 9 });
    assert.deepEqual(await connected, [behind.target]);
    const [left, stale, wrong] = reasons;
    assert.ok(left instanceof NotLeaderError && left.peer === first.target);
    assert.ok(stale instanceof StaleServerError);
    assert.deepEqual([stale.peer, stale.index, stale.seenIndex], [behind.target, 8n, 9n]);
    assert.ok(wrong instanceof WrongClusterError);
    assert.deepEqual([wrong.peer, wrong.clusterId, wrong.expectedId], [other.target, id(78), clusterId]);
  });

  it("tells of a server that it doesn't take as of a failed attempt, and of its status nothing", async () => {
    await using first = await FakeMember.start({});
    await using second = await FakeMember.start({ leader: false });
    await using client = await connectOvsdb([first.target, second.target], inOrder);
    const lost: Error[] = [];
    client.on("disconnected", ({ cause }) => {
      if (cause instanceof Error) lost.push(cause);
      assert.equal(client.status(database), undefined);
    });
    const connected = once(client, "connected");
    first.say({ leader: false });
    await second.server.called("list_dbs", 2);
    first.say({ leader: true });
    await connected;
    assert.ok(lost.length >= 2 && lost.every((error) => error instanceof NotLeaderError));
  });
});
