// A compute node: a private Open vSwitch, in its own namespace when packets are to flow, with br-int, br-ex, the patch
// pair between them, an uplink to the provider wire, and Neutron's base flows.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectUnixctl, findControlSocket, type Trace, trace, type Unixctl } from "../src/unixctl/index.ts";
import { words } from "./command.ts";
import type { Namespace } from "./namespace.ts";
import { integrationFlows, type Network, providerFlows } from "./neutron.ts";
import { type OpenVSwitch, startOpenVSwitch } from "./open-vswitch.ts";
import type { Vm } from "./vm.ts";

/** The physical port of br-ex on every node. */
export const uplink = "eth1";

/** A compute node of the lab. */
export class ComputeNode {
  readonly name: string;
  readonly ovs: OpenVSwitch;
  #vms: readonly Vm[] = [];
  #unixctl: Unixctl | undefined;
  readonly #networks: readonly Network[];

  private constructor(name: string, ovs: OpenVSwitch, networks: readonly Network[]) {
    this.name = name;
    this.ovs = ovs;
    this.#networks = networks;
  }

  /** Starts the node's switch with its two bridges; the uplink must exist already when there is a namespace. */
  static async start(
    name: string,
    networks: readonly Network[],
    namespace: Namespace | undefined,
  ): Promise<ComputeNode> {
    const ovs = await startOpenVSwitch(
      namespace === undefined ? { datapath: "dummy" } : { datapath: "netdev", netns: namespace.name },
    );
    const node = new ComputeNode(name, ovs, networks);
    try {
      await node.#addBridges();
    } catch (error) {
      await node.stop();
      throw error;
    }
    return node;
  }

  async #addBridges(): Promise<void> {
    await this.ovs.addBridge("br-int");
    await this.ovs.addBridge("br-ex");
    const type = this.ovs.datapath === "dummy" ? `-- set interface ${uplink} type=dummy` : "";
    await this.ovs.vsctl(
      ...words(`add-port br-ex ${uplink} ${type}`),
      ...patch("br-int", "int-br-ex", "phy-br-ex"),
      ...patch("br-ex", "phy-br-ex", "int-br-ex"),
    );
  }

  /** Plugs the VMs in, all in one transaction, and installs the base flows for them. */
  async plug(vms: readonly Vm[]): Promise<void> {
    this.#vms = vms;
    await this.ovs.vsctl(...vms.flatMap((vm) => [...vm.plugWords]).slice(1));
    await this.installBaseFlows();
  }

  /** Installs Neutron's flows, as its agent does once more when ovs-vswitchd was restarted. */
  async installBaseFlows(): Promise<void> {
    const ports = this.#vms.map((vm) => vm.facts);
    await this.#install("br-int", integrationFlows(this.name, this.#networks, ports));
    await this.#install("br-ex", providerFlows(this.name, this.#networks));
  }

  /** What ofproto/trace says of a packet, with port names in it. */
  async trace(bridge: string, flow: string): Promise<Trace> {
    if (this.#unixctl === undefined || this.#unixctl.closed) {
      this.#unixctl = await connectUnixctl(await findControlSocket(this.ovs.rundir));
    }
    return trace(this.#unixctl, bridge, flow, { names: true });
  }

  /** Every flow of a bridge as ovs-ofctl prints it, without statistics, sorted: for comparing before and after. */
  flows(bridge: string): Promise<readonly string[]> {
    return this.ovs.flows(bridge);
  }

  /** Stops the switch. */
  async stop(): Promise<void> {
    await this.#unixctl?.close();
    await this.ovs.stop();
  }

  async #install(bridge: string, lines: readonly string[]): Promise<void> {
    const file = join(this.ovs.dir, `${bridge}.flows`);
    await writeFile(file, `${lines.join("\n")}\n`);
    await this.ovs.ofctl("-O", "OpenFlow13", "--bundle", "add-flows", this.ovs.mgmt(bridge), file);
  }
}

function patch(bridge: string, name: string, peer: string): readonly string[] {
  return words(`-- add-port ${bridge} ${name} -- set interface ${name} type=patch options:peer=${peer}`);
}
