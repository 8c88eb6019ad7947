// What a database holds, in one form for what ovsdb-client dumps and what a replica shows, so that the two can be held
// against each other row by row and column by column. The order of sets and maps plays no part.
import { type JsonValue, parseExact } from "../../src/jsonrpc/json.ts";

/** Tables by name, rows by UUID, columns by name. */
export type Contents = Record<string, Record<string, Record<string, string>>>;

/** What is read of a replica, whatever the types of its rows. */
interface Rows {
  table(name: never): Iterable<object>;
}

const text = (one: unknown): string => `${typeof one} ${String(one)}`;
const plain = (one: JsonValue): unknown => (Array.isArray(one) ? (one as JsonValue[])[1] : one);

/** The chosen tables of what `ovsdb-client -f json dump` printed. */
export function dumpedContents(printed: string, tables: Readonly<Record<string, unknown>>): Contents {
  const contents: Contents = {};
  for (const line of printed.split("\n").filter((one) => one !== "")) {
    const { caption, headings, data } = parseExact(line) as {
      caption: string;
      headings: readonly string[];
      data: readonly (readonly JsonValue[])[];
    };
    const table = caption.replace(/ table$/, "");
    if (!(table in tables)) continue;
    contents[table] = Object.fromEntries(
      data.map((row) => rowOf(headings.map((heading, at) => [heading, canonicalWire(row[at] as JsonValue)]))),
    );
  }
  return contents;
}

/** The chosen tables of a replica. */
export function replicaContents(replica: Rows, tables: Readonly<Record<string, unknown>>): Contents {
  return Object.fromEntries(
    Object.keys(tables).map((name) => {
      const rows = Array.from(replica.table(name as never), (row) =>
        rowOf(Object.entries(row).map(([column, value]) => [column, canonical(value)])),
      );
      return [name, Object.fromEntries(rows)];
    }),
  );
}

function rowOf(cells: readonly (readonly [string, string])[]): [string, Record<string, string>] {
  const { _uuid: id = "", ...columns } = Object.fromEntries(cells);
  return [id, columns];
}

/** A value as text. */
export function canonical(value: unknown): string {
  if (value === undefined) return "[]";
  if (value instanceof Map)
    return JSON.stringify([...value].map(([k, v]) => `${text(k)}=${text(v)}`).toSorted());
  return JSON.stringify((Array.isArray(value) ? value : [value]).map(text).toSorted());
}

/** The same of a value as the server wrote it. */
function canonicalWire(wire: JsonValue): string {
  if (!Array.isArray(wire)) return canonical(wire);
  const [kind, content] = wire as [string, JsonValue[]];
  if (kind === "set") return canonical(content.map(plain));
  if (kind === "map")
    return canonical(new Map((content as [JsonValue, JsonValue][]).map(([k, v]) => [plain(k), plain(v)])));
  return canonical([content]);
}
