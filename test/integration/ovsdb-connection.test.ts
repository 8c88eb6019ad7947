// What goes wrong between a client and the real daemons: wrong sockets, none, a server that is stopped so that it
// listens and never answers, and one that is killed with requests out.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { ConnectionClosedError, TimeoutError } from "../../src/errors.ts";
import {
  connectOvsdb,
  type Operation,
  OutcomeUnknownError,
  OvsdbRequestError,
} from "../../src/ovsdb/index.ts";
import { ConnectError } from "../../src/transport/errors.ts";
import { findControlSocket } from "../../src/unixctl/unixctl.ts";
import { describeWith } from "../support/needs.ts";
import { unusedPort } from "../transport/sockets.ts";

const forever: Operation = {
  op: "wait",
  table: "Queue",
  where: [],
  columns: ["dscp"],
  until: "==",
  rows: [{ dscp: 7 }],
};

describeWith(["openvswitch"], "a client of the real server", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;

  before(async () => {
    ovs = await startOpenVSwitch({ tcp: true });
  });
  after(() => ovs?.stop());

  async function databasePid(): Promise<number> {
    return Number(await readFile(join(ovs.rundir, "ovsdb-server.pid"), "utf8"));
  }

  it("says that the socket isn't there, or that nobody listens", async () => {
    await assert.rejects(connectOvsdb(`${ovs.ovsdb}.nope`), ConnectError);
    await assert.rejects(connectOvsdb(`tcp:127.0.0.1:${await unusedPort()}`), ConnectError);
  });

  it("says that it came to another socket of Open vSwitch", async () => {
    await assert.rejects(connectOvsdb(await findControlSocket(ovs.rundir)), OvsdbRequestError);
    await ovs.addBridge("br0");
    await assert.rejects(connectOvsdb(ovs.mgmt("br0"), { timeoutMs: 500 }), (error: unknown) => {
      // OpenFlow's HELLO is no JSON.
      return error instanceof ConnectionClosedError || error instanceof TimeoutError;
    });
  });

  it("gives up at the deadline when the server never answers", async () => {
    const pid = await databasePid();
    process.kill(pid, "SIGSTOP");
    try {
      const connecting = [ovs.ovsdb, ovs.ovsdbTcp ?? ""].map((target) =>
        connectOvsdb(target, { timeoutMs: 100 }),
      );
      await Promise.all(connecting.map((one) => assert.rejects(one, TimeoutError)));
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  it("gives up a request at its deadline while the server is frozen, and goes on when it thaws", async () => {
    await using client = await connectOvsdb(ovs.ovsdb);
    const pid = await databasePid();
    process.kill(pid, "SIGSTOP");
    try {
      await assert.rejects(client.listDatabases({ timeoutMs: 50 }), TimeoutError);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    assert.ok((await client.listDatabases()).includes("Open_vSwitch"));
  });

  it("rejects what is out when the server is killed, and is there again with it", async () => {
    await using client = await connectOvsdb(ovs.ovsdbTcp ?? "", { backoff: { minMs: 1, maxMs: 20 } });
    assert.equal(await client.lock("l"), true);
    const waiting = assert.rejects(client.transact("Open_vSwitch", [forever]), OutcomeUnknownError);
    await client.echo();
    const [lost, lockLost] = [once(client, "disconnected"), once(client, "lockLost")];
    process.kill(await databasePid(), "SIGKILL");
    await waiting;
    assert.ok((await lost)[0] instanceof ConnectionClosedError);
    assert.deepEqual(await lockLost, ["l", "disconnected"]);
    await assert.rejects(client.echo(), ConnectionClosedError);
    await ovs.stopDatabase();
    const [connected, locked] = [once(client, "connected"), once(client, "locked")];
    await ovs.startDatabase();
    await connected;
    assert.deepEqual(await locked, ["l"]);
    await client.transact("Open_vSwitch", [{ op: "assert", lock: "l" }]);
  });
});
