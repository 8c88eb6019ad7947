// What a command line is taken for, and what is said about one that can't be understood.
import assert from "node:assert/strict";
import { type Command, command, type OperandSpec, type ParsedInvocation } from "../../src/cli/command.ts";
import { parseCommandLine } from "../../src/cli/command-line.ts";
import { helpText } from "../../src/cli/help.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { fakeCommand, runIn } from "./commands.ts";

const table = [fakeCommand("show", {}), fakeCommand("flows add", {}), fakeCommand("flows del", {})];

function asked(...args: string[]): unknown {
  const request = parseCommandLine(args, table);
  if (request.kind !== "run") return request;
  const { command, options, operands } = request;
  return { command: command.name, options: { ...options }, operands };
}

function refused(...args: string[]): string {
  try {
    parseCommandLine(args, table);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  throw new assert.AssertionError({ message: `${args.join(" ")} was understood` });
}

async function invoked(...args: string[]): Promise<ParsedInvocation> {
  const seen: ParsedInvocation[] = [];
  const { exitCode, stderr } = await runIn([fakeCommand("show", {}, (one) => seen.push(one))], args);
  assert.equal(stderr, "");
  assert.equal(exitCode, 0);
  const [first] = seen;
  assert.ok(first);
  return first;
}

describe("a command line", () => {
  it("names a command of one or more words, its operands and its options, in any order", () => {
    const expected = {
      command: "flows add",
      options: { strict: true, file: "x.flows", json: true },
      operands: { BRIDGE: "br0", FLOW: "in_port=1,actions=drop" },
    };
    const flow = "in_port=1,actions=drop";
    assert.deepEqual(asked("flows", "add", "br0", flow, "--strict", "--file", "x.flows", "--json"), expected);
    assert.deepEqual(asked("flows", "add", "--strict", "-f", "x.flows", "--json", "br0", flow), expected);
    assert.deepEqual(asked("--json", "flows", "add", "-fx.flows", "br0", "--strict", flow), expected);
    assert.deepEqual(asked("flows", "--json", "add", "br0", "--file=x.flows", flow, "--strict"), expected);
  });

  it("lists every value of an option that may be repeated, and refuses the others twice", async () => {
    const seen: unknown[] = [];
    const add = command({
      name: "add",
      summary: "adds",
      operands: [],
      options: {
        option: { type: "string", value: "KEY=VALUE", repeats: true, summary: "an option" },
        tag: { type: "string", value: "N", summary: "a tag" },
      },
      examples: [],
      run: ({ options }) => {
        seen.push(options);
        return Promise.resolve({ text: "", value: null });
      },
    });
    await runIn([add], ["add", "--option", "a=1", "--tag", "7", "--option=b=2=3"]);
    await runIn([add], ["add"]);
    assert.deepEqual(seen, [
      { option: ["a=1", "b=2=3"], tag: "7" },
      { option: [], tag: undefined },
    ]);
    const { exitCode, stderr } = await runIn([add], ["add", "--tag", "7", "--tag", "8"]);
    assert.deepEqual([exitCode, stderr], [2, "ovskit: option --tag is given twice\n"]);
  });

  it("gives all the words that are left to an operand that repeats", () => {
    const TABLE = { name: "TABLE", summary: "the table" } as const;
    const get = (last: OperandSpec): Command => ({ ...fakeCommand("get", {}), operands: [TABLE, last] });
    const operandsOf = (last: OperandSpec, ...args: string[]): unknown => {
      const request = parseCommandLine(["get", ...args], [get(last)]);
      return request.kind === "run" ? request.operands : request;
    };
    const columns: OperandSpec = { name: "COLUMN", repeats: true, summary: "columns" };
    assert.deepEqual(operandsOf(columns, "Port", "a", "b", "c"), { TABLE: "Port", COLUMN: ["a", "b", "c"] });
    assert.throws(() => operandsOf(columns, "Port"), /COLUMN is missing/);
    const optional: OperandSpec = { ...columns, optional: true };
    assert.deepEqual(operandsOf(optional, "Port"), { TABLE: "Port", COLUMN: [] });
    assert.match(helpText("get", [get(columns)]), /ovskit get TABLE COLUMN… /);
    assert.match(helpText("get", [get(optional)]), /ovskit get TABLE \[COLUMN\]… /);
  });

  it("takes an operand for what it is after --, and - for standard input", () => {
    assert.deepEqual(asked("show", "--", "--strict", "-f"), {
      command: "show",
      options: {},
      operands: { BRIDGE: "--strict", FLOW: "-f" },
    });
    assert.deepEqual(asked("show", "br0", "-f", "-"), {
      command: "show",
      options: { file: "-" },
      operands: { BRIDGE: "br0" },
    });
  });

  it("takes a bridge whose name is a command's for a bridge", () => {
    assert.deepEqual(asked("show", "show"), {
      command: "show",
      options: {},
      operands: { BRIDGE: "show" },
    });
  });

  it("asks for help anywhere", () => {
    assert.deepEqual(asked("--help"), { kind: "help", topic: "" });
    assert.deepEqual(asked("-h", "show"), { kind: "help", topic: "" });
    assert.deepEqual(asked("help"), { kind: "help", topic: "" });
    assert.deepEqual(asked("help", "flows", "add"), { kind: "help", topic: "flows add" });
    assert.deepEqual(asked("flows", "--help"), { kind: "help", topic: "flows" });
    assert.deepEqual(asked("flows", "add", "-h"), { kind: "help", topic: "flows add" });
    assert.deepEqual(asked("flows", "add", "br0", "--help"), { kind: "help", topic: "flows add" });
  });

  it("asks for the version", () => {
    assert.deepEqual(asked("--version"), { kind: "version", json: false });
    assert.deepEqual(asked("--json", "--version"), { kind: "version", json: true });
  });

  it("names what it doesn't know and what was meant", () => {
    assert.equal(refused("shwo"), 'unknown command "shwo"; did you mean "show"?');
    assert.equal(refused("flows", "ad", "br0"), 'unknown command "flows ad"; did you mean "flows add"?');
    assert.equal(refused("quit"), 'unknown command "quit"; see ovskit --help');
    assert.equal(refused("flows"), '"flows" needs one of add, del; see ovskit flows --help');
    assert.equal(refused("--json"), "no command is given; see ovskit --help");
    assert.equal(refused("show", "br0", "--stritc"), "unknown option --stritc; did you mean --strict?");
    assert.equal(refused("show", "br0", "-x"), "unknown option -x; see ovskit show --help");
    assert.equal(refused("--bogus", "show"), "unknown option --bogus; see ovskit show --help");
    assert.equal(refused("show", "br0", "--__proto__"), "unknown option --__proto__; see ovskit show --help");
  });

  it("refuses values that are missing, surplus or given twice", () => {
    assert.equal(refused("show"), "BRIDGE is missing; see ovskit show --help");
    assert.equal(refused("show", "a", "b", "c"), 'unexpected "c"; see ovskit show --help');
    assert.equal(refused("show", "a", "--file"), "option --file needs a value: --file FILE");
    assert.equal(refused("show", "a", "-f"), "option -f needs a value: -f FILE");
    assert.equal(refused("show", "a", "-f", "--json"), "option -f needs a value: -f FILE");
    assert.equal(refused("show", "a", "--strict=yes"), "option --strict takes no value");
    assert.equal(refused("show", "a", "-f", "x", "--file", "y"), "option --file is given twice");
  });
});

describe("a command's invocation", () => {
  it("has the defaults of every command", async () => {
    const { ovsdb, rundir, timeoutMs, options, operands } = await invoked("show", "br0");
    assert.equal(ovsdb, "unix:/var/run/openvswitch/db.sock");
    assert.equal(rundir, undefined);
    assert.equal(timeoutMs, 10_000);
    assert.deepEqual(options, { file: undefined, strict: false });
    assert.deepEqual(operands, { BRIDGE: "br0" });
  });

  it("has what the command line says instead", async () => {
    const words = "show br0 --ovsdb tcp:[::1]:6640 --rundir /run/x --timeout 0.25 --strict".split(" ");
    const { ovsdb, rundir, timeoutMs, options } = await invoked(...words);
    assert.equal(ovsdb, "tcp:[::1]:6640");
    assert.equal(rundir, "/run/x");
    assert.equal(timeoutMs, 250);
    assert.equal(options["strict"], true);
  });

  it("refuses a deadline that is none", async () => {
    for (const text of ["0", "1s", "1e3", "99999999", "0x10", "NaN"]) {
      // oxlint-disable-next-line no-await-in-loop
      const { exitCode, stderr } = await runIn(table, ["show", "br0", "--timeout", text]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /^ovskit: --timeout .+; expected seconds above 0/);
    }
  });
});
