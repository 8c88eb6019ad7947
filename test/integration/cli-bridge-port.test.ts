// `ovskit bridge …` and `ovskit port …` beside ovs-vsctl: the same steps on two private Open vSwitches leave the same in
// both databases, and what one refuses the other does too.
import assert from "node:assert/strict";
import { tryCommand, words } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { commands } from "../../src/cli/catalogue.ts";
import { type Ended, runIn } from "../cli/commands.ts";
import { describeWith } from "../support/needs.ts";
import { ovskit, ovskitOn } from "./ovskit-command.ts";
import { switchContents } from "./switch-contents.ts";

/** What is done to both: in our words, in ovs-vsctl's, and with which exit code both end. */
type Step = readonly [ours: string, theirs: string, exitCode?: number];

const dummy = "--datapath-type dummy";
const theirDummy = (name: string): string => `-- set bridge ${name} datapath_type=dummy`;

const steps: readonly Step[] = [
  [`bridge add br0 ${dummy}`, `add-br br0 ${theirDummy("br0")}`],
  [
    `bridge add br1 ${dummy} --fail-mode secure`,
    `add-br br1 ${theirDummy("br1")} -- set-fail-mode br1 secure`,
  ],
  ["bridge add br0", "add-br br0", 1],
  ["bridge add br0 --may-exist --fail-mode secure", "--may-exist add-br br0"],
  ["port add br0 p1 --type dummy --tag 7", "add-port br0 p1 tag=7 -- set interface p1 type=dummy"],
  ["port add br0 p1", "add-port br0 p1", 1],
  ["port add br1 p1", "add-port br1 p1", 1],
  ["port add br0 p1 --may-exist --tag 9", "--may-exist add-port br0 p1 tag=9"],
  ["port add br1 p1 --may-exist", "--may-exist add-port br1 p1", 1],
  ["port add br0 br0 --may-exist", "--may-exist add-port br0 br0", 1],
  ["bridge add p1 --may-exist", "--may-exist add-br p1", 1],
  [
    "port add br0 t1 --trunks 30,4,100,4 --type dummy --ofport-request 77",
    "add-port br0 t1 trunks=30,4,100 -- set interface t1 type=dummy ofport_request=77",
  ],
  [
    "port add br0 vm --type dummy --iface-id 2f7c --attached-mac fa:16:3e:19:00:7f",
    'add-port br0 vm -- set interface vm type=dummy external_ids:iface-id=2f7c external_ids:attached-mac="fa:16:3e:19:00:7f"',
  ],
  [
    "port add br0 vx --type vxlan --option remote_ip=10.9.9.9 --option key=flow",
    "add-port br0 vx -- set interface vx type=vxlan options:remote_ip=10.9.9.9 options:key=flow",
  ],
  ["port add br0 in0 --type internal --tag 0", "add-port br0 in0 tag=0 -- set interface in0 type=internal"],
  [
    "port add br0 pa --type patch --option peer=pb",
    "add-port br0 pa -- set interface pa type=patch options:peer=pb",
  ],
  [
    "port add br1 pb --type patch --option peer=pa",
    "add-port br1 pb -- set interface pb type=patch options:peer=pa",
  ],
  [
    "bridge add br3 --datapath-type dummy --set protocols=OpenFlow13,OpenFlow14 --set other_config:hwaddr=02-00 --set other_config:a=b",
    `add-br br3 ${theirDummy("br3")} protocols=OpenFlow13,OpenFlow14 other_config:hwaddr=02-00 other_config:a=b`,
  ],
  [
    "port add br3 nat --type dummy --tag 5 --set vlan_mode=native-untagged --set external_ids={x=y}",
    "add-port br3 nat tag=5 vlan_mode=native-untagged external_ids={x=y} -- set interface nat type=dummy",
  ],
  ["bridge del br3", "del-br br3"],
  ["port del br1 p1", "del-port br1 p1", 1],
  ["port del br1 p1 --if-exists", "--if-exists del-port br1 p1", 1],
  ["port del br0", "del-port br0", 1],
  ["port del br0 --if-exists", "--if-exists del-port br0"],
  ["port del p9 --if-exists", "--if-exists del-port p9"],
  ["port del br0 t1", "del-port br0 t1"],
  ["port del p1 --no-wait", "--no-wait del-port p1"],
  ["bridge add br2 --no-wait --datapath-type dummy", `--no-wait add-br br2 ${theirDummy("br2")}`],
  ["bridge del br2", "del-br br2"],
  ["bridge del br2 --if-exists", "--if-exists del-br br2"],
  ["bridge del br1", "del-br br1"],
];

