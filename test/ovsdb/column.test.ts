import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { columnCodec } from "../../src/ovsdb/column.ts";
import { OvsdbDecodeError } from "../../src/ovsdb/errors.ts";
import type { AtomicType, ColumnType } from "../../src/ovsdb/schema.ts";
import { type ColumnValue, encodeValue, type Value } from "../../src/ovsdb/values.ts";
import { id } from "./fake-server.ts";

const many = Number.POSITIVE_INFINITY;
const scalar = (type: AtomicType): ColumnType => ({ key: { type }, min: 1, max: 1 });
const optional = (type: AtomicType): ColumnType => ({ key: { type }, min: 0, max: 1 });
const set = (type: AtomicType, max = many): ColumnType => ({ key: { type }, min: 0, max });
const map = (max = many): ColumnType => ({
  key: { type: "string" },
  value: { type: "integer" },
  min: 0,
  max,
});

describe("a column's value from the wire", () => {
  const cases: readonly [title: string, type: ColumnType, wire: JsonValue, value: ColumnValue][] = [
    ["a text", scalar("string"), "a", "a"],
    ["an integer", scalar("integer"), -1, -1],
    ["an integer beyond 2^53", scalar("integer"), 2n ** 60n, 2n ** 60n],
    ["a real", scalar("real"), 0.5, 0.5],
    ["a real that was parsed exactly", scalar("real"), 2n ** 60n, 2 ** 60],
    ["a boolean", scalar("boolean"), true, true],
    ["a reference", scalar("uuid"), ["uuid", id(1)], id(1)],
    ["an optional value that is there", optional("integer"), 5, 5],
    ["an optional value that isn't", optional("integer"), ["set", []], undefined],
    ["an optional value in a set of one", optional("integer"), ["set", [5]], 5],
    ["an optional reference", optional("uuid"), ["uuid", id(1)], id(1)],
    ["an empty set", set("string"), ["set", []], []],
    ["a set of one, which comes bare", set("string"), "a", ["a"]],
    ["a set of one reference, which is no set of texts", set("uuid"), ["uuid", id(1)], [id(1)]],
    ["a set", set("integer"), ["set", [3, 1, 2n ** 62n]], [3, 1, 2n ** 62n]],
    ["a set of texts that reads like a reference", set("string"), ["set", ["uuid", id(1)]], ["uuid", id(1)]],
    ["an empty map", map(), ["map", []], new Map()],
    [
      "a map with awkward keys",
      map(),
      [
        "map",
        [
          ["__proto__", 1],
          ["constructor", 2],
        ],
      ],
      new Map([
        ["__proto__", 1],
        ["constructor", 2],
      ]),
    ],
  ];
  for (const [title, type, wire, value] of cases) {
    it(`is read as ${title}`, () => {
      assert.deepEqual(columnCodec(type, "T.c").decode(wire), value);
    });
  }

  const wrong: readonly [title: string, type: ColumnType, wire: JsonValue][] = [
    ["a number for a text", scalar("string"), 1],
    ["a fraction for an integer", scalar("integer"), 1.5],
    ["a text for an integer", scalar("integer"), "1"],
    ["null", scalar("string"), null],
    ["a bare text for a reference", scalar("uuid"), id(1)],
    ["a reference that is no UUID", scalar("uuid"), ["uuid", "x"]],
    ["a named UUID", scalar("uuid"), ["named-uuid", "x"]],
    ["two elements for one", optional("string"), ["set", ["a", "b"]]],
    ["a set without elements", set("string"), ["set"]],
    ["a set inside a set", set("string"), ["set", [["set", ["a"]]]]],
    ["a set for a map", map(), ["set", []]],
    ["a map without pairs", map(), ["map", { a: 1 }]],
    ["a pair of three", map(), ["map", [["a", 1, 2]]]],
    ["a wrong value in a map", map(), ["map", [["a", "b"]]]],
  ];
  for (const [title, type, wire] of wrong) {
    it(`is refused when it is ${title}`, () => {
      assert.throws(
        () => columnCodec(type, "T.c").decode(wire),
        (error: unknown) => error instanceof OvsdbDecodeError && error.path === "T.c",
      );
    });
  }
});

