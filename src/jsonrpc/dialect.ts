// OVSDB speaks JSON-RPC 1.0, jsonrpc-lite 2.0. Here a message goes from one to the other, both ways: the `jsonrpc`
// member, on which ovsdb-server hangs up, never reaches the wire, and a 1.0 reply, which has both `result` and
// `error`, is told apart by `error` before jsonrpc-lite sees it.
import {
  ErrorObject,
  JsonRpcError,
  NotificationObject,
  parseObject,
  RequestObject,
  SuccessObject,
} from "jsonrpc-lite";
import { RpcProtocolError } from "./errors.ts";
import { encodeJson, type JsonValue } from "./json.ts";

/** A message from the peer. */
export type Incoming =
  | {
      readonly kind: "request";
      readonly id: JsonValue;
      readonly method: string;
      readonly params: readonly JsonValue[];
    }
  | { readonly kind: "notification"; readonly method: string; readonly params: readonly JsonValue[] }
  | { readonly kind: "success"; readonly id: JsonValue; readonly result: JsonValue }
  | { readonly kind: "error"; readonly id: JsonValue; readonly error: JsonValue };

type Members = { readonly [name: string]: JsonValue };

/** The text of a request. */
export function requestText(id: number, method: string, params: readonly JsonValue[]): string {
  const message = new RequestObject(id, method);
  return encodeJson({ method: message.method, params, id });
}

/** The text of a notification: in 1.0 a request whose id is null. */
export function notificationText(method: string, params: readonly JsonValue[]): string {
  const message = new NotificationObject(method);
  return encodeJson({ method: message.method, params, id: null });
}

/** The text of a successful reply. An id may be any JSON value in 1.0. */
export function successText(id: JsonValue, result: JsonValue): string {
  const message = new SuccessObject(0, result as object);
  return encodeJson({ id, result: message.result as JsonValue, error: null });
}

/** The text of a reply that refuses. */
export function errorText(id: JsonValue, reason: string): string {
  const message = new ErrorObject(0, new JsonRpcError(reason, 0));
  return encodeJson({ id, result: null, error: message.error.message });
}

/** Tells what a received value is. Throws `RpcProtocolError` for what is no JSON-RPC 1.0 message. */
export function classify(value: JsonValue): Incoming {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RpcProtocolError("the message is no object");
  }
  const members = value as Members;
  const kind: string = parseObject(inTermsOf2(members)).type;
  const { id = null } = members;
  switch (kind) {
    case "request":
      return { kind, id, ...callOf(members) };
    case "notification":
      return { kind, ...callOf(members) };
    case "success":
      return { kind, id, result: members["result"] ?? null };
    case "error":
      return { kind, id, error: members["error"] ?? null };
    default:
      throw new RpcProtocolError("the message is neither a request nor a reply of JSON-RPC 1.0");
  }
}

/**
 * The envelope as JSON-RPC 2.0 has it. Ids and params stand in for the real ones, which 1.0 allows to be more than 2.0 does;
 * besides, jsonrpc-lite would turn the whole of params into text to check it.
 */
function inTermsOf2(members: Members): Record<string, unknown> {
  const { id = null, method, error = null } = members;
  if (method !== undefined) return { jsonrpc: "2.0", method, ...(id === null ? {} : { id: 0 }) };
  if (error !== null) return { jsonrpc: "2.0", id: 0, error: new JsonRpcError("refused", 0) };
  return Object.hasOwn(members, "result") && Object.hasOwn(members, "id")
    ? { jsonrpc: "2.0", id: 0, result: members["result"] }
    : { jsonrpc: "2.0" };
}

function callOf({ method, params }: Members): { method: string; params: readonly JsonValue[] } {
  if (typeof method !== "string") throw new RpcProtocolError("method is no string");
  if (!Array.isArray(params)) throw new RpcProtocolError("params is no array");
  return { method, params: params as readonly JsonValue[] };
}
