// One attempt to connect, with a deadline and an AbortSignal that leave nothing behind: no half-open socket, no
// timer, no listener. Trying again is redial.ts's business.
import { connect, type Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { runWithin, type SettleOptions, settleWithin, type WaitOptions } from "./deadline.ts";
import { ConnectError, systemReason } from "./errors.ts";
import { type ActiveTarget, formatTarget, parseActiveTarget } from "./target.ts";
import { readCredentials, requireTls, secure, secureContext, type TlsOptions } from "./tls.ts";

/** Options of {@link dial}. `timeoutMs` (default 5,000) covers name resolution, every address tried and the TLS handshake. */
export interface DialOptions extends WaitOptions {
  /** For `ssl:`, where it must be given: certificates and whom to trust. */
  readonly tls?: TlsOptions | undefined;
  /** Port where a text target leaves it out. */
  readonly defaultPort?: number | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** How long {@link dial} waits by default, in milliseconds. */
export const defaultDialTimeoutMs = 5000;

/**
 * Connects once. Nagle's algorithm is off on TCP. The socket comes paused, without listeners; what arrives waits for the first reader.
 *
 * Rejects with `TargetSyntaxError` (the text is wrong), `ConnectError` (nobody answers; `cause` is the system's error), `TlsError` (its
 * `problem` says what is wrong with whose certificate), `TimeoutError` (the deadline passed) or the signal's reason. At TLS 1.3 a server
 * judges our certificate after the handshake: its refusal comes as an `error` of the socket.
 */
export async function dial(target: ActiveTarget | string, options: DialOptions = {}): Promise<Socket> {
  const { timeoutMs = defaultDialTimeoutMs, signal, clock, defaultPort, tls } = options;
  const parsed =
    typeof target === "string"
      ? parseActiveTarget(target, defaultPort === undefined ? {} : { defaultPort })
      : target;
  const wait = { what: `connecting to ${formatTarget(parsed)}`, timeoutMs, signal, clock };
  if (parsed.kind !== "ssl") return reach(parsed, wait);
  return runWithin(wait, (inner) => reachSecurely(parsed, tls, inner));
}

type SslTarget = ActiveTarget & { readonly kind: "ssl" | "tcp" };

async function reachSecurely(
  target: SslTarget,
  options: TlsOptions | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const name = formatTarget(target);
  const tls = requireTls(name, options);
  const context = secureContext(name, await readCredentials(name, tls));
  const connection = await reach(target, { what: `connecting to ${name}`, signal });
  try {
    return await secure(connection, { target: name, host: target.host, tls, context, signal });
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Connects without TLS. */
function reach(target: ActiveTarget, wait: SettleOptions): Promise<Socket> {
  const address =
    target.kind === "unix" ? { path: target.path } : { host: target.host, port: target.port, noDelay: true };
  return settleWithin<Socket>(wait, (resolve, reject) => {
    const socket = connect(address);
    const release = (): void => {
      socket.removeListener("connect", onConnect);
      socket.removeListener("error", onError);
    };
    const onConnect = (): void => {
      release();
      resolve(socket);
    };
    const onError = (error: Error): void => {
      release();
      socket.destroy();
      reject(new ConnectError(formatTarget(target), systemReason(error), { cause: error }));
    };
    socket.on("connect", onConnect);
    socket.on("error", onError);
    return () => {
      release();
      // A destroyed socket may still report the failure of an address it was trying.
      socket.on("error", () => {});
      socket.destroy();
    };
  });
}
