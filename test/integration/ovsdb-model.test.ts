// The replica against a model of what it should be: random transactions of two clients, edits, selections, conditions
// and cut connections, and at every quiet moment the replicas equal what ovsdb-client dumps. MODEL_STEPS says how many
// steps, MODEL_SEED repeats a run.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseServer } from "../../lab/database-server.ts";
import { ConnectionClosedError } from "../../src/errors.ts";
import {
  connectOvsdb,
  EditConflictError,
  OutcomeUnknownError,
  type OvsdbClient,
  RowGoneError,
  TransactionError,
} from "../../src/ovsdb/index.ts";
import { Random } from "../fuzz/random.ts";
import { Proxy } from "../ovsdb/proxy.ts";
import { describeWith } from "../support/needs.ts";
import { dumpOf } from "./database-dump.ts";
import { FollowedReplica } from "./followed-replica.ts";
import { modelColumns, modelName, modelSchema, randomOperations, randomValue } from "./model-database.ts";

const steps = Number(process.env["MODEL_STEPS"] ?? 1_000);
const seed = Number(process.env["MODEL_SEED"] ?? Math.floor(Math.random() * 2 ** 32));

/** What may become of a step when others are quicker or the connection is cut. */
const fates = [TransactionError, ConnectionClosedError, OutcomeUnknownError, EditConflictError, RowGoneError];

async function attempted(work: Promise<unknown>): Promise<Error | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    assert.ok(
      fates.some((Class) => error instanceof Class),
      error instanceof Error ? error.stack : String(error),
    );
    return error as Error;
  }
}

/** Clients, replicas and what has been done. */
class Run {
  readonly #random: Random;
  readonly #proxy: Proxy;
  readonly #cut: OvsdbClient;
  readonly #direct: OvsdbClient;
  readonly #followed: readonly FollowedReplica[];
  #known: string[] = [];
  tallied = 0;
  unknown = 0;
  cuts = 0;
  refused = 0;

  constructor(
    random: Random,
    proxy: Proxy,
    clients: readonly [cut: OvsdbClient, direct: OvsdbClient],
    followed: readonly FollowedReplica[],
  ) {
    this.#random = random;
    this.#proxy = proxy;
    [this.#cut, this.#direct] = clients;
    this.#followed = followed;
  }

  /** Some things at once, and then, mostly, quiet. */
  async step(): Promise<void> {
    const random = this.#random;
    const works = Array.from({ length: 1 + random.below(4) }, () => this.#act());
    await Promise.all(works);
    this.#known = [
      ...new Set([...this.#known.slice(-20), ...this.#followed.flatMap(({ itemIds }) => itemIds)]),
    ];
  }

  async #act(): Promise<void> {
    const random = this.#random;
    const followed = random.pick(this.#followed);
    const roll = random.below(100);
    if (roll < 40) await this.#transact(this.#direct);
    else if (roll < 70) await this.#transact(this.#cut);
    else if (roll < 80) await this.#edit(followed);
    else if (roll < 85) await this.#count();
    else if (roll < 91) await followed.where(random);
    else if (roll < 94) await attempted(followed.reselect(random));
    else this.#cutSomewhere();
  }

  async #transact(client: OvsdbClient): Promise<void> {
    const outcome = await attempted(client.transact(modelName, randomOperations(this.#random, this.#known)));
    if (outcome instanceof TransactionError) this.refused += 1;
  }

  /** Changes a row by what it was. */
  async #edit({ replica, itemIds }: FollowedReplica): Promise<void> {
    const random = this.#random;
    const columns = Object.keys([...replica.table("Item")][0] ?? {}).filter((one) => one !== "_uuid");
    if (columns.length === 0) return;
    const [id, column] = [random.pick(itemIds), random.pick(columns)];
    const value = randomValue(random, column, this.#known);
    await attempted(
      replica.edit((edit) => {
        const row = edit.row("Item", id);
        if (column === "count") row.set("count", Number(row.get("count")) + 1);
        else if (column !== "parts" && column !== "ratio" && column !== "weights")
          row.set(column, value as never);
      }),
    );
  }

  /** Adds one to what everybody adds to. */
  async #count(): Promise<void> {
    const add = { op: "mutate", table: "Counter", where: [], mutations: [["tally", "+=", 1]] } as const;
    const outcome = await attempted(this.#cut.transact(modelName, [add]));
    if (outcome === undefined) this.tallied += 1;
    else if (outcome instanceof OutcomeUnknownError) this.unknown += 1;
    else assert.ok(outcome instanceof ConnectionClosedError, outcome.message);
  }

  #cutSomewhere(): void {
    this.cuts += 1;
    if (this.#random.once(3)) this.#proxy.drop();
    else this.#proxy.bytesLeft = this.#random.below(this.#random.pick([20, 200, 2_000]));
  }

  async quiet(target: string): Promise<void> {
    this.#proxy.bytesLeft = Number.POSITIVE_INFINITY;
    for (const { replica } of this.#followed) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is as quick
      while (!replica.synced) await once(replica, "synced");
    }
    await this.#direct.echo();
    // What the server has to say about the last transaction comes before this answer, unless the connection is lost.
    const error = await attempted(this.#cut.echo());
    if (error !== undefined || this.#followed.some(({ replica }) => !replica.synced)) {
      await this.quiet(target);
      return;
    }
    const dump = await dumpOf(target, modelName, Object.keys(modelColumns));
    for (const followed of this.#followed) followed.check(dump);
    const tally = Number(/\d+/.exec(Object.values(dump["Counter"] ?? {})[0]?.["tally"] ?? "")?.[0]);
    assert.ok(tally >= this.tallied && tally <= this.tallied + this.unknown, `${tally} of ${this.tallied}`);
  }
}

describeWith(["openvswitch"], "replicas of a database that two clients change at random", function () {
  this.timeout(60_000 + steps * 100);
  let folder: string;
  let server: DatabaseServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "ovskit-model-"));
    const schema = join(folder, "model.ovsschema");
    await writeFile(schema, JSON.stringify(modelSchema));
    server = await DatabaseServer.start({ schemas: [schema] });
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("equal its dump at every quiet moment, and so does what their events told", async () => {
    const random = new Random(seed);
    console.log(`      seed ${seed}, ${steps} steps`);
    await using proxy = await Proxy.start(server.target);
    await using cut = await connectOvsdb(proxy.target, { backoff: { minMs: 0, maxMs: 4 } });
    await using direct = await connectOvsdb(server.target);
    await direct.transact(modelName, [{ op: "insert", table: "Counter", row: {} }]);
    const followed = [
      ...(await Promise.all(Array.from({ length: 3 }, () => FollowedReplica.start(cut, random)))),
      await FollowedReplica.start(direct, random),
    ];
    const run = new Run(random, proxy, [cut, direct], followed);
    try {
      for (let step = 1; step <= steps; step += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other is what this is about
        await run.step();
        // oxlint-disable-next-line no-await-in-loop
        if (step % 20 === 0) await run.quiet(server.target);
      }
    } catch (error) {
      console.log(`      MODEL_SEED=${seed} MODEL_STEPS=${steps}`);
      throw error;
    }
    assert.ok(run.cuts > 0 && run.tallied > 0 && followed.every(({ events }) => events > 0));
  });
});
