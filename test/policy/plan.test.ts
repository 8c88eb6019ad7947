// What a policy means on a node: where each end is, which lanes can be up and why the others can't, what the database
// needs, and what must be so outside.
import assert from "node:assert/strict";
import { chooseAddresses, memoryOf } from "../../src/policy/address-pool.ts";
import { policyFrom } from "../../src/policy/document/reading.ts";
import type { LaneFlow } from "../../src/policy/lane/lane.ts";
import { type Intent, type PlanOptions, planContext, planLane, planLanes } from "../../src/policy/plan.ts";
import type { Topology } from "../../src/policy/topology.ts";
import { type NodeWords, ownPatch, type PortWords, portUuid, snapshot, vm } from "./snapshot.ts";

const vmMac = "fa:16:3e:d6:e8:05";
const collectorMac = "fa:16:3e:f3:a6:fd";

const probe = {
  port: { "iface-id": "id-1" },
  ip: "192.168.1.137",
  collector: "wazuh",
  proxy: { ip: "10.0.0.137" },
};

function documentOf(
  probes: Readonly<Record<string, object>> = { "vm-137": probe },
  more: object = {},
): object {
  return {
    version: 1,
    pool: { cidr: "10.0.0.0/24" },
    collectors: { wazuh: { ip: "10.100.7.140", mac: collectorMac, segment: "flat" } },
    probes,
    ...more,
  };
}

function nodeOf(
  ports: Readonly<Record<string, PortWords>>,
  provider: NodeWords["bridges"][string] = {},
): NodeWords {
  return { bridges: { "br-int": ports, "br-ex": { eth1: { ofport: 1 }, ...provider } } };
}

const here = nodeOf({ qvo1: vm(5, "id-1", vmMac), qvoS: vm(9, "id-s", collectorMac, { tag: 1 }) });
const away = nodeOf(
  { qvo1: vm(5, "id-1", vmMac), "int-probe": ownPatch.integration },
  { "ex-probe": ownPatch.provider },
);

function plan(document: object, node: NodeWords | Topology, options: Partial<PlanOptions> = {}): Intent {
  const policy = policyFrom(document);
  const topology = "portsByName" in node ? node : snapshot(node);
  const addresses = chooseAddresses(policy, memoryOf(topology, policy.bridges.integration));
  return planLanes(planContext(policy, topology, addresses, { priority: 200, ...options }));
}

function downOf(document: object, node: NodeWords): string | undefined {
  const [lane] = plan(document, node).lanes;
  assert.equal(
    lane?.down === undefined,
    lane?.flows.length !== 0,
    "a lane has flows when it is up, and only then",
  );
  return lane?.down === undefined ? undefined : `${lane.down.code}: ${lane.down.reason}`;
}

/** Every port number that a flow names, in its match or its outputs. */
function portsIn(flows: readonly LaneFlow[]): ReadonlySet<number> {
  const numbers = flows.flatMap(({ flow }) => [
    ...flow.match.flatMap((oxm) => (oxm.field === "inPort" ? [oxm.value] : [])),
    ...flow.instructions
      .flatMap((instruction) => (instruction.type === "applyActions" ? instruction.actions : []))
      .flatMap((action) => (action.type === "output" ? [action.port] : [])),
  ]);
  return new Set(numbers.filter((number) => number < 0xffff_fff8));
}

