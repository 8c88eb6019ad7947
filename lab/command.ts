// Runs the programs the lab stands on (ip, ovs-vsctl, ovs-vswitchd, ping, tcpdump) with a deadline and an error that
// says what was run and what it answered, and keeps daemons as children that die with us, even when we are killed.
import { type ChildProcess, execFile, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { OvskitError } from "../src/errors.ts";
import { labCleanup } from "./cleanup.ts";

// Debian leaves the sbin folders out of an ordinary user's PATH, and Open vSwitch's daemons live there.
const searchPath = [
  ...(process.env["PATH"] ?? "").split(delimiter),
  "/usr/local/sbin",
  "/usr/sbin",
  "/sbin",
  "/usr/local/bin",
  "/usr/bin",
  "/bin",
].join(delimiter);

/** The variable by which every process of the lab says whose it is: the pid of the process that started it. */
export const ownerVariable = "OVSKIT_LAB";

/** The environment every program of the lab runs in: ours, with the sbin folders on the PATH and our pid. */
function labEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: searchPath, LC_ALL: "C", [ownerVariable]: String(process.pid), ...extra };
}

/** Where a program is, or undefined when it isn't installed. */
export function findProgram(name: string): string | undefined {
  for (const folder of searchPath.split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

/** A program of the lab failed, was missing or took too long: `ERR_LAB_COMMAND`. */
export class CommandError extends OvskitError {
  /** The command line. */
  readonly command: string;
  /** What it wrote to its error output. */
  readonly stderr: string;
  /** Its exit code, or undefined when it never ran or was ended by the deadline. */
  readonly exitCode: number | undefined;

  constructor(command: string, reason: string, facts: { stderr: string; exitCode?: number | undefined }) {
    super("ERR_LAB_COMMAND", `${command}: ${reason}`);
    this.command = command;
    this.stderr = facts.stderr;
    this.exitCode = facts.exitCode;
  }
}

/** How one command runs. */
export interface CommandOptions {
  /** The deadline in milliseconds, default 10,000; then the program is killed. */
  readonly timeoutMs?: number;
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it runs on when the process is interrupted; for what cleans up. Default false: it is killed. */
  readonly cleansUp?: boolean;
  /** What it reads from its standard input; default nothing. */
  readonly input?: string;
}

/** What a command answered. */
export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end, whatever its exit code; throws `CommandError` only when it can't run or takes too long. */
export function tryCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutput> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const line = [program, ...args].join(" ");
  const interruption = options.cleansUp === true ? {} : { signal: labCleanup.interruption };
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      {
        env: labEnvironment(options.env),
        timeout: timeoutMs,
        killSignal: "SIGKILL",
        ...interruption,
        maxBuffer: 256 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ exitCode: 0, stdout, stderr });
        else if (typeof error.code === "number") resolve({ exitCode: error.code, stdout, stderr });
        else if (error.name === "AbortError") reject(labCleanup.interruption.reason as Error);
        else {
          const reason = error.killed === true ? `no end within ${timeoutMs} ms` : error.message;
          reject(new CommandError(line, reason, { stderr }));
        }
      },
    );
    // A program that ends before it read its input is no failure of ours.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

/** Runs one command and gives its output; throws `CommandError` with its error output when it fails. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await tryCommand(program, args, options);
  if (exitCode !== 0) {
    const line = [program, ...args].join(" ");
    throw new CommandError(line, `exit code ${exitCode}: ${(stderr || stdout).trim()}`, { stderr, exitCode });
  }
  return stdout;
}

/** Runs a command at once and waits, whatever comes of it: for the moment the process exits. */
export function runNow(program: string, args: readonly string[]): void {
  spawnSync(program, [...args], { env: labEnvironment(), stdio: "ignore", timeout: 5000 });
}

/** The words of a command line in which nothing holds a space. */
export function words(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}

/** The words that put a command into a network namespace; none for our own. */
export function inNamespace(netns: string | undefined): readonly string[] {
  return netns === undefined ? [] : ["ip", "netns", "exec", netns];
}

/** A program that keeps running beside us. */
export interface Daemon {
  readonly pid: number;
  readonly child: ChildProcess;
  /** The end of its error output, for messages. */
  stderr(): string;
  /** What ended it, or undefined while it runs. */
  endedBy(): string | undefined;
  /** Settles when it has ended, with what ended it. */
  readonly ended: Promise<string>;
  /** Asks it to end, insists after `graceMs` (default 3,000), and waits until it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** Kills it without waiting. */
  kill(): void;
}

// The kernel kills the daemon when the thread that started it dies, so that not even SIGKILL leaves it behind.
const dieWithParent: readonly string[] =
  findProgram("setpriv") === undefined ? [] : ["setpriv", "--pdeathsig", "KILL", "--"];

/** Starts a program as our child; it ends with us. Throws when the process has been interrupted. */
export function startDaemon(
  command: readonly string[],
  options: {
    netns?: string | undefined;
    env?: Readonly<Record<string, string>>;
    stdio?: SpawnOptions["stdio"];
  } = {},
): Daemon {
  labCleanup.interruption.throwIfAborted();
  const [program = "", ...args] = [...inNamespace(options.netns), ...dieWithParent, ...command];
  const child = spawn(program, args, {
    env: labEnvironment(options.env),
    stdio: options.stdio ?? ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (text: string) => {
    stderr = (stderr + text).slice(-4096);
  });
  let reason: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => {
      reason ??= error.message;
      resolve(reason);
    });
    child.once("exit", (code, signal) => {
      reason ??= signal === null ? `exit code ${code ?? "?"}` : `signal ${signal}`;
      resolve(reason);
    });
  });
  return {
    pid: child.pid ?? -1,
    child,
    ended,
    endedBy: () => reason,
    stderr: () => stderr,
    async stop(graceMs = 3000) {
      child.kill("SIGTERM");
      const insist = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(insist);
    },
    kill() {
      child.kill("SIGKILL");
    },
  };
}
