// A clustered database (ovsdb(7), "Clustered Database Service Model"): three ovsdb-servers of our own that elect a
// leader, each of which can be killed, frozen or cut off from the others. Needs no root and no ports: the members speak
// over Unix sockets, whose relative names each looks up in a folder of its own, where lines lead through us.
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { labCleanup, type Undo } from "./cleanup.ts";
import { CommandError, runCommand } from "./command.ts";
import { DatabaseServer, openVSwitchSchema } from "./database-server.ts";
import { labFolder, uniqueName } from "./names.ts";
import { RaftLink } from "./raft-link.ts";
import { settleAll, until } from "./waiting.ts";

/** How a cluster is made. */
export interface DatabaseClusterOptions {
  /** The schema file of its database. Default: that of Open_vSwitch. */
  readonly schema?: string;
  /** How many members it has. Default 3. */
  readonly size?: number;
  /** How long a member waits for the leader's word before it wants to be leader itself, in milliseconds. Default 500, at least 100. */
  readonly electionTimerMs?: number;
}

/** One member of a cluster. */
export interface ClusterMember {
  /** The name of its raft address, such as `s1`. */
  readonly name: string;
  /** Its Unix socket for clients, as a connection method. */
  readonly target: string;
  /** Ends it without a goodbye. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}. */
  resume(): Promise<void>;
  /** Stops it where it is (SIGSTOP): it answers nobody, and its connections stay. */
  freeze(): void;
  /** Lets it go on after {@link freeze}. */
  thaw(): void;
  /** Cuts it off from the other members; clients still reach it. */
  cutOff(): void;
  /** Ends {@link cutOff}. */
  rejoin(): void;
  /** ovs-appctl to it. */
  appctl(...args: string[]): Promise<string>;
}

class Member implements ClusterMember {
  readonly name: string;
  readonly #server: DatabaseServer;
  readonly #links: readonly RaftLink[];
  #state: "running" | "killed" | "frozen" | "cut off" = "running";

  constructor(name: string, server: DatabaseServer, links: readonly RaftLink[]) {
    this.name = name;
    this.#server = server;
    this.#links = links;
  }

  get target(): string {
    return this.#server.target;
  }

  /** Whether it can take part in the cluster. */
  get present(): boolean {
    return this.#state === "running";
  }

  async kill(): Promise<void> {
    this.#state = "killed";
    await this.#server.halt("kill");
  }

  async resume(): Promise<void> {
    await this.#server.resume();
    this.#state = "running";
  }

  freeze(): void {
    this.#signal("SIGSTOP");
    this.#state = "frozen";
  }

  thaw(): void {
    this.#signal("SIGCONT");
    this.#state = "running";
  }

