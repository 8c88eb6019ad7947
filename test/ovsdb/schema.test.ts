import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { OvsdbDecodeError } from "../../src/ovsdb/errors.ts";
import { type ColumnSchema, parseSchema } from "../../src/ovsdb/schema.ts";
import { testSchema } from "./fake-server.ts";

function withColumn(type: JsonValue, name = "c"): JsonValue {
  return { name: "T", version: "1.0.0", tables: { T: { columns: { [name]: { type } } } } };
}

const json = JSON.parse(readFileSync("test/vectors/vswitch.ovsschema", "utf8")) as JsonValue;
const schema = parseSchema(json);

function column(table: string, name: string): ColumnSchema {
  const found = schema.tables.get(table)?.columns.get(name);
  assert.ok(found, `${table}.${name}`);
  return found;
}

describe("a database schema", () => {
  it("is read whole from Open vSwitch's own file", () => {
    assert.deepEqual([schema.name, schema.version, schema.tables.size], ["Open_vSwitch", "8.3.1", 19]);
    assert.deepEqual(schema.tables.get("Open_vSwitch")?.maxRows, 1);
    const port = schema.tables.get("Port");
    assert.deepEqual(
      [port?.isRoot, port?.indexes, port?.maxRows],
      [false, [["name"]], Number.POSITIVE_INFINITY],
    );
  });

  it("has each column's type, limits, references and nature", () => {
    assert.deepEqual(column("Port", "tag"), {
      type: { key: { type: "integer", minInteger: 0, maxInteger: 4095 }, min: 0, max: 1 },
      ephemeral: false,
      mutable: true,
    });
    assert.equal(column("Port", "name").mutable, false);
    assert.equal(column("Port", "statistics").ephemeral, true);
    assert.deepEqual(column("Mirror", "output_port").type.key, {
      type: "uuid",
      refTable: "Port",
      refType: "weak",
    });
    assert.deepEqual(column("Bridge", "fail_mode").type.key.enum, ["standalone", "secure"]);
  });

  it("has every shorthand written out", () => {
    const columns = parseSchema(testSchema).tables.get("Item")?.columns;
    assert.deepEqual(columns?.get("name")?.type, { key: { type: "string" }, min: 1, max: 1 });
    assert.deepEqual(columns?.get("labels")?.type, {
      key: { type: "string" },
      value: { type: "string" },
      min: 0,
      max: Number.POSITIVE_INFINITY,
    });
  });

  it("may have an enum of one, which is no set", () => {
    const schema = parseSchema(withColumn({ key: { type: "string", enum: "only" } }));
    assert.deepEqual(schema.tables.get("T")?.columns.get("c")?.type.key.enum, ["only"]);
  });

  const wrong: readonly [title: string, json: JsonValue][] = [
    ["no object", "schema"],
    ["without tables", { name: "T", version: "1.0.0" }],
    ["without a version", { name: "T", tables: {} }],
    ["a column of an unknown type", withColumn("text")],
    ["a column without a type", withColumn(null)],
    ["min of 2", withColumn({ key: "string", min: 2, max: 3 })],
    ["max of 0", withColumn({ key: "string", min: 0, max: 0 })],
    ["max as a text", withColumn({ key: "string", max: "many" })],
    [
      "a column named __proto__",
      JSON.parse(
        '{"name":"T","version":"1","tables":{"T":{"columns":{"__proto__":{"type":"string"}}}}}',
      ) as JsonValue,
    ],
    ["a column named _uuid", withColumn("string", "_uuid")],
    ["an enum with a set inside", withColumn({ key: { type: "string", enum: ["set", [["a"]]] } })],
  ];
  for (const [title, json] of wrong) {
    it(`is refused when it is ${title}`, () => {
      assert.throws(() => parseSchema(json), OvsdbDecodeError);
    });
  }
});
