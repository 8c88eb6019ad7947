// A client of a real cluster of three servers, of which the leader is killed, frozen and cut off while it writes and a
// replica follows: afterwards the replica equals what ovsdb-client dumps, row by row, nothing was done twice, and of
// nothing that was done it is said that it wasn't.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClusterMember, DatabaseCluster } from "../../lab/database-cluster.ts";
import { until } from "../../lab/waiting.ts";
import {
  ClusterLostError,
  connectOvsdb,
  NotLeaderError,
  type OvsdbClient,
  type OvsdbOptions,
  openVSwitch,
  type ReplicaOf,
  StaleServerError,
  type UnfitServerError,
  WrongClusterError,
} from "../../src/ovsdb/index.ts";
import { clusters } from "../ovsdb/page-clusters.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith, schemaFiles } from "../support/needs.ts";
import { assertDoneOnce, ClusterWriter } from "./cluster-writer.ts";
import { dumpedContents, replicaContents } from "./database-contents.ts";

const database = "Open_vSwitch";
const selection = { Open_vSwitch: "all", Queue: "all" } as const;
const quick: OvsdbOptions = {
  timeoutMs: 2000,
  probeIntervalMs: 400,
  // A member now and then leaves a transaction unanswered that was out when the leader went.
  requestTimeoutMs: 3000,
  backoff: { minMs: 5, maxMs: 100, stableMs: 500 },
  cluster: { database },
};
const anyMember: OvsdbOptions = { ...quick, cluster: { database, leaderOnly: false } };

type Follower = ReplicaOf<typeof openVSwitch, typeof selection>;

/** The member that a client is at. */
function memberOf(cluster: DatabaseCluster, client: OvsdbClient): ClusterMember {
  const member = cluster.members.find(({ target }) => target === client.peer);
  assert.ok(member !== undefined, "the client is at a member");
  return member;
}

/** Nothing is ever removed, so that a row that goes, or a count that falls, shows an older copy. */
function assertNeverBack(replica: Follower): void {
  let count = 0n;
  replica.on("change", (changes) => {
    for (const change of changes) {
      assert.notEqual(change.type, "delete");
      if (change.table !== "Open_vSwitch" || change.new === undefined) continue;
      const now = BigInt(change.new.next_cfg);
      assert.ok(now >= count, `the count fell from ${count} to ${now}`);
      count = now;
    }
  });
}

/** Waits until a replica equals a fresh dump; when it never does, says in what it differs. */
async function assertEqualsDump(cluster: DatabaseCluster, replica: Follower): Promise<void> {
  const shown = (): object => replicaContents(replica, selection);
  const dumped = async (): Promise<object> => dumpedContents(await cluster.dump(), selection);
  const equal = async (): Promise<boolean> =>
    JSON.stringify(sorted(shown())) === JSON.stringify(sorted(await dumped()));
  await until("the replica's agreement with a dump", 10_000, equal).catch(() => {});
  assert.deepEqual(shown(), await dumped());
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, one]) => [key, sorted(one)]);
}

interface Fault {
  readonly what: string;
  readonly strike: (member: ClusterMember) => void | Promise<void>;
  readonly mend: (member: ClusterMember) => void | Promise<void>;
}

const faults: readonly Fault[] = [
  { what: "is killed", strike: (member) => member.kill(), mend: (member) => member.resume() },
  { what: "is frozen", strike: (member) => member.freeze(), mend: (member) => member.thaw() },
  {
    what: "is cut off from the others",
    strike: (member) => member.cutOff(),
    mend: (member) => member.rejoin(),
  },
];

