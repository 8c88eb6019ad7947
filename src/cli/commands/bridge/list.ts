// `ovskit bridge list`: the names of the bridges, and with --json what kind each is.
import { openVSwitch } from "../../../ovsdb/models/open-vswitch.ts";
import { type Command, command } from "../../command.ts";
import { waiting, withDatabase } from "../../database.ts";

export const bridgeListCommand: Command = command({
  name: "bridge list",
  summary: "list bridges, one a line",
  description:
    "With --json also each one's datapath, fail mode and number of ports. VLAN bridges are ports here.",
  operands: [],
  options: {},
  examples: [
    { line: "ovskit bridge list", does: "their names" },
    {
      line: `ovskit bridge list --json | jq -r '.[] | select(.failMode != "secure").name'`,
      does: "those that switch by themselves without a controller",
    },
  ],
  run: (invocation) =>
    withDatabase(invocation, async (client) => {
      await using replica = await client.replica(
        openVSwitch,
        { Bridge: ["name", "ports", "datapath_type", "datapath_id", "fail_mode"] },
        waiting(invocation),
      );
      const bridges = Array.from(replica.table("Bridge").ordered("name").rows(), (row) => ({
        name: row.name,
        datapathType: row.datapath_type,
        datapathId: row.datapath_id,
        failMode: row.fail_mode,
        ports: row.ports.length,
      }));
      return { text: bridges.map(({ name }) => name).join("\n"), value: bridges };
    }),
});
