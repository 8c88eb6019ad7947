// What ovs-ofctl prints of what a switch's tables can match and do: dump-table-features. What a table shares with the one
// before isn't said again.
import type { InstructionName, TableFeature, TableFeatures } from "../protocol/table-features.ts";
import { actionNamesText } from "./action-names.ts";
import { inPrintedOrder, namesOfFields } from "./field-names.ts";
import { nameListText } from "./name-list-text.ts";
import { formatHex } from "./number-text.ts";

/** What an action set, or a list that is applied, may hold. */
interface ActionAbilities {
  /** The actions' words, or `<none>`. */
  readonly actions: string;
  /** The fields that actions may set. */
  readonly fields: string;
}

/** What flows may do, or the table-miss flow. */
interface Abilities {
  readonly next: ReadonlySet<number>;
  readonly instructions: string;
  readonly write: ActionAbilities;
  readonly apply: ActionAbilities;
}

/** A table's features as they are compared and printed. */
interface Table {
  readonly tableId: number;
  readonly name: string;
  readonly metadataMatch: bigint;
  readonly metadataWrite: bigint;
  readonly maxEntries: number;
  readonly others: Abilities;
  readonly miss: Abilities;
  readonly matched: readonly string[];
  readonly maskable: ReadonlySet<string>;
  readonly wildcards: ReadonlySet<string>;
}

/**
 * Prints what tables can do as `dump-table-features` does, and ofp-print below its first line, an empty line between tables
 * (OpenFlow 1.3.5, 7.3.5.5). A table without a name that can do the same as the one before is a `ditto`.
 */
export function formatTableFeatures(tables: readonly TableFeatures[]): string {
  let text = "";
  let dittos: number[] = [];
  let previous: Table | undefined;
  for (const table of tables.map(tableOf)) {
    const isSame = previous !== undefined && sameTable(table, previous);
    if (isSame && table.name === "") dittos.push(table.tableId);
    else {
      const name = table.name === "" ? "" : ` ("${table.name}")`;
      text += `${dittosText(dittos)}\n  table ${table.tableId}${name}:`;
      text += isSame ? " ditto" : ["", ...tableLines(table, previous), ""].join("\n");
      dittos = [];
    }
    previous = table;
  }
  return (text + dittosText(dittos)).replace(/^\n|\n$/g, "");
}

/** The line for tables that are the same as the one before them. */
export function dittosText(tableIds: readonly number[]): string {
  const [first, last] = [tableIds[0], tableIds.at(-1)];
  if (first === undefined) return "";
  return `\n  ${first === last ? `table ${first}` : `tables ${first}...${last}`}: ditto\n`;
}

const instructionWords: readonly (readonly [InstructionName, string])[] = [
  ["meter", "meter"],
  ["applyActions", "apply_actions"],
  ["clearActions", "clear_actions"],
  ["writeActions", "write_actions"],
  ["writeMetadata", "write_metadata"],
  ["gotoTable", "goto_table"],
];

type Found<T extends TableFeature["type"]> = Extract<TableFeature, { type: T }>;

function find<T extends TableFeature["type"]>(table: TableFeatures, type: T): Found<T> | undefined {
  return table.properties.findLast((property): property is Found<T> => property.type === type);
}

function tableOf(table: TableFeatures): Table {
  const { tableId, name, metadataMatch, metadataWrite, maxEntries } = table;
  const match = find(table, "match")?.fields ?? [];
  const matched = namesOfFields(match);
  return {
    tableId,
    name,
    metadataMatch,
    metadataWrite,
    maxEntries,
    others: abilitiesOf(table, ""),
    miss: abilitiesOf(table, "Miss"),
    matched: inPrintedOrder(matched),
    maskable: namesOfFields(match, { masked: true }),
    wildcards: namesOfFields(find(table, "wildcards")?.fields ?? []),
  };
}

/** What `suffix` names; for the table-miss flow that is what holds for others, unless it is said. */
function abilitiesOf(table: TableFeatures, suffix: "" | "Miss"): Abilities {
  const next = find(table, `nextTables${suffix}`) ?? find(table, "nextTables");
  const instructions = find(table, `instructions${suffix}`) ?? find(table, "instructions");
  const write = find(table, `writeActions${suffix}`) ?? find(table, "writeActions");
  const apply = find(table, `applyActions${suffix}`) ?? find(table, "applyActions");
  const writeFields = find(table, `writeSetField${suffix}`) ?? find(table, "writeSetField");
  const applyFields = find(table, `applySetField${suffix}`) ?? find(table, "applySetField");
  const known = instructionWords.filter(([name]) => instructions?.instructions.includes(name) === true);
  const fieldsText = (found: typeof writeFields | typeof applyFields): string =>
    nameListText(inPrintedOrder(namesOfFields(found?.fields ?? [])));
  return {
    next: new Set(next?.tableIds),
    instructions: known.map(([, word]) => word).join(" "),
    write: { actions: actionNamesText(write?.actions ?? []), fields: fieldsText(writeFields) },
    apply: { actions: actionNamesText(apply?.actions ?? []), fields: fieldsText(applyFields) },
  };
}

