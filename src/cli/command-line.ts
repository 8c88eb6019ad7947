// From the words of a command line to what is asked for: which command with which options, help, or the version. It
// reads the commands' own tables through node:util's parseArgs and refuses what they don't name.
import { parseArgs } from "node:util";
import { type Command, commonOptions, type OptionSpec, type OptionSpecs } from "./command.ts";
import { nearest } from "./suggestion.ts";
import { UsageError } from "./usage-error.ts";

/** Options by long name: `true` for a boolean that is set, the text of a string, the texts of one that may be repeated. */
export type OptionWords = Readonly<Record<string, string | true | readonly string[] | undefined>>;

/** What a command line asks for. */
export type Request =
  /** `topic`: the words before `--help`, a command, a group of commands, or none for all. */
  | { readonly kind: "help"; readonly topic: string }
  | { readonly kind: "version"; readonly json: boolean }
  | {
      readonly kind: "run";
      readonly command: Command;
      readonly options: OptionWords;
      readonly operands: Readonly<Record<string, string | readonly string[]>>;
    };

interface OptionToken {
  readonly kind: "option";
  readonly index: number;
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}
interface WordToken {
  readonly kind: "positional";
  readonly index: number;
  readonly value: string;
}

const globalOptions: OptionSpecs = {
  ...commonOptions,
  version: { type: "boolean", summary: "print the version" },
};

/** Reads a command line. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): Request {
  const split = splitCommand(args, commands);
  if (split.asks === "help") return { kind: "help", topic: split.words.join(" ") };
  if (split.asks === "version") return { kind: "version", json: args.includes("--json") };
  const { command } = split;
  if (command === undefined) throw unknownCommand(split.words, commands);
  const { options, words } = readOptions(split.rest, { ...commonOptions, ...command.options }, command.name);
  if (options["help"] === true) return { kind: "help", topic: command.name };
  const operands = nameOperands(command, words);
  requireOptions(command, options);
  return { kind: "run", command, options, operands };
}

interface Split {
  readonly words: readonly string[];
  readonly command?: Command;
  /** The arguments without the command's words. */
  readonly rest: readonly string[];
  readonly asks?: "help" | "version";
}

/** Finds the command's words, before and between which only the options of every command may stand. */
function splitCommand(args: readonly string[], commands: readonly Command[]): Split {
  const words: string[] = [];
  const rest = [...args];
  for (;;) {
    const tokens = tokenize(rest, globalOptions);
    const next = tokens.find((token) => token.kind === "positional");
    const leading = next === undefined ? tokens : tokens.slice(0, tokens.indexOf(next));
    const asked = leading.find((token) => token.kind === "option" && globalSwitch(token.name) !== undefined);
    if (asked?.kind === "option") return { words, rest, ...asks(globalSwitch(asked.name)) };
    if (next === undefined) {
      readOptions(rest, globalOptions, words.join(" "));
      return { words, rest };
    }
    if (words.length === 0 && next.value === "help") {
      return {
        words: rest.slice(next.index + 1).filter((word) => !word.startsWith("-")),
        rest,
        asks: "help",
      };
    }
    words.push(next.value);
    rest.splice(next.index, 1);
    const name = words.join(" ");
    const found = commands.find((command) => command.name === name);
    if (found !== undefined) return { words, rest, command: found };
    if (!commands.some((command) => command.name.startsWith(`${name} `))) return { words, rest };
  }
}

function globalSwitch(name: string): "help" | "version" | undefined {
  if (name === "help" || name === "h") return "help";
  return name === "version" ? "version" : undefined;
}

function asks(what: "help" | "version" | undefined): { asks?: "help" | "version" } {
  return what === undefined ? {} : { asks: what };
}

function tokenize(args: readonly string[], specs: OptionSpecs): readonly (OptionToken | WordToken)[] {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens.filter((token) => token.kind !== "option-terminator");
}

