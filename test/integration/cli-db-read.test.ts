// `ovskit db get|list|find|dump` against ovs-vsctl and ovsdb-client on the same database: the same text, byte for byte
// where the order of rows is the database's business, and the same meaning where something is wrong.
import assert from "node:assert/strict";
import { runCommand, tryCommand, words } from "../../lab/command.ts";
import { DatabaseServer } from "../../lab/database-server.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { commands } from "../../src/cli/catalogue.ts";
import { type Ended, runIn } from "../cli/commands.ts";
import { describeWith, schemaFiles } from "../support/needs.ts";

/** Runs `ovskit db …` in this process. */
function db(target: string, ...args: string[]): Promise<Ended> {
  return runIn(commands, ["db", ...args, "--ovsdb", target]);
}

/** What it printed; fails when it failed. */
async function printed(target: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await db(target, ...args);
  assert.deepEqual([exitCode, stderr], [0, ""], args.join(" "));
  return stdout;
}

/** What ovsdb-client dump prints. */
function dumped(...args: string[]): Promise<string> {
  return runCommand("ovsdb-client", ["dump", ...args]);
}

function records(text: string): readonly string[] {
  return text.trimEnd().split("\n\n").toSorted();
}

const ugly = [
  'external_ids:"a:b"="c=d, e"',
  "external_ids:späße=漢字😀",
  'external_ids:quoted="say \\"hi\\"\\n\\ttwice"',
  'external_ids:true="true"',
  'external_ids:uuid="6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d"',
  'external_ids:empty=""',
  'external_ids:brackets="[{}]"',
];

async function furnish(ovs: OpenVSwitch): Promise<void> {
  await ovs.addBridge("br-int");
  const ports = ["p1", "p2", "p3", "10", "späße"].flatMap((name) =>
    words(`-- add-port br-int ${name} -- set Interface ${name} type=dummy`),
  );
  await ovs.vsctl(...ports.slice(1));
  await ovs.vsctl("set", "Port", "p1", "tag=5", "trunks=20,3,100", ...ugly);
  await ovs.vsctl("set", "Port", "p2", "trunks=3", "external_ids:mtu=1500", "vlan_mode=trunk");
  await ovs.vsctl("set", "Port", "p3", "tag=6", "external_ids:mtu=9000", "other_config:x=y");
  await ovs.vsctl("set-controller", "br-int", "unix:/nowhere");
  await ovs.vsctl(
    ...words(
      "-- --id=@q create QoS type=linux-noop queues:7=@k -- --id=@k create Queue dscp=9 -- set Port p1 qos=@q",
    ),
  );
}

