// Our end of the program inside a VM: starts it on first use, numbers the orders and joins each answer to its order.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { OvskitError } from "../src/errors.ts";
import type { AgentAnswer, AgentOrder } from "./agent.ts";
import { labCleanup, type Undo } from "./cleanup.ts";
import { type Daemon, startDaemon } from "./command.ts";

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

// Longer than any order may take: only an agent that hangs misses it.
const answerMs = 10_000;

/** The program in one VM. */
export class AgentLink {
  readonly #daemon: Daemon;
  readonly #undo: Undo;
  readonly #waiting = new Map<number, (answer: AgentAnswer) => void>();
  #lastId = 0;

  constructor(netns: string) {
    this.#daemon = startDaemon([process.execPath, fileURLToPath(new URL("agent.js", import.meta.url))], {
      netns,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#undo = labCleanup.add({
      what: `agent in ${netns}`,
      undo: () => this.#daemon.stop(),
      undoNow: () => {
        this.#daemon.kill();
      },
    });
    const { stdout, stdin } = this.#daemon.child;
    stdin?.on("error", () => {});
    if (stdout !== null) {
      createInterface({ input: stdout }).on("line", (line) => {
        this.#settle(JSON.parse(line) as AgentAnswer);
      });
    }
    void this.#failWaitingAtEnd();
  }

  /** Gives one order and waits for its answer, 10 s at most; an agent that ended answers with why. */
  order(order: WithoutId<AgentOrder>): Promise<AgentAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const over = this.#daemon.endedBy();
    if (over !== undefined) throw new OvskitError("ERR_LAB", `the agent ended: ${over}`);
    const late = setTimeout(() => {
      this.#settle({ id, ok: false, reason: `no word from the agent for ${answerMs} ms` });
    }, answerMs);
    return new Promise((resolve) => {
      this.#waiting.set(id, (answer) => {
        clearTimeout(late);
        resolve(answer);
      });
      this.#daemon.child.stdin?.write(`${JSON.stringify({ ...order, id })}\n`);
    });
  }

  async stop(): Promise<void> {
    await this.#undo();
  }

  #settle(answer: AgentAnswer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  async #failWaitingAtEnd(): Promise<void> {
    const reason = await this.#daemon.ended;
    for (const id of this.#waiting.keys()) {
      this.#settle({ id, ok: false, reason: `the agent ended: ${reason} ${this.#daemon.stderr()}` });
    }
  }
}
