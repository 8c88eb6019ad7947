// Help as text, made from the commands' own tables: the list of commands, one group of them, or one command with its
// usage, options, examples and exit codes.
import { alignColumns } from "./columns.ts";
import { type Command, commonOptions, type OptionSpecs } from "./command.ts";
import { nearest } from "./suggestion.ts";
import { UsageError } from "./usage-error.ts";

const exitCodes = [
  "Exit codes:",
  "  0      done",
  "  1      the switch or the database refused, or a lane isn't up",
  "  2      the input is wrong: command line, flow or policy",
  "  3      no connection, or no answer in time",
  "  128+N  ended by signal N",
].join("\n");

/** Help on a topic: a command's name, the first words of several, or nothing for all. Throws `UsageError` for an unknown one. */
export function helpText(topic: string, commands: readonly Command[]): string {
  const exact = commands.find((command) => command.name === topic);
  if (exact !== undefined) return commandHelp(exact);
  const group = topic === "" ? commands : commands.filter((command) => command.name.startsWith(`${topic} `));
  if (group.length === 0) {
    const guess = nearest(
      topic,
      commands.map(({ name }) => name),
    );
    throw new UsageError(
      `no help on "${topic}"`,
      guess === undefined ? "see ovskit --help" : `did you mean "${guess}"?`,
    );
  }
  return groupHelp(topic, group);
}

function groupHelp(topic: string, commands: readonly Command[]): string {
  const list = alignColumns(commands.map(({ name, summary }) => [`  ${name}`, summary]));
  return [
    `Usage: ovskit ${topic === "" ? "" : `${topic} `}COMMAND [OPTION]…`,
    ...(topic === "" ? ["", "Open vSwitch, spoken natively: OVSDB, OpenFlow 1.3 and probe lanes."] : []),
    "",
    "Commands:",
    list,
    "",
    "Options of every command:",
    optionList(topic === "" ? { ...commonOptions, version: versionOption } : commonOptions),
    "",
    exitCodes,
    "",
    `"ovskit COMMAND --help" says more about one of them.`,
  ].join("\n");
}

const versionOption = { type: "boolean", summary: "print the version" } as const;

function commandHelp(command: Command): string {
  const { name, summary, description, operands, options, examples } = command;
  const synopsis = command.synopsis ?? defaultSynopsis(command);
  const sections = [
    `Usage: ovskit ${name}${synopsis === "" ? "" : ` ${synopsis}`} [OPTION]…\n\n${summary}`,
    ...(description === undefined ? [] : [description]),
    ...(operands.length === 0
      ? []
      : [`Operands:\n${alignColumns(operands.map((operand) => [`  ${operand.name}`, operand.summary]))}`]),
    `Options:\n${optionList({ ...options, ...commonOptions })}`,
    `Examples:\n${examples.map(({ line, does }) => `  # ${does}\n  ${line}`).join("\n")}`,
    exitCodes,
  ];
  return sections.join("\n\n");
}

function defaultSynopsis({ operands, options }: Command): string {
  const required = Object.entries(options).flatMap(([name, option]) =>
    option.required === true ? [`-${option.short ?? `-${name}`} ${option.value ?? "VALUE"}`] : [],
  );
  const words = operands.map(({ name, optional, repeats }) => {
    const word = optional === true ? `[${name}]` : name;
    return repeats === true ? `${word}…` : word;
  });
  return [...words, ...required].join(" ");
}

function optionList(options: OptionSpecs): string {
  const rows = Object.entries(options).map(([name, { short, value, summary }]) => {
    const flag = short === undefined ? `      --${name}` : `  -${short}, --${name}`;
    return [value === undefined ? flag : `${flag} ${value}`, summary];
  });
  return alignColumns(rows);
}
