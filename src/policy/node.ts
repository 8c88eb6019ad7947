// The connections to one node that lanes need: a replica of its database, each bridge's own OpenFlow socket, and
// ovs-vswitchd's control socket. They are opened when first needed and opened anew after they were lost.
import { join } from "node:path";
import { ConnectionClosedError, TimeoutError } from "../errors.ts";
import { connectSwitch, type Switch } from "../openflow/index.ts";
import { connectOvsdb, type Operation, OvsdbClient, openVSwitch, type ReplicaOf } from "../ovsdb/index.ts";
import { settleWithin } from "../transport/deadline.ts";
import type { TlsOptions } from "../transport/tls.ts";
import { connectUnixctl, findControlSocket, type Unixctl } from "../unixctl/index.ts";
import { KeptConnection } from "./kept-connection.ts";
import type { NodeAccess } from "./node-access.ts";
import { type Topology, topologyFrom, topologyTables } from "./topology.ts";

/** How a node is reached. */
export interface NodeOptions {
  /** The database: a connection method such as `unix:/var/run/openvswitch/db.sock`, or a client, which stays open. */
  readonly ovsdb: string | OvsdbClient;
  /** For a database at `ssl:` or `pssl:`, which needs it: certificates and whom to trust. */
  readonly tls?: TlsOptions | undefined;
  /** Where the sockets of Open vSwitch are; default what the database says in external_ids:rundir, else /var/run/openvswitch. */
  readonly rundir?: string | undefined;
  /** How long a connection may take to be made, and the switch to handle a new port, in milliseconds; default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Aborting ends opening, and later on what is being done at the next step, with its reason; what was done is taken back. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the connection to a bridge; default `connectSwitch`. */
  readonly connectSwitch?: ((target: string) => Promise<Switch>) | undefined;
}

type TopologyReplica = ReplicaOf<typeof openVSwitch, typeof topologyTables>;

const defaultRundir = "/var/run/openvswitch";
const databaseName = openVSwitch.name;

/** One node's connections. Close it, or dispose of it, when done. */
export class Node implements NodeAccess, AsyncDisposable {
  readonly timeoutMs: number;
  readonly #options: NodeOptions;
  readonly #client: OvsdbClient;
  readonly #replica: TopologyReplica;
  readonly #switches: Map<string, KeptConnection<Switch>> = new Map();
  readonly #unixctl: KeptConnection<Unixctl> = new KeptConnection(() => this.#connectUnixctl());
  #topology: Topology | undefined;

  private constructor(options: NodeOptions, client: OvsdbClient, replica: TopologyReplica) {
    this.timeoutMs = options.timeoutMs ?? 5000;
    this.#options = options;
    this.#client = client;
    this.#replica = replica;
    replica.on("change", () => {
      this.#topology = undefined;
    });
  }

  /** Connects to the database and waits until its rows are there. */
  static async open(options: NodeOptions): Promise<Node> {
    const { ovsdb, signal, timeoutMs, tls } = options;
    signal?.throwIfAborted();
    return untilOpen(signal, async (opening) => {
      const wait = { signal: opening, timeoutMs };
      const client = typeof ovsdb === "string" ? await connectOvsdb(ovsdb, { ...wait, tls }) : ovsdb;
      try {
        return new Node(options, client, await client.replica(openVSwitch, topologyTables, wait));
      } catch (error) {
        if (client !== ovsdb) await client.close();
        throw error;
      }
    });
  }

  /** The node as its database was last told to us; the same object while nothing of it changes. */
  get topology(): Topology {
    const replica = this.#replica;
    this.#topology ??= topologyFrom({
      Open_vSwitch: replica.table("Open_vSwitch"),
      Bridge: replica.table("Bridge"),
      Port: replica.table("Port"),
      Interface: replica.table("Interface"),
    });
    return this.#topology;
  }

  /** Where the sockets of Open vSwitch are. */
  get rundir(): string {
    return this.#options.rundir ?? this.topology.rundir ?? defaultRundir;
  }

  /** Waits until the topology is as `ready` wants it; false when `timeoutMs` passed first. */
  async until(ready: (topology: Topology) => boolean, timeoutMs: number = this.timeoutMs): Promise<boolean> {
    const replica = this.#replica;
    const what = "the database's change";
    try {
      await settleWithin<undefined>({ what, timeoutMs, signal: this.#options.signal }, (resolve, reject) => {
        const look = (): void => {
          if (replica.synced && ready(this.topology)) finish(() => resolve(undefined));
        };
        const closed = (): void =>
          finish(() => reject(new ConnectionClosedError("ovsdb", "the replica was closed")));
        const stop = (): void => {
          replica.off("change", look).off("synced", look).off("close", closed);
        };
        const finish = (settle: () => void): void => {
          stop();
          settle();
        };
        replica.on("change", look).on("synced", look).on("close", closed);
        look();
        return stop;
      });
      return true;
    } catch (error) {
      if (error instanceof TimeoutError) return false;
      throw error;
    }
  }

  /** Waits until the topology is what the database holds now; throws `ConnectionClosedError` when it doesn't get there. */
  async synced(): Promise<void> {
    const inStep = await this.until(() => true);
    if (!inStep) throw new ConnectionClosedError("ovsdb", `no connection within ${this.timeoutMs} ms`);
  }

  /** Runs one transaction; when it resolves the topology shows it. */
  async transact(operations: readonly Operation[]): Promise<void> {
    await this.#client.transact(databaseName, operations);
  }

  /** The connection to a bridge's own socket, made anew if it was lost. */
  switchOf(bridge: string): Promise<Switch> {
    let kept = this.#switches.get(bridge);
    if (kept === undefined) {
      kept = new KeptConnection(() => this.#connect(`unix:${join(this.rundir, `${bridge}.mgmt`)}`));
      this.#switches.set(bridge, kept);
    }
    return kept.get();
  }

  #connect(target: string): Promise<Switch> {
    const { connectSwitch: connect, signal } = this.#options;
    if (connect !== undefined) return connect(target);
    return untilOpen(signal, (opening) =>
      connectSwitch(target, { signal: opening, timeoutMs: this.timeoutMs }),
    );
  }

  /** The connection to ovs-vswitchd's control socket, made anew if it was lost. */
  unixctl(): Promise<Unixctl> {
    return this.#unixctl.get();
  }

  async #connectUnixctl(): Promise<Unixctl> {
    const target = await findControlSocket(this.rundir);
    return untilOpen(this.#options.signal, (opening) =>
      connectUnixctl(target, { signal: opening, timeoutMs: this.timeoutMs }),
    );
  }

  /** Closes every connection that was opened here. */
  async close(): Promise<void> {
    await Promise.all([...this.#switches.values(), this.#unixctl].map((kept) => kept.close()));
    await this.#replica.close();
    if (this.#client !== this.#options.ovsdb) await this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens a connection that an abort of `signal` ends while it is being opened, and that outlives it afterwards: what was
 * done is taken back over it. So it may also be opened after the abort.
 */
async function untilOpen<T>(
  signal: AbortSignal | undefined,
  open: (opening: AbortSignal) => Promise<T>,
): Promise<T> {
  const opening = new AbortController();
  const abort = (): void => opening.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await open(opening.signal);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
