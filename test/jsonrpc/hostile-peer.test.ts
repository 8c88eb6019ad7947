// A peer that means harm, or is only broken: whatever it sends ends its own connection at most, and takes no more
// memory than what it says is worth.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import { ConnectionClosedError } from "../../src/errors.ts";
import { JsonFrameError, RpcProtocolError } from "../../src/jsonrpc/errors.ts";
import { JsonFramer } from "../../src/jsonrpc/framer.ts";
import { parseExact } from "../../src/jsonrpc/json.ts";
import { JsonRpcSession } from "../../src/jsonrpc/session.ts";
import { heapInUse } from "../support/heap.ts";

const mebibyte = 1024 * 1024;

function joined(): { session: JsonRpcSession; peer: Duplex } {
  const [ours, peer] = duplexPair();
  peer.on("error", () => {});
  return { session: new JsonRpcSession(ours, { peer: "unix:/hostile" }), peer };
}

async function causeOfEnd(session: JsonRpcSession): Promise<unknown> {
  const [reason] = (await once(session, "close")) as [Error];
  assert.ok(reason instanceof ConnectionClosedError);
  return reason.cause;
}

describe("a peer that asks what can't be answered", () => {
  for (const [title, message] of [
    ["an echo of U+0000", String.raw`{"id":1,"method":"echo","params":["\u0000"]}`],
    ["an echo of half a surrogate pair", String.raw`{"id":1,"method":"echo","params":[["\ud800"]]}`],
    ["an echo of a number beyond all numbers", '{"id":1,"method":"echo","params":[1e999]}'],
    ["an echo whose id is U+0000", String.raw`{"id":"\u0000","method":"echo","params":[]}`],
    ["anything whose id holds U+0000", String.raw`{"id":{"\u0000":1},"method":"reboot","params":[]}`],
  ] as const) {
    it(`ends its connection and nothing else: ${title}`, async () => {
      const { session, peer } = joined();
      const waiting = assert.rejects(session.request("list_dbs", []), ConnectionClosedError);
      const cause = causeOfEnd(session);
      peer.write(message);
      assert.ok((await cause) instanceof RpcProtocolError);
      await waiting;
    });
  }

  for (const [title, message] of [
    ["the id is a number beyond all numbers", '{"id":1e999,"result":1,"error":null}'],
    ["the id is an integer of a million digits", `{"id":${"9".repeat(1e6)},"result":1,"error":null}`],
    ["the id is a text of a million letters", `{"id":"${"x".repeat(1e6)}","result":1,"error":null}`],
    ["the id is -1", '{"id":-1,"result":1,"error":null}'],
    ["the id is null", '{"id":null,"error":"no"}'],
    ["the method is a number", '{"id":null,"method":5,"params":[]}'],
    ["the method is null", '{"id":0,"method":null,"params":[]}'],
    ["the method is an object", '{"id":null,"method":{"__proto__":[]},"params":[]}'],
    ["params are null", '{"id":null,"method":"update3","params":null}'],
    ["params are an object", '{"id":null,"method":"update3","params":{"length":1}}'],
    ["it is null within an array", "[null]"],
    ["it is nothing but __proto__", '{"__proto__":{"id":0,"result":1}}'],
  ] as const) {
    it(`ends its connection, with a short reason, when ${title}`, async () => {
      const { session, peer } = joined();
      const waiting = assert.rejects(session.request("list_dbs", []), ConnectionClosedError);
      const cause = causeOfEnd(session);
      peer.write(message);
      const error = await cause;
      assert.ok(error instanceof RpcProtocolError && error.message.length < 200);
      await waiting;
    });
  }

  it("is answered by the last of a name that stands twice", async () => {
    const { session, peer } = joined();
    const answer = session.request("list_dbs", []);
    peer.write('{"id":7,"id":0,"result":["a"],"result":["b"],"error":null}');
    assert.deepEqual(await answer, ["b"]);
    await session[Symbol.asyncDispose]();
  });

  it("is told apart from one that answers twice", async () => {
    const { session, peer } = joined();
    const answer = session.request("list_dbs", []);
    peer.write(
      '{"id":0,"result":[],"error":null}{"id":0,"result":["again"],"error":null}{"id":0,"error":"no"}',
    );
    assert.deepEqual(await answer, []);
    const next = session.request("list_dbs", []);
    peer.write('{"id":1,"result":["next"],"error":null}');
    assert.deepEqual(await next, ["next"]);
    await session[Symbol.asyncDispose]();
  });
});

