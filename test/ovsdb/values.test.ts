import assert from "node:assert/strict";
import { ValueError } from "../../src/ovsdb/errors.ts";
import { encodeValue, namedUuid, namesIn, uuid, type Value } from "../../src/ovsdb/values.ts";
import { id } from "./fake-server.ts";

describe("a value to be written", () => {
  const cases: readonly [title: string, value: Value, wire: unknown][] = [
    ["text", "a", "a"],
    ["an empty text", "", ""],
    ["a number", 7, 7],
    ["the largest int64", 2n ** 63n - 1n, 9223372036854775807n],
    ["the smallest int64", -(2n ** 63n), -9223372036854775808n],
    ["a boolean", false, false],
    ["a UUID", uuid(id(1).toUpperCase()), ["uuid", id(1)]],
    ["a named UUID", namedUuid("row_1"), ["named-uuid", "row_1"]],
    ["an empty set", [], ["set", []]],
    ["a set of one", ["a"], ["set", ["a"]]],
    [
      "a set of UUIDs",
      [uuid(id(1)), namedUuid("x")],
      [
        "set",
        [
          ["uuid", id(1)],
          ["named-uuid", "x"],
        ],
      ],
    ],
    ["a Set", new Set([1, 2]), ["set", [1, 2]]],
    ["an empty map", new Map(), ["map", []]],
    [
      "a map with awkward keys",
      new Map([
        ["__proto__", "x"],
        ["", "y"],
      ]),
      [
        "map",
        [
          ["__proto__", "x"],
          ["", "y"],
        ],
      ],
    ],
    ["a map of UUIDs", new Map([[1, uuid(id(2))]]), ["map", [[1, ["uuid", id(2)]]]]],
  ];
  for (const [title, value, wire] of cases) {
    it(`is written for the wire when it is ${title}`, () => {
      assert.deepEqual(encodeValue(value), wire);
    });
  }

  it("is refused when it has more than 64 bits", () => {
    assert.throws(() => encodeValue(2n ** 63n), ValueError);
    assert.throws(() => encodeValue([-(2n ** 63n) - 1n]), ValueError);
  });

  it("is refused when it is nothing OVSDB has", () => {
    const none: readonly unknown[] = [undefined, null, {}, [null], [[1]], new Map([[1, {}]])];
    for (const value of none) assert.throws(() => encodeValue(value as Value), ValueError);
  });

  it("names the rows it refers to, wherever they stand", () => {
    const x = namedUuid("x");
    const y = namedUuid("y");
    assert.deepEqual(namesIn(x), ["x"]);
    assert.deepEqual(namesIn([uuid(id(1)), x, y]), ["x", "y"]);
    assert.deepEqual(namesIn(new Set([y])), ["y"]);
    assert.deepEqual(namesIn(new Map([[x, y]])), ["x", "y"]);
    assert.deepEqual(namesIn("x"), []);
  });
});

describe("a UUID", () => {
  it("is checked before it is one", () => {
    for (const text of ["", "x", id(1).slice(1), `${id(1)}0`, id(1).replaceAll("-", ""), "__proto__"]) {
      assert.throws(() => uuid(text), ValueError, text);
    }
    assert.equal(String(uuid(id(5))), id(5));
  });

  it("may be named by letters, digits and underscores, no digit first", () => {
    for (const name of ["a", "_", "Row_9"]) assert.equal(namedUuid(name).name, name);
    for (const name of ["", "9a", "a-b", "a b", "é"]) assert.throws(() => namedUuid(name), ValueError, name);
  });
});
