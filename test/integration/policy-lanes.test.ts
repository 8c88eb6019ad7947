// Lanes on a real Open vSwitch of the dummy datapath: applied, applied again, watched, explained and removed, and proven
// by where the switch itself says that packets end.
import assert from "node:assert/strict";
import { connectSwitch, type Switch } from "../../src/openflow/index.ts";
import { type Lanes, type LanesOptions, openLanes, planLines, policyFrom } from "../../src/policy/index.ts";
import { describeWith } from "../support/needs.ts";
import { TestNode } from "./policy-node.ts";

const vmA = { name: "qvoA", ifaceId: "id-a", mac: "fa:16:3e:00:00:0a", tag: 2 };
const vmB = { name: "qvoB", ifaceId: "id-b", mac: "fa:16:3e:00:00:0b", tag: 3 };
const collector = { name: "qvoS", ifaceId: "id-s", mac: "fa:16:3e:f3:a6:fd", tag: 1 };

const here = { ip: "10.100.7.140", mac: collector.mac, segment: "flat" };
const flat = { ip: "10.100.8.140", mac: "fa:16:3e:f3:a6:08", segment: "flat" };
const vlan100 = { ip: "10.200.7.140", mac: "fa:16:3e:f3:a6:64", segment: 100 };

const probeA = { port: { "iface-id": "id-a" }, ip: "192.168.1.137", proxy: { ip: "10.0.0.10" } };
const probeB = { port: { "iface-id": "id-b" }, ip: "192.168.1.137", proxy: { ip: "10.0.0.11" } };

type Words = Readonly<Record<string, unknown>>;

function documentOf(probes: Words, collectors: Words = { here, flat, vlan100 }): Words {
  return { version: 1, pool: { cidr: "10.0.0.0/24" }, collectors, probes };
}

function open(node: TestNode, document: Words, more: Partial<LanesOptions> = {}): Promise<Lanes> {
  const { ovsdb, rundir } = node.ovs;
  return openLanes({ ovsdb, rundir, policy: policyFrom(document), ...more });
}

/** A probe on a flat network whose proxy is chosen. */
function probe(ifaceId: string): Words {
  return { port: { "iface-id": ifaceId }, ip: "192.168.1.137", collector: "flat" };
}

/** The lines of flows that bear a cookie of ours. */
function own(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.includes("0x6f766b1"));
}

function toCollector(proxy: string, hex: string): string {
  return `set(eth(src=da:7a:0a:00:00:${hex},dst=${collector.mac})),set(ipv4(src=${proxy})),qvoS`;
}

function toVm(mac: string, port: string): string {
  return `set(eth(src=da:7a:00:00:00:01,dst=${mac})),set(ipv4(dst=192.168.1.137)),${port}`;
}

/** Remembers every connection to a bridge, for counting what was sent on it. */
class Connections {
  readonly made: Switch[] = [];
  readonly connect = async (target: string): Promise<Switch> => {
    const found = await connectSwitch(target);
    this.made.push(found);
    return found;
  };

  /** How many messages that change flows were sent. */
  get changes(): number {
    const kinds = ["flowMod", "bundleControl", "bundleAdd"] as const;
    return this.made.reduce((sum, found) => {
      const { sent } = found.stats();
      return sum + kinds.reduce((inner, kind) => inner + (sent[kind] ?? 0), 0);
    }, 0);
  }
}

const fromA = "in_port=qvoA,dl_src=fa:16:3e:00:00:0a,dl_dst=fa:16:3e:99:99:99";
const fromB = "in_port=qvoB,dl_src=fa:16:3e:00:00:0b,dl_dst=fa:16:3e:99:99:99";
const ttl = "nw_ttl=64";

