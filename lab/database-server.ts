// One ovsdb-server of our own, with any databases, listening on any remotes, to be stopped, killed or frozen at will:
// what the tests of the OVSDB client and a cluster's members run on. No switch comes with it (open-vswitch.ts).
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { labCleanup, type Undo } from "./cleanup.ts";
import { type Daemon, runCommand, startDaemon } from "./command.ts";
import { labFolder, uniqueName } from "./names.ts";
import { started } from "./open-vswitch.ts";

/** The schema of Open_vSwitch, from Debian's openvswitch-common. */
export const openVSwitchSchema = "/usr/share/openvswitch/vswitch.ovsschema";

/** Whether somebody accepts connections there; the file alone is there a moment earlier. */
function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

/** How a database server is started. */
export interface DatabaseServerOptions {
  /** Schema files, each for an empty database. Default: that of Open_vSwitch, unless `files` are given. */
  readonly schemas?: readonly string[];
  /** Database files that are there already, such as what `ovsdb-tool create-cluster` made. */
  readonly files?: readonly string[];
  /** Where to listen or connect besides its Unix socket, such as `ptcp:0:127.0.0.1`. */
  readonly remotes?: readonly string[];
  /** More arguments. */
  readonly args?: readonly string[];
  /** The network namespace it runs in; default ours. */
  readonly netns?: string;
  /** More environment variables, such as `OVS_RUNDIR`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running database server. */
export class DatabaseServer {
  readonly dir: string;
  /** `unix:<dir>/db.sock`. */
  readonly target: string;
  readonly #options: DatabaseServerOptions;
  readonly #control: string;
  #undo: Undo | undefined;
  #daemon: Daemon | undefined;
  #files: readonly string[] = [];

  private constructor(dir: string, options: DatabaseServerOptions) {
    this.dir = dir;
    this.target = `unix:${join(dir, "db.sock")}`;
    this.#options = options;
    this.#control = join(dir, "ctl");
  }

  /** Makes the databases and starts the server; when that fails nothing of it stays. */
  static async start(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
    const dir = join(labFolder, `${uniqueName()}-${randomBytes(3).toString("hex")}`);
    const server = new DatabaseServer(dir, options);
    server.#undo = labCleanup.add({
      what: `the database server in ${dir}`,
      undo: () => server.#end(),
      undoNow: () => {
        server.#daemon?.kill();
        rmSync(dir, { recursive: true, force: true });
      },
    });
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const { schemas = options.files === undefined ? [openVSwitchSchema] : [], files = [] } = options;
      const made = await Promise.all(schemas.map((schema) => server.#create(schema)));
      server.#files = [...files, ...made];
      await server.resume();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The pid of ovsdb-server, undefined while it is stopped. */
  get pid(): number | undefined {
    return this.#daemon?.pid;
  }

  /** The database files. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** ovs-appctl to this server, such as `ovsdb-server/remove-db NAME`. */
  appctl(...args: string[]): Promise<string> {
    return runCommand("ovs-appctl", ["-t", this.#control, ...args]);
  }

  /** Starts it after {@link halt}. */
  async resume(): Promise<void> {
    if (this.#daemon !== undefined) return;
    const { remotes = [], args = [], netns, env } = this.#options;
    const socket = join(this.dir, "db.sock");
    await rm(socket, { force: true });
    const listening = [`punix:${socket}`, ...remotes].map((remote) => `--remote=${remote}`);
    const files = [`--log-file=${join(this.dir, "log")}`, `--unixctl=${this.#control}`];
    const quiet = ["-vconsole:emer", "-vsyslog:off", "-vfile:info"];
    const command = ["ovsdb-server", ...this.#files, ...listening, ...files, ...quiet, "--no-chdir", ...args];
    const daemon = startDaemon(command, { netns, ...(env === undefined ? {} : { env }) });
    this.#daemon = daemon;
    await started("ovsdb-server", daemon, () => listens(socket));
  }

  /** Ends it; its databases stay. `kill` leaves it no time to say goodbye. */
  async halt(how: "stop" | "kill" = "stop"): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (how === "kill") daemon?.kill();
    await daemon?.stop();
  }

  /** Ends it and removes its databases. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo?.();
  }

  async #create(schema: string): Promise<string> {
    const file = join(this.dir, `${basename(schema).replace(/\..*$/, "")}.db`);
    await runCommand("ovsdb-tool", ["create", file, schema]);
    return file;
  }

  async #end(): Promise<void> {
    await this.halt();
    await rm(this.dir, { recursive: true, force: true });
  }
}
