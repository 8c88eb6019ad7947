// What an update makes of a replica's rows. It is worked out whole before any of it is seen, and of many rows in slices, so
// that 100,000 of them don't keep the event loop from everything else.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JsonValue } from "../jsonrpc/json.ts";
import { OvsdbDecodeError } from "./errors.ts";
import { type Members, objectAt } from "./members.ts";
import { type MonitorMessage, type RowUpdate, uuidAt } from "./monitor-protocol.ts";
import type { TableStore } from "./replica-table.ts";
import type { RowCodec } from "./row.ts";
import type { GenericRow } from "./values.ts";

/** What becomes of one row. */
export interface Change {
  readonly store: TableStore;
  readonly uuid: string;
  readonly old: GenericRow | undefined;
  readonly now: GenericRow | undefined;
}

/** A table's rows as they are, and how its columns are read. */
export interface TablePlace {
  readonly store: TableStore;
  readonly codec: RowCodec;
}

/** How many rows are worked out in one turn of the event loop: some milliseconds. */
const rowsInSlice = 1_000;

/** Work that stops after each slice, and gives what it came to. */
export type SlicedWork<T> = Generator<undefined, T>;

/**
 * What a message changes, by the tables that are shown. Throws `OvsdbDecodeError`.
 * @yields Nothing, after each slice.
 */
export function* changesOf(
  { tables, complete, read }: MonitorMessage,
  places: ReadonlyMap<string, TablePlace>,
): SlicedWork<Change[]> {
  const changes: Change[] = [];
  for (const [table, json] of Object.entries(tables)) {
    const place = places.get(table);
    if (place === undefined) throw new OvsdbDecodeError(table, "an update of a table that wasn't asked for");
    const rows = objectAt(json, table);
    const uuids = Object.keys(rows);
    // Rows that were read with other columns are other rows, whatever is in them.
    const whole = (): typeof difference => (place.codec.isLike(place.store.codec) ? difference : replaced);
    const change = complete ? whole() : changed;
    for (let at = 0; at < uuids.length; at += rowsInSlice) {
      if (at > 0) yield;
      for (const uuid of uuids.slice(at, at + rowsInSlice)) {
        const one = change(place, uuidAt(uuid, table), read(rows[uuid], table));
        if (one !== undefined) changes.push(one);
      }
    }
  }
  if (complete) {
    for (const { store } of places.values()) yield* missing(store, tables[store.name], changes);
  }
  return changes;
}

/** What an update of a single row changes. */
function changed({ store, codec }: TablePlace, uuid: string, update: RowUpdate): Change {
  const old = store.get(uuid);
  return { store, uuid, old, now: applied(codec, uuid, old, update) };
}

/** What is different from the row known so far, when the whole row has come. */
function difference({ store, codec }: TablePlace, uuid: string, update: RowUpdate): Change | undefined {
  const old = store.get(uuid);
  const now = applied(codec, uuid, undefined, update);
  const same = old !== undefined && now !== undefined && codec.equal(old, now);
  return same ? undefined : { store, uuid, old, now };
}

/** The row as it has come, whatever it was before. */
function replaced({ store, codec }: TablePlace, uuid: string, update: RowUpdate): Change {
  return { store, uuid, old: store.get(uuid), now: applied(codec, uuid, undefined, update) };
}

/** Takes out the rows that aren't among all rows there are. */
function* missing(store: TableStore, json: JsonValue | undefined, changes: Change[]): SlicedWork<void> {
  const rows: Members = json === undefined ? {} : objectAt(json, store.name);
  let seen = 0;
  for (const uuid of store.uuids()) {
    if (!Object.hasOwn(rows, uuid)) changes.push({ store, uuid, old: store.get(uuid), now: undefined });
    seen += 1;
    if (seen % rowsInSlice === 0) yield;
  }
}

function applied(
  codec: RowCodec,
  uuid: string,
  old: GenericRow | undefined,
  update: RowUpdate,
): GenericRow | undefined {
  switch (update.type) {
    case "insert":
    case "replace":
      return codec.decode(uuid, update.row);
    case "modify":
      if (old === undefined) throw new OvsdbDecodeError(codec.table, `${uuid} was modified but never seen`);
      return codec.apply(old, update.difference);
    case "delete":
    default:
      if (old === undefined) throw new OvsdbDecodeError(codec.table, `${uuid} was deleted but never seen`);
      return undefined;
  }
}

/**
 * Does work, and ends it by `finish` in the same turn: at once when it is one slice, else with a turn of the event loop between slices.
 * Gives false, with `finish` not called, once `still` says no.
 */
export function doInSlices<T>(
  work: SlicedWork<T>,
  finish: (result: T) => void,
  still: () => boolean,
): boolean | Promise<boolean> {
  const first = work.next();
  if (first.done !== true) return goOn(work, finish, still);
  finish(first.value);
  return true;
}

async function goOn<T>(
  work: SlicedWork<T>,
  finish: (result: T) => void,
  still: () => boolean,
): Promise<boolean> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- the wait is the point
    await nextTurn();
    if (!still()) return false;
    const next = work.next();
    if (next.done !== true) continue;
    finish(next.value);
    return true;
  }
}
