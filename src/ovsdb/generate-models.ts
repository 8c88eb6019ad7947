// Writes the TypeScript of a database's rows from its schema: what a replica gives for each column, with the limits
// and references that types can't say in a comment. Pure: the script that reads and writes files is scripts/.
import type {
  AtomicType,
  BaseType,
  ColumnSchema,
  ColumnType,
  DatabaseSchema,
  TableSchema,
} from "./schema.ts";
import type { AtomValue } from "./values.ts";

/** Options of {@link generateModels}. */
export interface GenerateModelsOptions {
  /** Lines for the file's head, without comment marks: where the schema comes from. */
  readonly header: readonly string[];
  /** The package that ovskit's own types are imported from, or a folder when it ends with a slash. Default `ovskit/ovsdb`. */
  readonly importFrom?: string | undefined;
}

/** No line of code is longer, so that the formatter leaves the file as it is. */
const lineWidth = 110;

/**
 * The TypeScript text of a model of `schema`: for each table an interface of its rows and the types of its enums, with limits and
 * references in words; for the database one interface, one value for `OvsdbClient.replica`, with the columns' defaults, and the
 * tables that references lead to.
 */
export function generateModels(schema: DatabaseSchema, options: GenerateModelsOptions): string {
  const { header, importFrom = "ovskit/ovsdb" } = options;
  const tables = sorted(schema.tables).map(
    ([table, columns]) => [table, { ...columns, columns: new Map(sorted(columns.columns)) }] as const,
  );
  const name = pascalCase(schema.name);
  const body = tables.flatMap(([table, tableSchema]) => [
    ...enumTypes(table, tableSchema),
    ...rowInterface(table, tableSchema),
  ]);
  return [
    ...header.map((line) => `// ${line}`.trimEnd()),
    "/* oxlint-disable max-lines -- generated */",
    ...importLines(
      importFrom,
      body.some((line) => /\bInteger\b/.test(line)),
    ),
    "",
    ...body,
    `/** The tables of ${schema.name} ${schema.version}. */`,
    `export interface ${name} {`,
    ...tables.map(([table]) => `  readonly ${table}: ${rowName(table)};`),
    "}",
    "",
    ...referenceLines(`${name}References`, schema.name, tables),
    `/** ${schema.name} ${schema.version}, for \`OvsdbClient.replica\`. */`,
    `export const ${camelCase(schema.name)}: DatabaseModel<${name}, ${name}References> = {`,
    `  name: ${JSON.stringify(schema.name)},`,
    `  version: ${JSON.stringify(schema.version)},`,
    "  defaults: {",
    ...tables.flatMap(([table, { columns }]) => defaultLines(table, columns)),
    "  },",
    "};",
    "",
  ].join("\n");
}

/** By name: a server gives tables and columns in no certain order. */
function sorted<T>(members: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...members].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function importLines(from: string, integers: boolean): string[] {
  if (!from.endsWith("/")) {
    return [`import type { DatabaseModel${integers ? ", Integer" : ""} } from "${from}";`];
  }
  return [
    `import type { DatabaseModel } from "${from}model.ts";`,
    ...(integers ? [`import type { Integer } from "${from}values.ts";`] : []),
  ];
}

/** Which table a column refers to, by table and column. Of a map that may be its keys or its values. */
function referenceLines(
  name: string,
  database: string,
  tables: readonly (readonly [string, TableSchema])[],
): string[] {
  const members = tables.flatMap(([table, { columns }]) => {
    const references = [...columns].flatMap(([column, { type }]) => {
      const to = type.key.refTable ?? type.value?.refTable;
      return to === undefined ? [] : [`    readonly ${column}: ${JSON.stringify(to)};`];
    });
    return references.length === 0 ? [] : [`  readonly ${table}: {`, ...references, "  };"];
  });
  return [
    `/** The tables that the references of ${database} lead to. */`,
    ...(members.length === 0
      ? [`export type ${name} = Readonly<Record<never, never>>;`]
      : [`export interface ${name} {`, ...members, "}"]),
    "",
  ];
}

