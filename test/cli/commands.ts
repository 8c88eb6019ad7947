// A terminal that remembers, and a small table of commands, for the tests of the command's frame.
import type { Command, ParsedInvocation, Report } from "../../src/cli/command.ts";
import { command } from "../../src/cli/command.ts";
import { runCommandLine, type Terminal } from "../../src/cli/program.ts";

/** What a command line did. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that hands its invocation to `see` and answers with `report`, or throws it when it is an error. */
export function fakeCommand(
  name: string,
  report: Partial<Report> | Error,
  see: (invocation: ParsedInvocation) => void = () => {},
): Command {
  const inner = command({
    name,
    summary: `does ${name}`,
    operands: [
      { name: "BRIDGE", summary: "the bridge" },
      { name: "FLOW", optional: true, summary: "the flow" },
    ],
    options: {
      file: { type: "string", short: "f", value: "FILE", summary: "read flows from FILE" },
      strict: { type: "boolean", summary: "match exactly" },
    },
    examples: [{ line: `ovskit ${name} br-int`, does: "an example" }],
    run: () =>
      report instanceof Error
        ? Promise.reject(report)
        : Promise.resolve({ text: "", value: null, ...report }),
  });
  return {
    ...inner,
    run: (invocation) => {
      see(invocation);
      return inner.run(invocation);
    },
  };
}

/** Runs a command line in a terminal that remembers. */
export async function runIn(
  commands: readonly Command[],
  args: readonly string[],
  options: { readonly colours?: boolean } = {},
): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  const colours = options.colours ?? false;
  const terminal: Terminal = {
    output: { write: (text) => (said.stdout += text), colours },
    errors: { write: (text) => (said.stderr += text), colours },
    readStandardInput: () => Promise.resolve("from standard input"),
    signal: new AbortController().signal,
    version: () => "1.2.3",
  };
  const exitCode = await runCommandLine(args, commands, terminal);
  return { exitCode, ...said };
}
