import assert from "node:assert/strict";
import fc from "fast-check";
import { isPutOff } from "../../src/ovsdb/put-off-set.ts";
import { type RowCodec, rowCodec } from "../../src/ovsdb/row.ts";
import { parseSchema } from "../../src/ovsdb/schema.ts";
import type { GenericRow } from "../../src/ovsdb/values.ts";
import { id, testSchema } from "./fake-server.ts";

const codec: RowCodec = rowCodec(parseSchema(testSchema), "Item", "all");
const base: readonly string[] = Array.from({ length: 1_500 }, (_, number) => `tag ${number}`);
const first: GenericRow = codec.decode(id(1), { name: "a", tags: ["set", base] });

const changed = (row: GenericRow, ...tags: string[]): GenericRow => codec.apply(row, { tags: ["set", tags] });
const tagsOf = (row: GenericRow): string[] => (row["tags"] as string[]).toSorted();

describe("a long set that changes", () => {
  it("is made when it is first looked at, and then stays", () => {
    const row = changed(first, "new");
    assert.ok(isPutOff(row, "tags"));
    assert.deepEqual(row["tags"], [...base, "new"]);
    assert.ok(!isPutOff(row, "tags"));
    assert.equal(row["tags"], row["tags"]);
    assert.deepEqual(first["tags"], base);
  });

  it("looks like any other to whoever copies, compares or writes the row", () => {
    const expected = { ...first, tags: [...base, "new"] };
    assert.deepEqual({ ...changed(first, "new") }, expected);
    assert.deepEqual(changed(first, "new"), expected);
    assert.deepEqual(Object.keys(changed(first, "new")), Object.keys(first));
    assert.equal(JSON.stringify(changed(first, "new")["tags"]), JSON.stringify(expected.tags));
    assert.ok(codec.equal(changed(first, "new"), expected));
  });

  it("leaves a short one as it was made", () => {
    const short = codec.decode(id(1), { tags: ["set", ["x", "y"]] });
    const row = changed(short, "y", "z");
    assert.ok(!isPutOff(row, "tags"));
    assert.deepEqual(row["tags"], ["x", "z"]);
  });

  it("keeps it put off through changes, but not through as many as one likes", () => {
    const rows = [first];
    for (let number = 0; number < 300; number += 1) rows.push(changed(rows.at(-1) ?? first, `new ${number}`));
    const off = rows.map((row) => isPutOff(row, "tags"));
    assert.deepEqual(
      [off[0], off[1], off[256], off[257], off[258], off[300]],
      [false, true, true, false, true, true],
    );
    assert.equal(tagsOf(rows[300] ?? first).length, base.length + 300);
    assert.equal(tagsOf(rows[100] ?? first).length, base.length + 100);
  });

  it("is kept apart from other columns that change with it or alone", () => {
    const named = codec.apply(changed(first, "new"), { name: "b" });
    assert.deepEqual([named["name"], (named["tags"] as string[]).length], ["b", base.length + 1]);
    const both = codec.apply(changed(first, "new"), { name: "b", tags: "newer" });
    assert.ok(isPutOff(both, "tags"));
    assert.deepEqual([both["name"], both["tags"]], ["b", [...base, "new", "newer"]]);
    assert.deepEqual(both["labels"], new Map());
  });

  it("is what the changes make it, in whatever order the rows are looked at", () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
        fc.array(fc.nat(12)),
        (changes, looks) => {
          const rows = [first];
          const sets = [new Set(base)];
          for (const numbers of changes) {
            const tags = [...new Set(numbers)].map((number) => `tag ${1_480 + number}`);
            const set = new Set(sets.at(-1));
            for (const tag of tags) if (!set.delete(tag)) set.add(tag);
            sets.push(set);
            const row = changed(rows.at(-1) ?? first, ...tags);
            // Some are looked at before the next change, some after, some never.
            if (tags.length === 3) tagsOf(row);
            rows.push(row);
          }
          for (const at of [...looks, rows.length - 1]) {
            const row = rows[at];
            if (row !== undefined) assert.deepEqual(tagsOf(row), [...(sets[at] ?? [])].toSorted());
          }
        },
      ),
      { numRuns: 60 },
    ));
});
