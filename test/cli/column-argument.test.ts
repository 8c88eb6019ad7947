// The words that begin with a column: how tables and columns are found by them, what they assign, and which rows their
// conditions hold for.
import assert from "node:assert/strict";
import {
  parseAssignment,
  parseColumn,
  parseCondition,
  satisfies,
  serverConditions,
} from "../../src/cli/column-argument.ts";
import { chosenDatabase } from "../../src/cli/database-tables.ts";
import { DatumSyntaxError } from "../../src/cli/datum-syntax.ts";
import { parseElements, parseRemovals } from "../../src/cli/element-argument.ts";
import { namingColumns } from "../../src/cli/record.ts";
import { columnNamed, tableNamed } from "../../src/cli/schema-names.ts";
import { InputError } from "../../src/cli/usage-error.ts";
import { parseSchema } from "../../src/ovsdb/schema.ts";
import type { ColumnValue } from "../../src/ovsdb/values.ts";

const stringMap = { key: "string", value: "string", min: 0, max: "unlimited" };
const references = (refTable: string): unknown => ({
  key: { type: "uuid", refTable },
  min: 0,
  max: "unlimited",
});
const columns = {
  name: { type: "string", mutable: false },
  tag: { type: { key: { type: "integer", minInteger: 0, maxInteger: 4095 }, min: 0, max: 1 } },
  trunks: { type: { key: "integer", min: 0, max: "unlimited" } },
  external_ids: { type: stringMap },
  speeds: { type: { key: "string", value: "integer", min: 0, max: "unlimited" } },
  weight: { type: "real" },
};
const schema = parseSchema({
  name: "Test",
  version: "1.0.0",
  tables: {
    Port: { columns, indexes: [["name"]] },
    Port_Group: { columns: { name: { type: "string" }, port_ids: { type: references("Port") } } },
    Bridge: { columns: { name: { type: "string" }, controller: { type: references("Controller") } } },
    Controller: { columns: { target: { type: "string" } } },
    Manager: { columns: { target: { type: "string" } }, indexes: [["target"]] },
  },
} as never);
const port = tableNamed(schema, "Port");

function inputError(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof InputError || error instanceof DatumSyntaxError, String(error));
    return error.message;
  }
  return assert.fail("it was understood");
}

function naming(name: string): unknown {
  return namingColumns(schema, tableNamed(schema, name));
}

function assigned(text: string): unknown {
  const { column, key, value } = parseAssignment(port, text);
  return [column.name, key, value];
}

function holds(text: string, row: Readonly<Record<string, ColumnValue>>): boolean {
  return satisfies(parseCondition(port, text), { _uuid: "6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d", ...row });
}

function holding(row: Readonly<Record<string, ColumnValue>>, ...texts: string[]): readonly string[] {
  return texts.filter((text) => holds(text, row));
}

function asked(...texts: string[]): unknown {
  return serverConditions(texts.map((text) => parseCondition(port, text)));
}

describe("the name of a table or column", () => {
  it("may be in any case, with - for _, and cut where it stays unambiguous", () => {
    assert.equal(tableNamed(schema, "port-group").name, "Port_Group");
    assert.equal(tableNamed(schema, "PORT").name, "Port");
    assert.equal(tableNamed(schema, "man").name, "Manager");
    assert.equal(columnNamed(port, "External-IDs").name, "external_ids");
    assert.equal(columnNamed(port, "e").name, "external_ids");
    assert.equal(columnNamed(port, "_UUID").name, "_uuid");
  });

  it("that fits several or none is wrong input, with those that were meant", () => {
    assert.equal(
      inputError(() => tableNamed(schema, "por")),
      'several tables begin with "por": Port, Port_Group',
    );
    assert.equal(
      inputError(() => tableNamed(schema, "Prot")),
      'Test has no table "Prot"; did you mean "Port"?',
    );
    assert.equal(
      inputError(() => columnNamed(port, "t")),
      'several columns begin with "t": tag, trunks',
    );
    assert.match(
      inputError(() => columnNamed(port, "tga")),
      /Port has no column "tga"; did you mean "tag"\?/,
    );
    assert.match(
      inputError(() => columnNamed(port, "xyz")),
      /there are external_ids, name, speeds, tag/,
    );
    assert.match(
      inputError(() => columnNamed(port, "_uui")),
      /Port has no column "_uui"/,
    );
  });
});