function sameTable(a: Table, b: Table): boolean {
  return (
    a.metadataMatch === b.metadataMatch &&
    a.metadataWrite === b.metadataWrite &&
    a.maxEntries === b.maxEntries &&
    sameAbilitiesBoth(a, b) &&
    sameNames(a.matched, b.matched)
  );
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function sameAbilitiesBoth(a: Table, b: Table): boolean {
  return (
    sameAbilities(a.others, a.tableId, b.others, b.tableId) &&
    sameAbilities(a.miss, a.tableId, b.miss, b.tableId)
  );
}

function sameAbilities(a: Abilities, aTable: number, b: Abilities, bTable: number): boolean {
  return (
    sameNext(a.next, aTable, b.next, bTable) &&
    a.instructions === b.instructions &&
    sameActions(a.write, b.write) &&
    sameActions(a.apply, b.apply)
  );
}

function sameActions(a: ActionAbilities, b: ActionAbilities): boolean {
  return a.actions === b.actions && a.fields === b.fields;
}

/** Tables that lead on to all tables behind them count as the same: that each can't lead to itself is no difference. */
function sameNext(a: ReadonlySet<number>, aTable: number, b: ReadonlySet<number>, bTable: number): boolean {
  if (aTable === bTable + 1) return sameNext(b, bTable, a, aTable);
  const isBehind = bTable === aTable + 1 && a.has(bTable) && !b.has(bTable);
  const left = isBehind ? [...a].filter((table) => table !== bTable) : [...a];
  return left.length === b.size && left.every((table) => b.has(table));
}

function tableLines(table: Table, previous: Table | undefined): string[] {
  const { metadataMatch, metadataWrite, maxEntries } = table;
  const metadata = `    metadata: match=${formatHex(metadataMatch)} write=${formatHex(metadataWrite)}`;
  return [
    ...(metadataMatch === 0n && metadataWrite === 0n ? [] : [metadata]),
    ...(maxEntries === 0 ? [] : [`    max_entries=${maxEntries}`]),
    ...instructionLines(table, previous),
    ...matchLines(table, previous),
  ];
}

function instructionLines(table: Table, previous: Table | undefined): string[] {
  const { others, miss, tableId } = table;
  if (previous !== undefined && sameAbilitiesBoth(table, previous)) {
    return isEmpty(others) ? [] : ["    (same instructions)"];
  }
  if (!sameAbilities(others, tableId, miss, tableId)) {
    return [
      "    instructions (other than table miss):",
      ...abilityLines(others, previous?.others),
      "    instructions (table miss):",
      ...abilityLines(miss, previous?.miss),
    ];
  }
  if (isEmpty(others)) return [];
  return ["    instructions (table miss and others):", ...abilityLines(others, previous?.others)];
}

const noActions = actionNamesText([]);

function canNothing({ actions, fields }: ActionAbilities): boolean {
  return actions === noActions && fields === "";
}

function isEmpty({ next, instructions, write, apply }: Abilities): boolean {
  return next.size === 0 && instructions === "" && canNothing(write) && canNothing(apply);
}

function abilityLines(abilities: Abilities, previous: Abilities | undefined): string[] {
  const { next, instructions } = abilities;
  const isSame = instructions === previous?.instructions;
  return [
    ...(next.size === 0 ? [] : [`      next tables: ${rangesText(next)}`]),
    ...(instructions === ""
      ? []
      : [isSame ? "      (same instructions)" : `      instructions: ${instructions}`]),
    ...actionLines(abilities, previous),
  ];
}

/** What can be written and applied; that it is the same as before is said only where fields can be set. */
function actionLines({ write, apply }: Abilities, previous: Abilities | undefined): string[] {
  const isSame =
    previous !== undefined && sameActions(write, previous.write) && sameActions(apply, previous.apply);
  if (isSame && write.fields !== "") return ["      (same actions)"];
  if (!sameActions(write, apply)) {
    return [
      "      Write-Actions features:",
      ...oneActionLines(write),
      "      Apply-Actions features:",
      ...oneActionLines(apply),
    ];
  }
  return canNothing(write)
    ? []
    : ["      Write-Actions and Apply-Actions features:", ...oneActionLines(write)];
}

function oneActionLines({ actions, fields }: ActionAbilities): string[] {
  return [
    ...(actions === noActions ? [] : [`        actions: ${actions}`]),
    ...(fields === "" ? [] : [`        supported on Set-Field: ${fields}`]),
  ];
}

/** `1-3,7` */
function rangesText(tables: ReadonlySet<number>): string {
  const ranges: { first: number; last: number }[] = [];
  for (const table of [...tables].toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && range.last === table - 1) range.last = table;
    else ranges.push({ first: table, last: table });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

function matchLines({ matched, maskable, wildcards }: Table, previous: Table | undefined): string[] {
  if (matched.length === 0) return [];
  if (previous !== undefined && sameNames(matched, previous.matched)) return ["    (same matching)"];
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ["arbitrary mask", matched.filter((name) => maskable.has(name))],
    ["exact match or wildcard", matched.filter((name) => !maskable.has(name) && wildcards.has(name))],
    ["must exact match", matched.filter((name) => !maskable.has(name) && !wildcards.has(name))],
  ];
  const lines = kinds.filter(([, names]) => names.length > 0);
  return ["    matching:", ...lines.map(([kind, names]) => `      ${kind}: ${nameListText(names)}`)];
}