describeWith(["openvswitch"], "lanes on a node", function () {
  this.timeout(30_000);
  let node: TestNode;

  beforeEach(async () => {
    node = await TestNode.start();
    await node.plug(vmA);
    await node.plug(vmB);
    await node.plug(collector);
  });

  afterEach(async () => {
    await node[Symbol.asyncDispose]();
  });

  async function assertEnds(bridge: string, flow: string, expected: string): Promise<void> {
    assert.equal(await node.ends(bridge, flow), expected, flow);
  }

  it("carry ARP and IP both ways to a collector on the same node, for two tenants with one address at once", async () => {
    await using lanes = await open(
      node,
      documentOf({ a: { ...probeA, collector: "here" }, b: { ...probeB, collector: "here" } }),
    );
    const { lanes: applied } = await lanes.apply();
    assert.deepEqual(
      applied.map(({ placement, down }) => [placement, down]),
      [
        ["same-node", undefined],
        ["same-node", undefined],
      ],
    );
    await assertEnds(
      "br-int",
      `${fromA},icmp,nw_src=192.168.1.137,nw_dst=10.100.7.140,${ttl}`,
      toCollector("10.0.0.10", "0a"),
    );
    await assertEnds(
      "br-int",
      `${fromB},tcp,nw_src=192.168.1.137,nw_dst=10.100.7.140,${ttl}`,
      toCollector("10.0.0.11", "0b"),
    );
    const fromS = `in_port=qvoS,dl_src=${collector.mac}`;
    await assertEnds(
      "br-int",
      `${fromS},dl_dst=da:7a:0a:00:00:0a,tcp,nw_src=10.100.7.140,nw_dst=10.0.0.10,${ttl}`,
      toVm(vmA.mac, "qvoA"),
    );
    await assertEnds(
      "br-int",
      `${fromS},dl_dst=da:7a:0a:00:00:0b,icmp,nw_src=10.100.7.140,nw_dst=10.0.0.11,${ttl}`,
      toVm(vmB.mac, "qvoB"),
    );
    const asked = await node.ends(
      "br-int",
      `${fromS},dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=10.100.7.140,arp_tpa=10.0.0.11,arp_sha=${collector.mac}`,
    );
    assert.match(
      asked,
      /arp\(sip=10\.0\.0\.11,tip=10\.100\.7\.140,op=2,sha=da:7a:0a:00:00:0b,tha=fa:16:3e:f3:a6:fd\)\),qvoS$/,
    );
    const router = await node.ends(
      "br-int",
      `in_port=qvoA,dl_src=${vmA.mac},dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=192.168.1.137,arp_tpa=10.100.7.140,arp_sha=${vmA.mac}`,
    );
    assert.match(
      router,
      /arp\(sip=10\.100\.7\.140,tip=192\.168\.1\.137,op=2,sha=da:7a:00:00:00:01,tha=fa:16:3e:00:00:0a\)\),qvoA$/,
    );
  });

  it("carry IP both ways over the patch pair to flat and VLAN collectors elsewhere", async () => {
    await using lanes = await open(
      node,
      documentOf({ a: { ...probeA, collector: "flat" }, b: { ...probeB, collector: "vlan100" } }),
    );
    await lanes.apply();
    const out = await node.ends("br-int", `${fromA},icmp,nw_src=192.168.1.137,nw_dst=10.100.8.140,${ttl}`);
    assert.match(
      out,
      /^set\(eth\(src=da:7a:0a:00:00:0a,dst=fa:16:3e:f3:a6:08\)\),set\(ipv4\(src=10\.0\.0\.10\)\),.*eth1/,
    );
    assert.ok(!out.includes("push_vlan"), out);
    const tagged = await node.ends("br-int", `${fromB},icmp,nw_src=192.168.1.137,nw_dst=10.200.7.140,${ttl}`);
    assert.match(tagged, /set\(ipv4\(src=10\.0\.0\.11\)\),push_vlan\(vid=100,pcp=0\),.*eth1/);
    const back = "set(eth(src=da:7a:00:00:00:01,dst=fa:16:3e:00:00:0b)),set(ipv4(dst=192.168.1.137)),qvoB";
    const fromVlan = "in_port=eth1,dl_vlan=100,dl_src=fa:16:3e:f3:a6:64,dl_dst=da:7a:0a:00:00:0b";
    await assertEnds(
      "br-ex",
      `${fromVlan},icmp,nw_src=10.200.7.140,nw_dst=10.0.0.11,${ttl}`,
      back.replace(",qvoB", ",pop_vlan,qvoB"),
    );
    const fromFlat = "in_port=eth1,dl_src=fa:16:3e:f3:a6:08,dl_dst=da:7a:0a:00:00:0a";
    const backToA = "set(eth(src=da:7a:00:00:00:01,dst=fa:16:3e:00:00:0a)),set(ipv4(dst=192.168.1.137)),qvoA";
    await assertEnds("br-ex", `${fromFlat},icmp,nw_src=10.100.8.140,nw_dst=10.0.0.10,${ttl}`, backToA);
    const asked = await node.ends(
      "br-ex",
      "in_port=eth1,dl_vlan=100,dl_src=fa:16:3e:f3:a6:64,dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=10.200.7.140,arp_tpa=10.0.0.11,arp_sha=fa:16:3e:f3:a6:64",
    );
    assert.match(asked, /arp\(sip=10\.0\.0\.11,.*op=2,sha=da:7a:0a:00:00:0b.*,eth1$/);
    assert.ok(!asked.includes("pop_vlan"), "the answer keeps the tag");
    // On the other network nobody has the address.
    const wrong = await node.ends(
      "br-ex",
      "in_port=eth1,dl_src=fa:16:3e:f3:a6:64,dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=10.200.7.140,arp_tpa=10.0.0.11",
    );
    assert.ok(!wrong.includes("op=2"), wrong);
  });

  it("keep the VM's own address with nat: none, and still not its MAC", async () => {
    await using lanes = await open(node, documentOf({ a: { ...probe("id-a"), nat: "none" } }));
    await lanes.apply();
    const out = await node.ends("br-int", `${fromA},icmp,nw_src=192.168.1.137,nw_dst=10.100.8.140,${ttl}`);
    assert.match(out, /^set\(eth\(src=da:7a:c0:a8:01:89,dst=fa:16:3e:f3:a6:08\)\),br-ex,eth1/);
    const back = "in_port=eth1,dl_src=fa:16:3e:f3:a6:08,dl_dst=da:7a:c0:a8:01:89";
    const toA = "set(eth(src=da:7a:00:00:00:01,dst=fa:16:3e:00:00:0a)),qvoA";
    await assertEnds("br-ex", `${back},icmp,nw_src=10.100.8.140,nw_dst=192.168.1.137,${ttl}`, toA);
    assert.equal((await node.vsctl("get port qvoA external_ids")).trim(), "{}");
  });

  for (const name of ["here", "flat", "vlan100"]) {
    it(`drop what is forged, tagged, or not allowed on the way to and from the collector "${name}"`, async () => {
      const limited = {
        here: { ...here, allow: ["tcp/1514"] },
        flat: { ...flat, allow: ["tcp/1514"] },
        vlan100: { ...vlan100, allow: ["tcp/1514"] },
      };
      await using lanes = await open(node, documentOf({ a: { ...probeA, collector: name } }, limited));
      await lanes.apply();
      const { ip, mac, segment } = name === "here" ? here : name === "flat" ? flat : vlan100;
      const passes = await node.ends(
        "br-int",
        `${fromA},tcp,nw_src=192.168.1.137,nw_dst=${ip},tp_dst=1514,${ttl}`,
      );
      assert.match(passes, /set\(ipv4\(src=10\.0\.0\.10\)\)/);
      const dropped = [
        `${fromA.replace("00:0a", "00:ee")},tcp,nw_src=192.168.1.137,nw_dst=${ip},tp_dst=1514`,
        `${fromA},tcp,nw_src=192.168.1.138,nw_dst=${ip},tp_dst=1514`,
        `${fromA},tcp,nw_src=192.168.1.137,nw_dst=${ip},tp_dst=22`,
        `${fromA},udp,nw_src=192.168.1.137,nw_dst=${ip},udp_dst=1514`,
        `${fromA},icmp,nw_src=192.168.1.137,nw_dst=${ip}`,
        `${fromA},dl_vlan=55,tcp,nw_src=192.168.1.137,nw_dst=${ip},tp_dst=1514`,
      ];
      await Promise.all(dropped.map((flow) => assertEnds("br-int", `${flow},${ttl}`, "drop")));
      const entry =
        name === "here" ? "in_port=qvoS" : segment === "flat" ? "in_port=eth1" : "in_port=eth1,dl_vlan=100";
      const bridge = name === "here" ? "br-int" : "br-ex";
      const back = `${entry},dl_src=${mac},dl_dst=da:7a:0a:00:00:0a`;
      const answered = await node.ends(
        bridge,
        `${back},tcp,nw_src=${ip},nw_dst=10.0.0.10,tp_src=1514,${ttl}`,
      );
      assert.match(answered, /,qvoA$/);
      await assertEnds(
        bridge,
        `${back},tcp,nw_src=${ip},nw_dst=10.0.0.10,tp_src=22,tp_dst=1514,${ttl}`,
        "drop",
      );
    });
  }

  it("let no packet cross the patch pair by themselves, not even while our flows are gone", async () => {
    await using lanes = await open(node, documentOf({ a: { ...probeA, collector: "flat" } }));
    await lanes.apply();
    await node.ovs.ofctl(
      "-O",
      "OpenFlow13",
      "del-flows",
      node.ovs.mgmt("br-int"),
      "cookie=0x6f766b1000000000/0xfffffff000000000",
    );
    await node.ovs.ofctl(
      "-O",
      "OpenFlow13",
      "del-flows",
      node.ovs.mgmt("br-ex"),
      "cookie=0x6f766b1000000000/0xfffffff000000000",
    );
    const broadcast = "dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=192.168.1.137,arp_tpa=10.100.8.140";
    const sent = await node.ends("br-int", `in_port=qvoA,dl_src=${vmA.mac},${broadcast}`);
    assert.ok(!sent.includes("eth1"), sent);
    const received = await node.ends("br-ex", `in_port=eth1,dl_src=fa:16:3e:f3:a6:08,${broadcast}`);
    assert.ok(!/qvo/.test(received), received);
  });

  it("change nothing the second time: no message that changes flows is sent", async () => {
    const document = documentOf({
      a: { ...probeA, collector: "here" },
      b: { ...probeB, collector: "vlan100" },
    });
    {
      await using lanes = await open(node, document);
      await lanes.apply();
    }
    const before = await node.dump();
    const connections = new Connections();
    await using lanes = await open(node, document, { connectSwitch: connections.connect });
    const { bridges, database } = await lanes.apply();
    assert.deepEqual([bridges, database], [[], []]);
    assert.equal(connections.made.length, 2, "both bridges were read");
    assert.equal(connections.changes, 0);
    assert.equal(await node.dump(), before);
    assert.deepEqual(
      planLines(await lanes.plan()).filter((line) => /^[-+b d]/.test(line)),
      [],
    );
  });

  it("leave switch and database byte for byte as they were when they are removed", async () => {
    const before = await node.dump();
    await using lanes = await open(
      node,
      documentOf({ a: { ...probeA, collector: "here" }, b: { ...probeB, collector: "vlan100" } }),
    );
    await lanes.apply();
    assert.notEqual(await node.dump(), before);
    await lanes.remove();
    assert.equal(await node.dump(), before);
    await lanes.remove();
    assert.equal(await node.dump(), before);
  });

  it("come and go one by one with the policy, the patch pair going with the last that needs it", async () => {
    const both = documentOf({ a: { ...probeA, collector: "here" }, b: { ...probeB, collector: "vlan100" } });
    {
      await using lanes = await open(node, both);
      await lanes.apply();
    }
    await using lanes = await open(node, documentOf({ a: { ...probeA, collector: "here" } }));
    const { database } = await lanes.apply();
    assert.deepEqual(
      database.map(({ kind }) => kind),
      ["remove-patch-pair", "forget-proxy"],
    );
    assert.equal((await node.vsctl("list-ports br-int")).includes("int-probe"), false);
    assert.equal((await node.vsctl("get port qvoB external_ids")).trim(), "{}");
    assert.ok(!(await node.flows("br-ex")).some((line) => line.includes("0x6f766b1")));
    assert.ok((await node.flows("br-int")).some((line) => line.includes("10.0.0.10")));
  });

  it("are all up but those whose port isn't ready, which say why and come up when it is", async () => {
    const dead = { name: "qvoD", ifaceId: "id-d", mac: "fa:16:3e:00:00:0d", tag: 4095 };
    const inactive = { name: "qvoI", ifaceId: "id-i", mac: "fa:16:3e:00:00:0e", tag: 4, status: "inactive" };
    const broken = { name: "qvoX", ifaceId: "id-x", mac: "fa:16:3e:00:00:0f", tag: 4, type: "system" };
    await Promise.all([dead, inactive, broken].map((port) => node.plug(port)));
    const document = documentOf({
      a: { ...probeA, collector: "here" },
      d: probe("id-d"),
      i: probe("id-i"),
      x: probe("id-x"),
      missing: probe("id-m"),
    });
    await using lanes = await open(node, document);
    const { lanes: applied } = await lanes.apply();
    const reasons = new Map(applied.map(({ name, down }) => [name, down?.code]));
    assert.deepEqual(
      [...reasons.values()],
      [undefined, "port-dead", "port-inactive", "port-ofport", "port-missing"],
    );
    assert.match(applied.find(({ name }) => name === "x")?.down?.reason ?? "", /ofport -1.*No such device/);
    assert.ok((await node.flows("br-int")).some((line) => line.includes("10.0.0.10")));
    await node.vsctl(
      "set port qvoD tag=5 -- set interface qvoI external_ids:iface-status=active -- set interface qvoX type=dummy",
    );
    const { lanes: later } = await lanes.apply();
    assert.deepEqual(
      later.map(({ down }) => down?.code),
      [undefined, undefined, undefined, undefined, "port-missing"],
    );
    const statuses = await lanes.status();
    assert.deepEqual(
      statuses.map(({ up }) => up),
      [true, true, true, true, false],
    );
    assert.equal(statuses[1]?.port?.tag, 5);
  });

  it("take packets in from every member of a bond, and send through it by NORMAL", async () => {
    await node.vsctl(
      "del-port br-ex eth1 -- add-bond br-ex bond0 eth1 eth2 -- set interface eth1 type=dummy -- set interface eth2 type=dummy",
    );
    await using lanes = await open(node, documentOf({ a: { ...probeA, collector: "flat" } }));
    const { lanes: applied } = await lanes.apply();
    assert.equal(applied[0]?.down, undefined);
    const hooks = (await node.flows("br-ex")).filter((line) => line.includes("arp_tpa=10.0.0.10"));
    assert.equal(hooks.length, 2);
    const sent = (await node.flows("br-ex")).filter((line) => line.includes("nw_src=10.0.0.10"));
    assert.match(sent.join("\n"), /actions=NORMAL$/);
    const back =
      "dl_src=fa:16:3e:f3:a6:08,dl_dst=da:7a:0a:00:00:0a,icmp,nw_src=10.100.8.140,nw_dst=10.0.0.10";
    const members = ["eth1", "eth2"].map((member) => node.ends("br-ex", `in_port=${member},${back},${ttl}`));
    for (const end of await Promise.all(members)) assert.match(end, /,qvoA$/);
  });

  it("have hooks of the priority that is set", async () => {
    await using lanes = await open(node, documentOf({ a: { ...probeA, collector: "flat" } }), {
      priority: 4000,
    });
    await lanes.apply();
    const own = (await node.flows("br-int")).filter(
      (line) => /cookie=0x6f766b1/.test(line) && !line.includes("table="),
    );
    assert.deepEqual(new Set(own.map((line) => /priority=(\d+)/.exec(line)?.[1])), new Set(["4000", "3990"]));
    await assert.rejects(open(node, documentOf({}), { priority: 10 }), RangeError);
    await assert.rejects(open(node, documentOf({}), { priority: 70_000 }), RangeError);
  });

  it("keep their proxy addresses over restarts of database and switch, and when the document grows", async () => {
    const chosen = { port: { "iface-id": "id-b" }, ip: "192.168.1.137", collector: "flat" };
    let first: string | undefined;
    {
      await using lanes = await open(node, documentOf({ b: chosen }));
      await lanes.apply();
      first = (await lanes.status())[0]?.proxy?.ip;
    }
    assert.ok(first);
    assert.equal((await node.vsctl("get port qvoB external_ids:ovskit-proxy")).trim(), `"${first}"`);
    // Somebody else's choice must not push it away: moved to another address by hand, it stays there.
    await node.vsctl("set port qvoB external_ids:ovskit-proxy=10.0.0.77");
    await node.ovs.stopVswitchd();
    await node.ovs.stopDatabase();
    await node.ovs.startDatabase();
    await node.ovs.startVswitchd();
    await using lanes = await open(
      node,
      documentOf({ a: { ...chosen, port: { "iface-id": "id-a" } }, b: chosen }),
    );
    const { lanes: applied } = await lanes.apply();
    assert.deepEqual(
      applied.map(({ down }) => down),
      [undefined, undefined],
    );
    assert.equal(applied[1]?.proxy?.ip, "10.0.0.77");
    assert.ok((await node.flows("br-ex")).some((line) => line.includes("arp_tpa=10.0.0.77")));
  });

  it("are there again after the switch has restarted, over connections made anew", async () => {
    await using lanes = await open(node, documentOf({ a: { ...probeA, collector: "flat" } }));
    await lanes.apply();
    const before = await node.flows("br-int");
    await node.ovs.stopVswitchd();
    await node.ovs.startVswitchd();
    assert.equal((await lanes.status())[0]?.down?.code, "not-applied");
    await lanes.apply();
    assert.deepEqual(own(await node.flows("br-int")), own(before));
    assert.equal((await lanes.status())[0]?.up, true);
  });

  it("come back when somebody deletes a patch port or a flow, alters one, or puts his own in its place", async () => {
    await using lanes = await open(node, documentOf({ a: { ...probeA, collector: "flat" } }));
    await lanes.apply();
    const before = await node.flows("br-int");
    await node.addFlow("br-int", "cookie=0x77,table=210,priority=0,actions=NORMAL");
    await node.ovs.ofctl(
      "-O",
      "OpenFlow13",
      "--strict",
      "mod-flows",
      node.ovs.mgmt("br-int"),
      "table=0,priority=190,in_port=int-probe,actions=NORMAL",
    );
    await node.ovs.ofctl(
      "-O",
      "OpenFlow13",
      "--strict",
      "del-flows",
      node.ovs.mgmt("br-int"),
      "table=211,priority=0",
    );
    const plan = await lanes.plan();
    assert.deepEqual(
      plan.foreign.map(({ effect, flow }) => [effect, flow.cookie]),
      [["replaced", 0x77n]],
    );
    const kinds = plan.bridges.flatMap(({ changes }) => changes.map(({ kind }) => kind));
    assert.deepEqual(kinds.toSorted(), ["add", "add", "modify"]);
    await lanes.apply();
    assert.deepEqual(await node.flows("br-int"), before);
    await node.vsctl("del-port br-ex ex-probe");
    await lanes.apply();
    const [status] = await lanes.status();
    assert.equal(status?.up, true);
    assert.match(
      await node.ends("br-int", `${fromA},icmp,nw_src=192.168.1.137,nw_dst=10.100.8.140,${ttl}`),
      /eth1/,
    );
  });

  it("aren't applied beside ovn-controller unless that is asked for", async () => {
    await node.vsctl("set Open_vSwitch . external_ids:ovn-remote=tcp:10.0.0.1:6642");
    const before = await node.dump();
    const document = documentOf({ a: { ...probeA, collector: "here" } });
    {
      await using lanes = await open(node, document);
      await assert.rejects(lanes.apply(), { code: "ERR_LANES_OVN", ovnRemote: "tcp:10.0.0.1:6642" });
      assert.equal(await node.dump(), before);
      assert.match((await lanes.plan()).warnings.join("\n"), /ovn-controller runs here/);
    }
    await using lanes = await open(node, document, { allowOvn: true });
    assert.equal((await lanes.apply()).lanes[0]?.down, undefined);
  });
});
