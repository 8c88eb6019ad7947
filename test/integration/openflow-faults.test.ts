import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { connectSwitch } from "../../src/openflow/connect.ts";
import { listenForSwitches, type SwitchListener } from "../../src/openflow/controller.ts";
import { flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import { formatTarget } from "../../src/transport/target.ts";
import { describeWith } from "../support/needs.ts";

/** The controller target that ovs-vsctl wants for a listener of ours. */
function controllerTarget(listener: SwitchListener): string {
  return formatTarget(listener.target)
    .replace(/^ptcp:(\d+):(.+)$/, "tcp:$2:$1")
    .replace(/^punix:/, "unix:");
}

describeWith(["openvswitch"], "a switch that comes, goes and fails", () => {
  let ovs: OpenVSwitch;

  before(async function () {
    this.timeout(30_000);
    ovs = await startOpenVSwitch({ datapath: "dummy" });
    await ovs.addBridge("br0");
  });

  after(async function () {
    this.timeout(30_000);
    await ovs.stop();
  });

  it("connects to us over TCP when its Controller row names us, and again after we closed", async function () {
    this.timeout(20_000);
    const listener = await listenForSwitches("ptcp:0");
    try {
      const first = listener.next({ timeoutMs: 10_000 });
      await ovs.vsctl("set-controller", "br0", controllerTarget(listener));
      const found = await first;
      assert.match(found.peer, /^tcp:127\.0\.0\.1:\d+$/);
      assert.equal((await found.ports()).length, 1);
      await found.apply([flowMod({ priority: 3 })]);
      assert.equal((await found.aggregate()).flowCount, 1);
      const second = listener.next({ timeoutMs: 10_000 });
      await found.close();
      const again = await second;
      assert.equal(again.features.datapathId, found.features.datapathId);
    } finally {
      await ovs.vsctl("del-controller", "br0");
      await listener.close();
    }
  });

  it("connects to us over a unix socket, and we over TCP to a bridge that listens", async function () {
    this.timeout(20_000);
    const listener = await listenForSwitches(`punix:${join(ovs.rundir, "of.sock")}`);
    try {
      const first = listener.next({ timeoutMs: 10_000 });
      await ovs.vsctl("set-controller", "br0", controllerTarget(listener));
      assert.equal((await (await first).ports()).length, 1);
    } finally {
      await ovs.vsctl("del-controller", "br0");
      await listener.close();
    }
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as { port: number };
    probe.close();
    await once(probe, "close");
    try {
      await ovs.vsctl("set-controller", "br0", `ptcp:${port}:127.0.0.1`);
      const found = await connectSwitch(`tcp:127.0.0.1:${port}`);
      assert.equal((await found.ports()).length, 1);
      await found.close();
    } finally {
      await ovs.vsctl("del-controller", "br0");
    }
  });

  it("that doesn't speak 1.3 is refused with the versions it speaks", async () => {
    await ovs.vsctl("set", "bridge", "br0", "protocols=OpenFlow10,OpenFlow14");
    try {
      await assert.rejects(connectSwitch(ovs.mgmt("br0")), {
        code: "ERR_OPENFLOW_VERSION",
        message: /it speaks OpenFlow 1\.0, OpenFlow 1\.4/,
        versions: [1, 5],
      });
    } finally {
      await ovs.vsctl("set", "bridge", "br0", "protocols=OpenFlow10,OpenFlow13,OpenFlow14");
    }
  });

  it("with all versions enabled is agreed on 1.3 with", async () => {
    await ovs.vsctl("clear", "bridge", "br0", "protocols");
    try {
      const found = await connectSwitch(ovs.mgmt("br0"));
      assert.equal(found.features.version, 4);
      await found.close();
    } finally {
      await ovs.vsctl("set", "bridge", "br0", "protocols=OpenFlow10,OpenFlow13,OpenFlow14");
    }
  });

  it("that is killed in the middle of requests rejects every one of them, and is there again after its restart", async function () {
    this.timeout(30_000);
    const found = await connectSwitch(ovs.mgmt("br0"));
    const watch = await found.watchFlows();
    const flows = Array.from({ length: 5000 }, (_, priority) => flowMod({ tableId: 1, priority }));
    const waiting = Promise.allSettled([
      found.apply(flows),
      found.add(...flows),
      found.ports(),
      found.barrier(),
      (async (): Promise<void> => {
        for await (const _ of watch);
      })(),
    ]);
    const closed = once(found, "close");
    const pid = ovs.vswitchdPid;
    assert.ok(pid !== undefined);
    process.kill(pid, "SIGKILL");
    await closed;
    const codes = (await waiting).map((one) => (one.status === "rejected" ? one.reason.code : "done"));
    assert.deepEqual(
      [codes[0], codes[1], codes[4]],
      Array.from({ length: 3 }, () => "ERR_CONNECTION_CLOSED"),
    );
    assert.equal(found.closed, true);
    await assert.rejects(found.ports(), { code: "ERR_CONNECTION_CLOSED" });
    await assert.rejects(connectSwitch(ovs.mgmt("br0")), { code: "ERR_CONNECT" });
    await ovs.stopVswitchd();
    await ovs.startVswitchd();
    const again = await connectSwitch(ovs.mgmt("br0"));
    assert.equal((await again.aggregate()).flowCount, 0);
    await again.close();
  });

  it("whose bridge is deleted closes the connection", async () => {
    await ovs.addBridge("br1");
    const found = await connectSwitch(ovs.mgmt("br1"));
    const closed = once(found, "close");
    await ovs.vsctl("del-br", "br1");
    const [reason] = await closed;
    assert.equal(reason.code, "ERR_CONNECTION_CLOSED");
    await assert.rejects(connectSwitch(ovs.mgmt("br1")), { code: "ERR_CONNECT" });
  });

  describe("and what is no switch at all", () => {
    it("is told apart: a wrong path, a refused connection, a socket that never answers, another protocol", async () => {
      await assert.rejects(connectSwitch(ovs.mgmt("br9")), { code: "ERR_CONNECT", message: /ENOENT/ });
      const path = join(ovs.rundir, "silent.sock");
      const silent: Server = createServer((socket) => socket.resume()).listen(path);
      await once(silent, "listening");
      await assert.rejects(connectSwitch(`unix:${path}`, { timeoutMs: 100 }), {
        code: "ERR_TIMEOUT",
        timeoutMs: 100,
      });
      silent.close();
      await assert.rejects(connectSwitch(ovs.ovsdb, { timeoutMs: 500 }), (error: Error & { code: string }) =>
        ["ERR_CONNECTION_CLOSED", "ERR_TIMEOUT", "ERR_OPENFLOW_DECODE"].includes(error.code),
      );
    });
  });
});
