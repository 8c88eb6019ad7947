import assert from "node:assert/strict";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { OperationError, OvsdbDecodeError, TransactionError } from "../../src/ovsdb/errors.ts";
import { encodeOperations, type Operation } from "../../src/ovsdb/operations.ts";
import { decodeResults } from "../../src/ovsdb/results.ts";
import { parseSchema } from "../../src/ovsdb/schema.ts";
import { namedUuid, uuid } from "../../src/ovsdb/values.ts";
import { id, testSchema } from "./fake-server.ts";

const schema = parseSchema(testSchema);

describe("an operation", () => {
  const cases: readonly [operation: Operation, wire: object][] = [
    [
      { op: "insert", table: "Item", uuidName: "x", row: { name: "a", tags: ["t"], parent: namedUuid("x") } },
      {
        op: "insert",
        table: "Item",
        "uuid-name": "x",
        row: { name: "a", tags: ["set", ["t"]], parent: ["named-uuid", "x"] },
      },
    ],
    [
      { op: "insert", table: "Item", uuid: id(1), row: {} },
      { op: "insert", table: "Item", uuid: id(1), row: {} },
    ],
    [
      { op: "select", table: "Item", where: [["_uuid", "==", uuid(id(1))]], columns: ["name"] },
      { op: "select", table: "Item", where: [["_uuid", "==", ["uuid", id(1)]]], columns: ["name"] },
    ],
    [
      { op: "select", table: "Item", where: [["tags", "includes", ["a"]]] },
      { op: "select", table: "Item", where: [["tags", "includes", ["set", ["a"]]]] },
    ],
    [
      { op: "update", table: "Item", where: [["size", ">=", 2n ** 60n]], row: { size: [] } },
      { op: "update", table: "Item", where: [["size", ">=", 2n ** 60n]], row: { size: ["set", []] } },
    ],
    [
      { op: "mutate", table: "Item", where: [], mutations: [["labels", "delete", ["a", "b"]]] },
      { op: "mutate", table: "Item", where: [], mutations: [["labels", "delete", ["set", ["a", "b"]]]] },
    ],
    [
      { op: "delete", table: "Item", where: [["name", "!=", ""]] },
      { op: "delete", table: "Item", where: [["name", "!=", ""]] },
    ],
    [
      {
        op: "wait",
        table: "Item",
        where: [],
        columns: ["name"],
        until: "!=",
        rows: [{ name: "a" }],
        timeoutMs: 0,
      },
      {
        op: "wait",
        table: "Item",
        where: [],
        columns: ["name"],
        until: "!=",
        rows: [{ name: "a" }],
        timeout: 0,
      },
    ],
    [
      { op: "wait", table: "Item", where: [], columns: [], until: "==", rows: [] },
      { op: "wait", table: "Item", where: [], columns: [], until: "==", rows: [] },
    ],
    [
      { op: "commit", durable: true },
      { op: "commit", durable: true },
    ],
    [{ op: "abort" }, { op: "abort" }],
    [
      { op: "comment", comment: "why" },
      { op: "comment", comment: "why" },
    ],
    [
      { op: "assert", lock: "l" },
      { op: "assert", lock: "l" },
    ],
  ];
  for (const [operation, wire] of cases) {
    it(`is written for the wire: ${JSON.stringify(wire, (_name, v: unknown) => (typeof v === "bigint" ? String(v) : v))}`, () => {
      assert.deepEqual(
        encodeOperations([{ op: "insert", table: "Item", uuidName: "other", row: {} }, operation])[1],
        wire,
      );
    });
  }

  it("may name a row that a later insert makes", () => {
    const operations: Operation[] = [
      { op: "mutate", table: "Item", where: [], mutations: [["tags", "insert", [namedUuid("late")]]] },
      { op: "insert", table: "Item", uuidName: "late", row: {} },
    ];
    assert.equal(encodeOperations(operations).length, 2);
  });

  const refused: readonly [title: string, operation: Operation][] = [
    [
      "a name in a row that no insert defines",
      { op: "insert", table: "Item", row: { parent: namedUuid("no") } },
    ],
    ["a name in a set", { op: "update", table: "Item", where: [], row: { tags: [namedUuid("no")] } }],
    [
      "a name in a map",
      { op: "update", table: "Item", where: [], row: { labels: new Map([[1, namedUuid("no")]]) } },
    ],
    ["a name in a condition", { op: "delete", table: "Item", where: [["parent", "==", namedUuid("no")]] }],
    [
      "a name in a mutation",
      { op: "mutate", table: "Item", where: [], mutations: [["tags", "insert", namedUuid("no")]] },
    ],
    [
      "a name in a row waited for",
      { op: "wait", table: "Item", where: [], columns: [], until: "==", rows: [{ parent: namedUuid("no") }] },
    ],
    ["a second insert of one name", { op: "insert", table: "Item", uuidName: "first", row: {} }],
    ["a name with a dash", { op: "insert", table: "Item", uuidName: "a-b", row: {} }],
    ["a chosen UUID that is none", { op: "insert", table: "Item", uuid: "x", row: {} }],
    ["a value that is none", { op: "insert", table: "Item", row: { size: 2n ** 64n } }],
  ];
  for (const [title, operation] of refused) {
    it(`is refused before it is sent for ${title}`, () => {
      const first: Operation = { op: "insert", table: "Item", uuidName: "first", row: {} };
      assert.throws(
        () => encodeOperations([first, operation]),
        (error: unknown) => error instanceof OperationError && error.operationIndex === 1,
      );
    });
  }
});

