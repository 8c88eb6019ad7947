// `ovskit ports`: one line for each interface, made for "which VLAN is this VM on": where it is plugged, its number
// on the switch, its VLAN, and whose it is by what the cloud wrote into external_ids.
import type { BridgeRow, InterfaceRow, PortRow } from "../../ovsdb/models/open-vswitch.ts";
import { openVSwitch } from "../../ovsdb/models/open-vswitch.ts";
import { noSuchBridge } from "../bridge-names.ts";
import { alignColumns } from "../columns.ts";
import { type Command, command } from "../command.ts";
import { waiting, withDatabase } from "../database.ts";

const columns = {
  Bridge: ["name", "ports"],
  Port: ["name", "tag", "trunks", "vlan_mode", "interfaces"],
  Interface: ["name", "type", "ofport", "external_ids", "link_state", "admin_state", "error"],
} as const;

type BridgePart = Pick<BridgeRow, "name" | "ports">;
type PortPart = Pick<PortRow, "name" | "tag" | "trunks" | "vlan_mode" | "interfaces">;
type InterfacePart = Pick<
  InterfaceRow,
  "name" | "type" | "ofport" | "external_ids" | "link_state" | "admin_state" | "error"
>;

/** The tables that ports are read from. */
export interface PortTables {
  readonly bridges: Iterable<BridgePart>;
  port(uuid: string): PortPart | undefined;
  interface(uuid: string): InterfacePart | undefined;
}

/** One interface of a bridge. */
export interface ListedPort {
  readonly bridge: string;
  /** Of the interface; the same as `port` unless the port is a bond. */
  readonly name: string;
  readonly port: string;
  readonly type: string;
  /** Undefined before the switch handled it, -1 when that failed. */
  readonly ofport: number | undefined;
  /** The VLAN of an access port. 4095 is Neutron's mark for one that isn't ready. */
  readonly tag: number | undefined;
  readonly trunks: readonly number[];
  readonly vlanMode: string | undefined;
  readonly ifaceId: string | undefined;
  /** The VM's own MAC, as the cloud wrote it down. */
  readonly attachedMac: string | undefined;
  readonly link: string | undefined;
  readonly admin: string | undefined;
  /** Why the switch can't use it. */
  readonly error: string | undefined;
}

/** The interfaces of one bridge, or of all: by bridge, then by name. Throws `InputError` for a bridge that isn't there. */
export function listPorts(tables: PortTables, only: string | undefined): readonly ListedPort[] {
  const bridges = [...tables.bridges].toSorted(byName);
  const chosen = only === undefined ? bridges : bridges.filter(({ name }) => name === only);
  if (only !== undefined && chosen.length === 0) {
    throw noSuchBridge(
      only,
      bridges.map(({ name }) => name),
    );
  }
  return chosen.flatMap((bridge) =>
    bridge.ports
      .flatMap((uuid) => tables.port(uuid) ?? [])
      .toSorted(byName)
      .flatMap((port) =>
        port.interfaces
          .flatMap((uuid) => tables.interface(uuid) ?? [])
          .toSorted(byName)
          .map((one) => listedPort(bridge, port, one)),
      ),
  );
}

function listedPort(bridge: BridgePart, port: PortPart, one: InterfacePart): ListedPort {
  return {
    bridge: bridge.name,
    name: one.name,
    port: port.name,
    type: one.type,
    ofport: one.ofport === undefined ? undefined : Number(one.ofport),
    tag: port.tag,
    trunks: port.trunks,
    vlanMode: port.vlan_mode,
    ifaceId: one.external_ids.get("iface-id"),
    attachedMac: one.external_ids.get("attached-mac"),
    link: one.link_state,
    admin: one.admin_state,
    error: one.error,
  };
}

/** The ports in columns. The bridge is a column only where there can be several. */
export function portsText(ports: readonly ListedPort[], withBridge: boolean): string {
  const heading = ["PORT", "OFPORT", "TAG", "IFACE-ID", "MAC", "LINK"];
  const rows = ports.map((port) => [
    port.name === port.port ? port.name : `${port.port}/${port.name}`,
    ofportText(port.ofport),
    tagText(port),
    port.ifaceId ?? "-",
    port.attachedMac ?? "-",
    linkText(port),
  ]);
  const table = [heading, ...rows];
  if (!withBridge) return alignColumns(table);
  const bridges = ["BRIDGE", ...ports.map(({ bridge }) => bridge)];
  return alignColumns(table.map((row, index) => [bridges[index] ?? "", ...row]));
}

/** The number of a bridge's own port in the database; OpenFlow 1.3 has 0xfffffffe for it and ovs-ofctl calls it LOCAL. */
const localPort = 65_534;

function ofportText(ofport: number | undefined): string {
  if (ofport === undefined) return "-";
  return ofport === localPort ? "LOCAL" : String(ofport);
}

function tagText({ tag, trunks, vlanMode }: ListedPort): string {
  const mode = vlanMode === undefined || vlanMode === "access" ? "" : ` ${vlanMode}`;
  const trunk = trunks.length === 0 ? "" : `trunks=${trunks.toSorted((a, b) => a - b).join(",")}`;
  const text = [tag === undefined ? "" : String(tag), trunk].filter((part) => part !== "").join(" ") + mode;
  return text === "" ? "-" : text.trim();
}

function linkText({ link, admin, error }: ListedPort): string {
  if (error !== undefined) return `error: ${error}`;
  if (link === undefined) return "-";
  return admin === "down" ? `${link} (admin down)` : link;
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}

export const portsCommand: Command = command({
  name: "ports",
  summary: "list ports: number, VLAN tag, iface-id, MAC and link",
  description:
    "One line for each interface. TAG is the VLAN of an access port (4095: not ready), IFACE-ID and MAC are\nwhat the cloud wrote into external_ids; a member of a bond is shown as BOND/INTERFACE.",
  operands: [{ name: "BRIDGE", optional: true, summary: "only this bridge's (default all)" }],
  options: {},
  examples: [
    { line: "ovskit ports br-int", does: "which VLAN is this VM on" },
    {
      line: `ovskit ports --json | jq -r '.[] | select(.tag == 4095).name'`,
      does: "ports that are not ready",
    },
  ],
  run: (invocation) =>
    withDatabase(invocation, async (client) => {
      await using replica = await client.replica(openVSwitch, columns, waiting(invocation));
      const ports = replica.table("Port");
      const interfaces = replica.table("Interface");
      const { BRIDGE: bridge } = invocation.operands;
      const listed = listPorts(
        {
          bridges: replica.table("Bridge"),
          port: (uuid) => ports.get(uuid),
          interface: (uuid) => interfaces.get(uuid),
        },
        bridge,
      );
      return { text: portsText(listed, bridge === undefined), value: listed };
    }),
});
