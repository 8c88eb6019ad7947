// What the values of a document must agree on: names that are referred to, addresses that must not meet, ports that
// only one probe can have. It works on whatever could be read, so that one wrong value doesn't hide another problem.
import { type Cidr, cidrHolds, hostRange, ipv4Number } from "../address.ts";
import type { CollectorFields, DocumentFields, ProbeFields } from "./schema.ts";
import type { ValuePath } from "./source.ts";

/** A problem between values, at the path of the value that has to change. */
export interface Inconsistency {
  readonly path: ValuePath;
  readonly message: string;
}

/** What could be read of a document; entries may lack the fields that were wrong. */
export interface ReadFields {
  readonly document: Partial<DocumentFields>;
  readonly collectors: ReadonlyMap<string, Partial<CollectorFields>>;
  readonly probes: ReadonlyMap<string, Partial<ProbeFields>>;
}

type Report = (path: ValuePath, message: string) => void;

/** How a probe's address is known; undefined when the document says something that isn't understood. */
function natOf(probe: Partial<ProbeFields>): "proxy" | "none" | undefined {
  return "nat" in probe ? probe.nat : "proxy";
}

/** Bridges as the document names them, defaults filled in. */
export function bridgesOf(document: Partial<DocumentFields>): { integration: string; provider: string } {
  const { integration = "br-int", provider = "br-ex" } = document.bridges ?? {};
  return { integration, provider };
}

/** Everything the values of a document don't agree on. */
export function inconsistencies(fields: ReadFields): readonly Inconsistency[] {
  const found: Inconsistency[] = [];
  const report: Report = (path, message) => {
    found.push({ path, message });
  };
  const { integration, provider } = bridgesOf(fields.document);
  if (integration === provider) report(["bridges"], `integration and provider are both ${integration}`);
  checkPool(fields, report);
  checkCollectors(fields, report);
  checkPorts(fields, report);
  checkProbes(fields, report);
  checkOwners(fields, report);
  checkPoolSize(fields, report);
  return found;
}

function checkPool({ document: { pool } }: ReadFields, report: Report): void {
  const seen = new Set<string>();
  for (const [index, address] of (pool?.reserved ?? []).entries()) {
    const path = ["pool", "reserved", index];
    if (pool !== undefined && !cidrHolds(pool.cidr, ipv4Number(address))) {
      report(path, `${address} is outside the pool ${pool.cidr.text}`);
    }
    if (seen.has(address)) report(path, `${address} is listed twice`);
    seen.add(address);
  }
}

function checkCollectors({ collectors }: ReadFields, report: Report): void {
  const macs = new Map<string, { readonly name: string; readonly mac: string }>();
  for (const [name, { ip, mac, segment }] of collectors) {
    if (ip === undefined || mac === undefined || segment === undefined) continue;
    const other = macs.get(`${segment} ${ip}`);
    if (other !== undefined && other.mac !== mac) {
      report(
        ["collectors", name, "mac"],
        `${ip} on segment ${segment} already has ${other.mac}, as collector ${other.name}`,
      );
    }
    if (other === undefined) macs.set(`${segment} ${ip}`, { name, mac });
  }
}

function checkPorts({ probes }: ReadFields, report: Report): void {
  const owners = new Map<string, string>();
  for (const [name, { port }] of probes) {
    if (port === undefined) continue;
    const key = `${port.by} ${port.value}`;
    const owner = owners.get(key);
    if (owner !== undefined) {
      report(["probes", name, "port", port.by], `the port with ${key} is already that of probe ${owner}`);
    }
    if (owner === undefined) owners.set(key, name);
  }
}

function checkProbes(fields: ReadFields, report: Report): void {
  for (const [name, probe] of fields.probes) {
    const { collector: collectorName, ip } = probe;
    if (collectorName !== undefined) {
      const collector = fields.collectors.get(collectorName);
      if (collector === undefined) {
        const known = [...fields.collectors.keys()].slice(0, 8).join(", ");
        const hint = known === "" ? "the document has none" : `known are ${known}`;
        report(
          ["probes", name, "collector"],
          `there is no collector ${JSON.stringify(collectorName)}: ${hint}`,
        );
      } else if (ip !== undefined && collector.ip === ip) {
        report(["probes", name, "ip"], `${ip} is the address of its collector ${collectorName}`);
      }
    }
    checkProxy(fields, name, probe, report);
  }
}