/** What an insert that leaves a column out gives it (RFC 7047, 5.2.1). Not of a column whose limits exclude that: it must be given. */
function defaultLines(table: string, columns: ReadonlyMap<string, ColumnSchema>): string[] {
  const lines = [...columns].flatMap(([column, { type }]) => {
    const text = defaultText(type);
    return text === undefined ? [] : [`      ${column}: ${text},`];
  });
  return lines.length === 0 ? [`    ${table}: {},`] : [`    ${table}: {`, ...lines, "    },"];
}

const defaultTexts: Readonly<Record<AtomicType, string>> = {
  integer: "0",
  real: "0",
  boolean: "false",
  string: '""',
  uuid: '"00000000-0000-0000-0000-000000000000"',
};

function defaultText({ key, value, min, max }: ColumnType): string | undefined {
  const one = max === 1 && value === undefined;
  if (min === 0 && one) return "undefined";
  if (min === 0) return value === undefined ? "[]" : "new Map()";
  if (!allowsDefault(key) || (value !== undefined && !allowsDefault(value))) return undefined;
  const text = defaultTexts[key.type];
  if (value !== undefined) return `new Map([[${text}, ${defaultTexts[value.type]}]])`;
  return one ? text : `[${text}]`;
}

function allowsDefault({
  type,
  refTable,
  enum: choices,
  minInteger,
  maxInteger,
  minReal,
  maxReal,
  minLength,
}: BaseType): boolean {
  if (refTable !== undefined) return false;
  if (choices !== undefined) return choices.some((choice) => choice === initialValues[type]);
  const low = minInteger ?? minReal ?? 0;
  const high = maxInteger ?? maxReal ?? 0;
  return low <= 0 && high >= 0 && (minLength ?? 0) === 0;
}

const initialValues: Readonly<Record<AtomicType, AtomValue>> = {
  integer: 0,
  real: 0,
  boolean: false,
  string: "",
  uuid: "",
};

/** A type by name for every column that has an enum. */
function enumTypes(table: string, { columns }: TableSchema): string[] {
  return [...columns].flatMap(([column, { type }]) => {
    const name = enumName(table, column);
    return [
      ...enumType(type.key, `${name}${type.value === undefined ? "" : "Key"}`, `${table}.${column}`),
      ...(type.value === undefined ? [] : enumType(type.value, `${name}Value`, `${table}.${column}`)),
    ];
  });
}

function enumType({ enum: choices }: BaseType, name: string, column: string): string[] {
  if (choices === undefined) return [];
  const texts = choices
    .map((choice) => (typeof choice === "string" ? JSON.stringify(choice) : String(choice)))
    .toSorted();
  const oneLine = `export type ${name} = ${texts.join(" | ")};`;
  const lines =
    oneLine.length <= lineWidth
      ? [oneLine]
      : [`export type ${name} =`, ...texts.map((text) => `  | ${text}`)];
  const last = lines.pop() ?? "";
  return [`/** What ${column} may hold. */`, ...lines, last.endsWith(";") ? last : `${last};`, ""];
}

function rowInterface(table: string, { columns, isRoot, maxRows, indexes }: TableSchema): string[] {
  const facts = [
    isRoot ? "" : "A row is removed when nothing refers to it.",
    Number.isFinite(maxRows) ? `At most ${maxRows} ${maxRows === 1 ? "row" : "rows"}.` : "",
    ...indexes.map((index) => `Unique: ${index.join(", ")}.`),
  ].filter((fact) => fact !== "");
  return [
    `/** ${[`A row of ${table}.`, ...facts].join(" ")} */`,
    `export interface ${rowName(table)} {`,
    "  readonly _uuid: string;",
    ...[...columns].flatMap(([column, schema]) => columnLines(enumName(table, column), column, schema)),
    "}",
    "",
  ];
}

