// What a node's switch and database hold, as text to compare before and after: every flow of both bridges and every
// row of the database, but for what changes by itself while nobody does anything.
import { runCommand } from "./command.ts";
import type { ComputeNode } from "./node.ts";

interface TableDump {
  readonly caption: string;
  readonly headings: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

// Counters of packets, and the numbers by which ovs-vsctl and ovs-vswitchd tell each other that they are done.
const livingColumns = new Set(["statistics", "cur_cfg", "next_cfg"]);

function rowText(headings: readonly string[], row: readonly unknown[]): string {
  const columns = headings.map((name, index) => `${name}=${JSON.stringify(row[index])}`);
  return columns.filter((_, index) => !livingColumns.has(headings[index] ?? "")).join(" ");
}

async function databaseLines(node: ComputeNode): Promise<readonly string[]> {
  const text = await runCommand("ovsdb-client", ["-f", "json", "dump", node.ovs.ovsdb, "Open_vSwitch"]);
  const tables = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TableDump);
  return tables.flatMap(({ caption, headings, data }) =>
    data.map((row) => `${caption}: ${rowText(headings, row)}`).toSorted(),
  );
}

/** Everything a node's switch and database hold. */
export async function dumpState(node: ComputeNode): Promise<readonly string[]> {
  const [database, integration, provider] = await Promise.all([
    databaseLines(node),
    node.flows("br-int"),
    node.flows("br-ex"),
  ]);
  return [
    ...integration.map((line) => `br-int: ${line}`),
    ...provider.map((line) => `br-ex: ${line}`),
    ...database,
  ];
}

/** In which lines two dumps differ, as text; "the same" when in none. */
export function describeDifference(before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return gone.length + come.length === 0 ? "the same" : [...gone, ...come].join("\n");
}