function checkProxy(fields: ReadFields, name: string, probe: Partial<ProbeFields>, report: Report): void {
  const { pool } = fields.document;
  const path = ["probes", name, "proxy"];
  const nat = natOf(probe);
  if (nat === undefined) return;
  if (nat === "none") {
    if (probe.proxy !== undefined) report(path, "a proxy means nothing with nat: none");
    return;
  }
  // A pool that is there but couldn't be read has been reported already.
  if (pool === undefined) {
    if (!("pool" in fields.document))
      report(["probes", name], "a proxy address is needed and the document has no pool");
    return;
  }
  const problem =
    probe.proxy === undefined ? undefined : proxyProblem(pool, probe.proxy.ip, fields.collectors);
  if (problem !== undefined) report([...path, "ip"], problem);
}

function proxyProblem(
  pool: { readonly cidr: Cidr; readonly reserved?: readonly string[] },
  ip: string,
  collectors: ReadFields["collectors"],
): string | undefined {
  const address = ipv4Number(ip);
  if (!cidrHolds(pool.cidr, address)) return `${ip} is outside the pool ${pool.cidr.text}`;
  const { first, last } = hostRange(pool.cidr);
  if (address < first) return `${ip} is the network address of the pool ${pool.cidr.text}`;
  if (address > last) return `${ip} is the broadcast address of the pool ${pool.cidr.text}`;
  if (pool.reserved?.includes(ip) === true) return `${ip} is reserved`;
  for (const [name, collector] of collectors) {
    if (collector.ip === ip) return `${ip} is the address of collector ${name}`;
  }
  return undefined;
}

/** The address by which the provider network would know each probe must have one owner. */
function checkOwners({ probes }: ReadFields, report: Report): void {
  const owners = new Map<string, { readonly name: string; readonly nat: "proxy" | "none" }>();
  for (const [name, probe] of probes) {
    const nat = natOf(probe);
    const address = nat === "none" ? probe.ip : probe.proxy?.ip;
    if (nat === undefined || address === undefined) continue;
    const owner = owners.get(address);
    if (owner === undefined) {
      owners.set(address, { name, nat });
    } else if (nat === "none" && owner.nat === "none") {
      report(
        ["probes", name, "ip"],
        `${address} is already the address of probe ${owner.name}: with nat: none one probe can own it`,
      );
    } else if (nat === "proxy" && owner.nat === "proxy") {
      report(["probes", name, "proxy", "ip"], `${address} is already the proxy of probe ${owner.name}`);
    } else {
      const field = nat === "none" ? ["ip"] : ["proxy", "ip"];
      report(
        ["probes", name, ...field],
        `${address} already stands for probe ${owner.name} on the provider network`,
      );
    }
  }
}

function checkPoolSize({ document: { pool }, collectors, probes }: ReadFields, report: Report): void {
  if (pool === undefined) return;
  const { first, last } = hostRange(pool.cidr);
  const usable = (ip: string | undefined): boolean =>
    ip !== undefined && ipv4Number(ip) >= first && ipv4Number(ip) <= last;
  const withoutNat = [...probes.values()].filter((probe) => probe.nat === "none");
  const others = [
    ...(pool.reserved ?? []),
    ...[...collectors.values()].map(({ ip }) => ip),
    ...withoutNat.map(({ ip }) => ip),
  ];
  const unusable = new Set(others.filter(usable)).size;
  const room = Math.max(0, last - first + 1 - unusable);
  const needed = probes.size - withoutNat.length;
  if (needed > room)
    report(["pool", "cidr"], `${pool.cidr.text} has room for ${room} proxies, and ${needed} probes need one`);
}
