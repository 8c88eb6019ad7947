import assert from "node:assert/strict";
import { once } from "node:events";
import { ConnectError } from "../../src/transport/errors.ts";
import { type Connected, Redial, type RedialOptions } from "../../src/transport/redial.ts";
import { FakeClock } from "./fake-clock.ts";
import { unusedPort, withServer } from "./sockets.ts";

const fixed: RedialOptions = { minMs: 100, maxMs: 1000, stableMs: 10_000, random: () => 1 };

async function using(redial: Redial, body: () => Promise<void>): Promise<void> {
  redial.on("connected", ({ socket }) => socket.on("error", () => {}).resume());
  try {
    await body();
  } finally {
    redial.close();
  }
}

describe("a connection kept up", () => {
  it("comes up again after each loss, each time with a higher generation", () =>
    withServer(
      () => {},
      async ({ target, sockets }) => {
        const clock = new FakeClock();
        const redial = new Redial(target, { ...fixed, clock });
        await using(redial, async () => {
          const first = await redial.connect();
          assert.equal(first.generation, 1);
          assert.equal(first.peer, target);
          const retry = once(redial, "retry");
          await Promise.all([once(redial, "disconnected"), retry, drop(sockets)]);
          assert.deepEqual((await retry)[0], { delayMs: 100, peer: target });
          assert.equal(redial.connected, false);
          const again = once(redial, "connected");
          clock.advance(100);
          const [second] = (await again) as [Connected];
          assert.equal(second.generation, 2);
          assert.equal(redial.generation, 2);
        });
      },
    ));

  it("waits longer after each failed attempt and says why it failed", async () => {
    const clock = new FakeClock();
    const redial = new Redial(`tcp:127.0.0.1:${await unusedPort()}`, { ...fixed, clock });
    await using(redial, async () => {
      const delays: number[] = [];
      const enough = new Promise<void>((resolve) => {
        redial.on("retry", ({ delayMs, cause }) => {
          delays.push(delayMs);
          assert.equal(cause instanceof ConnectError, true);
          if (delays.length === 4) resolve();
          else clock.advance(delayMs);
        });
      });
      redial.start();
      await enough;
      assert.deepEqual(delays, [100, 200, 400, 800]);
    });
  });

  it("rejects its first connect when nobody answers and goes on no further", async () => {
    const clock = new FakeClock();
    const redial = new Redial(`tcp:127.0.0.1:${await unusedPort()}`, { ...fixed, clock });
    await assert.rejects(redial.connect(), { code: "ERR_CONNECT" });
    assert.equal(clock.pending, 0);
    redial.close();
  });

  it("tries several targets in turn", () =>
    withServer(
      () => {},
      async ({ target }) => {
        const redial = new Redial([`tcp:127.0.0.1:${await unusedPort()}`, target], fixed);
        await using(redial, async () => {
          assert.equal((await redial.connect()).peer, target);
        });
      },
    ));

  it("stops for good when closed while it waits, connects or is connected", () =>
    withServer(
      () => {},
      async ({ target, sockets }) => {
        const clock = new FakeClock();
        const waiting = new Redial(target, { ...fixed, clock });
        await using(waiting, async () => {
          await waiting.connect();
          await Promise.all([once(waiting, "retry"), drop(sockets)]);
          waiting.close();
          assert.equal(clock.pending, 0);
        });

        const connecting = new Redial(target, { ...fixed, clock });
        await using(connecting, async () => {
          const pending = connecting.connect();
          connecting.close();
          await assert.rejects(pending, { code: "ERR_CONNECTION_CLOSED" });
          assert.equal(clock.pending, 0);
        });

        const connected = new Redial(target, { ...fixed, clock });
        await using(connected, async () => {
          const { socket } = await connected.connect();
          const gone = once(socket, "close");
          let closes = 0;
          connected.on("close", () => (closes += 1));
          connected.close();
          connected.close();
          await gone;
          assert.equal(closes, 1);
          assert.equal(clock.pending, 0);
        });
      },
    ));

  it("closes when its signal is aborted, and rejects with the reason", () =>
    withServer(
      () => {},
      async ({ target }) => {
        const controller = new AbortController();
        const redial = new Redial(target, { ...fixed, signal: controller.signal });
        await using(redial, async () => {
          const pending = redial.connect();
          controller.abort(new Error("enough"));
          await assert.rejects(pending, /enough/);
          assert.equal(redial.closed, true);
          await assert.rejects(redial.connect(), /enough/);
        });
      },
    ));

  it("refuses a list without targets", () => {
    assert.throws(() => new Redial([]), RangeError);
    assert.throws(() => new Redial("ptcp:1"), { code: "ERR_TARGET_SYNTAX" });
  });
});

/** Ends what the server has accepted, once it has. */
async function drop(sockets: readonly { destroy(): unknown }[]): Promise<void> {
  if (sockets.length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
    return drop(sockets);
  }
  for (const socket of sockets) socket.destroy();
}
