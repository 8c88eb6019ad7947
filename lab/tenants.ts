// Who lives in the lab's cloud: the seed's machines under the seed's own names and addresses, a second tenant with the
// same addresses, a third who happens to own a probe's address and has no lane, and collectors on a flat and on a
// VLAN 100 provider network. Data only.
import type { CloudPlan } from "./cloud.ts";
import type { Network } from "./neutron.ts";
import type { VmFacts } from "./vm.ts";

// Both nodes choose their proxies from parts of it.
const proxyPool = "10.0.0.0/24";

function network(id: number, facts: Omit<Network, "uuid">): Network {
  return { ...facts, uuid: `3f0a1c5e-0000-4000-8000-00000000000${id}` };
}

// Neutron chooses local VLANs per node: the third tenant's differ on purpose.
const tenantA = network(1, { name: "tenant-a", type: "local", localVlan: { controller: 2, compute: 2 } });
const tenantB = network(2, { name: "tenant-b", type: "local", localVlan: { controller: 3, compute: 3 } });
const tenantC = network(3, {
  name: "tenant-c",
  type: "vlan",
  segment: 300,
  localVlan: { controller: 4, compute: 7 },
});
const external = network(4, { name: "external", type: "flat", localVlan: { compute: 1 } });
const external100 = network(5, {
  name: "external-100",
  type: "vlan",
  segment: 100,
  localVlan: { compute: 5 },
});

// The seed shows the first eleven characters of its ports' ids; the rest is ours.
function ifaceId(start: string): string {
  return `${start}00-4000-8000-000000000000`;
}

const toCollectors = ["10.100.7.0/24", "10.200.7.0/24"];
const toProbes = [proxyPool, "192.168.1.0/24"];

const vms: readonly VmFacts[] = [
  {
    name: "wazuh",
    node: "compute",
    ifaceId: ifaceId("b0361314-14"),
    mac: "fa:16:3e:f3:a6:fd",
    ip: "10.100.7.140",
    network: external,
    onLink: toProbes,
  },
  {
    name: "wazuh-100",
    node: "compute",
    ifaceId: ifaceId("c1472425-25"),
    mac: "fa:16:3e:f3:a6:64",
    ip: "10.200.7.140",
    network: external100,
    onLink: toProbes,
  },
  {
    name: "stranger",
    node: "compute",
    ifaceId: ifaceId("d2583536-36"),
    mac: "fa:16:3e:5a:00:09",
    ip: "10.100.7.9",
    network: external,
    onLink: toProbes,
  },
  {
    name: "vm-189",
    node: "compute",
    ifaceId: ifaceId("899ffb14-e4"),
    mac: "fa:16:3e:19:00:7f",
    ip: "192.168.1.189",
    network: tenantA,
    onLink: toCollectors,
  },
  {
    name: "twin-189",
    node: "compute",
    ifaceId: ifaceId("9aa00c25-f5"),
    mac: "fa:16:3e:b0:01:89",
    ip: "192.168.1.189",
    network: tenantB,
    onLink: toCollectors,
  },
  {
    name: "vm-137",
    node: "controller",
    ifaceId: ifaceId("edb66118-8c"),
    mac: "fa:16:3e:d6:e8:05",
    ip: "192.168.1.137",
    network: tenantA,
    onLink: toCollectors,
  },
  {
    name: "twin-137",
    node: "controller",
    ifaceId: ifaceId("fec77229-9d"),
    mac: "fa:16:3e:b0:01:37",
    ip: "192.168.1.137",
    network: tenantB,
    onLink: toCollectors,
  },
  {
    name: "third-137",
    node: "controller",
    ifaceId: ifaceId("0fd8833a-ae"),
    mac: "fa:16:3e:c0:01:37",
    ip: "192.168.1.137",
    network: tenantC,
    onLink: toCollectors,
  },
  {
    name: "third-20",
    node: "compute",
    ifaceId: ifaceId("10e9944b-bf"),
    mac: "fa:16:3e:c0:00:20",
    ip: "192.168.1.20",
    network: tenantC,
    onLink: toCollectors,
  },
];

/** The cloud that every case of the main job runs on. */
export const mainJobCloud: CloudPlan = {
  networks: [tenantA, tenantB, tenantC, external, external100],
  vms,
};
