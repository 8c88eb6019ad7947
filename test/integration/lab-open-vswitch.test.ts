// The private Open vSwitch that every integration test stands on: it works without root and leaves nothing behind.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labCleanup } from "../../lab/cleanup.ts";
import { startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { describeWith } from "../support/needs.ts";

function alive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describeWith(["openvswitch"], "a private Open vSwitch", function () {
  this.timeout(30_000);

  it("starts with a dummy datapath, takes commands, and is gone after stop", async () => {
    const ovs = await startOpenVSwitch({ tcp: true });
    const pid = ovs.vswitchdPid ?? 0;
    assert.ok(alive(pid));
    await ovs.addBridge("br0", "--", "add-port", "br0", "p1", "--", "set", "interface", "p1", "type=dummy");
    assert.match(await ovs.vsctl("get", "interface", "p1", "ofport"), /^1$/m);
    await ovs.ofctl("-O", "OpenFlow13", "add-flow", ovs.mgmt("br0"), "in_port=1,actions=in_port");
    assert.match(await ovs.appctl("ofproto/trace", "br0", "in_port=1"), /Datapath actions: /);
    assert.match(ovs.ovsdbTcp ?? "", /^tcp:127\.0\.0\.1:\d+$/);
    await ovs.stop();
    assert.ok(!alive(pid));
    assert.ok(!existsSync(ovs.dir));
    assert.deepEqual(labCleanup.pending, []);
  });

  it("restarts either daemon on the same sockets and port", async () => {
    await using ovs = await startOpenVSwitch({ tcp: true });
    await ovs.addBridge("br0");
    const tcp = ovs.ovsdbTcp;
    const first = ovs.vswitchdPid;
    await ovs.stopVswitchd();
    assert.equal(ovs.vswitchdPid, undefined);
    await ovs.stopDatabase();
    await ovs.startDatabase();
    await ovs.startVswitchd();
    assert.equal(ovs.ovsdbTcp, tcp);
    assert.notEqual(ovs.vswitchdPid, first);
    assert.match(await ovs.ofctl("-O", "OpenFlow13", "show", ovs.mgmt("br0")), /LOCAL\(br0\)/);
  });

  it("leaves nothing behind when the start fails half way", async () => {
    const base = await mkdtemp(join(tmpdir(), "ovk-"));
    const dir = join(
      base,
      "a-folder-name-so-long-that-no-unix-socket-can-be-bound-in-it-whatever-its-name-is",
    );
    await assert.rejects(startOpenVSwitch({ dir }), { code: "ERR_LAB" });
    assert.ok(!existsSync(dir));
    assert.deepEqual(labCleanup.pending, []);
    await rm(base, { recursive: true });
  });

  it("leaves nothing behind when a daemon can't start", async () => {
    await assert.rejects(startOpenVSwitch({ netns: "ovk-no-such-namespace" }), { code: "ERR_LAB" });
    assert.deepEqual(labCleanup.pending, []);
  });
});
