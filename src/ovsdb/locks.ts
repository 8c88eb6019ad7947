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

/** A lock that is wanted. */
interface Wanted {
  held: boolean;
  /** Whether something was heard of it after the last reply, which may be handled later. */
  told: boolean;
}

/** The locks one client wants, and which of them it has. */
export class Locks {
  readonly #listener: LockListener;
  readonly #wanted: Map<string, Wanted> = new Map();

  constructor(listener: LockListener) {
    this.#listener = listener;
  }

  /** Whether the lock is ours as far as we know. */
  holds(name: string): boolean {
    return this.#wanted.get(name)?.held === true;
  }

  /** Asks for a lock; whether it is ours at once. */
  async acquire(
    connection: OvsdbConnection,
    method: "lock" | "steal",
    name: string,
    options?: WaitOptions,
  ): Promise<boolean> {
    const known = this.#wanted.get(name);
    const lock = known ?? { held: false, told: false };
    this.#wanted.set(name, lock);
    const onAbandoned = (): void => {
      // The server may yet give it, and nobody would know.
      if (known === undefined) connection.unlock(name).catch(() => {});
    };
    try {
      // The server lets nobody steal what he waits for.
      if (method === "steal" && known?.held === false) await connection.unlock(name, options);
      await this.#ask(connection, method, name, lock, { ...options, onAbandoned });
    } catch (error) {
      if (known === undefined) this.#wanted.delete(name);
      throw error;
    }
    return lock.held;
  }

  /** Gives a lock back, or stops waiting for it. */
  async release(connection: OvsdbConnection, name: string, options?: WaitOptions): Promise<void> {
    this.#wanted.delete(name);
    await connection.unlock(name, options);
  }

  /** Takes a `locked` or `stolen` notification (RFC 7047, 4.1.9 and 4.1.10). One that comes after `unlock` was sent is late. */
  notified(method: "locked" | "stolen", name: string): void {
    const lock = this.#wanted.get(name);
    if (lock === undefined) return;
    lock.told = true;
    lock.held = method === "locked";
    if (lock.held) this.#listener.locked(name);
    else this.#listener.lost(name, "stolen");
  }

  /** The connection is gone, and with it every lock. */
  disconnected(): void {
    const lost = [...this.#wanted].flatMap(([name, { held }]) => (held ? [name] : []));
    for (const lock of this.#wanted.values()) Object.assign(lock, { held: false, told: true });
    for (const name of lost) this.#listener.lost(name, "disconnected");
  }

  /** Asks for every lock again. Rejects only with what a listener threw. */
  async reconnected(connection: OvsdbConnection): Promise<void> {
    await Promise.all(Array.from(this.#wanted, ([name, lock]) => this.#askAgain(connection, name, lock)));
  }

  async #askAgain(connection: OvsdbConnection, name: string, lock: Wanted): Promise<void> {
    let given: boolean;
    try {
      given = await this.#ask(connection, "lock", name, lock);
    } catch (error) {
      connection.session.abort(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (given && this.#wanted.get(name) === lock) this.#listener.locked(name);
  }

  /** Whether the reply gave it, and nothing that came after the reply took it away. */
  async #ask(
    connection: OvsdbConnection,
    method: "lock" | "steal",
    name: string,
    lock: Wanted,
    options?: WaitOptions & { readonly onAbandoned: () => void },
  ): Promise<boolean> {
    const onResult = (): undefined => {
      lock.told = false;
    };
    const locked = await connection.lock(method, name, { ...options, onResult });
    if (lock.told) return false;
    lock.held = locked;
    return locked;
  }
}