function columnLines(enumType: string, column: string, schema: ColumnSchema): string[] {
  const { type, ephemeral, mutable } = schema;
  const facts = [
    referenceFact(type.key, type.value === undefined ? "" : "Keys: "),
    type.value === undefined ? "" : referenceFact(type.value, "Values: "),
    rangeFact(type.key, type.value === undefined ? "" : "Keys: "),
    type.value === undefined ? "" : rangeFact(type.value, "Values: "),
    countFact(type),
    mutable ? "" : "Set by insert only.",
    ephemeral ? "Not kept across a restart of the server." : "",
  ].filter((fact) => fact !== "");
  return [
    ...(facts.length === 0 ? [] : [`  /** ${facts.join(" ")} */`]),
    `  readonly ${column}: ${typeText(type, enumType)};`,
  ];
}

function referenceFact({ refTable, refType }: BaseType, of: string): string {
  if (refTable === undefined) return "";
  return `${of}${refType === "weak" ? "Weak references" : "References"} to ${refTable}.`;
}

function rangeFact(
  { minInteger, maxInteger, minReal, maxReal, minLength, maxLength }: BaseType,
  of: string,
): string {
  const low = minInteger ?? minReal;
  const high = maxInteger ?? maxReal;
  const value = rangeText(of, low, high);
  const length =
    minLength === undefined && maxLength === undefined
      ? ""
      : `${of}${minLength ?? 0} to ${maxLength ?? "…"} characters.`;
  return [value, length].filter((fact) => fact !== "").join(" ");
}

function rangeText(of: string, low: number | bigint | undefined, high: number | bigint | undefined): string {
  if (high !== undefined) return `${of}${low === undefined ? "at most" : `${low} to`} ${high}.`;
  return low === undefined ? "" : `${of}${low} and above.`;
}

function countFact({ min, max, value }: ColumnType): string {
  if (max === 1 && value === undefined) return "";
  const least = min === 0 ? "" : "At least one. ";
  const most = Number.isFinite(max) ? `At most ${max}.` : "";
  return `${least}${most}`.trim();
}

function typeText(type: ColumnType, enumType: string): string {
  if (type.value !== undefined) {
    const key = elementText(type.key, `${enumType}Key`);
    return `ReadonlyMap<${key}, ${elementText(type.value, `${enumType}Value`)}>`;
  }
  const element = elementText(type.key, enumType);
  if (type.max > 1) return `readonly ${element}[]`;
  return type.min === 0 ? `${element} | undefined` : element;
}

const elementTexts: Readonly<Record<AtomicType, string>> = {
  integer: "Integer",
  real: "number",
  boolean: "boolean",
  string: "string",
  uuid: "string",
};

function elementText(base: BaseType, enumType: string): string {
  if (base.enum !== undefined) return enumType;
  return base.type === "integer" && isSafe(base) ? "number" : elementTexts[base.type];
}

/** Whether the limits leave only integers that a number holds exactly. */
function isSafe({ minInteger, maxInteger }: BaseType): boolean {
  return (
    minInteger !== undefined &&
    maxInteger !== undefined &&
    minInteger >= Number.MIN_SAFE_INTEGER &&
    maxInteger <= Number.MAX_SAFE_INTEGER
  );
}

function enumName(table: string, column: string): string {
  return `${pascalCase(table)}${pascalCase(column)}`;
}

function rowName(table: string): string {
  return `${pascalCase(table)}Row`;
}

function pascalCase(name: string): string {
  return name
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function camelCase(name: string): string {
  const [first = "", ...rest] = name.split("_");
  const small =
    first === first.toUpperCase() ? first.toLowerCase() : first.charAt(0).toLowerCase() + first.slice(1);
  return `${small}${pascalCase(rest.join("_"))}`;
}

/** The head of models/open-vswitch.ts. */
export const openVSwitchHeader: readonly string[] = [
  "Types of the rows of Open_vSwitch, generated by scripts/generate-models.mjs. Don't edit: a test compares.",
  "From vswitch.ovsschema of Open vSwitch 3.1.0 (Debian's openvswitch-common; Copyright its contributors, licensed",
  "under Apache-2.0, https://www.openvswitch.org/).",
];
