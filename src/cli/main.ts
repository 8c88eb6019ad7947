#!/usr/bin/env node
// The `ovskit` command: ties the table of commands to this process, its signals and its streams. The first SIGINT
// or SIGTERM aborts what runs, so that connections close and bundles are let go of; the second ends us at once.
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { addAbortSignal } from "node:stream";
import { fileURLToPath } from "node:url";
import { OvskitError } from "../errors.ts";
import { commands } from "./catalogue.ts";
import { readBounded } from "./input-file.ts";
import { type Output, runCommandLine } from "./program.ts";

const interruption = new AbortController();
let endedBy: "SIGINT" | "SIGTERM" | undefined;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => {
    endedBy ??= name;
    interruption.abort(new OvskitError("ERR_INTERRUPTED", `ended by ${name}`));
  });
}

// A reader that has seen enough (`ovskit flows dump br-int | head -1`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    // hasColors heeds NO_COLOR and FORCE_COLOR.
    colours: stream.isTTY && stream.hasColors(),
  };
}

function readStandardInput(): Promise<string> {
  addAbortSignal(interruption.signal, process.stdin);
  return readBounded("standard input", process.stdin, interruption.signal);
}

function version(): string {
  const file = fileURLToPath(import.meta.resolve("ovskit/package.json"));
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

async function main(): Promise<void> {
  const exitCode = await runCommandLine(process.argv.slice(2), commands, {
    output: outputTo(process.stdout),
    errors: outputTo(process.stderr),
    readStandardInput,
    signal: interruption.signal,
    version,
  });
  process.exitCode = endedBy === undefined ? exitCode : 128 + constants.signals[endedBy];
}

void main();
