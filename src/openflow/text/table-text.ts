// What ovs-ofctl prints of a switch's tables: dump-tables. Tables that differ from the one before in nothing but their
// number come in one line.
import type { TableStats } from "../protocol/switch-stats.ts";
import { dittosText } from "./table-features-text.ts";

/** Prints tables' counters as `dump-tables` does below its first line, an empty line between tables (OpenFlow 1.3.5, 7.3.5.4). */
export function formatTableStats(tables: readonly TableStats[]): string {
  let text = "";
  let dittos: number[] = [];
  let previous: TableStats | undefined;
  for (const table of tables) {
    if (previous !== undefined && isSame(table, previous)) dittos.push(table.tableId);
    else {
      const { tableId, activeCount, lookupCount, matchedCount } = table;
      text += `${dittosText(dittos)}\n  table ${tableId}:\n`;
      text += `    active=${activeCount}, lookup=${lookupCount}, matched=${matchedCount}\n`;
      dittos = [];
    }
    previous = table;
  }
  return (text + dittosText(dittos)).slice(1, -1);
}

function isSame(a: TableStats, b: TableStats): boolean {
  return (
    a.activeCount === b.activeCount && a.lookupCount === b.lookupCount && a.matchedCount === b.matchedCount
  );
}
