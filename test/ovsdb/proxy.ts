// Stands between a client and a real server: it can cut the connection, say of a method that the server doesn't know
// it, and look at what both say.
import { once } from "node:events";
import {
  type AddressInfo,
  connect,
  createServer,
  type NetConnectOpts,
  type Server,
  type Socket,
} from "node:net";
import { JsonFramer } from "../../src/jsonrpc/framer.ts";
import { encodeJson, type JsonValue } from "../../src/jsonrpc/json.ts";

type Message = { readonly [name: string]: JsonValue };

export class Proxy {
  /** Methods that are answered with "unknown method". */
  readonly unknown: Set<string> = new Set();
  /** Cuts every connection when the server says what this holds of, before the client hears it. */
  cutBefore: ((message: Message) => boolean) | undefined;
  /**
   * Says of each message whether to cut there: before it has passed, or after. Heeded by connections that begin once it is set, which it
   * tells of whole messages only.
   */
  cut: ((by: "client" | "server", message: Message) => "before" | "after" | undefined) | undefined;
  /** How many more bytes pass, both ways together, before every connection is cut. */
  bytesLeft: number = Number.POSITIVE_INFINITY;
  readonly fromClient: Message[] = [];
  readonly fromServer: Message[] = [];
  readonly #server: Server;
  readonly #to: NetConnectOpts;
  readonly #sockets: Set<Socket> = new Set();
  #wake: (() => void)[] = [];

  private constructor(server: Server, to: NetConnectOpts) {
    this.#server = server;
    this.#to = to;
    server.on("connection", (socket: Socket) => this.#join(socket));
  }

  /** A proxy to a server, by its `unix:` target or its port. */
  static async start(to: string | { readonly host: string; readonly port: number }): Promise<Proxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Proxy(server, typeof to === "string" ? { path: to.replace(/^unix:/, "") } : to);
  }

  get target(): string {
    return `tcp:127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Waits until one of the messages that the client sends is this one. */
  async sent(wanted: (message: Message) => boolean): Promise<Message> {
    const found = this.fromClient.find(wanted);
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => this.#wake.push(resolve));
    return this.sent(wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket): void {
    const server = connect(this.#to);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    if (this.cut !== undefined) {
      this.#relay("client", client, server);
      this.#relay("server", server, client);
      return;
    }
    const down = new JsonFramer();
    server.on("data", (chunk: Buffer) => {
      if (!this.#spend(chunk, client)) return;
      let cut = false;
      down.push(chunk, (value) => {
        this.fromServer.push(value as Message);
        cut ||= this.cutBefore?.(value as Message) === true;
      });
      if (cut) this.drop();
      else client.write(chunk);
    });
    const up = new JsonFramer();
    client.on("data", (chunk: Buffer) => {
      if (this.#spend(chunk, server)) up.push(chunk, (value) => this.#pass(value as Message, client, server));
    });
  }

  /** Whether all of a chunk may pass. If not, what may does, and everything is cut. */
  #spend(chunk: Buffer, to: Socket): boolean {
    const left = this.bytesLeft;
    this.bytesLeft = left - chunk.length;
    if (left >= chunk.length) return true;
    this.bytesLeft = Number.POSITIVE_INFINITY;
    to.write(chunk.subarray(0, left), () => this.drop());
    return false;
  }

  /** Hands messages on one by one, up to the one where the connection is to be cut. */
  #relay(by: "client" | "server", from: Socket, to: Socket): void {
    const framer = new JsonFramer();
    let isCut = false;
    from.on("data", (chunk: Buffer) =>
      framer.push(chunk, (value) => {
        if (isCut) return;
        const message = value as Message;
        const verdict = this.cut?.(by, message);
        (by === "client" ? this.fromClient : this.fromServer).push(message);
        if (verdict !== "before") to.write(encodeJson(message));
        if (verdict === undefined) return;
        isCut = true;
        // What was handed on arrives yet.
        to.end();
        from.destroy();
      }),
    );
  }

  #pass(message: Message, client: Socket, server: Socket): void {
    this.fromClient.push(message);
    const { method, id = null } = message;
    if (typeof method === "string" && this.unknown.has(method)) {
      client.write(encodeJson({ id, error: "unknown method" }));
    } else server.write(encodeJson(message));
    for (const wake of this.#wake.splice(0)) wake();
  }
}
