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

/** Options of {@link generateModels}. */
export interface GenerateModelsOptions {
  /** Lines for the file's head, without comment marks: where the schema comes from. */
  readonly header: readonly string[];
  /** Where the types of `src/ovsdb` are imported from, such as `../`. */
  readonly importFrom: string;
}

/** No line of code is longer, so that the formatter leaves the file as it is. */
const lineWidth = 110;

/** The TypeScript text of a model of `schema`: one interface per table, one for the database, one value for `replica`. */
export function generateModels(schema: DatabaseSchema, options: GenerateModelsOptions): string {
  const { header, importFrom } = options;
  const tables = [...schema.tables].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const name = pascalCase(schema.name);
  const body = tables.flatMap(([table, tableSchema]) => [
    ...enumTypes(table, tableSchema),
    ...rowInterface(table, tableSchema),
  ]);
  return [
    ...header.map((line) => `// ${line}`.trimEnd()),
    "/* oxlint-disable max-lines -- generated */",
    `import type { DatabaseModel } from "${importFrom}model.ts";`,
    ...(body.some((line) => /\bInteger\b/.test(line))
      ? [`import type { Integer } from "${importFrom}values.ts";`]
      : []),
    "",
    ...body,
    `/** The tables of ${schema.name} ${schema.version}. */`,
    `export interface ${name} {`,
    ...tables.map(([table]) => `  readonly ${table}: ${rowName(table)};`),
    "}",
    "",
    `/** ${schema.name} ${schema.version}, for \`OvsdbClient.replica\`. */`,
    `export const ${camelCase(schema.name)}: DatabaseModel<${name}> = {`,
    `  name: ${JSON.stringify(schema.name)},`,
    `  version: ${JSON.stringify(schema.version)},`,
    "};",
    "",
  ].join("\n");
}

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
  const texts = choices.map((choice) =>
    typeof choice === "string" ? JSON.stringify(choice) : String(choice),
  );
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
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** The head of models/open-vswitch.ts. */
export const openVSwitchHeader: readonly string[] = [
  "Types of the rows of Open_vSwitch, generated by scripts/generate-models.mjs. Don't edit: a test compares.",
  "From vswitch.ovsschema of Open vSwitch 3.1.0 (Debian's openvswitch-common; Copyright its contributors, licensed",
  "under Apache-2.0, https://www.openvswitch.org/).",
];
