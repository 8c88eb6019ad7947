import assert from "node:assert/strict";
import {
  classify,
  errorText,
  notificationText,
  requestText,
  successText,
} from "../../src/jsonrpc/dialect.ts";
import { RpcProtocolError, UnsendableValueError } from "../../src/jsonrpc/errors.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";

describe("JSON-RPC 1.0 on the wire", () => {
  it("has exactly method, params and id in a request", () => {
    assert.deepEqual(JSON.parse(requestText(7, "transact", ["db", { op: "abort" }])), {
      method: "transact",
      params: ["db", { op: "abort" }],
      id: 7,
    });
  });

  it("has a null id in a notification", () => {
    assert.deepEqual(JSON.parse(notificationText("cancel", [7])), {
      method: "cancel",
      params: [7],
      id: null,
    });
  });

  it("has exactly id, result and error in replies, whatever the id is", () => {
    for (const id of ["echo", 3, null, [1], { a: 1 }] satisfies JsonValue[]) {
      assert.deepEqual(JSON.parse(successText(id, [])), { id, result: [], error: null });
      assert.deepEqual(JSON.parse(errorText(id, "unknown method")), {
        id,
        result: null,
        error: "unknown method",
      });
    }
  });

  it("writes a bigint as the integer it is", () => {
    assert.match(requestText(1, "transact", [2n ** 63n - 1n]), /\[9223372036854775807\]/);
  });

  it("refuses what the server would hang up on or misread, and says where it stands", () => {
    const refused: readonly [JsonValue, string][] = [
      ["a\u0000b", "params[1].row.name"],
      ["\ud800", "params[1].row.name"],
      ["x\udc00\ud800y", "params[1].row.name"],
      [Number.NaN, "params[1].row.name"],
      [Number.POSITIVE_INFINITY, "params[1].row.name"],
      [["set", ["fine", "\ud83e"]], "params[1].row.name[1][1]"],
    ];
    for (const [name, path] of refused) {
      assert.throws(
        () => requestText(1, "transact", ["db", { row: { name } }]),
        (error: unknown) => error instanceof UnsendableValueError && error.path === path,
      );
    }
    assert.throws(() => requestText(1, "transact", [{ "a\u0000": 1 }]), UnsendableValueError);
  });

  it("lets control characters and whole surrogate pairs pass", () => {
    assert.deepEqual(JSON.parse(requestText(1, "x", ["\u0001\u001f🦉"])).params, ["\u0001\u001f🦉"]);
  });
});

describe("a received value", () => {
  const cases: readonly [title: string, value: JsonValue, kind: string][] = [
    ["a success", { id: 1, result: [], error: null }, "success"],
    ["a success whose result is null", { id: 1, result: null, error: null }, "success"],
    ["an error without result, as ovsdb-server sends it", { id: 1, error: "unknown method" }, "error"],
    ["an error with a null result", { id: 1, result: null, error: "no" }, "error"],
    ["an error that is an object", { id: 1, error: { error: "unknown database", details: "x" } }, "error"],
    ["a notification with a null id", { method: "update", params: [], id: null }, "notification"],
    ["a notification without an id", { method: "update", params: [] }, "notification"],
    ["a request", { method: "echo", params: [], id: "echo" }, "request"],
    ["a request whose id is an array", { method: "echo", params: [], id: [1] }, "request"],
  ];
  for (const [title, value, kind] of cases) {
    it(`is known as ${title}`, () => {
      assert.equal(classify(value).kind, kind);
    });
  }

  it("keeps the id and error that jsonrpc-lite has no place for", () => {
    assert.deepEqual(classify({ id: [1], error: { error: "x" } }), {
      kind: "error",
      id: [1],
      error: { error: "x" },
    });
  });

  it("may hold a bigint in its params", () => {
    const message = { method: "update", params: [1n], id: null };
    assert.deepEqual(classify(message), { kind: "notification", method: "update", params: [1n] });
  });

  const strange: readonly [title: string, value: JsonValue][] = [
    ["an array", []],
    ["an empty object", {}],
    ["a reply without an id", { result: 1, error: null }],
    ["a method that is no text", { method: 7, params: [], id: 1 }],
    ["an empty method", { method: "", params: [], id: 1 }],
    ["params that are an object", { method: "update", params: {}, id: null }],
    ["no params", { method: "update", id: null }],
    ["an id alone", { id: 1 }],
    ["an id and a null error alone", { id: 1, error: null }],
  ];
  for (const [title, value] of strange) {
    it(`is refused when it is ${title}`, () => {
      assert.throws(() => classify(value), RpcProtocolError);
    });
  }
});
