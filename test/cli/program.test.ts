// From the words of a command line to output, error output and exit code.
import assert from "node:assert/strict";
import { commands } from "../../src/cli/catalogue.ts";
import { parseCommandLine } from "../../src/cli/command-line.ts";
import { exitCodeOf } from "../../src/cli/failure.ts";
import { ConnectionClosedError, OvskitError, TimeoutError } from "../../src/errors.ts";
import { FlowSyntaxError } from "../../src/openflow/text/flow-syntax-error.ts";
import { TransactionError } from "../../src/ovsdb/errors.ts";
import { PolicyError } from "../../src/policy/errors.ts";
import { ConnectError, TargetSyntaxError } from "../../src/transport/errors.ts";
import { fakeCommand, runIn } from "./commands.ts";

describe("the output of a command", () => {
  it("is its text, or with --json its value", async () => {
    const value = {
      cookie: 2n ** 63n + 1n,
      tag: undefined,
      options: new Map([["peer", "phy-br-ex"]]),
      ports: new Set([1, 2]),
      bytes: Uint8Array.of(0, 255),
    };
    const table = [fakeCommand("show", { text: "one\ntwo", value })];
    assert.deepEqual(await runIn(table, ["show", "br0"]), { exitCode: 0, stdout: "one\ntwo\n", stderr: "" });
    const { stdout } = await runIn(table, ["show", "br0", "--json"]);
    assert.match(stdout, /"cookie": 9223372036854775809,/);
    const { cookie: _rounded, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(rest, { options: { peer: "phy-br-ex" }, ports: [1, 2], bytes: "00ff" });
  });

  it("is nothing when there is nothing to say, but JSON always is", async () => {
    const table = [fakeCommand("show", { text: "", value: [] })];
    assert.equal((await runIn(table, ["show", "br0"])).stdout, "");
    assert.equal((await runIn(table, ["show", "br0", "--json"])).stdout, "[]\n");
  });

  it("keeps a map's key __proto__ a key", async () => {
    const table = [fakeCommand("show", { value: new Map([["__proto__", "x"]]) })];
    assert.match((await runIn(table, ["show", "br0", "--json"])).stdout, /"__proto__": "x"/);
  });

  it("paints a diff where there are colours and nowhere else", async () => {
    const table = [fakeCommand("show", { text: "-a\n+b\n c", colours: "diff" })];
    assert.equal((await runIn(table, ["show", "br0"])).stdout, "-a\n+b\n c\n");
    const { stdout } = await runIn(table, ["show", "br0"], { colours: true });
    assert.equal(stdout, "\u001b[31m-a\u001b[39m\n\u001b[32m+b\u001b[39m\n c\n");
  });

  it("says warnings on standard error, and only to people", async () => {
    const table = [fakeCommand("show", { text: "x", warnings: ["mind the gap"], exitCode: 1 })];
    assert.deepEqual(await runIn(table, ["show", "br0"]), {
      exitCode: 1,
      stdout: "x\n",
      stderr: "ovskit: warning: mind the gap\n",
    });
    assert.equal((await runIn(table, ["show", "br0", "--json"])).stderr, "");
  });
});

describe("a command that fails", () => {
  const failures: readonly (readonly [Error, number])[] = [
    [new TransactionError({ error: "constraint violation", details: "no" }, {}), 1],
    [new OvskitError("ERR_OPENFLOW_SWITCH", "the switch refused flowMod: OFPBAC_BAD_TYPE"), 1],
    [new FlowSyntaxError('unknown field "nw_dts"', { column: 4, token: "nw_dts" }), 2],
    [new PolicyError([{ line: 1, column: 2, path: "probes", message: "is wrong" }], "p.yaml"), 2],
    [new TargetSyntaxError("x", "expected METHOD:…"), 2],
    [new ConnectError("tcp:127.0.0.1:9", "connect ECONNREFUSED"), 3],
    [new ConnectionClosedError("tcp:127.0.0.1:9", "reset"), 3],
    [new TimeoutError("connecting", 5), 3],
  ];

  it("exits with 1, 2 or 3 by whose turn it is", () => {
    assert.deepEqual(
      failures.map(([error]) => exitCodeOf(error)),
      failures.map(([, exitCode]) => exitCode),
    );
  });

  it("says so in one line without a stack", async () => {
    for (const [error, expected] of failures) {
      // oxlint-disable-next-line no-await-in-loop
      const { exitCode, stdout, stderr } = await runIn([fakeCommand("show", error)], ["show", "br0"]);
      assert.equal(stdout, "");
      assert.equal(stderr, `ovskit: ${error.message}\n`);
      assert.equal(exitCode, expected);
    }
  });

  it("with --json says so as an object with its code and its facts", async () => {
    const error = new FlowSyntaxError('unknown field "nw_dts"', {
      column: 4,
      token: "nw_dts",
      hint: "nw_dst",
    });
    const { stdout, stderr } = await runIn([fakeCommand("show", error)], ["show", "br0", "--json"]);
    assert.equal(stdout, "");
    assert.deepEqual(JSON.parse(stderr), {
      error: {
        code: "ERR_FLOW_SYNTAX",
        message: error.message,
        line: 1,
        reason: 'unknown field "nw_dts"',
        column: 4,
        token: "nw_dts",
        hint: "nw_dst",
      },
      exitCode: 2,
    });
  });

  it("with --json also when the command line itself is wrong", async () => {
    const { exitCode, stderr } = await runIn([fakeCommand("show", {})], ["shwo", "--json"]);
    assert.equal(exitCode, 2);
    const { error } = JSON.parse(stderr) as { error: { code: string; hint: string } };
    assert.equal(error.code, "ERR_CLI_USAGE");
    assert.equal(error.hint, 'did you mean "show"?');
  });

  it("calls a defect of its own an internal error", async () => {
    const { exitCode, stderr } = await runIn(
      [fakeCommand("show", new TypeError("x is undefined"))],
      ["show", "b"],
    );
    assert.equal(stderr, "ovskit: internal error: TypeError: x is undefined\n");
    assert.equal(exitCode, 1);
  });

  it("is painted only where there are colours", async () => {
    const table = [fakeCommand("show", new TimeoutError("connecting", 5))];
    const { stderr } = await runIn(table, ["show", "br0"], { colours: true });
    assert.ok(stderr.startsWith("\u001b[31movskit:\u001b[39m "));
  });
});

describe("help", () => {
  it("without any word goes to standard error, as wrong input", async () => {
    const { exitCode, stdout, stderr } = await runIn(commands, []);
    assert.equal(exitCode, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Usage: ovskit COMMAND/);
  });

  it("lists every command with its summary", async () => {
    const { exitCode, stdout } = await runIn(commands, ["--help"]);
    assert.equal(exitCode, 0);
    for (const { name, summary } of commands)
      assert.ok(
        stdout.split("\n").some((line) => line.startsWith(`  ${name} `) && line.endsWith(`  ${summary}`)),
        name,
      );
  });

  it("of every command has usage, every option, an example and the exit codes", async () => {
    for (const command of commands) {
      // oxlint-disable-next-line no-await-in-loop
      const { exitCode, stdout } = await runIn(commands, [...command.name.split(" "), "--help"]);
      assert.equal(exitCode, 0);
      assert.ok(stdout.startsWith(`Usage: ovskit ${command.name}`));
      for (const option of ["json", "ovsdb", "rundir", "timeout", "help", ...Object.keys(command.options)]) {
        assert.match(stdout, new RegExp(`^ {2}(?:-.,| {3}) --${option}\\b`, "m"));
      }
      for (const { name } of command.operands) assert.match(stdout, new RegExp(`^ {2}${name} `, "m"));
      assert.ok(command.examples.length > 0);
      for (const { line } of command.examples) assert.ok(stdout.includes(`\n  ${line}\n`));
      assert.match(stdout, /^Exit codes:$/m);
      for (const line of stdout.split("\n")) assert.ok(line.length <= 110, line);
    }
  });

  it("has only examples that are understood as the command they stand with", () => {
    for (const { name, examples } of commands) {
      for (const { line } of examples) {
        const own = line.split(" | ").find((part) => part.startsWith("ovskit ")) ?? "";
        const words = Array.from(
          own.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
          ([, a, b, c]) => a ?? b ?? c ?? "",
        );
        const request = parseCommandLine(words.slice(1), commands);
        assert.ok(request.kind === "run", line);
        assert.equal(request.command.name, name);
      }
    }
  });

  it("of a group lists its commands alone", async () => {
    const table = [fakeCommand("show", {}), fakeCommand("flows add", {}), fakeCommand("flows del", {})];
    const { stdout } = await runIn(table, ["flows", "--help"]);
    assert.match(stdout, /^Usage: ovskit flows COMMAND/);
    assert.match(stdout, /^ {2}flows add +does flows add$/m);
    assert.doesNotMatch(stdout, /does show/);
  });

  it("on something unknown is wrong input", async () => {
    const { exitCode, stderr } = await runIn([fakeCommand("show", {})], ["help", "shwo"]);
    assert.equal(exitCode, 2);
    assert.equal(stderr, 'ovskit: no help on "shwo"; did you mean "show"?\n');
  });

  it("--version prints it", async () => {
    assert.equal((await runIn(commands, ["--version"])).stdout, "ovskit 1.2.3\n");
    assert.deepEqual(JSON.parse((await runIn(commands, ["--version", "--json"])).stdout), {
      version: "1.2.3",
    });
  });
});
