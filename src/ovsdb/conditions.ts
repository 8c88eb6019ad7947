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

/** One choice that the server hasn't answered to. */
interface Choice extends ChosenConditions {
  /** Of all tables, whatever was chosen before. */
  readonly anew: boolean;
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
  /** What is chosen besides what the server has answered to, in order. */
  #choices: readonly Choice[] = [];
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
    const version = this.#add(tables, false);
    return settleWithin<void>(wait, (resolve, reject) => {
      const waiter: Waiter = { version, resolve: () => resolve(), reject };
      this.#waiters.add(waiter);
      return () => this.#waiters.delete(waiter);
    });
  }

  /** Chooses for all tables, for a monitor that begins anew. Gives the version that this is. */
  replace(tables: RowConditions): number {
    return this.#add(tables, true);
  }

  /** After all doesn't choose what {@link replace} did: what was chosen before it, or after it, stays so. */
  withdraw(version: number): void {
    this.#choices = this.#choices.filter((choice) => choice.version !== version);
    this.#combine(this.#chosen.version + 1);
  }

  /** The server shows what was sent as this version. */
  acknowledge(version: number): void {
    if (this.#sent?.version === version) {
      this.#acknowledged = this.#sent;
      this.#choices = this.#choices.filter((choice) => choice.version > version);
    }
    for (const waiter of this.#upTo(version)) waiter.resolve();
  }

  /**
   * The server refuses what was sent, as this version: what was chosen up to then isn't, and who waits for it hears so. What was chosen
   * later stays chosen. Says whether anything is different now.
   */
  refuse(reason: Error, version: number | undefined = this.#sent?.version): boolean {
    if (version === undefined || version <= this.#acknowledged.version) return false;
    this.#choices = this.#choices.filter((choice) => choice.version > version);
    this.#acknowledged = { version, tables: this.#acknowledged.tables };
    this.#combine(this.#chosen.version);
    for (const waiter of this.#upTo(version)) waiter.reject(reason);
    return true;
  }

  /** Nobody has to wait any more. */
  giveUp(reason: Error): void {
    for (const waiter of this.#upTo(Number.POSITIVE_INFINITY)) waiter.reject(reason);
  }

  #add(tables: RowConditions, anew: boolean): number {
    const version = this.#chosen.version + 1;
    this.#choices = [...this.#choices, { version, tables, anew }];
    this.#combine(version);
    return version;
  }

  /** What is chosen, by all choices together. */
  #combine(version: number): void {
    let { tables } = this.#acknowledged;
    for (const choice of this.#choices)
      tables = choice.anew ? choice.tables : { ...tables, ...choice.tables };
    this.#chosen = { version, tables };
    if (this.#choices.length === 0) this.#acknowledged = this.#chosen;
  }

  /** Those who wait for this version or one before it; they no longer do. */
  #upTo(version: number): readonly Waiter[] {
    const waiters = [...this.#waiters].filter((waiter) => waiter.version <= version);
    for (const waiter of waiters) this.#waiters.delete(waiter);
    return waiters;
  }
}
