// Where a document comes from: YAML text, whose every value has a line and a column, or plain objects, which have
// none. Both give the same plain value to the schemas.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
} from "yaml";
import type { PolicyIssue } from "./policy.ts";

/** The steps from the document's root to a value. */
export type ValuePath = readonly (string | number)[];

/** A line and a column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A document as plain values, with what was wrong with its text. */
export interface DocumentSource {
  readonly value: unknown;
  readonly issues: readonly PolicyIssue[];
  /** Whether the text was understood far enough for its values to mean anything. */
  readonly readable: boolean;
  /** Where a value, or with `key` its key, stands; the nearest thing around it when it isn't there. */
  locate(path: ValuePath, what: "value" | "key"): Position | undefined;
}

// A hundred times the document of ten thousand probes; beyond it is an accident or an attack.
const maxTextLength = 16 * 1024 * 1024;

/** A document given as objects. A key whose value is undefined counts as left out, as it does in JSON. */
export function objectSource(value: unknown): DocumentSource {
  try {
    return { value: withoutUndefined(value), issues: [], readable: true, locate: () => undefined };
  } catch (error) {
    // An object that holds itself runs out of stack.
    return unreadable(
      `the document can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutUndefined(inner)]));
}

/** A document given as YAML 1.2 text, of at most 16 Mi characters. */
export function yamlSource(text: string): DocumentSource {
  if (text.length > maxTextLength)
    return unreadable(`the document is longer than ${maxTextLength} characters`);
  try {
    return parsedSource(text);
  } catch (error) {
    // Too many aliases, or nested until the stack was gone: the package throws for both.
    return unreadable(
      `the document can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function unreadable(message: string): DocumentSource {
  const issue = { line: undefined, column: undefined, path: "", message };
  return { value: undefined, issues: [issue], readable: false, locate: () => undefined };
}

function parsedSource(text: string): DocumentSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2" });
  const issues = [...document.errors, ...document.warnings].map((error): PolicyIssue => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { line, column: col, path: "", message: error.message };
  });
  // Keys given twice leave the rest of the text meaningful, so the other problems are looked for as well.
  const readable = document.errors.every((error) => error.code === "DUPLICATE_KEY");
  return {
    value: readable ? document.toJS({ maxAliasCount: 100 }) : undefined,
    issues,
    readable,
    locate: (path, what) => {
      const offset = offsetOf(document, path, what);
      if (offset === undefined) return undefined;
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    },
  };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function pairOf(items: readonly unknown[], key: string | number): Pair | undefined {
  return items.filter(isPair).find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

function offsetOf(document: Document.Parsed, path: ValuePath, what: "value" | "key"): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
      continue;
    }
    const pair = isMap(node) ? pairOf(node.items, step) : undefined;
    if (pair === undefined) return offset;
    const keyOffset = startOf(pair.key) ?? offset;
    const atKey = what === "key" && depth === path.length - 1;
    offset = atKey ? keyOffset : (startOf(pair.value) ?? keyOffset);
    node = pair.value;
  }
  return offset;
}
