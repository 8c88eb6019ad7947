// What a server says of its own databases, kept up on one connection: `_Server`'s only table (ovsdb-server(5)). By it
// a client hears of a database that comes, goes or, in a cluster, loses its leader. (Of a conversion it doesn't tell.)
import { EventEmitter } from "node:events";
import type { JsonValue } from "../jsonrpc/json.ts";
import type { WaitOptions } from "../transport/deadline.ts";
import type { OvsdbConnection } from "./connection.ts";
import { OvsdbRequestError, SelectionError } from "./errors.ts";
import type { GenericTables } from "./model.ts";
import { Monitor } from "./monitor.ts";
import { monitorNotification } from "./monitor-protocol.ts";
import { LiveReplica, type RowChange } from "./replica.ts";
import type { GenericRow, Integer } from "./values.ts";

/** What a server says of one of its databases (ovsdb-server(5), "Database Table"). */
export interface DatabaseStatus {
  readonly name: string;
  readonly model: "standalone" | "clustered" | "relay";
  /** False while a member of a cluster has lost the others, or a relay its source: what it shows may be old. */
  readonly connected: boolean;
  /** Whether this server is the cluster's leader; true of a standalone database. */
  readonly leader: boolean;
  /** The cluster's UUID; only of a clustered database that has joined. */
  readonly clusterId: string | undefined;
  /** The server's own UUID in the cluster. */
  readonly serverId: string | undefined;
  /** How far the server's copy of the cluster's log goes; only of a clustered database. */
  readonly index: Integer | undefined;
}

/** Events of {@link ServerDatabases}. */
export interface ServerDatabasesEvents {
  /** Something differs from what was said before. `renewed` are the databases that have come or gone. */
  change: [renewed: ReadonlySet<string>];
}

const database = "_Server";
const table = "Database";
const columns = ["name", "model", "connected", "leader", "cid", "sid", "index"];
const monitorId = "ovskit-server";
/** The databases of the server at the other end of one connection. */
export class ServerDatabases extends EventEmitter<ServerDatabasesEvents> {
  readonly #connection: OvsdbConnection;
  readonly #monitor: Monitor;
  readonly #replica: LiveReplica;

  constructor(connection: OvsdbConnection) {
    super();
    const replica = new LiveReplica(database, { [table]: columns });
    this.#connection = connection;
    this.#replica = replica;
    this.#monitor = new Monitor({
      database,
      id: monitorId,
      plan: (at, options) => replica.plan(at, options),
      take: (...told) => replica.take(...told),
      onClose: () => {},
    });
    replica.follow(this.#monitor);
    replica.on("change", (changes) => this.#changed(changes));
  }

  /**
   * Begins to follow, and tells the server so: else it ends the connection when a database comes or goes. Resolves with false for a
   * server before Open vSwitch 2.9, which doesn't tell.
   */
  async start(options?: WaitOptions): Promise<boolean> {
    try {
      const aware = this.#connection.becomeAware(options);
      await Promise.all([aware, this.#monitor.attach(this.#connection, options)]);
      return true;
    } catch (error) {
      if (error instanceof OvsdbRequestError || error instanceof SelectionError) return false;
      throw error;
    }
  }

  /** What the server says of a database; undefined when it hasn't it. */
  get(name: string): DatabaseStatus | undefined {
    const row = this.#replica.table(table).index("name").one(name);
    return row === undefined ? undefined : status(row);
  }

  /** Takes a notification; whether it was meant for us. */
  notified(method: string, params: readonly JsonValue[]): boolean {
    if (params[0] !== monitorId) return false;
    const notification = monitorNotification(method, params);
    if (notification !== undefined) this.#monitor.receive(notification.message);
    return true;
  }

  #changed(changes: readonly RowChange<GenericTables>[]): void {
    const comeOrGone = changes.filter(({ type }) => type !== "modify");
    const renewed = new Set(comeOrGone.map((change) => status(change.new ?? change.old).name));
    for (const name of renewed) this.#connection.forgetSchema(name);
    this.emit("change", renewed);
  }
}

function status(row: GenericRow): DatabaseStatus {
  const text = (column: string): string | undefined =>
    typeof row[column] === "string" ? row[column] : undefined;
  const { index, model } = row;
  return {
    name: text("name") ?? "",
    model: model === "clustered" || model === "relay" ? model : "standalone",
    connected: row["connected"] !== false,
    leader: row["leader"] !== false,
    clusterId: text("cid"),
    serverId: text("sid"),
    index: typeof index === "number" || typeof index === "bigint" ? index : undefined,
  };
}
