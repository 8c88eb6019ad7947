// The listening side of Open vSwitch's connection methods: a limit on connections, loopback unless told otherwise,
// unix sockets that are cleaned up on both ends of their life without taking one from a living listener, and TLS.
import { lstat, unlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { shareSignal } from "./deadline.ts";
import { dial } from "./dial.ts";
import { ListenError, systemReason } from "./errors.ts";
import { formatTarget, type PassiveTarget, parsePassiveTarget } from "./target.ts";
import { requireTls, type TlsOptions } from "./tls.ts";
import { TlsDoor } from "./tls-door.ts";

/** Options of {@link listen}. */
export interface ListenOptions {
  /** Called with each connection, on `pssl:` once its handshake is over, and its peer's name. Must handle the socket's `error` event at once; a throw costs that connection only. */
  readonly onConnection: (socket: Socket, peer: string) => void;
  /** Called when a connection was turned away because `maxConnections` were open. */
  readonly onTurnedAway?: (() => void) | undefined;
  /** Called when a connection's handshake came to nothing: `TlsError`, or `TimeoutError`. */
  readonly onRefused?: ((peer: string, reason: Error) => void) | undefined;
  /** For `pssl:`, where it must be given with a certificate: what is shown to clients, and whose clients are let in. */
  readonly tls?: TlsOptions | undefined;
  /** How long a TLS handshake may take, in milliseconds. Default 5,000. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** Connections open at once, with those that shake hands; one more is closed as soon as it is accepted. Default 4,096. */
  readonly maxConnections?: number | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Aborting before it listens rejects with the reason, after that closes the listener. */
  readonly signal?: AbortSignal | undefined;
  /** Port where a text target leaves it out (`ptcp:`). */
  readonly defaultPort?: number | undefined;
}

/** How many connections {@link listen} allows by default. */
const defaultMaxConnections = 4096;

/** How long a TLS handshake may take by default, in milliseconds. */
const defaultHandshakeTimeoutMs = 5000;

/** How long a socket file in our way may take to show that somebody listens on it, in milliseconds. */
const staleProbeTimeoutMs = 1000;

/**
 * Listens. `ptcp:PORT` binds 127.0.0.1; another address must be named. A unix socket that nobody listens on is replaced.
 * `pssl:` lets nobody in without a certificate of the CA. Rejects with `TargetSyntaxError`, `ListenError`, `TlsError` (certificates
 * that can't be used) or the signal's reason.
 */
export async function listen(target: PassiveTarget | string, options: ListenOptions): Promise<Listener> {
  const { signal, defaultPort } = options;
  const parsed =
    typeof target === "string"
      ? parsePassiveTarget(target, defaultPort === undefined ? {} : { defaultPort })
      : target;
  signal?.throwIfAborted();
  const name = formatTarget(parsed);
  const door = parsed.kind === "pssl" ? await openDoor(name, options) : undefined;
  const server = createServer({ noDelay: true });
  server.maxConnections = options.maxConnections ?? defaultMaxConnections;
  if (parsed.kind === "punix") {
    await bindPath(server, parsed.path, name);
  } else {
    await bind(server, { host: parsed.host, port: parsed.port }, name);
  }
  const listener = new Listener(server, resolved(parsed, server), options, door);
  if (signal?.aborted === true) {
    await listener.close();
    throw signal.reason;
  }
  return listener;
}

async function openDoor(target: string, options: ListenOptions): Promise<TlsDoor> {
  const { tls, clock, handshakeTimeoutMs: timeoutMs = defaultHandshakeTimeoutMs } = options;
  const door = new TlsDoor({ target, tls: requireTls(target, tls), timeoutMs, clock });
  await door.prepare();
  return door;
}

/** Something that listens, with the connections it accepted. */
export class Listener {
  /** Where it listens, with the port the system chose. */
  readonly target: PassiveTarget;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  readonly #signal: AbortSignal | undefined;
  readonly #door: TlsDoor | undefined;
  #closed: Promise<void> | undefined;

  /** @internal Made by {@link listen}. */
  constructor(server: Server, target: PassiveTarget, options: ListenOptions, door: TlsDoor | undefined) {
    this.target = target;
    this.#door = door;
    this.#server = server;
    this.#signal = options.signal;
    server.on("connection", (socket: Socket) => this.#accept(socket, options));
    server.on("drop", () => options.onTurnedAway?.());
    // Accepting can fail for want of file descriptors; the listener outlives it.
    server.on("error", () => {});
    shareSignal(this.#signal);
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Connections open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Stops listening, destroys the connections that are still open and removes a unix socket's file. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#signal?.removeEventListener("abort", this.#onAbort);
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closed;
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #onAbort = (): void => {
    void this.close();
  };

  #accept(socket: Socket, options: ListenOptions): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    const peer = this.#peerOf(socket);
    if (this.#door === undefined) {
      this.#hand(socket, peer, options);
      return;
    }
    void this.#door.admit(socket, peer, {
      admitted: (secured) => this.#hand(secured, peer, options),
      refused: (reason) => options.onRefused?.(peer, reason),
    });
  }

  #hand(socket: Socket, peer: string, options: ListenOptions): void {
    try {
      options.onConnection(socket, peer);
    } catch {
      socket.on("error", () => {});
      socket.destroy();
    }
  }

  #peerOf(socket: Socket): string {
    if (this.target.kind === "punix") return `unix:${this.target.path}`;
    const { remoteAddress, remotePort } = socket;
    const kind = this.#door === undefined ? "tcp" : "ssl";
    // Already gone again: it has no address any more.
    if (remoteAddress === undefined || remotePort === undefined) return `${kind}:unknown`;
    return formatTarget({ kind, host: remoteAddress, port: remotePort });
  }
}

function resolved(target: PassiveTarget, server: Server): PassiveTarget {
  const address = server.address();
  if (target.kind === "punix" || address === null || typeof address === "string") return target;
  return { ...target, port: address.port };
}

/** Connections that may wait to be accepted, as far as the system lets them: all of a reconnect storm should find room. */
const backlog = 4096;

function bind(
  server: Server,
  where: { host: string; port: number } | { path: string },
  name: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      server.removeListener("listening", onListening);
      reject(new ListenError(name, systemReason(error), { cause: error }));
    };
    const onListening = (): void => {
      server.removeListener("error", onError);
      resolve();
    };
    server.once("error", onError);
    server.once("listening", onListening);
    server.listen({ ...where, backlog });
  });
}

async function bindPath(server: Server, path: string, name: string): Promise<void> {
  try {
    await bind(server, { path }, name);
  } catch (error) {
    if (!isAddressInUse(error)) throw error;
    await removeStale(path, name);
    await bind(server, { path }, name);
  }
}

function isAddressInUse(error: unknown): boolean {
  const cause = error instanceof ListenError ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}

/** Removes the file in our way if it is a socket that refuses connections; anything else stays. */
async function removeStale(path: string, name: string): Promise<void> {
  const file = await lstat(path);
  if (!file.isSocket()) throw new ListenError(name, "the file that is there is no socket");
  let answered = true;
  try {
    const socket = await dial({ kind: "unix", path }, { timeoutMs: staleProbeTimeoutMs });
    socket.on("error", () => {});
    socket.destroy();
  } catch (error) {
    answered = !isRefused(error);
  }
  if (answered) throw new ListenError(name, "somebody else listens there");
  await unlink(path);
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}
