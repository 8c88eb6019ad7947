// The ways a connection fails to come about, told apart by code: the text of a target is wrong, nobody answers
// there, we may not listen there, or TLS has a reason to refuse.
import { OvskitError } from "../errors.ts";
import { type TlsFault, type TlsProblem, tlsFault } from "./tls-fault.ts";

/** The text is no Open vSwitch connection method: `ERR_TARGET_SYNTAX`. */
export class TargetSyntaxError extends OvskitError {
  /** The text as it was given. */
  readonly target: string;
  /** What is wrong with it. */
  readonly reason: string;

  constructor(target: string, reason: string) {
    super("ERR_TARGET_SYNTAX", `connection method "${target}": ${reason}`);
    this.target = target;
    this.reason = reason;
  }
}

/** Connecting failed: `ERR_CONNECT`. The system's error is the `cause`. */
export class ConnectError extends OvskitError {
  /** Where to, as a connection method. */
  readonly target: string;

  constructor(target: string, reason: string, options?: ErrorOptions) {
    super("ERR_CONNECT", `cannot connect to ${target}: ${reason}`, options);
    this.target = target;
  }
}

/** Listening failed: `ERR_LISTEN`. The system's error is the `cause`. */
export class ListenError extends OvskitError {
  /** Where, as a connection method. */
  readonly target: string;

  constructor(target: string, reason: string, options?: ErrorOptions) {
    super("ERR_LISTEN", `cannot listen on ${target}: ${reason}`, options);
    this.target = target;
  }
}

/** TLS didn't come about: `ERR_TLS`. The system's or OpenSSL's error is the `cause`. */
export class TlsError extends OvskitError {
  /** The other end, or where we listen, as a connection method. */
  readonly target: string;
  /** What has to be mended. */
  readonly problem: TlsProblem;

  constructor(target: string, { problem, reason }: TlsFault, options?: ErrorOptions) {
    super("ERR_TLS", `TLS with ${target}: ${reason}`, options);
    this.target = target;
    this.problem = problem;
  }
}

/**
 * The error itself, or the TLS trouble it comes from. At TLS 1.3 a server's refusal of our certificate shows only after the handshake, as
 * the end of a connection that had just come up; this makes one error of both.
 */
export function tlsErrorOf(target: string, error: Error): Error {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof TlsError) return cause;
    const fault = tlsFault(cause);
    if (fault !== undefined) return new TlsError(target, fault, { cause: error });
  }
  return error;
}

/** What a system error says in one line; Node's AggregateError (several addresses tried) has an empty message of its own. */
export function systemReason(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map((one: unknown) => systemReason(one)).join("; ");
  }
  const fault = tlsFault(error);
  if (fault !== undefined) return `TLS: ${fault.reason}`;
  return error instanceof Error ? error.message : String(error);
}
