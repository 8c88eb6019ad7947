// Network namespaces and the veth pairs between them. Both ends of a pair are made inside namespaces, never in ours,
// so a link can't outlive the namespaces and can't meet anything of the machine.
import { accessSync, existsSync } from "node:fs";
import { join } from "node:path";
import { labCleanup, type Undo } from "./cleanup.ts";
import {
  type CommandOptions,
  type CommandOutput,
  findProgram,
  inNamespace,
  runCommand,
  runNow,
  tryCommand,
  words,
} from "./command.ts";
import { uniqueName } from "./names.ts";

/** A network namespace of the lab. */
export class Namespace {
  readonly name: string;
  readonly #added: Promise<string>;
  readonly #undo: Undo;

  private constructor(name: string) {
    this.name = name;
    this.#undo = labCleanup.add({
      what: `network namespace ${name}`,
      undo: () => this.#delete(),
      undoNow: () => {
        runNow("ip", ["netns", "del", name]);
      },
    });
    this.#added = runCommand("ip", ["netns", "add", name]);
  }

  /** Makes a namespace with its loopback up and without IPv6, whose chatter would only blur what the lab counts. */
  static async create(name: string): Promise<Namespace> {
    const namespace = new Namespace(name);
    try {
      await namespace.#added;
      await namespace.shell("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up");
    } catch (error) {
      await namespace.remove();
      throw error;
    }
    return namespace;
  }

  async #delete(): Promise<void> {
    await this.#added.catch(() => {});
    if (!existsSync(join("/run/netns", this.name))) return;
    await runCommand("ip", ["netns", "del", this.name], { cleansUp: true });
  }

  /** Runs a program inside; throws `CommandError` when it fails. */
  run(program: string, ...args: string[]): Promise<string> {
    const [ip = "", ...rest] = [...inNamespace(this.name), program, ...args];
    return runCommand(ip, rest);
  }

  /** Runs a program inside, whatever its exit code. */
  try(program: string, args: readonly string[], options?: CommandOptions): Promise<CommandOutput> {
    const [ip = "", ...rest] = [...inNamespace(this.name), program, ...args];
    return tryCommand(ip, rest, options);
  }

  /** Runs a few lines of shell inside; the first that fails ends it. */
  shell(script: string): Promise<string> {
    return this.run("sh", "-ec", script);
  }

  /** Takes the namespace away, and every link in it. */
  async remove(): Promise<void> {
    await this.#undo();
  }
}

/** One end of a veth pair. */
export interface LinkEnd {
  readonly namespace: Namespace;
  readonly name: string;
  /** The MAC address; default one the kernel chooses. */
  readonly mac?: string;
}

/**
 * Joins two namespaces by a veth pair and brings both ends up. Checksum offload is off at both: the userspace datapath
 * would pass on packets whose checksum nobody ever filled in.
 */
export async function joinNamespaces(a: LinkEnd, b: LinkEnd): Promise<void> {
  const end = ({ name, mac }: LinkEnd): string => (mac === undefined ? name : `${name} address ${mac}`);
  const pair = `link add ${end(a)} type veth peer name ${end(b)} netns ${b.namespace.name}`;
  await runCommand("ip", words(`-n ${a.namespace.name} ${pair}`));
  const up = ({ namespace, name }: LinkEnd): Promise<string> =>
    namespace.shell(`ethtool -K ${name} tx off >/dev/null; ip link set ${name} up`);
  await Promise.all([up(a), up(b)]);
}

/** Why packets can't be sent between namespaces here, or undefined when they can. */
export async function whyNoPackets(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "not root";
  const missing = ["ip", "ethtool", "tcpdump", "ping"].filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  try {
    accessSync("/dev/net/tun");
  } catch {
    return "no /dev/net/tun";
  }
  try {
    const namespace = await Namespace.create(`${uniqueName()}-try`);
    await namespace.remove();
  } catch (error) {
    return `no network namespaces: ${error instanceof Error ? error.message : String(error)}`;
  }
  return undefined;
}
