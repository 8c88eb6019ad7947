// A replica of the model database under test: what it was told to show, a second copy kept from its events alone, and
// everything that it should equal at a quiet moment.
import assert from "node:assert/strict";
import type { GenericRow, GenericTables, OvsdbClient, Replica, ReplicaTable } from "../../src/ovsdb/index.ts";
import type { Random } from "../fuzz/random.ts";
import { type Contents, canonical } from "./database-contents.ts";
import { chosenOf, contentsOf, type Shown } from "./database-dump.ts";
import { modelColumns, modelName, names } from "./model-database.ts";

type Condition =
  | readonly ["count", "==" | "<" | "!=", number]
  | readonly ["name", "==", string]
  | readonly ["tags", "includes", string];
type Table = keyof typeof modelColumns;
interface Chosen {
  readonly columns: readonly string[];
  readonly where: readonly Condition[] | undefined;
}
type Choice = Partial<Record<Table, Chosen>>;

function randomWhere(random: Random): readonly Condition[] | undefined {
  if (random.once(3)) return undefined;
  return Array.from({ length: random.below(3) }, (): Condition => {
    return random.pick<() => Condition>([
      () => ["count", "==", random.below(10)],
      () => ["count", "<", random.below(10)],
      () => ["count", "!=", random.below(10)],
      () => ["name", "==", random.pick(names)],
      () => ["tags", "includes", random.pick(names)],
    ])();
  });
}

/** Conditions worked out on the text of a dump. */
function fits(where: readonly Condition[] | undefined): (row: Readonly<Record<string, string>>) => boolean {
  if (where === undefined) return () => true;
  return (row) =>
    where.some(([column, test, value]) => {
      const text = row[column] ?? "";
      const element = JSON.stringify(`${typeof value} ${value}`);
      if (test === "includes") return text.includes(element);
      const count = Number(/-?\d+/.exec(text)?.[0]);
      if (test === "<") return count < value;
      return (text === canonical(value)) === (test === "==");
    });
}

function randomChoice(random: Random): Choice {
  const item = modelColumns.Item.filter(() => random.once(2));
  return {
    Item: { columns: random.once(2) ? modelColumns.Item : item, where: randomWhere(random) },
    ...(random.once(2) ? { Part: { columns: modelColumns.Part, where: undefined } } : {}),
  };
}

/** One replica and all that is known of it. */
export class FollowedReplica {
  readonly replica: Replica<GenericTables, unknown, GenericTables>;
  /** What the events alone tell, by table and row. */
  readonly #told: Map<string, Map<string, GenericRow>> = new Map();
  #choice: Choice;
  readonly faults: string[] = [];
  events = 0;
  /** What it is told takes effect in this order. */
  #turns: Promise<void> = Promise.resolve();

  private constructor(replica: Replica<GenericTables, unknown, GenericTables>, choice: Choice) {
    this.replica = replica;
    this.#choice = choice;
    for (const name of Object.keys(choice)) {
      this.#told.set(name, new Map(Array.from(replica.table(name), (row) => [row._uuid, row])));
    }
    replica.on("change", (changes) => {
      this.events += 1;
      for (const { table, uuid, type, old, new: now } of changes) {
        const rows = this.#told.get(table) ?? new Map<string, GenericRow>();
        this.#told.set(table, rows);
        if (rows.get(uuid) !== old)
          this.faults.push(`${type} ${table} ${uuid}: old isn't what was told last`);
        if (replica.table(table).get(uuid) !== now) this.faults.push(`${type} ${table} ${uuid}: not shown`);
        if (now === undefined) rows.delete(uuid);
        else rows.set(uuid, now);
      }
    });
  }

  static async start(client: OvsdbClient, random: Random): Promise<FollowedReplica> {
    const choice = randomChoice(random);
    return new FollowedReplica(await client.replica(modelName, choice), choice);
  }

