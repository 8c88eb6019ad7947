// Text in aligned columns, as wide as their widest cell; the last column isn't padded, so no line ends in spaces.

/** Rows of cells, one line each, two spaces between the columns. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - displayWidth(cell)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Code points; a name of another script may still come out wider on a terminal. */
function displayWidth(text: string): number {
  return Array.from(text).length;
}