describe("a peer that asks on and on", () => {
  const echo = `{"id":1,"method":"echo","params":["${"x".repeat(10_000)}"]}`;

  it("is cut off when it doesn't read the answers, before they fill the memory", async () => {
    const { session, peer } = joined();
    const cause = causeOfEnd(session);
    let sent = 0;
    const ask = (): void => {
      for (; sent < 2_000 && !session.closed; sent += 1) if (!peer.write(echo)) break;
      if (sent < 2_000 && !session.closed) peer.once("drain", ask);
    };
    ask();
    assert.ok((await cause) instanceof RpcProtocolError);
    assert.ok(sent < 200, `cut off after ${sent} questions`);
  });

  it("is answered as long as it reads", async () => {
    const { session, peer } = joined();
    let answers = 0;
    const answered = new Promise<void>((resolve) => {
      const framer = new JsonFramer();
      peer.on("data", (chunk: Buffer) =>
        framer.push(chunk, () => {
          answers += 1;
          if (answers + 50 <= 1_000) peer.write(echo);
          if (answers === 1_000) resolve();
        }),
      );
    });
    for (let sent = 0; sent < 50; sent += 1) peer.write(echo);
    await answered;
    assert.equal(session.closed, false);
    await session[Symbol.asyncDispose]();
  });
});

describe("a message that never ends", () => {
  it("takes hardly more memory than it has bytes when these come one by one", async () => {
    const framer = new JsonFramer();
    const before = await heapInUse();
    framer.push(Buffer.from('{"'), () => assert.fail("no message"));
    for (let byte = 0; byte < mebibyte; byte += 1) {
      framer.push(Uint8Array.of(0x61), () => assert.fail("no message"));
    }
    const taken = (await heapInUse()) - before;
    assert.ok(taken < 8 * mebibyte, `${(taken / mebibyte).toFixed(1)} MiB for one`);
    const texts: unknown[] = [];
    framer.push(Buffer.from('":1}'), (value) => texts.push(...Object.keys(value as object)));
    assert.deepEqual(texts, ["a".repeat(mebibyte)]);
  });

  it("is the same wherever small and large pieces join", () => {
    const text = JSON.stringify({ a: 'é😀\\"'.repeat(5_000), b: [1, 2, { c: null }] });
    const bytes = Buffer.from(text.repeat(3));
    const pieces = [1, 1_023, 1, 1_024, 2, 5_000, 1, 3];
    const values: unknown[] = [];
    const framer = new JsonFramer();
    let turn = 0;
    for (let at = 0; at < bytes.length; turn += 1) {
      // Long runs of single bytes, which are put together, between pieces of any size.
      const length = turn % 3_000 < 2_500 ? 1 : (pieces[turn % pieces.length] ?? 1);
      framer.push(bytes.subarray(at, at + length), (value) => values.push(value));
      at += length;
    }
    assert.deepEqual(
      values,
      Array.from({ length: 3 }, () => JSON.parse(text) as unknown),
    );
  });

  it("is refused when it grows beyond the limit byte by byte", () => {
    const framer = new JsonFramer({ maxBytes: 5_000 });
    framer.push(Buffer.from('["'), () => {});
    let taken = 2;
    assert.throws(() => {
      for (;;) {
        framer.push(Uint8Array.of(0x61), () => {});
        taken += 1;
      }
    }, JsonFrameError);
    assert.equal(taken, 5_000);
  });
});

describe("an integer beyond 64 bits", () => {
  it("is a number, as JSON.parse has it, however long it is", () => {
    const digits = "9".repeat(100_000);
    assert.deepEqual(parseExact(`[${digits}, -${digits}, 123456789012345678901]`), [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      123456789012345680000,
    ]);
    assert.deepEqual(parseExact("[-9223372036854775808, 9223372036854775807]"), [
      -9223372036854775808n,
      9223372036854775807n,
    ]);
  });
});
