// What the commands that add and delete bridges and ports have in common: a replica for as long as one change takes, and
// the names that aren't there said with those that are.
import { openVSwitch } from "../ovsdb/models/open-vswitch.ts";
import type { DatabaseSchema } from "../ovsdb/schema.ts";
import { configureSwitch } from "../ovsdb/switch/configure-switch.ts";
import { UnknownNameError } from "../ovsdb/switch/errors.ts";
import {
  type SwitchConfiguration,
  type SwitchReplica,
  switchSelection,
} from "../ovsdb/switch/switch-configuration.ts";
import { noSuchBridge } from "./bridge-names.ts";
import type { Surroundings } from "./command.ts";
import { waiting, withDatabase } from "./database.ts";
import { nearest } from "./suggestion.ts";
import { InputError } from "./usage-error.ts";

export const noWaitOption = {
  type: "boolean",
  summary: "don't wait until ovs-vswitchd has taken it up",
} as const;

/** Makes one change in one transaction, waits for ovs-vswitchd when `wait` says so, and gives what `report` makes of it. */
export function changeSwitch<T, R>(
  surroundings: Surroundings & { readonly wait: boolean },
  change: (configuration: SwitchConfiguration, schema: DatabaseSchema) => T,
  report: (result: T, replica: SwitchReplica) => R,
): Promise<R> {
  return withDatabase(surroundings, async (client) => {
    const { wait } = surroundings;
    const schema = await client.schema(openVSwitch.name, waiting(surroundings));
    await using replica = await client.replica(openVSwitch, switchSelection, waiting(surroundings));
    try {
      const options = { ...waiting(surroundings), wait };
      const result = await configureSwitch(replica, (it) => change(it, schema), options);
      return report(result, replica);
    } catch (error) {
      throw error instanceof UnknownNameError ? nameNotThere(error, replica) : error;
    }
  });
}

/** A name that isn't there is wrong input. */
function nameNotThere({ kind, unknown, bridge }: UnknownNameError, replica: SwitchReplica): InputError {
  const bridges = Array.from(replica.table("Bridge"), ({ name }) => name).toSorted();
  if (kind === "bridge") return noSuchBridge(unknown, bridges);
  const guess = nearest(
    unknown,
    Array.from(replica.table("Port"), ({ name }) => name),
  );
  const where = bridge === undefined ? "" : ` on bridge ${bridge}`;
  const hint = guess === undefined ? "ovskit ports lists those that are there" : `did you mean "${guess}"?`;
  return new InputError(unknown, `no port "${unknown}"${where}; ${hint}`);
}