describeWith(["openvswitch"], "a client of a real cluster", function () {
  this.timeout(60_000);

  for (const { what, strike, mend } of faults) {
    for (const [which, options] of [
      ["the leader", quick],
      ["the member that it is at", anyMember],
    ] as const) {
      it(`goes to another member when ${which} ${what}, while it writes and follows`, async () => {
        await using cluster = await DatabaseCluster.start();
        await using safe = await connectOvsdb(cluster.targets, options);
        await using plain = await connectOvsdb(cluster.targets, options);
        await ClusterWriter.prepare(safe);
        // A comma-separated text, as the programs of Open vSwitch take it.
        await using client = await connectOvsdb(cluster.targets.join(","), options);
        await using replica = await client.replica(openVSwitch, selection);
        assertNeverBack(replica);
        const writers = [new ClusterWriter(safe, true).start(), new ClusterWriter(plain, false).start()];
        const [first] = writers as [ClusterWriter];
        const rounds = async (left: number): Promise<void> => {
          await first.writes(20);
          const member = memberOf(cluster, client);
          const elsewhere = once(client, "connected");
          await strike(member);
          assert.notEqual((await elsewhere)[0], member.target);
          // The others go on without it.
          await first.writes(20);
          await mend(member);
          await cluster.settle();
          if (left > 1) await rounds(left - 1);
        };
        await rounds(2);
        const accounts = await Promise.all(writers.map((writer) => writer.stop()));
        await assertEqualsDump(cluster, replica);
        const [{ next_cfg: count = -1 } = {}] = replica.table("Open_vSwitch");
        const rows = new Set(Array.from(replica.table("Queue"), ({ _uuid }) => _uuid));
        assertDoneOnce(accounts, { rows, count: Number(count) });
        assert.ok(rows.size >= 80);
      });
    }
  }

  it("stays where it is while another member is cut off", async () => {
    // Nobody has to be elected here, and a busy machine mustn't make the leader give up.
    await using cluster = await DatabaseCluster.start({ electionTimerMs: 5000 });
    await using client = await connectOvsdb(cluster.targets, quick);
    client.on("disconnected", (reason) => assert.fail(reason));
    await ClusterWriter.prepare(client);
    const other = cluster.members.find(({ target }) => target !== client.peer);
    other?.cutOff();
    const writer = new ClusterWriter(client, false).start();
    await writer.writes(50);
    other?.rejoin();
    await cluster.settle();
    const { unknown, notDone } = await writer.stop();
    assert.deepEqual([unknown, notDone], [[], []]);
  });

  it("leaves a leader that hands its leadership on, as it does before it compacts its log", async () => {
    await using cluster = await DatabaseCluster.start();
    await using client = await connectOvsdb(cluster.targets, quick);
    await using replica = await client.replica(openVSwitch, selection);
    assertNeverBack(replica);
    await ClusterWriter.prepare(client);
    const writer = new ClusterWriter(client, true).start();
    await writer.writes(5);
    const before = memberOf(cluster, client);
    const [unfit, connected] = [once(client, "unfit"), once(client, "connected")];
    await before.appctl("cluster/failure-test", "transfer-leadership");
    const [reason] = (await unfit) as [UnfitServerError];
    assert.ok(reason instanceof NotLeaderError && reason.peer === before.target);
    assert.notEqual((await connected)[0], before.target);
    await writer.writes(5);
    const account = await writer.stop();
    await assertEqualsDump(cluster, replica);
    const rows = new Set(Array.from(replica.table("Queue"), ({ _uuid }) => _uuid));
    const [{ next_cfg: count = -1 } = {}] = replica.table("Open_vSwitch");
    assertDoneOnce([account], { rows, count: Number(count) });
    assert.deepEqual([account.notDone, account.unknown], [[], []]);
  });

  it("leaves a follower that has lost its cluster, and says so", async () => {
    await using cluster = await DatabaseCluster.start();
    const [follower, other] = await cluster.followers();
    assert.ok(follower !== undefined && other !== undefined);
    const targets = [follower.target, other.target];
    await using client = await connectOvsdb(targets, { ...anyMember, shuffle: false });
    assert.deepEqual([client.peer, client.status(database)?.leader], [follower.target, false]);
    await ClusterWriter.prepare(client);
    const unfit = once(client, "unfit");
    const connected = once(client, "connected");
    follower.cutOff();
    const [reason] = (await unfit) as [UnfitServerError];
    assert.ok(reason instanceof ClusterLostError && reason.peer === follower.target);
    assert.deepEqual(await connected, [other.target]);
    follower.rejoin();
  });

  it("goes on at another member by the last transaction it knew, with conditions that were in flight", async () => {
    await using cluster = await DatabaseCluster.start();
    const [leader, follower] = [await cluster.leader(), (await cluster.followers())[0]];
    assert.ok(follower !== undefined);
    await using first = await Proxy.start(leader.target);
    await using second = await Proxy.start(follower.target);
    await using writer = await connectOvsdb(leader.target);
    const write = (dscp: number): Promise<unknown> =>
      writer.transact(database, [{ op: "insert", table: "Queue", row: { dscp } }]);
    await using client = await connectOvsdb([first.target, second.target], { ...anyMember, shuffle: false });
    await using replica = await client.replica(openVSwitch, {
      Queue: { columns: ["dscp"], where: [["dscp", "<", 10]] },
    });
    const dscps = (): (number | undefined)[] =>
      Array.from(replica.table("Queue"), ({ dscp }) => dscp).toSorted(
        (one, next) => (one ?? 0) - (next ?? 0),
      );
    await write(1);
    await write(21);
    await until("the first row", 5000, () => dscps().length === 1);
    const resumed = once(replica, "synced");
    // The other member's way is the only one while the first is being cut, which it is when it answers.
    first.cutBefore = ({ result }) => JSON.stringify(result) === "{}";
    const chosen = replica.where({ Queue: [["dscp", "<", 30]] });
    await resumed;
    await chosen;
    assert.equal(client.peer, second.target);
    await write(2);
    await until("all rows", 5000, () => dscps().length === 3);
    assert.deepEqual(dscps(), [1, 2, 21]);

    const changes: string[] = [];
    replica.on("change", (rows) => changes.push(...rows.map(({ type }) => type)));
    const again = once(replica, "synced");
    first.cutBefore = undefined;
    second.drop();
    await again;
    assert.equal(client.peer, first.target);
    const { params } = first.fromClient.findLast(({ method }) => method === "monitor_cond_since") ?? {};
    const [name, , requests, since] = params as [string, unknown, unknown, string];
    assert.equal(name, database);
    assert.deepEqual(requests, { Queue: [{ columns: ["dscp"], where: [["dscp", "<", 30]] }] });
    const found = first.fromServer.filter(({ result }) => Array.isArray(result) && result[0] === true);
    assert.equal(found.length, 1, `the other member knew ${since}`);
    await write(3);
    await until("one more row", 5000, () => dscps().length === 4);
    assert.deepEqual(changes, ["insert"], "no storm");
  });

  it("refuses a member with an older copy until it has caught up", async () => {
    // As long as it hears nothing, a follower believes itself to be in touch for an election timer.
    await using cluster = await DatabaseCluster.start({ electionTimerMs: 8000 });
    const [leader, behind] = [await cluster.leader(), (await cluster.followers())[0]];
    assert.ok(behind !== undefined);
    await using proxy = await Proxy.start(leader.target);
    await using client = await connectOvsdb([proxy.target, behind.target], { ...anyMember, shuffle: false });
    await using replica = await client.replica(openVSwitch, selection);
    assertNeverBack(replica);
    await ClusterWriter.prepare(client);
    await cluster.settle();
    behind.cutOff();
    const index = client.status(database)?.index ?? 0;
    await client.transact(database, [{ op: "insert", table: "Queue", row: { dscp: 7 } }]);
    await until("the word of the new index", 5000, () => (client.status(database)?.index ?? 0) > index);
    const unfit = once(client, "unfit");
    const connected = once(client, "connected");
    proxy.drop();
    const [stale] = (await unfit) as [UnfitServerError];
    assert.ok(stale instanceof StaleServerError && stale.peer === behind.target, String(stale));
    assert.ok(stale.index < stale.seenIndex);
    assert.deepEqual(await connected, [proxy.target]);

    const caughtUp = once(client, "connected");
    behind.rejoin();
    await client.transact(database, [{ op: "insert", table: "Queue", row: { dscp: 8 } }]);
    await until("the follower's catching up", 5000, async () =>
      (await cluster.dump(behind)).includes('8,["map"'),
    );
    proxy.drop();
    assert.deepEqual(await caughtUp, [behind.target]);
    await assertEqualsDump(cluster, replica);
  });

  it("refuses a server of another cluster, the one given or the one it was in before", async () => {
    await using cluster = await DatabaseCluster.start({ size: 1 });
    await using other = await DatabaseCluster.start({ size: 1 });
    const targets = [...cluster.targets, ...other.targets];
    await using client = await connectOvsdb(targets, { ...quick, shuffle: false });
    const clusterId = client.status(database)?.clusterId;
    assert.ok(clusterId !== undefined);
    const [unfit, connected] = [once(client, "unfit"), once(client, "connected")];
    const [member] = cluster.members;
    await member?.kill();
    const [reason] = (await unfit) as [UnfitServerError];
    assert.ok(reason instanceof WrongClusterError && reason.expectedId === clusterId);
    assert.equal(reason.peer, other.targets[0]);
    await member?.resume();
    assert.deepEqual(await connected, cluster.targets);

    const named = `${other.targets.join(",")},cid:${clusterId}`;
    await assert.rejects(connectOvsdb(named, { ...quick, timeoutMs: 200 }), WrongClusterError);
  });

  it("waits for the leader among followers until its deadline, and says what each is", async () => {
    await using cluster = await DatabaseCluster.start();
    const followers = await cluster.followers();
    const targets = followers.map(({ target }) => target);
    await assert.rejects(connectOvsdb(targets, { ...quick, timeoutMs: 200 }), (error: unknown) => {
      assert.ok(error instanceof Error && "failures" in error);
      const failures = error.failures as { target: string; error: Error }[];
      assert.deepEqual(failures.map(({ target }) => target).toSorted(), targets.toSorted());
      return failures.every((one) => one.error instanceof NotLeaderError);
    });
  });
});

describeWith(["openvswitch", "schemas"], "what docs/ovsdb.md shows of clusters", function () {
  this.timeout(30_000);

  it("finds the leader and says what it says", async () => {
    const schema = schemaFiles.find((file) => file.endsWith("ovn-sb.ovsschema"));
    assert.ok(schema !== undefined);
    await using cluster = await DatabaseCluster.start({ schema });
    const said: string[] = [];
    await clusters(cluster.targets.join(","), (...words) => said.push(words.join(" ")));
    const { target } = await cluster.leader();
    assert.match(said.join(), new RegExp(`^${target} true true [0-9a-f-]{36} \\d+$`));
  });
});