describe("a lane's placement", () => {
  it("is the collector's own node when its port is on the integration bridge", () => {
    const { lanes, shared, database } = plan(documentOf(), here);
    assert.equal(lanes[0]?.placement, "same-node");
    assert.deepEqual(portsIn(lanes[0].flows), new Set([5, 9]));
    assert.deepEqual(shared, []);
    assert.deepEqual(
      database.before.map(({ kind }) => kind),
      ["remember-proxy"],
    );
  });

  it("is elsewhere when no port of the node is the collector's", () => {
    const { lanes, shared } = plan(documentOf(), away);
    assert.equal(lanes[0]?.placement, "elsewhere");
    assert.deepEqual(portsIn(lanes[0].flows), new Set([5, 11, 1, 12]));
    assert.equal(shared.length, 4);
  });

  it("is elsewhere while the collector's port here is inactive, as during a live migration", () => {
    const inactive = vm(9, "id-s", collectorMac, { ids: { "iface-status": "inactive" } });
    const ports = { ...away.bridges["br-int"], qvoS: inactive };
    const { lanes } = plan(documentOf(), { bridges: { ...away.bridges, "br-int": ports } });
    assert.equal(lanes[0]?.placement, "elsewhere");
  });

  it("is elsewhere when a tenant gave a port of another network the collector's MAC, and that is said", () => {
    const impostor = vm(9, "id-x", collectorMac, {
      otherConfig: { network_type: "vxlan", physical_network: "None", segmentation_id: "77" },
    });
    const ports = { ...away.bridges["br-int"], qvoX: impostor };
    const { lanes, warnings } = plan(documentOf(), { bridges: { ...away.bridges, "br-int": ports } });
    assert.equal(lanes[0]?.placement, "elsewhere");
    assert.ok(!portsIn(lanes[0].flows).has(9));
    assert.ok(
      warnings.some((text) => text.includes("qvoX") && text.includes("another network")),
      warnings.join(),
    );
  });

  const networks: readonly (readonly [string, "flat" | number, Readonly<Record<string, string>>, boolean])[] =
    [
      ["flat", "flat", { network_type: "flat", physical_network: "provider" }, true],
      [
        "flat, with None written out",
        "flat",
        { network_type: "flat", physical_network: "p", segmentation_id: "None" },
        true,
      ],
      ["VLAN 100", 100, { network_type: "vlan", physical_network: "provider", segmentation_id: "100" }, true],
      [
        "VLAN 101 instead of 100",
        100,
        { network_type: "vlan", physical_network: "p", segmentation_id: "101" },
        false,
      ],
      [
        "a VLAN instead of flat",
        "flat",
        { network_type: "vlan", physical_network: "p", segmentation_id: "7" },
        false,
      ],
      ["flat instead of a VLAN", 100, { network_type: "flat", physical_network: "p" }, false],
      [
        "a tunnel with the VLAN's number",
        100,
        { network_type: "vxlan", physical_network: "None", segmentation_id: "100" },
        false,
      ],
      ["nothing written", 100, {}, true],
    ];
  for (const [name, segment, otherConfig, same] of networks) {
    it(`goes by what Neutron wrote of the collector's network: ${name}`, () => {
      const port = vm(9, "id-s", collectorMac, { otherConfig });
      const ports = { ...away.bridges["br-int"], qvoS: port };
      const collectors = { wazuh: { ip: "10.100.7.140", mac: collectorMac, segment } };
      const { lanes } = plan(documentOf(undefined, { collectors }), {
        bridges: { ...away.bridges, "br-int": ports },
      });
      assert.equal(lanes[0]?.placement, same ? "same-node" : "elsewhere");
    });
  }
});

