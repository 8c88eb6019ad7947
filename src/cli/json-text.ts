// Values as JSON for `--json`: maps become objects, sets arrays, and integers beyond 2^53 keep every digit, since
// counters and cookies of 64 bits are what switches have.
import { stringify } from "lossless-json";

/** The JSON text of a value, indented by two spaces. */
export function jsonText(value: unknown): string {
  return stringify(plain(value), undefined, 2) ?? "null";
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return stringify(plain(value)) ?? "null";
}

function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries(
      Array.from(value as ReadonlyMap<unknown, unknown>, ([key, item]) => [String(key), plain(item)]),
    );
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from(value as Iterable<unknown>, plain);
  }
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && typeof item !== "function")
      .map(([name, item]) => [name, plain(item)]),
  );
}
