import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { ConnectionClosedError, TimeoutError } from "../../src/errors.ts";
import { UnsendableValueError } from "../../src/jsonrpc/errors.ts";
import { connectOvsdb } from "../../src/ovsdb/client.ts";
import {
  OperationError,
  OutcomeUnknownError,
  OvsdbRequestError,
  TransactionError,
} from "../../src/ovsdb/errors.ts";
import type { OvsdbOptions } from "../../src/ovsdb/link.ts";
import type { Operation } from "../../src/ovsdb/operations.ts";
import { namedUuid } from "../../src/ovsdb/values.ts";
import { ConnectError, TargetSyntaxError } from "../../src/transport/errors.ts";
import { FakeClock } from "../transport/fake-clock.ts";
import { unusedPort, withFolder, withServer } from "../transport/sockets.ts";
import { FakeServer, id, Refused } from "./fake-server.ts";

/** Nobody knows what became of it, since the connection ended. */
function unknownByLoss(error: unknown): boolean {
  return error instanceof OutcomeUnknownError && error.cause instanceof ConnectionClosedError;
}

const quick: OvsdbOptions = { backoff: { minMs: 0, maxMs: 1 } };
const insert: Operation = { op: "insert", table: "Item", row: { name: "a" } };

/** Fires what is due at once, again and again, until something holds. */
async function until(clock: FakeClock, holds: () => boolean): Promise<void> {
  clock.advance(0);
  await new Promise((resolve) => setImmediate(resolve));
  if (!holds()) await until(clock, holds);
}

describe("connecting to a database server", () => {
  it("fails on a target that is none", () =>
    assert.rejects(connectOvsdb("/var/run/db.sock"), TargetSyntaxError));

  it("fails when the socket isn't there", () =>
    withFolder((folder) => assert.rejects(connectOvsdb(`unix:${join(folder, "db.sock")}`), ConnectError)));

  it("fails when the connection is refused", async () => {
    await assert.rejects(connectOvsdb(`tcp:127.0.0.1:${await unusedPort()}`), ConnectError);
  });

  it("fails within the deadline when something listens but never answers", () =>
    withServer(
      () => {},
      async ({ server, target }) => {
        const accepted = once(server, "connection");
        const clock = new FakeClock();
        const connecting = connectOvsdb(target, { timeoutMs: 300, clock });
        await accepted;
        // The client must have begun to wait for an answer.
        await until(clock, () => clock.pending > 0);
        const rejected = assert.rejects(connecting, TimeoutError);
        clock.advance(300);
        await rejected;
      },
    ));

  it("fails when what answers is no database server", async () => {
    await using server = await FakeServer.start({
      list_dbs: () => {
        throw new Refused('"list_dbs" is not a valid command');
      },
    });
    await assert.rejects(connectOvsdb(server.target), OvsdbRequestError);
  });

  it("fails when what answers is no JSON", () =>
    withServer(
      (socket) => socket.write("220 smtp.example.net ESMTP\r\n"),
      ({ target }) => assert.rejects(connectOvsdb(target), ConnectionClosedError),
    ));

  it("fails with the signal's reason, before and while it goes on", () =>
    withServer(
      () => {},
      async ({ server, target }) => {
        await assert.rejects(
          connectOvsdb(target, { signal: AbortSignal.abort(new Error("never")) }),
          /never/,
        );
        const controller = new AbortController();
        const accepted = once(server, "connection");
        const connecting = connectOvsdb(target, { signal: controller.signal });
        await accepted;
        controller.abort(new Error("enough"));
        await assert.rejects(connecting, /enough/);
      },
    ));

  it("leaves no connection behind when it fails", () =>
    withServer(
      (socket) => socket.resume().write("x"),
      async ({ target, sockets }) => {
        await assert.rejects(connectOvsdb(target, quick), ConnectionClosedError);
        await Promise.all(sockets.filter(({ closed }) => !closed).map((socket) => once(socket, "close")));
        assert.equal(sockets.length, 1, "nothing is tried again");
      },
    ));
});