describeWith(["openvswitch"], "ovskit db reads as ovs-vsctl and ovsdb-client do", function () {
  this.timeout(60_000);
  let ovs: OpenVSwitch;
  let target: string;
  before(async () => {
    ovs = await startOpenVSwitch();
    target = ovs.ovsdb;
    await furnish(ovs);
    // What ovs-vswitchd measures would change between two readings.
    await ovs.stopVswitchd();
  });
  after(() => ovs.stop());

  it("get prints what ovs-vsctl get prints", async () => {
    const lines = [
      "Port p1 tag trunks name _uuid external_ids interfaces qos",
      "port p2 tag trunks vlan-mode external_ids:mtu fake_bridge",
      'Port p1 external_ids:"a:b" external_ids:späße external_ids:quoted external_ids:true external_ids:uuid',
      "Port p1 external_ids:empty external_ids:brackets",
      "Interface p1 statistics ofport type mac_in_use",
      "open . ovs_version bridges next_cfg other_config",
      "Controller br-int target is_connected",
      "QoS p1 type queues",
      "Port 10 name",
      "Port späße name",
      "Queue . dscp",
    ];
    for (const line of lines) {
      // oxlint-disable-next-line no-await-in-loop
      const [ours, theirs] = await Promise.all([
        printed(target, "get", ...words(line)),
        ovs.vsctl("get", ...words(line)),
      ]);
      assert.equal(ours, theirs, line);
    }
    assert.equal(await printed(target, "get", "Port", "p1"), "");
  });

  it("finds a row by its UUID and by as little of it as is enough", async () => {
    const uuid = (await ovs.vsctl("get", "Port", "p3", "_uuid")).trim();
    assert.equal(await printed(target, "get", "Port", uuid, "name"), "p3\n");
    assert.equal(await printed(target, "get", "Port", uuid.toUpperCase(), "name"), "p3\n");
    assert.equal(await printed(target, "get", "Port", uuid.slice(0, 9), "name"), "p3\n");
    assert.equal((await db(target, "get", "Port", uuid.slice(0, 3), "name")).exitCode, 2);
  });

  it("says that a row, key, column or table isn't there, as wrong input", async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ["get Port nope tag", /Port has no row "nope"/],
      ["get Port p1 external_ids:nope", /Port\.external_ids of "p1" has no key "nope"/],
      ["get Port p1 tga", /Port has no column "tga"; did you mean "tag"\?/],
      ["get Port p1 tag:5", /Port\.tag is no map/],
      ["get Prot p1 tag", /Open_vSwitch has no table "Prot"; did you mean "Port"\?/],
      ["get Port . tag", /Port has several rows "\."/],
      ["list Port p1 nope", /Port has no row "nope"/],
      ["find Port tag=99999", /99999 is more than 4095/],
    ];
    for (const [line, expected] of cases) {
      // oxlint-disable-next-line no-await-in-loop
      const [ours, theirs] = await Promise.all([
        db(target, ...words(line)),
        tryCommand("ovs-vsctl", [`--db=${target}`, "--no-wait", ...words(line)]),
      ]);
      assert.deepEqual([ours.exitCode, theirs.exitCode, ours.stdout], [2, 1, ""], line);
      assert.match(ours.stderr, expected);
    }
  });

  it("with --if-exists says nothing of a row and an empty line for a key that isn't there", async () => {
    assert.equal(await printed(target, "get", "Port", "nope", "tag", "--if-exists"), "");
    assert.equal(
      await printed(target, "get", "Port", "p1", "external_ids:no", "tag", "--if-exists"),
      "\n5\n",
    );
    assert.equal(await printed(target, "list", "Port", "nope", "--if-exists"), "");
  });

  it("get --json has the values by the words that asked for them, int64 exact", async () => {
    const options = ["other_config:n=9223372036854775807"];
    await ovs.vsctl("set", "Port", "p3", ...options);
    const text = await printed(
      target,
      "get",
      "Port",
      "p3",
      "tag",
      "trunks",
      "external_ids:mtu",
      "qos",
      "--json",
    );
    assert.deepEqual(JSON.parse(text), { tag: 6, trunks: [], "external_ids:mtu": "9000", qos: null });
    await ovs.vsctl("set", "open", ".", "next_cfg=9007199254740993", "cur_cfg=9223372036854775807");
    assert.equal(
      await printed(target, "get", "open", ".", "next_cfg", "cur_cfg"),
      await ovs.vsctl("get", "open", ".", "next_cfg", "cur_cfg"),
    );
    assert.match(
      await printed(target, "get", "open", ".", "next_cfg", "--json"),
      /"next_cfg": 9007199254740993\n/,
    );
    assert.match(
      await printed(target, "find", "open", "next_cfg=9007199254740993", "--columns=cur_cfg", "--bare"),
      /^9223372036854775807$/m,
    );
    assert.equal(await printed(target, "find", "open", "next_cfg=9007199254740992"), "");
    await ovs.vsctl("set", "open", ".", "next_cfg=0", "cur_cfg=0");
  });

  it("list prints what ovs-vsctl list prints", async () => {
    const tables = ["Open_vSwitch", "Bridge", "Port", "Interface", "Controller", "QoS", "Queue", "Mirror"];
    for (const table of tables) {
      // oxlint-disable-next-line no-await-in-loop
      const [ours, theirs] = await Promise.all([printed(target, "list", table), ovs.vsctl("list", table)]);
      assert.deepEqual(records(ours), records(theirs), table);
    }
    const some = ["Port", "p2", "p1"];
    const columns = "--columns=name,tag,external-ids,_uuid";
    assert.equal(await printed(target, "list", ...some, columns), await ovs.vsctl(columns, "list", ...some));
    assert.equal(
      await printed(target, "list", ...some, columns, "--bare"),
      await ovs.vsctl("--bare", columns, "list", ...some),
    );
    assert.equal(
      await printed(target, "list", "Port", "p2", "p1", "--columns=name,tag,trunks", "--format=table"),
      await ovs.vsctl("-f", "table", "--columns=name,tag,trunks", "list", "Port", "p2", "p1"),
    );
  });

  it("find chooses the rows that ovs-vsctl find chooses", async () => {
    const conditions = [
      "tag=5",
      "tag!=5",
      "tag=[]",
      "tag>5",
      "tag>=5",
      "tag<6",
      "tag<=5",
      "trunks=3",
      "trunks=[]",
      "trunks!=[]",
      "trunks{>=}3",
      "trunks{>}3",
      "trunks{<=}3,20,100",
      "trunks{<}3,20,100,7",
      "trunks{=}100,3,20",
      "trunks{!=}3",
      "trunks{in}3,4",
      "trunks{not-in}20,21",
      "trunks<3,20",
      "name=p1",
      "name>p1",
      "name{in}p1",
      "name!=p1",
      "external_ids:mtu=1500",
      "external_ids:mtu!=1500",
      "external_ids:mtu{!=}1500",
      "external_ids:mtu>1500",
      "external_ids:mtu{<=}1500",
      "external_ids:mtu{not-in}1500",
      "external_ids={}",
      "external_ids!={}",
      'external_ids:"a:b"="c=d, e"',
      "external_ids:späße=漢字😀",
      "external_ids{>=}mtu=1500",
      "external_ids=mtu=9000",
      "vlan_mode=trunk",
      "vlan_mode=[]",
      "fake_bridge=false",
      "qos!=[]",
    ];
    const chosen = new Set<string>();
    for (const condition of conditions) {
      const options = ["--columns=name", "--bare"];
      // oxlint-disable-next-line no-await-in-loop
      const [ours, theirs] = await Promise.all([
        printed(target, "find", "Port", condition, ...options),
        ovs.vsctl(...options, "find", "Port", condition),
      ]);
      assert.deepEqual(records(ours), records(theirs), condition);
      chosen.add(records(ours).join());
    }
    assert.ok(chosen.size > 10, "conditions that all choose the same prove nothing");
    const both = ["find", "Port", "tag>4", "external_ids:mtu=9000"];
    assert.deepEqual(records(await printed(target, ...both)), records(await ovs.vsctl(...both)));
  });

  it("dump prints what ovsdb-client dump prints, one table or all", async () => {
    for (const columns of [["external_ids", "name", "tag"], ["name", "trunks"], []]) {
      // oxlint-disable-next-line no-await-in-loop
      const [ours, theirs] = await Promise.all([
        printed(target, "dump", "Port", ...columns),
        dumped(target, "Open_vSwitch", "Port", ...columns),
      ]);
      assert.deepEqual(squeezed(ours), squeezed(theirs));
    }
    assert.equal(
      await printed(target, "dump", "Port", "name", "trunks", "--format=list"),
      await dumped("-f", "list", target, "Open_vSwitch", "Port", "name", "trunks"),
    );
    const all = await printed(target, "dump");
    assert.deepEqual(squeezed(all), squeezed(await dumped(target, "Open_vSwitch")));
    assert.match(all, /漢字😀/);
  });

  it("dump --json has every row by table", async () => {
    const tables = JSON.parse(await printed(target, "dump", "--json")) as Record<
      string,
      readonly { name?: string; tag?: number | null }[]
    >;
    assert.deepEqual(Object.keys(tables).includes("AutoAttach"), true);
    assert.equal(tables["Port"]?.find(({ name }) => name === "p1")?.tag, 5);
    assert.equal(tables["Port"]?.find(({ name }) => name === "p2")?.tag, null);
  });

  it("has no connection where nobody listens", async () => {
    const { exitCode, stderr } = await db(`unix:${ovs.rundir}/nowhere`, "get", "Port", "p1");
    assert.equal(exitCode, 3);
    assert.match(stderr, /nowhere/);
  });
});

