// What a command is: data. Name, operands, options and examples stand beside the function that runs it, so that
// parsing, help and the hints in errors all come from one table and can't disagree.
import type { TlsOptions } from "../transport/tls.ts";

/** What the command's exit code says; `128 + N` is added by main for the signal N. */
export const ExitCode = {
  done: 0,
  /** The switch or the database refused, or a lane isn't up. */
  refused: 1,
  /** The command line, a flow or the policy is wrong. */
  wrongInput: 2,
  /** Nobody answers. */
  noConnection: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** One option of a command. */
export interface OptionSpec {
  /** `boolean` takes no value; `string` takes one and may be left out. */
  readonly type: "boolean" | "string";
  /** The one-letter form, without its dash. */
  readonly short?: string;
  /** Whether a `string` option must be given. */
  readonly required?: true;
  /** Whether a `string` option may be given several times: its value is the list of them, empty when there is none. */
  readonly repeats?: true;
  /** What the value is called in help, such as `FILE`. */
  readonly value?: string;
  /** One line for help. */
  readonly summary: string;
}

/** The options of a command by their long name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** One word after the command's name. */
export interface OperandSpec {
  /** In capitals, such as `BRIDGE`. */
  readonly name: string;
  /** Whether it may be left out; only the last ones may. */
  readonly optional?: true;
  /** Whether it may be given several times, and with `optional` not at all; only the last one may. */
  readonly repeats?: true;
  /** One line for help. */
  readonly summary: string;
}

/** One line of the examples in help. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** What the options were set to. */
export type OptionValues<Options extends OptionSpecs> = {
  readonly [Name in keyof Options]: Options[Name]["type"] extends "boolean"
    ? boolean
    : Options[Name] extends { readonly repeats: true }
      ? readonly string[]
      : Options[Name] extends { readonly required: true }
        ? string
        : string | undefined;
};

/** What the operands were. */
export type OperandValues<Operands extends readonly OperandSpec[]> = {
  readonly [Operand in Operands[number] as Operand["name"]]: Operand extends { readonly repeats: true }
    ? readonly string[]
    : Operand extends { readonly optional: true }
      ? string | undefined
      : string;
};

/** Where a command finds Open vSwitch, and how long it waits. */
export interface Surroundings {
  /** The database's connection method. */
  readonly ovsdb: string;
  /** Where the bridges' and ovs-vswitchd's sockets are; undefined: as the database says. */
  readonly rundir: string | undefined;
  /** For every connection and every answer, in milliseconds. */
  readonly timeoutMs: number;
  /** What `ssl:` needs, if it was given. */
  readonly tls?: TlsOptions | undefined;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Everything on standard input, for `-f -`. */
  readonly readStandardInput: () => Promise<string>;
}

/** What a command that stays needs besides: one that ends says what it has to say in its {@link Report}. */
export interface RunSurroundings extends Surroundings {
  /** Whether what is said is for programs. */
  readonly json: boolean;
  /** Writes to standard output at once. */
  readonly write: (text: string) => void;
}

/** One run of a command. */
export interface Invocation<Options extends OptionSpecs, Operands extends readonly OperandSpec[]>
  extends RunSurroundings {
  readonly options: OptionValues<Options>;
  readonly operands: OperandValues<Operands>;
}

/** What a command has to say. */
export interface Report {
  /** For people; without the last line's end. Empty prints nothing. */
  readonly text: string;
  /** For programs, with `--json`: anything of plain objects, arrays, maps, bigints and atoms. */
  readonly value: unknown;
  /** Whether all is said already, by {@link RunSurroundings.write}. */
  readonly said?: true;
  /** How a terminal shows the text: `diff` paints lines that begin with + and -. */
  readonly colours?: "diff";
  /** Default `ExitCode.done`. */
  readonly exitCode?: ExitCode;
  /** Said on standard error beside the text, one line each; left out with `--json`. */
  readonly warnings?: readonly string[];
}

/** A command as it is written down. */
export interface CommandSpec<Options extends OptionSpecs, Operands extends readonly OperandSpec[]> {
  /** The words that call it, such as `flows add`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More, for its own help. */
  readonly description?: string;
  /** What follows the name in the usage line where the operands alone don't say it, such as `BRIDGE [FLOW | -f FILE]`. */
  readonly synopsis?: string;
  readonly operands: Operands;
  readonly options: Options;
  readonly examples: readonly Example[];
  run(invocation: Invocation<Options, Operands>): Promise<Report>;
}

/** One run as the parser hands it over: whatever the table of the command names. */
export interface ParsedInvocation extends RunSurroundings {
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly operands: Readonly<Record<string, string | readonly string[]>>;
}

/** A command in the table. */
export interface Command extends Omit<CommandSpec<OptionSpecs, readonly OperandSpec[]>, "run"> {
  run(invocation: ParsedInvocation): Promise<Report>;
}

/** Checks the function of a command against its own options and operands. */
export function command<const Options extends OptionSpecs, const Operands extends readonly OperandSpec[]>(
  spec: CommandSpec<Options, Operands>,
): Command {
  return {
    ...spec,
    run: (invocation) =>
      // The parser fills in exactly what the command's own table names.
      spec.run(invocation as unknown as Invocation<Options, Operands>),
  };
}

/** The options that every command has. */
export const commonOptions = {
  json: { type: "boolean", summary: "print JSON, errors too" },
  ovsdb: {
    type: "string",
    value: "TARGET",
    summary: "the database (default unix:/var/run/openvswitch/db.sock)",
  },
  rundir: {
    type: "string",
    value: "DIR",
    summary: "where the sockets of Open vSwitch are (default as the database says)",
  },
  timeout: {
    type: "string",
    value: "SECONDS",
    summary: "wait at most this long for each connection and answer (default 10)",
  },
  "private-key": {
    type: "string",
    short: "p",
    value: "FILE",
    summary: "the private key of our certificate, for ssl:",
  },
  certificate: {
    type: "string",
    short: "c",
    value: "FILE",
    summary: "our certificate, for ssl:",
  },
  "ca-cert": {
    type: "string",
    short: "C",
    value: "FILE",
    summary: "the CA that has signed the certificate at the other end of ssl:",
  },
  "no-host-check": {
    type: "boolean",
    summary: "take certificates for other hosts, as ovs-pki's are; their CA is checked",
  },
  help: { type: "boolean", short: "h", summary: "print this help" },
} as const;
