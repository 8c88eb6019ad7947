// Two compute nodes joined by a provider wire, with the tenants, networks and VMs that every case of the main job runs
// on: built once, used by the demo, the end-to-end tests and whoever wants to try a lane.
import { sweepDeadRuns, uniqueName } from "./names.ts";
import { joinNamespaces, Namespace } from "./namespace.ts";
import type { Network } from "./neutron.ts";
import { ComputeNode, uplink } from "./node.ts";
import { Vm, type VmFacts } from "./vm.ts";

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
  readonly #nodes: ReadonlyMap<string, ComputeNode>;
  readonly #vms: ReadonlyMap<string, Vm>;
  readonly #namespaces: readonly Namespace[];
  readonly #wire: Namespace | undefined;

  constructor(
    packets: boolean,
    nodes: readonly ComputeNode[],
    vms: readonly Vm[],
    namespaces: ReadonlyMap<string, Namespace>,
  ) {
    this.packets = packets;
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#vms = new Map(vms.map((vm) => [vm.name, vm]));
    this.#namespaces = [...namespaces.values()];
    this.#wire = namespaces.get(nodeNames[0]);
  }

  /** Where the provider wire ends on the first node, for listening to what crosses it. */
  get wire(): { readonly namespace: Namespace; readonly name: string } {
    if (this.#wire === undefined) throw new Error("no wire: no packets here");
    return { namespace: this.#wire, name: uplink };
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

  get vms(): readonly Vm[] {
    return [...this.#vms.values()];
  }

  get nodes(): readonly ComputeNode[] {
    return [...this.#nodes.values()];
  }

  /** Ends and removes everything of this cloud. */
  async remove(): Promise<void> {
    await Promise.all(this.vms.map((vm) => vm.remove()));
    await Promise.all(this.nodes.map((node) => node.stop()));
    await Promise.all(this.#namespaces.map((namespace) => namespace.remove()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }
}

async function nodeNamespaces(run: string): Promise<ReadonlyMap<string, Namespace>> {
  const [a, b] = nodeNames;
  const pair = [await Namespace.create(`${run}-${a}`), await Namespace.create(`${run}-${b}`)] as const;
  await joinNamespaces({ namespace: pair[0], name: uplink }, { namespace: pair[1], name: uplink });
  return new Map([
    [a, pair[0]],
    [b, pair[1]],
  ]);
}

function buildVms(
  run: string,
  plan: CloudPlan,
  namespaces: ReadonlyMap<string, Namespace>,
): Promise<readonly Vm[]> {
  return Promise.all(
    plan.vms.map((facts) => {
      const node = namespaces.get(facts.node);
      return node === undefined ? Promise.resolve(Vm.withoutPackets(facts)) : Vm.create(run, facts, node);
    }),
  );
}

/** Builds a cloud; when that fails half way, everything is taken back through the lab's clean-up. */
export async function buildCloud(plan: CloudPlan, options: CloudOptions): Promise<Cloud> {
  const progress = options.progress ?? (() => {});
  await sweepDeadRuns();
  const run = uniqueName();
  progress(options.packets ? "network namespaces and the provider wire" : "no namespaces: dummy datapath");
  const namespaces = options.packets ? await nodeNamespaces(run) : new Map<string, Namespace>();
  progress(`${nodeNames.length} compute nodes, each with its own ovsdb-server and ovs-vswitchd`);
  const nodes = await Promise.all(
    nodeNames.map((name) => ComputeNode.start(name, plan.networks, namespaces.get(name))),
  );
  progress(`${plan.vms.length} VMs and Neutron's base flows`);
  const vms = await buildVms(run, plan, namespaces);
  await Promise.all(nodes.map((node) => node.plug(vms.filter((vm) => vm.facts.node === node.name))));
  return new Cloud(options.packets, nodes, vms, namespaces);
}
