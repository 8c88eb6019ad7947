// What is said of a packet by its trace, in Open vSwitch's own words: where it ends and whose flow decided.
import assert from "node:assert/strict";
import {
  type LanePlaces,
  type TracedPacket,
  type TraceRequest,
  tracedPacket,
  traceRequests,
} from "../../src/policy/explanation.ts";
import type { Lane } from "../../src/policy/lane/lane.ts";
import { parseTrace } from "../../src/unixctl/index.ts";

const lane: Lane = {
  name: "vm-137",
  id: 7,
  probe: { port: 5, mac: "fa:16:3e:00:00:01", ip: "192.168.1.137" },
  proxy: { ip: "10.0.0.137", mac: "da:7a:0a:00:00:89" },
  collector: {
    ip: "10.100.7.140",
    mac: "fa:16:3e:f3:a6:fd",
    segment: 100,
    allow: [{ protocol: "udp", port: 514 }],
  },
  route: { placement: "elsewhere", integrationPatch: 11, providerPatch: 12, uplinks: [1, 2] },
};

const places: LanePlaces = {
  integration: "br-int",
  provider: "br-ex",
  probe: "qvo-1",
  collector: ["eth1", "eth2"],
  lanes: new Map([
    [7, "vm-137"],
    [8, "vm-138"],
  ]),
};

function requestFor(packet: TraceRequest["packet"]): TraceRequest {
  const found = traceRequests(lane, places).find((request) => request.packet === packet);
  assert.ok(found);
  return found;
}

function said(packet: TraceRequest["packet"], steps: readonly string[], actions: string): TracedPacket {
  const text = [
    "Flow: ip",
    "",
    ...steps,
    "",
    "Final flow: unchanged",
    "Megaflow: ip",
    `Datapath actions: ${actions}`,
    "",
  ].join("\n");
  return tracedPacket(lane, places, requestFor(packet), parseTrace(text));
}

function step(bridge: string, header: string, action: string): readonly string[] {
  return [`bridge("${bridge}")`, "-".repeat(bridge.length + 10), header, `    ${action}`];
}

const hook = " 0. ip,in_port=qvo-1,nw_dst=10.100.7.140, priority 200, cookie 0x6f766b1100000007";
const outward = ` 0. ip,in_port="ex-probe", priority 200, cookie 0x6f766b1100000007`;

describe("the packets that are traced", () => {
  it("are ARP and IP both ways, of the first service that passes, on the far side with the provider's tag", () => {
    assert.deepEqual(
      traceRequests(lane, places).map(({ packet, bridge, flow, expected }) => [
        packet,
        bridge,
        flow,
        expected,
      ]),
      [
        [
          "arp-from-probe",
          "br-int",
          "in_port=5,dl_src=fa:16:3e:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=192.168.1.137,arp_tpa=10.100.7.140,arp_sha=fa:16:3e:00:00:01",
          ["qvo-1"],
        ],
        [
          "ip-to-collector",
          "br-int",
          "in_port=5,dl_src=fa:16:3e:00:00:01,dl_dst=da:7a:00:00:00:01,udp,udp_src=40000,udp_dst=514,nw_src=192.168.1.137,nw_dst=10.100.7.140,nw_ttl=64",
          ["eth1", "eth2"],
        ],
        [
          "arp-from-collector",
          "br-ex",
          "in_port=1,dl_vlan=100,dl_src=fa:16:3e:f3:a6:fd,dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=10.100.7.140,arp_tpa=10.0.0.137,arp_sha=fa:16:3e:f3:a6:fd",
          ["eth1"],
        ],
        [
          "ip-from-collector",
          "br-ex",
          "in_port=1,dl_vlan=100,dl_src=fa:16:3e:f3:a6:fd,dl_dst=da:7a:0a:00:00:89,udp,udp_src=514,udp_dst=40000,nw_src=10.100.7.140,nw_dst=10.0.0.137,nw_ttl=64",
          ["qvo-1"],
        ],
      ],
    );
  });

  it("are sent in by the collector's own port on the same node", () => {
    const near: Lane = { ...lane, route: { placement: "same-node", collectorPort: 9 } };
    const requests = traceRequests(near, { ...places, collector: ["qvoS"] });
    assert.deepEqual(
      requests.map(({ bridge, flow, expected }) => [bridge, flow.slice(0, 10), expected]),
      [
        ["br-int", "in_port=5,", ["qvo-1"]],
        ["br-int", "in_port=5,", ["qvoS"]],
        ["br-int", "in_port=9,", ["qvoS"]],
        ["br-int", "in_port=9,", ["qvo-1"]],
      ],
    );
  });
});

