// What is said of a lane by what a node was found to hold.
import assert from "node:assert/strict";
import type { FlowStats } from "../../src/openflow/protocol/flow-stats.ts";
import { chooseAddresses } from "../../src/policy/address-pool.ts";
import { policyFrom } from "../../src/policy/document/reading.ts";
import type { LaneFlow } from "../../src/policy/lane/lane.ts";
import { type Intent, planContext, planLanes } from "../../src/policy/plan.ts";
import { type LaneStatus, laneStatuses, type NodeFindings } from "../../src/policy/status.ts";
import { type DatapathFlow, parseDatapathFlow } from "../../src/unixctl/index.ts";
import { ownPatch, snapshot, vm } from "./snapshot.ts";

const policy = policyFrom({
  version: 1,
  pool: { cidr: "10.0.0.0/24" },
  collectors: {
    wazuh: { ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd", segment: 100, allow: ["tcp/1514", "icmp"] },
  },
  probes: {
    "vm-137": {
      port: { name: "qvo1" },
      ip: "192.168.1.137",
      collector: "wazuh",
      proxy: { ip: "10.0.0.137" },
    },
    lost: { port: { name: "nope" }, ip: "192.168.1.137", collector: "wazuh", proxy: { ip: "10.0.0.9" } },
  },
});

function intent(): Intent {
  const topology = snapshot({
    bridges: {
      "br-int": { qvo1: vm(5, "id-1", "fa:16:3e:d6:e8:05", { tag: 7 }), "int-probe": ownPatch.integration },
      "br-ex": { eth1: { ofport: 1 }, "ex-probe": ownPatch.provider },
    },
  });
  return planLanes(
    planContext(
      policy,
      topology,
      chooseAddresses(policy, () => undefined),
      { priority: 200 },
    ),
  );
}

function counted({ flow }: LaneFlow, packets: bigint): FlowStats {
  const { tableId, priority, cookie, match, instructions } = flow;
  const counters = { packetCount: packets, byteCount: packets * 98n, durationSec: 1, durationNsec: 0 };
  return {
    tableId,
    priority,
    cookie,
    match,
    instructions,
    idleTimeout: 0,
    hardTimeout: 0,
    flags: 0,
    ...counters,
  };
}

/** Findings in which every planned flow is there with as many packets as `packets` says of it. */
function findings(packets: (flow: LaneFlow) => bigint, datapath?: readonly string[]): NodeFindings {
  const { lanes, shared } = intent();
  const all = [...shared, ...lanes.flatMap(({ flows }) => flows)];
  const on = (side: LaneFlow["bridge"]): readonly FlowStats[] =>
    all.filter(({ bridge }) => bridge === side).map((flow) => counted(flow, packets(flow)));
  const parsed = datapath
    ?.map((line) => parseDatapathFlow(line))
    .filter((flow): flow is DatapathFlow => flow !== undefined);
  assert.equal(parsed?.length, datapath?.length);
  return {
    flows: { integration: on("integration"), provider: on("provider") },
    datapath: parsed,
    maxIdleMs: 10_000,
  };
}

function statusOf(found: NodeFindings): LaneStatus {
  const { lanes, shared } = intent();
  const [first] = laneStatuses(lanes, shared, () => 100, found);
  assert.ok(first);
  return first;
}

describe("a lane's status", () => {
  it("says where both ends are, by what address it is known, and that it is up", () => {
    const status = statusOf(findings(() => 0n, []));
    assert.deepEqual(
      { ...status, toCollector: undefined, fromCollector: undefined },
      {
        name: "vm-137",
        collector: "wazuh",
        nat: "proxy",
        placement: "elsewhere",
        proxy: { ip: "10.0.0.137", mac: "da:7a:0a:00:00:89" },
        port: { name: "qvo1", tag: 7 },
        segment: 100,
        up: true,
        down: undefined,
        toCollector: undefined,
        fromCollector: undefined,
      },
    );
  });

  it("says why it is down, and that it carried nothing", () => {
    const { lanes, shared } = intent();
    const [, lost] = laneStatuses(
      lanes,
      shared,
      () => 100,
      findings(() => 3n, []),
    );
    assert.deepEqual([lost?.up, lost?.down?.code, lost?.toCollector.packets], [false, "port-missing", 0n]);
    assert.deepEqual(lost?.toCollector.lastMoved, { kind: "never" });
  });

  it("is down when a flow of it, or one that all lanes share, isn't in the switch or does something else", () => {
    const whole = findings(() => 0n, []);
    const { integration, provider } = whole.flows;
    const without = statusOf({ ...whole, flows: { integration: integration.slice(1), provider } });
    assert.deepEqual(without.down, { code: "not-applied", reason: "1 of its flows aren't in the switch" });
    const altered = provider.map((flow) => ({ ...flow, instructions: [] }));
    const changed = statusOf({ ...whole, flows: { integration, provider: altered } });
    assert.deepEqual([changed.up, changed.down?.reason], [false, "3 of its flows aren't in the switch"]);
    const nothing = statusOf({ ...whole, flows: { integration: [], provider: [] } });
    assert.equal(nothing.up, false);
  });

  it("adds up what each service carried, each way", () => {
    const packets: Partial<Record<LaneFlow["role"], bigint>> = {
      "to-collector": 5n,
      "from-collector": 4n,
      "arp-from-probe": 99n,
      passage: 77n,
    };
    const { toCollector, fromCollector } = statusOf(findings(({ role }) => packets[role] ?? 0n, []));
    // Two services: tcp/1514 and icmp.
    assert.deepEqual([toCollector.packets, toCollector.bytes], [10n, 980n]);
    assert.deepEqual([fromCollector.packets, fromCollector.bytes], [8n, 784n]);
  });

  it("takes when it last moved from the datapath's youngest flow of its own", () => {
    const datapath = [
      "recirc_id(0),in_port(qvo1),eth(src=fa:16:3e:d6:e8:05,dst=da:7a:00:00:00:01),eth_type(0x0800),ipv4(src=192.168.1.137,dst=10.100.7.140,proto=6,frag=no),tcp(dst=1514), packets:7, bytes:686, used:2.500s, flags:., actions:br-ex,eth1",
      "recirc_id(0),in_port(qvo1),eth(src=fa:16:3e:d6:e8:05,dst=da:7a:00:00:00:02),eth_type(0x0800),ipv4(src=192.168.1.137,dst=10.100.7.140,proto=1,frag=no), packets:7, bytes:686, used:0.750s, actions:br-ex,eth1",
      // The same addresses from another tenant's VM.
      "recirc_id(0),in_port(qvo2),eth(src=fa:16:3e:00:00:99,dst=da:7a:00:00:00:01),eth_type(0x0800),ipv4(src=192.168.1.137,dst=10.100.7.140,proto=1,frag=no), packets:7, bytes:686, used:0.001s, actions:br-ex,eth1",
      "recirc_id(0),in_port(eth1),eth(src=fa:16:3e:f3:a6:fd,dst=da:7a:0a:00:00:89),eth_type(0x8100),vlan(vid=100,pcp=0),encap(eth_type(0x0800),ipv4(src=10.100.7.140,dst=10.0.0.137,proto=1,frag=no)), packets:7, bytes:686, used:4.000s, actions:pop_vlan,qvo1",
    ];
    const { toCollector, fromCollector } = statusOf(findings(() => 1n, datapath));
    assert.deepEqual(toCollector.lastMoved, { kind: "ago", ms: 750 });
    assert.deepEqual(fromCollector.lastMoved, { kind: "ago", ms: 4000 });
  });

  it("says longer ago than the datapath remembers, or that it couldn't be asked", () => {
    assert.deepEqual(statusOf(findings(() => 1n, [])).toCollector.lastMoved, { kind: "longer", ms: 10_000 });
    assert.deepEqual(statusOf(findings(() => 1n)).toCollector.lastMoved, { kind: "unknown" });
    assert.deepEqual(statusOf(findings(() => 0n)).toCollector.lastMoved, { kind: "never" });
  });
});
