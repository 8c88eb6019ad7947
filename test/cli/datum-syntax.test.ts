// Values as people type them: what they are read as by the type of their column, what is said of those that can't be one,
// and that whatever is printed is read as the same again.
import assert from "node:assert/strict";
import fc from "fast-check";
import { compareValues } from "../../src/cli/datum-comparison.ts";
import { DatumSyntaxError, parseDatum } from "../../src/cli/datum-syntax.ts";
import { bareText, datumText } from "../../src/cli/datum-text.ts";
import type { BaseType, ColumnType } from "../../src/ovsdb/schema.ts";
import type { AtomValue, ColumnValue } from "../../src/ovsdb/values.ts";

const unlimited = Number.POSITIVE_INFINITY;

function one(type: BaseType["type"], more: Partial<BaseType> = {}): ColumnType {
  return { key: { type, ...more }, min: 1, max: 1 };
}

function optional(type: BaseType["type"], more: Partial<BaseType> = {}): ColumnType {
  return { ...one(type, more), min: 0 };
}

function set(type: BaseType["type"], max: number = unlimited): ColumnType {
  return { key: { type }, min: 0, max };
}

function map(key: BaseType["type"], value: BaseType["type"]): ColumnType {
  return { key: { type: key }, value: { type: value }, min: 0, max: unlimited };
}

function read(type: ColumnType, text: string): ColumnValue {
  return parseDatum(type, { path: "T.c", text, from: 0 });
}

function refused(type: ColumnType, text: string): string {
  try {
    read(type, text);
  } catch (error) {
    assert.ok(error instanceof DatumSyntaxError, String(error));
    assert.equal(error.code, "ERR_CLI_DATUM");
    assert.equal(error.path, "T.c");
    return error.message;
  }
  return assert.fail(`${text} was read`);
}

/** Where in the word it can't be read on. */
function at(type: ColumnType, text: string): number {
  try {
    read(type, text);
  } catch (error) {
    return error instanceof DatumSyntaxError ? error.offset : assert.fail(String(error));
  }
  return assert.fail(`${text} was read`);
}

