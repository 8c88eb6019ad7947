import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { dial } from "../../src/transport/dial.ts";
import { DialIn, type DialInOptions } from "../../src/transport/dial-in.ts";
import type { Connected } from "../../src/transport/redial.ts";
import { formatTarget, type PassiveTarget } from "../../src/transport/target.ts";
import { FakeClock } from "./fake-clock.ts";
import { unusedPort, withFolder, withServer } from "./sockets.ts";

const anyPort: PassiveTarget = { kind: "ptcp", host: "127.0.0.1", port: 0 };

/** Starts, hands `body` where to dial, and closes. */
async function using(
  target: PassiveTarget,
  options: DialInOptions,
  body: (dialIn: DialIn, where: string) => Promise<void>,
): Promise<void> {
  const dialIn = new DialIn(target, options);
  dialIn.on("connected", ({ socket }) => socket.on("error", () => {}).resume());
  try {
    dialIn.start();
    await body(dialIn, await listening(dialIn));
  } finally {
    dialIn.close();
  }
}

/** Where to dial once it listens. */
async function listening(dialIn: DialIn): Promise<string> {
  while (dialIn.target === undefined) {
    // oxlint-disable-next-line no-await-in-loop -- it has no event for this, as nobody else has to know
    await new Promise((resolve) => setImmediate(resolve));
  }
  return formatTarget(dialIn.target)
    .replace(/^ptcp:(\d+):(.+)$/, "tcp:$2:$1")
    .replace(/^punix:/, "unix:");
}

async function quietDial(where: string): Promise<Socket> {
  return (await dial(where)).on("error", () => {}).resume();
}

describe("a connection that the other end makes", () => {
  it("is the first that comes, and after its loss the next, with a higher generation", () =>
    using(anyPort, {}, async (dialIn, where) => {
      for (const generation of [1, 2, 3]) {
        // oxlint-disable-next-line no-await-in-loop -- one connection after the other
        const [[up], socket] = await Promise.all([once(dialIn, "connected"), quietDial(where)]);
        const { peer, generation: seen } = up as Connected;
        assert.deepEqual([seen, peer], [generation, `tcp:127.0.0.1:${socket.localPort}`]);
        assert.equal(dialIn.connected, true);
        const gone = once(dialIn, "disconnected");
        socket.destroy();
        // oxlint-disable-next-line no-await-in-loop -- one connection after the other
        assert.deepEqual(await gone, [{ generation, peer }]);
        assert.equal(dialIn.connected, false);
      }
    }));

  it("goes on to the next when its owner dislikes the peer", () =>
    using(anyPort, {}, async (dialIn, where) => {
      dialIn.once("connected", ({ socket }) => socket.destroy());
      const stranger = await quietDial(where);
      await Promise.all([once(stranger, "close"), once(dialIn, "disconnected")]);
      const up = once(dialIn, "connected");
      const other = await quietDial(where);
      assert.equal(((await up)[0] as Connected).peer, `tcp:127.0.0.1:${other.localPort}`);
      other.destroy();
    }));

  it("is one: others are closed without an error while it is up", () =>
    using(anyPort, {}, async (dialIn, where) => {
      const [first] = await Promise.all([quietDial(where), once(dialIn, "connected")]);
      const errors: Error[] = [];
      let connected = 0;
      dialIn.on("connected", () => (connected += 1));
      const others = await Promise.all([quietDial(where), quietDial(where)]);
      for (const other of others) other.on("error", (error) => errors.push(error));
      await Promise.all(others.filter(({ closed }) => !closed).map((other) => once(other, "close")));
      assert.deepEqual([errors, connected, dialIn.connected, first.destroyed], [[], 0, true, false]);
      first.destroy();
    }));

  it("ends, and nobody is listened to any more, when it is closed", async () => {
    const dialIn = new DialIn(anyPort);
    dialIn.on("connected", ({ socket }) => socket.on("error", () => {}).resume());
    let closes = 0;
    dialIn.on("close", () => (closes += 1));
    dialIn.start();
    const where = await listening(dialIn);
    const [socket] = await Promise.all([quietDial(where), once(dialIn, "connected")]);
    const gone = once(socket, "close");
    dialIn.close();
    dialIn.close();
    await gone;
    await assert.rejects(dial(where), { code: "ERR_CONNECT" });
    assert.deepEqual([closes, dialIn.closed, dialIn.connected], [1, true, false]);
  });

  it("listens on nothing when it is closed, or its signal aborted, before it could", () =>
    withFolder(async (folder) => {
      const target: PassiveTarget = { kind: "punix", path: join(folder, "s") };
      const closed = new DialIn(target);
      closed.start();
      closed.close();
      const signal = AbortSignal.abort(new Error("enough"));
      const aborted = new DialIn(target, { signal });
      aborted.start();
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(existsSync(target.path), false);
      assert.deepEqual([closed.target, aborted.target, aborted.closed], [undefined, undefined, true]);
    }));

  it("removes the file of its Unix socket when it is closed or its signal aborted", () =>
    withFolder(async (folder) => {
      const target: PassiveTarget = { kind: "punix", path: join(folder, "s") };
      const controller = new AbortController();
      await using(target, { signal: controller.signal }, async (dialIn, where) => {
        const [socket, [up]] = await Promise.all([quietDial(where), once(dialIn, "connected")]);
        assert.equal((up as Connected).peer, where);
        const ended = once(socket, "close");
        controller.abort();
        await ended;
        assert.equal(existsSync(target.path), false);
      });
    }));

  it("tries again to listen where it couldn't, and says why it couldn't", async () => {
    const clock = new FakeClock();
    const port = await unusedPort();
    const target: PassiveTarget = { kind: "ptcp", host: "127.0.0.1", port };
    const dialIn = new DialIn(target, { minMs: 100, random: () => 1, clock });
    const blocker = new DialIn(target);
    blocker.start();
    await listening(blocker);
    try {
      const [failed, retry] = [once(dialIn, "failed"), once(dialIn, "retry")];
      dialIn.start();
      const [{ peer, cause }] = (await failed) as [{ peer: string; cause: Error }];
      assert.deepEqual([peer, "code" in cause && cause.code], [formatTarget(target), "ERR_LISTEN"]);
      assert.deepEqual((await retry)[0], { delayMs: 100, peer, cause });
      blocker.close();
      clock.advance(100);
      await listening(dialIn);
    } finally {
      blocker.close();
      dialIn.close();
    }
    assert.equal(clock.pending, 0);
  });

  it("doesn't disturb who listens there already", () =>
    withServer(
      () => {},
      async ({ port, target }) => {
        const dialIn = new DialIn({ kind: "ptcp", host: "127.0.0.1", port });
        const failed = once(dialIn, "failed");
        dialIn.start();
        await failed;
        dialIn.close();
        (await dial(target)).destroy();
      },
    ));
});
