// What an edit makes of columns with limits that no published schema has: maps that may not be empty or have room for
// one key only, sets with room for a few.
import assert from "node:assert/strict";
import { EditCollector } from "../../src/ovsdb/edit/edit.ts";
import { type DatabaseSchema, parseSchema } from "../../src/ovsdb/schema.ts";

const id = "00000000-0000-4000-8000-000000000001";
const schema: DatabaseSchema = parseSchema({
  name: "T",
  version: "1.0.0",
  tables: {
    A: {
      columns: {
        few: { type: { key: "string", min: 1, max: 2 } },
        kept: { type: { key: "string", value: "integer", min: 1, max: 2 } },
        one: { type: { key: "string", value: "string", min: 0, max: 1 } },
      },
    },
  },
});
const shown = { _uuid: id, few: ["a", "b"], kept: new Map([["x", 1]]), one: new Map([["k", "1"]]) };

function edited(): EditCollector {
  return new EditCollector(schema, () => shown);
}

describe("an edit of a column with narrow limits", () => {
  it("writes all of it where no order of mutations would do, on what was read", () => {
    const edit = edited();
    edit.row("A", id).take("few", "a", "b").add("few", "c", "d").put("kept", "x", 2);
    const [operation, ...others] = edit.operations();
    assert.deepEqual(others, []);
    assert.ok(operation?.op === "update");
    assert.deepEqual(operation.row, { few: ["c", "d"], kept: new Map([["x", 2]]) });
    const [guard] = edit.guards();
    assert.ok(guard?.op === "wait");
    assert.deepEqual(guard.columns, ["few", "kept", "_uuid"]);
  });

  it("puts a key in the place of any other where there is room for one", () => {
    const edit = edited();
    edit.row("A", id).put("one", "q", "2");
    const [operation] = edit.operations();
    assert.ok(operation?.op === "update");
    assert.deepEqual(operation.row, { one: new Map([["q", "2"]]) });
  });
});
