// What OVSDB says about a node, as a plain snapshot: bridges, ports, interfaces, and the ways to find a port. A pure
// function of the rows, so that planning needs no database.

import type { Selected } from "../ovsdb/model.ts";
import type { OpenVSwitch } from "../ovsdb/models/open-vswitch.ts";

/** The tables and columns that a topology is made of: what the replica has to hold. */
export const topologyTables = {
  Open_vSwitch: ["external_ids", "other_config"],
  Bridge: ["name", "ports"],
  Port: ["name", "interfaces", "tag", "vlan_mode", "trunks", "external_ids", "other_config"],
  Interface: ["name", "type", "ofport", "error", "options", "external_ids"],
} as const;

type TopologyTables = Selected<OpenVSwitch, typeof topologyTables>;

/** The rows of the tables of `topologyTables`. */
export type TopologyRows = { readonly [Table in keyof TopologyTables]: Iterable<TopologyTables[Table]> };

/** A network device of a port. */
export interface TopologyInterface {
  readonly uuid: string;
  readonly name: string;
  readonly type: string;
  /** As the switch wrote it: undefined before it handled the interface, -1 when that failed. Only `realOfport` may enter a flow. */
  readonly ofport: number | undefined;
  /** Why the switch couldn't open it. */
  readonly error: string | undefined;
  /** The other end, of a patch port. */
  readonly peer: string | undefined;
  readonly ifaceId: string | undefined;
  /** The VM's own MAC address, lower case. The switch's `mac_in_use` is the host's end, not the VM's. */
  readonly attachedMac: string | undefined;
  /** `active`, or `inactive` on the node that a VM is moving to or from. */
  readonly ifaceStatus: string | undefined;
}

/** A port of a bridge, with its interfaces: one, or several in a bond. */
export interface TopologyPort {
  readonly uuid: string;
  readonly name: string;
  /** The bridge's name. */
  readonly bridge: string;
  readonly tag: number | undefined;
  readonly vlanMode: string | undefined;
  readonly trunks: readonly number[];
  readonly externalIds: ReadonlyMap<string, string>;
  readonly otherConfig: ReadonlyMap<string, string>;
  readonly interfaces: readonly TopologyInterface[];
}

/** A bridge and its ports. */
export interface TopologyBridge {
  readonly uuid: string;
  readonly name: string;
  readonly ports: readonly TopologyPort[];
}

/** One node as OVSDB describes it. Ports and interfaces that no bridge has aren't in it. */
export interface Topology {
  readonly bridges: ReadonlyMap<string, TopologyBridge>;
  readonly portsByName: ReadonlyMap<string, readonly TopologyPort[]>;
  readonly portsByIfaceId: ReadonlyMap<string, readonly TopologyPort[]>;
  readonly portsByMac: ReadonlyMap<string, readonly TopologyPort[]>;
  /** Where the OVN databases are, on a node on which ovn-controller owns the integration bridge. */
  readonly ovnRemote: string | undefined;
  /** Where the sockets of Open vSwitch are, when the database says so. */
  readonly rundir: string | undefined;
  /** How long an idle flow stays in the datapath, in milliseconds. */
  readonly maxIdleMs: number;
}

// Open vSwitch's own default of other_config:max-idle.
const defaultMaxIdleMs = 10_000;
// Numbers from 0xff00 on are reserved at OpenFlow 1.0, and Open vSwitch gives no port a number above.
const lastOfport = 0xfeff;

/** The number by which flows may name an interface; undefined when it has none. */
export function realOfport({ ofport }: Pick<TopologyInterface, "ofport">): number | undefined {
  return ofport !== undefined && ofport >= 1 && ofport <= lastOfport ? ofport : undefined;
}

/** The one interface of a port that is no bond. */
export function onlyInterface(port: TopologyPort): TopologyInterface | undefined {
  return port.interfaces.length === 1 ? port.interfaces[0] : undefined;
}

