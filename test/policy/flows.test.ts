// The flows of lanes, as lanes.md's tables say in ovs-ofctl syntax.
import assert from "node:assert/strict";
import type { Service } from "../../src/policy/document/policy.ts";
import { fixedFlows } from "../../src/policy/lane/elsewhere.ts";
import { laneFlows } from "../../src/policy/lane/flows.ts";
import type { Lane, Route } from "../../src/policy/lane/lane.ts";
import { assertFlows } from "./flow-lines.ts";

const sameNode: Route = { placement: "same-node", collectorPort: 9 };
const elsewhere: Route = { placement: "elsewhere", integrationPatch: 11, providerPatch: 12, uplinks: [1] };
const settings = { priority: 200 };

interface Variation {
  readonly route: Route;
  readonly segment?: "flat" | number;
  readonly allow?: readonly Service[];
  readonly nat?: "none";
}

function lane({ route, segment = "flat", allow, nat }: Variation): Lane {
  return {
    name: "vm-137",
    id: 7,
    probe: { port: 5, mac: "fa:16:3e:d6:e8:05", ip: "192.168.1.137" },
    proxy:
      nat === "none"
        ? { ip: "192.168.1.137", mac: "da:7a:c0:a8:01:89" }
        : { ip: "10.0.0.137", mac: "da:7a:0a:00:00:89" },
    collector: { ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd", segment, allow },
    route,
  };
}

function respond(ip: string, mac: string): string {
  return [
    "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]",
    `set_field:${mac}->eth_src`,
    "set_field:2->arp_op",
    "move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[]",
    "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[]",
    `set_field:${mac}->arp_sha`,
    `set_field:${ip}->arp_spa`,
    "IN_PORT",
  ].join(",");
}

const answerAsRouter = respond("10.100.7.140", "da:7a:00:00:00:01");
const answerAsProxy = respond("10.0.0.137", "da:7a:0a:00:00:89");
const toProvider =
  "set_field:da:7a:0a:00:00:89->eth_src,set_field:fa:16:3e:f3:a6:fd->eth_dst,set_field:10.0.0.137->ip_src";
const toProbe =
  "set_field:da:7a:00:00:00:01->eth_src,set_field:fa:16:3e:d6:e8:05->eth_dst,set_field:192.168.1.137->ip_dst";
const hook = "cookie=0x6f766b1100000007";
const body = "cookie=0x6f766b1200000007";

describe("the flows of a lane on the collector's own node", () => {
  it("go from port to port in table 0, with ARP answered on both sides and the rest dropped", () => {
    assertFlows(laneFlows(lane({ route: sameNode }), settings), [
      `integration ${hook},table=0,priority=200,arp,in_port=5,arp_op=1,arp_tpa=10.100.7.140,actions=${answerAsRouter}`,
      `integration ${hook},table=0,priority=200,ip,in_port=5,vlan_tci=0,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140,actions=${toProvider},output:9`,
      `integration ${hook},table=0,priority=200,arp,in_port=9,arp_op=1,arp_tpa=10.0.0.137,actions=${answerAsProxy}`,
      `integration ${hook},table=0,priority=200,ip,in_port=9,dl_dst=da:7a:0a:00:00:89,nw_src=10.100.7.140,nw_dst=10.0.0.137,actions=${toProbe},output:5`,
      `integration ${hook},table=0,priority=190,ip,in_port=5,nw_dst=10.100.7.140,actions=drop`,
      `integration ${hook},table=0,priority=190,ip,in_port=9,dl_dst=da:7a:0a:00:00:89,actions=drop`,
    ]);
  });

  it("are the same whatever segment the collector is on", () => {
    assert.deepEqual(
      laneFlows(lane({ route: sameNode, segment: 100 }), settings),
      laneFlows(lane({ route: sameNode }), settings),
    );
  });

  it("leave the addresses alone with nat: none, and still hide the tenant's MAC", () => {
    const answer = respond("192.168.1.137", "da:7a:c0:a8:01:89");
    assertFlows(laneFlows(lane({ route: sameNode, nat: "none" }), settings), [
      `integration ${hook},table=0,priority=200,arp,in_port=5,arp_op=1,arp_tpa=10.100.7.140,actions=${answerAsRouter}`,
      `integration ${hook},table=0,priority=200,ip,in_port=5,vlan_tci=0,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140,actions=set_field:da:7a:c0:a8:01:89->eth_src,set_field:fa:16:3e:f3:a6:fd->eth_dst,output:9`,
      `integration ${hook},table=0,priority=200,arp,in_port=9,arp_op=1,arp_tpa=192.168.1.137,actions=${answer}`,
      `integration ${hook},table=0,priority=200,ip,in_port=9,dl_dst=da:7a:c0:a8:01:89,nw_src=10.100.7.140,nw_dst=192.168.1.137,actions=set_field:da:7a:00:00:00:01->eth_src,set_field:fa:16:3e:d6:e8:05->eth_dst,output:5`,
      `integration ${hook},table=0,priority=190,ip,in_port=5,nw_dst=10.100.7.140,actions=drop`,
      `integration ${hook},table=0,priority=190,ip,in_port=9,dl_dst=da:7a:c0:a8:01:89,actions=drop`,
    ]);
  });

  it("pass each allowed service alone, by the collector's port", () => {
    const allow: readonly Service[] = [
      { protocol: "tcp", port: 1514 },
      { protocol: "udp", port: 514 },
      { protocol: "icmp" },
    ];
    const flows = laneFlows(lane({ route: sameNode, allow }), settings);
    const to = "vlan_tci=0,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140";
    const from = "dl_dst=da:7a:0a:00:00:89,nw_src=10.100.7.140,nw_dst=10.0.0.137";
    assertFlows(
      flows.filter(({ role }) => role === "to-collector"),
      [
        `integration ${hook},table=0,priority=200,tcp,in_port=5,${to},tp_dst=1514,actions=${toProvider},output:9`,
        `integration ${hook},table=0,priority=200,udp,in_port=5,${to},tp_dst=514,actions=${toProvider},output:9`,
        `integration ${hook},table=0,priority=200,icmp,in_port=5,${to},actions=${toProvider},output:9`,
      ],
    );
    assertFlows(
      flows.filter(({ role }) => role === "from-collector"),
      [
        `integration ${hook},table=0,priority=200,tcp,in_port=9,${from},tp_src=1514,actions=${toProbe},output:5`,
        `integration ${hook},table=0,priority=200,udp,in_port=9,${from},tp_src=514,actions=${toProbe},output:5`,
        `integration ${hook},table=0,priority=200,icmp,in_port=9,${from},actions=${toProbe},output:5`,
      ],
    );
    assert.equal(flows.filter(({ role }) => role === "guard").length, 2);
  });
});

describe("the flows of a lane whose collector is elsewhere", () => {
  const integration = [
    `integration ${hook},table=0,priority=200,arp,in_port=5,arp_op=1,arp_tpa=10.100.7.140,actions=goto_table:210`,
    `integration ${hook},table=0,priority=200,ip,in_port=5,nw_dst=10.100.7.140,actions=goto_table:210`,
    `integration ${body},table=210,priority=20,arp,in_port=5,dl_src=fa:16:3e:d6:e8:05,arp_op=1,arp_spa=192.168.1.137,arp_tpa=10.100.7.140,actions=${answerAsRouter}`,
    `integration ${body},table=210,priority=20,ip,in_port=5,vlan_tci=0,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140,actions=${toProvider},output:11`,
    `integration ${body},table=211,priority=20,ip,in_port=11,dl_dst=da:7a:0a:00:00:89,nw_src=10.100.7.140,nw_dst=10.0.0.137,actions=${toProbe},output:5`,
  ];

  it("are five on the integration bridge and three on the provider bridge of a flat network", () => {
    assertFlows(laneFlows(lane({ route: elsewhere }), settings), [
      ...integration,
      `provider ${hook},table=0,priority=200,arp,in_port=1,vlan_tci=0,arp_op=1,arp_tpa=10.0.0.137,actions=${answerAsProxy}`,
      `provider ${hook},table=0,priority=200,ip,in_port=1,vlan_tci=0,dl_dst=da:7a:0a:00:00:89,nw_src=10.100.7.140,nw_dst=10.0.0.137,actions=output:12`,
      `provider ${hook},table=0,priority=200,ip,in_port=12,vlan_tci=0,dl_src=da:7a:0a:00:00:89,nw_src=10.0.0.137,nw_dst=10.100.7.140,actions=NORMAL`,
    ]);
  });

  it("push and pop the provider VLAN on the provider bridge alone", () => {
    assertFlows(laneFlows(lane({ route: elsewhere, segment: 100 }), settings), [
      ...integration,
      `provider ${hook},table=0,priority=200,arp,in_port=1,dl_vlan=100,arp_op=1,arp_tpa=10.0.0.137,actions=${answerAsProxy}`,
      `provider ${hook},table=0,priority=200,ip,in_port=1,dl_vlan=100,dl_dst=da:7a:0a:00:00:89,nw_src=10.100.7.140,nw_dst=10.0.0.137,actions=pop_vlan,output:12`,
      `provider ${hook},table=0,priority=200,ip,in_port=12,vlan_tci=0,dl_src=da:7a:0a:00:00:89,nw_src=10.0.0.137,nw_dst=10.100.7.140,actions=push_vlan:0x8100,set_field:4196->vlan_vid,NORMAL`,
    ]);
  });

  it("take in packets from each member of a bond, and send by NORMAL alone", () => {
    const flows = laneFlows(lane({ route: { ...elsewhere, uplinks: [1, 2] } }), settings);
    const inward = flows
      .filter(({ bridge }) => bridge === "provider")
      .map(({ flow }) => flow.match.find((oxm) => oxm.field === "inPort")?.value);
    assert.deepEqual(inward, [1, 1, 2, 2, 12]);
  });

  it("leave the addresses alone with nat: none", () => {
    const flows = laneFlows(lane({ route: elsewhere, nat: "none" }), settings);
    assertFlows(
      flows.filter(({ role }) => role === "to-collector" || role === "from-collector"),
      [
        `integration ${body},table=210,priority=20,ip,in_port=5,vlan_tci=0,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140,actions=set_field:da:7a:c0:a8:01:89->eth_src,set_field:fa:16:3e:f3:a6:fd->eth_dst,output:11`,
        `integration ${body},table=211,priority=20,ip,in_port=11,dl_dst=da:7a:c0:a8:01:89,nw_src=10.100.7.140,nw_dst=192.168.1.137,actions=set_field:da:7a:00:00:00:01->eth_src,set_field:fa:16:3e:d6:e8:05->eth_dst,output:5`,
      ],
    );
  });

  it("keep what isn't allowed in the private tables, where it is dropped", () => {
    const flows = laneFlows(lane({ route: elsewhere, allow: [{ protocol: "tcp", port: 1514 }] }), settings);
    assertFlows(
      flows.filter(({ flow }) => flow.tableId !== 0 && flow.match.some(({ field }) => field === "ipProto")),
      [
        `integration ${body},table=210,priority=20,tcp,in_port=5,vlan_tci=0,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140,tp_dst=1514,actions=${toProvider},output:11`,
        `integration ${body},table=211,priority=20,tcp,in_port=11,dl_dst=da:7a:0a:00:00:89,nw_src=10.100.7.140,nw_dst=10.0.0.137,tp_src=1514,actions=${toProbe},output:5`,
      ],
    );
    assert.equal(flows.filter(({ flow }) => flow.tableId === 0 && flow.priority === 200).length, 5);
  });

  it("share four flows that drop whatever else comes through the patch pair", () => {
    assertFlows(fixedFlows({ integrationPatch: 11, providerPatch: 12 }, settings), [
      "integration cookie=0x6f766b1300000000,table=0,priority=190,in_port=11,actions=goto_table:211",
      "integration cookie=0x6f766b1400000000,table=210,priority=0,actions=drop",
      "integration cookie=0x6f766b1400000000,table=211,priority=0,actions=drop",
      "provider cookie=0x6f766b1300000000,table=0,priority=190,in_port=12,actions=drop",
    ]);
  });

  it("have the priority that is set, with the guards ten below", () => {
    const priorities = [
      ...laneFlows(lane({ route: elsewhere }), { priority: 3000 }),
      ...fixedFlows({ integrationPatch: 11, providerPatch: 12 }, { priority: 3000 }),
    ]
      .filter(({ flow }) => flow.tableId === 0)
      .map(({ flow }) => flow.priority);
    assert.deepEqual(new Set(priorities), new Set([3000, 2990]));
  });
});
