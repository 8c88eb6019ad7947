// Flows as a command is given them: one on the command line, or a file of them. Everything that is wrong comes at
// once, each with its line, its column and a caret under the place.
import { OvskitError } from "../errors.ts";
import type { FlowMod } from "../openflow/index.ts";
import {
  type FlowChange,
  FlowSyntaxError,
  fixFlow,
  fixFlows,
  type ParseFlowOptions,
  parseFlow,
  parseFlows,
} from "../openflow/text/index.ts";
import type { Surroundings } from "./command.ts";
import { readInput } from "./input-file.ts";
import { InputError, UsageError } from "./usage-error.ts";

/** Text that holds flows. */
export interface FlowSource {
  readonly text: string;
  /** The file's name, where it is a file; undefined for the command line. */
  readonly file: string | undefined;
}

/** A flow with where it was written. */
export interface WrittenFlow {
  readonly flow: FlowMod;
  /** From 1, in a file. */
  readonly line: number | undefined;
  /** As it was written, or as `--fix` wrote it. */
  readonly text: string;
}

/** What a source holds. */
export interface WrittenFlows {
  readonly flows: readonly WrittenFlow[];
  /** What `--fix` rewrote. */
  readonly fixes: readonly FlowChange[];
}

/** One thing that is wrong with a flow. */
export interface FlowProblem {
  readonly message: string;
  readonly line: number | undefined;
  readonly column: number;
  readonly token: string;
  readonly hint: string | undefined;
  readonly openflowError: string | undefined;
  /** The whole flow. */
  readonly text: string;
}

/** Flows can't be read: `ERR_FLOW_SYNTAX`. */
export class FlowInputError extends OvskitError {
  readonly file: string | undefined;
  readonly problems: readonly FlowProblem[];

  constructor(file: string | undefined, problems: readonly FlowProblem[]) {
    const place = file === undefined ? "" : `${file}: `;
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
    super("ERR_FLOW_SYNTAX", `${place}${first?.message ?? ""}${more}`);
    this.file = file;
    this.problems = problems;
  }
}

/** The flows that `FLOW` or `-f FILE` give; undefined when neither is there. Throws `UsageError` for both. */
export async function flowSource(
  flow: string | undefined,
  file: string | undefined,
  surroundings: Surroundings,
): Promise<FlowSource | undefined> {
  if (flow !== undefined && file !== undefined) throw new UsageError("give FLOW or -f FILE, not both");
  if (flow !== undefined) return { text: flow, file: undefined };
  if (file === undefined) return undefined;
  const name = file === "-" ? "standard input" : file;
  return { text: await readInput(file, surroundings), file: name };
}

/** The same where one of the two must be there. */
export async function requiredFlowSource(
  flow: string | undefined,
  file: string | undefined,
  surroundings: Surroundings,
): Promise<FlowSource> {
  const source = await flowSource(flow, file, surroundings);
  if (source === undefined) throw new UsageError("FLOW or -f FILE is missing");
  return source;
}

/** Reads the flows. Throws `FlowInputError` with everything that is wrong. */
export function readFlows(source: FlowSource, options: ParseFlowOptions): WrittenFlows {
  const { fix = false, ...parse } = options;
  const isFile = source.file !== undefined;
  const texts = isFile ? source.text.split(/\r?\n/) : [source.text];
  const flows: WrittenFlow[] = [];
  const fixes: FlowChange[] = [];
  const problems: FlowProblem[] = [];
  for (const [index, text] of texts.entries()) {
    const line = isFile ? index + 1 : undefined;
    try {
      const read = isFile ? readLine(text, parse, fix) : readOne(text, parse, fix);
      flows.push(...read.flows.map((flow) => ({ flow, line, text: read.text.trim() })));
      fixes.push(...read.changes.map((change) => (line === undefined ? change : { ...change, line })));
    } catch (error) {
      if (!(error instanceof FlowSyntaxError)) throw error;
      problems.push(problemOf(line === undefined ? error : error.atLine(line), text));
    }
  }
  if (problems.length > 0) throw new FlowInputError(source.file, problems);
  return { flows, fixes };
}

interface Read {
  readonly flows: readonly FlowMod[];
  readonly changes: readonly FlowChange[];
  readonly text: string;
}

function readOne(text: string, options: ParseFlowOptions, fix: boolean): Read {
  if (!fix) return { flows: [parseFlow(text, options)], changes: [], text };
  const { flow, ...fixed } = fixFlow(text, options);
  return { ...fixed, flows: [flow] };
}

function readLine(text: string, options: ParseFlowOptions, fix: boolean): Read {
  return fix ? fixFlows(text, options) : { flows: parseFlows(text, options), changes: [], text };
}

function problemOf(error: FlowSyntaxError, text: string): FlowProblem {
  const { message, line, column, token, hint, openflowError } = error;
  return { message, line, column, token, hint, openflowError, text };
}

/** Reads one text of the command line, such as a filter. Throws `FlowInputError` where `read` throws `FlowSyntaxError`. */
export function flowSyntaxProblem<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    throw error instanceof FlowSyntaxError ? new FlowInputError(undefined, [problemOf(error, text)]) : error;
  }
}

/** Refuses lines that begin with a word for something else than the command does. Throws `InputError`. */
export function onlyCommands(
  source: FlowSource,
  flows: readonly WrittenFlow[],
  allowed: readonly FlowMod["command"][],
): void {
  const wrong = flows.find(({ flow }) => !allowed.includes(flow.command));
  if (wrong === undefined) return;
  const file = source.file ?? "";
  const word = /^\w+/.exec(wrong.text)?.[0] ?? "";
  throw new InputError(
    file,
    `${file}: line ${wrong.line}: a line that begins with "${word}" isn't for this command`,
  );
}

/** So much of a long flow is shown before and after the place that is wrong. */
const shownBefore = 60;
const shownWidth = 110;

/** The flow and, in a second line, carets under what is wrong. */
export function caretLines({ text, column, token }: FlowProblem): readonly string[] {
  const start = text.length <= shownWidth ? 0 : Math.max(0, column - 1 - shownBefore);
  const shown = text.slice(start, start + shownWidth).replaceAll(/[\t\r]/g, " ");
  const before = start > 0 ? "…" : "";
  const after = start + shownWidth < text.length ? "…" : "";
  const offset = before.length + column - 1 - start;
  const width = Math.max(1, Math.min(token.length, before.length + shown.length - offset));
  return [`  ${before}${shown}${after}`, `  ${" ".repeat(offset)}${"^".repeat(width)}`];
}

/** What `--fix` rewrote, one line each. */
export function fixLines(fixes: readonly FlowChange[]): readonly string[] {
  return fixes.map(({ line, column, was, now, why }) => {
    const place = line === undefined ? `column ${column}` : `line ${line}, column ${column}`;
    return `${place}: ${was} is now ${now}: ${why}`;
  });
}
