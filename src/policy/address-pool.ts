// Which proxy address each probe has. Every node that reads the same document comes to the same choice without asking
// another: the slot is the hash of what the port is found by, then the next free one. What a port remembers wins over
// the slot, so that an address, once used, survives restarts and changes of the document.
import { hostRange, ipv4Number, ipv4Text, readIpv4 } from "./address.ts";
import type { Policy, Pool, Probe } from "./document/policy.ts";
import { stableHash } from "./lane/cookie.ts";
import { locateProbe } from "./lane/location.ts";
import type { Topology } from "./topology.ts";

/** The key in Port.external_ids under which a port remembers its proxy address. */
export const proxyMemory = "ovskit-proxy";

/** The addresses of all probes of a policy. */
export interface Addresses {
  /** By probe: the address the provider network knows it by. A probe that got none is missing. */
  readonly byProbe: ReadonlyMap<string, string>;
  /** Addresses that a port remembered and couldn't keep, in sentences. */
  readonly moved: readonly string[];
}

/** What a probe's port of this node remembers, if there is one. */
export type Memory = (probe: Probe) => string | undefined;

/** What the ports of a topology remember. */
export function memoryOf(topology: Topology, bridge: string): Memory {
  return (probe) => locateProbe(topology, probe, bridge).port?.externalIds.get(proxyMemory);
}

/** Chooses the address of every probe of a policy. */
export function chooseAddresses(policy: Policy, memory: Memory): Addresses {
  const chooser = new AddressChooser(policy.pool, occupied(policy));
  const probes = [...policy.probes.values()];
  for (const probe of probes) chooser.fix(probe);
  const open = probes.filter(({ nat, proxy }) => nat === "proxy" && proxy === undefined);
  // In the order of the keys, so that two documents with the same probes give the same addresses.
  const ordered = open
    .map((probe) => ({ probe, key: `${probe.port.by} ${probe.port.value}` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (const { probe } of ordered) chooser.keep(probe, memory(probe));
  for (const { probe, key } of ordered) chooser.choose(probe, key);
  return { byProbe: chooser.byProbe, moved: chooser.moved() };
}

/** Addresses that no proxy may have, whatever the pool says. */
function occupied(policy: Policy): ReadonlySet<string> {
  const reserved = policy.pool?.reserved ?? [];
  const collectors = [...policy.collectors.values()].map(({ ip }) => ip);
  return new Set([...reserved, ...collectors]);
}

class AddressChooser {
  readonly byProbe = new Map<string, string>();
  readonly #pool: Pool | undefined;
  readonly #taken: Set<string>;
  readonly #lost: { readonly probe: string; readonly remembered: string }[] = [];

  constructor(pool: Pool | undefined, occupied: ReadonlySet<string>) {
    this.#pool = pool;
    this.#taken = new Set(occupied);
  }

  /** Gives a probe the address the document says. */
  fix({ name, nat, ip, proxy }: Probe): void {
    const address = nat === "none" ? ip : proxy;
    if (address !== undefined) this.#give(name, address);
  }

  /** Gives a probe the address its port remembers, when that is still possible. */
  keep({ name }: Probe, remembered: string | undefined): void {
    if (remembered === undefined) return;
    if (this.#free(remembered)) this.#give(name, remembered);
    else this.#lost.push({ probe: name, remembered });
  }

  /** Gives a probe that has none its slot or the next free address after it. */
  choose({ name }: Probe, key: string): void {
    if (this.#pool === undefined || this.byProbe.has(name)) return;
    const { first, last } = hostRange(this.#pool.cidr);
    const size = last - first + 1;
    const slot = stableHash(key) % size;
    // At most every taken address is passed over.
    for (let step = 0; step < Math.min(size, this.#taken.size + 1); step += 1) {
      const address = ipv4Text(first + ((slot + step) % size));
      if (!this.#taken.has(address)) {
        this.#give(name, address);
        return;
      }
    }
  }

  moved(): readonly string[] {
    return this.#lost.map(({ probe, remembered }) => {
      const now = this.byProbe.get(probe) ?? "none";
      return `the proxy address of ${probe} moves from ${remembered}, which it can't keep, to ${now}`;
    });
  }

  #give(name: string, address: string): void {
    this.byProbe.set(name, address);
    this.#taken.add(address);
  }

  #free(address: string): boolean {
    // The memory is a text in a database that others can write to.
    if (this.#pool === undefined || "problem" in readIpv4(address) || this.#taken.has(address)) return false;
    const { first, last } = hostRange(this.#pool.cidr);
    const number = ipv4Number(address);
    return number >= first && number <= last;
  }
}
