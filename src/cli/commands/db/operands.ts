// The words that several commands of `ovskit db` take, and what is to be said about each once.

export const tableOperand = {
  name: "TABLE",
  summary: "a table: any case, - for _, or an unambiguous beginning",
} as const;

export const recordOperand = {
  name: "RECORD",
  summary: "a row: its name, UUID, the first 4 or more digits of it, or . for a table's only row",
} as const;

export const columnOperand = { name: "COLUMN", summary: "a column, named like a table" } as const;

export const assignmentOperand = {
  name: "ASSIGNMENT",
  repeats: true,
  summary: "COLUMN[:KEY]=VALUE: what a column, or a key of a map, is to be",
} as const;

export const conditionOperand = {
  name: "CONDITION",
  optional: true,
  repeats: true,
  summary: "COLUMN[:KEY]=VALUE, also with other operators; all must hold",
} as const;

export const ifExistsOption = { type: "boolean", summary: "do nothing for a row that isn't there" } as const;

export const columnsOption = {
  type: "string",
  value: "COLUMN,…",
  summary: "these columns only, in this order",
} as const;

export const noWaitOption = {
  type: "boolean",
  summary: "return when the database has it, before ovs-vswitchd did it",
} as const;

/** How values are written, for the help of the commands that take some. */
export const valueHelp: string = [
  "A set is written 1,2 or [1,2] or 1-9, empty []; a map a=b,c=d or {a=b}, empty {}. Strings that aren't plain",
  `words are quoted as in JSON, within the shell's own quotes: 'name="a b"'.`,
].join("\n");

/** How rows are compared, for the help of the commands that do so. */
export const conditionHelp: string = [
  "= != < > <= >= compare whole columns: the one with more elements is larger, then the elements decide.",
  "{<=} and {in} hold when every element is among those given, {>=} when all given are there, {not-in} when",
  "none is; {=} {!=} {<} {>} as they read. A row without the KEY counts as the empty set to those in braces,",
  "and never fits the others.",
].join("\n");
