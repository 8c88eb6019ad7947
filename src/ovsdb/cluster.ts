// Which servers of a cluster are good enough to stay with, judged by what they say of themselves in `_Server`
// (ovsdb-server(5)): in touch with the others, the leader if that is wanted, of the same cluster, and no older than
// what was seen before. Pure: going to another server is link.ts's business.
import { OvskitError } from "../errors.ts";
import type { DatabaseStatus } from "./server-databases.ts";

/** What a server must be to be stayed with; option `cluster` of `connectOvsdb`. */
export interface ClusterOptions {
  /** The database that is clustered, such as `OVN_Southbound`. Its server must have it; a standalone one is fit as well. */
  readonly database: string;
  /**
   * Whether only the leader will do. Default true. Another member passes a transaction on to the leader and answers questions by itself,
   * from a copy that may be a moment behind; so does a relay. Locks are each server's own, so that those who share one must ask the leader.
   */
  readonly leaderOnly?: boolean | undefined;
  /** The cluster's UUID, as `ovsdb-tool db-cid` tells. Default: that of the first server that was fit. */
  readonly clusterId?: string | undefined;
}

/** A server isn't fit to be stayed with, why tells its class; the next one is tried: `ERR_OVSDB_…`. */
export class UnfitServerError extends OvskitError {
  /** The server. */
  readonly peer: string;
  readonly database: string;

  constructor(code: string, { peer, database }: Judged, reason: string) {
    super(code, `${peer} isn't fit for ${database}: ${reason}`);
    this.peer = peer;
    this.database = database;
  }
}

/** Whom an {@link UnfitServerError} is about. */
export interface Judged {
  readonly peer: string;
  readonly database: string;
}

/** It doesn't have the database, or not any more: `ERR_OVSDB_DATABASE_MISSING`. */
export class DatabaseMissingError extends UnfitServerError {
  constructor(judged: Judged) {
    super("ERR_OVSDB_DATABASE_MISSING", judged, "it doesn't have it");
  }
}

/** It is of another cluster, or of none: `ERR_OVSDB_WRONG_CLUSTER`. */
export class WrongClusterError extends UnfitServerError {
  /** The cluster that it is of. */
  readonly clusterId: string | undefined;
  /** The cluster that was given, or that the first server was of. */
  readonly expectedId: string;

  constructor(judged: Judged, clusterId: string | undefined, expectedId: string) {
    const is = clusterId === undefined ? "it is of no cluster" : `it is of the cluster ${clusterId}`;
    super("ERR_OVSDB_WRONG_CLUSTER", judged, `${is}, not of ${expectedId}`);
    this.clusterId = clusterId;
    this.expectedId = expectedId;
  }
}

/** It has lost the rest of its cluster, or hasn't found it yet: `ERR_OVSDB_CLUSTER_LOST`. */
export class ClusterLostError extends UnfitServerError {
  constructor(judged: Judged) {
    super("ERR_OVSDB_CLUSTER_LOST", judged, "it has no connection to its cluster");
  }
}

/** The leader was wanted, and it isn't, or not any more: `ERR_OVSDB_NOT_LEADER`. */
export class NotLeaderError extends UnfitServerError {
  constructor(judged: Judged) {
    super("ERR_OVSDB_NOT_LEADER", judged, "it isn't the leader");
  }
}

/** Its copy is older than what was seen before: `ERR_OVSDB_STALE_SERVER`. */
export class StaleServerError extends UnfitServerError {
  /** How far its log goes. */
  readonly index: bigint;
  /** How far the log of a server went that was fit before. */
  readonly seenIndex: bigint;

  constructor(judged: Judged, index: bigint, seenIndex: bigint) {
    const behind = `its copy is old, at ${index} of the log, and ${seenIndex} was seen before`;
    super("ERR_OVSDB_STALE_SERVER", judged, behind);
    this.index = index;
    this.seenIndex = seenIndex;
  }
}

/** What a client remembers of a cluster, from one server to the next. */
export class ClusterMemory {
  readonly database: string;
  readonly #leaderOnly: boolean;
  #clusterId: string | undefined;
  #seenIndex = 0n;

  constructor({ database, leaderOnly = true, clusterId }: ClusterOptions) {
    this.database = database;
    this.#leaderOnly = leaderOnly;
    this.#clusterId = clusterId?.toLowerCase();
  }

  /**
   * Why a server isn't fit, by what it says of the database: nothing when it doesn't have it. What one that is fit says is remembered.
   * A server that is too old to say anything is too old for clusters.
   */
  judge(peer: string, status: DatabaseStatus | undefined): UnfitServerError | undefined {
    const judged = { peer, database: this.database };
    if (status === undefined) return new DatabaseMissingError(judged);
    const index = BigInt(status.index ?? 0);
    const unfit = this.#membership(judged, status) ?? this.#rank(judged, status, index);
    if (unfit !== undefined) return unfit;
    this.#clusterId ??= status.clusterId;
    if (index > this.#seenIndex) this.#seenIndex = index;
    return undefined;
  }

  /** Why a server won't do that doesn't tell of its databases: those before Open vSwitch 2.9. */
  judgeSilent(peer: string): UnfitServerError | undefined {
    if (this.#clusterId === undefined) return undefined;
    return new WrongClusterError({ peer, database: this.database }, undefined, this.#clusterId);
  }

  #membership(judged: Judged, { model, clusterId, connected }: DatabaseStatus): UnfitServerError | undefined {
    // A member that hasn't joined yet doesn't know its cluster.
    const telling = clusterId !== undefined || model !== "clustered";
    if (this.#clusterId !== undefined && telling && clusterId !== this.#clusterId) {
      return new WrongClusterError(judged, clusterId, this.#clusterId);
    }
    return connected ? undefined : new ClusterLostError(judged);
  }

  #rank(judged: Judged, { leader }: DatabaseStatus, index: bigint): UnfitServerError | undefined {
    if (this.#leaderOnly && !leader) return new NotLeaderError(judged);
    if (index < this.#seenIndex) return new StaleServerError(judged, index, this.#seenIndex);
    return undefined;
  }
}
