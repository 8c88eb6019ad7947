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
export function decodeMonitorReply(method: MonitorMethod, reply: JsonValue): MonitorUpdate {
  if (method !== "monitor_cond_since") {
    const tables = decodeTables(reply, method === "monitor" ? decodeUpdate : decodeUpdate2);
    return { complete: true, tables, lastTransactionId: undefined };
  }
  const [found, id, updates] = arrayAt(reply, method);
  return {
    complete: found !== true,
    tables: decodeTables(updates, decodeUpdate2),
    lastTransactionId: uuidAt(id, method),
  };
}

/** A monitor's notification: whose it is and what it says. Undefined for a method that is none. Throws `OvsdbDecodeError`. */
export function decodeMonitorNotification(
  method: string,
  params: readonly JsonValue[],
): { readonly id: JsonValue | undefined; readonly update: MonitorUpdate } | undefined {
  const [id, second, third] = params;
  switch (method) {
    case "update":
      return { id, update: changed(decodeTables(second, decodeUpdate)) };
    case "update2":
      return { id, update: changed(decodeTables(second, decodeUpdate2)) };
    case "update3":
      return { id, update: changed(decodeTables(third, decodeUpdate2), uuidAt(second, method)) };
    default:
      return undefined;
  }
}

/** A row's or a transaction's UUID, to be sent back some day. */
function uuidAt(json: JsonValue | undefined, path: string): string {
  if (typeof json === "string" && isUuid(json)) return json;
  throw new OvsdbDecodeError(path, "no UUID");
}

function changed(tables: TableUpdates, lastTransactionId?: string): MonitorUpdate {
  return { complete: false, tables, lastTransactionId };
}

function decodeTables(
  json: JsonValue | undefined,
  decode: (update: Members, path: string) => RowUpdate,
): TableUpdates {
  const tables = Object.entries(objectAt(json, "update")).map(([table, rows]) => {
    const updates = Object.entries(objectAt(rows, table)).map(
      ([uuid, update]) => [uuidAt(uuid, table), decode(objectAt(update, table), table)] as const,
    );
    return [table, new Map(updates)] as const;
  });
  return new Map(tables);
}

function decodeUpdate({ old, new: now }: Members, table: string): RowUpdate {
  if (now === undefined) return { type: "delete" };
  return { type: old === undefined ? "insert" : "replace", row: objectAt(now, table) };
}

function decodeUpdate2(update: Members, table: string): RowUpdate {
  if ("modify" in update) return { type: "modify", difference: objectAt(update["modify"], table) };
  if ("delete" in update) return { type: "delete" };
  const row = update["initial"] ?? update["insert"];
  if (row === undefined) throw new OvsdbDecodeError(table, "an update of no known kind");
  return { type: "insert", row: objectAt(row, table) };
}
