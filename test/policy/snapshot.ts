// Rows of a node's database as a replica gives them, from a few words: what topologies are made of in the tests.
import { type Topology, type TopologyRows, topologyFrom } from "../../src/policy/topology.ts";

/** An interface; a port of the same name holds it unless ports are listed. */
export interface InterfaceWords {
  readonly type?: string;
  /** Left out: the switch hasn't handled it. */
  readonly ofport?: number;
  readonly error?: string;
  readonly peer?: string;
  readonly ids?: Readonly<Record<string, string>>;
}

/** A port of a bridge. */
export interface PortWords extends InterfaceWords {
  readonly tag?: number;
  readonly portIds?: Readonly<Record<string, string>>;
  readonly otherConfig?: Readonly<Record<string, string>>;
  readonly vlanMode?: "trunk";
  readonly trunks?: readonly number[];
  /** The members of a bond, instead of one interface of the port's name. */
  readonly members?: Readonly<Record<string, InterfaceWords>>;
}

/** A node: its bridges with their ports, and external_ids of Open_vSwitch. */
export interface NodeWords {
  readonly bridges: Readonly<Record<string, Readonly<Record<string, PortWords>>>>;
  readonly ids?: Readonly<Record<string, string>>;
  readonly otherConfig?: Readonly<Record<string, string>>;
}

function mapOf(words: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(words));
}

function uuidOf(kind: string, name: string): string {
  const hex = Buffer.from(`${kind}${name}`.padEnd(16, "_").slice(0, 16)).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The UUID that a snapshot gives a port. */
export function portUuid(name: string): string {
  return uuidOf("p", name);
}

type InterfaceRow = TopologyRows["Interface"] extends Iterable<infer Row> ? Row : never;

function interfaceRow(name: string, words: InterfaceWords): InterfaceRow {
  return {
    _uuid: uuidOf("i", name),
    name,
    type: words.type ?? "",
    ofport: words.ofport,
    error: words.error,
    options: words.peer === undefined ? new Map() : new Map([["peer", words.peer]]),
    external_ids: mapOf(words.ids),
  };
}

/** The rows of a node. */
export function rowsOf({ bridges, ids, otherConfig }: NodeWords): TopologyRows {
  const ports = Object.values(bridges).flatMap((words) => Object.entries(words));
  const members = ports.map(([name, words]) => Object.entries(words.members ?? { [name]: words }));
  return {
    Open_vSwitch: [{ _uuid: uuidOf("o", ""), external_ids: mapOf(ids), other_config: mapOf(otherConfig) }],
    Bridge: Object.entries(bridges).map(([name, words]) => {
      return { _uuid: uuidOf("b", name), name, ports: Object.keys(words).map(portUuid) };
    }),
    Port: ports.map(([name, words], index) => ({
      _uuid: portUuid(name),
      name,
      interfaces: members[index]?.map(([member]) => uuidOf("i", member)) ?? [],
      tag: words.tag,
      vlan_mode: words.vlanMode,
      trunks: words.trunks ?? [],
      external_ids: mapOf(words.portIds),
      other_config: mapOf(words.otherConfig),
    })),
    Interface: members.flat().map(([name, words]) => interfaceRow(name, words)),
  };
}

/** The topology of a node. */
export function snapshot(words: NodeWords): Topology {
  return topologyFrom(rowsOf(words));
}

/** A VM's port as Neutron leaves it. */
export function vm(ofport: number, ifaceId: string, mac: string, more: PortWords = {}): PortWords {
  const ids = { "iface-id": ifaceId, "attached-mac": mac, "iface-status": "active", ...more.ids };
  return { ofport, tag: 2, ...more, ids };
}

/** The two ports of a patch pair of ours. */
export const ownPatch: { readonly integration: PortWords; readonly provider: PortWords } = {
  integration: {
    type: "patch",
    ofport: 11,
    peer: "ex-probe",
    vlanMode: "trunk",
    trunks: [4095],
    portIds: { "ovskit-patch": "lanes" },
  },
  provider: { type: "patch", ofport: 12, peer: "int-probe", portIds: { "ovskit-patch": "lanes" } },
};
