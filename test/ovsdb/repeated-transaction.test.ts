import assert from "node:assert/strict";
import { once } from "node:events";
import { connectOvsdb } from "../../src/ovsdb/client.ts";
import { OutcomeUnknownError, TransactionError } from "../../src/ovsdb/errors.ts";
import type { OvsdbOptions } from "../../src/ovsdb/link.ts";
import type { Operation } from "../../src/ovsdb/operations.ts";
import { UnrepeatableError } from "../../src/ovsdb/repeatable.ts";
import { ConstraintViolationError, DuplicateUuidError } from "../../src/ovsdb/transaction-errors.ts";
import { FakeServer, id } from "./fake-server.ts";

const quick: OvsdbOptions = { backoff: { minMs: 0, maxMs: 1 } };
const insert = { op: "insert", table: "Item", row: { name: "a" }, uuid: id(1) } as const;
const plain: Operation = { op: "insert", table: "Item", row: { name: "b" } };
const timedOut = { error: "timed out", details: "no" };
const inserted = { uuid: ["uuid", id(1)] };
const wait: Operation = {
  op: "wait",
  table: "Item",
  where: [],
  columns: ["name"],
  until: "==",
  rows: [],
  timeoutMs: 0,
};

/** A server that gives these replies to transactions one after the other; "lost" ends the connection instead. */
function replying(...replies: readonly ("lost" | readonly unknown[])[]): Promise<FakeServer> {
  const left = [...replies];
  return FakeServer.start({
    transact: (_params, socket) => {
      const reply = left.shift();
      if (reply !== "lost") return reply;
      socket.destroy();
      return undefined;
    },
  });
}

