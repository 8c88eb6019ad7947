// A database server played by the test: it listens on a real loopback socket, answers by a table of functions, and can
// say and do what no honest server would.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { JsonFramer } from "../../src/jsonrpc/framer.ts";
import type { JsonValue } from "../../src/jsonrpc/json.ts";

/** Answers a request with its result. Throwing a {@link Refused} answers with an error; undefined answers nothing. */
export type Answer = (params: readonly JsonValue[], socket: Socket) => unknown;

/** What a fake server refuses with. */
export class Refused extends Error {
  readonly error: JsonValue;

  constructor(error: JsonValue) {
    super("refused");
    this.error = error;
  }
}

/** A request or notification that came in. */
export interface Received {
  readonly method: string;
  readonly params: readonly JsonValue[];
  readonly id: JsonValue;
}

/** The schema that the fake server tells by default: one column of each kind. */
export const testSchema = {
  name: "Test",
  version: "1.0.0",
  tables: {
    Item: {
      isRoot: true,
      indexes: [["name"]],
      columns: {
        name: { type: "string" },
        size: { type: { key: "integer", min: 0, max: 1 } },
        tags: { type: { key: "string", min: 0, max: "unlimited" } },
        labels: { type: { key: "string", value: "string", min: 0, max: "unlimited" } },
        parent: { type: { key: { type: "uuid", refTable: "Item" }, min: 0, max: 1 } },
        ratio: { type: "real" },
      },
    },
  },
} as const;

/** UUIDs that tell each other apart at a glance. */
export function id(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** The transaction id that the fake server tells by default. */
export const transactionId: string = id(1000);

const defaults: Readonly<Record<string, Answer>> = {
  list_dbs: () => ["Test"],
  get_schema: () => testSchema,
  echo: (params) => params,
  monitor_cond_since: () => [false, transactionId, {}],
  monitor_cancel: () => ({}),
};

export class FakeServer {
  readonly received: Received[] = [];
  readonly sockets: Set<Socket> = new Set();
  /** Answers by method; may be changed at any time. */
  readonly answers: Record<string, Answer>;
  readonly #server: Server;
  #wake: (() => void)[] = [];

  private constructor(server: Server, answers: Readonly<Record<string, Answer>>) {
    this.#server = server;
    this.answers = { ...defaults, ...answers };
    server.on("connection", (socket: Socket) => this.#serve(socket));
  }

  static async start(answers: Readonly<Record<string, Answer>> = {}): Promise<FakeServer> {
    const server = createServer({ noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FakeServer(server, answers);
  }

  get target(): string {
    return `tcp:127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Every request so far with this method. */
  calls(method: string): Received[] {
    return this.received.filter((one) => one.method === method);
  }

  /** Waits until the `count`th call of this method. */
  async called(method: string, count: number): Promise<Received> {
    const one = this.calls(method)[count - 1];
    if (one !== undefined) return one;
    await new Promise<void>((resolve) => this.#wake.push(resolve));
    return this.called(method, count);
  }

  /** Sends a notification on every connection. */
  notify(method: string, ...params: unknown[]): void {
    this.say({ method, params, id: null });
  }

  /** Sends anything on every connection. */
  say(message: unknown): void {
    for (const socket of this.sockets)
      socket.write(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Ends every connection. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(socket));
    const framer = new JsonFramer();
    socket.on("data", (chunk: Buffer) =>
      framer.push(chunk, (value) => this.#take(socket, value as unknown as Received)),
    );
  }

  #take(socket: Socket, message: Received): void {
    if (message.method === undefined) return;
    this.received.push(message);
    for (const wake of this.#wake.splice(0)) wake();
    if (message.id === null) return;
    const reply = this.#reply(message, socket);
    if (reply !== undefined) socket.write(JSON.stringify(reply));
  }

  #reply({ method, params, id: of }: Received, socket: Socket): object | undefined {
    const answer = this.answers[method];
    if (answer === undefined) return { id: of, error: "unknown method" };
    try {
      const result = answer(params, socket);
      return result === undefined ? undefined : { id: of, result, error: null };
    } catch (error) {
      if (error instanceof Refused) return { id: of, error: error.error };
      throw error;
    }
  }
}
