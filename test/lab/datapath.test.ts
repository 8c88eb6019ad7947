// Datapath actions carried out on a packet: what the cases are proven by where no packet can be sent. The action lists
// are Open vSwitch's own, from ofproto/trace.
import assert from "node:assert/strict";
import { departures, flowText } from "../../lab/datapath.ts";

const packet = {
  kind: "icmp",
  dl_src: "fa:16:3e:d6:e8:05",
  dl_dst: "fa:16:3e:00:00:01",
  nw_src: "192.168.1.137",
  nw_dst: "10.100.7.140",
};
const ports = new Set(["eth1", "br-ex", "br-int", "qvo10e9944b-bf"]);

describe("datapath actions carried out by the lab", () => {
  it("rewrite addresses and push a VLAN before the packet leaves", () => {
    const actions =
      "set(eth(src=fa:16:3e:99:01:37,dst=fa:16:3e:f3:a6:fd)),set(ipv4(src=10.0.0.137)),push_vlan(vid=100,pcp=0),br-ex,eth1";
    const left = departures(actions, packet, ports);
    assert.deepEqual(
      left.map(({ port }) => port),
      ["br-ex", "eth1"],
    );
    assert.deepEqual(left[1]?.packet, {
      ...packet,
      dl_src: "fa:16:3e:99:01:37",
      dl_dst: "fa:16:3e:f3:a6:fd",
      nw_src: "10.0.0.137",
      dl_vlan: "100",
    });
  });

  it("show each port the packet as it was at that point", () => {
    const tagged = { ...packet, dl_vlan: "300" };
    const left = departures(
      "br-ex,pop_vlan,push_vlan(vid=7,pcp=0),br-int,pop_vlan,qvo10e9944b-bf",
      tagged,
      ports,
    );
    assert.deepEqual(
      left.map(({ port, packet: { dl_vlan } }) => [port, dl_vlan]),
      [
        ["br-ex", "300"],
        ["br-int", "7"],
        ["qvo10e9944b-bf", undefined],
      ],
    );
  });

  it("turn an ARP request into its answer", () => {
    const request = {
      kind: "arp",
      dl_src: "fa:16:3e:d6:e8:05",
      arp_op: "1",
      arp_spa: "1.1.1.1",
      arp_tpa: "2.2.2.2",
    };
    const [answer] = departures(
      "set(arp(sip=2.2.2.2,tip=1.1.1.1,op=2,sha=fa:16:3e:00:00:01)),eth1",
      request,
      ports,
    );
    assert.equal(answer?.packet["arp_op"], "2");
    assert.equal(answer?.packet["arp_sha"], "fa:16:3e:00:00:01");
    assert.equal(answer?.packet["arp_spa"], "2.2.2.2");
  });

  it("let nothing leave on drop", () => {
    assert.deepEqual(departures("drop", packet, ports), []);
  });

  it("are refused when the lab doesn't know what they do", () => {
    for (const action of ["ct(commit)", "set(tcp(src=1))", "set(ipv4(src=10.0.0.0/255.0.0.0))", "eth9"]) {
      assert.throws(() => departures(`${action},eth1`, packet, ports), { code: "ERR_LAB" }, action);
    }
  });

  it("start from a packet in the words of ofproto/trace", () => {
    assert.equal(
      flowText("eth1", { kind: "arp", dl_vlan: "100", arp_op: "1" }),
      'in_port="eth1",arp,dl_vlan=100,arp_op=1',
    );
  });
});
