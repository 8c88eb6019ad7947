// The three ways to monitor, made one: monitor_cond_since and monitor_cond (ovsdb-server 2.6 and 2.12) and RFC 7047's
// monitor differ in requests, replies and notifications; above this file there are only row updates.
import type { JsonValue } from "../jsonrpc/json.ts";
import { OvsdbDecodeError } from "./errors.ts";
import { arrayAt, type Members, objectAt } from "./members.ts";
import { type Condition, encodeTriples } from "./operations.ts";
import { isUuid } from "./values.ts";

/** The ways to monitor, best first. */
export const monitorMethods = ["monitor_cond_since", "monitor_cond", "monitor"] as const;

/** A way to monitor. */
export type MonitorMethod = (typeof monitorMethods)[number];

/** What is asked of one table. */
export interface MonitorTable {
  /** Which columns. */
  readonly columns: readonly string[];
  /** Which rows: those for which any of the conditions holds; none of none. Default: all. Not in RFC 7047's `monitor`. */
  readonly where?: readonly Condition[] | undefined;
}

/** What is asked, by table. */
export type MonitorRequests = ReadonlyMap<string, MonitorTable>;

/** What happened to one row. */
export type RowUpdate =
  /** It is there; columns with their default value may be left out. */
  | { readonly type: "insert"; readonly row: Members }
  /** These columns differ, written as update2 does: sets by exclusive or, maps by merging. */
  | { readonly type: "modify"; readonly difference: Members }
  /** It is now this, every column written out. */
  | { readonly type: "replace"; readonly row: Members }
  | { readonly type: "delete" };

/** What happened, by table and row. */
export type TableUpdates = ReadonlyMap<string, ReadonlyMap<string, RowUpdate>>;

/** What a monitor has to tell. */
export interface MonitorUpdate {
  /** True: these are all the rows there are. False: this is what changed. */
  readonly complete: boolean;
  readonly tables: TableUpdates;
  /** The transaction after which the database was so; only by monitor_cond_since. */
  readonly lastTransactionId: string | undefined;
}

/** A {@link MonitorUpdate} as it came: it may be of 100,000 rows, which are read one by one. */
export interface MonitorMessage {
  readonly complete: boolean;
  /** By table and row what {@link MonitorMessage.read} reads. */
  readonly tables: Members;
  /** Reads what happened to one row of a table. Throws `OvsdbDecodeError`. */
  readonly read: (update: JsonValue | undefined, table: string) => RowUpdate;
  readonly lastTransactionId: string | undefined;
}

/** Before the first transaction that a client knows of. */
const noTransactionId = "00000000-0000-0000-0000-000000000000";

/** Conditions of which any may hold, as a monitor has them. To the server no condition would mean every row. */
export function encodeWhere(where: readonly Condition[] | undefined): JsonValue[] {
  if (where === undefined) return [true];
  return where.length === 0 ? [false] : encodeTriples(where);
}

/** The params of a request to monitor. */
export function monitorParams(
  method: MonitorMethod,
  database: string,
  id: string,
  requests: MonitorRequests,
  lastTransactionId: string | undefined,
): JsonValue[] {
  const tables = Array.from(requests, ([table, { columns, where }]) => {
    const conditions = where === undefined ? {} : { where: encodeWhere(where) };
    return [table, [{ columns, ...conditions }]] as const;
  });
  const params = [database, id, Object.fromEntries(tables)];
  return method === "monitor_cond_since" ? [...params, lastTransactionId ?? noTransactionId] : params;
}

/** What the reply to a request to monitor says. Throws `OvsdbDecodeError`. */
export function monitorReply(method: MonitorMethod, reply: JsonValue): MonitorMessage {
  if (method !== "monitor_cond_since") {
    const read = method === "monitor" ? readUpdate : readUpdate2;
    return { complete: true, tables: objectAt(reply, method), read, lastTransactionId: undefined };
  }
  const [found, id, updates] = arrayAt(reply, method);
  return {
    complete: found !== true,
    tables: objectAt(updates, method),
    read: readUpdate2,
    lastTransactionId: uuidAt(id, method),
  };
}

/** A monitor's notification: whose it is and what it says. Undefined for a method that is none. Throws `OvsdbDecodeError`. */
export function monitorNotification(
  method: string,
  params: readonly JsonValue[],
): { readonly id: JsonValue | undefined; readonly message: MonitorMessage } | undefined {
  const [id, second, third] = params;
  const changed = (
    updates: JsonValue | undefined,
    read: MonitorMessage["read"],
    lastTransactionId?: string,
  ): MonitorMessage => ({ complete: false, tables: objectAt(updates, method), read, lastTransactionId });
  switch (method) {
    case "update":
      return { id, message: changed(second, readUpdate) };
    case "update2":
      return { id, message: changed(second, readUpdate2) };
    case "update3":
      return { id, message: changed(third, readUpdate2, uuidAt(second, method)) };
    default:
      return undefined;
  }
}

/** A row's or a transaction's UUID, to be sent back some day. Throws `OvsdbDecodeError`. */
export function uuidAt(json: JsonValue | undefined, path: string): string {
  if (typeof json === "string" && isUuid(json)) return json;
  throw new OvsdbDecodeError(path, "no UUID");
}

/** Everything that a message tells. Throws `OvsdbDecodeError`. */
export function wholeUpdate({ complete, tables, read, lastTransactionId }: MonitorMessage): MonitorUpdate {
  const updates = Object.entries(tables).map(([table, rows]) => {
    const byRow = Object.entries(objectAt(rows, table)).map(
      ([uuid, update]) => [uuidAt(uuid, table), read(update, table)] as const,
    );
    return [table, new Map(byRow)] as const;
  });
  return { complete, tables: new Map(updates), lastTransactionId };
}

function readUpdate(json: JsonValue | undefined, table: string): RowUpdate {
  const { old, new: now } = objectAt(json, table);
  if (now === undefined) return { type: "delete" };
  return { type: old === undefined ? "insert" : "replace", row: objectAt(now, table) };
}

function readUpdate2(json: JsonValue | undefined, table: string): RowUpdate {
  const update = objectAt(json, table);
  const row = update["initial"] ?? update["insert"];
  if (row !== undefined) return { type: "insert", row: objectAt(row, table) };
  if ("modify" in update) return { type: "modify", difference: objectAt(update["modify"], table) };
  if ("delete" in update) return { type: "delete" };
  throw new OvsdbDecodeError(table, "an update of no known kind");
}