describe("a lane that can't be up", () => {
  const cases: readonly (readonly [string, NodeWords, RegExp])[] = [
    ["its port is missing", nodeOf({}), /^port-missing: no port of this node has iface-id id-1$/],
    [
      "its port is on another bridge",
      { bridges: { "br-int": {}, "br-ex": { qvo1: vm(5, "id-1", vmMac) } } },
      /^port-bridge: port qvo1 is on bridge br-ex, not on br-int$/,
    ],
    ["its port has tag 4095", nodeOf({ qvo1: vm(5, "id-1", vmMac, { tag: 4095 }) }), /^port-dead: .*4095/],
    [
      "its port has no number yet",
      nodeOf({
        qvo1: { tag: 2, ids: { "iface-id": "id-1", "attached-mac": vmMac, "iface-status": "active" } },
      }),
      /^port-ofport: the switch hasn't given port qvo1 a number yet$/,
    ],
    [
      "the switch couldn't open its port",
      nodeOf({
        qvo1: vm(-1, "id-1", vmMac, { error: "could not open network device qvo1 (No such device)" }),
      }),
      /^port-ofport: .*ofport -1.*No such device/,
    ],
    [
      "the VM is active on another node",
      nodeOf({ qvo1: vm(5, "id-1", vmMac, { ids: { "iface-status": "inactive" } }) }),
      /^port-inactive: port qvo1 is inactive on this node$/,
    ],
    [
      "nobody wrote down its MAC",
      nodeOf({ qvo1: { ofport: 5, ids: { "iface-id": "id-1" } } }),
      /^port-mac: .*no attached-mac/,
    ],
    ["its MAC is a group's", nodeOf({ qvo1: vm(5, "id-1", "01:00:5e:00:00:01") }), /^port-mac: .*multicast/],
    [
      "two live ports claim its iface-id",
      nodeOf({ qvo1: vm(5, "id-1", vmMac), qvo2: vm(6, "id-1", vmMac) }),
      /^port-ambiguous: ports qvo1 and qvo2 both have iface-id id-1$/,
    ],
    [
      "its port is a bond",
      nodeOf({ bond: { members: { a: { ofport: 5, ids: { "iface-id": "id-1" } }, b: { ofport: 6 } } } }),
      /^port-interfaces: port bond has 2 interfaces/,
    ],
    [
      "the collector's port here isn't ready",
      nodeOf({ qvo1: vm(5, "id-1", vmMac), qvoS: vm(-1, "id-s", collectorMac) }),
      /^collector-not-ready: collector wazuh: .*qvoS/,
    ],
    [
      "two ports carry the collector's MAC",
      nodeOf({
        qvo1: vm(5, "id-1", vmMac),
        qvoS: vm(8, "id-s", collectorMac),
        qvoT: vm(9, "id-t", collectorMac),
      }),
      /^collector-ambiguous: 2 ports carry/,
    ],
    ["the VM is the collector", nodeOf({ qvo1: vm(5, "id-1", collectorMac) }), /^collector-is-probe: /],
    ["there is no integration bridge", { bridges: {} }, /^bridge-missing: there is no bridge br-int$/],
    [
      "there is no provider bridge",
      { bridges: { "br-int": { qvo1: vm(5, "id-1", vmMac) } } },
      /^bridge-missing: there is no bridge br-ex$/,
    ],
    [
      "the provider bridge has no physical port",
      {
        bridges: {
          "br-int": { qvo1: vm(5, "id-1", vmMac) },
          "br-ex": { "phy-br-ex": { type: "patch", ofport: 1, peer: "x" } },
        },
      },
      /^no-uplink: /,
    ],
    [
      "the provider bridge's physical port has no number",
      { bridges: { "br-int": { qvo1: vm(5, "id-1", vmMac) }, "br-ex": { eth1: { ofport: -1 } } } },
      /^no-uplink: /,
    ],
    [
      "our patch pair isn't there",
      nodeOf({ qvo1: vm(5, "id-1", vmMac) }),
      /^patch-pair: our patch pair isn't there$/,
    ],
    [
      "somebody else has a port of our patch port's name",
      nodeOf({ qvo1: vm(5, "id-1", vmMac), "int-probe": { ofport: 7 } }),
      /^patch-pair: port int-probe of bridge br-int is not ours$/,
    ],
    [
      "the switch hasn't handled our patch port",
      nodeOf(
        { qvo1: vm(5, "id-1", vmMac), "int-probe": ownPatch.integration },
        { "ex-probe": { type: "patch", peer: "int-probe", portIds: { "ovskit-patch": "lanes" } } },
      ),
      /^patch-pair: the switch hasn't given patch port ex-probe a number yet$/,
    ],
    [
      "the switch couldn't open our patch port",
      nodeOf(
        {
          qvo1: vm(5, "id-1", vmMac),
          "int-probe": { ...ownPatch.integration, ofport: -1, error: "No such device" },
        },
        { "ex-probe": ownPatch.provider },
      ),
      /^patch-pair: .*int-probe.*No such device/,
    ],
  ];
  for (const [name, node, expected] of cases) {
    it(`is down when ${name}, with the reason`, () => {
      assert.match(downOf(documentOf(), node) ?? "up", expected);
    });
  }

  it("leaves the others up", () => {
    const probes = {
      "vm-137": probe,
      lost: { ...probe, port: { name: "nope" }, proxy: { ip: "10.0.0.9" } },
      dead: { ...probe, port: { name: "qvo3" }, proxy: { ip: "10.0.0.10" } },
    };
    const node = nodeOf({
      ...here.bridges["br-int"],
      qvo3: vm(7, "id-3", "fa:16:3e:00:00:03", { tag: 4095 }),
    });
    const { lanes } = plan(documentOf(probes), node);
    assert.deepEqual(
      lanes.map(({ name, down }) => [name, down?.code]),
      [
        ["vm-137", undefined],
        ["lost", "port-missing"],
        ["dead", "port-dead"],
      ],
    );
  });

  it("is the second of two probes whose words lead to one port", () => {
    const probes = { first: probe, second: { ...probe, port: { name: "qvo1" }, proxy: { ip: "10.0.0.9" } } };
    const { lanes } = plan(documentOf(probes), here);
    assert.deepEqual(
      lanes.map(({ down }) => down?.reason),
      [undefined, "port qvo1 is already that of probe first"],
    );
  });

  it("uses the live port of two that claim one iface-id, and a port without a status", () => {
    assert.equal(
      downOf(documentOf(), nodeOf({ ...here.bridges["br-int"], old: vm(-1, "id-1", vmMac) })),
      undefined,
    );
    const plain = { qvo1: { ofport: 5, ids: { "iface-id": "id-1", "attached-mac": vmMac } } };
    assert.equal(downOf(documentOf(), nodeOf({ ...here.bridges["br-int"], ...plain })), undefined);
  });
});

