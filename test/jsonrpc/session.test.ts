/* oxlint-disable no-await-in-loop -- one after the other is what these tests are about */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import { ConnectionClosedError, TimeoutError } from "../../src/errors.ts";
import {
  JsonFrameError,
  RpcProtocolError,
  RpcReplyError,
  UnsendableValueError,
} from "../../src/jsonrpc/errors.ts";
import { JsonFramer } from "../../src/jsonrpc/framer.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";
import { JsonRpcSession, type JsonRpcSessionOptions } from "../../src/jsonrpc/session.ts";
import { FakeClock } from "../transport/fake-clock.ts";

type Sent = { method?: string; params?: JsonValue; id?: JsonValue; result?: JsonValue; error?: JsonValue };

/** The other end of a session, played by the test. */
class Peer {
  readonly stream: Duplex;
  readonly received: Sent[] = [];
  #waiting: (() => void)[] = [];

  constructor(stream: Duplex) {
    this.stream = stream;
    const framer = new JsonFramer();
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => {
      framer.push(chunk, (value) => this.received.push(value as Sent));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  say(message: object): void {
    this.stream.write(JSON.stringify(message));
  }

  async message(index: number): Promise<Sent> {
    for (;;) {
      const message = this.received[index];
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

function pair(options: Partial<JsonRpcSessionOptions> = {}): { session: JsonRpcSession; peer: Peer } {
  const [ours, theirs] = duplexPair();
  return { session: new JsonRpcSession(ours, { peer: "unix:/test", ...options }), peer: new Peer(theirs) };
}

/** Long enough for what is under way between two in-memory streams. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const closedBecause =
  (cause: new (...args: never[]) => Error) =>
  (error: unknown): boolean =>
    error instanceof ConnectionClosedError && error.cause instanceof cause;

describe("a JSON-RPC session", () => {
  it("joins replies to requests in whatever order they come", async () => {
    const { session, peer } = pair();
    const answers = Promise.all([session.request("a", []), session.request("b", [1])]);
    const [first, second] = [await peer.message(0), await peer.message(1)];
    assert.deepEqual([first.method, first.params, second.method, second.params], ["a", [], "b", [1]]);
    peer.say({ id: second.id, result: "to b", error: null });
    peer.say({ id: first.id, result: "to a", error: null });
    assert.deepEqual(await answers, ["to a", "to b"]);
    assert.equal(session.outstanding, 0);
  });

  it("never uses an id twice", async () => {
    const { session, peer } = pair();
    for (let at = 0; at < 10; at += 1) {
      const answer = session.request("x", []);
      peer.say({ id: (await peer.message(at)).id, result: null, error: null });
      await answer;
    }
    assert.equal(new Set(peer.received.map(({ id }) => id)).size, 10);
  });

  it("rejects with the peer's error when it has no result", async () => {
    const { session, peer } = pair();
    const answer = session.request("get_schema", ["nope"]);
    peer.say({ id: (await peer.message(0)).id, error: { error: "unknown database" } });
    await assert.rejects(answer, (error: unknown) => {
      assert.ok(error instanceof RpcReplyError);
      assert.equal(error.method, "get_schema");
      assert.deepEqual(error.error, { error: "unknown database" });
      return true;
    });
    assert.equal(session.closed, false);
  });

  it("answers echo with the same params and refuses other requests", async () => {
    const { peer } = pair();
    peer.say({ method: "echo", params: [1, "x"], id: "echo" });
    peer.say({ method: "reboot", params: [], id: 9 });
    assert.deepEqual(await peer.message(0), { id: "echo", result: [1, "x"], error: null });
    assert.deepEqual(await peer.message(1), { id: 9, result: null, error: "unknown method" });
  });

  it("hands on notifications and sends them", async () => {
    const { session, peer } = pair();
    const notified = once(session, "notification");
    peer.say({ method: "update", params: ["m", {}], id: null });
    assert.deepEqual(await notified, ["update", ["m", {}]]);
    session.notify("cancel", [3]);
    assert.deepEqual(await peer.message(0), { method: "cancel", params: [3], id: null });
  });

  it("sends nothing of a request that can't be said, and goes on", async () => {
    const { session, peer } = pair();
    await assert.rejects(session.request("transact", ["\u0000"]), UnsendableValueError);
    assert.throws(() => session.notify("x", [Number.NaN]), UnsendableValueError);
    const answer = session.request("echo", []);
    assert.equal((await peer.message(0)).method, "echo");
    peer.say({ id: (await peer.message(0)).id, result: [], error: null });
    assert.deepEqual(await answer, []);
  });
});

describe("a JSON-RPC request that gets no answer", () => {
  it("rejects at its deadline, tells who asked for it, and ignores the late answer", async () => {
    const clock = new FakeClock();
    const { session, peer } = pair({ clock, requestTimeoutMs: 1000 });
    const abandoned: number[] = [];
    const answer = session.request("wait", [], { onAbandoned: (id) => abandoned.push(id) });
    const { id } = await peer.message(0);
    clock.advance(1000);
    await assert.rejects(
      answer,
      (error: unknown) => error instanceof TimeoutError && error.timeoutMs === 1000,
    );
    assert.deepEqual(abandoned, [id]);
    peer.say({ id, result: "late", error: null });
    await settled();
    assert.equal(session.closed, false);
  });

  it("takes a deadline of its own before the session's", async () => {
    const clock = new FakeClock();
    const { session } = pair({ clock, requestTimeoutMs: 1000 });
    const answer = session.request("wait", [], { timeoutMs: 5 });
    clock.advance(5);
    await assert.rejects(answer, TimeoutError);
  });

  it("rejects with the signal's reason", async () => {
    const { session, peer } = pair();
    const controller = new AbortController();
    const answer = session.request("wait", [], { signal: controller.signal });
    await peer.message(0);
    controller.abort(new Error("never mind"));
    await assert.rejects(answer, /never mind/);
    await assert.rejects(session.request("wait", [], { signal: controller.signal }), /never mind/);
    assert.equal(peer.received.length, 1);
  });
});

describe("the end of a JSON-RPC session", () => {
  it("rejects every request that is out, and every later one", async () => {
    const { session, peer } = pair();
    const answers = [session.request("a", []), session.request("b", [])];
    const closed = once(session, "close");
    await peer.message(1);
    peer.stream.end();
    for (const answer of answers) await assert.rejects(answer, ConnectionClosedError);
    await assert.rejects(session.request("c", []), ConnectionClosedError);
    assert.throws(() => session.notify("c", []), ConnectionClosedError);
    assert.ok((await closed)[0] instanceof ConnectionClosedError);
  });

  it("comes with close(), once", async () => {
    const { session } = pair();
    let closes = 0;
    session.on("close", () => (closes += 1));
    const answer = session.request("a", []);
    session.close();
    session.close();
    await assert.rejects(answer, /closed by us/);
    await session[Symbol.asyncDispose]();
    await settled();
    assert.equal(closes, 1);
  });

  it("says so when the peer stops inside a message", async () => {
    const { session, peer } = pair();
    const answer = session.request("a", []);
    peer.stream.end('{"id":0,"resu');
    await assert.rejects(answer, /inside a message/);
  });

  const hostile: readonly [title: string, text: string, cause: new (...args: never[]) => Error][] = [
    ["a reply to an id never sent", '{"id":99,"result":1,"error":null}', RpcProtocolError],
    ["a reply to an id that is no number", '{"id":"0","result":1,"error":null}', RpcProtocolError],
    ["a reply to a negative id", '{"id":-1,"result":1,"error":null}', RpcProtocolError],
    ["a reply to a null id", '{"id":null,"result":1,"error":null}', RpcProtocolError],
    ["an array", "[]", RpcProtocolError],
    ["no JSON", "220 smtp.example.net ESMTP\r\n", JsonFrameError],
    ["broken JSON", '{"id":0,]}', JsonFrameError],
    ["a depth of 10,000", '{"a":'.repeat(10_000), JsonFrameError],
  ];
  for (const [title, text, cause] of hostile) {
    it(`follows on ${title}, and only this session ends`, async () => {
      const { session, peer } = pair();
      const answer = session.request("a", []);
      await peer.message(0);
      peer.stream.write(text);
      await assert.rejects(answer, closedBecause(cause));
      assert.equal(session.closed, true);
    });
  }

  it("follows on a string without end, before it fills the memory", async () => {
    const { session, peer } = pair({ maxBytes: 1_000_000 });
    const answer = session.request("a", []);
    await peer.message(0);
    peer.stream.write('{"id":0,"result":"');
    for (let sent = 0; sent < 20; sent += 1) peer.stream.write("x".repeat(100_000));
    await assert.rejects(answer, closedBecause(JsonFrameError));
  });

  it("handles no message that came in one chunk with the one it ended on", async () => {
    const { session, peer } = pair();
    session.on("notification", () => session.close());
    let notified = 0;
    session.on("notification", () => (notified += 1));
    const update = JSON.stringify({ method: "update", params: [], id: null });
    peer.stream.write(update.repeat(3));
    await once(session, "close");
    await settled();
    assert.equal(notified, 1);
  });
});

describe("probes of a silent peer", () => {
  it("aren't sent while bytes come, and end the session when none come back", async () => {
    const clock = new FakeClock();
    const { session, peer } = pair({ clock, probeIntervalMs: 1000 });
    clock.advance(900);
    peer.say({ method: "update", params: [], id: null });
    await once(session, "notification");
    clock.advance(900);
    await settled();
    assert.equal(peer.received.length, 0);
    clock.advance(100);
    assert.equal((await peer.message(0)).method, "echo");
    const closed = once(session, "close");
    clock.advance(1000);
    assert.ok(closedBecause(TimeoutError)((await closed)[0]));
    assert.equal(clock.pending, 0);
  });

  it("are satisfied by any byte, even of another message", async () => {
    const clock = new FakeClock();
    const { session, peer } = pair({ clock, probeIntervalMs: 1000 });
    for (let round = 0; round < 5; round += 1) {
      clock.advance(1000);
      await peer.message(round);
      peer.stream.write(" ");
      await settled();
    }
    assert.equal(session.closed, false);
  });

  it("don't end a session whose peer is busy with a patient request", async () => {
    const clock = new FakeClock();
    const { session, peer } = pair({ clock, probeIntervalMs: 1000, requestTimeoutMs: 1_000_000 });
    const answer = session.request("monitor", [], { patient: true });
    const { id } = await peer.message(0);
    clock.advance(20_000);
    assert.equal(session.closed, false);
    peer.say({ id, result: {}, error: null });
    assert.deepEqual(await answer, {});
    clock.advance(1000);
    assert.equal((await peer.message(1)).method, "echo");
    clock.advance(1000);
    assert.equal(session.closed, true);
  });

  it("aren't sent at all by default", () => {
    const clock = new FakeClock();
    const { session, peer } = pair({ clock });
    clock.advance(1e9);
    assert.equal(session.closed, false);
    assert.equal(peer.received.length, 0);
  });
});

const notice = (method: string): object => ({ method, params: [], id: null });

function gate(): { open: () => void; fail: (reason: Error) => void; passed: Promise<void> } {
  const settle: { open?: () => void; fail?: (reason: Error) => void } = {};
  const passed = new Promise<void>((resolve, reject) => {
    settle.open = resolve;
    settle.fail = reject;
  });
  return { open: () => settle.open?.(), fail: (reason) => settle.fail?.(reason), passed };
}

describe("a session that is held up", () => {
  it("hears nothing until the work is done, then everything in its order", async () => {
    const { session, peer } = pair();
    const { open, passed } = gate();
    const heard: string[] = [];
    session.on("notification", (method) => {
      heard.push(method);
      if (method === "one") session.hold(passed);
    });
    const request = session.request("ask", []).then(() => heard.push("reply"));
    await peer.message(0);
    const texts = [notice("one"), notice("two"), { id: 0, result: 1, error: null }, notice("three")];
    peer.stream.write(texts.map((text) => JSON.stringify(text)).join(""));
    peer.say(notice("four"));
    await settled();
    assert.deepEqual(heard, ["one"]);
    open();
    await request;
    await settled();
    assert.deepEqual(heard.toSorted(), ["four", "one", "reply", "three", "two"]);
    assert.deepEqual(
      heard.filter((what) => what !== "reply"),
      ["one", "two", "three", "four"],
    );
    session.close();
  });

  it("leaves what the peer says to the peer, however much that is", async () => {
    const { session, peer } = pair();
    const { open, passed } = gate();
    let heard = 0;
    session.on("notification", () => {
      heard += 1;
      if (heard === 1) session.hold(passed);
    });
    peer.say(notice("first"));
    await settled();
    let written = 0;
    while (peer.stream.write(JSON.stringify(notice("more")))) written += 1;
    await settled();
    assert.equal(heard, 1);
    assert.ok(peer.stream.writableNeedDrain);
    open();
    await once(peer.stream, "drain");
    await settled();
    assert.equal(heard, written + 2);
    session.close();
  });

  it("settles a request when its result was taken, and hears nothing before that", async () => {
    const { session, peer } = pair();
    const { open, passed } = gate();
    const heard: string[] = [];
    session.on("notification", (method) => heard.push(method));
    const onResult = (result: JsonValue): Promise<void> => {
      heard.push(`took ${JSON.stringify(result)}`);
      return passed;
    };
    const request = session
      .request("ask", [], { onResult })
      .then((result) => heard.push(`got ${JSON.stringify(result)}`));
    await peer.message(0);
    peer.say({ id: 0, result: 7, error: null });
    peer.say(notice("behind"));
    await settled();
    assert.deepEqual(heard, ["took 7"]);
    open();
    await request;
    await settled();
    assert.deepEqual(heard.toSorted(), ["behind", "got 7", "took 7"]);
    session.close();
  });

  it("rejects a request whose result couldn't be taken, and goes on", async () => {
    const { session, peer } = pair();
    const takers = [
      (): undefined => {
        throw new TypeError("at once");
      },
      (): Promise<void> => Promise.reject(new TypeError("later")),
    ];
    for (const [index, onResult] of takers.entries()) {
      const request = session.request("ask", [], { onResult });
      await peer.message(index);
      peer.say({ id: index, result: 7, error: null });
      await assert.rejects(request, TypeError);
    }
    const last = session.request("ask", []);
    await peer.message(2);
    peer.say({ id: 2, result: 8, error: null });
    assert.equal(await last, 8);
    session.close();
  });

  it("ends when the work fails by what the peer said", async () => {
    const { session, peer } = pair();
    const { fail, passed } = gate();
    const heard: string[] = [];
    session.on("notification", (method) => {
      heard.push(method);
      session.hold(passed);
    });
    const closed = once(session, "close");
    peer.stream.write(JSON.stringify(notice("one")) + JSON.stringify(notice("two")));
    await settled();
    fail(new RpcProtocolError("nonsense"));
    const [reason] = (await closed) as [ConnectionClosedError];
    assert.ok(closedBecause(RpcProtocolError)(reason));
    assert.deepEqual(heard, ["one"]);
  });

  it("doesn't take its own silence for the peer's", async () => {
    const clock = new FakeClock();
    const { session, peer } = pair({ clock, probeIntervalMs: 1_000 });
    const { open, passed } = gate();
    session.on("notification", () => session.hold(passed));
    peer.say(notice("one"));
    await settled();
    for (let second = 0; second < 5; second += 1) clock.advance(1_000);
    assert.equal(session.closed, false);
    open();
    await settled();
    clock.advance(999);
    assert.equal(peer.received.length, 0);
    clock.advance(1);
    assert.equal((await peer.message(0)).method, "echo");
    session.close();
  });
});
