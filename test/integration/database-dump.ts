// What a database holds according to ovsdb-client, none of whose code is ours, and what a replica holds, in one form
// in which the order of rows, sets and maps plays no part.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type JsonValue, parseExact } from "../../src/jsonrpc/json.ts";

/** Columns as text, by table and row. */
export type Contents = Record<string, Record<string, Record<string, string>>>;

/** Which columns of which tables, and which rows by these. */
export type Shown = Readonly<
  Record<
    string,
    {
      readonly columns: readonly string[];
      readonly fits?: (row: Readonly<Record<string, string>>) => boolean;
    }
  >
>;

const run = promisify(execFile);
const text = (one: unknown): string => `${typeof one} ${String(one)}`;
const plain = (one: JsonValue): unknown => (Array.isArray(one) ? (one as JsonValue[])[1] : one);

/** A value as text. */
export function canonical(value: unknown): string {
  if (value === undefined) return "[]";
  if (value instanceof Map)
    return JSON.stringify([...value].map(([key, item]) => `${text(key)}=${text(item)}`).toSorted());
  return JSON.stringify((Array.isArray(value) ? value : [value]).map(text).toSorted());
}

/** The same of a value as the server wrote it. */
function canonicalWire(wire: JsonValue): string {
  if (!Array.isArray(wire)) return canonical(wire);
  const [kind, content] = wire as [string, JsonValue[]];
  if (kind === "set") return canonical(content.map(plain));
  if (kind !== "map") return canonical([content]);
  const pairs = content as unknown as [JsonValue, JsonValue][];
  return canonical(new Map(pairs.map(([key, item]) => [plain(key), plain(item)])));
}

/** Every row of a database. */
export async function dumpOf(target: string, database: string): Promise<Contents> {
  const { stdout } = await run("ovsdb-client", ["-f", "json", "dump", target, database], { maxBuffer: 1e8 });
  const tables = stdout.split("\n").flatMap((line) => {
    if (line === "") return [];
    const { caption, headings, data } = parseExact(line) as {
      caption: string;
      headings: readonly string[];
      data: readonly (readonly JsonValue[])[];
    };
    const rows = data.map((row) => {
      const cells = headings.map((heading, at) => [heading, canonicalWire(row[at] as JsonValue)] as const);
      return byUuid(Object.fromEntries(cells));
    });
    return [[caption.replace(/ table$/, ""), Object.fromEntries(rows)] as const];
  });
  return Object.fromEntries(tables);
}

function byUuid({ _uuid: id, ...columns }: Record<string, string>): [string, Record<string, string>] {
  return [String(id), columns];
}

/** What of a dump a replica should show. */
export function chosenOf(all: Contents, shown: Shown): Contents {
  const tables = Object.entries(shown).map(([table, { columns, fits = () => true }]) => {
    const rows = Object.entries(all[table] ?? {}).flatMap(([id, row]) => {
      const chosen = columns.map((column) => [column, row[column] ?? "no such column"] as const);
      return fits(row) ? [[id, Object.fromEntries(chosen)] as const] : [];
    });
    return [table, Object.fromEntries(rows)] as const;
  });
  return Object.fromEntries(tables);
}

/** What rows show, by table. */
export function contentsOf(tables: readonly string[], rows: (table: string) => Iterable<object>): Contents {
  const contents = tables.map((name) => {
    const shown = Array.from(rows(name), (row) =>
      byUuid(Object.fromEntries(Object.entries(row).map(([column, value]) => [column, canonical(value)]))),
    );
    return [name, Object.fromEntries(shown)] as const;
  });
  return Object.fromEntries(contents);
}
