import assert from "node:assert/strict";
import { parseDatapathFlow, parseDatapathFlows } from "../../src/unixctl/datapath-flows.ts";

// As ovs-vswitchd 3.1 prints them.
const lines = {
  tcp: "recirc_id(0),in_port(vm1),packet_type(ns=0,id=0),eth(src=00:00:00:00:00:01,dst=00:00:00:00:00:02),eth_type(0x0800),ipv4(src=192.168.1.1,dst=10.0.0.1,proto=6,frag=no), packets:2, bytes:236, used:1.216s, flags:., actions:set(eth(src=fa:16:3e:00:00:02)),set(ipv4(src=10.0.0.9)),push_vlan(vid=100,pcp=0),br-ex,eth",
  arp: "recirc_id(0),in_port(4),packet_type(ns=0,id=0),eth(src=00:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff),eth_type(0x0806),arp(sip=192.168.1.1,tip=10.0.0.1,op=1,sha=00:00:00:00:00:01,tha=00:00:00:00:00:00), packets:0, bytes:0, used:never, actions:userspace(pid=0,slow_path(action))",
  vlan: "recirc_id(0),in_port(eth),packet_type(ns=0,id=0),eth_type(0x8100),vlan(vid=100,pcp=0/0x0),encap(eth_type(0x0800),ipv4(src=10.0.0.0/255.255.255.0,frag=no)), packets:18446744073709551615, bytes:9007199254740993, used:0.000s, actions:drop",
  more: "ufid:b1dfcdbd-fab1-419b-acc7-52745d28a7c2, skb_priority(0/0),recirc_id(0),dp_hash(0/0),in_port(vm1),packet_type(ns=0,id=0),eth(src=00:00:00:00:00:01,dst=00:00:00:00:00:02),eth_type(0x0800),ipv4(src=192.168.1.1,dst=10.0.0.1,proto=17/0,tos=0/0,ttl=64/0,frag=no),udp(src=1/0,dst=53/0), packets:2, bytes:236, used:1.226s, dp:ovs, actions:br-ex,eth, dp-extra-info:miniflow_bits(5,2)",
};

describe("a flow of the datapath", () => {
  it("has its port, addresses, counters and when it was last used", () => {
    const { attributes: _attributes, ...flow } = parseDatapathFlow(lines.tcp) ?? assert.fail();
    assert.deepEqual(flow, {
      inPort: "vm1",
      vlan: undefined,
      ethSrc: "00:00:00:00:00:01",
      ethDst: "00:00:00:00:00:02",
      ethType: 0x0800,
      ipv4Src: "192.168.1.1",
      ipv4Dst: "10.0.0.1",
      ipProto: 6,
      arpSpa: undefined,
      arpTpa: undefined,
      packets: 2n,
      bytes: 236n,
      usedMsAgo: 1216,
      actions: "set(eth(src=fa:16:3e:00:00:02)),set(ipv4(src=10.0.0.9)),push_vlan(vid=100,pcp=0),br-ex,eth",
    });
  });

  it("was never used when the switch says so", () => {
    const flow = parseDatapathFlow(lines.arp);
    assert.deepEqual(
      [flow?.usedMsAgo, flow?.arpSpa, flow?.arpTpa, flow?.inPort],
      [undefined, "192.168.1.1", "10.0.0.1", "4"],
    );
    assert.equal(flow?.actions, "userspace(pid=0,slow_path(action))");
  });

  it("is what is inside its VLAN tag", () => {
    const flow = parseDatapathFlow(lines.vlan);
    assert.deepEqual(
      [flow?.vlan, flow?.ethType, flow?.ipv4Src, flow?.ipv4Dst],
      [100, 0x0800, "10.0.0.0/255.255.255.0", undefined],
    );
    assert.deepEqual([flow?.packets, flow?.bytes, flow?.usedMsAgo], [2n ** 64n - 1n, 2n ** 53n + 1n, 0]);
  });

  it("has no number where nothing of it is matched", () => {
    const flow = parseDatapathFlow(lines.more);
    assert.deepEqual([flow?.ipProto, flow?.ipv4Src, flow?.inPort], [undefined, "192.168.1.1", "vm1"]);
    assert.equal(flow?.attributes.get("udp"), "src=1/0,dst=53/0");
    assert.equal(flow?.actions, "br-ex,eth");
  });

  it("is found among lines that are none", () => {
    const text = `flow-dump from pmd on cpu core: 1\n${lines.tcp}\n\nnonsense(, packets:x\n${lines.arp}\n`;
    assert.deepEqual(
      parseDatapathFlows(text).map(({ inPort }) => inPort),
      ["vm1", "4"],
    );
    assert.deepEqual(parseDatapathFlows(""), []);
  });
});
