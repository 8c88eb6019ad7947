// The command as a person runs it: the compiled entry in a process of its own, with what it said and its exit code.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type CommandOptions, type CommandOutput, tryCommand } from "../../lab/command.ts";
import type { OpenVSwitch } from "../../lab/open-vswitch.ts";

/** The compiled entry of the command. */
export const entry: string = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** Runs `ovskit …` to its end. */
export function ovskit(args: readonly string[], options: CommandOptions = {}): Promise<CommandOutput> {
  return tryCommand(process.execPath, ["--enable-source-maps", entry, ...args], options);
}

/** Runs `ovskit …` on a private Open vSwitch. */
export function ovskitOn(
  ovs: OpenVSwitch,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutput> {
  return ovskit([...args, "--ovsdb", ovs.ovsdb, "--rundir", ovs.rundir], options);
}

/** Runs `ovskit …`, sends it `signal` once `ready` has settled, and gives how it ended. */
export function ovskitInterrupted(
  args: readonly string[],
  signal: NodeJS.Signals,
  ready: Promise<unknown>,
): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? -1, ...output }));
    ready.then(() => child.kill(signal), reject);
  });
}
