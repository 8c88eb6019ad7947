// What a database says of bridges and ports, with names where it has UUIDs, so that two databases can be compared.
import { type OpenVSwitch } from "../../lab/open-vswitch.ts";
import { connectOvsdb, openVSwitch } from "../../src/ovsdb/index.ts";

type Plain = Readonly<Record<string, unknown>>;

/** Open_vSwitch, Bridge, Port and Interface as a user configures them, without what ovs-vswitchd writes, and without `except`. */
export async function switchContents(
  ovs: Pick<OpenVSwitch, "ovsdb">,
  except: readonly string[] = [],
): Promise<Readonly<Record<string, readonly Plain[]>>> {
  await using client = await connectOvsdb(ovs.ovsdb, { reconnect: false });
  await using replica = await client.replica(openVSwitch, {
    Open_vSwitch: ["bridges", "next_cfg", "cur_cfg"],
    Bridge: [
      "name",
      "ports",
      "datapath_type",
      "fail_mode",
      "external_ids",
      "other_config",
      "protocols",
      "controller",
    ],
    Port: ["name", "interfaces", "tag", "trunks", "vlan_mode", "external_ids", "other_config", "fake_bridge"],
    Interface: ["name", "type", "options", "external_ids", "other_config", "ofport_request", "mac"],
  });
  const names = new Map(
    [replica.table("Bridge"), replica.table("Port"), replica.table("Interface")].flatMap((table) =>
      Array.from(table as Iterable<{ _uuid: string; name: string }>, ({ _uuid, name }) => [_uuid, name]),
    ),
  );
  const plain = (value: unknown): unknown => {
    if (value instanceof Map) return Object.fromEntries(value);
    if (Array.isArray(value)) return value.map((one) => String(plain(one))).toSorted();
    return typeof value === "string" ? (names.get(value) ?? value) : value;
  };
  const rows = (table: Iterable<object>): readonly Plain[] =>
    Array.from(table, (row) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([column]) => column !== "_uuid" && !except.includes(column))
          .map(([column, value]) => [column, plain(value)]),
      ),
    ).toSorted((one, other) => (String(one["name"]) < String(other["name"]) ? -1 : 1));
  return {
    Open_vSwitch: rows(replica.table("Open_vSwitch")),
    Bridge: rows(replica.table("Bridge")),
    Port: rows(replica.table("Port")),
    Interface: rows(replica.table("Interface")),
  };
}
