import assert from "node:assert/strict";
import fc from "fast-check";
import { TableStore } from "../../src/ovsdb/replica-table.ts";
import type { AtomValue, GenericRow } from "../../src/ovsdb/values.ts";

describe("an index over sets", () => {
  it("finds what a look through all rows finds, after any changes", () => {
    const ids = fc.constantFrom("a", "b", "c");
    const sets = fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 10 }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, sets)), (changes) => {
        const store = new TableStore("T", "Test");
        const index = store.index("set");
        for (const [id, set] of changes) {
          store.write(id, set === undefined ? undefined : { _uuid: id, set });
          for (let key = 0; key < 10; key += 1) {
            const found = index.find(key).map((row) => row._uuid);
            const expected = [...store].filter((row) => (row["set"] as number[]).includes(key));
            assert.deepEqual(found.toSorted(), expected.map((row) => row._uuid).toSorted());
            assert.equal(index.one(key) === undefined, expected.length === 0);
          }
        }
      }),
    );
  });

  it("under a key in a map is another for each key, of whatever type", () => {
    const store = new TableStore("T", "Test");
    const big = 2n ** 62n;
    store.write("1", { _uuid: "1", map: new Map([[big, "a"]]) });
    store.write("2", { _uuid: "2", map: new Map([[String(big), "a"]]) });
    const found = (key: AtomValue): unknown => store.index(["map", key]).one("a")?._uuid;
    assert.deepEqual([found(big), found(String(big)), found(1)], ["1", "2", undefined]);
    assert.equal(store.index(["map", big]), store.index(["map", big]), "it is made once");
  });

  it("of several columns doesn't take a text for a number, or two texts for one", () => {
    const store = new TableStore("T", "Test");
    const index = store.index("x", "y");
    const rows: GenericRow[] = [
      { _uuid: "1", x: "1", y: "b c" },
      { _uuid: "2", x: 1, y: "b c" },
      { _uuid: "3", x: "1 b", y: "c" },
      { _uuid: "4", x: undefined, y: "c" },
    ];
    for (const row of rows) store.write(row._uuid, row);
    for (const row of rows) assert.deepEqual(index.find(row["x"], row["y"]), [row]);
  });
});
