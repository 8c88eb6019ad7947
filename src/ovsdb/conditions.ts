// Which rows a monitor is to show, through any number of changes and connections: what was chosen last, what the server
// has answered to, and who waits for that. Sending it is monitor.ts's business.
import { type SettleOptions, settleWithin } from "../transport/deadline.ts";
import type { Condition } from "./operations.ts";

/** Which rows of which tables: those for which any condition holds; undefined for all rows. */
export type RowConditions = Readonly<Record<string, readonly Condition[] | undefined>>;

/** What is chosen, and how often something else was chosen before. */
export interface ChosenConditions {
  readonly version: number;
  readonly tables: RowConditions;
}

interface Waiter {
  readonly version: number;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** The conditions of one monitor. */
export class Conditions {
  #chosen: ChosenConditions;
  #acknowledged: ChosenConditions;
  #sent: ChosenConditions | undefined;
  readonly #waiters: Set<Waiter> = new Set();

  constructor(tables: RowConditions) {
    this.#chosen = { version: 0, tables };
    this.#acknowledged = this.#chosen;
  }

  /** Whether something is chosen that the server hasn't answered to. */
  get unanswered(): boolean {
    return this.#chosen.version !== this.#acknowledged.version;
  }

  /** What is chosen now, and whether the server has answered to it: to be sent with a new monitor. */
  now(): ChosenConditions & { readonly acknowledged: boolean } {
    this.#sent = this.#chosen;
    return { ...this.#chosen, acknowledged: !this.unanswered };
  }

  /** What is to be sent to a monitor that runs; undefined when there is nothing, or when an answer is out. */
  take(): ChosenConditions | undefined {
    const settled = this.#sent === undefined || this.#sent.version <= this.#acknowledged.version;
    if (!settled || !this.unanswered) return undefined;
    this.#sent = this.#chosen;
    return this.#chosen;
  }

  /** Chooses; settles with the server's answer to this or to what is chosen after it. */
  choose(tables: RowConditions, wait: SettleOptions): Promise<void> {
    const version = this.#chosen.version + 1;
    this.#chosen = { version, tables: { ...this.#chosen.tables, ...tables } };
    return settleWithin<void>(wait, (resolve, reject) => {
      const waiter: Waiter = { version, resolve: () => resolve(), reject };
      this.#waiters.add(waiter);
      return () => this.#waiters.delete(waiter);
    });
  }

  /** Chooses for all tables, for a monitor that begins anew. */
  replace(tables: RowConditions): void {
    this.#chosen = { version: this.#chosen.version + 1, tables };
  }

  /** The server shows what was sent as this version. */
  acknowledge(version: number): void {
    if (this.#sent?.version === version) this.#acknowledged = this.#sent;
    for (const waiter of this.#waiters) {
      if (waiter.version > version) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** The server refuses what was sent: everything is as it was before. */
  refuse(reason: Error): void {
    const version = this.#chosen.version + 1;
    if (this.#chosen !== this.#acknowledged) this.#chosen = { version, tables: this.#acknowledged.tables };
    this.#acknowledged = this.#chosen;
    this.giveUp(reason);
  }

  /** Nobody has to wait any more. */
  giveUp(reason: Error): void {
    for (const waiter of this.#waiters) waiter.reject(reason);
    this.#waiters.clear();
  }
}
