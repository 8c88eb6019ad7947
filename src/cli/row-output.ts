// Rows as ovs-vsctl and ovsdb-client print them, one column to a line or one row to a line, and as values for programs.
import type { GenericRow } from "../ovsdb/values.ts";
import { compareValues } from "./datum-comparison.ts";
import { bareText, datumText } from "./datum-text.ts";
import type { NamedColumn } from "./schema-names.ts";
import { InputError } from "./usage-error.ts";

/** `--format` of what prints rows. */
export const formatOption = {
  type: "string",
  value: "FORMAT",
  summary: "list: a line for each column; table: a line for each row",
} as const;

/** `--bare` of what prints rows. */
export const bareOption = {
  type: "boolean",
  summary: "values only, without quotes and brackets, as a list",
} as const;

/** A way to print rows. */
export type RowFormat = "list" | "table" | "bare";

/** What the options say. Throws `InputError`. */
export function rowFormat(
  { format, bare }: { readonly format: string | undefined; readonly bare: boolean },
  usual: "list" | "table",
): RowFormat {
  if (format !== undefined && format !== "list" && format !== "table") {
    throw new InputError(format, `--format ${format} is neither list nor table`);
  }
  return bare ? "bare" : (format ?? usual);
}

/** Rows in the server's order of their columns, the first column first. */
export function sortedRows(
  columns: readonly NamedColumn[],
  rows: readonly GenericRow[],
): readonly GenericRow[] {
  return rows.toSorted((one, other) => {
    for (const { name } of columns) {
      const order = compareValues(one[name], other[name]);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** The rows as text, without the last line's end. */
export function rowsText(
  columns: readonly NamedColumn[],
  rows: readonly GenericRow[],
  format: RowFormat,
): string {
  if (format === "table") return tableText(columns, rows);
  return rows
    .map((row) =>
      columns
        .map(({ name, type }) =>
          format === "bare"
            ? bareText(row[name], type)
            : `${name.padEnd(listWidth)}: ${datumText(row[name], type)}`,
        )
        .join("\n"),
    )
    .join("\n\n");
}

/** How wide ovs-vsctl makes the names of columns. */
const listWidth = 20;

function tableText(columns: readonly NamedColumn[], rows: readonly GenericRow[]): string {
  const headings = columns.map(({ name }) => name);
  const cells = rows.map((row) => columns.map(({ name, type }) => datumText(row[name], type)));
  const widths = headings.map((heading, index) =>
    cells.reduce((width, line) => Math.max(width, displayWidth(line[index] ?? "")), displayWidth(heading)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => text + " ".repeat((widths[index] ?? 0) - displayWidth(text)))
      .join(" ")
      .trimEnd();
  return [headings, widths.map((width) => "-".repeat(width)), ...cells].map(line).join("\n");
}

function displayWidth(text: string): number {
  return Array.from(text).length;
}

/** The columns of a row, for `--json`. A column without a value is null, so that it can be told from one not asked for. */
export function rowValue(
  columns: readonly NamedColumn[],
  row: GenericRow,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
}
