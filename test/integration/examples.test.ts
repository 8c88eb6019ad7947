// Every example, run alone as a reader would run it, against a private Open vSwitch; each prints something useful and
// ends by itself. They import `ovskit/…`, which here leads to what was compiled beside them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type CommandOutput, tryCommand, words } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { describeWith } from "../support/needs.ts";
import { TestNode } from "./policy-node.ts";

const compiled = new URL("../../examples/", import.meta.url);
const sources = new URL("../../../examples/", import.meta.url);
const tested = [
  "bridge-and-ports",
  "controller",
  "lane-from-code",
  "learning-switch",
  "port-tags",
  "read-flows",
  "same-node-flows",
];

/** Makes the compiled tree a package of its own: `ovskit/…` from inside it means the compiled sources, not dist. */
async function nameCompiledTree(): Promise<void> {
  const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
  const { name, version, type, exports } = JSON.parse(text.replaceAll('"./dist/', '"./src/')) as Record<
    string,
    unknown
  >;
  const file = new URL("../../package.json", import.meta.url);
  await writeFile(file, `${JSON.stringify({ name, version, type, exports }, undefined, 2)}\n`);
}

/** ovs-vsctl's words for a VM's port. */
function plug(name: string, tag: number): string[] {
  const line = `-- add-port br-int ${name} tag=${tag} -- set interface ${name} type=dummy`;
  return words(`${line} external_ids:iface-id=vm-${tag}`);
}

/** What the document's flows do at OpenFlow 1.3. */
function way(mac: string, out: string): string {
  return `actions=set_field:${mac}->eth_dst,load:0->NXM_OF_VLAN_TCI[],output:${out}`;
}

function run(name: string, ...args: string[]): Promise<CommandOutput> {
  return tryCommand(process.execPath, [fileURLToPath(new URL(`${name}.js`, compiled)), ...args]);
}

/** The flows of the learning switch's bridge. */
function dump(ovs: OpenVSwitch): Promise<string> {
  return ovs.ofctl("-O", "OpenFlow13", "--no-stats", "--names", "dump-flows", ovs.mgmt("br-l"));
}

/** How many packets have left by a port. */
async function sent(ovs: OpenVSwitch, name: string): Promise<number> {
  const text = await ovs.ofctl("-O", "OpenFlow13", "dump-ports", ovs.mgmt("br-l"), name);
  return Number(/tx pkts=(\d+)/.exec(text)?.[1]);
}

