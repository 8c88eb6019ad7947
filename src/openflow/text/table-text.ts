// What ovs-ofctl prints of a switch's tables: dump-tables. Tables that differ from the one before in nothing but their
// number come in one line.
import type { TableStats } from "../protocol/switch-stats.ts";

/** Prints tables' counters as `dump-tables` does below its first line, an empty line between tables (OpenFlow 1.3.5, 7.3.5.4). */
export function formatTableStats(tables: readonly TableStats[]): string {
  return dittoText(tables, isSame, ({ tableId, activeCount, lookupCount, matchedCount }) => [
    `  table ${tableId}:`,
    `    active=${activeCount}, lookup=${lookupCount}, matched=${matchedCount}`,
  ]);
}

function isSame(a: TableStats, b: TableStats): boolean {
  return (
    a.activeCount === b.activeCount && a.lookupCount === b.lookupCount && a.matchedCount === b.matchedCount
  );
}

/** Prints tables with an empty line between them, and `ditto` for those that are the same as the one before. */
export function dittoText<T extends { readonly tableId: number }>(
  tables: readonly T[],
  same: (table: T, previous: T) => boolean,
  print: (table: T, previous: T | undefined) => readonly string[],
): string {
  const paragraphs: string[] = [];
  let dittos: number[] = [];
  const endDittos = (): void => {
    const [first, last] = [dittos[0], dittos.at(-1)];
    if (first === undefined) return;
    paragraphs.push(`  ${first === last ? `table ${first}` : `tables ${first}...${last}`}: ditto`);
    dittos = [];
  };
  let previous: T | undefined;
  for (const table of tables) {
    if (previous !== undefined && same(table, previous)) dittos.push(table.tableId);
    else {
      endDittos();
      paragraphs.push(print(table, previous).join("\n"));
    }
    previous = table;
  }
  endDittos();
  return paragraphs.join("\n\n");
}
