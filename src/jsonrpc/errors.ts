// What goes wrong between bytes and a reply: the stream isn't JSON texts, the peer doesn't speak JSON-RPC 1.0, it
// refused a request, or a value can't be said in a way that survives the other side's parser.
import { OvskitError } from "../errors.ts";
import type { JsonValue } from "./json.ts";

/** What the peer said can't be right. It ends the connection it came on, and nothing else. */
export class PeerError extends OvskitError {}

/** The stream holds something that isn't a JSON text, or one beyond the limits: `ERR_JSON_FRAME`. */
export class JsonFrameError extends PeerError {
  /** Where in the stream, in bytes from its start. */
  readonly offset: number;

  constructor(reason: string, offset: number, options?: ErrorOptions) {
    super("ERR_JSON_FRAME", `byte ${offset} of the stream: ${reason}`, options);
    this.offset = offset;
  }
}

/** The peer sent JSON that is no JSON-RPC 1.0 message, or a reply to an id never sent: `ERR_RPC_PROTOCOL`. */
export class RpcProtocolError extends PeerError {
  constructor(reason: string, options?: ErrorOptions) {
    super("ERR_RPC_PROTOCOL", reason, options);
  }
}

/** The peer answered a request with an error: `ERR_RPC_REPLY`. */
export class RpcReplyError extends OvskitError {
  /** The method that was refused. */
  readonly method: string;
  /** The reply's `error` member: any JSON value, in OVSDB a string or an object. */
  readonly error: JsonValue;

  constructor(method: string, error: JsonValue) {
    super("ERR_RPC_REPLY", `${method} was refused: ${typeof error === "string" ? error : describe(error)}`);
    this.method = method;
    this.error = error;
  }
}

/** A value was refused before it was sent, since the peer would hang up on it or read something else: `ERR_JSON_UNSENDABLE`. */
export class UnsendableValueError extends OvskitError {
  /** Where in the message, such as `params[1].row.name`. */
  readonly path: string;

  constructor(path: string, reason: string) {
    super("ERR_JSON_UNSENDABLE", `${path}: ${reason}`);
    this.path = path;
  }
}

function describe(error: JsonValue): string {
  return JSON.stringify(error, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