describe("a value that was typed", () => {
  it("is one element, none or several, as its column has them", () => {
    assert.equal(read(one("integer"), "5"), 5);
    assert.equal(read(one("integer"), "[5]"), 5);
    assert.equal(read(optional("integer"), "[]"), undefined);
    assert.equal(read(optional("integer"), " 7 "), 7);
    assert.deepEqual(read(set("integer"), "1,2 3, 4"), [1, 2, 3, 4]);
    assert.deepEqual(read(set("integer"), "[ 1 , 2 ]"), [1, 2]);
    assert.deepEqual(read(set("integer"), "[]"), []);
    assert.deepEqual(read(map("string", "string"), "a=b, c=d"), new Map(Object.entries({ a: "b", c: "d" })));
    assert.deepEqual(read(map("integer", "boolean"), "{1=true}"), new Map([[1, true]]));
    assert.deepEqual(read(map("string", "string"), "{}"), new Map());
  });

  it("keeps every digit of an int64 and refuses what has more", () => {
    assert.equal(read(one("integer"), "9223372036854775807"), 9_223_372_036_854_775_807n);
    assert.equal(read(one("integer"), "-9223372036854775808"), -(2n ** 63n));
    assert.equal(read(one("integer"), "9007199254740991"), 9_007_199_254_740_991);
    assert.equal(read(one("integer"), "9007199254740993"), 9_007_199_254_740_993n);
    assert.ok(Object.is(read(one("integer"), "-0"), 0));
    assert.match(refused(one("integer"), "9223372036854775808"), /has more than 64 bits/);
    assert.match(refused(one("integer"), "0x10"), /"0x10" is no integer/);
    assert.match(refused(one("integer"), "1.5"), /is no integer/);
  });

  it("may be a range of integers, of at most 4,096", () => {
    assert.deepEqual(read(set("integer"), "1-4,9"), [1, 2, 3, 4, 9]);
    assert.deepEqual(read(set("integer"), "-3--1"), [-3, -2, -1]);
    assert.equal((read(set("integer"), "0-4095") as readonly number[]).length, 4096);
    assert.match(refused(set("integer"), "0-4096"), /the range 0-4096 has more than 4096 elements/);
    assert.match(refused(set("integer"), "4-1"), /the range 4-1 ends before it begins/);
    assert.match(refused(set("integer"), "1-3,2"), /the element 2 is there twice/);
    assert.deepEqual(read(set("string"), "1-4"), ["1-4"]);
  });

  it("is true or false in the words of ovs-vsctl", () => {
    for (const word of ["true", "yes", "on", "1"]) assert.equal(read(one("boolean"), word), true);
    for (const word of ["false", "no", "off", "0"]) assert.equal(read(one("boolean"), word), false);
    assert.match(refused(one("boolean"), "True"), /"True" is neither true nor false/);
  });

  it("is a string bare, or in quotes with JSON's escapes", () => {
    assert.equal(read(one("string"), "br-int.7"), "br-int.7");
    assert.equal(read(one("string"), '"a, \\"b\\" = {c}\\n\\u00e4"'), 'a, "b" = {c}\nä');
    assert.equal(read(one("string"), '""'), "");
    assert.equal(read(one("string"), '"two\nlines\tand a tab"'), "two\nlines\tand a tab");
    assert.equal(read(one("string"), "späße/漢字😀"), "späße/漢字😀");
    assert.deepEqual(read(set("string"), '"a,b" c\\,d e"f,g"'), ["a,b", "c\\,d", 'e"f,g"']);
    assert.match(refused(one("string"), '"abc'), /the quote isn't closed \(character 1 of "\\"abc"\)/);
    assert.match(refused(one("string"), '"a\\q"'), /is no string as JSON has it/);
    assert.match(refused(one("string"), "abc\\"), /a backslash escapes nothing/);
    assert.match(refused(one("string"), ""), /a value is needed/);
  });

  it("is a UUID in any case, and no name of another command's row", () => {
    const uuid = "6E2C3A1E-6F0E-4C68-9A53-2F7F0A1B2C3D";
    assert.deepEqual(read(set("uuid"), uuid), [uuid.toLowerCase()]);
    assert.match(refused(set("uuid"), "6e2c"), /"6e2c" is no UUID/);
    assert.match(
      refused(set("uuid"), "@new"),
      /@new names a row of the same ovs-vsctl call: use "db transact"/,
    );
  });

  it("keeps what the schema allows, and says what it breaks", () => {
    const tag = optional("integer", { minInteger: 0, maxInteger: 4095 });
    assert.match(refused(tag, "4096"), /^T\.c: 4096 is more than 4095 \(character 1 of "4096"\)$/);
    assert.match(refused(tag, "-1"), /-1 is less than 0/);
    assert.match(refused(tag, "1,2"), /2 values, but at most 1 fit/);
    assert.match(refused(one("integer"), "[]"), /a value is needed/);
    const mode = optional("string", { enum: ["access", "trunk"] });
    assert.match(refused(mode, "acces"), /acces is none of access, trunk/);
    assert.equal(read(mode, '"trunk"'), "trunk");
    assert.match(refused(one("string", { maxLength: 2 }), '"äöü"'), /more than 2 characters/);
    assert.equal(read(one("string", { maxLength: 1 }), "😀"), "😀");
    assert.match(refused(one("string", { minLength: 1 }), '""'), /fewer than 1 characters/);
    assert.match(refused(one("real", { minReal: 0.5 }), "0.25"), /0.25 is less than 0.5/);
    assert.match(refused(one("real"), "1e999"), /is no real number/);
  });

  it("says where it can't be read on", () => {
    assert.equal(at(set("integer"), "1,,2"), 2);
    assert.equal(at(set("integer"), "[1,2"), 4);
    assert.equal(at(set("integer"), "[1]x"), 3);
    assert.equal(at(set("integer"), "{1}"), 0);
    assert.equal(at(set("integer"), "1,x"), 2);
    assert.equal(at(set("integer"), "7,1,7"), 4);
    assert.equal(at(map("string", "string"), "a"), 1);
    assert.equal(at(map("string", "string"), "a="), 2);
    assert.equal(at(map("string", "string"), "a=b=c"), 3);
    assert.equal(at(map("string", "string"), "{a=b"), 4);
    assert.equal(at(map("string", "string"), "a=b,a=c"), 4);
    assert.equal(at(map("string", "integer"), "[a=1]"), 0);
    assert.equal(at(map("string", "integer"), "a=b"), 2);
  });

  it("counts places in the whole word that it stands in", () => {
    const source = { path: "Port.tag", text: "tag=99999", from: 4 };
    assert.throws(
      () => parseDatum(optional("integer", { maxInteger: 4095 }), source),
      /^DatumSyntaxError: Port\.tag: 99999 is more than 4095 \(character 5 of "tag=99999"\)$/,
    );
  });
});

/** Elements of each type, the ugly ones among them. */
const atoms: Readonly<Record<BaseType["type"], fc.Arbitrary<AtomValue>>> = {
  integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }),
  real: fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).chain((whole) => {
    return fc.integer({ min: -20, max: 20 }).map((power) => Number(`${whole}e${power}`));
  }),
  boolean: fc.boolean(),
  string: fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(...'",=[]{}: \\\n\té漢😀abc-_.0'.split(/(?:)/u)) }),
    fc.constantFrom("", "true", "false", "1", "-", "@x", "_", "6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d"),
  ),
  uuid: fc.uuid(),
};