  cutOff(): void {
    for (const link of this.#links) link.hold();
    this.#state = "cut off";
  }

  rejoin(): void {
    for (const link of this.#links) link.release();
    this.#state = "running";
  }

  appctl(...args: string[]): Promise<string> {
    return this.#server.appctl(...args);
  }

  async end(): Promise<void> {
    if (this.#state === "frozen") this.thaw();
    await this.#server[Symbol.asyncDispose]();
  }

  #signal(name: "SIGSTOP" | "SIGCONT"): void {
    if (this.#server.pid !== undefined) process.kill(this.#server.pid, name);
  }
}

/** A running cluster. */
export class DatabaseCluster {
  /** The name of its database. */
  readonly database: string;
  readonly #dir: string;
  readonly #schema: string;
  #undo: Undo | undefined;
  #members: readonly Member[] = [];
  #links: RaftLink[] = [];

  private constructor(dir: string, database: string, schema: string) {
    this.#dir = dir;
    this.database = database;
    this.#schema = schema;
  }

  /** Makes the database, starts the members and waits until they have a leader. */
  static async start(options: DatabaseClusterOptions = {}): Promise<DatabaseCluster> {
    const { schema = openVSwitchSchema, size = 3, electionTimerMs = 500 } = options;
    const { name } = JSON.parse(await readFile(schema, "utf8")) as { name: string };
    const dir = await mkdtemp(join(labFolder, `${uniqueName()}-`));
    const cluster = new DatabaseCluster(dir, name, schema);
    cluster.#undo = labCleanup.add({
      what: `the database cluster in ${dir}`,
      undo: () => cluster.#end(),
      undoNow: () => rmSync(dir, { recursive: true, force: true }),
    });
    try {
      await cluster.#build(size, electionTimerMs);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get members(): readonly ClusterMember[] {
    return this.#members;
  }

  /** Where its members listen for clients. */
  get targets(): readonly string[] {
    return this.#members.map(({ target }) => target);
  }

  /** Its leader, waiting for one to be elected; frozen members and those that are cut off don't count. */
  async leader(): Promise<ClusterMember> {
    let leader: Member | undefined;
    await until("the election of a leader", 20_000, async () => {
      leader = await this.#leads();
      return leader !== undefined;
    });
    return leader as Member;
  }

  /** The members that don't lead. */
  async followers(): Promise<readonly ClusterMember[]> {
    const leader = await this.leader();
    return this.#members.filter((member) => member !== leader);
  }

  /** Waits until every member can answer and knows the same leader. */
  async settle(): Promise<void> {
    await until("the members' agreement", 20_000, async () => {
      const all = await settleAll(this.#members.map((member) => this.#status(member)));
      const leaders = new Set(all.map((status) => /^Leader: (.*)$/m.exec(status)?.[1]));
      return (
        all.every((status) => status.includes("Status: cluster member")) &&
        // The leader calls itself self, the others all call it by its name.
        leaders.size === Math.min(all.length, 2) &&
        leaders.has("self") &&
        !leaders.has("unknown")
      );
    });
  }

  /** All that a member holds, as `ovsdb-client -f json dump` prints it. Default: the leader. */
  async dump(member?: ClusterMember): Promise<string> {
    const { target } = member ?? (await this.leader());
    return runCommand("ovsdb-client", ["-f", "json", "--no-leader-only", "dump", target, this.database]);
  }

  /** Ends the members and removes their databases. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo?.();
  }

  async #build(size: number, electionTimerMs: number): Promise<void> {
    const names = Array.from({ length: size }, (_, at) => `s${at + 1}`);
    const folders = names.map((name) => join(this.#dir, name));
    await settleAll(folders.map((folder) => mkdir(folder)));
    const links = await settleAll(
      names.flatMap((name, from) =>
        names.flatMap((other, to) => (from === to ? [] : [this.#link(name, other)])),
      ),
    );
    await settleAll(
      names.map((name, at) => {
        const made =
          at === 0
            ? [`--election-timer=${electionTimerMs}`, "create-cluster", this.#file(name), this.#schema]
            : ["join-cluster", this.#file(name), this.database];
        const others = at === 0 ? [] : [`unix:${names[0]}.raft`];
        return runCommand("ovsdb-tool", [
          "-vsyslog:off",
          "-vconsole:emer",
          ...made,
          `unix:${name}.raft`,
          ...others,
        ]);
      }),
    );
    this.#members = await settleAll(
      names.map(async (name) => {
        const folder = join(this.#dir, name);
        const server = await DatabaseServer.start({ files: [this.#file(name)], env: { OVS_RUNDIR: folder } });
        const own = links.filter(({ ends }) => ends.includes(name)).map(({ link }) => link);
        return new Member(name, server, own);
      }),
    );
    await this.settle();
  }

  /** One member's way to another. */
  async #link(from: string, to: string): Promise<{ ends: readonly string[]; link: RaftLink }> {
    const path = (of: string): string => join(this.#dir, of, `${to}.raft`);
    const link = await RaftLink.start(path(from), path(to));
    this.#links.push(link);
    return { ends: [from, to], link };
  }

  #file(name: string): string {
    return join(this.#dir, name, "db");
  }

  async #leads(): Promise<Member | undefined> {
    const present = this.#members.filter((member) => member.present);
    const states = await settleAll(present.map((member) => this.#status(member)));
    const leaders = present.filter((_, at) => states[at]?.includes("\nRole: leader\n") === true);
    return leaders.length === 1 ? leaders[0] : undefined;
  }

  /** What a member says of its part in the cluster; nothing while it starts. */
  async #status(member: Member): Promise<string> {
    try {
      return await member.appctl("cluster/status", this.database);
    } catch (error) {
      if (error instanceof CommandError) return "";
      throw error;
    }
  }

  async #end(): Promise<void> {
    await settleAll(this.#members.map((member) => member.end()));
    await settleAll(this.#links.map((link) => link[Symbol.asyncDispose]()));
    await rm(this.#dir, { recursive: true, force: true });
  }
}
