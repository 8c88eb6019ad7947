// The checks that every reader of the server's JSON makes first: is this an object, an array, a text. Each says
// where it stood when it isn't.
import type { JsonValue } from "../jsonrpc/json.ts";
import { OvsdbDecodeError, type Refusal } from "./errors.ts";

/** A JSON object's members. */
export type Members = { readonly [name: string]: JsonValue };

/** The object's members. Throws `OvsdbDecodeError`. */
export function objectAt(json: JsonValue | undefined, path: string): Members {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Members;
  throw new OvsdbDecodeError(path, "no object");
}

/** The array. Throws `OvsdbDecodeError`. */
export function arrayAt(json: JsonValue | undefined, path: string): readonly JsonValue[] {
  if (Array.isArray(json)) return json as readonly JsonValue[];
  throw new OvsdbDecodeError(path, "no array");
}

/** The text. Throws `OvsdbDecodeError`. */
export function textAt(json: JsonValue | undefined, path: string): string {
  if (typeof json === "string") return json;
  throw new OvsdbDecodeError(path, "no text");
}

/** A refusal, which the server writes as a text or as an object. Undefined for what is none. */
export function refusalIn(json: JsonValue | undefined): Refusal | undefined {
  if (typeof json === "string") return { error: json };
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { error, details, syntax } = json as Members;
  if (typeof error !== "string") return undefined;
  return {
    error,
    details: typeof details === "string" ? details : undefined,
    syntax: typeof syntax === "string" ? syntax : undefined,
  };
}