describe("a database client", () => {
  it("lists databases, tells schemas and asks for each schema once", async () => {
    await using server = await FakeServer.start();
    await using client = await connectOvsdb(server.target);
    assert.deepEqual(await client.listDatabases(), ["Test"]);
    assert.equal((await client.schema("Test")).tables.get("Item")?.isRoot, true);
    assert.equal(await client.schema("Test"), await client.schema("Test"));
    assert.equal(server.calls("get_schema").length, 1);
  });

  it("says that a database is unknown", async () => {
    await using server = await FakeServer.start({
      get_schema: () => {
        throw new Refused({ error: "unknown database", details: "no Nope", syntax: '["Nope"]' });
      },
    });
    await using client = await connectOvsdb(server.target);
    await assert.rejects(client.schema("Nope"), (error: unknown) => {
      assert.ok(error instanceof OvsdbRequestError);
      assert.deepEqual(
        [error.code, error.method, error.error, error.details, error.syntax],
        ["ERR_OVSDB_REQUEST", "get_schema", "unknown database", "no Nope", '["Nope"]'],
      );
      return true;
    });
  });

  it("sends nothing of a transaction that can't be said", async () => {
    await using server = await FakeServer.start();
    await using client = await connectOvsdb(server.target);
    const row = { name: "a\u0000" };
    await assert.rejects(client.transact("Test", [{ ...insert, row }]), UnsendableValueError);
    const parent = { parent: namedUuid("nobody") };
    await assert.rejects(client.transact("Test", [insert, { ...insert, row: parent }]), (error: unknown) => {
      return error instanceof OperationError && error.operationIndex === 1;
    });
    assert.equal(server.calls("transact").length, 0);
  });

  it("tells the server to cancel a transaction that it no longer waits for", async () => {
    await using server = await FakeServer.start({ transact: () => undefined });
    await using client = await connectOvsdb(server.target);
    const controller = new AbortController();
    const transaction = client.transact("Test", [insert], { signal: controller.signal });
    const { id: of } = await server.called("transact", 1);
    controller.abort(new Error("enough"));
    await assert.rejects(transaction, /enough/);
    assert.deepEqual((await server.called("cancel", 1)).params, [of]);
  });

  it("reports a refused transaction and a refused commit", async () => {
    const uuid = ["uuid", id(1)];
    await using server = await FakeServer.start({
      transact: () => [{ uuid }, { error: "constraint violation" }],
    });
    await using client = await connectOvsdb(server.target);
    await assert.rejects(client.transact("Test", [insert, insert]), (error: unknown) => {
      return error instanceof TransactionError && error.operationIndex === 1 && error.table === "Item";
    });
    await assert.rejects(client.transact("Test", [insert]), (error: unknown) => {
      return error instanceof TransactionError && error.operationIndex === undefined;
    });
  });
});

describe("a database client whose connection is lost", () => {
  it("rejects what is out, connects again, and says both", async () => {
    await using server = await FakeServer.start({ transact: () => undefined });
    await using client = await connectOvsdb(server.target, quick);
    const transaction = client.transact("Test", [insert]);
    await server.called("transact", 1);
    const [lost, connected] = [once(client, "disconnected"), once(client, "connected")];
    server.drop();
    await assert.rejects(transaction, unknownByLoss);
    assert.ok((await lost)[0] instanceof ConnectionClosedError);
    await assert.rejects(client.echo(), ConnectionClosedError);
    assert.deepEqual(await connected, [server.target]);
    await client.echo();
    assert.equal(server.calls("transact").length, 1, "nothing is repeated unasked");
  });

  it("keeps trying while the server listens but doesn't answer", async () => {
    await using server = await FakeServer.start();
    const clock = new FakeClock();
    const options: OvsdbOptions = {
      timeoutMs: 100,
      clock,
      backoff: { random: () => 0 },
      probeIntervalMs: 1e9,
    };
    await using client = await connectOvsdb(server.target, options);
    const answer = server.answers["list_dbs"];
    server.answers["list_dbs"] = () => undefined;
    server.drop();
    await until(clock, () => server.calls("list_dbs").length === 2);
    const again = once(client, "disconnected");
    clock.advance(100);
    assert.ok(((await again) as [ConnectionClosedError])[0].cause instanceof TimeoutError);
    if (answer !== undefined) server.answers["list_dbs"] = answer;
    await until(clock, () => client.connected);
  });

  it("closes when it shouldn't connect again", async () => {
    await using server = await FakeServer.start();
    const client = await connectOvsdb(server.target, { reconnect: false });
    const closed = once(client, "close");
    server.drop();
    await closed;
    assert.equal(client.closed, true);
    await assert.rejects(client.echo(), ConnectionClosedError);
  });

  it("is given up when the server leaves probes unanswered", async () => {
    await using server = await FakeServer.start();
    const clock = new FakeClock();
    await using client = await connectOvsdb(server.target, { clock, probeIntervalMs: 5000 });
    server.answers["echo"] = () => undefined;
    const lost = once(client, "disconnected");
    clock.advance(5000);
    await server.called("echo", 1);
    clock.advance(5000);
    assert.ok(((await lost) as [ConnectionClosedError])[0].cause instanceof TimeoutError);
  });
});

