// A private Open vSwitch: ovsdb-server and ovs-vswitchd as our own children, with their own run, log and database
// folders, in any network namespace, never the system's. With the dummy datapath it needs no root. Both daemons stay
// in the foreground, so nothing outlives the lab.
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { OvskitError } from "../src/errors.ts";
import { labCleanup, type Undo } from "./cleanup.ts";
import { type Daemon, findProgram, runCommand, startDaemon } from "./command.ts";
import { labFolder, uniqueName } from "./names.ts";
import { until } from "./waiting.ts";

/** How a private Open vSwitch is started. */
export interface OpenVSwitchOptions {
  /** `dummy` (default) moves no packets and needs no root; `netdev` is the userspace datapath. */
  readonly datapath?: "dummy" | "netdev";
  /** The network namespace both daemons run in; default ours. */
  readonly netns?: string;
  /** Whether ovsdb-server also listens on a free TCP port of 127.0.0.1; default false. */
  readonly tcp?: boolean;
  /** The folder to live in, made when missing and removed at the end; default a new one under the temporary folder. */
  readonly dir?: string;
}

/** A running private Open vSwitch. Every command has a deadline of 10 s and throws `CommandError`. */
export interface OpenVSwitch {
  readonly dir: string;
  /** Where the sockets and pid files are. */
  readonly rundir: string;
  readonly datapath: "dummy" | "netdev";
  /** `unix:<rundir>/db.sock`. */
  readonly ovsdb: string;
  /** `tcp:127.0.0.1:PORT`, when asked for. */
  readonly ovsdbTcp: string | undefined;
  /** The pid of ovs-vswitchd, undefined while it is stopped. */
  readonly vswitchdPid: number | undefined;
  /** `unix:<rundir>/<bridge>.mgmt`: where the bridge always listens for OpenFlow. */
  mgmt(bridge: string): string;
  /** ovs-vsctl; waits for ovs-vswitchd unless it is stopped. */
  vsctl(...args: string[]): Promise<string>;
  /** Every flow of a bridge as ovs-ofctl prints it, without statistics, sorted: for comparing before and after. */
  flows(bridge: string): Promise<readonly string[]>;
  /** ovs-ofctl as given, e.g. `ofctl("-O", "OpenFlow13", "dump-flows", "br-int")`. */
  ofctl(...args: string[]): Promise<string>;
  /** ovs-appctl to this ovs-vswitchd. */
  appctl(...args: string[]): Promise<string>;
  /** A bridge of this datapath type with OpenFlow 1.0 to 1.4, fail mode secure and no flows; more ovs-vsctl words may follow. */
  addBridge(name: string, ...more: string[]): Promise<void>;
  stopVswitchd(): Promise<void>;
  startVswitchd(): Promise<void>;
  stopDatabase(): Promise<void>;
  startDatabase(): Promise<void>;
  /** Ends both daemons and removes the folder. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const schemaPath = "/usr/share/openvswitch/vswitch.ovsschema";
// sun_path holds 108 bytes; ovs-vswitchd's control socket is the longest name in the folder.
const maxDirBytes = 108 - "/run/ovs-vswitchd.4194304.ctl".length - 1;

/** Whether the programs of Open vSwitch are installed here. */
export function openVSwitchInstalled(): boolean {
  const programs = ["ovsdb-server", "ovs-vswitchd", "ovsdb-tool", "ovs-vsctl", "ovs-ofctl", "ovs-appctl"];
  return programs.every((name) => findProgram(name) !== undefined);
}

/** Waits until `ready` holds, and fails early with the daemon's own words when it ends first. */
export function started(
  what: string,
  daemon: Daemon,
  ready: () => boolean | Promise<boolean>,
): Promise<void> {
  return until(`the start of ${what}`, 15_000, () => {
    const reason = daemon.endedBy();
    if (reason === undefined) return ready();
    throw new OvskitError("ERR_LAB", `${what} ended at its start (${reason}): ${daemon.stderr().trim()}`);
  });
}

class PrivateOpenVSwitch implements OpenVSwitch {
  readonly dir: string;
  readonly rundir: string;
  readonly datapath: "dummy" | "netdev";
  readonly ovsdb: string;
  readonly #netns: string | undefined;
  readonly #tcp: boolean;
  readonly #env: Readonly<Record<string, string>>;
  #undo: Undo | undefined;
  #starting: Promise<void> | undefined;
  #tcpPort: number | undefined;
  #database: Daemon | undefined;
  #vswitchd: Daemon | undefined;

  constructor(dir: string, options: OpenVSwitchOptions) {
    this.dir = dir;
    this.rundir = join(dir, "run");
    this.datapath = options.datapath ?? "dummy";
    this.ovsdb = `unix:${join(this.rundir, "db.sock")}`;
    this.#netns = options.netns;
    this.#tcp = options.tcp ?? false;
    this.#env = { OVS_RUNDIR: this.rundir, OVS_LOGDIR: join(dir, "log"), OVS_DBDIR: join(dir, "db") };
  }

  get ovsdbTcp(): string | undefined {
    return this.#tcpPort === undefined ? undefined : `tcp:127.0.0.1:${this.#tcpPort}`;
  }

  get vswitchdPid(): number | undefined {
    return this.#vswitchd?.pid;
  }

