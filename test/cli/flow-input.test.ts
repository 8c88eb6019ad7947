// Flows from the command line and from files: what is read, what is said about what can't be, and where the caret is.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Surroundings } from "../../src/cli/command.ts";
import { applyFlows } from "../../src/cli/flow-bundle.ts";
import {
  caretLines,
  FlowInputError,
  fixLines,
  flowSource,
  onlyCommands,
  readFlows,
  requiredFlowSource,
} from "../../src/cli/flow-input.ts";
import { maxInputBytes, readBounded, readInput } from "../../src/cli/input-file.ts";
import { BundleError, type FlowMod, parseFlow, SwitchError } from "../../src/openflow/index.ts";
import { fakeCommand, runIn } from "./commands.ts";

const surroundings: Surroundings = {
  ovsdb: "unix:/nowhere",
  rundir: "/nowhere",
  timeoutMs: 1000,
  signal: new AbortController().signal,
  readStandardInput: () => Promise.resolve("in_port=1,actions=drop\n"),
};

function problemsOf(text: string, file: string | undefined): FlowInputError {
  try {
    readFlows({ text, file }, {});
  } catch (error) {
    assert.ok(error instanceof FlowInputError);
    return error;
  }
  throw new assert.AssertionError({ message: `${text} was read` });
}

describe("flows as input", () => {
  it("are one on the command line, with no line number", () => {
    const { flows, fixes } = readFlows({ text: "in_port=1,actions=output:2", file: undefined }, {});
    assert.deepEqual(fixes, []);
    assert.deepEqual(flows, [
      { flow: parseFlow("in_port=1,actions=output:2"), line: undefined, text: "in_port=1,actions=output:2" },
    ]);
  });

  it("are one a line in a file, whatever its line ends, with comments and words for what to do", () => {
    const text = "# all of it\r\n\r\nin_port=1,actions=drop\r\n  delete_strict in_port=2 # gone\n";
    const { flows } = readFlows({ text, file: "x" }, {});
    assert.deepEqual(
      flows.map(({ flow, line }) => [flow.command, line]),
      [
        ["add", 3],
        ["deleteStrict", 4],
      ],
    );
  });

  it("name ports of the switch", () => {
    const ports = new Map([["qvo1", 7]]);
    const { flows } = readFlows({ text: "in_port=qvo1,actions=drop", file: undefined }, { ports });
    assert.deepEqual(flows[0]?.flow.match, [{ field: "inPort", value: 7 }]);
  });

  it("are all refused at once, each with line, column and caret", () => {
    const error = problemsOf(
      "ip,nw_dts=1.2.3.4,actions=drop\nin_port=1,actions=drop\nbogus=1,actions=drop\n",
      "x.flows",
    );
    assert.equal(error.code, "ERR_FLOW_SYNTAX");
    assert.match(error.message, /^x\.flows: line 1, column 4: .*nw_dts.* \(and 1 more\)$/);
    assert.deepEqual(
      error.problems.map(({ line, column, token }) => [line, column, token]),
      [
        [1, 4, "nw_dts"],
        [3, 1, "bogus"],
      ],
    );
    assert.deepEqual(error.problems.flatMap(caretLines), [
      "  ip,nw_dts=1.2.3.4,actions=drop",
      "     ^^^^^^",
      "  bogus=1,actions=drop",
      "  ^^^^^",
    ]);
  });

  it("show the caret after the end where something is missing, and under the place in a long or tabbed line", () => {
    const missing = problemsOf("in_port=1", undefined).problems.flatMap(caretLines);
    assert.deepEqual(missing, ["  in_port=1", "           ^"]);
    const tabbed = problemsOf("\tbogus=1,actions=drop", "x").problems.flatMap(caretLines);
    assert.deepEqual(tabbed, ["   bogus=1,actions=drop", "   ^^^^^"]);
    const long = `${"in_port=1,".padEnd(150)}bogus=1,${" ".repeat(150)}actions=drop`;
    const [line = "", carets = ""] = problemsOf(long, undefined).problems.flatMap(caretLines);
    assert.ok(line.length <= 115 && line.startsWith("  …") && line.endsWith("…"));
    assert.equal(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1), "bogus");
  });

  it("that are all wrong don't fill the screen", async () => {
    const error = problemsOf("bogus\n".repeat(30), "x");
    const { exitCode, stderr } = await runIn([fakeCommand("show", error)], ["show", "br0"]);
    assert.equal(exitCode, 2);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 61);
    assert.match(lines[0] ?? "", /^ovskit: x: line 1, column 1: /);
    assert.equal(lines.at(-1), "and 10 more");
    const { stderr: json } = await runIn([fakeCommand("show", error)], ["show", "br0", "--json"]);
    assert.equal((JSON.parse(json) as { error: { problems: unknown[] } }).error.problems.length, 30);
  });

  it("with fix are rewritten, and say what was", () => {
    const text = "arp,actions=mod_nw_src:10.0.0.1,output:2";
    const one = readFlows({ text, file: undefined }, { fix: true });
    assert.deepEqual(one.flows[0]?.flow, parseFlow("arp,actions=set_field:10.0.0.1->arp_spa,output:2"));
    assert.match(
      fixLines(one.fixes)[0] ?? "",
      /^column 13: mod_nw_src:10\.0\.0\.1 is now set_field:10\.0\.0\.1->arp_spa: /,
    );
    const file = readFlows({ text: `# x\n${text}\n`, file: "x" }, { fix: true });
    assert.match(fixLines(file.fixes)[0] ?? "", /^line 2, column 13: /);
    assert.equal(file.flows[0]?.text, "arp,actions=set_field:10.0.0.1->arp_spa,output:2");
  });

  it("are for what the command does", () => {
    const source = { text: "add in_port=1,actions=drop\ndelete in_port=1\n", file: "x" };
    const { flows } = readFlows(source, {});
    onlyCommands(source, flows, ["add", "delete"]);
    assert.throws(() => onlyCommands(source, flows, ["add"]), {
      code: "ERR_CLI_INPUT",
      message: 'x: line 2: a line that begins with "delete" isn\'t for this command',
    });
  });

  it("come from one place", async () => {
    assert.deepEqual(await flowSource("arp", undefined, surroundings), { text: "arp", file: undefined });
    assert.equal(await flowSource(undefined, undefined, surroundings), undefined);
    assert.deepEqual(await flowSource(undefined, "-", surroundings), {
      text: "in_port=1,actions=drop\n",
      file: "standard input",
    });
    await assert.rejects(flowSource("arp", "x", surroundings), { code: "ERR_CLI_USAGE" });
    await assert.rejects(requiredFlowSource(undefined, undefined, surroundings), { code: "ERR_CLI_USAGE" });
  });
});

