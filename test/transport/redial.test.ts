import assert from "node:assert/strict";
import { once } from "node:events";
import { ConnectError } from "../../src/transport/errors.ts";
import { type Connected, Redial, type RedialOptions } from "../../src/transport/redial.ts";
import { FakeClock } from "./fake-clock.ts";
import { unusedPort, withServer } from "./sockets.ts";

const fixed: RedialOptions = { minMs: 100, maxMs: 1000, stableMs: 10_000, random: () => 1 };

async function up(redial: Redial): Promise<Connected> {
  const connected = once(redial, "connected");
  redial.start();
  return ((await connected) as [Connected])[0];
}

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
          const first = await up(redial);
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

  it("tells of each attempt that fails, and where it led", async () => {
    const target = `tcp:127.0.0.1:${await unusedPort()}`;
    const redial = new Redial(target, { ...fixed, clock: new FakeClock() });
    await using(redial, async () => {
      const failed = once(redial, "failed");
      redial.start();
      const [{ peer, cause }] = (await failed) as [{ peer: string; cause: Error }];
      assert.equal(peer, target);
      assert.equal(cause instanceof ConnectError, true);
    });
  });

  it("tries every target before it waits", async () => {
    const targets = [`tcp:127.0.0.1:${await unusedPort()}`, `tcp:127.0.0.1:${await unusedPort()}`];
    const clock = new FakeClock();
    const redial = new Redial(targets, { ...fixed, clock });
    await using(redial, async () => {
      const seen: string[] = [];
      redial.on("failed", ({ peer }) => seen.push(peer));
      const waits = once(redial, "retry");
      redial.start();
      await waits;
      assert.deepEqual(seen, targets);
      const again = once(redial, "retry");
      clock.advance(100);
      await again;
      assert.deepEqual(seen, [...targets, ...targets]);
    });
  });

  it("takes the first target that answers", () =>
    withServer(
      () => {},
      async ({ target }) => {
        const redial = new Redial([`tcp:127.0.0.1:${await unusedPort()}`, target], fixed);
        await using(redial, async () => assert.equal((await up(redial)).peer, target));
      },
    ));

  it("goes from a lost connection to the other targets at once, but not back and forth without a wait", () =>
    withServer(
      () => {},
      ({ target, sockets }) =>
        withServer(
          () => {},
          async ({ target: other, sockets: others }) => {
            const clock = new FakeClock();
            const redial = new Redial([target, other], { ...fixed, clock });
            await using(redial, async () => {
              await up(redial);
              const second = once(redial, "connected");
              await drop(sockets);
              assert.equal(((await second) as [Connected])[0].peer, other);
              const waits = once(redial, "retry");
              await drop(others);
              await waits;
              const third = once(redial, "connected");
              clock.advance(100);
              const [{ peer, socket }] = (await third) as [Connected];
              assert.equal(peer, target);
              clock.advance(10_000);
              const fourth = once(redial, "connected");
              socket.destroy();
              assert.equal(
                ((await fourth) as [Connected])[0].peer,
                other,
                "a stable connection begins a round",
              );
            });
          },
        ),
    ));

  it("stops for good when closed while it waits, connects or is connected", () =>
    withServer(
      () => {},
      async ({ target, sockets }) => {
        const clock = new FakeClock();
        const waiting = new Redial(target, { ...fixed, clock });
        await using(waiting, async () => {
          await up(waiting);
          await Promise.all([once(waiting, "retry"), drop(sockets)]);
          waiting.close();
          assert.equal(clock.pending, 0);
        });

        const connecting = new Redial(target, { ...fixed, clock });
        await using(connecting, async () => {
          connecting.on("connected", () => assert.fail("it was closed"));
          connecting.on("failed", () => assert.fail("it was closed"));
          const closed = once(connecting, "close");
          connecting.start();
          connecting.close();
          await closed;
          assert.equal(clock.pending, 0);
        });

        const connected = new Redial(target, { ...fixed, clock });
        await using(connected, async () => {
          const { socket } = await up(connected);
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

  it("closes when its signal is aborted, and doesn't begin again", () =>
    withServer(
      () => {},
      async ({ target, sockets }) => {
        const controller = new AbortController();
        const redial = new Redial(target, { ...fixed, signal: controller.signal });
        await using(redial, async () => {
          await up(redial);
          const closed = once(redial, "close");
          controller.abort(new Error("enough"));
          await closed;
          assert.equal(redial.closed, true);
          redial.on("connected", () => assert.fail("it was closed"));
          redial.start();
          await new Promise((resolve) => setImmediate(resolve));
          assert.equal(sockets.length, 1);
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
