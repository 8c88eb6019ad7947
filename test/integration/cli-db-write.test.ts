// `ovskit db set|add|remove|create|destroy` against ovs-vsctl: each is done to one port by ovs-vsctl and to its twin by
// ovskit, after which both are the same. Two writers at once, a switch that is gone, and what the server refuses.
import assert from "node:assert/strict";
import { tryCommand, words } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { commands } from "../../src/cli/catalogue.ts";
import { type Ended, runIn } from "../cli/commands.ts";
import { describeWith } from "../support/needs.ts";

describeWith(["openvswitch"], "ovskit db writes as ovs-vsctl does", function () {
  this.timeout(90_000);
  let ovs: OpenVSwitch;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br-int");
    const ports = ["theirs", "ours", "p1", "p2"].flatMap((name) =>
      words(`-- add-port br-int ${name} -- set Interface ${name} type=dummy`),
    );
    await ovs.vsctl(...ports.slice(1));
  });
  after(() => ovs.stop());

  function db(...args: string[]): Promise<Ended> {
    return runIn(commands, ["db", ...args, "--ovsdb", ovs.ovsdb]);
  }

  async function done(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await db(...args);
    assert.deepEqual([exitCode, stderr], [0, ""], args.join(" "));
    return stdout;
  }

  const written = [
    "tag",
    "trunks",
    "vlan_mode",
    "external_ids",
    "other_config",
    "fake_bridge",
    "bond_updelay",
  ];

  function columnsOf(port: string): Promise<string> {
    return ovs.vsctl("get", "Port", port, ...written);
  }

  it("leaves a row as ovs-vsctl leaves its twin, step by step", async () => {
    const steps: readonly (readonly [string, ...string[]])[] = [
      ["set", "tag=5"],
      ["set", "tag=6", "vlan_mode=access", "fake_bridge=true", "bond_updelay=-1"],
      ["set", "trunks=1-5,100"],
      ["set", "trunks=3,100,200"],
      ["set", "trunks=[]", "tag=[]"],
      ["set", "external_ids={a=b,c=d}"],
      ["set", "external_ids:a=2", "external_ids:new=x"],
      [
        "set",
        'external_ids:"k:1"="v, =2"',
        'external_ids:späße="漢字 😀"',
        "external_ids:url=tcp:[::1]:6640",
      ],
      ["set", 'external_ids:"\\"q\\""="line\\n"', 'external_ids:empty=""', "external_ids:eq=a=b"],
      ["set", "other_config=only=this", "other_config:and=that"],
      ["set", "other_config:x=1"],
      ["set", "other_config={}"],
      ["add", "trunks", "10"],
      ["add", "trunks", "10", "11,12", "[13]"],
      ["add", "external_ids", "b=added,z=1"],
      ["add", "vlan_mode", "access"],
      ["add", "tag", "7"],
      ["remove", "trunks", "11", "99"],
      ["remove", "external_ids", "a", "b=other", "new=x"],
      ["remove", "external_ids", '"k:1"'],
      ["remove", "tag", "8", "9"],
      ["remove", "tag", "7"],
      ["set", "external_ids={}", "trunks=4094"],
    ];
    for (const [command, ...args] of steps) {
      const [column, rest] = command === "set" ? [[], args] : [args.slice(0, 1), args.slice(1)];
      const line = (port: string): string[] => [command, "Port", port, ...column, ...rest];
      // oxlint-disable-next-line no-await-in-loop
      await ovs.vsctl(...line("theirs"));
      // oxlint-disable-next-line no-await-in-loop
      assert.equal(await done(...line("ours")), "");
      // oxlint-disable-next-line no-await-in-loop
      const [theirs, ours] = await Promise.all([columnsOf("theirs"), columnsOf("ours")]);
      assert.equal(ours, theirs, line("ours").join(" "));
    }
  });

  it("refuses what ovs-vsctl refuses, and changes nothing", async () => {
    const cases: readonly (readonly [string, number, RegExp])[] = [
      ["set Port p1 tag=4096", 2, /Port\.tag: 4096 is more than 4095/],
      ["set Port p1 tag=1,2", 2, /2 values, but at most 1 fit/],
      ["set Port p1 vlan_mode=acces", 2, /acces is none of access, dot1q-tunnel/],
      ["set Port p1 name=other", 2, /Port\.name can't be changed once the row is there/],
      ["set Port p1 _uuid=6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d", 2, /Port\._uuid can't be changed/],
      ["set Port p1 tag=9 trunks=5000", 2, /Port\.trunks: 5000 is more than 4095/],
      ["set Port nope tag=9", 2, /Port has no row "nope"/],
      ["set Port p1 tag:a=9", 2, /Port\.tag is no map/],
      ["set Port p1 tag=9 tga=1", 2, /did you mean "tag"/],
      ["set Port p1 interfaces=[]", 2, /a value is needed/],
      ["add Port p1 tag 1 2", 2, /Port\.tag: 2 values, but at most 1 fit/],
      ["add Port ours tag 4000", 1, /constraint violation/],
      ["add Port p1 fake_bridge true", 2, /is written with "db set"/],
      ["remove Port p1 name p1", 2, /is written with "db set"/],
      ["set Bridge br-int ports=6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d", 1, /referential integrity violation/],
      ["create Port name=x", 1, /referential integrity violation/],
      ["create Queue dscp=64", 2, /64 is more than 63/],
      ["destroy Queue nope", 2, /Queue has no row "nope"/],
    ];
    await done("set", "Port", "ours", "tag=5");
    const before = await ovs.vsctl("list", "Port", "p1", "ours");
    for (const [line, exitCode, expected] of cases) {
      // oxlint-disable-next-line no-await-in-loop
      const ours = await db(...words(line));
      assert.deepEqual([ours.exitCode, ours.stdout], [exitCode, ""], `${line}: ${ours.stderr}`);
      assert.match(ours.stderr, expected);
      // oxlint-disable-next-line no-await-in-loop
      const theirs = await tryCommand("ovs-vsctl", [`--db=${ovs.ovsdb}`, ...words(line)]);
      assert.notEqual(theirs.exitCode, 0, line);
    }
    assert.equal(await ovs.vsctl("list", "Port", "p1", "ours"), before);
  });

  it("takes assignments to one column in their order", async () => {
    await done("set", "Port", "p1", "other_config:a=1", "other_config={b=2}", "other_config:c=3");
    assert.equal(await ovs.vsctl("get", "Port", "p1", "other_config"), '{b="2", c="3"}\n');
    await done("set", "Port", "p1", "other_config:a=1", "other_config={}", "tag=1", "tag=2");
    assert.equal(await ovs.vsctl("get", "Port", "p1", "other_config", "tag"), "{}\n2\n");
  });

  it("gives a port other interfaces, although it may never be without one", async () => {
    await ovs.vsctl(...words("add-port br-int p3 -- add-port br-int p4"));
    const other = (await ovs.vsctl("get", "Port", "p4", "interfaces")).trim().replace(/[[\]]/g, "");
    await done("set", "Port", "p3", `interfaces=${other}`, "--no-wait");
    assert.equal((await ovs.vsctl("get", "Port", "p3", "interfaces")).trim(), `[${other}]`);
    await ovs.vsctl(...words("--no-wait del-port br-int p3 -- del-port br-int p4"));
  });

  it("adds no key that is there, as ovs-vsctl(8) says", async () => {
    await done("set", "Port", "p1", "other_config={a=1}");
    await done("add", "Port", "p1", "other_config", "a=2", "b=3", "b=4");
    assert.equal(await ovs.vsctl("get", "Port", "p1", "other_config"), '{a="1", b="3"}\n');
  });

  it("keeps int64 exact on the way in", async () => {
    const numbers = ["9223372036854775807", "-9223372036854775808", "9007199254740993"];
    for (const number of numbers) {
      // oxlint-disable-next-line no-await-in-loop
      await done("set", "Port", "p1", `bond_downdelay=${number}`, "--no-wait");
      // oxlint-disable-next-line no-await-in-loop
      assert.equal(await ovs.vsctl("get", "Port", "p1", "bond_downdelay"), `${number}\n`);
    }
    await done("set", "Port", "p1", "bond_downdelay=0");
  });

  it("with --if-exists does nothing for a row that isn't there", async () => {
    for (const line of [
      "set Port nope tag=1",
      "add Port nope trunks 1",
      "remove Port nope trunks 1",
      "destroy Queue nope",
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      assert.equal(await done(...words(line), "--if-exists"), "");
    }
  });

  it("creates rows and prints their UUIDs, and destroys those that are named or all", async () => {
    const first = (await done("create", "Queue", "dscp=7", 'external_ids:"a b"="c"')).trim();
    const chosen = "6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d";
    assert.equal(await done("create", "Queue", "--id", chosen), `${chosen}\n`);
    assert.equal(await ovs.vsctl("get", "Queue", first, "dscp", "external_ids"), '7\n{"a b"=c}\n');
    assert.match((await db("create", "Queue", "--id", chosen)).stderr, /duplicate uuid/);
    assert.equal((await db("create", "Queue", "--id", "x")).exitCode, 2);
    const qos = (await done("create", "QoS", "type=linux-noop", `queues={3=${first},5=${chosen}}`)).trim();
    assert.deepEqual(JSON.parse(await done("get", "QoS", qos, "queues", "--json")), {
      queues: { 3: first, 5: chosen },
    });
    const refused = await db("destroy", "Queue", first);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /referential integrity violation/);
    await done("remove", "QoS", qos, "queues", "3", `5=${first}`);
    assert.equal(await done("get", "QoS", qos, "queues"), `{5=${chosen}}\n`);
    await done("destroy", "Queue", first);
    assert.equal((await db("destroy", "QoS")).exitCode, 2);
    assert.deepEqual(JSON.parse(await done("destroy", "QoS", "--all", "--json")), {
      table: "QoS",
      destroyed: 1,
    });
    await done("destroy", "Queue", chosen.slice(0, 8));
    assert.equal(await done("list", "Queue"), "");
  });

  it("destroys all rows that are named or none", async () => {
    const uuid = (await done("create", "Queue")).trim();
    assert.equal((await db("destroy", "Queue", uuid, "nope")).exitCode, 2);
    assert.equal(await done("get", "Queue", uuid, "_uuid"), `${uuid}\n`);
    assert.deepEqual(JSON.parse(await done("destroy", "Queue", uuid, "nope", "--if-exists", "--json")), {
      table: "Queue",
      destroyed: 1,
    });
  });

  it("warns that a row of a table that isn't root is gone again, as ovs-vsctl does", async () => {
    const { exitCode, stdout, stderr } = await db("create", "Mirror", "name=m");
    assert.equal(exitCode, 0);
    assert.match(stdout, /^[0-9a-f-]{36}\n$/);
    assert.match(stderr, /Mirror isn't a root table: the row is gone again/);
    assert.equal(await done("list", "Mirror"), "");
  });

  it("loses nothing when several write to one row at once", async () => {
    await done("set", "Port", "p2", "external_ids={}", "trunks=[]");
    const writers = Array.from({ length: 8 }, (_, index) => [
      ["set", "Port", "p2", `external_ids:k${index}=v`],
      ["add", "Port", "p2", "trunks", String(index)],
    ]).flat();
    await Promise.all(writers.map((line) => done(...line)));
    assert.equal(await ovs.vsctl("get", "Port", "p2", "trunks"), "[0, 1, 2, 3, 4, 5, 6, 7]\n");
    const ids = await ovs.vsctl("get", "Port", "p2", "external_ids");
    assert.equal(ids.split("=v").length, 9, ids);
  });

  it("ends with one of the whole columns that several write at once, never with a mixture", async () => {
    const wholes = Array.from({ length: 6 }, (_, index) => `${index}0-${index}5`);
    await Promise.all(wholes.map((whole) => done("set", "Port", "p2", `trunks=${whole}`)));
    const now = (await ovs.vsctl("get", "Port", "p2", "trunks")).trim();
    const possible = wholes.map(
      (_, index) => `[${[0, 1, 2, 3, 4, 5].map((one) => Number(`${index}${one}`)).join(", ")}]`,
    );
    assert.ok(possible.includes(now), now);
  });

  it("returns when ovs-vswitchd has done what was written", async () => {
    await ovs.vsctl("--", ...words("add-port br-int late -- set Interface late type=internal"));
    for (const type of ["dummy", "internal", "dummy"]) {
      // oxlint-disable-next-line no-await-in-loop
      await done("set", "Interface", "late", `type=${type}`, `external_ids:type=${type}`);
      // oxlint-disable-next-line no-await-in-loop
      const [next, current] = (await ovs.vsctl("get", "open", ".", "next_cfg", "cur_cfg")).split("\n");
      assert.equal(next, current);
    }
    const before = await ovs.vsctl("get", "open", ".", "next_cfg");
    await done("set", "Port", "late", "tag=9", "--no-wait");
    assert.equal(await ovs.vsctl("get", "open", ".", "next_cfg"), before);
  });

  it("says that ovs-vswitchd doesn't answer, when it doesn't; what was written stays", async () => {
    await ovs.stopVswitchd();
    try {
      const { exitCode, stderr } = await db("set", "Port", "p1", "tag=77", "--timeout", "0.3");
      assert.equal(exitCode, 3);
      assert.match(stderr, /the change is in the database, but ovs-vswitchd hasn't taken it up in 300 ms/);
      assert.match(stderr, /--no-wait/);
      assert.equal(await done("get", "Port", "p1", "tag"), "77\n");
      const json = await db("set", "Port", "p1", "tag=78", "--timeout", "0.3", "--json");
      assert.match(json.stderr, /"code": "ERR_SWITCH_SILENT"/);
      await done("set", "Port", "p1", "tag=79", "--no-wait");
    } finally {
      await ovs.startVswitchd();
    }
  });

  it("writes to ovs-vswitchd's rows only when they are still those of that name", async () => {
    await done("set", "Bridge", "br-int", "other_config:x=1");
    const uuid = (await ovs.vsctl("get", "Bridge", "br-int", "_uuid")).trim();
    assert.deepEqual(JSON.parse(await done("set", "Bridge", "br-int", "other_config:x=2", "--json")), {
      table: "Bridge",
      uuid,
    });
    await ovs.vsctl("set-controller", "br-int", "unix:/nowhere");
    await done("set", "Controller", "br-int", "max_backoff=2000");
    assert.equal(await ovs.vsctl("get", "Controller", "br-int", "max_backoff"), "2000\n");
  });
});
