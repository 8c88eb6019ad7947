// One attempt to connect, with a deadline and an AbortSignal that leave nothing behind: no half-open socket, no
// timer, no listener. Trying again is redial.ts's business.
import { connect, type Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { settleWithin, type WaitOptions } from "./deadline.ts";
import { ConnectError, systemReason } from "./errors.ts";
import { type ActiveTarget, formatTarget, parseActiveTarget } from "./target.ts";

/** Options of {@link dial}. `timeoutMs` (default 5,000) covers name resolution and every address tried. */
export interface DialOptions extends WaitOptions {
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
 * Rejects with `TargetSyntaxError` (the text is wrong), `ConnectError` (nobody answers; `cause` is the system's error),
 * `TimeoutError` (the deadline passed) or the signal's reason.
 */
export async function dial(target: ActiveTarget | string, options: DialOptions = {}): Promise<Socket> {
  const { timeoutMs = defaultDialTimeoutMs, signal, clock, defaultPort } = options;
  const parsed =
    typeof target === "string"
      ? parseActiveTarget(target, defaultPort === undefined ? {} : { defaultPort })
      : target;
  const name = formatTarget(parsed);
  if (parsed.kind === "ssl") throw new ConnectError(name, "ssl is not supported yet");
  const address =
    parsed.kind === "unix" ? { path: parsed.path } : { host: parsed.host, port: parsed.port, noDelay: true };
  return settleWithin<Socket>(
    { what: `connecting to ${name}`, timeoutMs, signal, clock },
    (resolve, reject) => {
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
        reject(new ConnectError(name, systemReason(error), { cause: error }));
      };
      socket.on("connect", onConnect);
      socket.on("error", onError);
      return () => {
        release();
        // A destroyed socket may still report the failure of an address it was trying.
        socket.on("error", () => {});
        socket.destroy();
      };
    },
  );
}
