// The ways a connection fails to come about, told apart by code: the text of a target is wrong, nobody answers
// there, or we may not listen there.
import { OvskitError } from "../errors.ts";

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

/** What a system error says in one line; Node's AggregateError (several addresses tried) has an empty message of its own. */
export function systemReason(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map((one: unknown) => systemReason(one)).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
