// Names that no two runs share and that say whose they are: everything the lab makes bears the prefix and the pid of
// the process that made it, so leftovers of a killed run can be told from what is in use, and taken away.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownerVariable, tryCommand } from "./command.ts";

const prefix = "ovk";
const namespaceFolder = "/run/netns";
let counter = 0;

/** Where the lab's folders are: a short path, because the names of Unix sockets in them end after 107 bytes. */
export const labFolder: string = Buffer.byteLength(tmpdir()) > 40 ? "/tmp" : tmpdir();

/** A name for one run of something, e.g. `ovk-4711-1`; parts of it append their own names. */
export function uniqueName(): string {
  counter += 1;
  return `${prefix}-${process.pid}-${counter}`;
}

function entries(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function owner(name: string): number | undefined {
  const pid = new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

// A process that ends while we look has no environment any more, and one of somebody else's we may not see.
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

function processesOf(owner: number): readonly string[] {
  const mark = `${ownerVariable}=${owner}`;
  const pids = entries("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => environmentOf(pid).split("\0").includes(mark)).map((pid) => `process ${pid}`);
}

/** What the lab of one process has made and not taken away: namespaces, folders and processes, by their names. */
export function labLeftovers(pid: number): readonly string[] {
  const ours = (name: string): boolean => owner(name) === pid;
  return [
    ...entries(namespaceFolder).filter(ours),
    ...entries(labFolder)
      .filter(ours)
      .map((name) => join(labFolder, name)),
    ...processesOf(pid),
  ];
}

function isDead(name: string): boolean {
  const of = owner(name);
  return of !== undefined && !existsSync(`/proc/${of}`);
}

/** Takes away what runs left that were killed before they could clean up: whatever bears the pid of no process. */
export async function sweepDeadRuns(): Promise<void> {
  const namespaces = entries(namespaceFolder).filter(isDead);
  const folders = entries(labFolder).filter(isDead);
  // What belongs to another user stays for that user.
  await Promise.allSettled([
    ...namespaces.map((name) => tryCommand("ip", ["netns", "del", name])),
    ...folders.map((name) => rm(join(labFolder, name), { recursive: true, force: true })),
  ]);
}
