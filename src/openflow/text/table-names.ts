// Tables of a switch in text: a decimal number, or the name that the switch has for it, which only the caller can know.
import { Table } from "../protocol/ports.ts";
import { quotedName, writtenName } from "./name-text.ts";
import { refuse, type Token } from "./scanner.ts";

/** Finds the number of a table by its name: a map, or a function that gives undefined for an unknown name. */
export type TableNumbers = ReadonlyMap<string, number> | ((name: string) => number | undefined);

/** Finds the name of a table by its number: a map, or a function that gives undefined for an unnamed table. */
export type TableNames = ReadonlyMap<number, string> | ((tableId: number) => string | undefined);

/** The number, 0 to 255, of the table that `token` names. */
export function parseTable(token: Token, tables: TableNumbers | undefined, what: string): number {
  if (token.text === "") throw refuse(token, `${what} has no value`);
  if (/^[0-9]+$/.test(token.text)) return numberOf(token, what);
  const name = writtenName(token.text);
  const found = name === undefined ? undefined : lookUp(tables, name);
  if (found !== undefined) return found;
  const hint = tables === undefined ? "; tables' names need a list of the switch's tables" : "";
  throw refuse(token, `${what}: no table is called ${JSON.stringify(token.text)}`, {
    hint: `write its number in decimal${hint}`,
  });
}

/** The name of a table in `names` (in quotes where ovs-ofctl puts it in quotes), else the number. */
export function formatTable(tableId: number, names?: TableNames): string {
  const name = typeof names === "function" ? names(tableId) : names?.get(tableId);
  return name === undefined ? String(tableId) : quotedName(name);
}

function numberOf(token: Token, what: string): number {
  if (/^0[0-9]/.test(token.text)) {
    throw refuse(token, `${what}: ${token.text} has a leading zero`, { hint: "write it without" });
  }
  const tableId = Number(token.text);
  if (tableId <= Table.all) return tableId;
  throw refuse(token, `${what} is out of range`, { hint: `tables are 0 to ${Table.all - 1}` });
}

function lookUp(tables: TableNumbers | undefined, name: string): number | undefined {
  return typeof tables === "function" ? tables(name) : tables?.get(name);
}
