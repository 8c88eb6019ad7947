import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { dial } from "../../src/transport/dial.ts";
import { type Listener, type ListenOptions, listen } from "../../src/transport/listen.ts";
import { formatTarget } from "../../src/transport/target.ts";
import { withFolder, withServer } from "./sockets.ts";

const quiet = (socket: Socket): void => {
  socket.on("error", () => {}).resume();
};

/** Where to dial to reach a listener. */
function reach(listener: Listener): string {
  return formatTarget(listener.target)
    .replace(/^ptcp:(\d+):(.+)$/, "tcp:$2:$1")
    .replace(/^punix:/, "unix:");
}

async function using(
  target: string,
  options: Partial<ListenOptions>,
  body: (listener: Listener) => Promise<void>,
): Promise<void> {
  const listener = await listen(target, { onConnection: quiet, ...options });
  try {
    await body(listener);
  } finally {
    await listener.close();
  }
}

describe("listen", () => {
  it("binds loopback, tells the port it got and hands out connections with their peer", () => {
    const peers: string[] = [];
    const onConnection = (socket: Socket, peer: string): void => {
      peers.push(peer);
      socket.on("error", () => {}).end("hi");
    };
    return using("ptcp:0", { onConnection }, async (listener) => {
      assert.match(formatTarget(listener.target), /^ptcp:[1-9]\d*:127\.0\.0\.1$/);
      const socket = await dial(reach(listener));
      const { localPort } = socket;
      assert.equal(String(await once(socket, "data")), "hi");
      assert.deepEqual(peers, [`tcp:127.0.0.1:${localPort}`]);
      socket.destroy();
    });
  });

  it("listens on an IPv6 address that is named", () =>
    using("ptcp:0:[::1]", {}, async (listener) => {
      (await dial(reach(listener))).destroy();
    }));

  it("turns away the connection above the limit and takes one again when another closes", () => {
    let turnedAway = 0;
    const accepted: Socket[] = [];
    const onConnection = (socket: Socket): void => {
      accepted.push(socket);
      socket.on("error", () => {}).write("in");
    };
    return using(
      "ptcp:0",
      { maxConnections: 1, onTurnedAway: () => (turnedAway += 1), onConnection },
      async (listener) => {
        const first = await dial(reach(listener));
        await once(first, "data");
        const second = (await dial(reach(listener))).on("error", () => {}).resume();
        await once(second, "close");
        assert.equal(turnedAway, 1);
        assert.equal(listener.connections, 1);
        const gone = once(accepted[0] as Socket, "close");
        first.destroy();
        await gone;
        const third = await dial(reach(listener));
        assert.equal(String(await once(third, "data")), "in");
        third.destroy();
      },
    );
  });

  it("ends open connections when it is closed, and refuses new ones", async () => {
    const listener = await listen("ptcp:0", { onConnection: quiet });
    const socket = (await dial(reach(listener))).on("error", () => {}).resume();
    const ended = once(socket, "close");
    await listener.close();
    await ended;
    await assert.rejects(dial(reach(listener)), { code: "ERR_CONNECT" });
    await listener.close();
  });

  it("closes when its signal is aborted and does not start when it already was", async () => {
    const controller = new AbortController();
    const listener = await listen("ptcp:0", { onConnection: quiet, signal: controller.signal });
    controller.abort(new Error("enough"));
    await listener.close();
    await assert.rejects(dial(reach(listener)), { code: "ERR_CONNECT" });
    await assert.rejects(listen("ptcp:0", { onConnection: quiet, signal: controller.signal }), /enough/);
  });

  it("costs only the connection when the handler throws", () => {
    let calls = 0;
    const onConnection = (socket: Socket): void => {
      calls += 1;
      if (calls === 1) throw new Error("a fault of ours");
      socket.on("error", () => {}).end("fine");
    };
    return using("ptcp:0", { onConnection }, async (listener) => {
      const first = (await dial(reach(listener))).on("error", () => {}).resume();
      await once(first, "close");
      const second = await dial(reach(listener));
      assert.equal(String(await once(second, "data")), "fine");
      second.destroy();
    });
  });

  it("reports a port that is taken", () =>
    withServer(quiet, async ({ port }) => {
      await assert.rejects(listen(`ptcp:${port}`, { onConnection: quiet }), {
        code: "ERR_LISTEN",
        target: `ptcp:${port}:127.0.0.1`,
        message: /EADDRINUSE/,
      });
    }));

  it("makes a unix socket and removes it when closed", () =>
    withFolder(async (folder) => {
      const path = join(folder, "s");
      await using(`punix:${path}`, {}, async (listener) => {
        (await dial(reach(listener))).destroy();
        assert.ok(existsSync(path));
      });
      assert.equal(existsSync(path), false);
    }));

  it("replaces a unix socket whose listener has died", () =>
    withFolder(async (folder) => {
      const path = join(folder, "s");
      // Closing unlinks the path it was bound to, so a moved socket stays behind as a crash would leave it.
      const dead = createServer().listen(join(folder, "t"));
      await once(dead, "listening");
      await rename(join(folder, "t"), path);
      dead.close();
      await once(dead, "close");
      assert.ok(existsSync(path));
      await using(`punix:${path}`, {}, async (listener) => {
        (await dial(reach(listener))).destroy();
      });
    }));

  it("never takes a unix socket from a living listener", () =>
    withFolder(async (folder) => {
      const path = join(folder, "s");
      await using(`punix:${path}`, {}, async (listener) => {
        await assert.rejects(listen(`punix:${path}`, { onConnection: quiet }), {
          code: "ERR_LISTEN",
          message: /somebody else/,
        });
        (await dial(reach(listener))).destroy();
      });
    }));

  it("never removes a file that is no socket", () =>
    withFolder(async (folder) => {
      const path = join(folder, "file");
      await writeFile(path, "precious");
      await assert.rejects(listen(`punix:${path}`, { onConnection: quiet }), {
        code: "ERR_LISTEN",
        message: /no socket/,
      });
      assert.ok(existsSync(path));
    }));
});