describe("a database that isn't named", () => {
  it("is Open_vSwitch, or the only one", () => {
    assert.equal(chosenDatabase(["_Server", "Open_vSwitch", "x"], undefined, "here"), "Open_vSwitch");
    assert.equal(chosenDatabase(["_Server", "OVN_Northbound"], undefined, "here"), "OVN_Northbound");
    assert.match(
      inputError(() => chosenDatabase(["a", "b"], undefined, "here")),
      /it has a, b: give --db NAME/,
    );
    assert.match(
      inputError(() => chosenDatabase([], undefined, "here")),
      /it has none/,
    );
    assert.match(
      inputError(() => chosenDatabase(["hardware_vtep"], "hardware_vtpe", "here")),
      /did you mean/,
    );
    assert.equal(chosenDatabase(["_Server"], "_Server", "here"), "_Server");
  });
});

describe("a row's name", () => {
  it("is in the column that indexes the table, or in name, or that of the row that refers to it", () => {
    assert.deepEqual(naming("Port"), [{ table: "Port", column: "name" }]);
    assert.deepEqual(naming("Manager"), [{ table: "Manager", column: "target" }]);
    assert.deepEqual(naming("Controller"), [{ table: "Bridge", column: "name", via: "controller" }]);
  });
});

describe("an assignment", () => {
  it("names a column or a key of a map, and a value", () => {
    assert.deepEqual(assigned("tag=5"), ["tag", undefined, 5]);
    assert.deepEqual(assigned("external_ids:a=b"), ["external_ids", "a", "b"]);
    assert.deepEqual(assigned('ext:"a:b=c"="x, y"'), ["external_ids", "a:b=c", "x, y"]);
    assert.deepEqual(assigned("external_ids:url=tcp:[::1]:6640,x=y"), [
      "external_ids",
      "url",
      "tcp:[::1]:6640,x=y",
    ]);
    assert.deepEqual(assigned("speeds:up=9223372036854775807"), ["speeds", "up", 9_223_372_036_854_775_807n]);
    assert.deepEqual(assigned("external_ids={a=b}"), ["external_ids", undefined, new Map([["a", "b"]])]);
  });

  it("that isn't one is wrong input, with its place", () => {
    assert.match(
      inputError(() => assigned("tag")),
      /"tag" isn't COLUMN=VALUE/,
    );
    assert.match(
      inputError(() => assigned("tag=")),
      /"tag=" isn't COLUMN=VALUE/,
    );
    assert.match(
      inputError(() => assigned("=5")),
      /"=5" begins with no column/,
    );
    assert.match(
      inputError(() => assigned("tag:x=5")),
      /Port\.tag is no map, so that it has no keys/,
    );
    assert.match(
      inputError(() => assigned("speeds:up=fast")),
      /Port\.speeds: "fast" is no integer \(character 11/,
    );
    assert.match(
      inputError(() => assigned("tag!=5")),
      /isn't COLUMN=VALUE/,
    );
    assert.match(
      inputError(() => assigned("external_ids:=x")),
      /the empty string is written ""/,
    );
  });

  it("to read has nothing behind the key", () => {
    assert.equal(parseColumn(port, 'external_ids:"a:b"').key, "a:b");
    assert.match(
      inputError(() => parseColumn(port, "external_ids:a:b")),
      /isn't COLUMN or COLUMN:KEY/,
    );
  });
});

describe("elements to put in or take out", () => {
  const [trunks, ids, tag] = ["trunks", "external_ids", "tag"].map((name) => columnNamed(port, name));
  assert.ok(trunks && ids && tag);

  it("may come in several words, of which the first of one key counts", () => {
    assert.deepEqual(parseElements(trunks, ["1,2", "2-4"]), [1, 2, 3, 4]);
    assert.deepEqual(
      parseElements(ids, ["a=1", "a=2,b=3"]),
      new Map([
        ["b", "3"],
        ["a", "1"],
      ]),
    );
    assert.deepEqual(parseElements(tag, ["5"]), [5]);
  });

  it("of a map go by key, or by pair", () => {
    assert.deepEqual(parseRemovals(ids, ["a", "b=c", '"d e",f']), {
      elements: new Map([["b", "c"]]),
      keys: ["a", "d e", "f"],
    });
    assert.deepEqual(parseRemovals(trunks, ["7"]), { elements: [7], keys: [] });
  });

  it("are none of a column that has exactly one", () => {
    assert.match(
      inputError(() => parseElements(columnNamed(port, "weight"), ["1"])),
      /is written with "db set"/,
    );
  });
});

describe("a condition", () => {
  it("compares columns by size first and by elements then", () => {
    const row = { trunks: [2, 10] };
    const texts = ["=10,2", "!=2", "<3,4", ">1,99", ">9", "<1,2,3", "<=2,10", ">=2,11", "=[]"].map(
      (rest) => `trunks${rest}`,
    );
    assert.deepEqual(holding(row, ...texts), texts.slice(0, 7));
    assert.ok(holds("tag<0", { tag: undefined }), "nothing is smaller than anything");
  });

  it("in braces compares sets", () => {
    const [none, one, both, more] = [[], [1], [1, 2], [1, 2, 3]].map((trunks) => ({ trunks }));
    assert.ok(none && one && both && more);
    const rows = [none, one, both, more];
    const chosen = (rest: string): readonly number[] =>
      rows.filter((row) => holds(`trunks${rest}`, row)).map(({ trunks }) => trunks.length);
    assert.deepEqual(chosen("{=}2,1"), [2]);
    assert.deepEqual(chosen("{!=}1,2"), [0, 1, 3]);
    assert.deepEqual(chosen("{<=}1,2"), [0, 1, 2]);
    assert.deepEqual(chosen("{<}1,2"), [0, 1]);
    assert.deepEqual(chosen("{>=}1,2"), [2, 3]);
    assert.deepEqual(chosen("{>}1,2"), [3]);
    assert.deepEqual(chosen("{in}1,2"), [0, 1, 2]);
    assert.deepEqual(chosen("{not-in}2,3"), [0, 1]);
    assert.ok(holds("tag{in}5,6", { tag: 6 }), "also of a column for one value");
  });

  it("on a key never holds without the key, except in braces, where it compares with nothing", () => {
    const [without, with9, with10] = [new Map(), new Map([["mtu", 9]]), new Map([["mtu", 10]])].map(
      (speeds) => ({ speeds }),
    );
    assert.ok(without && with9 && with10);
    const texts = [
      "speeds:mtu!=10",
      "speeds:mtu<10",
      "speeds:mtu{!=}10",
      "speeds:mtu{not-in}10",
      "speeds:mtu{<=}9",
    ];
    assert.deepEqual(holding(without, ...texts), texts.slice(2));
    assert.deepEqual(holding(with9, ...texts), texts);
    assert.deepEqual(holding(with10, ...texts), []);
  });

  it("compares maps by keys first and values then, and as sets by pairs", () => {
    const external_ids = new Map([
      ["a", "2"],
      ["b", "1"],
    ]);
    assert.ok(holds("external_ids>a=1,b=9", { external_ids }));
    assert.ok(holds("external_ids<a=0,c=0", { external_ids }));
    assert.ok(holds("external_ids{>=}a=2", { external_ids }));
    assert.ok(!holds("external_ids{>=}a=1", { external_ids }));
  });

  it("is left to the server where that says the same", () => {
    assert.deepEqual(asked("tag=5", "trunks=[]", "external_ids:a=b", "name!=x", "speeds:a<1", "weight=1.5"), [
      ["tag", "==", 5],
      ["trunks", "==", []],
      ["external_ids", "includes", new Map([["a", "b"]])],
    ]);
    assert.deepEqual(asked("external_ids:a=[]"), []);
  });

  it("that isn't one is wrong input", () => {
    assert.match(
      inputError(() => holds("tag~5", {})),
      /has no column "tag~5"/,
    );
    assert.match(
      inputError(() => holds("tag", {})),
      /"tag" isn't COLUMN or COLUMN:KEY, one of = != </,
    );
    assert.match(
      inputError(() => holds("tag==5", {})),
      /unexpected "=" \(character 5/,
    );
    assert.match(
      inputError(() => holds("tag=5,6", {})),
      /2 values, but at most 1 fit/,
    );
  });
});