describe("what a plan asks of the database", () => {
  it("is a patch pair in one change when the first lane over it comes", () => {
    const { database, lanes } = plan(documentOf(), nodeOf({ qvo1: vm(5, "id-1", vmMac) }));
    const [pair, memory] = database.before;
    assert.equal(lanes[0]?.down?.code, "patch-pair");
    assert.ok(pair?.kind === "create-patch-pair");
    assert.deepEqual(
      pair.ports.map(({ side, bridge }) => [side, bridge.name]),
      [
        ["integration", "br-int"],
        ["provider", "br-ex"],
      ],
    );
    assert.ok(
      memory?.kind === "remember-proxy" && memory.address === "10.0.0.137" && memory.port.name === "qvo1",
    );
  });

  it("is nothing when all is there", () => {
    const remembered = vm(5, "id-1", vmMac, { portIds: { "ovskit-proxy": "10.0.0.137" } });
    const node = { bridges: { ...away.bridges, "br-int": { ...away.bridges["br-int"], qvo1: remembered } } };
    assert.deepEqual(plan(documentOf(), node).database, { before: [], after: [] });
  });

  it("is a new patch port where one vanished or was changed by somebody", () => {
    const broken: readonly PortWords[] = [
      { ...ownPatch.integration, peer: "phy-br-ex" },
      { ...ownPatch.integration, type: "internal" },
      { ...ownPatch.integration, trunks: [] },
      { ...ownPatch.integration, tag: 3 },
    ];
    for (const port of broken) {
      const node = {
        bridges: { ...away.bridges, "br-int": { qvo1: vm(5, "id-1", vmMac), "int-probe": port } },
      };
      const [change] = plan(documentOf(), node).database.before;
      assert.ok(change?.kind === "create-patch-pair", JSON.stringify(port));
      assert.deepEqual(
        change.ports.map(({ side, old }) => [side, old?.name]),
        [["integration", "int-probe"]],
      );
    }
  });

  it("is the end of the pair and of what ports remember when the last lane goes", () => {
    const remembered = vm(5, "id-1", vmMac, { portIds: { "ovskit-proxy": "10.0.0.137", other: "kept" } });
    const node = { bridges: { ...away.bridges, "br-int": { ...away.bridges["br-int"], qvo1: remembered } } };
    const { database, shared } = plan(documentOf({}), node);
    assert.deepEqual(database.before, []);
    assert.deepEqual(
      database.after.map(({ kind }) => kind),
      ["remove-patch-pair", "forget-proxy"],
    );
    assert.deepEqual(shared, []);
  });

  it("leaves a pair alone that isn't ours", () => {
    const foreign = { type: "patch", ofport: 11, peer: "ex-probe" };
    const node = nodeOf(
      { "int-probe": foreign },
      { "ex-probe": { type: "patch", ofport: 12, peer: "int-probe" } },
    );
    assert.deepEqual(plan(documentOf({}), node).database, { before: [], after: [] });
  });

  it("keeps what the port of a lane that is down remembers, and claims nothing for it", () => {
    const dead = vm(5, "id-1", vmMac, { tag: 4095, portIds: { "ovskit-proxy": "10.0.0.77" } });
    const document = documentOf({ "vm-137": { ...probe, proxy: undefined } });
    const { database, lanes } = plan(document, nodeOf({ qvo1: dead }));
    assert.deepEqual(database, { before: [], after: [] });
    assert.equal(lanes[0]?.proxy?.ip, "10.0.0.77");
  });
});