describe("closing a database client", () => {
  it("rejects what is out and closes its replicas, once", async () => {
    await using server = await FakeServer.start({ transact: () => undefined });
    const client = await connectOvsdb(server.target);
    const replica = await client.replica("Test", { Item: "all" });
    let closes = 0;
    client.on("close", () => (closes += 1));
    client.on("disconnected", () => assert.fail("it wasn't lost"));
    const closed = once(replica, "close");
    const transaction = client.transact("Test", [insert]);
    await server.called("transact", 1);
    await client.close();
    await client.close();
    await assert.rejects(transaction, unknownByLoss);
    await closed;
    await assert.rejects(client.replica("Test", { Item: "all" }), ConnectionClosedError);
    assert.equal(closes, 1);
  });

  it("happens by the signal, too", async () => {
    await using server = await FakeServer.start();
    const controller = new AbortController();
    const client = await connectOvsdb(server.target, { signal: controller.signal });
    const closed = once(client, "close");
    controller.abort();
    await closed;
    assert.equal(client.closed, true);
  });
});

const locked = (value: boolean) => (): object => ({ locked: value });

describe("a lock", () => {
  it("is ours at once or when the server says so, until it is stolen", async () => {
    await using server = await FakeServer.start({
      lock: locked(false),
      steal: locked(true),
      unlock: () => ({}),
    });
    await using client = await connectOvsdb(server.target);
    assert.equal(await client.lock("l"), false);
    assert.equal(client.holds("l"), false);
    const granted = once(client, "locked");
    server.notify("locked", "l");
    assert.deepEqual(await granted, ["l"]);
    assert.equal(client.holds("l"), true);
    const lost = once(client, "lockLost");
    server.notify("stolen", "l");
    assert.deepEqual(await lost, ["l", "stolen"]);
    assert.equal(client.holds("l"), false);
    assert.equal(await client.steal("m"), true);
    await client.unlock("m");
    assert.equal(client.holds("m"), false);
    assert.deepEqual(server.calls("unlock")[0]?.params, ["m"]);
  });

  it("is lost with the connection and asked for again on the next, but not stolen again", async () => {
    await using server = await FakeServer.start({
      lock: locked(true),
      steal: locked(true),
      unlock: () => ({}),
    });
    await using client = await connectOvsdb(server.target, quick);
    await client.steal("l");
    await client.lock("given back");
    await client.unlock("given back");
    const [lost, again] = [once(client, "lockLost"), once(client, "locked")];
    server.drop();
    assert.deepEqual(await lost, ["l", "disconnected"]);
    assert.deepEqual(await again, ["l"]);
    assert.equal(client.holds("l"), true);
    assert.deepEqual(
      server.calls("lock").map(({ params }) => params),
      [["given back"], ["l"]],
    );
    assert.equal(server.calls("steal").length, 1);
  });

  it("that is granted before the reply is handled is ours", async () => {
    await using server = await FakeServer.start({
      lock: (_params, socket) => {
        queueMicrotask(() => socket.write('{"method":"locked","params":["l"],"id":null}'));
        return { locked: false };
      },
    });
    await using client = await connectOvsdb(server.target);
    await client.lock("l");
    await client.echo();
    assert.equal(client.holds("l"), true);
  });
});