const kinds = Object.keys(atoms) as BaseType["type"][];

/** A column's type, and a value of it. */
const typedValues: fc.Arbitrary<{ readonly type: ColumnType; readonly value: ColumnValue }> = fc
  .tuple(fc.constantFrom(...kinds), fc.constantFrom(...kinds))
  .chain(([key, item]) =>
    fc.oneof(
      atoms[key].map((value) => ({ type: one(key), value })),
      fc.option(atoms[key], { nil: undefined }).map((value) => ({ type: optional(key), value })),
      fc.uniqueArray(atoms[key]).map((value) => ({ type: set(key), value })),
      fc
        .uniqueArray(fc.tuple(atoms[key], atoms[item]), { selector: ([first]) => first })
        .map((pairs) => ({ type: map(key, item), value: new Map(pairs) })),
    ),
  );

describe("a value that is printed", () => {
  it("is read as the same again", () => {
    fc.assert(
      fc.property(typedValues, ({ type, value }) => {
        const text = datumText(value, type);
        assert.equal(compareValues(read(type, text), value), 0, text);
        assert.equal(datumText(read(type, text), type), text);
      }),
      { numRuns: 2_000 },
    );
  });

  it("has brackets unless it is the one that its column can hold", () => {
    assert.equal(datumText(5, optional("integer")), "5");
    assert.equal(datumText(undefined, optional("integer")), "[]");
    assert.equal(datumText([5], set("integer")), "[5]");
    assert.equal(datumText([20, 3], set("integer")), "[3, 20]");
    assert.equal(
      datumText(
        new Map([
          ["b", "x y"],
          ["a", ""],
        ]),
        map("string", "string"),
      ),
      '{a="", b="x y"}',
    );
    const single: ColumnType = { ...map("string", "integer"), max: 1 };
    assert.equal(datumText(new Map([["a", 1]]), single), "a=1");
    assert.equal(datumText(new Map(), single), "{}");
  });

  it("has UUIDs bare and strings that look like them in quotes", () => {
    const uuid = "6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d";
    assert.equal(datumText(uuid, one("uuid")), uuid);
    assert.equal(datumText(uuid, one("string")), `"${uuid}"`);
  });

  it("has reals in 15 digits, as C prints them", () => {
    assert.deepEqual(
      [0.1 + 0.2, 1e15, 123_456, 1e-5, 0.0001, -1.5e300, 5e-324, 100, 1 / 3].map((value) =>
        datumText(value, one("real")),
      ),
      [
        "0.3",
        "1e+15",
        "123456",
        "1e-05",
        "0.0001",
        "-1.5e+300",
        "4.94065645841247e-324",
        "100",
        "0.333333333333333",
      ],
    );
  });

  it("is bare without quotes, brackets and commas", () => {
    assert.equal(bareText(["a b", "c"], set("string")), "a b c");
    assert.equal(bareText(new Map([["k", "a=b"]]), map("string", "string")), "k=a=b");
    assert.equal(bareText(undefined, optional("integer")), "");
    assert.equal(bareText([], set("integer")), "");
  });
});
