// One lane in numbers and addresses: all that its flows depend on, once ports have been found and a proxy chosen.
import type { FlowMod } from "../../openflow/protocol/flow-mod.ts";
import type { Service } from "../document/policy.ts";

/** Which of the two bridges a flow is on. */
export type LaneBridge = "integration" | "provider";

/** How the collector is reached from the probe's node. */
export type Route =
  /** Its port is on the same integration bridge. */
  | { readonly placement: "same-node"; readonly collectorPort: number }
  /** It is somewhere on the provider network: through our patch pair, in and out by the provider bridge's uplinks. */
  | {
      readonly placement: "elsewhere";
      /** The ofport of our patch port on the integration bridge, and of its peer on the provider bridge. */
      readonly integrationPatch: number;
      readonly providerPatch: number;
      /** The ofports of the provider bridge's physical interfaces, each member of a bond by itself. */
      readonly uplinks: readonly number[];
    };

/** A lane whose flows can be written down. */
export interface Lane {
  readonly name: string;
  /** Bits 0 to 31 of its cookies. */
  readonly id: number;
  readonly probe: { readonly port: number; readonly mac: string; readonly ip: string };
  /** What the provider network knows the probe by; the IP is the probe's own with `nat: none`. */
  readonly proxy: { readonly ip: string; readonly mac: string };
  readonly collector: {
    readonly ip: string;
    readonly mac: string;
    readonly segment: "flat" | number;
    readonly allow: readonly Service[] | undefined;
  };
  readonly route: Route;
}

/** What is the same for all lanes of a node. */
export interface FlowSettings {
  /** The priority of hooks in table 0, default 200; what guards them stands 10 below. 11 to 65535. */
  readonly priority: number;
}

/** What a flow of a lane does, for counting and explaining. */
export type FlowRole =
  | "to-collector"
  | "from-collector"
  | "arp-from-probe"
  | "arp-from-collector"
  /** Hands packets on to where they are decided: hooks, and the provider bridge's part. */
  | "passage"
  /** Drops what looks like a lane's traffic and isn't. */
  | "guard";

/** One flow that a lane needs. */
export interface LaneFlow {
  readonly bridge: LaneBridge;
  /** The lane's name; undefined for what all lanes share. */
  readonly lane: string | undefined;
  readonly role: FlowRole;
  readonly flow: FlowMod;
}

/** The private tables on the integration bridge: Neutron's agent visits neither. */
export const LaneTable = { fromProbe: 210, fromCollector: 211 } as const;

/** The priority of the flows in private tables; their closing drop has 0. */
export const bodyPriority = 20;

/** How far the flows that guard the hooks stand below them. */
export const guardDistance = 10;
