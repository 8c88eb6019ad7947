// TLS as Open vSwitch uses it: both ends show a certificate of a CA that the other knows. Files are read for each connection, so that
// renewed certificates are taken without a restart; the CA is always checked, the host name unless told otherwise.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, createSecureContext, type SecureContext } from "node:tls";
import { settleWithin } from "./deadline.ts";
import { systemReason, TlsError } from "./errors.ts";
import { type TlsFault, tlsFault } from "./tls-fault.ts";

/** A PEM file: its path, or what is in it. */
export type PemSource = string | Uint8Array;

/** A version of TLS. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** Who we are and whom we trust on `ssl:` and `pssl:`. What is given as a path is read anew for each connection. */
export interface TlsOptions {
  /** The certificate of the CA, or several, of which one must have signed the other end's certificate. This check can't be turned off. */
  readonly ca: PemSource;
  /** Our certificate. Open vSwitch's daemons want one; without it only a server that asks for none can be connected to. */
  readonly cert?: PemSource | undefined;
  /** The private key of `cert`, without a passphrase. Given together with it. */
  readonly key?: PemSource | undefined;
  /** The oldest version taken. Default TLS 1.2. */
  readonly minVersion?: TlsVersion | undefined;
  /** The newest version offered. Default TLS 1.3. */
  readonly maxVersion?: TlsVersion | undefined;
  /**
   * Whether the server's certificate must be for the host that was connected to. Default true. A certificate of ovs-pki is for
   * `NAME id:UUID`, which is no host's, unless it was made with `-u`: for these it is false. Clients that come to `pssl:` have no host
   * to check.
   */
  readonly checkHostName?: boolean | undefined;
  /** The name that the server's certificate must be for. Default the target's host. */
  readonly serverName?: string | undefined;
}

/** What OpenSSL is given. */
export interface Credentials {
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

/** The options if there are any; throws `TlsError` if not. */
export function requireTls(target: string, tls: TlsOptions | undefined): TlsOptions {
  if (tls !== undefined) return tls;
  const reason = "a CA's certificate, a certificate and its private key are needed";
  throw new TlsError(target, { problem: "not-configured", reason });
}

/** Reads the files. `target` is for messages. Rejects with `TlsError`. */
export async function readCredentials(target: string, tls: TlsOptions): Promise<Credentials> {
  const { cert, key, minVersion = "TLSv1.2", maxVersion = "TLSv1.3" } = tls;
  const read = async (what: string, source: PemSource): Promise<Buffer> => {
    if (typeof source !== "string") return Buffer.from(source);
    return readFile(source).catch((error: unknown) => {
      throw wrongFiles(target, `cannot read the ${what}: ${systemReason(error)}`, error);
    });
  };
  const ca = await read("CA's certificate", tls.ca);
  if (cert === undefined && key === undefined) return { ca, minVersion, maxVersion };
  if (cert === undefined) throw wrongFiles(target, "a private key is given without its certificate");
  if (key === undefined) throw wrongFiles(target, "a certificate is given without its private key");
  const own = { cert: await read("certificate", cert), key: await read("private key", key) };
  return { ca, ...own, minVersion, maxVersion };
}

/** Makes of them what handshakes need. Throws `TlsError` when they aren't what they should be. */
export function secureContext(target: string, credentials: Credentials): SecureContext {
  const { ca, cert, key } = credentials;
  const check = <T>(what: string, make: () => T): T => {
    try {
      return make();
    } catch (error) {
      throw wrongFiles(target, `${what}: ${tlsFault(error)?.reason ?? systemReason(error)}`, error);
    }
  };
  // OpenSSL takes a file without a certificate in silence, and then trusts nobody.
  check("the CA's certificate", () => new X509Certificate(ca));
  if (cert !== undefined) check("the certificate", () => new X509Certificate(cert));
  if (key !== undefined) check("the private key", () => createPrivateKey(key));
  return check("the certificate and the private key", () => createSecureContext(credentials));
}

function wrongFiles(target: string, reason: string, cause?: unknown): TlsError {
  return new TlsError(target, { problem: "files", reason }, { cause });
}

/** What a client's handshake needs besides the connection. */
export interface HandshakeOptions {
  /** The server, as a connection method, for messages. */
  readonly target: string;
  /** The host that was connected to. */
  readonly host: string;
  readonly tls: TlsOptions;
  readonly context: SecureContext;
  /** Aborting ends the handshake with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Shakes hands with a server over a fresh connection, which it takes over. The socket comes paused, without listeners. Rejects with
 * `TlsError` or the signal's reason, and the connection is gone then.
 */
export function secure(connection: Socket, options: HandshakeOptions): Promise<Socket> {
  const { target, tls, context, signal } = options;
  const name = tls.serverName ?? options.host;
  const checked = tls.checkHostName ?? true;
  return settleWithin<Socket>({ what: `TLS with ${target}`, signal }, (resolve, reject) => {
    const socket = connect({
      socket: connection,
      secureContext: context,
      // An address is no server name (RFC 6066, 3).
      servername: isIP(name) === 0 ? name : "",
      checkServerIdentity: (_, certificate) => (checked ? checkServerIdentity(name, certificate) : undefined),
    });
    const release = (): void => {
      socket.removeListener("secureConnect", onSecure);
      socket.removeListener("error", onError);
      socket.on("error", () => {});
      socket.destroy();
    };
    const onSecure = (): void => {
      socket.removeListener("secureConnect", onSecure);
      socket.removeListener("error", onError);
      resolve(socket);
    };
    const onError = (error: Error): void => {
      release();
      reject(new TlsError(target, faultOf(error, tls.cert !== undefined), { cause: error }));
    };
    socket.on("secureConnect", onSecure);
    socket.on("error", onError);
    // Whatever goes wrong with the connection, the TLS socket tells of it.
    connection.on("error", () => {});
    return release;
  });
}

/** What ended a handshake that was not ended by us. */
function faultOf(error: Error, ourCertificate: boolean): TlsFault {
  const fault = tlsFault(error, ourCertificate);
  if (fault !== undefined) return fault;
  return {
    problem: "handshake",
    reason: `it ended the handshake, maybe since it doesn't speak TLS (${error.message})`,
  };
}