/** Tables without the padding, since ovsdb-client makes its columns as wide as bytes and not as letters. */
function squeezed(text: string): readonly string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "-").trimEnd());
}

describeWith(["openvswitch", "schemas"], "ovskit db on a server of several databases", function () {
  this.timeout(30_000);

  it("takes Open_vSwitch, or the one that --db names", async () => {
    await using server = await DatabaseServer.start({ schemas: schemaFiles });
    assert.equal(await printed(server.target, "dump", "Bridge", "name"), "Bridge table\nname\n----\n");
    const names = ["--db", "OVN_Northbound"];
    const uuid = (await printed(server.target, "create", "Logical_Switch", 'name="ls 1"', ...names)).trim();
    assert.equal(
      await printed(server.target, "get", "logical-switch", "ls 1", "_uuid", ...names),
      `${uuid}\n`,
    );
    const { exitCode, stderr } = await db(server.target, "dump", "--db", "OVN_Northbuond");
    assert.equal(exitCode, 2);
    assert.match(stderr, /has no database "OVN_Northbuond"; did you mean "OVN_Northbound"\?/);
  });

  it("asks for --db where there are several and none of them is Open_vSwitch", async () => {
    await using server = await DatabaseServer.start({ schemas: schemaFiles.slice(1, 3) });
    const { exitCode, stderr } = await db(server.target, "dump");
    assert.equal(exitCode, 2);
    assert.match(stderr, /it has OVN_Northbound, hardware_vtep: give --db NAME/);
    await using single = await DatabaseServer.start({ schemas: schemaFiles.slice(1, 2) });
    assert.match(await printed(single.target, "dump", "Manager"), /^Manager table$/m);
  });
});
