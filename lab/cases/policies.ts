// The policy documents the cases install, put together from the cloud's own machines.
import type { Cloud } from "../cloud.ts";
import type { PolicyDocument } from "./stage.ts";

/** One probe of a document. */
export interface ProbeChoice {
  /** The name of the VM. */
  readonly vm: string;
  /** The name of the VM that collects. */
  readonly collector: string;
  /** The proxy address; `none` for the VM's own; left out for one from the pool. */
  readonly as?: string;
}

/** What else a document says. */
export interface DocumentChoice {
  /** The pool of this node; the two nodes choose on their own, so they get halves of their own. */
  readonly pool: string;
  /** What the collectors take. */
  readonly allow?: readonly string[];
}

/** The pool each node chooses proxies from. The seed's own proxies 10.0.0.137 and 10.0.0.189 lie in them. */
export const pools = { controller: "10.0.0.128/27", compute: "10.0.0.160/27" } as const;

function probeEntry(cloud: Cloud, { vm, collector, as }: ProbeChoice): readonly [string, PolicyDocument] {
  const { facts } = cloud.vm(vm);
  const nat = as === "none" ? { nat: "none" } : {};
  const proxy = as === undefined || as === "none" ? {} : { proxy: { ip: as } };
  return [vm, { port: { "iface-id": facts.ifaceId }, ip: facts.ip, collector, ...nat, ...proxy }];
}

function collectorEntry(
  cloud: Cloud,
  name: string,
  allow?: readonly string[],
): readonly [string, PolicyDocument] {
  const { facts } = cloud.vm(name);
  const segment = facts.network.segment ?? "flat";
  return [name, { ip: facts.ip, mac: facts.mac, segment, ...(allow === undefined ? {} : { allow }) }];
}

/** A policy document for these probes. */
export function documentFor(
  cloud: Cloud,
  probes: readonly ProbeChoice[],
  { pool, allow }: DocumentChoice,
): PolicyDocument {
  const collectors = [...new Set(probes.map((probe) => probe.collector))];
  return {
    version: 1,
    pool: { cidr: pool },
    collectors: Object.fromEntries(collectors.map((name) => collectorEntry(cloud, name, allow))),
    probes: Object.fromEntries(probes.map((probe) => probeEntry(cloud, probe))),
  };
}
