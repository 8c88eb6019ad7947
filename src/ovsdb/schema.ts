// A database's schema, parsed once and checked (RFC 7047, 3.2), in the form that column codecs and the generator of
// models need: every shorthand written out, limits as numbers.
import type { JsonValue } from "../jsonrpc/json.ts";
import { OvsdbDecodeError } from "./errors.ts";
import { arrayAt, objectAt, textAt } from "./members.ts";
import type { AtomValue } from "./values.ts";

/** The types of one element. */
export type AtomicType = "integer" | "real" | "boolean" | "string" | "uuid";

/** One element's type with its constraints. */
export interface BaseType {
  readonly type: AtomicType;
  /** The only values allowed, if limited so. */
  readonly enum?: readonly AtomValue[] | undefined;
  readonly minInteger?: number | bigint | undefined;
  readonly maxInteger?: number | bigint | undefined;
  readonly minReal?: number | undefined;
  readonly maxReal?: number | undefined;
  /** In characters. */
  readonly minLength?: number | undefined;
  /** In characters. */
  readonly maxLength?: number | undefined;
  /** The table a UUID refers to. */
  readonly refTable?: string | undefined;
  /** A strong reference keeps its row alive, a weak one vanishes with it. */
  readonly refType?: "strong" | "weak" | undefined;
}

/** A column's type: exactly one element (`min` and `max` 1), an optional one (0 and 1), a set, or with `value` a map. */
export interface ColumnType {
  readonly key: BaseType;
  /** Present in maps only. */
  readonly value?: BaseType | undefined;
  /** 0 or 1. */
  readonly min: number;
  /** At least 1; `Infinity` for `unlimited`. */
  readonly max: number;
}

/** A column. */
export interface ColumnSchema {
  readonly type: ColumnType;
  /** Its value needn't survive a restart of the server. */
  readonly ephemeral: boolean;
  /** False: set by insert only. */
  readonly mutable: boolean;
}

/** A table. */
export interface TableSchema {
  readonly columns: ReadonlyMap<string, ColumnSchema>;
  /** A row of a table that isn't root is removed when no strong reference to it is left. */
  readonly isRoot: boolean;
  /** `Infinity` where there is no limit. */
  readonly maxRows: number;
  /** Sets of columns whose values are unique together. */
  readonly indexes: readonly (readonly string[])[];
}

/** A database. */
export interface DatabaseSchema {
  readonly name: string;
  /** As `8.3.1`. */
  readonly version: string;
  readonly cksum: string | undefined;
  readonly tables: ReadonlyMap<string, TableSchema>;
}

/** Parses what `get_schema` answers or an .ovsschema file holds. Throws `OvsdbDecodeError`. */
export function parseSchema(json: JsonValue): DatabaseSchema {
  const members = objectAt(json, "schema");
  const { cksum } = members;
  const tables = Object.entries(objectAt(members["tables"], "tables")).map(
    ([name, table]) => [checkedName(name, name), parseTable(table, name)] as const,
  );
  return {
    name: textAt(members["name"], "name"),
    version: textAt(members["version"], "version"),
    cksum: typeof cksum === "string" ? cksum : undefined,
    tables: new Map(tables),
  };
}

function parseTable(json: JsonValue, path: string): TableSchema {
  const { columns, isRoot, maxRows, indexes = [] } = objectAt(json, path);
  const parsed = Object.entries(objectAt(columns, path)).map(([name, column]) => {
    const columnPath = `${path}.${name}`;
    return [checkedName(name, columnPath), parseColumn(column, columnPath)] as const;
  });
  return {
    columns: new Map(parsed),
    isRoot: isRoot === true,
    maxRows: typeof maxRows === "number" ? maxRows : Number.POSITIVE_INFINITY,
    indexes: arrayAt(indexes, path).map((index) => arrayAt(index, path).map((name) => textAt(name, path))),
  };
}

function parseColumn(json: JsonValue, path: string): ColumnSchema {
  const { type, ephemeral, mutable } = objectAt(json, path);
  return { type: parseType(type, path), ephemeral: ephemeral === true, mutable: mutable !== false };
}

function parseType(json: JsonValue | undefined, path: string): ColumnType {
  if (typeof json === "string") return { key: parseBase(json, path), min: 1, max: 1 };
  const { key, value, min = 1, max = 1 } = objectAt(json, path);
  if (min !== 0 && min !== 1) throw new OvsdbDecodeError(path, "min is neither 0 nor 1");
  const limit = max === "unlimited" ? Number.POSITIVE_INFINITY : max;
  if (typeof limit !== "number" || limit < 1) throw new OvsdbDecodeError(path, "max is no count");
  const type: ColumnType = { key: parseBase(key, path), min, max: limit };
  return value === undefined ? type : { ...type, value: parseBase(value, path) };
}

const atomicTypes: ReadonlySet<string> = new Set(["integer", "real", "boolean", "string", "uuid"]);

function parseBase(json: JsonValue | undefined, path: string): BaseType {
  const {
    type,
    enum: choices,
    refTable,
    refType,
    ...limits
  } = objectAt(typeof json === "string" ? { type: json } : json, path);
  if (typeof type !== "string" || !atomicTypes.has(type)) {
    throw new OvsdbDecodeError(path, "no such type of element");
  }
  return {
    type: type as AtomicType,
    ...(limits as Partial<BaseType>),
    ...(choices === undefined ? {} : { enum: parseChoices(choices, path) }),
    ...(typeof refTable === "string" ? { refTable, refType: refType === "weak" ? "weak" : "strong" } : {}),
  };
}

function parseChoices(json: JsonValue, path: string): readonly AtomValue[] {
  const list = Array.isArray(json) && json[0] === "set" ? arrayAt(json[1] as JsonValue, path) : [json];
  return list.map((item) => {
    if (typeof item === "object") throw new OvsdbDecodeError(path, "an enum's value is no element");
    return item;
  });
}

/** Names that begin with `_` are the server's own; refusing them also keeps `__proto__` out of row objects. */
function checkedName(name: string, path: string): string {
  if (/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return name;
  throw new OvsdbDecodeError(path, "no valid name");
}