/** `bridge add …` as a person runs it, but in this process. */
function run(ovs: OpenVSwitch, line: string, ...more: string[]): Promise<Ended> {
  return runIn(commands, [...words(line), "--ovsdb", ovs.ovsdb, ...more]);
}

describeWith(["openvswitch"], "ovskit bridge and port", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  let other: OpenVSwitch;
  before(async () => {
    [ovs, other] = await Promise.all([startOpenVSwitch(), startOpenVSwitch()]);
  });
  after(async () => {
    await ovs?.stop();
    await other?.stop();
  });

  it("leave, step for step, what ovs-vsctl leaves, and end as it ends", async () => {
    for (const [ours, theirs, exitCode = 0] of steps) {
      // oxlint-disable no-await-in-loop -- one step after the other
      const [ended, expected] = await Promise.all([
        run(ovs, ours),
        tryCommand("ovs-vsctl", [`--db=${other.ovsdb}`, "--timeout=9", ...words(theirs)]),
      ]);
      assert.equal(expected.exitCode, exitCode, `${theirs}: ${expected.stderr}`);
      assert.equal(ended.exitCode, exitCode, `${ours}: ${ended.stderr}`);
      assert.equal(ended.stdout, "", ours);
      assert.deepEqual(await switchContents(ovs), await switchContents(other), ours);
      // oxlint-enable no-await-in-loop
    }
    const { stdout } = await run(ovs, "bridge list");
    assert.equal(stdout, "br0\n");
    assert.equal(stdout, await other.vsctl("list-br"));
  });

  it("say what they did in JSON, with the number that the port got", async () => {
    const added = await run(ovs, "port add br0 j1 --type dummy --ofport-request 88 --json");
    assert.deepEqual(JSON.parse(added.stdout), { bridge: "br0", port: "j1", added: true, ofport: 88 });
    const again = await run(ovs, "port add br0 j1 --may-exist --json");
    assert.deepEqual(JSON.parse(again.stdout), { bridge: "br0", port: "j1", added: false, ofport: 88 });
    const gone = await run(ovs, "port del br0 j1 --json");
    assert.deepEqual(JSON.parse(gone.stdout), { port: "j1", deleted: true });
    const [listed] = JSON.parse((await run(ovs, "bridge list --json")).stdout) as Record<string, unknown>[];
    assert.deepEqual([listed?.["name"], listed?.["datapathType"]], ["br0", "dummy"]);
  });

  it("are right when two add the same at once: one does, the other is told or has nothing to do", async () => {
    const [strict, lenient] = [
      "port add br0 both --type dummy",
      "port add br0 both --type dummy --may-exist",
    ] as const;
    const twice = await Promise.all([run(ovs, strict), run(ovs, strict)]);
    assert.deepEqual(new Set(twice.map(({ exitCode }) => exitCode)), new Set([0, 1]));
    assert.match(twice.map(({ stderr }) => stderr).join(""), /there is a port both already on bridge br0\n$/);
    const gone = await Promise.all([
      run(ovs, "port del both --if-exists"),
      run(ovs, "port del both --if-exists"),
    ]);
    const made = await Promise.all([run(ovs, lenient), run(ovs, lenient)]);
    assert.deepEqual(
      [...gone, ...made].map(({ exitCode }) => exitCode),
      [0, 0, 0, 0],
    );
    assert.equal((await ovs.vsctl("list-ports", "br0")).match(/^both$/gm)?.length, 1);
  });

  it("say which names there are when one isn't, as wrong input", async () => {
    const lines = ["port add br9 p5", "bridge del br9", "port del br9 vm"];
    for (const line of lines) {
      // oxlint-disable-next-line no-await-in-loop
      const { exitCode, stderr } = await run(ovs, line);
      assert.deepEqual([exitCode, stderr], [2, 'ovskit: no bridge "br9"; did you mean "br0"?\n'], line);
    }
    assert.deepEqual(await run(ovs, "port del vmm"), {
      exitCode: 2,
      stdout: "",
      stderr: 'ovskit: no port "vmm"; did you mean "vm"?\n',
    });
  });

  it("say why ovs-vswitchd can't use what was added, which stays", async () => {
    const { exitCode, stderr } = await run(ovs, "port add br0 lost");
    assert.equal(exitCode, 1);
    assert.match(stderr, /ovs-vswitchd can't set up lost \(could not open network device lost/);
    assert.match(await ovs.vsctl("list-ports", "br0"), /^lost$/m);
    const json = await run(ovs, "port add br0 vx2 --type vxlan --json");
    const { error } = JSON.parse(json.stderr) as { error: { code: string; interfaces: unknown } };
    assert.equal(error.code, "ERR_OVSDB_INTERFACE_FAILED");
    assert.deepEqual(error.interfaces, [
      { name: "vx2", error: "vx2: vxlan type requires valid 'remote_ip' argument" },
    ]);
    const bridge = await run(ovs, "bridge add odd --datapath-type bogus");
    assert.deepEqual([bridge.exitCode, bridge.stderr.includes("odd")], [1, true]);
    const unwatched = await run(ovs, "port add br0 lost2 --no-wait");
    assert.deepEqual(unwatched, { exitCode: 0, stdout: "", stderr: "" });
  });

  it("end after the deadline when ovs-vswitchd doesn't take it up, with what to do", async () => {
    await ovs.stopVswitchd();
    const late = await run(ovs, "port add br0 late --type dummy --timeout 0.3");
    assert.equal(late.exitCode, 3);
    assert.match(late.stderr, /in the database, but ovs-vswitchd hasn't .* 300 ms.*--no-wait/);
    assert.equal((await run(ovs, "port add br0 soon --type dummy --no-wait")).exitCode, 0);
    await ovs.startVswitchd();
    assert.match(await ovs.ofctl("show", ovs.mgmt("br0")), /\(late\)[^]*\(soon\)/);
  });

  it("refuse what no port can be before they ask anybody", async () => {
    const lines: readonly (readonly [string, RegExp])[] = [
      ["port add br0 x --tag 4096", /--tag 4096; expected a number from 0 to 4095/],
      ["port add br0 x --trunks 1,x", /--trunks x;/],
      ["port add br0 x --option remote_ip", /expected KEY=VALUE/],
      ["port add br0 x --option a=1 --option a=2", /--option a is given twice/],
      ["port add br0 x --ofport-request 0", /from 1 to 65279/],
      ["port add br0 x --attached-mac fa:16", /expected a MAC/],
      ["bridge add x --fail-mode soft", /expected secure or standalone/],
      ["port add br0", /NAME is missing/],
    ];
    for (const [line, said] of lines) {
      // oxlint-disable-next-line no-await-in-loop
      const { exitCode, stderr } = await runIn(commands, [...words(line), "--ovsdb", "unix:/nowhere"]);
      assert.equal(exitCode, 2, line);
      assert.match(stderr, said);
    }
    const { exitCode } = await runIn(commands, ["bridge", "add", "", "--ovsdb", "unix:/nowhere"]);
    assert.equal(exitCode, 2);
  });

  it("refuse columns that there aren't, that they give themselves or that can't be so, and write nothing", async () => {
    const before = await switchContents(ovs);
    const lines: readonly (readonly [string, RegExp])[] = [
      ["bridge add x --set colour=red", /Bridge has no column "colour"/],
      ["bridge add x --set name=y", /--set name; the command gives the name already/],
      ["bridge add x --fail-mode secure --set fail_mode=standalone", /gives the fail_mode already/],
      ["bridge add x --set protocols", /isn't COLUMN=VALUE/],
      ["port add br0 x --tag 4 --set tag=5", /gives the tag already/],
      ["port add br0 x --set vlan_mode=odd", /odd/],
    ];
    for (const [line, said] of lines) {
      // oxlint-disable-next-line no-await-in-loop
      const { exitCode, stderr } = await run(ovs, line);
      assert.equal(exitCode, 2, `${line}: ${stderr}`);
      assert.match(stderr, said);
    }
    assert.deepEqual(await switchContents(ovs), before);
  });

  it("run as a program, and find nobody where nobody is", async () => {
    const args = words("port add br0 prog --type dummy --tag 3");
    assert.deepEqual(await ovskitOn(ovs, args), { exitCode: 0, stdout: "", stderr: "" });
    assert.equal((await ovs.vsctl("get", "port", "prog", "tag")).trim(), "3");
    const nobody = await ovskit(["bridge", "list", "--ovsdb", "unix:/nowhere"]);
    assert.equal(nobody.exitCode, 3);
  });
});
