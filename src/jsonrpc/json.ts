// JSON as OVSDB needs it: integers are int64, so numbers beyond 2^53 are bigint in both directions, and strings that
// ovsdb-server would hang up on never leave the process.
import { isInteger, parse, stringify } from "lossless-json";
import { UnsendableValueError } from "./errors.ts";

/** A JSON value; an integer that a number can't hold exactly is a bigint. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Parses with every integer exact. Several times slower than `JSON.parse`. Throws `SyntaxError`. */
export function parseExact(text: string): JsonValue {
  return parse(text, null, parseNumber) as JsonValue;
}

/** An int64 has no more characters than this. */
const int64Length = 20;

function parseNumber(text: string): number | bigint {
  const value = Number(text);
  // An integer beyond 64 bits is nothing that OVSDB has, and a bigint of a million digits takes its time.
  const exact = Number.isSafeInteger(value) || text.length > int64Length || !isInteger(text);
  return exact ? value : BigInt(text);
}

/**
 * The text of a message. Refuses (`UnsendableValueError`) NaN and infinities, which JSON.stringify makes null, and U+0000 and
 * lone surrogates, on which ovsdb-server closes the connection without a word.
 */
export function encodeJson(message: { readonly [name: string]: JsonValue }): string {
  const text = hasBigint(message, []) ? stringify(message) : JSON.stringify(message);
  if (text === undefined) throw new UnsendableValueError("message", "no JSON value");
  return text;
}

type Path = (string | number)[];

/** Checks everything that will be sent, and says whether there is a bigint in it, in one walk. `path` leads to `value`. */
function hasBigint(value: unknown, path: Path): boolean {
  if (typeof value === "string") {
    checkText(value, path);
    return false;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new UnsendableValueError(pathText(path), `${value} is no JSON number`);
    return false;
  }
  if (typeof value === "object") {
    return value !== null && (Array.isArray(value) ? anyElement(value, path) : anyMember(value, path));
  }
  if (typeof value === "bigint") return true;
  if (typeof value === "boolean") return false;
  throw new UnsendableValueError(pathText(path), `${typeof value} is no JSON value`);
}

function anyElement(values: readonly unknown[], path: Path): boolean {
  let found = false;
  for (let index = 0; index < values.length; index += 1) {
    path.push(index);
    if (hasBigint(values[index], path)) found = true;
    path.pop();
  }
  return found;
}

function anyMember(object: object, path: Path): boolean {
  let found = false;
  for (const [name, value] of Object.entries(object)) {
    path.push(name);
    checkText(name, path);
    if (hasBigint(value, path)) found = true;
    path.pop();
  }
  return found;
}

const loneSurrogate = /\p{Surrogate}/u;

function checkText(text: string, path: Path): void {
  if (text.includes("\u0000")) throw refusal(path, "U+0000");
  if (loneSurrogate.test(text)) throw refusal(path, "half of a surrogate pair");
}

function refusal(path: Path, what: string): UnsendableValueError {
  return new UnsendableValueError(pathText(path), `the string holds ${what}, which the server refuses`);
}

function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .slice(1);
}
