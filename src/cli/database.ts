// The database as commands need it: connected for as long as they read, with the signal and the deadline of the
// command line, and closed whatever happens.
import { connectOvsdb, type OvsdbClient } from "../ovsdb/client.ts";
import type { ClusterOptions } from "../ovsdb/cluster.ts";
import type { TlsOptions } from "../transport/tls.ts";
import type { Surroundings } from "./command.ts";

/** What every request of a command carries. */
export function waiting({ timeoutMs, signal }: Surroundings): { timeoutMs: number; signal: AbortSignal } {
  return { timeoutMs, signal };
}

/** What connecting needs besides where to. */
export function connecting(surroundings: Surroundings): {
  timeoutMs: number;
  signal: AbortSignal;
  tls: TlsOptions | undefined;
} {
  return { ...waiting(surroundings), tls: surroundings.tls };
}

/** Of several servers it is the leader that has to be talked to; who names one server means that one. */
function clusterAt(target: string, database: string | undefined): ClusterOptions | undefined {
  return database !== undefined && target.includes(",") ? { database } : undefined;
}

/** Connects, to the leader of `database` where several servers are named, lets `use` work, and closes. */
export async function withDatabase<T>(
  surroundings: Surroundings,
  use: (client: OvsdbClient) => Promise<T>,
  database?: string,
): Promise<T> {
  await using client = await connectOvsdb(surroundings.ovsdb, {
    ...connecting(surroundings),
    cluster: clusterAt(surroundings.ovsdb, database),
    reconnect: false,
  });
  return await use(client);
}
