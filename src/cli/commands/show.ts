// `ovskit show`: the switch's configuration as `ovs-vsctl show` prints it, byte for byte, from one snapshot.
import type {
  BridgeRow,
  ControllerRow,
  InterfaceRow,
  ManagerRow,
  OpenVSwitchRow,
  PortRow,
} from "../../ovsdb/models/open-vswitch.ts";
import { openVSwitch } from "../../ovsdb/models/open-vswitch.ts";
import { type Command, command } from "../command.ts";
import { waiting, withDatabase } from "../database.ts";
import { type Datum, datumText, isDefault, wordText } from "../datum-text.ts";

const columns = {
  Open_vSwitch: ["manager_options", "bridges", "ovs_version"],
  Manager: ["target", "is_connected"],
  Bridge: ["name", "controller", "fail_mode", "datapath_type", "ports"],
  Controller: ["target", "is_connected"],
  Port: ["name", "tag", "trunks", "interfaces"],
  Interface: ["name", "type", "options", "error"],
} as const;

type ConnectionPart = Pick<ManagerRow, "target" | "is_connected">;

/** Rows by their UUID. */
interface Rows<Row> extends Iterable<Row> {
  get(uuid: string): Row | undefined;
}

/** The tables that are shown, of the columns above. */
export interface ShownTables {
  readonly Open_vSwitch: Rows<Pick<OpenVSwitchRow, "_uuid" | "manager_options" | "bridges" | "ovs_version">>;
  readonly Manager: Rows<Pick<ManagerRow, "_uuid" | "target" | "is_connected">>;
  readonly Bridge: Rows<
    Pick<BridgeRow, "_uuid" | "name" | "controller" | "fail_mode" | "datapath_type" | "ports">
  >;
  readonly Controller: Rows<Pick<ControllerRow, "_uuid" | "target" | "is_connected">>;
  readonly Port: Rows<Pick<PortRow, "_uuid" | "name" | "tag" | "trunks" | "interfaces">>;
  readonly Interface: Rows<Pick<InterfaceRow, "_uuid" | "name" | "type" | "options" | "error">>;
}

/** One row and the rows it holds, each kind of them between its own columns where ovs-vsctl shows them. */
interface ShownRow {
  readonly heading: string;
  readonly parts: readonly (readonly [column: string, datum: Datum] | readonly ShownRow[])[];
}

/** The rows that a set of references names. ovs-vsctl goes through a set in the order of the UUIDs. */
function referred<Row>(rows: Rows<Row>, uuids: readonly string[]): readonly Row[] {
  return uuids.toSorted().flatMap((uuid) => rows.get(uuid) ?? []);
}

function connectionRow(title: string, row: ConnectionPart): ShownRow {
  return { heading: `${title} ${wordText(row.target)}`, parts: [["is_connected", row.is_connected]] };
}

function shownRows(tables: ShownTables): readonly ShownRow[] {
  return Array.from(tables.Open_vSwitch, (root) => ({
    heading: root._uuid,
    parts: [
      referred(tables.Manager, root.manager_options).map((row) => connectionRow("Manager", row)),
      referred(tables.Bridge, root.bridges).map((bridge) => ({
        heading: `Bridge ${wordText(bridge.name)}`,
        parts: [
          referred(tables.Controller, bridge.controller).map((row) => connectionRow("Controller", row)),
          ["fail_mode", bridge.fail_mode],
          ["datapath_type", bridge.datapath_type],
          referred(tables.Port, bridge.ports).map((port) => ({
            heading: `Port ${wordText(port.name)}`,
            parts: [
              ["tag", port.tag],
              ["trunks", port.trunks],
              referred(tables.Interface, port.interfaces).map(({ name, type, options, error }) => ({
                heading: `Interface ${wordText(name)}`,
                parts: [
                  ["type", type],
                  ["options", options],
                  ["error", error],
                ] as const,
              })),
            ] as const,
          })),
        ] as const,
      })),
      ["ovs_version", root.ovs_version],
    ],
  }));
}

function lines(row: ShownRow, level: number): string[] {
  const inner = "    ".repeat(level + 1);
  return [
    "    ".repeat(level) + row.heading,
    ...row.parts.flatMap((part) => {
      if (!isColumn(part)) return part.flatMap((child) => lines(child, level + 1));
      const [column, datum] = part;
      return isDefault(datum) ? [] : [`${inner}${column}: ${datumText(datum)}`];
    }),
  ];
}

function isColumn(part: ShownRow["parts"][number]): part is readonly [string, Datum] {
  return typeof part[0] === "string";
}

/** What `ovs-vsctl show` prints, without the last line's end. */
export function showText(tables: ShownTables): string {
  return shownRows(tables)
    .flatMap((row) => lines(row, 0))
    .join("\n");
}

function connectionValues(rows: readonly ConnectionPart[]): unknown {
  return rows.map(({ target, is_connected }) => ({ target, is_connected }));
}

/** The same as a tree of plain values. */
export function showValue(tables: ShownTables): unknown {
  const [root] = tables.Open_vSwitch;
  if (root === undefined) return null;
  return {
    _uuid: root._uuid,
    ovs_version: root.ovs_version,
    managers: connectionValues(referred(tables.Manager, root.manager_options)),
    bridges: referred(tables.Bridge, root.bridges).map((bridge) => ({
      name: bridge.name,
      controllers: connectionValues(referred(tables.Controller, bridge.controller)),
      fail_mode: bridge.fail_mode,
      datapath_type: bridge.datapath_type,
      ports: referred(tables.Port, bridge.ports).map((port) => ({
        name: port.name,
        tag: port.tag,
        trunks: port.trunks,
        interfaces: referred(tables.Interface, port.interfaces).map(({ name, type, options, error }) => ({
          name,
          type,
          options,
          error,
        })),
      })),
    })),
  };
}

export const showCommand: Command = command({
  name: "show",
  summary: "print the switch's configuration as ovs-vsctl show does",
  operands: [],
  options: {},
  examples: [
    { line: "ovskit show", does: "managers, bridges, controllers, ports and interfaces" },
    {
      line: "ovskit show --ovsdb tcp:127.0.0.1:6640 --json",
      does: "the same of a remote database, for programs",
    },
  ],
  run: (invocation) =>
    withDatabase(invocation, async (client) => {
      await using replica = await client.replica(openVSwitch, columns, waiting(invocation));
      const tables: ShownTables = {
        Open_vSwitch: replica.table("Open_vSwitch"),
        Manager: replica.table("Manager"),
        Bridge: replica.table("Bridge"),
        Controller: replica.table("Controller"),
        Port: replica.table("Port"),
        Interface: replica.table("Interface"),
      };
      return { text: showText(tables), value: showValue(tables) };
    }),
});
