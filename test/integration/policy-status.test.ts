// What is said of lanes on a real Open vSwitch: how much they carried and when, and why they carry or don't.
import assert from "node:assert/strict";
import { until } from "../../lab/waiting.ts";
import { type Lanes, openLanes, planLines, policyFrom } from "../../src/policy/index.ts";
import { describeWith } from "../support/needs.ts";
import { TestNode } from "./policy-node.ts";

const vmA = { name: "qvoA", ifaceId: "id-a", mac: "fa:16:3e:00:00:0a", tag: 2 };
const collector = { name: "qvoS", ifaceId: "id-s", mac: "fa:16:3e:f3:a6:fd", tag: 1 };

const collectors = {
  here: { ip: "10.100.7.140", mac: collector.mac, segment: "flat" },
  away: { ip: "10.200.7.140", mac: "fa:16:3e:f3:a6:64", segment: 100, allow: ["udp/1514"] },
};

const packetToHere =
  "in_port(1),eth(src=fa:16:3e:00:00:0a,dst=da:7a:00:00:00:01),eth_type(0x0800),ipv4(src=192.168.1.137,dst=10.100.7.140,proto=1,tos=0,ttl=64,frag=no),icmp(type=8,code=0)";

describeWith(["openvswitch"], "what is said of lanes", function () {
  this.timeout(30_000);
  let node: TestNode;

  beforeEach(async () => {
    node = await TestNode.start();
    await node.plug(vmA);
    await node.plug(collector);
  });

  afterEach(async () => {
    await node[Symbol.asyncDispose]();
  });

  function open(name: string): Promise<Lanes> {
    const probe = {
      port: { "iface-id": "id-a" },
      ip: "192.168.1.137",
      collector: name,
      proxy: { ip: "10.0.0.10" },
    };
    const policy = policyFrom({
      version: 1,
      pool: { cidr: "10.0.0.0/24" },
      collectors,
      probes: { a: probe },
    });
    return openLanes({ ovsdb: node.ovs.ovsdb, rundir: node.ovs.rundir, policy });
  }

  it("counts packets and bytes each way, and says when they last moved", async () => {
    await using lanes = await open("here");
    assert.deepEqual((await lanes.status())[0]?.down?.code, "not-applied");
    await lanes.apply();
    const [fresh] = await lanes.status();
    assert.deepEqual(fresh?.toCollector, { packets: 0n, bytes: 0n, lastMoved: { kind: "never" } });
    for (let sent = 0; sent < 4; sent += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one packet after the other, as a VM sends them
      await node.ovs.appctl("netdev-dummy/receive", "qvoA", packetToHere);
    }
    await until("the switch's counters", 10_000, async () => {
      const [status] = await lanes.status();
      return status?.toCollector.packets === 4n && status.toCollector.lastMoved.kind === "ago";
    });
    const [status] = await lanes.status();
    assert.ok(status);
    assert.ok(status.toCollector.bytes >= 4n * 42n);
    assert.deepEqual(status.fromCollector, { packets: 0n, bytes: 0n, lastMoved: { kind: "never" } });
    assert.deepEqual(
      [status.up, status.placement, status.proxy?.ip, status.port?.tag],
      [true, "same-node", "10.0.0.10", 2],
    );
    await node.ovs.appctl("revalidator/purge");
    await until("the datapath's end of the flow", 10_000, async () => {
      const [later] = await lanes.status();
      return later?.toCollector.lastMoved.kind === "longer" && later.toCollector.packets === 4n;
    });
  });

  it("explains a lane that carries, packet by packet, with the flow that decided", async () => {
    for (const name of ["here", "away"]) {
      // oxlint-disable-next-line no-await-in-loop -- one policy after the other
      await using lanes = await open(name);
      // oxlint-disable-next-line no-await-in-loop -- see above
      await lanes.apply();
      // oxlint-disable-next-line no-await-in-loop -- see above
      const explanation = await lanes.explain("a");
      assert.equal(explanation.sentence, `a and ${name} reach each other`);
      assert.deepEqual(
        explanation.packets.map(({ packet, arrived, decision }) => [packet, arrived, decision?.owner]),
        [
          ["arp-from-probe", true, "this lane"],
          ["ip-to-collector", true, "this lane"],
          ["arp-from-collector", true, "this lane"],
          ["ip-from-collector", true, "this lane"],
        ],
      );
    }
  });

  it("explains where packets end that somebody else's flow takes", async () => {
    await using lanes = await open("away");
    await lanes.apply();
    await node.addFlow("br-int", "cookie=0xbad,table=0,priority=300,ip,in_port=qvoA,actions=drop");
    const explanation = await lanes.explain("a");
    assert.equal(explanation.sentence, "a and away don't reach each other: IP to the collector");
    const ip = explanation.packets.find(({ packet }) => packet === "ip-to-collector");
    assert.deepEqual(
      [ip?.arrived, ip?.ports, ip?.decision?.owner, ip?.decision?.priority],
      [false, [], "somebody else", 300],
    );
    assert.equal(
      ip?.sentence,
      "IP to the collector: dropped; decided by br-int table 0 priority 300 (ip,in_port=qvoA), of somebody else, cookie 0xbad",
    );
    assert.match(
      planLines(await lanes.plan()).join("\n"),
      /warning: a flow of somebody else stands above hooks .*\(lane a\): cookie=0xbad/,
    );
  });

  it("explains that packets of a lane that isn't applied go where all others go", async () => {
    await using lanes = await open("here");
    const { sentence, packets } = await lanes.explain("a");
    assert.match(
      sentence,
      /don't reach each other: ARP from the probe, IP to the collector, ARP from the collector/,
    );
    assert.ok(packets.every(({ decision }) => decision?.owner === "somebody else"));
  });

  it("explains a lane that is down by its reason, and knows no other probes", async () => {
    await using lanes = await open("here");
    await node.vsctl("set port qvoA tag=4095");
    await until("the replica", 5000, async () => (await lanes.explain("a")).down !== undefined);
    const { sentence, packets } = await lanes.explain("a");
    assert.equal(sentence, "a is down: port qvoA has tag 4095: Neutron hasn't wired it");
    assert.deepEqual(packets, []);
    await assert.rejects(lanes.explain("b"), { code: "ERR_LANES_PROBE", probe: "b" });
  });

  it("says what a plan would change before it is applied, in ovs-ofctl syntax with the ports' names", async () => {
    await using lanes = await open("away");
    const lines = planLines(await lanes.plan());
    assert.ok(lines.includes("bridge br-int") && lines.includes("bridge br-ex"));
    assert.ok(
      lines.some((line) =>
        /^\+ cookie=0x6f766b12\w+, table=210, .*in_port=qvoA.*output:"?int-probe"?$/.test(line),
      ),
      lines.join("\n"),
    );
    assert.ok(lines.includes("+ patch port int-probe on br-int"));
    assert.ok(lines.includes("+ port qvoA external_ids:ovskit-proxy=10.0.0.10"));
    assert.ok(
      lines.some((line) =>
        line.startsWith("outside: collector away (10.200.7.140) needs 10.0.0.0/24 on-link"),
      ),
    );
    assert.ok(
      !(await node.flows("br-int")).some((line) => line.includes("0x6f766b1")),
      "a plan changes nothing",
    );
  });
});