/** Waits for something that comes in its own time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- to look again is the point
  while (!(await isSo())) await delay(50);
}

describe("the examples", () => {
  it("are each under 60 lines and run by a test", async () => {
    const files = (await readdir(sources)).filter((file) => file.endsWith(".ts"));
    assert.deepEqual(
      files.toSorted(),
      tested.map((name) => `${name}.ts`),
    );
    for (const file of files) {
      // oxlint-disable-next-line no-await-in-loop
      const text = await readFile(new URL(file, sources), "utf8");
      assert.ok(text.split("\n").length <= 60, file);
    }
  });
});

describeWith(["openvswitch"], "the examples on a private Open vSwitch", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  before(async () => {
    await nameCompiledTree();
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br-int", ...plug("qvo899ffb14-e4", 2), ...plug("qvob0361314-14", 1));
  });
  after(() => ovs.stop());

  it("port-tags prints every port's tag and VM, and tells when a tag changes", async () => {
    const { exitCode, stdout, stderr } = await run("port-tags", ovs.ovsdb);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.deepEqual(stdout.trimEnd().split("\n").toSorted(), [
      "br-int br-int: no tag",
      "br-int qvo899ffb14-e4: 2, VM port vm-2",
      "br-int qvob0361314-14: 1, VM port vm-1",
    ]);
    const child = spawn(process.execPath, [
      fileURLToPath(new URL("port-tags.js", compiled)),
      ovs.ovsdb,
      "30",
    ]);
    const moved = new Promise<string>((resolve) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (/moved .*\n/.test(text)) resolve(text);
        else if (text.includes("qvob0361314-14: 1")) void ovs.vsctl("set", "port", "qvob0361314-14", "tag=5");
      });
    });
    assert.match(await moved, /^qvob0361314-14 moved from 1 to 5$/m);
    child.kill();
  });

  it("bridge-and-ports makes a bridge with ports and takes it away, or says what is in the way", async () => {
    await using other = await startOpenVSwitch();
    const { exitCode, stdout, stderr } = await run("bridge-and-ports", other.ovsdb, "dummy");
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /^blue0 is port \d+\nbr-example is port 65534\nred0 is port \d+\n/);
    assert.match(stdout, /^2 ports are left\n0 bridges are left$/m);
    assert.equal(await other.vsctl("list-br"), "");
    await other.vsctl("--no-wait", "add-br", "red0");
    const refused = await run("bridge-and-ports", other.ovsdb, "dummy");
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /^cannot create a port red0: there is a bridge red0 already$/m);
    assert.equal(await other.vsctl("list-br"), "red0\n");
  });

  it("same-node-flows installs the document's four flows, all or none", async () => {
    const { exitCode, stdout, stderr } = await run("same-node-flows", ovs.mgmt("br-int"));
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const flows = await ovs.ofctl(
      "-O",
      "OpenFlow13",
      "--no-stats",
      "--no-names",
      "dump-flows",
      ovs.mgmt("br-int"),
    );
    const number = async (name: string): Promise<string> =>
      (await ovs.vsctl("get", "interface", name, "ofport")).trim();
    const [agent, server] = [await number("qvo899ffb14-e4"), await number("qvob0361314-14")];
    assert.deepEqual(
      flows
        .split("\n")
        .filter((line) => line.includes("priority"))
        .toSorted(),
      [
        ` priority=50,arp,in_port=${agent},arp_tpa=10.100.7.140 ${way("fa:16:3e:f3:a6:fd", server)}`,
        ` priority=50,arp,in_port=${server},arp_tpa=192.168.1.189 ${way("fa:16:3e:19:00:7f", agent)}`,
        ` priority=50,ip,in_port=${agent},nw_dst=10.100.7.140 ${way("fa:16:3e:f3:a6:fd", server)}`,
        ` priority=50,ip,in_port=${server},nw_dst=192.168.1.189 ${way("fa:16:3e:19:00:7f", agent)}`,
      ].toSorted(),
    );
    assert.equal(stdout.split("\n").filter((line) => line.startsWith("cookie=")).length, 4);
  });

  it("controller greets a switch that connects to it", async () => {
    await ovs.addBridge("br-c", ...words("-- add-port br-c p1 -- set interface p1 type=dummy"));
    const child = spawn(process.execPath, [
      fileURLToPath(new URL("controller.js", compiled)),
      "ptcp:0:127.0.0.1",
      "20",
    ]);
    let text = "";
    const ended = new Promise<number | null>((resolve) => {
      child.once("close", resolve);
    });
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const heard = text.includes("\n");
      text += chunk;
      const port = /^listening on port (\d+)\n/.exec(text)?.[1];
      if (port !== undefined && !heard)
        void ovs.vsctl("--no-wait", "set-controller", "br-c", `tcp:127.0.0.1:${port}`);
    });
    assert.equal(await ended, 0);
    assert.match(text, /^hello, datapath [0-9a-f]{16} with 254 tables$/m);
    assert.match(text, /^made by Nicira, Inc\.: Open vSwitch \d/m);
    assert.match(text, /^port 1: p1 /m);
    assert.match(text, /^it says hello, too$/m);
    await ovs.vsctl("del-controller", "br-c");
  });

  it("learning-switch floods what it doesn't know and installs flows for who talks to whom", async () => {
    const [p1, p2] = ["l1", "l2"].map((name) =>
      words(`-- add-port br-l ${name} -- set interface ${name} type=dummy`),
    );
    await ovs.addBridge("br-l", ...(p1 ?? []), ...(p2 ?? []));
    await ovs.vsctl("set-fail-mode", "br-l", "secure");
    const child = spawn(process.execPath, [
      fileURLToPath(new URL("learning-switch.js", compiled)),
      "ptcp:0:127.0.0.1",
    ]);
    try {
      const port = await new Promise<string>((resolve) => {
        child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(/\d+/.exec(text)?.[0] ?? ""));
      });
      await ovs.vsctl("set-controller", "br-l", `tcp:127.0.0.1:${port}`);
      await until(async () => (await dump(ovs)).includes("actions=CONTROLLER"));
      const send = async (name: string, src: string, dst: string): Promise<void> => {
        await ovs.appctl(
          "netdev-dummy/receive",
          name,
          `in_port(1),eth(src=${src},dst=${dst}),eth_type(0x1234)`,
        );
      };
      const [one, two] = ["50:54:00:00:00:01", "50:54:00:00:00:02"];
      await send("l1", one, "ff:ff:ff:ff:ff:ff");
      await until(async () => (await sent(ovs, "l2")) === 1);
      assert.doesNotMatch(await dump(ovs), /priority=1/);
      await send("l2", two, one);
      await until(async () =>
        (await dump(ovs)).includes(`in_port=l2,dl_src=${two},dl_dst=${one} actions=output:l1`),
      );
      await until(async () => (await sent(ovs, "l1")) === 1);
      assert.equal((await dump(ovs)).match(/priority=1,/g)?.length, 1);
    } finally {
      child.kill();
    }
    await ovs.vsctl("del-controller", "br-l");
  });

  it("lane-from-code installs a lane and takes it out again", async () => {
    await using node = await TestNode.start();
    await node.plug({ name: "qvoedb66118-8c", ifaceId: "edb66118-8c", mac: "fa:16:3e:d6:e8:05", tag: 2 });
    await node.vsctl(`set open_vswitch . external_ids:rundir=${node.ovs.rundir}`);
    const before = await node.dump();
    const { exitCode, stdout, stderr } = await run("lane-from-code", node.ovs.ovsdb);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /^\+ patch port int-probe on br-int$/m);
    assert.match(stdout, /^vm-137 is up, elsewhere, known as 10\.0\.0\.\d+$/m);
    const removed = await run("lane-from-code", node.ovs.ovsdb, "--remove");
    assert.equal(removed.exitCode, 0);
    assert.match(removed.stdout, /^removed \d+ flows$/m);
    assert.equal(await node.dump(), before);
  });

  it("read-flows reads every line of the probes' set-up, or says what to write", async () => {
    const { exitCode, stdout, stderr } = await run("read-flows");
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.filter((line) => /^br-(?:int|ex): /.test(line)).length, 18);
    const refused = lines.filter((line) => line.includes(": refused, "));
    assert.equal(lines.filter((line) => line.startsWith("  write: ")).length, refused.length);
    assert.ok(refused.some((line) => line.includes("strip_vlan")));
    assert.ok(refused.some((line) => line.includes("mod_nw_src")));
    assert.ok(
      lines.includes("br-ex: priority=50,ip,nw_src=10.100.7.140,nw_dst=192.168.1.137 actions=output:5"),
    );
  });
});
