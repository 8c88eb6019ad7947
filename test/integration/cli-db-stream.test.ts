// `ovskit db wait|monitor|transact`: what happens while they run, against what ovs-vsctl and ovsdb-client do.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { runCommand } from "../../lab/command.ts";
import { DatabaseServer } from "../../lab/database-server.ts";
import { labFolder } from "../../lab/names.ts";
import { commands } from "../../src/cli/catalogue.ts";
import { type Ended, runIn } from "../cli/commands.ts";
import { describeWith } from "../support/needs.ts";
import { entry } from "./ovskit-command.ts";

describeWith(["openvswitch"], "ovskit db while something happens", function () {
  this.timeout(60_000);
  let server: DatabaseServer;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    server = await DatabaseServer.start();
    await vsctl("init");
  });
  afterEach(async () => {
    // One that a failed test left behind.
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await server[Symbol.asyncDispose]();
  });

  function vsctl(...args: string[]): Promise<string> {
    return runCommand("ovs-vsctl", [`--db=${server.target}`, "--no-wait", ...args]);
  }

  function db(...args: string[]): Promise<Ended> {
    return runIn(commands, ["db", ...args, "--ovsdb", server.target]);
  }

  it("wait returns when a row has come and is as it should be, not before", async () => {
    let ended = false;
    const waiting = db("wait", "Bridge", "br0", "fail_mode=secure", "external_ids:x{not-in}1,2").finally(
      () => {
        ended = true;
      },
    );
    await vsctl("add-br", "br1", "--", "set", "Bridge", "br1", "fail_mode=secure");
    await vsctl("add-br", "br0", "--", "set", "Bridge", "br0", "external_ids:x=1");
    await vsctl("set", "Bridge", "br0", "fail_mode=secure");
    // The round trip of another connection is time enough for a wait that returns too early.
    await db("wait", "Bridge", "br0", "fail_mode=secure");
    assert.equal(ended, false);
    await vsctl("set", "Bridge", "br0", "external_ids:x=3");
    assert.deepEqual(await waiting, { exitCode: 0, stdout: "", stderr: "" });
  });

  it("wait follows a name from row to row, and one row's reference to another", async () => {
    await vsctl("add-br", "br0");
    const waiting = db("wait", "Controller", "br0", 'target!="tcp:127.0.0.1:1"');
    await vsctl("set-controller", "br0", "tcp:127.0.0.1:1");
    await vsctl("del-br", "br0");
    await vsctl("add-br", "br0", "--", "set-controller", "br0", "tcp:127.0.0.1:2");
    assert.equal((await waiting).exitCode, 0);
  });

  it("wait gives up after --timeout, and when the server is gone", async () => {
    const late = await db("wait", "Bridge", "br0", "--timeout", "0.2");
    assert.equal(late.exitCode, 3);
    assert.match(late.stderr, /waiting for Bridge br0 took longer than 200 ms/);
    const lost = db("wait", "Bridge", "br0");
    await db("wait", "open", ".");
    await server.halt("kill");
    assert.equal((await lost).exitCode, 3);
  });

  it("wait refuses what it can never wait for", async () => {
    const { exitCode, stderr } = await db("wait", "Bridge", "br0", "fail_mode=sekure");
    assert.equal(exitCode, 2);
    assert.match(stderr, /sekure is none of secure, standalone/);
  });

  it("transact prints the reply that ovsdb-client prints", async () => {
    await vsctl("add-br", "br0", "--", "set", "Bridge", "br0", 'external_ids:"a b"=ü');
    await vsctl("set", "open", ".", "next_cfg=9007199254740993");
    const transactions = [
      '["Open_vSwitch",{"op":"select","table":"Bridge","where":[],"columns":["name","external_ids","ports"]}]',
      '["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[],"columns":["next_cfg"]}]',
      '["Open_vSwitch",{"op":"insert","table":"Queue","row":{},"uuid":"6e2c3a1e-6f0e-4c68-9a53-2f7f0a1b2c3d"}]',
      '["Open_vSwitch",{"op":"comment","comment":"x"},{"op":"delete","table":"Queue","where":[]}]',
    ];
    for (const transaction of transactions) {
      const dryRun = transaction.replace(/\]$/, ',{"op":"abort"}]');
      // oxlint-disable-next-line no-await-in-loop
      const theirs = await runCommand("ovsdb-client", ["transact", server.target, dryRun]);
      // oxlint-disable-next-line no-await-in-loop
      const tried = await db("transact", dryRun);
      assert.deepEqual([JSON.parse(tried.stdout), tried.exitCode], [JSON.parse(theirs), 1], transaction);
      // oxlint-disable-next-line no-await-in-loop
      assert.equal((await db("transact", transaction)).exitCode, 0);
    }
    assert.match(
      (await db("transact", transactions[1] ?? "")).stdout,
      /^\[\{"rows":\[\{"next_cfg":9007199254740993\}\]\}\]$/m,
    );
  });

  it("transact reads its array from the command line, a file or standard input, with the database or without", async () => {
    const folder = await mkdtemp(join(labFolder, "ovk-transact-"));
    const operations = '[{"op":"select","table":"Queue","where":[]}]';
    try {
      const file = join(folder, "t.json");
      await writeFile(file, operations);
      const expected = { exitCode: 0, stdout: '[{"rows":[]}]\n', stderr: "" };
      assert.deepEqual(await db("transact", operations), expected);
      assert.deepEqual(await db("transact", "-f", file), expected);
      assert.deepEqual(await db("transact", operations, "--db", "Open_vSwitch"), expected);
      const piped = spawn(process.execPath, [entry, "db", "transact", "-", "--ovsdb", server.target]);
      piped.stdin.end(operations);
      let stdout = "";
      piped.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      await once(piped, "close");
      assert.equal(stdout, expected.stdout);
      assert.deepEqual(JSON.parse((await db("transact", "-f", file, "--json")).stdout), [{ rows: [] }]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("transact refuses what is no transaction, and says when the server refuses", async () => {
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["{"], 2, /TRANSACTION is no JSON/],
      [['{"op":"abort"}'], 2, /TRANSACTION is no array/],
      [[], 2, /give either a TRANSACTION or -f FILE/],
      [["[]", "-f", "x"], 2, /give either a TRANSACTION or -f FILE/],
      [["-f", "/nowhere/x"], 2, /can't read \/nowhere\/x/],
      [['["Nope"]'], 2, /has no database "Nope"/],
    ];
    for (const [args, exitCode, expected] of cases) {
      // oxlint-disable-next-line no-await-in-loop
      const ended = await db("transact", ...args);
      assert.deepEqual([ended.exitCode, ended.stdout], [exitCode, ""], args.join(" "));
      assert.match(ended.stderr, expected);
    }
    const refused = await db("transact", '[{"op":"insert","table":"Queue","row":{"dscp":64}}]');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stdout, /"error":"constraint violation"/);
    const committed = await db("transact", '[{"op":"insert","table":"Port","row":{"name":"x"}}]');
    assert.equal(committed.exitCode, 1, "an error of the commit is one more element");
    const patient = '[{"op":"wait","table":"Queue","where":[],"columns":["dscp"],"until":"!=","rows":[]}]';
    const unknown = await db("transact", patient, "--timeout", "0.3");
    assert.equal(unknown.exitCode, 3);
    assert.match(unknown.stderr, /outcome unknown/);
  });

  it("monitor tells a line for each row and for each change, until it is interrupted", async () => {
    await vsctl("add-br", "br0");
    const child = spawn(process.execPath, [
      entry,
      "db",
      "monitor",
      "Port",
      "name",
      "tag",
      "external_ids",
      "--ovsdb",
      server.target,
    ]);
    children.push(child);
    const ended = once(child, "close");
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> =>
      ((await lines.next()).value as string).replace(/[0-9a-f-]{36}/, "UUID");
    assert.equal(await next(), "initial UUID name=br0 tag=[] external_ids={}");
    await vsctl("add-port", "br0", "p 1", "tag=5");
    assert.equal(await next(), 'insert UUID name="p 1" tag=5 external_ids={}');
    await vsctl("set", "Port", "p 1", "tag=6", "external_ids:a=b", "lacp=active");
    assert.equal(await next(), "modify UUID tag=6 (was 5) external_ids={a=b} (was {})");
    await vsctl("set", "Port", "p 1", "lacp=passive");
    await vsctl("del-port", "br0", "p 1");
    assert.equal(await next(), 'delete UUID name="p 1" tag=6 external_ids={a=b}');
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.kill("SIGINT");
    assert.deepEqual(await ended, [130, null]);
    assert.equal(stderr, "");
  });

  it("monitor --json tells the same as objects, and ends with the server", async () => {
    await vsctl("add-br", "br0");
    const args = ["Bridge", "fail-mode", "--no-initial", "--json", "--ovsdb", server.target];
    const child = spawn(process.execPath, [entry, "db", "monitor", ...args]);
    children.push(child);
    const ended = once(child, "close");
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => (await lines.next()).value as string;
    const uuid = (await vsctl("get", "Bridge", "br0", "_uuid")).trim();
    // Until it has begun, there is nothing that would say so.
    let modes = ["secure", "standalone"];
    let last: Promise<unknown> = Promise.resolve();
    const noise = setInterval(() => {
      modes = modes.toReversed();
      last = vsctl("set", "Bridge", "br0", `fail_mode=${modes[0]}`);
    }, 200);
    const { event, table, ...first } = JSON.parse(await next()) as Readonly<Record<string, unknown>>;
    clearInterval(noise);
    await last;
    assert.deepEqual([event, table, first["uuid"]], ["modify", "Bridge", uuid]);
    assert.notDeepEqual(first["old"], first["new"]);
    await vsctl("clear", "Bridge", "br0", "fail_mode");
    const told = async (): Promise<unknown> => {
      const now = JSON.parse(await next()) as { readonly new?: unknown };
      return isDeepStrictEqual(now.new, { fail_mode: null }) ? now : told();
    };
    await told();
    await vsctl("del-br", "br0");
    assert.deepEqual(JSON.parse(await next()), {
      event: "delete",
      table: "Bridge",
      uuid,
      old: { fail_mode: null },
    });
    await server.halt("kill");
    assert.deepEqual(await ended, [3, null]);
  });
});