describe("a column that an update leaves out", () => {
  it("has the default of its type", () => {
    const defaults: readonly [ColumnType, ColumnValue][] = [
      [scalar("string"), ""],
      [scalar("integer"), 0],
      [scalar("real"), 0],
      [scalar("boolean"), false],
      [scalar("uuid"), "00000000-0000-0000-0000-000000000000"],
      [optional("string"), undefined],
      [set("string"), []],
      [{ key: { type: "integer" }, min: 1, max: many }, [0]],
      [map(), new Map()],
      [{ ...map(2), min: 1 }, new Map([["", 0]])],
    ];
    for (const [type, value] of defaults) assert.deepEqual(columnCodec(type, "T.c").initial, value);
  });
});

function apply(type: ColumnType, old: Value, difference: JsonValue): ColumnValue {
  const codec = columnCodec(type, "T.c");
  return codec.apply(codec.decode(encodeValue(old)), difference);
}

describe("the difference that a modify tells", () => {
  it("replaces a column of at most one", () => {
    assert.equal(apply(scalar("integer"), 1, 2), 2);
    assert.equal(apply(optional("integer"), 1, ["set", []]), undefined);
    assert.equal(apply(optional("integer"), [], 3), 3);
    assert.deepEqual(apply(map(1), new Map([["a", 1]]), ["map", [["b", 2]]]), new Map([["b", 2]]));
  });

  it("adds to a set what it lacks and takes away what it has", () => {
    assert.deepEqual(apply(set("string"), ["a", "b"], "c"), ["a", "b", "c"]);
    assert.deepEqual(apply(set("string"), ["a", "b"], "a"), ["b"]);
    assert.deepEqual(apply(set("string"), ["a", "b"], ["set", ["b", "c"]]), ["a", "c"]);
    assert.deepEqual(apply(set("uuid"), [], ["uuid", id(1)]), [id(1)]);
    assert.deepEqual(apply(set("string"), ["a"], "a"), []);
    assert.deepEqual(apply(set("string", 4096), ["a"], "b"), ["a", "b"]);
  });

  it("adds pairs to a map, removes those it has just so, and changes the others", () => {
    const old = new Map([
      ["a", 1],
      ["b", 2],
    ]);
    assert.deepEqual(
      apply(map(), old, ["map", [["c", 3]]]),
      new Map([
        ["a", 1],
        ["b", 2],
        ["c", 3],
      ]),
    );
    assert.deepEqual(apply(map(), old, ["map", [["a", 1]]]), new Map([["b", 2]]));
    assert.deepEqual(
      apply(map(), old, ["map", [["a", 9]]]),
      new Map([
        ["a", 9],
        ["b", 2],
      ]),
    );
    assert.deepEqual(
      apply(map(), old, [
        "map",
        [
          ["a", 1],
          ["b", 2],
        ],
      ]),
      new Map(),
    );
  });

  it("never touches the value it was applied to", () => {
    const codec = columnCodec(set("string"), "T.c");
    const old = codec.decode(["set", ["a", "b"]]);
    codec.apply(old, ["set", ["b", "c"]]);
    assert.deepEqual(old, ["a", "b"]);
    const codecOfMap = columnCodec(map(), "T.c");
    const oldMap = codecOfMap.decode(["map", [["a", 1]]]);
    codecOfMap.apply(oldMap, ["map", [["a", 1]]]);
    assert.deepEqual(oldMap, new Map([["a", 1]]));
  });

  it("leads from any set to any other", () => {
    const codec = columnCodec(set("integer"), "T.c");
    const integers = fc.uniqueArray(fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(integers, integers, (old, now) => {
        const difference = [...old.filter((x) => !now.includes(x)), ...now.filter((x) => !old.includes(x))];
        assert.ok(codec.equal(codec.apply(old, ["set", difference]), now));
      }),
    );
  });
});

describe("two values of a column", () => {
  it("are the same whatever the order of a set or map", () => {
    const sets = columnCodec(set("integer"), "T.c");
    assert.equal(sets.equal([1, 2, 3], [3, 1, 2]), true);
    assert.equal(sets.equal([1, 2], [1, 3]), false);
    assert.equal(sets.equal([1, 2], [1]), false);
    const maps = columnCodec(map(), "T.c");
    assert.equal(
      maps.equal(
        new Map([
          ["a", 1],
          ["b", 2],
        ]),
        new Map([
          ["b", 2],
          ["a", 1],
        ]),
      ),
      true,
    );
    assert.equal(maps.equal(new Map([["a", 1]]), new Map([["a", 2]])), false);
    assert.equal(maps.equal(new Map([["a", 1]]), new Map([["b", 1]])), false);
  });
});