describe("a traced packet", () => {
  it("arrived when it left by any uplink, whatever else the flood reached", () => {
    const steps = [
      ...step("br-int", hook, "goto_table:210"),
      ...step("br-ex", outward, "NORMAL"),
      ...step("br-int", "211. priority 0, cookie 0x6f766b1400000000", "drop"),
    ];
    const packet = said(
      "ip-to-collector",
      steps,
      "set(eth(src=da:7a:0a:00:00:89,dst=fa:16:3e:f3:a6:fd)),push_vlan(vid=100,pcp=0),br-ex,eth2",
    );
    assert.deepEqual(
      [packet.arrived, packet.ports, packet.decision?.bridge, packet.decision?.owner],
      [true, ["br-ex", "eth2"], "br-ex", "this lane"],
    );
    assert.match(
      packet.sentence,
      /^IP to the collector: leaves by br-ex, eth2; decided by br-ex table 0 priority 200 /,
    );
  });

  it("was dropped by the last flow of ours it met", () => {
    const steps = [
      ...step("br-int", hook, "goto_table:210"),
      "210. priority 0, cookie 0x6f766b1400000000",
      "    drop",
    ];
    const packet = said("ip-to-collector", steps, "drop");
    assert.deepEqual(
      [packet.arrived, packet.decision?.table, packet.decision?.owner],
      [false, 210, "all lanes"],
    );
    assert.equal(
      packet.sentence,
      "IP to the collector: dropped; decided by br-int table 210 priority 0 (everything), of all lanes",
    );
  });

  it("went elsewhere by another lane's flow, which is named, or by a stranger's", () => {
    const other = step("br-int", " 0. ip,in_port=5, priority 200, cookie 0x6f766b1100000008", "output:3");
    const packet = said("ip-from-collector", other, "tap9");
    assert.equal(packet.arrived, false);
    assert.match(packet.sentence, /: goes to tap9 instead of qvo-1; .*, of lane vm-138$/);
    const gone = step("br-int", " 0. ip,in_port=5, priority 200, cookie 0x6f766b1100000009", "output:3");
    assert.match(said("ip-from-collector", gone, "tap9").sentence, /, of another lane$/);
    const foreign = step("br-int", " 0. priority 0, cookie 0xa1b2", "NORMAL");
    assert.match(
      said("ip-from-collector", foreign, "tap9").sentence,
      /\(everything\), of somebody else, cookie 0xa1b2$/,
    );
  });

  it("of ARP arrived when the answer, and nothing else, went back where it came from", () => {
    const answered = step("br-int", " 0. arp,in_port=5, priority 200, cookie 0x6f766b1100000007", "IN_PORT");
    assert.match(
      said("arp-from-probe", answered, "set(arp(op=2)),qvo-1").sentence,
      /^ARP from the probe: answered by the switch; /,
    );
    const flooded = said(
      "arp-from-probe",
      step("br-int", " 0. priority 0", "NORMAL"),
      "push_vlan(vid=2,pcp=0),br-int,pop_vlan,tap9",
    );
    assert.deepEqual([flooded.arrived, flooded.ports], [false, ["br-int", "tap9"]]);
    assert.match(flooded.sentence, /not answered, goes on to br-int, tap9/);
    assert.match(said("arp-from-probe", answered, "drop").sentence, /dropped, not answered/);
  });

  it("may have met no flow at all", () => {
    assert.match(
      said("ip-to-collector", ['bridge("br-int")', "----------", " 0. No match."], "drop").sentence,
      /: dropped; no flow matched$/,
    );
  });
});
