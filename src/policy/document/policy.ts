// What a policy document says once it has been read and found right: the values every other part of the policy layer
// works on. Addresses are text in canonical form, MAC addresses in lower case.
import type { Cidr } from "../address.ts";

/** How a probe's port is found on the integration bridge. */
export interface PortSelector {
  /** `iface-id` and `mac` are looked for in Interface.external_ids, `name` is the port's own. */
  readonly by: "iface-id" | "name" | "mac";
  readonly value: string;
}

/**
 * What a collector takes from its probes. The port of `tcp` and `udp` is the collector's own: packets of a probe must
 * go to it and packets of the collector must come from it. So the probe opens the connections; one that the collector
 * opens from another port doesn't pass. `icmp` passes both ways. Later IP fragments carry no port and don't pass.
 */
export type Service =
  | { readonly protocol: "icmp" }
  | { readonly protocol: "tcp" | "udp"; readonly port: number };

/** A server that probes report to. */
export interface Collector {
  readonly name: string;
  readonly ip: string;
  readonly mac: string;
  /** The provider network it sits on: untagged, or the VLAN id from 1 to 4094. */
  readonly segment: "flat" | number;
  /** What passes; undefined means every protocol to and from this one address. */
  readonly allow: readonly Service[] | undefined;
}

/** A VM whose agent must reach a collector. */
export interface Probe {
  readonly name: string;
  readonly port: PortSelector;
  /** The VM's own address, which other tenants may own as well. */
  readonly ip: string;
  /** The name of a collector of the same policy. */
  readonly collector: string;
  /** `proxy`: the collector knows the probe by an address of the pool. `none`: by the VM's own. */
  readonly nat: "proxy" | "none";
  /** The proxy address that the document names; undefined when one is to be chosen from the pool. */
  readonly proxy: string | undefined;
}

/** The addresses that proxies are chosen from. */
export interface Pool {
  readonly cidr: Cidr;
  /** Addresses of the range that no proxy gets. */
  readonly reserved: readonly string[];
}

/** A whole document in which nothing is wrong. */
export interface Policy {
  readonly bridges: { readonly integration: string; readonly provider: string };
  /** Undefined when no probe needs a proxy address. */
  readonly pool: Pool | undefined;
  readonly collectors: ReadonlyMap<string, Collector>;
  readonly probes: ReadonlyMap<string, Probe>;
}

/** One thing that is wrong with a document. */
export interface PolicyIssue {
  /** Line and column from 1, where the document was text. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Where in the document, such as `probes.vm-137.proxy.ip`; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A document as objects, as `policyFrom` takes it: the same words as in YAML. */
export interface PolicyDocument {
  readonly version: 1;
  /** Default br-int and br-ex. */
  readonly bridges?: { readonly integration?: string; readonly provider?: string };
  /** Needed as soon as a probe has `nat: proxy`. `cidr` such as 10.0.0.0/24. */
  readonly pool?: { readonly cidr: string; readonly reserved?: readonly string[] };
  readonly collectors?: Readonly<
    Record<
      string,
      {
        readonly ip: string;
        readonly mac: string;
        readonly segment: "flat" | number;
        /** `icmp`, `tcp/PORT`, `udp/PORT`; see {@link Service}. Default: everything passes. */
        readonly allow?: readonly string[];
      }
    >
  >;
  readonly probes?: Readonly<
    Record<
      string,
      {
        readonly port: { readonly "iface-id": string } | { readonly name: string } | { readonly mac: string };
        readonly ip: string;
        readonly collector: string;
        /** Default proxy. */
        readonly nat?: "proxy" | "none";
        /** Chosen from the pool when left out. */
        readonly proxy?: { readonly ip: string };
      }
    >
  >;
}
