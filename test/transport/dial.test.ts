import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type DialOptions, dial } from "../../src/transport/dial.ts";
import { ConnectError } from "../../src/transport/errors.ts";
import { FakeClock } from "./fake-clock.ts";
import { unusedPort, withFolder, withServer } from "./sockets.ts";

/** The error of an attempt that must fail. */
async function failure(target: string, options: DialOptions = {}): Promise<Error> {
  try {
    (await dial(target, options)).destroy();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail(`${target} was connected to`);
}

describe("dial", () => {
  it("connects over TCP and leaves no timer and no listener behind", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    await withServer(
      (peer) => peer.write("hello"),
      async ({ target }) => {
        const socket = await dial(target, { clock, signal: controller.signal });
        assert.equal(clock.pending, 0);
        assert.equal(socket.listenerCount("error") + socket.listenerCount("connect"), 0);
        const [first] = (await once(socket, "data")) as [Buffer];
        assert.equal(first.toString(), "hello");
        controller.abort();
        assert.equal(socket.destroyed, false);
        socket.destroy();
      },
    );
  });

  it("connects to a unix socket", () =>
    withFolder(async (folder) => {
      const path = join(folder, "s");
      const server = createServer((socket) => socket.end("x"));
      server.listen(path);
      await once(server, "listening");
      const socket = await dial(`unix:${path}`);
      assert.equal(String(await once(socket, "data")), "x");
      socket.destroy();
      server.close();
    }));

  it("reports a refused connection with target and cause", async () => {
    const target = `tcp:127.0.0.1:${await unusedPort()}`;
    const error = await failure(target);
    assert.ok(error instanceof ConnectError);
    assert.equal(error.code, "ERR_CONNECT");
    assert.equal(error.target, target);
    assert.match(error.message, /ECONNREFUSED/);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
  });

  it("says why each address failed when a name has several", async () => {
    const error = await failure(`tcp:localhost:${await unusedPort()}`);
    assert.match(error.message, /ECONNREFUSED/);
  });

  it("reports a path where nothing is, and one that is no socket", () =>
    withFolder(async (folder) => {
      assert.match((await failure(`unix:${join(folder, "none")}`)).message, /ENOENT/);
      await writeFile(join(folder, "file"), "");
      assert.match((await failure(`unix:${join(folder, "file")}`)).message, /ECONNREFUSED|ENOTSOCK/);
    }));

  it("says what ssl: needs when it is given nothing", async () => {
    const error = await failure("ssl:127.0.0.1:6640");
    assert.equal((error as ConnectError).code, "ERR_TLS");
    assert.match(error.message, /a CA's certificate, a certificate and its private key are needed/);
  });

  it("refuses a target that is wrong before it touches a socket", async () => {
    assert.equal(((await failure("ptcp:1")) as ConnectError).code, "ERR_TARGET_SYNTAX");
  });

  it("gives up at its deadline", async () => {
    const clock = new FakeClock();
    // A listener whose queue is full answers no SYN; here the clock alone decides, before the loop turns.
    const pending = failure(`tcp:127.0.0.1:${await unusedPort()}`, { clock, timeoutMs: 1234 });
    clock.advance(1234);
    const error = await pending;
    assert.equal((error as ConnectError).code, "ERR_TIMEOUT");
    assert.match(error.message, /1234 ms/);
  });

  it("rejects with the reason when it is aborted, before or during", async () => {
    const target = `tcp:127.0.0.1:${await unusedPort()}`;
    const reason = new Error("enough");
    assert.equal(await failure(target, { signal: AbortSignal.abort(reason) }), reason);
    const controller = new AbortController();
    const pending = failure(target, { signal: controller.signal });
    controller.abort(reason);
    assert.equal(await pending, reason);
  });

  it("closes the socket of an attempt that was given up", async () => {
    const closed: Promise<unknown>[] = [];
    await withServer(
      (peer: Socket) => closed.push(once(peer.resume(), "close")),
      async ({ target }) => {
        const clock = new FakeClock();
        const pending = failure(target, { clock, timeoutMs: 1 });
        clock.advance(1);
        await pending;
        const other = await dial(target);
        other.destroy();
        await Promise.all(closed);
      },
    );
  });
});
