// Cases 1 to 6: the seed's four schemes, two tenants with one address, and the two kinds of provider network. Each way
// of reaching is tried both ways, and the first step is always that without a lane there is none.
import type { NodeName } from "../cloud.ts";
import type { Vm } from "../vm.ts";
import { documentFor, type ProbeChoice, pools } from "./policies.ts";
import type { Case, ExpectedProbe, Stage } from "./stage.ts";

/** A lane to try: who reaches whom, and by which address the collector knows the probe. */
interface Path {
  readonly probe: Vm;
  readonly collector: Vm;
  readonly knownAs: string;
}

const collectorPort = 1514;
const probePort = 8080;

/** What a working lane carries: ARP, ping and TCP, opened by either side. */
function bothWays({ probe, collector, knownAs }: Path): readonly ExpectedProbe[] {
  const out = { from: probe.name, to: collector.ip };
  const back = { from: collector.name, to: knownAs };
  return [
    [{ kind: "arp", ...out }, {}],
    [
      { kind: "ping", ...out },
      { by: collector.name, seenAs: knownAs },
    ],
    [
      { kind: "tcp", port: collectorPort, ...out },
      { by: collector.name, seenAs: knownAs },
    ],
    [{ kind: "arp", ...back }, {}],
    [
      { kind: "ping", ...back },
      { by: probe.name, seenAs: collector.ip },
    ],
    [
      { kind: "tcp", port: probePort, ...back },
      { by: probe.name, seenAs: collector.ip },
    ],
  ];
}

/** Tries a lane step by step. */
async function tryLane(stage: Stage, path: Path): Promise<void> {
  for (const [probe, expected] of bothWays(path)) {
    // One after the other, so that each step shows its own packets alone.
    // oxlint-disable-next-line no-await-in-loop
    await stage.expect(probe, expected);
  }
}

/** Where a probe runs, as the cloud says. */
function nodeOf(vm: Vm): NodeName {
  return vm.facts.node as NodeName;
}

// One probe, one collector: the seed's four sections.
function seedCase(number: number, title: string, choice: Required<ProbeChoice>): Case {
  return {
    number,
    title,
    async play(stage) {
      const probe = stage.cloud.vm(choice.vm);
      const collector = stage.cloud.vm(choice.collector);
      const knownAs = choice.as === "none" ? probe.ip : choice.as;
      const node = nodeOf(probe);
      await stage.expect({ kind: "ping", from: probe.name, to: collector.ip }, "nothing");
      await stage.withLanes(node, documentFor(stage.cloud, [choice], { pool: pools[node] }), () =>
        tryLane(stage, { probe, collector, knownAs }),
      );
    },
  };
}

const twoTenants: Case = {
  number: 5,
  title: "two tenants with the same VM address on one node, both at once",
  async play(stage) {
    const { cloud } = stage;
    const collector = cloud.vm("wazuh");
    const same: readonly Required<ProbeChoice>[] = [
      { vm: "vm-189", collector: "wazuh", as: "10.0.0.189" },
      { vm: "twin-189", collector: "wazuh", as: "10.0.0.188" },
    ];
    const cross: readonly Required<ProbeChoice>[] = [
      { vm: "vm-137", collector: "wazuh", as: "10.0.0.137" },
      { vm: "twin-137", collector: "wazuh", as: "10.0.0.136" },
    ];
    const tries = [...same, ...cross].flatMap(({ vm, as }) =>
      bothWays({ probe: cloud.vm(vm), collector, knownAs: as }),
    );
    await stage.withLanes("compute", documentFor(cloud, same, { pool: pools.compute }), () =>
      stage.withLanes("controller", documentFor(cloud, cross, { pool: pools.controller }), () =>
        stage.expectAtOnce(tries),
      ),
    );
  },
};

const providerNetworks: Case = {
  number: 6,
  title: "a flat and a VLAN 100 provider network, without a port of either on the probes' node",
  async play(stage) {
    const { cloud } = stage;
    const external = new Set(["wazuh", "wazuh-100"].map((name) => cloud.vm(name).facts.network.uuid));
    const here = await cloud.node("controller").ovs.vsctl("--columns=other_config", "list", "Port");
    const ports = [...external].filter((uuid) => here.includes(uuid)).length;
    stage.expectEqual("ports of the provider networks on controller", String(ports), "0");
    const choices: readonly Required<ProbeChoice>[] = [
      { vm: "vm-137", collector: "wazuh", as: "10.0.0.137" },
      { vm: "twin-137", collector: "wazuh-100", as: "10.0.0.136" },
    ];
    await stage.withLanes("controller", documentFor(cloud, choices, { pool: pools.controller }), async () => {
      const [flat, vlan] = choices.map(({ vm, collector, as }) => ({
        probe: cloud.vm(vm),
        collector: cloud.vm(collector),
        knownAs: as,
      }));
      if (flat !== undefined) await tryLane(stage, flat);
      if (vlan !== undefined) await tryLane(stage, vlan);
    });
    const onOneNode = { vm: "twin-189", collector: "wazuh-100", as: "10.0.0.188" };
    await stage.withLanes("compute", documentFor(cloud, [onOneNode], { pool: pools.compute }), () =>
      tryLane(stage, {
        probe: cloud.vm("twin-189"),
        collector: cloud.vm("wazuh-100"),
        knownAs: onOneNode.as,
      }),
    );
  },
};

/** Cases 1 to 6. */
export const laneCases: readonly Case[] = [
  seedCase(1, "same node, the VM's own address (seed 2.3)", {
    vm: "vm-189",
    collector: "wazuh",
    as: "none",
  }),
  seedCase(2, "two nodes, the VM's own address (seed 2.4)", { vm: "vm-137", collector: "wazuh", as: "none" }),
  seedCase(3, "same node, proxy address (seed 3.1)", { vm: "vm-189", collector: "wazuh", as: "10.0.0.189" }),
  seedCase(4, "two nodes, proxy address (seed 3.2)", { vm: "vm-137", collector: "wazuh", as: "10.0.0.137" }),
  twoTenants,
  providerNetworks,
];
