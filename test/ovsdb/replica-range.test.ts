import assert from "node:assert/strict";
import fc from "fast-check";
import { OrderedRows } from "../../src/ovsdb/replica-range.ts";
import type { AtomValue, GenericRow } from "../../src/ovsdb/values.ts";
import { id } from "./fake-server.ts";

/** A table of rows with one column, and their order. */
class Ordered {
  readonly rows: Map<string, GenericRow> = new Map();
  readonly order: OrderedRows = new OrderedRows(
    (uuid) => this.rows.get(uuid),
    (row) => row["key"] as AtomValue | undefined,
  );

  set(number: number, key: AtomValue | undefined): void {
    const uuid = id(number);
    const row = { _uuid: uuid, key };
    const old = this.rows.get(uuid);
    this.rows.set(uuid, row);
    this.order.update(uuid, old, row);
  }

  remove(number: number): void {
    const uuid = id(number);
    const old = this.rows.get(uuid);
    this.rows.delete(uuid);
    if (old !== undefined) this.order.update(uuid, old, undefined);
  }

  keys(from?: AtomValue, to?: AtomValue): unknown[] {
    return this.order.rows({ from, to }).map((row) => row["key"]);
  }
}

describe("rows in order", () => {
  it("are those from one value to another, both ends among them", () => {
    const table = new Ordered();
    for (const [index, key] of [5, 1, undefined, 9, 3].entries()) table.set(index, key);
    assert.deepEqual(table.keys(), [1, 3, 5, 9]);
    assert.deepEqual(table.keys(3, 5), [3, 5]);
    assert.deepEqual(table.keys(4), [5, 9]);
    assert.deepEqual(table.keys(undefined, 4), [1, 3]);
    assert.deepEqual(table.keys(6, 8), []);
    assert.throws(() => table.keys(2, 1), RangeError);
  });

  it("begin and end with the least and the greatest", () => {
    const table = new Ordered();
    assert.equal(table.order.first(), undefined);
    assert.equal(table.order.last(), undefined);
    for (const [index, key] of [5, 1, 9].entries()) table.set(index, key);
    const found = [
      table.order.first(),
      table.order.last(),
      table.order.first(2),
      table.order.last(8),
      table.order.first(10),
    ];
    assert.deepEqual(
      found.map((row) => row?.["key"]),
      [1, 9, 5, 5, undefined],
    );
  });

  it("compare numbers beyond 2^53 and below as what they are, and texts by code unit", () => {
    const table = new Ordered();
    for (const [index, key] of [2n ** 60n, 7, -(2n ** 60n), 2n ** 60n + 1n].entries()) table.set(index, key);
    assert.deepEqual(table.keys(), [-(2n ** 60n), 7, 2n ** 60n, 2n ** 60n + 1n]);
    assert.deepEqual(table.keys(7, 2n ** 60n), [7, 2n ** 60n]);
    const texts = new Ordered();
    for (const [index, key] of ["b", "a", "B", "ä"].entries()) texts.set(index, key);
    assert.deepEqual(texts.keys(), ["B", "a", "b", "ä"]);
  });

  it("are what sorting all of them gives, after any changes, looked at at any time", () => {
    const change = fc.tuple(
      fc.nat(60),
      fc.option(fc.nat(9), { nil: undefined }),
      fc.constantFrom("set", "remove", "look"),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const table = new Ordered();
        for (const [number, key, what] of [...changes, [0, 0, "look"] as const]) {
          if (what === "set") table.set(number, key);
          else if (what === "remove") table.remove(number);
          else {
            const present = [...table.rows.values()].filter((row) => row["key"] !== undefined);
            const sorted = present.map((row) => row["key"] as number).toSorted((one, other) => one - other);
            assert.deepEqual(table.keys(), sorted);
            assert.deepEqual(
              table.keys(3, 6),
              sorted.filter((one) => one >= 3 && one <= 6),
            );
          }
        }
      }),
    );
  });
});
