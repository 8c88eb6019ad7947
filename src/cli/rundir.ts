// Where the sockets of the running Open vSwitch are: as the command line says, else as the database does, else where
// Debian and most others put them.
import { openVSwitch } from "../ovsdb/models/open-vswitch.ts";
import type { Surroundings } from "./command.ts";
import { waiting, withDatabase } from "./database.ts";

const usualRundir = "/var/run/openvswitch";

/** The run folder. Asks the database only when the command line doesn't say. */
export async function findRundir(surroundings: Surroundings): Promise<string> {
  if (surroundings.rundir !== undefined) return surroundings.rundir;
  return withDatabase(surroundings, async (client) => {
    const [{ rows }] = await client.transact(
      openVSwitch.name,
      [{ op: "select", table: "Open_vSwitch", where: [], columns: ["external_ids"] }],
      waiting(surroundings),
    );
    const ids = rows[0]?.["external_ids"];
    const rundir = ids instanceof Map ? (ids.get("rundir") as unknown) : undefined;
    return typeof rundir === "string" && rundir !== "" ? rundir : usualRundir;
  });
}
