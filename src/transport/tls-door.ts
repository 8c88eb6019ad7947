// The server's half of TLS handshakes: each connection to `pssl:` passes here before anybody hears of it, and what it is refused for is
// told of that connection. Files are read for each, and OpenSSL is asked anew when what is in them has changed.
import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { TimeoutError } from "../errors.ts";
import { type Clock, systemClock } from "./clock.ts";
import { TlsError } from "./errors.ts";
import { type Credentials, readCredentials, secureContext, type TlsOptions } from "./tls.ts";
import { type TlsFault, tlsFault } from "./tls-fault.ts";

/** Options of {@link TlsDoor}. */
export interface TlsDoorOptions {
  /** Where it is, as a connection method, for messages. */
  readonly target: string;
  readonly tls: TlsOptions;
  /** How long a handshake may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** Told how a connection fared at the door, once. */
export interface Visitor {
  /** In. Must handle the socket's `error` event at once. */
  readonly admitted: (socket: Socket) => void;
  /** Out, and closed. */
  readonly refused: (reason: Error) => void;
}

/** Shakes hands with clients, of which each must show a certificate of the CA. */
export class TlsDoor {
  readonly #options: TlsDoorOptions;
  #credentials: Credentials | undefined;
  /** Servers between two handshakes. Each has one at a time, so that what it says is of that one, and making one costs a millisecond. */
  #idle: Server[] = [];

  constructor(options: TlsDoorOptions) {
    this.#options = options;
  }

  /** Reads the files. Rejects with `TlsError` when they aren't what they should be. */
  async prepare(): Promise<void> {
    const { target, tls } = this.#options;
    const credentials = await readCredentials(target, tls);
    if (this.#credentials !== undefined && isSame(credentials, this.#credentials)) return;
    if (credentials.cert === undefined) {
      throw new TlsError(target, {
        problem: "files",
        reason: "a certificate and its private key are needed",
      });
    }
    secureContext(target, credentials);
    this.#credentials = credentials;
    this.#idle = [];
  }

  /** Has a connection shake hands, and takes it over until then. */
  async admit(connection: Socket, peer: string, visitor: Visitor): Promise<void> {
    const { timeoutMs, clock = systemClock } = this.#options;
    let late: Error | undefined;
    connection.on("error", () => {});
    const cancel = clock.after(timeoutMs, () => {
      late = new TimeoutError(`the TLS handshake with ${peer}`, timeoutMs);
      connection.destroy();
    });
    try {
      await this.prepare();
    } catch (error) {
      cancel();
      connection.destroy();
      visitor.refused(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (connection.destroyed) {
      cancel();
      visitor.refused(late ?? new TlsError(peer, gone));
      return;
    }
    const server = this.#idle.pop() ?? this.#open();
    const idle = this.#idle;
    const settle = (): void => {
      cancel();
      server.removeListener("secureConnection", onSecure);
      server.removeListener("tlsClientError", onError);
      idle.push(server);
    };
    const onSecure = (socket: TLSSocket): void => {
      settle();
      visitor.admitted(socket);
    };
    const onError = (error: Error, socket: TLSSocket): void => {
      settle();
      connection.destroy();
      visitor.refused(late ?? refusal(peer, error, socket));
    };
    server.on("secureConnection", onSecure);
    server.on("tlsClientError", onError);
    server.emit("connection", connection);
  }

  #open(): Server {
    return createServer({
      ...this.#credentials,
      requestCert: true,
      rejectUnauthorized: true,
      // A session taken up again would be let in by a certificate that was looked at then.
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
  }
}

const gone: TlsFault = { problem: "handshake", reason: "it ended the handshake" };

/** Node ends a connection whose certificate is wrong without an error of its own, and leaves the code of the reason at the socket. */
function refusal(peer: string, error: Error, { authorizationError }: TLSSocket): TlsError {
  const fault = tlsFault({ code: authorizationError }) ?? tlsFault(error) ?? gone;
  return new TlsError(peer, fault, { cause: error });
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.ca.equals(other.ca) && sameBytes(one.cert, other.cert) && sameBytes(one.key, other.key);
}

function sameBytes(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