  async start(): Promise<void> {
    this.#undo = labCleanup.add({
      what: `Open vSwitch in ${this.dir}`,
      undo: () => this.#end(),
      undoNow: () => {
        this.#vswitchd?.kill();
        this.#database?.kill();
        rmSync(this.dir, { recursive: true, force: true });
      },
    });
    if (Buffer.byteLength(this.dir) > maxDirBytes) {
      throw new OvskitError("ERR_LAB", `${this.dir} is too long for the names of Unix sockets in it`);
    }
    this.#starting = this.#startBoth();
    await this.#starting;
  }

  async #startBoth(): Promise<void> {
    await Promise.all(
      ["run", "log", "db"].map((name) => mkdir(join(this.dir, name), { recursive: true, mode: 0o700 })),
    );
    await this.#run("ovsdb-tool", ["create", this.#databaseFile, schemaPath]);
    await this.startDatabase();
    await this.#run("ovs-vsctl", [`--db=${this.ovsdb}`, "--no-wait", "init"]);
    await this.startVswitchd();
  }

  mgmt(bridge: string): string {
    return `unix:${join(this.rundir, `${bridge}.mgmt`)}`;
  }

  vsctl(...args: string[]): Promise<string> {
    const wait = this.#vswitchd === undefined ? ["--no-wait"] : [];
    return this.#run("ovs-vsctl", [`--db=${this.ovsdb}`, "--timeout=9", ...wait, ...args]);
  }

  async flows(bridge: string): Promise<readonly string[]> {
    const text = await this.ofctl("-O", "OpenFlow13", "--no-stats", "dump-flows", this.mgmt(bridge));
    return text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .toSorted();
  }

  ofctl(...args: string[]): Promise<string> {
    return this.#run("ovs-ofctl", args);
  }

  appctl(...args: string[]): Promise<string> {
    return this.#run("ovs-appctl", ["-t", "ovs-vswitchd", ...args]);
  }

  async addBridge(name: string, ...more: string[]): Promise<void> {
    const settings = [`datapath_type=${this.datapath}`, "protocols=OpenFlow10,OpenFlow13,OpenFlow14"];
    await this.vsctl("add-br", name, "--", "set", "bridge", name, "fail_mode=secure", ...settings, ...more);
  }

  async startDatabase(): Promise<void> {
    if (this.#database !== undefined) return;
    const log = join(this.dir, "log", "ovsdb-server.log");
    const socket = join(this.rundir, "db.sock");
    const tcp = this.#tcp ? [`--remote=ptcp:${this.#tcpPort ?? 0}:127.0.0.1`] : [];
    await rm(log, { force: true });
    const daemon = this.#daemon(
      "ovsdb-server",
      [this.#databaseFile, `--remote=punix:${socket}`, ...tcp],
      log,
    );
    this.#database = daemon;
    await started("ovsdb-server", daemon, async () => {
      if (!existsSync(socket) || !existsSync(log)) return false;
      const text = await readFile(log, "utf8");
      const port = /listening on port (\d+)/.exec(text)?.[1];
      if (port !== undefined) this.#tcpPort = Number(port);
      return /ovsdb-server \(Open vSwitch\)/.test(text);
    });
  }

  async stopDatabase(): Promise<void> {
    const daemon = this.#database;
    this.#database = undefined;
    await daemon?.stop();
  }

  async startVswitchd(): Promise<void> {
    if (this.#vswitchd !== undefined) return;
    const log = join(this.dir, "log", "ovs-vswitchd.log");
    const dummy = this.datapath === "dummy" ? ["--enable-dummy"] : [];
    const daemon = this.#daemon("ovs-vswitchd", [this.ovsdb, ...dummy], log);
    this.#vswitchd = daemon;
    await started("ovs-vswitchd", daemon, () => {
      const names = readdirSync(this.rundir);
      return names.includes("ovs-vswitchd.pid") && names.includes(`ovs-vswitchd.${daemon.pid}.ctl`);
    });
    await this.#takenIn();
  }

  async stopVswitchd(): Promise<void> {
    const daemon = this.#vswitchd;
    this.#vswitchd = undefined;
    await daemon?.stop();
  }

  async stop(): Promise<void> {
    await this.#undo?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  // Counts the database's configuration up by one and waits until ovs-vswitchd has taken it in, with every bridge.
  async #takenIn(): Promise<void> {
    const next = Number(await this.vsctl("get", "Open_vSwitch", ".", "next_cfg")) + 1;
    await this.vsctl("--no-wait", "set", "Open_vSwitch", ".", `next_cfg=${next}`);
    await this.vsctl("wait-until", "Open_vSwitch", ".", `cur_cfg=${next}`);
  }

  get #databaseFile(): string {
    return join(this.dir, "db", "conf.db");
  }

  #run(program: string, args: readonly string[]): Promise<string> {
    return runCommand(program, args, { env: this.#env });
  }

  #daemon(program: string, args: readonly string[], log: string): Daemon {
    const common = ["--pidfile", `--log-file=${log}`, "-vconsole:emer", "-vsyslog:off", "-vfile:info"];
    return startDaemon([program, ...args, ...common], { netns: this.#netns, env: this.#env });
  }

  async #end(): Promise<void> {
    await this.#starting?.catch(() => {});
    await this.stopVswitchd();
    await this.stopDatabase();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Starts a private Open vSwitch; when that fails half way, nothing of it stays. */
export async function startOpenVSwitch(options: OpenVSwitchOptions = {}): Promise<OpenVSwitch> {
  const random = randomBytes(3).toString("hex");
  const dir = options.dir ?? join(labFolder, `${uniqueName()}-${random}`);
  const openVSwitch = new PrivateOpenVSwitch(dir, options);
  try {
    await openVSwitch.start();
  } catch (error) {
    await openVSwitch.stop();
    throw error;
  }
  return openVSwitch;
}
