// What the command does when nobody answers, when it is told to stop, and when nobody reads what it prints: the
// process itself, its exit code and its signals. Only these tests' own sockets are on the other end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entry, ovskit, ovskitInterrupted } from "./ovskit-command.ts";

describe("the ovskit process", function () {
  this.timeout(20_000);
  let dir: string;
  const servers: Server[] = [];

  /** A socket that takes connections and never says a word. `met` settles with the first connection. */
  async function silent(name: string): Promise<{ target: string; met: Promise<void> }> {
    const path = join(dir, name);
    const server = createServer();
    servers.push(server);
    const met = new Promise<void>((resolve) => {
      server.once("connection", (socket) => {
        socket.on("error", () => {});
        socket.once("data", () => resolve());
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
    return { target: `unix:${path}`, met };
  }

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ovk-"));
  });
  after(async () => {
    for (const server of servers) server.close();
    await rm(dir, { recursive: true });
  });

  it("exits with 3 when the socket isn't there", async () => {
    const target = `unix:${join(dir, "nowhere")}`;
    const { exitCode, stdout, stderr } = await ovskit(["show", "--ovsdb", target]);
    assert.equal(exitCode, 3);
    assert.equal(stdout, "");
    assert.match(stderr, /^ovskit: cannot connect to unix:.*nowhere: connect ENOENT .*\n$/);
  });

  it("exits with 3 when the connection is refused", async () => {
    const { exitCode, stderr } = await ovskit(["show", "--ovsdb", "tcp:127.0.0.1:1", "--json"]);
    assert.equal(exitCode, 3);
    const { error, ...rest } = JSON.parse(stderr) as { error: { code: string; target: string } };
    assert.equal(error.code, "ERR_CONNECT");
    assert.equal(error.target, "tcp:127.0.0.1:1");
    assert.deepEqual(rest, { exitCode: 3 });
  });

  it("exits with 3 within the deadline when the other end never answers", async () => {
    const { target } = await silent("silent");
    const { exitCode, stderr } = await ovskit(["show", "--ovsdb", target, "--timeout", "0.2"]);
    assert.equal(exitCode, 3);
    assert.match(stderr, /^ovskit: .* took longer than [\d.]+ ms\n$/);
  });

  it("exits with 3 within the deadline when a switch takes the connection and never greets", async () => {
    const { target } = await silent("switch");
    const { exitCode, stderr } = await ovskit(["flows", "dump", target, "--timeout", "0.2", "--json"]);
    assert.equal(exitCode, 3);
    assert.equal((JSON.parse(stderr) as { error: { code: string } }).error.code, "ERR_TIMEOUT");
  });

  it("exits with 2 when the target is none", async () => {
    const { exitCode, stderr } = await ovskit(["show", "--ovsdb", "localhost:6640"]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^ovskit: connection method "localhost:6640": unknown method "localhost"/);
  });

  for (const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`ends at ${signal} with ${expected}, its connection closed`, async () => {
      const { target, met } = await silent(signal);
      const { exitCode, stdout, stderr } = await ovskitInterrupted(["show", "--ovsdb", target], signal, met);
      assert.equal(stderr, `ovskit: ended by ${signal}\n`);
      assert.equal(stdout, "");
      assert.equal(exitCode, expected);
    });
  }

  it("says nothing when nobody reads its output", async () => {
    const child = spawn(process.execPath, [entry, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once("close", resolve);
    });
    assert.equal(stderr, "");
    assert.equal(exitCode, 0);
  });

  it("prints its package's version", async () => {
    const { exitCode, stdout } = await ovskit(["--version"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^ovskit \d+\.\d+\.\d+\n$/);
  });
});
