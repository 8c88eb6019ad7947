// Writes to a cluster without pause, so that faults hit transactions at every stage, and keeps account of what it was
// told of each. A transaction makes one row with a chosen UUID and counts one up: what was done twice shows in the count.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ConnectionClosedError } from "../../src/errors.ts";
import {
  DuplicateUuidError,
  type Operation,
  OutcomeUnknownError,
  type OvsdbClient,
} from "../../src/ovsdb/index.ts";

const database = "Open_vSwitch";

/** What was said of transactions, by the UUIDs of their rows. */
export interface Account {
  readonly done: readonly string[];
  readonly notDone: readonly string[];
  readonly unknown: readonly string[];
}

/** One client that writes. */
export class ClusterWriter {
  readonly #client: OvsdbClient;
  readonly #retry: boolean;
  readonly #done: string[] = [];
  readonly #notDone: string[] = [];
  readonly #unknown: string[] = [];
  #stopped = false;
  #lanes: Promise<unknown> = Promise.resolve();

  constructor(client: OvsdbClient, retry: boolean) {
    this.#client = client;
    this.#retry = retry;
  }

  /** Makes the row that counts. */
  static async prepare(client: OvsdbClient): Promise<void> {
    await client.transact(database, [{ op: "insert", table: "Open_vSwitch", row: { next_cfg: 0 } }]);
  }

  /** Begins, with two transactions out at a time. */
  start(): this {
    this.#lanes = Promise.all([this.#lane(), this.#lane()]);
    return this;
  }

  /** Waits until so many more transactions are done. */
  async writes(count: number): Promise<void> {
    const wanted = this.#done.length + count;
    while (this.#done.length < wanted) {
      // oxlint-disable-next-line no-await-in-loop -- it looks again and again
      await delay(5);
    }
  }

  /** Ends when nothing is out any more. */
  async stop(): Promise<Account> {
    this.#stopped = true;
    await this.#lanes;
    return { done: this.#done, notDone: this.#notDone, unknown: this.#unknown };
  }

  async #lane(): Promise<void> {
    while (!this.#stopped) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await this.#write();
      // At the leader it would be so quick that no transaction from another member was ever built on the newest state.
      // oxlint-disable-next-line no-await-in-loop -- between the one and the other
      await delay(20);
    }
  }

  async #write(): Promise<void> {
    const uuid = randomUUID();
    const operations: readonly Operation[] = [
      { op: "insert", table: "Queue", uuid, row: { external_ids: new Map([["lane", uuid]]) } },
      { op: "mutate", table: "Open_vSwitch", where: [], mutations: [["next_cfg", "+=", 1]] },
    ];
    try {
      if (this.#retry) await this.#client.transact(database, operations, { retry: true });
      else await this.#client.transact(database, operations);
      this.#done.push(uuid);
    } catch (error) {
      this.#failed(uuid, error);
    }
  }

  #failed(uuid: string, error: unknown): void {
    // A cluster may run a transaction twice, and then says of the second time that the row is there.
    if (error instanceof OutcomeUnknownError || error instanceof DuplicateUuidError) {
      assert.equal(
        this.#retry && error instanceof DuplicateUuidError,
        false,
        "a repeated one knows its own row",
      );
      this.#unknown.push(uuid);
    } else {
      assert.ok(error instanceof ConnectionClosedError, String(error));
      this.#notDone.push(uuid);
    }
  }
}

/** What a database holds of it all: the rows, and how often it was counted up. */
export interface Written {
  readonly rows: ReadonlySet<string>;
  readonly count: number;
}

/** Holds each transaction to have been done as its writer was told, and none twice. */
export function assertDoneOnce(accounts: readonly Account[], { rows, count }: Written): void {
  const all = accounts.flatMap(({ done, notDone, unknown }) => [...done, ...notDone, ...unknown]);
  for (const uuid of accounts.flatMap(({ done }) => done)) assert.ok(rows.has(uuid), `${uuid} was lost`);
  for (const uuid of accounts.flatMap(({ notDone }) => notDone)) assert.ok(!rows.has(uuid), `${uuid} came`);
  const written = all.filter((uuid) => rows.has(uuid));
  assert.deepEqual(new Set(written), rows, "a row that nobody wrote");
  assert.equal(count, written.length, "counted once for each row");
}