  get itemIds(): readonly string[] {
    return Array.from(this.replica.table("Item"), ({ _uuid }) => _uuid);
  }

  /** Tells it to show other rows, whatever else it is told at the same time. */
  async where(random: Random): Promise<void> {
    const where = randomWhere(random);
    const chosen = this.replica.where({ Item: where });
    this.#turns = this.#afterTurns(() => {
      const item = this.#choice.Item ?? { columns: [], where: undefined };
      this.#choice = { ...this.#choice, Item: { ...item, where } };
    });
    await chosen;
  }

  /** Tells it to show other tables and columns. When it rejects, it shows what it showed before. */
  async reselect(random: Random): Promise<void> {
    const choice = randomChoice(random);
    const reselected = this.replica.reselect(choice);
    this.#turns = this.#afterTurns(async () => {
      const [{ status }] = await Promise.allSettled([reselected]);
      if (status === "rejected") return;
      this.#choice = choice;
      // Rows of a table that isn't chosen any more go without a word.
      for (const table of this.#told.keys()) if (!(table in choice)) this.#told.delete(table);
    });
    await Promise.allSettled([this.#turns]);
    await reselected;
  }

  async #afterTurns(body: () => void | Promise<void>): Promise<void> {
    await this.#turns;
    await body();
  }

  /** Compares with a dump, and all that it answers with what a look through all rows gives. */
  check(dump: Contents): void {
    assert.deepEqual(this.faults, []);
    const shown: Shown = Object.fromEntries(
      Object.entries(this.#choice).map(([table, { columns, where }]) => [
        table,
        { columns, fits: fits(where) },
      ]),
    );
    const tables = Object.keys(shown);
    const is = contentsOf(tables, (table) => this.replica.table(table));
    assert.deepEqual(is, chosenOf(dump, shown), JSON.stringify(this.#choice));
    for (const table of tables) {
      const rows = new Map(Array.from(this.replica.table(table), (row) => [row._uuid, row]));
      assert.deepEqual(this.#told.get(table) ?? new Map(), rows, `${table} by its events`);
    }
    this.#checkItems(new Set(this.#choice.Item?.columns));
  }

  #checkItems(columns: ReadonlySet<string>): void {
    const table = this.replica.table("Item");
    const rows = [...table];
    if (columns.has("name")) checkIndex(table, "name", rows, (row) => [row["name"]]);
    if (columns.has("tags")) checkIndex(table, "tags", rows, (row) => row["tags"] as readonly unknown[]);
    if (columns.has("count")) {
      const counts = rows.map((row) => Number(row["count"])).toSorted((one, other) => one - other);
      assert.deepEqual(
        Array.from(table.ordered("count").rows(), (row) => row["count"]),
        counts,
      );
    }
    if (columns.has("friends")) this.#checkReferences(rows);
  }

  #checkReferences(rows: readonly GenericRow[]): void {
    const reference = this.replica.reference("Item", "friends");
    for (const row of rows) {
      const friends = rows.filter(({ _uuid }) => (row["friends"] as readonly string[]).includes(_uuid));
      assert.deepEqual(idsOf(reference.of(row)), idsOf(friends));
      const back = rows.filter((one) => (one["friends"] as readonly string[]).includes(row._uuid));
      assert.deepEqual(idsOf(reference.to(row)), idsOf(back));
    }
  }
}

function idsOf(rows: readonly GenericRow[]): string[] {
  return rows.map(({ _uuid }) => _uuid).toSorted();
}

function checkIndex(
  table: ReplicaTable<GenericRow>,
  column: string,
  rows: readonly GenericRow[],
  valuesOf: (row: GenericRow) => readonly unknown[],
): void {
  const index = table.index(column);
  for (const value of names) {
    const found = rows.filter((row) => valuesOf(row).includes(value));
    assert.deepEqual(idsOf(index.find(value)), idsOf(found), `${column} ${value}`);
    assert.equal(index.one(value) !== undefined, found.length > 0);
  }
}
