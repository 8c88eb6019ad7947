// Values of OVSDB columns as ovs-vsctl prints them: bare words where they can't be misread, JSON strings otherwise,
// sets in brackets and maps in braces, each in order.
import { isUuid } from "../ovsdb/values.ts";

/** A value that was read from the database. */
export type Datum =
  | string
  | number
  | bigint
  | boolean
  | undefined
  | readonly (string | number | bigint | boolean)[]
  | ReadonlyMap<string | number | bigint, string | number | bigint | boolean>;

/** The value in ovs-vsctl's words. */
export function datumText(datum: Datum): string {
  if (datum === undefined) return "[]";
  if (datum instanceof Map) {
    const pairs = [...datum].toSorted(([one], [other]) => compare(one, other));
    return `{${pairs.map(([key, value]) => `${atomText(key)}=${atomText(value)}`).join(", ")}}`;
  }
  if (Array.isArray(datum)) return `[${datum.toSorted(compare).map(atomText).join(", ")}]`;
  return atomText(datum as string | number | bigint | boolean);
}

/** Whether it is what a column holds that nobody set; ovs-vsctl leaves such columns out. */
export function isDefault(datum: Datum): boolean {
  if (datum instanceof Map) return datum.size === 0;
  if (Array.isArray(datum)) return datum.length === 0;
  return datum === undefined || datum === "" || datum === false;
}

function atomText(atom: string | number | bigint | boolean): string {
  return typeof atom === "string" ? wordText(atom) : String(atom);
}

/** A name bare or in quotes, as ovs-vsctl decides it. */
export function wordText(text: string): string {
  const bare = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) && text !== "true" && text !== "false";
  return bare && !isUuid(text) ? text : JSON.stringify(text);
}

/** Numbers by value, texts by their UTF-8 bytes. */
function compare(one: string | number | bigint | boolean, other: string | number | bigint | boolean): number {
  if (typeof one === "string" && typeof other === "string") {
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  }
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