/** The options and the words that are none. `command` is for hints. */
function readOptions(
  args: readonly string[],
  specs: OptionSpecs,
  command: string,
): { options: OptionWords; words: readonly string[] } {
  const options: Record<string, string | true | readonly string[]> = {};
  const words: string[] = [];
  for (const token of tokenize(args, specs)) {
    if (token.kind === "positional") {
      words.push(token.value);
      continue;
    }
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw unknownOption(token.rawName, Object.keys(specs), command);
    const before = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    options[token.name] = withValue(before, optionValue(token, spec), token.rawName, spec);
  }
  return { options, words };
}

function withValue(
  before: OptionWords[string],
  value: string | true,
  rawName: string,
  { repeats }: OptionSpec,
): string | true | readonly string[] {
  if (repeats === true && value !== true) return Array.isArray(before) ? [...before, value] : [value];
  if (before !== undefined) throw new UsageError(`option ${rawName} is given twice`);
  return value;
}

function optionValue(token: OptionToken, spec: OptionSpec): string | true {
  const { rawName, value } = token;
  if (spec.type === "boolean") {
    if (value !== undefined) throw new UsageError(`option ${rawName} takes no value`);
    return true;
  }
  // A value that looks like an option is one whose own value was forgotten; "-" alone is standard input.
  const forgotten =
    value === undefined || (token.inlineValue !== true && value.length > 1 && value.startsWith("-"));
  if (forgotten) throw new UsageError(`option ${rawName} needs a value: ${rawName} ${spec.value ?? "VALUE"}`);
  return value;
}

function nameOperands(
  command: Command,
  words: readonly string[],
): Record<string, string | readonly string[]> {
  const { operands } = command;
  const last = operands.at(-1);
  const repeated = last?.repeats === true ? last : undefined;
  const surplus = repeated === undefined ? words[operands.length] : undefined;
  if (surplus !== undefined) throw new UsageError(`unexpected "${surplus}"`, helpHint(command.name));
  const missing = operands.find((operand, index) => operand.optional !== true && words[index] === undefined);
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing`, helpHint(command.name));
  const single = operands.filter((operand) => operand !== repeated);
  const named = single.flatMap(({ name }, index) => {
    const word = words[index];
    return word === undefined ? [] : [[name, word] as const];
  });
  const rest = repeated === undefined ? [] : [[repeated.name, words.slice(single.length)] as const];
  return Object.fromEntries([...named, ...rest]);
}

function requireOptions(command: Command, options: OptionWords): void {
  for (const [name, { required, short, value }] of Object.entries(command.options)) {
    if (required !== true || options[name] !== undefined) continue;
    const flag = short === undefined ? `--${name}` : `-${short}`;
    throw new UsageError(`${flag} ${value ?? "VALUE"} is missing`, helpHint(command.name));
  }
}

function unknownOption(rawName: string, known: readonly string[], command: string): UsageError {
  const guess = nearest(rawName.replace(/^-+/, ""), known);
  const hint = guess === undefined ? helpHint(command) : `did you mean --${guess}?`;
  return new UsageError(`unknown option ${rawName}`, hint);
}

function unknownCommand(words: readonly string[], commands: readonly Command[]): UsageError {
  const last = words.at(-1);
  if (last === undefined) return new UsageError("no command is given", helpHint(""));
  const group = words.slice(0, -1).join(" ");
  const name = words.join(" ");
  const within = (prefix: string): string[] =>
    commands.flatMap((command) =>
      command.name.startsWith(prefix) ? [command.name.slice(prefix.length).split(" ")[0] ?? ""] : [],
    );
  const below = [...new Set(within(`${name} `))];
  if (below.length > 0) {
    return new UsageError(`"${name}" needs one of ${below.join(", ")}`, helpHint(name));
  }
  const prefix = group === "" ? "" : `${group} `;
  const guess = nearest(last, [...new Set(within(prefix))]);
  const hint = guess === undefined ? helpHint(group) : `did you mean "${prefix}${guess}"?`;
  return new UsageError(`unknown command "${name}"`, hint);
}

function helpHint(topic: string): string {
  return `see ovskit ${topic === "" ? "" : `${topic} `}--help`;
}
