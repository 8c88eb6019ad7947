// The database as commands need it: connected for as long as they read, with the signal and the deadline of the
// command line, and closed whatever happens.
import { connectOvsdb, type OvsdbClient } from "../ovsdb/client.ts";
import type { Surroundings } from "./command.ts";

/** What every request of a command carries. */
export function waiting({ timeoutMs, signal }: Surroundings): { timeoutMs: number; signal: AbortSignal } {
  return { timeoutMs, signal };
}

/** Connects, lets `use` work, and closes. */
export async function withDatabase<T>(
  surroundings: Surroundings,
  use: (client: OvsdbClient) => Promise<T>,
): Promise<T> {
  await using client = await connectOvsdb(surroundings.ovsdb, { ...waiting(surroundings), reconnect: false });
  return await use(client);
}
