// A database made for tests that change things at random: a column of every kind, references of every kind, and random
// operations on them.
import type { Operation, Value } from "../../src/ovsdb/index.ts";
import { namedUuid, uuid } from "../../src/ovsdb/index.ts";
import type { Random } from "../fuzz/random.ts";

export const modelName = "Model";

const many = (key: unknown): object => ({ key, min: 0, max: "unlimited" });
const weak = { type: "uuid", refTable: "Item", refType: "weak" };

const itemColumns: Readonly<Record<string, object>> = {
  name: { type: "string" },
  count: { type: "integer" },
  big: { type: { key: "integer", min: 0, max: 1 } },
  ratio: { type: "real" },
  flag: { type: "boolean" },
  tags: { type: many("string") },
  few: { type: { key: "integer", min: 0, max: 4 } },
  labels: { type: { ...many("string"), value: "string" } },
  weights: { type: { ...many("integer"), value: "real" } },
  single: { type: { key: "string", value: "integer", min: 0, max: 1 } },
  parent: { type: { key: weak, min: 0, max: 1 } },
  friends: { type: many(weak) },
  named: { type: { ...many("string"), value: weak } },
  parts: { type: many({ type: "uuid", refTable: "Part" }) },
};

/** As an .ovsschema file holds it. */
export const modelSchema: object = {
  name: modelName,
  version: "1.0.0",
  tables: {
    Item: { isRoot: true, columns: itemColumns },
    Part: { columns: { name: { type: "string" }, size: { type: "integer" } } },
    Counter: { isRoot: true, columns: { tally: { type: "integer" } } },
  },
};

/** The columns by table. */
export const modelColumns: Readonly<Record<"Item" | "Part" | "Counter", readonly string[]>> = {
  Item: Object.keys(itemColumns),
  Part: ["name", "size"],
  Counter: ["tally"],
};

export const names: readonly string[] = ["a", "b", "c", "é", "", "__proto__", "constructor"];

const atMost4 = <T>(random: Random, make: () => T): T[] => Array.from({ length: random.below(4) }, make);
const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** A random value for a column of Item. `ids`: rows that there are, or were. */
export function randomValue(random: Random, column: string, ids: readonly string[]): Value {
  const name = (): string => random.pick(names);
  const references = (): Value =>
    distinct(ids.length === 0 ? [] : atMost4(random, () => random.pick(ids))).map(uuid);
  const makers: Record<string, () => Value> = {
    name,
    count: () => random.below(10),
    big: () => random.pick([[], 0, 2n ** 62n, -(2n ** 63n), 2n ** 53n]),
    ratio: () => random.pick([0, -1.5, 1e300, 0.1, 12345678901234567000]),
    flag: () => random.once(2),
    tags: () => distinct(atMost4(random, name)),
    few: () => distinct(atMost4(random, () => random.below(6))),
    labels: () => new Map(atMost4(random, () => [name(), name()])),
    weights: () => new Map(atMost4(random, () => [random.below(5), random.below(5) / 2])),
    single: () => new Map(random.once(2) ? [] : [[name(), random.below(5)]]),
    parent: () => (ids.length === 0 || random.once(3) ? [] : uuid(random.pick(ids))),
    friends: references,
    named: () => new Map(ids.length === 0 ? [] : atMost4(random, () => [name(), uuid(random.pick(ids))])),
  };
  return makers[column]?.() ?? [];
}

const writable = modelColumns.Item.filter((column) => column !== "parts");

function randomRow(random: Random, ids: readonly string[]): Record<string, Value> {
  const columns = writable.filter(() => random.once(3));
  return Object.fromEntries(columns.map((column) => [column, randomValue(random, column, ids)]));
}

/** One or two random operations, on a row that is there or may be gone. */
export function randomOperations(random: Random, ids: readonly string[]): Operation[] {
  const table = "Item";
  const id = ids.length === 0 ? undefined : random.pick(ids);
  const where = id === undefined ? [] : ([["_uuid", "==", uuid(id)]] as const);
  const set = random.pick(["tags", "few", "friends", "labels", "weights", "named"]);
  const makers: readonly (() => Operation[])[] = [
    () => [{ op: "insert", table, row: randomRow(random, ids) }],
    () => [
      {
        op: "insert",
        table: "Part",
        row: { name: random.pick(names), size: random.below(9) },
        uuidName: "p",
      },
      { op: "insert", table, row: { ...randomRow(random, ids), parts: namedUuid("p") } },
    ],
    () => [{ op: "update", table, where, row: { ...randomRow(random, ids), flag: random.once(2) } }],
    () => [
      { op: "update", table, where: [["count", "<", random.below(3)]], row: { count: random.below(10) } },
    ],
    () => [
      {
        op: "mutate",
        table,
        where,
        mutations: [[set, random.pick(["insert", "delete"]), randomValue(random, set, ids)]],
      },
    ],
    () => [{ op: "mutate", table, where, mutations: [["count", "+=", 1]] }],
    () => [{ op: "update", table: "Part", where: [], row: { size: random.below(9) } }],
    () => (random.once(20) ? [{ op: "delete", table, where: [["count", "==", random.below(10)]] }] : []),
    () => (id === undefined ? [] : [{ op: "delete", table, where }]),
  ];
  return random.pick(makers)();
}