describe("a plan for a node without a patch pair", () => {
  it("can assume one, with numbers that no switch takes", () => {
    const { lanes, shared } = plan(documentOf(), nodeOf({ qvo1: vm(5, "id-1", vmMac) }), {
      assumePatch: true,
    });
    assert.equal(lanes[0]?.down, undefined);
    const numbers = [...portsIn([...(lanes[0]?.flows ?? []), ...shared])];
    assert.deepEqual(
      new Set(numbers.filter((number) => number > 0xffff)),
      new Set([0xffff_ff01, 0xffff_ff02]),
    );
  });

  it("assumes none where it can't be had", () => {
    const node = nodeOf({ qvo1: vm(5, "id-1", vmMac), "int-probe": { ofport: 7 } });
    assert.equal(plan(documentOf(), node, { assumePatch: true }).lanes[0]?.down?.code, "patch-pair");
  });
});

describe("a plan", () => {
  it("says that the collector needs a route for the pool, or nothing when the pool holds its address", () => {
    const [route] = plan(documentOf(), here).outside;
    assert.deepEqual([route?.kind, route?.ranges], ["route", ["10.0.0.0/24"]]);
    const pool = { pool: { cidr: "10.100.7.0/24" } };
    const own = documentOf({ "vm-137": { ...probe, proxy: { ip: "10.100.7.200" } } }, pool);
    const [none] = plan(own, here).outside;
    assert.deepEqual([none?.kind, none?.ranges], ["none", []]);
    const bare = documentOf({ "vm-137": { ...probe, nat: "none", proxy: undefined } });
    assert.deepEqual(plan(bare, here).outside[0]?.ranges, ["192.168.1.137/32"]);
  });

  it("warns of ovn-controller, of uplinks without a number, and of addresses that moved", () => {
    const moved = vm(5, "id-1", vmMac, { portIds: { "ovskit-proxy": "10.9.9.9" } });
    const node: NodeWords = {
      bridges: { "br-int": { qvo1: moved }, "br-ex": { eth1: { ofport: 1 }, eth2: { ofport: -1 } } },
      ids: { "ovn-remote": "tcp:10.0.0.1:6642" },
    };
    const { warnings } = plan(documentOf({ "vm-137": { ...probe, proxy: undefined } }), node);
    assert.match(warnings.join("\n"), /vm-137 moves from 10\.9\.9\.9/);
    assert.match(warnings.join("\n"), /eth2 of br-ex has no port number/);
    assert.match(warnings.join("\n"), /ovn-controller runs here .*tcp:10\.0\.0\.1:6642/);
  });

  it("gives each lane the proxy MAC of its address, and marks its flows with its id", () => {
    const [lane] = plan(documentOf(), here).lanes;
    assert.deepEqual(lane?.proxy, { ip: "10.0.0.137", mac: "da:7a:0a:00:00:89" });
    for (const { flow } of lane.flows) assert.equal(Number(flow.cookie & 0xffff_ffffn), lane.id);
  });

  it("of one lane is the same alone as among all", () => {
    const policy = policyFrom(
      documentOf({
        "vm-137": probe,
        "vm-1": { ...probe, port: { name: "qvo3" }, proxy: { ip: "10.0.0.9" } },
      }),
    );
    const topology = snapshot({
      bridges: {
        ...here.bridges,
        "br-int": { ...here.bridges["br-int"], qvo3: vm(7, "id-3", "fa:16:3e:00:00:03") },
      },
    });
    const context = planContext(policy, topology, chooseAddresses(policy, memoryOf(topology, "br-int")), {
      priority: 200,
    });
    const all = planLanes(context).lanes;
    const alone = [...policy.probes.values()].map((each) => planLane(context, each));
    assert.deepEqual(alone, all);
    assert.equal(all[1]?.port?.uuid, portUuid("qvo3"));
  });
});