describe("the reply to a transaction", () => {
  const insert: Operation = { op: "insert", table: "Item", row: {} };
  const remove: Operation = { op: "delete", table: "Item", where: [] };

  it("has one result for each operation", () => {
    const operations: Operation[] = [insert, remove, { op: "comment", comment: "x" }];
    const reply = [{ uuid: ["uuid", id(1)] }, { count: 2 }, {}];
    assert.deepEqual(decodeResults(operations, reply, undefined), [{ uuid: id(1) }, { count: 2 }, {}]);
  });

  it("has rows with the types of the schema", () => {
    const select: Operation = { op: "select", table: "Item", where: [] };
    const row = {
      _uuid: ["uuid", id(1)],
      _version: ["uuid", id(2)],
      name: "a",
      tags: "one",
      size: ["set", []],
    };
    assert.deepEqual(decodeResults([select], [{ rows: [row] }], schema), [
      {
        rows: [
          {
            _uuid: id(1),
            _version: id(2),
            name: "a",
            tags: ["one"],
            size: undefined,
            labels: new Map(),
            parent: undefined,
            ratio: 0,
          },
        ],
      },
    ]);
  });

  const failure = (reply: readonly JsonValue[]): TransactionError => {
    try {
      decodeResults([insert, remove], reply, undefined);
    } catch (error) {
      if (error instanceof TransactionError) return error;
      throw error;
    }
    return assert.fail("nothing was thrown");
  };

  it("tells which operation failed", () => {
    const error = failure([
      { uuid: ["uuid", id(1)] },
      { error: "constraint violation", details: "no", syntax: "{}" },
    ]);
    const { code, operationIndex, table, details, syntax } = error;
    assert.deepEqual(
      { code, error: error.error, operationIndex, table, details, syntax },
      {
        code: "ERR_OVSDB_CONSTRAINT_VIOLATION",
        error: "constraint violation",
        operationIndex: 1,
        table: "Item",
        details: "no",
        syntax: "{}",
      },
    );
  });

  it("has null after the operation that failed", () => {
    assert.equal(failure([{ error: "timed out" }, null]).operationIndex, 0);
  });

  it("has one element more when the commit failed", () => {
    const error = failure([
      { uuid: ["uuid", id(1)] },
      { count: 1 },
      { error: "referential integrity violation" },
    ]);
    assert.deepEqual(
      [error.error, error.operationIndex, error.table],
      ["referential integrity violation", undefined, undefined],
    );
    assert.match(error.message, /^commit: /);
  });

  it("is refused when it makes no sense", () => {
    for (const reply of [
      {},
      [],
      [{ uuid: ["uuid", id(1)] }],
      [{ uuid: "x" }, {}],
      [null, null],
    ] satisfies JsonValue[]) {
      assert.throws(() => decodeResults([insert, remove], reply, undefined), OvsdbDecodeError);
    }
  });
});
