// What Neutron's agent leaves on a compute node: networks with local VLANs, ports that say whose they are, and the
// base flows of br-int and br-ex that lanes have to live with. Data and text only; nothing here runs.
import { words } from "./command.ts";

/** A Neutron network as the nodes know it. */
export interface Network {
  readonly name: string;
  readonly uuid: string;
  /** `local` stays on its node; the others cross the provider wire, untagged or with the segment's VLAN id. */
  readonly type: "local" | "flat" | "vlan";
  /** The provider VLAN id, for `vlan`. */
  readonly segment?: number;
  /** The local VLAN id per node name, where the node has a port on it. */
  readonly localVlan: Readonly<Record<string, number>>;
}

/** A VM's one NIC as Neutron describes it. */
export interface PortFacts {
  readonly ifaceId: string;
  readonly mac: string;
  readonly ip: string;
  readonly network: Network;
}

// The cookie of this Neutron's agent.
const neutronCookie = "0xa1b2c3d4e5f60718";

/** The name of the port on br-int, as the hybrid plug names it. */
export function portName(port: Pick<PortFacts, "ifaceId">): string {
  return `qvo${port.ifaceId.slice(0, 11)}`;
}

/** ovs-vsctl words that plug the port into br-int with everything Neutron writes about it. */
export function plugWords(
  port: PortFacts,
  node: string,
  interfaceType: "system" | "dummy",
  vm: string,
): readonly string[] {
  const name = portName(port);
  const tag = localVlan(port.network, node);
  const { network } = port;
  const segment = network.segment === undefined ? "" : ` other_config:segmentation_id=${network.segment}`;
  const physical = network.type === "local" ? "None" : "provider";
  return words(
    [
      `-- add-port br-int ${name} tag=${tag}`,
      `-- set Port ${name} other_config:net_uuid=${network.uuid} other_config:network_type=${network.type}`,
      `other_config:physical_network=${physical} other_config:tag=${tag}${segment}`,
      `-- set Interface ${name} ${interfaceType === "dummy" ? "type=dummy" : ""}`,
      `external_ids:iface-id=${port.ifaceId} external_ids:attached-mac="${port.mac}"`,
      `external_ids:iface-status=active external_ids:vm-uuid=${vm}`,
    ].join(" "),
  );
}

function localVlan(network: Network, node: string): number {
  const tag = network.localVlan[node];
  if (tag === undefined) throw new Error(`network ${network.name} has no local VLAN on ${node}`);
  return tag;
}

// A provider VLAN comes in with its own id and leaves br-int's translation with the local one; flat comes in untagged.
function fromProvider(network: Network, tag: number): string {
  const incoming = network.segment === undefined ? "vlan_tci=0x0000/0x1fff" : `dl_vlan=${network.segment}`;
  const push = network.segment === undefined ? "push_vlan:0x8100," : "";
  return `table=0,priority=3,in_port=int-br-ex,${incoming},actions=${push}set_field:${0x1000 + tag}->vlan_vid,resubmit(,60)`;
}

function toProvider(network: Network, tag: number): string {
  const rewrite =
    network.segment === undefined ? "strip_vlan" : `set_field:${0x1000 + network.segment}->vlan_vid`;
  return `table=0,priority=4,in_port=phy-br-ex,dl_vlan=${tag},actions=${rewrite},NORMAL`;
}

function providerNetworks(
  networks: readonly Network[],
  node: string,
): readonly (readonly [Network, number])[] {
  return networks.flatMap((network) => {
    const tag = network.localVlan[node];
    return network.type === "local" || tag === undefined ? [] : [[network, tag] as const];
  });
}

// Port security: tables 24 and 25 let a port send with its own addresses alone.
function portSecurity(port: PortFacts): readonly string[] {
  const inPort = `in_port=${portName(port)}`;
  return [
    `table=0,priority=10,arp,${inPort},actions=resubmit(,24)`,
    `table=0,priority=9,${inPort},actions=resubmit(,25)`,
    `table=24,priority=2,arp,${inPort},arp_spa=${port.ip},actions=resubmit(,25)`,
    `table=25,priority=2,${inPort},dl_src=${port.mac},actions=resubmit(,60)`,
  ];
}

function withCookie(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `cookie=${neutronCookie},${line}`);
}

/** The flows of br-int, as ovs-ofctl lines. */
export function integrationFlows(
  node: string,
  networks: readonly Network[],
  ports: readonly PortFacts[],
): readonly string[] {
  return withCookie([
    "table=0,priority=65535,vlan_tci=0x0fff/0x1fff,actions=drop",
    ...providerNetworks(networks, node).map(([network, tag]) => fromProvider(network, tag)),
    "table=0,priority=2,in_port=int-br-ex,actions=drop",
    ...ports.flatMap(portSecurity),
    "table=0,priority=0,actions=resubmit(,60)",
    "table=23,priority=0,actions=drop",
    "table=24,priority=0,actions=drop",
    "table=60,priority=3,actions=NORMAL",
  ]);
}

/** The flows of br-ex, as ovs-ofctl lines. */
export function providerFlows(node: string, networks: readonly Network[]): readonly string[] {
  return withCookie([
    ...providerNetworks(networks, node).map(([network, tag]) => toProvider(network, tag)),
    "table=0,priority=2,in_port=phy-br-ex,actions=drop",
    "table=0,priority=0,actions=NORMAL",
  ]);
}
