// `ovskit flows` on a real switch, with ovs-ofctl as the oracle: what it prints, what it makes the switch hold, and
// what it refuses without touching anything.
import assert from "node:assert/strict";
import { words } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { describeWith } from "../support/needs.ts";
import { ovskit, ovskitOn } from "./ovskit-command.ts";

/** Lines without what changes from one dump to the next. */
function still(dump: string): string[] {
  return dump
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.replace(/duration=[\d.]+s, /, ""));
}

describeWith(["openvswitch"], "ovskit flows on a real switch", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  before(async () => {
    ovs = await startOpenVSwitch();
    const names = ["qvoagent", "qvoserver", "port3", "port4", "p-5", "vlan.6"];
    const ports = names.map((name, index) =>
      words(`-- add-port br0 ${name} -- set interface ${name} type=dummy ofport_request=${index + 1}`),
    );
    await ovs.addBridge("br0", ...ports.flat());
  });
  after(() => ovs.stop());
  beforeEach(() => ovs.ofctl("-O", "OpenFlow13", "del-flows", ovs.mgmt("br0")));

  const ofctl = (...args: string[]): Promise<string> => ovs.ofctl("-O", "OpenFlow13", ...args);
  const dumped = async (...options: string[]): Promise<string[]> =>
    still(await ofctl(...options, "dump-flows", ovs.mgmt("br0"))).filter(
      (line) => !line.startsWith("OFPST_"),
    );

  /** How many flows dump prints. */
  const asked = async (flow: string): Promise<number> =>
    still((await ovskitOn(ovs, ["flows", "dump", "br0", flow])).stdout).length;
  /** How many flows a deletion leaves. */
  const left = async (...args: string[]): Promise<number> => {
    const { exitCode, stdout, stderr } = await ovskitOn(ovs, ["flows", "del", "br0", ...args]);
    assert.deepEqual([exitCode, stdout, stderr], [0, "", ""]);
    return (await dumped()).length;
  };
  /** What a command does that reads flows from its standard input. */
  const given = (input: string, command: string, ...args: string[]): ReturnType<typeof ovskit> =>
    ovskitOn(ovs, ["flows", command, "br0", "-f", "-", ...args], { input });

  describe("dump", () => {
    beforeEach(async () => {
      for (const flow of [
        "cookie=0x2b,table=0,priority=50,ip,in_port=qvoagent,nw_dst=10.100.7.140,actions=mod_dl_dst:fa:16:3e:f3:a6:fd,output:qvoserver",
        "table=0,priority=60,arp,in_port=2,arp_op=1,idle_timeout=600,send_flow_rem,actions=in_port,local",
        "table=3,in_port=4,vlan_tci=0x1064/0x1fff,actions=pop_vlan,output:p-5,output:vlan.6,goto_table:7",
        "table=7,actions=drop",
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        await ofctl("add-flow", ovs.mgmt("br0"), flow);
      }
    });

    it("prints what ovs-ofctl dump-flows prints with port names", async () => {
      const { exitCode, stdout, stderr } = await ovskitOn(ovs, ["flows", "dump", "br0"]);
      assert.equal(stderr, "");
      assert.equal(exitCode, 0);
      assert.deepEqual(still(stdout), await dumped("--names"));
      assert.equal(stdout.split("duration=").length, 5);
    });

    it("names tables as the switch does, in what it reads and prints", async () => {
      await ovs.vsctl(...words("--id=@t create Flow_Table name=first -- set bridge br0 flow_tables:3=@t"));
      try {
        const { stderr } = await ovskitOn(ovs, ["flows", "add", "br0", "table=0,actions=goto_table:first"]);
        assert.equal(stderr, "");
        const { stdout } = await ovskitOn(ovs, ["flows", "dump", "br0"]);
        assert.match(stdout, /goto_table:first$/m);
        assert.deepEqual(still(stdout), await dumped("--names"));
        assert.equal(await asked("table=first"), 1);
      } finally {
        await ovs.vsctl("clear", "bridge", "br0", "flow_tables");
      }
    });

    it("prints numbers with --no-names and no statistics with --no-stats", async () => {
      const { stdout } = await ovskitOn(ovs, ["flows", "dump", "br0", "--no-names", "--no-stats"]);
      assert.deepEqual(still(stdout), await dumped("--no-names", "--no-stats"));
    });

    it("prints only the flows that are asked for", async () => {
      assert.equal(await asked("table=0"), 2);
      assert.equal(await asked("ip,in_port=qvoagent"), 1);
      assert.equal(await asked("cookie=0x2b/-1"), 1);
      assert.equal(await asked("out_port=p-5"), 1);
      assert.equal(await asked("table=9"), 0);
    });

    it("points at what it can't read", async () => {
      const { exitCode, stdout, stderr } = await ovskitOn(ovs, [
        "flows",
        "dump",
        "br0",
        "table=0,nw_dts=10.0.0.1",
      ]);
      assert.equal(exitCode, 2);
      assert.equal(stdout, "");
      assert.match(
        stderr,
        /^ovskit: column 9: unknown word "nw_dts".*\n {2}table=0,nw_dts=10\.0\.0\.1\n {10}\^{6}\n$/,
      );
    });

    it("--json takes flows apart", async () => {
      const { stdout } = await ovskitOn(ovs, ["flows", "dump", "br0", "cookie=0x2b/-1", "--json"]);
      const [flow] = JSON.parse(stdout) as Record<string, unknown>[];
      assert.equal(typeof flow?.["durationSeconds"], "number");
      assert.deepEqual(
        { ...flow, durationSeconds: 0 },
        {
          table: 0,
          priority: 50,
          cookie: "0x2b",
          idleTimeout: 0,
          hardTimeout: 0,
          flags: [],
          durationSeconds: 0,
          packets: 0,
          bytes: 0,
          match: "ip,in_port=qvoagent,nw_dst=10.100.7.140",
          actions: "set_field:fa:16:3e:f3:a6:fd->eth_dst,output:qvoserver",
          flow: "cookie=0x2b, priority=50,ip,in_port=qvoagent,nw_dst=10.100.7.140 actions=set_field:fa:16:3e:f3:a6:fd->eth_dst,output:qvoserver",
        },
      );
    });
  });

  describe("add", () => {
    it("adds a flow with port names, and says nothing", async () => {
      const flow = "priority=50,ip,in_port=qvoagent,nw_dst=10.100.7.140,actions=output:qvoserver";
      const { exitCode, stdout, stderr } = await ovskitOn(ovs, ["flows", "add", "br0", flow]);
      assert.deepEqual([exitCode, stdout, stderr], [0, "", ""]);
      assert.deepEqual(await dumped("--no-stats", "--no-names"), [
        " priority=50,ip,in_port=1,nw_dst=10.100.7.140 actions=output:2",
      ]);
    });

    it("adds a file from standard input, with comments and lines that delete", async () => {
      await ofctl("add-flow", ovs.mgmt("br0"), "in_port=3,actions=drop");
      const input =
        "# mine\n\nin_port=1,actions=drop # one\nadd in_port=2,actions=drop\r\ndelete_strict in_port=3\n";
      const { exitCode, stderr } = await ovskitOn(ovs, ["flows", "add", "br0", "-f", "-"], { input });
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.deepEqual((await dumped("--no-stats", "--no-names")).toSorted(), [
        " in_port=1 actions=drop",
        " in_port=2 actions=drop",
      ]);
    });

    it("says of a file every line that is wrong, and adds nothing of it", async () => {
      const input =
        "in_port=1,actions=drop\nip,nw_dts=1.2.3.4,actions=drop\n\n  ip,nw_dst=1.2.3,actions=drop\n";
      const { exitCode, stderr } = await ovskitOn(ovs, ["flows", "add", "br0", "-f", "-"], { input });
      assert.equal(exitCode, 2);
      const lines = stderr.split("\n");
      assert.match(lines[0] ?? "", /^ovskit: standard input: line 2, column 4: unknown word "nw_dts"/);
      assert.deepEqual(lines.slice(1, 3), ["  ip,nw_dts=1.2.3.4,actions=drop", "     ^^^^^^"]);
      assert.match(lines[3] ?? "", /^standard input: line 4, column 13: /);
      assert.deepEqual(lines.slice(4), ["    ip,nw_dst=1.2.3,actions=drop", "              ^^^^^", ""]);
      assert.deepEqual(await dumped(), []);
    });

    it("adds nothing of a file in which the switch refuses one flow, and names it", async () => {
      const input = "in_port=1,actions=drop\nin_port=2,actions=group:99\nin_port=3,actions=drop\n";
      const { exitCode, stdout, stderr } = await ovskitOn(ovs, ["flows", "add", "br0", "-f", "-"], { input });
      assert.equal(exitCode, 1);
      assert.equal(stdout, "");
      assert.equal(
        stderr,
        "ovskit: nothing was changed: line 2: the switch refused in_port=2,actions=group:99: OFPBAC_BAD_OUT_GROUP\n",
      );
      assert.deepEqual(await dumped(), []);
    });

    it("--json tells a refusal by its name", async () => {
      const args = ["flows", "add", "br0", "in_port=2,actions=group:99", "--json"];
      const { exitCode, stderr } = await ovskitOn(ovs, args);
      assert.equal(exitCode, 1);
      const { error } = JSON.parse(stderr) as { error: { code: string; refused: unknown } };
      assert.equal(error.code, "ERR_OPENFLOW_BUNDLE");
      assert.deepEqual(error.refused, [
        { errorName: "OFPBAC_BAD_OUT_GROUP", flow: "in_port=2,actions=group:99" },
      ]);
    });

    it("refuses what has no meaning in OpenFlow 1.3, says what to write, and with --fix writes it", async () => {
      const flow =
        "table=0,priority=50,arp,in_port=qvoagent,arp_tpa=10.100.7.140,actions=mod_nw_src:10.0.0.189,mod_dl_dst:fa:16:3e:f3:a6:fd,strip_vlan,output:qvoserver";
      const refused = await ovskitOn(ovs, ["flows", "add", "br0", flow]);
      assert.equal(refused.exitCode, 2);
      assert.match(refused.stderr, /^ovskit: column \d+: .*mod_nw_src.*set_field:10\.0\.0\.189->arp_spa/);
      assert.deepEqual(await dumped(), []);
      const fixed = await ovskitOn(ovs, ["flows", "add", "br0", "--fix", flow]);
      assert.equal(fixed.exitCode, 0);
      assert.match(
        fixed.stdout,
        /^column \d+: mod_nw_src:10\.0\.0\.189 is now set_field:10\.0\.0\.189->arp_spa: /m,
      );
      assert.match(fixed.stdout, /^column \d+: strip_vlan is now load:0->NXM_OF_VLAN_TCI\[\]: /m);
      assert.deepEqual(await dumped("--no-stats", "--no-names"), [
        " priority=50,arp,in_port=1,arp_tpa=10.100.7.140 actions=set_field:10.0.0.189->arp_spa,set_field:fa:16:3e:f3:a6:fd->eth_dst,load:0->NXM_OF_VLAN_TCI[],output:2",
      ]);
    });

    it("needs a flow or a file, not both and not neither", async () => {
      const neither = await ovskitOn(ovs, ["flows", "add", "br0"]);
      assert.deepEqual([neither.exitCode, neither.stderr], [2, "ovskit: FLOW or -f FILE is missing\n"]);
      const both = await ovskitOn(ovs, ["flows", "add", "br0", "actions=drop", "-f", "x"]);
      assert.deepEqual([both.exitCode, both.stderr], [2, "ovskit: give FLOW or -f FILE, not both\n"]);
      const missing = await ovskitOn(ovs, ["flows", "add", "br0", "-f", "/nowhere/x"]);
      assert.equal(missing.exitCode, 2);
      assert.match(missing.stderr, /^ovskit: can't read \/nowhere\/x: ENOENT/);
    });
  });

  describe("del", () => {
    beforeEach(async () => {
      for (const flow of [
        "ip,in_port=1",
        "priority=5,ip,in_port=1",
        "cookie=7,tcp,in_port=2",
        "table=3,arp",
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        await ofctl("add-flow", ovs.mgmt("br0"), `${flow},actions=drop`);
      }
    });

    it("deletes what is at least as narrow", async () => {
      assert.equal(await left("ip"), 1);
    });
    it("with --strict deletes one flow", async () => {
      assert.equal(await left("--strict", "ip,in_port=qvoagent"), 3);
      assert.equal(await left("--strict", "priority=5,ip,in_port=qvoagent"), 2);
      assert.equal(await left("--strict", "ip"), 2);
    });
    it("deletes by cookie and by table", async () => {
      assert.equal(await left("cookie=7/-1"), 3);
      assert.equal(await left("table=3"), 2);
    });
    it("without a flow deletes all", async () => {
      assert.equal(await left(), 0);
    });
    it("refuses actions, and lines for something else", async () => {
      const actions = await ovskitOn(ovs, ["flows", "del", "br0", "ip,actions=drop"]);
      assert.equal(actions.exitCode, 2);
      const line = await ovskitOn(ovs, ["flows", "del", "br0", "-f", "-"], {
        input: "arp\nadd ip,actions=drop\n",
      });
      assert.equal(line.exitCode, 2);
      assert.match(
        line.stderr,
        /standard input: line 2: a line that begins with "add" isn't for this command/,
      );
      assert.equal((await dumped()).length, 4);
    });
  });

  describe("replace and diff", () => {
    const wanted = [
      "cookie=1,priority=1,in_port=1,actions=output:2",
      "cookie=2,priority=2,in_port=2,actions=output:1",
      "cookie=3,priority=3,in_port=3,idle_timeout=600,actions=drop",
      "table=5,priority=4,actions=normal",
    ].join("\n");
    beforeEach(async () => {
      for (const flow of [
        "cookie=1,priority=1,in_port=1,actions=output:2",
        "cookie=2,priority=2,in_port=2,actions=output:3",
        "cookie=9,priority=3,in_port=3,idle_timeout=600,actions=drop",
        "priority=9,in_port=4,actions=drop",
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        await ofctl("add-flow", ovs.mgmt("br0"), flow);
      }
    });

    it("diff prints what would be deleted and added, and changes nothing", async () => {
      const before = await dumped();
      const { exitCode, stdout } = await given(wanted, "diff");
      assert.equal(exitCode, 0);
      assert.deepEqual(stdout.split("\n"), [
        "-priority=9,in_port=port4 actions=drop",
        "-cookie=0x9, idle_timeout=600, priority=3,in_port=port3 actions=drop",
        "+cookie=0x3, idle_timeout=600, priority=3,in_port=port3 actions=drop",
        "-cookie=0x2, priority=2,in_port=qvoserver actions=output:port3",
        "+cookie=0x2, priority=2,in_port=qvoserver actions=output:qvoagent",
        "+table=5, priority=4 actions=NORMAL",
        "",
      ]);
      assert.deepEqual(await dumped(), before);
    });

    it("replace makes the switch hold just the file, and what was there keeps its counters", async () => {
      for (const port of ["1", "2", "3", "4"]) {
        // oxlint-disable-next-line no-await-in-loop
        await ofctl("packet-out", ovs.mgmt("br0"), `in_port=${port},packet=${"0".repeat(120)},actions=table`);
      }
      const { exitCode, stdout } = await given(wanted, "replace");
      assert.deepEqual([exitCode, stdout], [0, "1 added, 1 deleted, 2 changed\n"]);
      const flows = (await dumped("--no-names")).map((line) => line.replace(/, n_bytes=\d+/, "").trim());
      assert.deepEqual(flows.toSorted(), [
        "cookie=0x0, table=5, n_packets=0, priority=4 actions=NORMAL",
        "cookie=0x1, table=0, n_packets=1, priority=1,in_port=1 actions=output:2",
        "cookie=0x2, table=0, n_packets=1, priority=2,in_port=2 actions=output:1",
        "cookie=0x3, table=0, n_packets=1, idle_timeout=600, priority=3,in_port=3 actions=drop",
      ]);
      assert.deepEqual(await given(wanted, "diff"), { exitCode: 0, stdout: "", stderr: "" });
      assert.equal((await given(wanted, "replace")).stdout, "0 added, 0 deleted, 0 changed\n");
    });

    it("replace changes nothing when the switch refuses one flow", async () => {
      const before = await dumped();
      const { exitCode, stderr } = await given(`${wanted}\nin_port=2,actions=group:99`, "replace");
      assert.equal(exitCode, 1);
      assert.match(stderr, /^ovskit: nothing was changed: line 5: .*OFPBAC_BAD_OUT_GROUP/);
      assert.deepEqual(await dumped(), before);
    });

    it("--json lists the changes", async () => {
      const { stdout } = await given(wanted, "diff", "--json");
      const { changes } = JSON.parse(stdout) as { changes: { change: string; wanted?: { flow: string } }[] };
      assert.deepEqual(
        changes.map(({ change }) => change),
        ["delete", "change", "change", "add"],
      );
      assert.equal(changes.at(-1)?.wanted?.flow, "table=5, priority=4 actions=NORMAL");
    });

    it("reads back what dump prints, and finds no difference", async () => {
      const { stdout } = await ovskitOn(ovs, ["flows", "dump", "br0", "--no-stats"]);
      assert.equal(still(stdout).length, 4);
      assert.deepEqual(await given(stdout, "diff"), { exitCode: 0, stdout: "", stderr: "" });
    });
  });

  it("a bridge that isn't there is wrong input, an Open vSwitch that isn't there no connection", async () => {
    const typo = await ovskitOn(ovs, ["flows", "dump", "br1"]);
    assert.deepEqual([typo.exitCode, typo.stderr], [2, 'ovskit: no bridge "br1"; did you mean "br0"?\n']);
    const slash = await ovskitOn(ovs, ["flows", "dump", "../run/br0"]);
    assert.equal(slash.exitCode, 2);
    const nowhere = await ovskit(["flows", "dump", "br0", "--rundir", "/nowhere"]);
    assert.equal(nowhere.exitCode, 3);
    assert.match(nowhere.stderr, /^ovskit: cannot connect to unix:\/nowhere\/br0\.mgmt: /);
  });

  it("asks the database where the sockets are, and takes a connection method for a bridge", async () => {
    await ovs.vsctl("set", "open_vswitch", ".", `external_ids:rundir=${ovs.rundir}`);
    const asked = await ovskit(["flows", "dump", "br0", "--ovsdb", ovs.ovsdb]);
    assert.deepEqual([asked.exitCode, asked.stderr], [0, ""]);
    const direct = await ovskit(["flows", "dump", ovs.mgmt("br0")]);
    assert.deepEqual([direct.exitCode, direct.stderr], [0, ""]);
  });
});
