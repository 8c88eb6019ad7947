// A VM: a network namespace with one NIC whose other end is a port of br-int on its node, plugged as Neutron plugs it.
// Without packets it is only that port, of type dummy.
import { AgentLink } from "./agent-link.ts";
import { joinNamespaces, Namespace } from "./namespace.ts";
import { type PortFacts, plugWords, portName } from "./neutron.ts";

/** What a VM is made of. */
export interface VmFacts extends PortFacts {
  readonly name: string;
  /** The name of the node it runs on. */
  readonly node: string;
  /** The length of its own subnet's prefix, default 24. */
  readonly prefix?: number;
  /** CIDRs it reaches on-link through its one NIC, e.g. the collector's network or the pool of proxies. */
  readonly onLink?: readonly string[];
}

/** A VM of the lab. */
export class Vm {
  readonly facts: VmFacts;
  /** Its port on br-int. */
  readonly port: string;
  readonly #namespace: Namespace | undefined;
  #agent: AgentLink | undefined;

  private constructor(facts: VmFacts, namespace: Namespace | undefined) {
    this.facts = facts;
    this.port = portName(facts);
    this.#namespace = namespace;
  }

  /** A VM that is a dummy port and nothing more. */
  static withoutPackets(facts: VmFacts): Vm {
    return new Vm(facts, undefined);
  }

  /** A VM in its own namespace, its NIC's other end in the node's. */
  static async create(run: string, facts: VmFacts, node: Namespace): Promise<Vm> {
    const namespace = await Namespace.create(`${run}-${facts.name}`);
    const vm = new Vm(facts, namespace);
    try {
      await vm.#connect(namespace, node);
    } catch (error) {
      await vm.remove();
      throw error;
    }
    return vm;
  }

  async #connect(namespace: Namespace, node: Namespace): Promise<void> {
    const { mac, ip, prefix = 24, onLink = [] } = this.facts;
    await joinNamespaces({ namespace, name: "eth0", mac }, { namespace: node, name: this.port });
    const routes = onLink.map((cidr) => `ip route add ${cidr} dev eth0`);
    await namespace.shell([`ip addr add ${ip}/${prefix} dev eth0`, ...routes].join("\n"));
  }

  get name(): string {
    return this.facts.name;
  }

  get ip(): string {
    return this.facts.ip;
  }

  get mac(): string {
    return this.facts.mac;
  }

  /** Its namespace; throws where the lab runs without packets. */
  get namespace(): Namespace {
    if (this.#namespace === undefined) throw new Error(`${this.name} has no namespace: no packets here`);
    return this.#namespace;
  }

  /** The ovs-vsctl words that plug it in. */
  get plugWords(): readonly string[] {
    const type = this.#namespace === undefined ? "dummy" : "system";
    return plugWords(this.facts, this.facts.node, type, this.name);
  }

  /** The program inside, started on first use. */
  get agent(): AgentLink {
    this.#agent ??= new AgentLink(this.namespace.name);
    return this.#agent;
  }

  /** Ends what runs inside, then takes the namespace away. */
  async remove(): Promise<void> {
    await this.#agent?.stop();
    await this.#namespace?.remove();
  }
}
