// What a case sends and what it sees: the words that the fabric of real packets and the fabric of traces share.

/** Addresses a VM pretends to have. */
export interface Spoof {
  readonly mac?: string;
  readonly ip?: string;
}

/** Something one VM sends to an address. */
export interface Probe {
  /** `arp`: who has this address; `ping`: an echo request; `tcp`: a connection with a payload that must come back. */
  readonly kind: "arp" | "ping" | "tcp";
  /** The name of the VM that sends. */
  readonly from: string;
  /** The address it sends to. */
  readonly to: string;
  /** The TCP port, for `tcp`. */
  readonly port?: number;
  readonly spoof?: Spoof;
  /** True when no answer is expected: then it doesn't wait long for one. */
  readonly silent?: boolean;
}

/** A probe as one VM's NIC received it. */
export interface Arrival {
  /** The name of the VM. */
  readonly at: string;
  readonly macSrc: string;
  readonly ipSrc: string;
  /** Whether it was addressed to that VM, not just flooded past it. */
  readonly accepted: boolean;
}

/** What came of a probe. */
export interface Observation {
  /** In words, for people. */
  readonly sent: string;
  /** Where it was received: every VM it was addressed to, and every VM of a foreign network that saw it at all. */
  readonly arrivals: readonly Arrival[];
  /** Who answered: the MAC address for `arp`, the name of the VM for the others; undefined when nobody did. */
  readonly answer: string | undefined;
}

/** Carries probes: with real packets, or by asking the switch what it would do. */
export interface Fabric {
  readonly kind: "packets" | "trace";
  exchange(probe: Probe): Promise<Observation>;
  /** Makes every VM forget the neighbours it knows. */
  forgetNeighbours(): Promise<void>;
  /** Ends what it keeps running. */
  close(): Promise<void>;
}

/** A probe in words. */
export function describeProbe(probe: Probe): string {
  const what = { arp: "ARP who-has", ping: "ping", tcp: "TCP to" }[probe.kind];
  const port = probe.kind === "tcp" ? `:${probe.port ?? 0}` : "";
  const spoof = [probe.spoof?.mac, probe.spoof?.ip].filter((address) => address !== undefined);
  return `${probe.from}: ${what} ${probe.to}${port}${spoof.length > 0 ? ` pretending to be ${spoof.join(" ")}` : ""}`;
}