describe("a transaction that is repeated", () => {
  it("asks first whether its row is there, and gives the results of its own operations", async () => {
    await using server = await replying([{}, inserted]);
    await using client = await connectOvsdb(server.target, quick);
    const results = await client.transact("Test", [insert], { retry: true });
    assert.deepEqual(results, [{ uuid: id(1) }]);
    const [, guard] = server.calls("transact")[0]?.params ?? [];
    assert.deepEqual(guard, {
      op: "wait",
      table: "Item",
      where: [["_uuid", "==", ["uuid", id(1)]]],
      columns: ["_uuid"],
      until: "==",
      rows: [],
      timeout: 0,
    });
  });

  it("is sent again when its reply was lost, and done once", async () => {
    await using server = await replying("lost", "lost", [{}, inserted]);
    await using client = await connectOvsdb(server.target, quick);
    assert.deepEqual(await client.transact("Test", [insert], { retry: true }), [{ uuid: id(1) }]);
    assert.equal(server.calls("transact").length, 3);
  });

  it("resolves with undefined when an attempt whose reply was lost had been committed", async () => {
    await using server = await replying("lost", [timedOut, null]);
    await using client = await connectOvsdb(server.target, quick);
    assert.equal(await client.transact("Test", [insert], { retry: true }), undefined);
  });

  it("says that the chosen uuid was taken before", async () => {
    await using server = await replying([{}, timedOut, null, null]);
    await using client = await connectOvsdb(server.target, quick);
    const other = { ...insert, uuid: id(2) };
    await assert.rejects(client.transact("Test", [wait, insert, other], { retry: true }), (error) => {
      return error instanceof DuplicateUuidError && error.operationIndex === 2 && error.table === "Item";
    });
  });

  it("says which of its own operations failed", async () => {
    const refusal = { error: "constraint violation" };
    await using server = await replying([{}, refusal]);
    await using client = await connectOvsdb(server.target, quick);
    await assert.rejects(client.transact("Test", [insert], { retry: true }), (error) => {
      return error instanceof ConstraintViolationError && error.operationIndex === 0;
    });
  });

  it("says that nobody knows when it is refused after a lost attempt, which may come yet", async () => {
    await using server = await replying("lost", [{}, { error: "constraint violation" }]);
    await using client = await connectOvsdb(server.target, quick);
    await assert.rejects(client.transact("Test", [insert], { retry: true }), (error) => {
      return error instanceof OutcomeUnknownError && error.cause instanceof TransactionError;
    });
  });

  it("says that nobody knows when its own wait fails after a lost attempt, and just that it fails before", async () => {
    await using server = await replying([timedOut], "lost", [timedOut]);
    await using client = await connectOvsdb(server.target, quick);
    await assert.rejects(client.transact("Test", [wait, plain], { retry: true }), {
      error: "timed out",
      operationIndex: 0,
    });
    await assert.rejects(client.transact("Test", [wait, plain], { retry: true }), OutcomeUnknownError);
  });

  it("gives a server up that doesn't answer, and says at the deadline that nobody knows", async () => {
    await using server = await FakeServer.start({ transact: () => undefined });
    await using client = await connectOvsdb(server.target, { ...quick, requestTimeoutMs: 20 });
    const transaction = client.transact("Test", [insert], { retry: true, timeoutMs: 200 });
    await assert.rejects(transaction, OutcomeUnknownError);
    assert.ok(server.calls("transact").length > 1);
  });

  it("waits for a connection, and says at the deadline that none came", async () => {
    await using server = await FakeServer.start();
    await using client = await connectOvsdb(server.target, quick);
    server.answers["list_dbs"] = () => undefined;
    const lost = once(client, "disconnected");
    server.drop();
    await lost;
    const transaction = client.transact("Test", [insert], { retry: true, timeoutMs: 30 });
    await assert.rejects(transaction, { code: "ERR_TIMEOUT" });
    assert.equal(server.calls("transact").length, 0);
  });

  it("waits for a connection together with any number of others, without a warning", async () => {
    await using server = await FakeServer.start({ transact: () => [{}, inserted] });
    await using client = await connectOvsdb(server.target, quick);
    const warnings: Error[] = [];
    const warn = (warning: Error): number => warnings.push(warning);
    process.on("warning", warn);
    const lost = once(client, "disconnected");
    server.drop();
    await lost;
    await Promise.all(Array.from({ length: 30 }, () => client.transact("Test", [insert], { retry: true })));
    process.off("warning", warn);
    assert.deepEqual(warnings, []);
  });

  it("ends with the signal's reason, or when the client is closed", async () => {
    await using server = await FakeServer.start({ transact: () => undefined });
    const client = await connectOvsdb(server.target, quick);
    const stop = new AbortController();
    const aborted = client.transact("Test", [insert], { retry: true, signal: stop.signal });
    const closed = client.transact("Test", [insert], { retry: true });
    await server.called("transact", 2);
    stop.abort(new Error("enough"));
    await assert.rejects(aborted, /enough/);
    await client.close();
    await assert.rejects(closed, { code: "ERR_OVSDB_OUTCOME_UNKNOWN" });
  });

  it("holds only where it breaks what it waits for, which the server is asked at its end", async () => {
    await using server = await replying([{}, inserted, {}], [{}, inserted, timedOut]);
    await using client = await connectOvsdb(server.target, quick);
    assert.deepEqual(await client.transact("Test", [wait, plain], { retry: true }), [{}, { uuid: id(1) }]);
    assert.deepEqual(server.calls("transact")[0]?.params.at(-1), {
      op: "wait",
      table: "Item",
      where: [],
      columns: ["name"],
      until: "!=",
      rows: [],
      timeout: 0,
    });
    await assert.rejects(client.transact("Test", [wait, plain], { retry: true }), UnrepeatableError);
  });

  it("is refused when nothing would tell that it was done", async () => {
    await using server = await FakeServer.start();
    await using client = await connectOvsdb(server.target, quick);
    const remove: Operation = { op: "delete", table: "Item", where: [] };
    const update: Operation = { op: "update", table: "Item", where: [], row: { size: 1 } };
    for (const operations of [[plain], [wait], [wait, update], [insert, remove]]) {
      // oxlint-disable-next-line no-await-in-loop
      await assert.rejects(client.transact("Test", operations, { retry: true }), UnrepeatableError);
    }
    assert.equal(server.calls("transact").length, 0);
  });
});