describe("a file on the command line", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ovk-"));
  });
  after(() => rm(dir, { recursive: true }));

  it("is read whole", async () => {
    const file = join(dir, "x");
    await writeFile(file, "ä".repeat(100_000));
    assert.equal(await readInput(file, surroundings), "ä".repeat(100_000));
  });

  it("that can't be read is wrong input", async () => {
    await assert.rejects(readInput(join(dir, "nowhere"), surroundings), {
      code: "ERR_CLI_INPUT",
      input: join(dir, "nowhere"),
    });
    await assert.rejects(readInput(dir, surroundings), { code: "ERR_CLI_INPUT" });
  });

  it("has a limit", async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    function* endless(): Iterable<Buffer> {
      for (;;) yield chunk;
    }
    await assert.rejects(readBounded("x", Readable.from(endless()), surroundings.signal), {
      code: "ERR_CLI_INPUT",
      message: `x has more than ${maxInputBytes} bytes`,
    });
  });

  it("isn't read on after an abort", async () => {
    const reason = new Error("ended");
    const signal = AbortSignal.abort(reason);
    await assert.rejects(readBounded("x", Readable.from([Buffer.from("a")]), signal), reason);
  });
});

function refusal(flow: FlowMod, index: number): BundleError {
  const message = {
    version: 4,
    xid: 1,
    type: "error",
    errorType: 2,
    errorCode: 9,
    name: "OFPBAC_BAD_OUT_GROUP",
    data: new Uint8Array(),
  } as const;
  const error = new SwitchError(message, { request: "flowMod", flow });
  return new BundleError(
    "add",
    "refused",
    [{ index, message: { ...flow, type: "flowMod" }, flow, error }],
    error,
  );
}

describe("flows that a switch refuses", () => {
  const { flows } = readFlows({ text: "in_port=1,actions=drop\nin_port=2,actions=group:9\n", file: "x" }, {});
  const changes = flows.map(({ flow }) => flow);

  function applying(sent: readonly FlowMod[], failure: Error): Promise<void> {
    const found = { apply: () => Promise.reject(failure) };
    return applyFlows(found, sent, flows, { ...surroundings, ports: new Map([[2, "qvo2"]]) });
  }

  it("are named as they were written, with their line", async () => {
    const [, second] = changes;
    assert.ok(second);
    await assert.rejects(applying(changes, refusal(second, 1)), {
      code: "ERR_OPENFLOW_BUNDLE",
      message:
        "nothing was changed: line 2: the switch refused in_port=2,actions=group:9: OFPBAC_BAD_OUT_GROUP",
      refused: [{ errorName: "OFPBAC_BAD_OUT_GROUP", line: 2, flow: "in_port=2,actions=group:9" }],
    });
    // As a modification of a flow that is there already.
    const modified: FlowMod = { ...second, command: "modifyStrict" };
    await assert.rejects(applying([modified], refusal(modified, 0)), { message: /: line 2: / });
  });

  it("are printed where nobody wrote them", async () => {
    const deletion = parseFlow("in_port=2", { command: "deleteStrict" });
    await assert.rejects(applying([deletion], refusal(deletion, 0)), {
      message: /the switch refused .*in_port=qvo2.*: OFPBAC_BAD_OUT_GROUP$/,
    });
  });

  it("leave other failures as they are", async () => {
    const lost = new Error("lost");
    await assert.rejects(applying(changes, lost), lost);
    const whole = new BundleError("commit", "refused", [], lost);
    await assert.rejects(applying(changes, whole), whole);
  });
});
