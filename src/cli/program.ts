// Runs one command line from its words to its exit code. The terminal, the signal and the table of commands are
// parameters, so that everything but the process itself is tested without one.

import { debuglog, styleText } from "node:util";
import { tlsOf } from "./certificates.ts";
import { type Command, ExitCode, type ParsedInvocation, type Report } from "./command.ts";
import { type OptionWords, parseCommandLine, type Request } from "./command-line.ts";
import { exitCodeOf, failureText, failureValue } from "./failure.ts";
import { helpText } from "./help.ts";
import { jsonText } from "./json-text.ts";
import { UsageError } from "./usage-error.ts";

const debug = debuglog("ovskit");

/** One of the two output streams. */
export interface Output {
  write(text: string): void;
  /** Whether colours make sense there. */
  readonly colours: boolean;
}

/** What a command line runs in. */
export interface Terminal {
  readonly output: Output;
  readonly errors: Output;
  readonly readStandardInput: () => Promise<string>;
  /** Aborted when the program is to end early. */
  readonly signal: AbortSignal;
  readonly version: () => string;
}

const defaultOvsdb = "unix:/var/run/openvswitch/db.sock";
const defaultTimeoutSeconds = 10;
// setTimeout takes at most 2^31 - 1 ms.
const maxTimeoutSeconds = 2_147_483;

/** Runs a command line and says how it went; never throws. */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    if (args.length === 0) {
      terminal.errors.write(`${helpText("", commands)}\n`);
      return ExitCode.wrongInput;
    }
    return await answer(parseCommandLine(args, commands), commands, terminal);
  } catch (thrown) {
    debug("%O", thrown);
    // Whatever an abort made fail on the way down, the abort is why.
    const error: unknown = terminal.signal.aborted ? terminal.signal.reason : thrown;
    const { errors } = terminal;
    if (asksForJson(args)) errors.write(`${jsonText(failureValue(error))}\n`);
    else errors.write(`${label("ovskit:", "red", errors)} ${failureText(error)}\n`);
    return exitCodeOf(error);
  }
}

async function answer(request: Request, commands: readonly Command[], terminal: Terminal): Promise<ExitCode> {
  if (request.kind === "run") return run(request, terminal);
  if (request.kind === "help") terminal.output.write(`${helpText(request.topic, commands)}\n`);
  else terminal.output.write(`${versionText(terminal.version(), request.json)}\n`);
  return ExitCode.done;
}

function versionText(version: string, json: boolean): string {
  return json ? jsonText({ version }) : `ovskit ${version}`;
}

async function run(
  { command, options, operands }: Request & { kind: "run" },
  terminal: Terminal,
): Promise<ExitCode> {
  const report = await command.run({
    ovsdb: textOf(options, "ovsdb") ?? defaultOvsdb,
    rundir: textOf(options, "rundir"),
    timeoutMs: timeoutMs(textOf(options, "timeout")),
    tls: tlsOf(options),
    signal: terminal.signal,
    readStandardInput: terminal.readStandardInput,
    json: options["json"] === true,
    write: (text) => terminal.output.write(text),
    options: optionValues(command, options),
    operands,
  });
  print(report, options["json"] === true, terminal);
  return report.exitCode ?? ExitCode.done;
}

function print(report: Report, json: boolean, { output, errors }: Terminal): void {
  if (report.said === true) return;
  if (json) {
    output.write(`${jsonText(report.value)}\n`);
    return;
  }
  const text = report.colours === "diff" && output.colours ? coloured(report.text) : report.text;
  if (text !== "") output.write(`${text}\n`);
  for (const warning of report.warnings ?? []) {
    errors.write(`${label("ovskit: warning:", "yellow", errors)} ${warning}\n`);
  }
}

function optionValues(command: Command, words: OptionWords): ParsedInvocation["options"] {
  return Object.fromEntries(
    Object.entries(command.options).map(([name, { type, repeats }]) => {
      if (repeats === true) return [name, words[name] ?? []];
      return [name, type === "boolean" ? words[name] === true : textOf(words, name)];
    }),
  );
}

function textOf(words: OptionWords, name: string): string | undefined {
  const word = words[name];
  return typeof word === "string" ? word : undefined;
}

function timeoutMs(text: string | undefined): number {
  if (text === undefined) return defaultTimeoutSeconds * 1000;
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds > 0 && seconds <= maxTimeoutSeconds)) {
    throw new UsageError(
      `--timeout ${text}`,
      `expected seconds above 0 and up to ${maxTimeoutSeconds}, such as 2.5`,
    );
  }
  return Math.max(1, Math.round(seconds * 1000));
}

/** Even where the command line itself can't be understood. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes("--json");
}

function label(text: string, colour: "red" | "yellow", { colours }: Output): string {
  return colours ? paint(colour, text) : text;
}

function coloured(diff: string): string {
  return diff
    .split("\n")
    .map((line) => {
      if (line.startsWith("+")) return paint("green", line);
      return line.startsWith("-") ? paint("red", line) : line;
    })
    .join("\n");
}

/** Whether there are colours is decided already, for the stream that is meant. */
function paint(colour: "red" | "green" | "yellow", text: string): string {
  return styleText(colour, text, { validateStream: false });
}
