// `ovskit db` where several servers are named: it writes to the leader of their cluster, whichever that is.
import assert from "node:assert/strict";
import { DatabaseCluster } from "../../lab/database-cluster.ts";
import { connectOvsdb } from "../../src/ovsdb/index.ts";
import { describeWith } from "../support/needs.ts";
import { ovskit } from "./ovskit-command.ts";

const database = "Open_vSwitch";

/** A command that reads from these servers. */
function listing(servers: string): string[] {
  return ["db", "list", "Queue", "--db", database, "--ovsdb", servers, "--timeout", "1"];
}

describeWith(["openvswitch"], "ovskit db on a cluster", function () {
  this.timeout(60_000);

  it("writes to the leader among the servers that are named, and reads from any one of them", async () => {
    await using cluster = await DatabaseCluster.start();
    const servers = ["--db", database, "--ovsdb", cluster.targets.join(",")];
    const made = await ovskit(["db", "create", "Queue", "dscp=7", "--no-wait", ...servers]);
    assert.deepEqual([made.exitCode, made.stderr], [0, ""]);
    const uuid = made.stdout.trim();
    const [follower] = await cluster.followers();
    assert.ok(follower !== undefined);
    await cluster.settle();
    const read = await ovskit(["db", "get", "Queue", uuid, "dscp", "--ovsdb", follower.target]);
    assert.deepEqual([read.exitCode, read.stdout.trim()], [0, "7"]);
  });

  it("says what each server said when none of them leads", async () => {
    await using cluster = await DatabaseCluster.start();
    const followers = (await cluster.followers()).map(({ target }) => target).join(",");
    const { exitCode, stderr } = await ovskit(listing(followers));
    assert.equal(exitCode, 3, stderr);
    assert.match(stderr, /leader/);
  });

  it("is refused by a cluster of another name", async () => {
    await using cluster = await DatabaseCluster.start();
    const other = "cid:6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    const targets = [...cluster.targets, other].join(",");
    await using client = await connectOvsdb(cluster.targets, { cluster: { database } });
    assert.notEqual(client.status(database)?.clusterId, other.slice(4));
    const { exitCode, stderr } = await ovskit(listing(targets));
    assert.equal(exitCode, 3, stderr);
    assert.match(stderr, /cluster/);
  });
});
