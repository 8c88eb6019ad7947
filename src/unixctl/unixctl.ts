// ovs-vswitchd's own control socket, which ovs-appctl talks to: JSON-RPC, texts in, a text out. What only it can
// tell, where a packet would go and when a datapath flow last moved, is parsed in the files beside this one.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OvskitError } from "../errors.ts";
import { RpcProtocolError, RpcReplyError } from "../jsonrpc/errors.ts";
import { JsonRpcSession } from "../jsonrpc/session.ts";
import type { Clock } from "../transport/clock.ts";
import type { WaitOptions } from "../transport/deadline.ts";
import { dial } from "../transport/dial.ts";
import { type ActiveTarget, formatTarget, parseActiveTarget } from "../transport/target.ts";

/** A command was refused: `ERR_UNIXCTL`. The daemon's own text is `text`. */
export class UnixctlError extends OvskitError {
  /** The command, such as `ofproto/trace`. */
  readonly command: string;
  /** What the daemon said. */
  readonly text: string;

  constructor(command: string, text: string, options?: ErrorOptions) {
    super("ERR_UNIXCTL", `${command}: ${text.trim()}`, options);
    this.command = command;
    this.text = text;
  }
}

/** No control socket is to be found in a run folder: `ERR_UNIXCTL_SOCKET`. */
export class ControlSocketError extends OvskitError {
  /** The folder that was looked in. */
  readonly rundir: string;

  constructor(rundir: string, reason: string, options?: ErrorOptions) {
    super("ERR_UNIXCTL_SOCKET", `${rundir}: ${reason}`, options);
    this.rundir = rundir;
  }
}

/**
 * The control socket of the ovs-vswitchd that runs with this run folder, as a connection method: `unix:RUNDIR/ovs-vswitchd.PID.ctl`.
 * Rejects with `ControlSocketError` when there is no pid file.
 */
export async function findControlSocket(rundir: string): Promise<string> {
  const file = join(rundir, "ovs-vswitchd.pid");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const reason = `no ovs-vswitchd runs here: ${file} can't be read`;
    throw new ControlSocketError(rundir, reason, { cause: error });
  }
  const pid = text.trim();
  if (!/^[0-9]+$/.test(pid)) throw new ControlSocketError(rundir, `${file} holds no process id`);
  return `unix:${join(rundir, `ovs-vswitchd.${pid}.ctl`)}`;
}

/** Options of {@link connectUnixctl}. */
export interface UnixctlOptions extends WaitOptions {
  /** Deadline for connecting, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Deadline of each command that names none, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** Connects to a control socket. Rejects with `TargetSyntaxError`, `ConnectError`, `TimeoutError` or the signal's reason. */
export async function connectUnixctl(
  target: string | ActiveTarget,
  options: UnixctlOptions = {},
): Promise<Unixctl> {
  const { timeoutMs, requestTimeoutMs, signal, clock } = options;
  const parsed = typeof target === "string" ? parseActiveTarget(target) : target;
  const socket = await dial(parsed, { timeoutMs, signal, clock });
  const session = new JsonRpcSession(socket, { peer: formatTarget(parsed), requestTimeoutMs, clock });
  return new Unixctl(session);
}

/** A connection to a daemon's control socket. Made by {@link connectUnixctl}; it ends with the daemon. */
export class Unixctl {
  readonly #session: JsonRpcSession;

  /** @internal */
  constructor(session: JsonRpcSession) {
    this.#session = session;
  }

  /** Whether the connection has ended. */
  get closed(): boolean {
    return this.#session.closed;
  }

  /** Runs a command, such as `command("ofproto/trace", "br-int", "in_port=1,ip")`, and gives the text it answers with. Rejects as {@link run} does. */
  command(name: string, ...args: readonly string[]): Promise<string> {
    return this.run(name, args);
  }

  /**
   * The same with a deadline or a signal of its own. The daemon runs commands one after the other.
   * Rejects with `UnixctlError` (refused), `ConnectionClosedError`, `TimeoutError` or the signal's reason.
   */
  async run(name: string, args: readonly string[], options?: WaitOptions): Promise<string> {
    try {
      const result = await this.#session.request(name, args, options);
      if (typeof result === "string") return result;
      throw new RpcProtocolError(`${name} was answered with something that is no text`);
    } catch (error) {
      if (!(error instanceof RpcReplyError)) throw error;
      const text = typeof error.error === "string" ? error.error : error.message;
      throw new UnixctlError(name, text, { cause: error });
    }
  }

  /** Ends the connection; commands that are out reject with `ConnectionClosedError`. Idempotent. */
  close(): Promise<void> {
    this.#session.close();
    return Promise.resolve();
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
