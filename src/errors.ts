// The root of every error ovskit throws: one base with a stable `code`, so that callers decide by code and
// never by text, and the two failures that every layer above the transport shares.

/** The base of every error of ovskit. `code` is stable; facts about the failure are fields of the subclasses. */
export class OvskitError extends Error {
  /** A stable, documented identifier such as `ERR_OPENFLOW_DECODE`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A wait ran out: `ERR_TIMEOUT`. What was asked for may still happen at the other end. */
export class TimeoutError extends OvskitError {
  /** How long was waited, in milliseconds. */
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number, options?: ErrorOptions) {
    super("ERR_TIMEOUT", `${what} took longer than ${timeoutMs} ms`, options);
    this.timeoutMs = timeoutMs;
  }
}

/** The connection ended before the answer came: `ERR_CONNECTION_CLOSED`. */
export class ConnectionClosedError extends OvskitError {
  /** The other end, as an Open vSwitch connection method or address. */
  readonly peer: string;

  constructor(peer: string, reason: string, options?: ErrorOptions) {
    super("ERR_CONNECTION_CLOSED", `connection to ${peer} closed: ${reason}`, options);
    this.peer = peer;
  }
}
