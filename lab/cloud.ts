// Two compute nodes joined by a provider wire, with the tenants, networks and VMs that every case of the main job runs
// on: built once, used by the demo, the end-to-end tests and whoever wants to try a lane.
import { sweepDeadRuns, uniqueName } from "./names.ts";
import { joinNamespaces, Namespace } from "./namespace.ts";
import type { Network } from "./neutron.ts";
import { ComputeNode, uplink } from "./node.ts";
import { Vm, type VmFacts } from "./vm.ts";
import { settleAll } from "./waiting.ts";

/** What a cloud is made of. */
export interface CloudPlan {
  readonly networks: readonly Network[];
  readonly vms: readonly VmFacts[];
}

/** How a cloud is built. */
export interface CloudOptions {
  /** True: namespaces and the userspace datapath, needs root. False: dummy ports, for ofproto/trace. */
  readonly packets: boolean;
  /** Told what is being done, for people who wait. */
  readonly progress?: (what: string) => void;
}

/** The names of the two nodes, the seed's own: the collectors live on `compute`. */
export const nodeNames = ["controller", "compute"] as const;
/** The name of a node. */
export type NodeName = (typeof nodeNames)[number];

/** A running cloud. */
export class Cloud {
  readonly packets: boolean;
  readonly #plan: CloudPlan;
  readonly #run: string = uniqueName();
  readonly #nodes = new Map<string, ComputeNode>();
  readonly #vms = new Map<string, Vm>();
  readonly #namespaces = new Map<string, Namespace>();

  private constructor(plan: CloudPlan, packets: boolean) {
    this.#plan = plan;
    this.packets = packets;
  }

  /** Builds a cloud; when that fails half way, nothing of it stays. */
  static async build(plan: CloudPlan, { packets, progress = () => {} }: CloudOptions): Promise<Cloud> {
    await sweepDeadRuns();
    const cloud = new Cloud(plan, packets);
    try {
      progress(packets ? "network namespaces and the provider wire" : "no namespaces: dummy datapath");
      if (packets) await cloud.#addNamespaces();
      progress(`${nodeNames.length} compute nodes, each with its own ovsdb-server and ovs-vswitchd`);
      await settleAll(nodeNames.map((name) => cloud.#addNode(name)));
      progress(`${plan.vms.length} VMs and Neutron's base flows`);
      await settleAll(plan.vms.map((facts) => cloud.#addVm(facts)));
      await settleAll(cloud.nodes.map((node) => node.plug(cloud.vmsOf(node))));
    } catch (error) {
      await cloud.remove();
      throw error;
    }
    return cloud;
  }

  node(name: string): ComputeNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  vm(name: string): Vm {
    const vm = this.#vms.get(name);
    if (vm === undefined) throw new Error(`no VM ${name}`);
    return vm;
  }

  get nodes(): readonly ComputeNode[] {
    return [...this.#nodes.values()];
  }

  get vms(): readonly Vm[] {
    return [...this.#vms.values()];
  }

  /** The VMs that run on a node. */
  vmsOf(node: ComputeNode): readonly Vm[] {
    return this.vms.filter((vm) => vm.facts.node === node.name);
  }

  /** Ends and removes everything of this cloud. */
  async remove(): Promise<void> {
    await settleAll(this.vms.map((vm) => vm.remove()));
    await settleAll(this.nodes.map((node) => node.stop()));
    await settleAll([...this.#namespaces.values()].map((namespace) => namespace.remove()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }

  async #addNamespaces(): Promise<void> {
    const [a, b] = await settleAll(
      nodeNames.map(async (name) => {
        const namespace = await Namespace.create(`${this.#run}-${name}`);
        this.#namespaces.set(name, namespace);
        return { namespace, name: uplink };
      }),
    );
    if (a !== undefined && b !== undefined) await joinNamespaces(a, b);
  }

  async #addNode(name: NodeName): Promise<void> {
    const node = await ComputeNode.start(name, this.#plan.networks, this.#namespaces.get(name));
    this.#nodes.set(name, node);
  }

  async #addVm(facts: VmFacts): Promise<void> {
    const node = this.#namespaces.get(facts.node);
    const vm = node === undefined ? Vm.withoutPackets(facts) : await Vm.create(this.#run, facts, node);
    this.#vms.set(facts.name, vm);
  }
}
