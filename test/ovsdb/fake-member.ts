// A fake server that says of itself, in `_Server`, whatever the test wants: a leader, a follower, a member that has lost
// its cluster, one of another cluster, one that is behind.
import { type Answer, FakeServer, id, testSchema, transactionId } from "./fake-server.ts";

/** What a member says of its database `Test`. */
export interface MemberStatus {
  readonly model?: "standalone" | "clustered" | "relay";
  readonly connected?: boolean;
  readonly leader?: boolean;
  readonly cid?: string;
  readonly index?: number;
}

/** The cluster that a fake member is of unless it says otherwise. */
export const clusterId: string = id(77);

const row = id(1);
const optional = (key: unknown): object => ({ type: { key, min: 0, max: 1 } });
const serverSchema = {
  name: "_Server",
  version: "1.2.0",
  tables: {
    Database: {
      columns: {
        name: { type: "string" },
        model: { type: { key: { type: "string", enum: ["set", ["standalone", "clustered", "relay"]] } } },
        connected: { type: "boolean" },
        leader: { type: "boolean" },
        cid: optional("uuid"),
        sid: optional("uuid"),
        index: optional("integer"),
      },
    },
  },
};

/** A server that serves `Test` as a member of a cluster. */
export class FakeMember {
  readonly server: FakeServer;
  #status: MemberStatus | undefined;

  private constructor(server: FakeServer, status: MemberStatus | undefined) {
    this.server = server;
    this.#status = status;
    Object.assign(server.answers, {
      list_dbs: () => ["Test", "_Server"],
      get_schema: ([name]) => (name === "_Server" ? serverSchema : testSchema),
      set_db_change_aware: () => ({}),
      monitor_cond_since: ([name]) =>
        name === "_Server" ? [false, transactionId, this.#rows("initial")] : [false, transactionId, {}],
    } satisfies Record<string, Answer>);
  }

  /** Without a status it doesn't have the database. */
  static async start(status?: MemberStatus): Promise<FakeMember> {
    return new FakeMember(await FakeServer.start(), status);
  }

  get target(): string {
    return this.server.target;
  }

  /** Says something else from now on, and at once to who listens. */
  say(status: MemberStatus | undefined): void {
    const before = this.#status;
    this.#status = status;
    const update = status === undefined ? { Database: { [row]: { delete: null } } } : this.#rows("modify");
    const told = before === undefined ? this.#rows("insert") : update;
    this.server.notify("update3", "ovskit-server", transactionId, told);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server[Symbol.asyncDispose]();
  }

  #rows(kind: "initial" | "insert" | "modify"): object {
    const status = this.#status;
    if (status === undefined) return {};
    const { model = "clustered", connected = true, leader = true, index = 1 } = status;
    const clustered = model === "clustered";
    const cid = clustered ? ["uuid", status.cid ?? clusterId] : ["set", []];
    const told = { name: "Test", model, connected, leader, cid, index: clustered ? index : ["set", []] };
    return { Database: { [row]: { [kind]: kind === "modify" ? { connected, leader, index } : told } } };
  }
}