/** Makes the snapshot. References to rows that aren't there are left out: the next update brings them. */
export function topologyFrom(rows: TopologyRows): Topology {
  const interfaces = new Map<string, TopologyInterface>();
  for (const row of rows.Interface) interfaces.set(row._uuid, interfaceFrom(row));
  const portRows = new Map<string, TopologyTables["Port"]>();
  for (const row of rows.Port) portRows.set(row._uuid, row);
  const bridges = new Map<string, TopologyBridge>();
  for (const { _uuid: uuid, name, ports } of rows.Bridge) {
    const known = ports.map((port) => portRows.get(port)).filter((row) => row !== undefined);
    bridges.set(name, { uuid, name, ports: known.map((row) => portFrom(row, name, interfaces)) });
  }
  return { bridges, ...indexes(bridges), ...settings(rows.Open_vSwitch) };
}

function interfaceFrom(row: TopologyTables["Interface"]): TopologyInterface {
  return {
    uuid: row._uuid,
    name: row.name,
    type: row.type,
    ofport: row.ofport === undefined ? undefined : Number(row.ofport),
    error: row.error,
    peer: row.options.get("peer"),
    ifaceId: row.external_ids.get("iface-id"),
    attachedMac: row.external_ids.get("attached-mac")?.toLowerCase(),
    ifaceStatus: row.external_ids.get("iface-status"),
  };
}

function portFrom(
  row: TopologyTables["Port"],
  bridge: string,
  interfaces: ReadonlyMap<string, TopologyInterface>,
): TopologyPort {
  return {
    uuid: row._uuid,
    name: row.name,
    bridge,
    tag: row.tag,
    vlanMode: row.vlan_mode,
    trunks: row.trunks,
    externalIds: row.external_ids,
    otherConfig: row.other_config,
    interfaces: row.interfaces.map((uuid) => interfaces.get(uuid)).filter((found) => found !== undefined),
  };
}

function indexes(
  bridges: ReadonlyMap<string, TopologyBridge>,
): Pick<Topology, "portsByName" | "portsByIfaceId" | "portsByMac"> {
  const portsByName = new Map<string, TopologyPort[]>();
  const portsByIfaceId = new Map<string, TopologyPort[]>();
  const portsByMac = new Map<string, TopologyPort[]>();
  for (const port of [...bridges.values()].flatMap(({ ports }) => ports)) {
    for (const name of new Set([port.name, ...port.interfaces.map((found) => found.name)])) {
      addTo(portsByName, name, port);
    }
    for (const { ifaceId, attachedMac } of port.interfaces) {
      addTo(portsByIfaceId, ifaceId, port);
      addTo(portsByMac, attachedMac, port);
    }
  }
  return { portsByName, portsByIfaceId, portsByMac };
}

function addTo(index: Map<string, TopologyPort[]>, key: string | undefined, port: TopologyPort): void {
  if (key === undefined) return;
  const ports = index.get(key);
  if (ports === undefined) index.set(key, [port]);
  else ports.push(port);
}

function settings(
  rows: Iterable<TopologyTables["Open_vSwitch"]>,
): Pick<Topology, "ovnRemote" | "rundir" | "maxIdleMs"> {
  const [row] = rows;
  const externalIds = row?.external_ids ?? new Map<string, string>();
  const systemId = externalIds.get("system-id");
  // A node of a fleet may be addressed by its own name (ovn-remote-<system-id>).
  const ownRemote = systemId === undefined ? undefined : externalIds.get(`ovn-remote-${systemId}`);
  const maxIdle = Number(row?.other_config.get("max-idle") ?? defaultMaxIdleMs);
  return {
    ovnRemote: ownRemote ?? externalIds.get("ovn-remote"),
    rundir: externalIds.get("rundir"),
    maxIdleMs: Number.isInteger(maxIdle) && maxIdle > 0 ? maxIdle : defaultMaxIdleMs,
  };
}
