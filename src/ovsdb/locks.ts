// Locks are the server's for as long as a connection lasts (RFC 7047, 4.1.8). A client that wants one wants it on the
// next connection too, but must know that for a while it wasn't there.
import type { WaitOptions } from "../transport/deadline.ts";
import type { OvsdbConnection } from "./connection.ts";

/** Why a lock isn't ours any more. */
export type LockLoss = "stolen" | "disconnected";

/** Told about locks that change hands. */
export interface LockListener {
  readonly locked: (name: string) => void;
  readonly lost: (name: string, reason: LockLoss) => void;
}

/** The locks one client wants, and which of them it has. */
export class Locks {
  readonly #listener: LockListener;
  readonly #held: Map<string, boolean> = new Map();

  constructor(listener: LockListener) {
    this.#listener = listener;
  }

  /** Whether the lock is ours as far as we know. */
  holds(name: string): boolean {
    return this.#held.get(name) === true;
  }

  /** Asks for a lock; whether it is ours at once. */
  async acquire(
    connection: OvsdbConnection,
    method: "lock" | "steal",
    name: string,
    options?: WaitOptions,
  ): Promise<boolean> {
    const locked = await connection.lock(method, name, options);
    // `locked` may have been notified before the reply was handled.
    this.#held.set(name, locked || this.holds(name));
    return this.holds(name);
  }

  /** Gives a lock back, or stops waiting for it. */
  async release(connection: OvsdbConnection, name: string, options?: WaitOptions): Promise<void> {
    await connection.unlock(name, options);
    this.#held.delete(name);
  }

  /** Takes a `locked` or `stolen` notification (RFC 7047, 4.1.9 and 4.1.10). */
  notified(method: "locked" | "stolen", name: string): void {
    this.#held.set(name, method === "locked");
    if (method === "locked") this.#listener.locked(name);
    else this.#listener.lost(name, "stolen");
  }

  /** The connection is gone, and with it every lock. */
  disconnected(): void {
    const lost = [...this.#held].flatMap(([name, held]) => (held ? [name] : []));
    for (const name of this.#held.keys()) this.#held.set(name, false);
    for (const name of lost) this.#listener.lost(name, "disconnected");
  }

  /** Asks for every lock again. */
  async reconnected(connection: OvsdbConnection): Promise<void> {
    const names = [...this.#held.keys()];
    await Promise.all(
      names.map(async (name) => {
        if (await this.acquire(connection, "lock", name)) this.#listener.locked(name);
      }),
    );
  }
}
