// How a command knows that ovs-vswitchd has done what the database says: a transaction that changes the configuration
// counts Open_vSwitch.next_cfg up, and ovs-vswitchd writes the same number into cur_cfg when it is through with it.
import type { OvsdbClient } from "../ovsdb/client.ts";
import { openVSwitch } from "../ovsdb/models/open-vswitch.ts";
import type { MutateOperation, OperationResult, SelectOperation, SelectResult } from "../ovsdb/operations.ts";
import { switchTakesUp } from "../ovsdb/switch/taking-up.ts";
import type { Integer } from "../ovsdb/values.ts";

/** How long to wait, and until when. */
export interface SwitchWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** To be put at the end of a transaction on Open_vSwitch that is to be waited for; {@link nextConfigIn} reads their results. */
export const nextConfigOperations: readonly [MutateOperation, SelectOperation] = [
  { op: "mutate", table: "Open_vSwitch", where: [], mutations: [["next_cfg", "+=", 1]] },
  { op: "select", table: "Open_vSwitch", where: [], columns: ["next_cfg"] },
];

/** What {@link waitForSwitch} is to wait for; undefined where there is no row of Open_vSwitch, which no switch reads then. */
export function nextConfigIn(results: readonly OperationResult[]): Integer | undefined {
  const { rows } = results.at(-1) as SelectResult;
  return rows[0]?.["next_cfg"] as Integer | undefined;
}

/** Resolves when the switch has this configuration or a later one. Rejects with `SwitchSilentError`, `ConnectionClosedError` or the signal's reason. */
export async function waitForSwitch(
  client: OvsdbClient,
  nextConfig: Integer,
  { timeoutMs, signal }: SwitchWait,
): Promise<void> {
  await using replica = await client.replica(
    openVSwitch,
    { Open_vSwitch: ["cur_cfg"] },
    { timeoutMs, signal },
  );
  await switchTakesUp(replica, nextConfig, { timeoutMs, signal });
}
