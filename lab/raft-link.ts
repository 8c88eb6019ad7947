// The line from one member of a cluster to another, which runs through us so that it can be held: what is under way
// then waits, as on a network that has split, and arrives when it has come together.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Whatever connects to one Unix socket is connected to another. */
export class RaftLink {
  readonly #path: string;
  readonly #to: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  /** Connections that were made while it was held. */
  #waiting: Socket[] = [];
  #held = false;

  private constructor(path: string, to: string) {
    this.#path = path;
    this.#to = to;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens on `path` for what is meant for `to`. */
  static start(path: string, to: string): Promise<RaftLink> {
    const link = new RaftLink(path, to);
    return new Promise((resolve, reject) => {
      link.#server.once("error", reject);
      link.#server.listen(path, () => resolve(link));
    });
  }

  /** Nothing gets through, in either direction. */
  hold(): void {
    this.#held = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What was held arrives, and everything after it. */
  release(): void {
    this.#held = false;
    for (const socket of this.#waiting.splice(0)) this.#join(socket);
    for (const socket of this.#sockets) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    if (existsSync(this.#path)) await rm(this.#path);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.pause();
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    if (this.#held) this.#waiting.push(socket);
    else this.#join(socket);
  }

  #join(from: Socket): void {
    if (from.destroyed) return;
    const to = connect(this.#to);
    this.#sockets.add(to);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.on("data", (chunk: Buffer) => other.write(chunk));
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    from.resume();
  }
}
