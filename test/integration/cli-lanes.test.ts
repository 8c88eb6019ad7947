// `ovskit lane` and `ovskit trace` on a node: the whole life of a policy from the command line, each exit code, and
// nothing left behind.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandOptions, CommandOutput } from "../../lab/command.ts";
import { describeWith } from "../support/needs.ts";
import { ovskit, ovskitInterrupted, ovskitOn } from "./ovskit-command.ts";
import { TestNode } from "./policy-node.ts";

const document = `
version: 1
pool: { cidr: 10.0.0.0/24, reserved: [10.0.0.1] }
collectors:
  wazuh: { ip: 10.100.7.140, mac: "fa:16:3e:f3:a6:fd", segment: flat }
probes:
  vm-137:
    port: { name: qvoedb66118-8c }
    ip: 192.168.1.137
    collector: wazuh
    proxy: { ip: 10.0.0.137 }
`;

const second = `  vm-138:
    port: { iface-id: nowhere }
    ip: 192.168.1.138
    collector: wazuh
`;

/** Listens at a path, says nothing, and settles once it was spoken to. It ends with the connection. */
function silentSocket(path: string): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => resolve());
      socket.once("close", () => server.close());
    });
    server.listen(path);
  });
}

describeWith(["openvswitch"], "ovskit lane on a node", function () {
  this.timeout(30_000);
  let node: TestNode;
  let dir: string;
  let policy: string;
  let untouched: string;

  before(async () => {
    node = await TestNode.start();
    await node.plug({ name: "qvoedb66118-8c", ifaceId: "edb66118-8c", mac: "fa:16:3e:d6:e8:05", tag: 2 });
    untouched = await node.dump();
    dir = await mkdtemp(join(tmpdir(), "ovk-"));
    policy = join(dir, "lanes.yaml");
    await writeFile(policy, document);
  });
  after(async () => {
    await node[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  const run = (args: readonly string[], options?: CommandOptions): Promise<CommandOutput> =>
    ovskitOn(node.ovs, args, options);

  /** Exit code and error output of a lane command. */
  const said = async (...args: string[]): Promise<readonly [number, string]> => {
    const { exitCode, stderr } = await run(["lane", ...args]);
    return [exitCode, stderr];
  };

  it("plan prints a diff in ovs-ofctl's syntax and changes nothing", async () => {
    const { exitCode, stdout, stderr } = await run(["lane", "plan", "-f", policy]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /^bridge br-int$/m);
    assert.match(
      stdout,
      /^\+ .*priority=200,ip,in_port="?qvoedb66118-8c"?,.*nw_dst=10\.100\.7\.140 actions=/m,
    );
    assert.match(stdout, /^\+ patch port int-probe on br-int$/m);
    assert.match(stdout, /^outside: collector wazuh \(10\.100\.7\.140\) needs 10\.0\.0\.0\/24 on-link/m);
    assert.equal(await node.dump(), untouched);
    const { stdout: json } = await run(["lane", "plan", "-f", policy, "--json"]);
    const plan = JSON.parse(json) as {
      bridges: { bridge: string; changes: { kind: string; flow: { flow: string } }[] }[];
    };
    assert.deepEqual(plan.bridges.map(({ bridge }) => bridge).toSorted(), ["br-ex", "br-int"]);
    const changes = plan.bridges.flatMap((bridge) => bridge.changes);
    assert.ok(changes.length >= 12 && changes.every(({ kind, flow }) => kind === "add" && flow.flow !== ""));
  });

  it("status before apply says that the lane isn't up, and exits with 1", async () => {
    const { exitCode, stdout } = await run(["lane", "status", "-f", policy]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^vm-137 +down /m);
  });

  it("apply installs the lane, and a second time changes nothing", async () => {
    const first = await run(["lane", "apply", "-f", policy]);
    assert.deepEqual([first.exitCode, first.stderr], [0, ""]);
    assert.match(first.stdout, /^br-int: \d+ flows added, 0 changed, 0 deleted$/m);
    assert.match(first.stdout, /^vm-137 +up +elsewhere +10\.0\.0\.137 +2$/m);
    assert.match(first.stdout, /^outside: collector wazuh/m);
    const installed = await node.dump();
    assert.notEqual(installed, untouched);
    const { exitCode, stdout } = await run(["lane", "apply", "-f", policy]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^nothing to change\n/);
    assert.equal(await node.dump(), installed);
    assert.doesNotMatch((await run(["lane", "plan", "-f", policy])).stdout, /^[+-]/m);
  });

  it("status says placement, proxy, VLAN and traffic of a lane that is up", async () => {
    const { exitCode, stdout, stderr } = await run(["lane", "status", "-f", policy]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /^vm-137 +up +elsewhere +10\.0\.0\.137 +2 +flat +0 +0 +never +0 +0 +never$/m);
    const { stdout: json } = await run(["lane", "status", "-f", policy, "--json"]);
    const [lane] = JSON.parse(json) as Record<string, unknown>[];
    assert.equal(lane?.["up"], true);
    assert.deepEqual(lane?.["toCollector"], { packets: 0, bytes: 0, lastMoved: { kind: "never" } });
  });

  it("explain says in one line each where a packet ends and which flow decided", async () => {
    const { exitCode, stdout, stderr } = await run(["lane", "explain", "vm-137", "-f", policy]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 5);
    assert.match(lines[0] ?? "", /^ARP from the probe: answered by the switch; decided by br-int table 210 /);
    assert.match(lines[1] ?? "", /^IP to the collector: leaves by .*; decided by .*of lane vm-137$/);
    assert.equal(lines[4], "vm-137 and wazuh reach each other");
    const { stdout: json } = await run(["lane", "explain", "vm-137", "-f", policy, "--json"]);
    const { carries, packets } = JSON.parse(json) as {
      carries: boolean;
      packets: { packet: string; arrived: boolean }[];
    };
    assert.equal(carries, true);
    assert.deepEqual(
      packets.map(({ packet }) => packet),
      ["arp-from-probe", "ip-to-collector", "arp-from-collector", "ip-from-collector"],
    );
  });

  it("trace shows whose flow decided, by the lane's name where the policy is given", async () => {
    const flow =
      "in_port=qvoedb66118-8c,icmp,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140";
    const named = await run(["trace", "br-int", flow, "-f", policy]);
    assert.deepEqual([named.exitCode, named.stderr], [0, ""]);
    assert.match(named.stdout, /^ {2}table 0: priority=200,.* {2}\[ovskit lane vm-137, hook\]$/m);
    assert.match(named.stdout, /^ {2}table 210: priority=20,.* {2}\[ovskit lane vm-137, body\]$/m);
    assert.match(named.stdout, /^ *bridge br-ex$/m);
    const unnamed = await run(["trace", "br-int", flow]);
    assert.match(unnamed.stdout, /\[ovskit lane #[0-9a-f]{8}, hook\]/);
    const foreign = await run(["trace", "br-int", "in_port=qvoedb66118-8c,icmp,nw_dst=8.8.8.8"]);
    assert.match(foreign.stdout, /^ {2}table 0: priority=0 {2}\[cookie 0xa1b2\]$/m);
    const json = await run(["trace", "br-int", flow, "-f", policy, "--json"]);
    const { passes } = JSON.parse(json.stdout) as { passes: { steps: { owner?: { cookie: string } }[] }[] };
    const owner = passes[0]?.steps[0]?.owner;
    assert.match(owner?.cookie ?? "", /^0x6f766b11[0-9a-f]{8}$/);
    assert.deepEqual(owner, { cookie: owner?.cookie, ours: true, lane: "vm-137", kind: "hook" });
  });

  it("trace takes a flow or a bridge that is none for wrong input", async () => {
    const flow = await run(["trace", "br-int", "icmp,nw_dts=8.8.8.8"]);
    assert.equal(flow.exitCode, 2);
    assert.match(flow.stderr, /^ovskit: .*nw_dts\n$/);
    const bridge = await run(["trace", "br-itn", "icmp"]);
    assert.deepEqual(
      [bridge.exitCode, bridge.stderr],
      [2, 'ovskit: no bridge "br-itn"; did you mean "br-int"?\n'],
    );
  });

  it("a lane that can't be up is down with its reason, exits with 1, and the others come up", async () => {
    const input = document + second;
    const { exitCode, stdout } = await run(["lane", "apply", "-f", "-"], { input });
    assert.equal(exitCode, 1);
    assert.match(stdout, /^vm-137 +up /m);
    assert.match(stdout, /^vm-138 +down .*nowhere/m);
    assert.equal((await run(["lane", "status", "-f", "-"], { input })).exitCode, 1);
    const explained = await run(["lane", "explain", "vm-138", "-f", "-"], { input });
    assert.equal(explained.exitCode, 1);
    assert.match(explained.stdout, /^vm-138 is down: .*nowhere/);
  });

  it("remove leaves switch and database as they were", async () => {
    const { exitCode, stdout, stderr } = await run(["lane", "remove", "-f", policy]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /^br-int: 0 flows added, 0 changed, \d+ deleted$/m);
    assert.match(stdout, /^database: removed (?:int-probe and ex-probe|ex-probe and int-probe)$/m);
    assert.equal(await node.dump(), untouched);
  });

  it("a document that is wrong is refused with file, line and path, and nothing is touched", async () => {
    const wrong = document
      .replace("192.168.1.137", "010.1.1.1")
      .replace("collector: wazuh", "collectr: wazuh");
    await writeFile(join(dir, "wrong.yaml"), wrong);
    for (const command of ["plan", "apply", "status", "remove"]) {
      // oxlint-disable-next-line no-await-in-loop
      const { exitCode, stdout, stderr } = await run(["lane", command, "-f", join(dir, "wrong.yaml")]);
      assert.deepEqual([exitCode, stdout], [2, ""]);
      assert.match(stderr, /wrong\.yaml:9:\d+: probes\.vm-137\.ip: /);
      assert.match(stderr, /wrong\.yaml:10:\d+: probes\.vm-137\.collectr: /m);
    }
    const { stderr } = await run(["lane", "plan", "-f", join(dir, "wrong.yaml"), "--json"]);
    const { error, exitCode } = JSON.parse(stderr) as {
      error: { code: string; issues: { line: number }[] };
      exitCode: number;
    };
    assert.deepEqual([error.code, exitCode], ["ERR_POLICY", 2]);
    assert.ok(error.issues.some(({ line }) => line === 9));
    assert.equal(await node.dump(), untouched);
  });

  it("a missing policy, probe or priority is wrong input", async () => {
    assert.deepEqual(await said("plan"), [2, "ovskit: -f POLICY is missing; see ovskit lane plan --help\n"]);
    const [code, text] = await said("explain", "vm-1", "-f", policy);
    assert.equal(code, 2);
    assert.match(text, /no probe "vm-1": it has vm-137/);
    assert.equal((await said("plan", "-f", join(dir, "nowhere.yaml")))[0], 2);
    assert.equal((await said("plan", "-f", policy, "--priority", "10"))[0], 2);
  });

  it("where ovn-controller runs it refuses, unless told otherwise", async () => {
    await node.vsctl("set open_vswitch . external_ids:ovn-remote=tcp:10.0.0.1:6642");
    const refused = await run(["lane", "apply", "-f", policy]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /^ovskit: ovn-controller runs here .*--allow-ovn/);
    const allowed = await run(["lane", "apply", "-f", policy, "--allow-ovn"]);
    assert.equal(allowed.exitCode, 0);
    assert.match(allowed.stderr, /^ovskit: warning: ovn-controller runs here/);
    await run(["lane", "remove", "-f", policy]);
    await node.vsctl("remove open_vswitch . external_ids ovn-remote");
    assert.ok((await node.flows("br-int")).every((flow) => !flow.includes("0x6f766b1")));
  });

  it("without an Open vSwitch there is no connection", async () => {
    const { exitCode, stderr } = await ovskit([
      "lane",
      "status",
      "-f",
      policy,
      "--ovsdb",
      "unix:/nowhere/db.sock",
    ]);
    assert.equal(exitCode, 3);
    assert.match(stderr, /^ovskit: cannot connect to unix:\/nowhere\/db\.sock/);
    const trace = await ovskit(["trace", "br-int", "icmp", "--rundir", dir]);
    assert.equal(trace.exitCode, 3);
  });

  it("interrupted while a switch is silent it ends, its connections closed", async () => {
    await node.ovs.stopVswitchd();
    const met = Promise.all(["br-int", "br-ex"].map((bridge) => silentSocket(join(dir, `${bridge}.mgmt`))));
    const { exitCode, stdout, stderr } = await ovskitInterrupted(
      ["lane", "status", "-f", policy, "--ovsdb", node.ovs.ovsdb, "--rundir", dir, "--timeout", "1"],
      "SIGINT",
      met,
    );
    assert.deepEqual([exitCode, stdout, stderr], [130, "", "ovskit: ended by SIGINT\n"]);
    await node.ovs.startVswitchd();
  });
});
