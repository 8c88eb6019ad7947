// Values as ovs-vsctl's users type them (ovs-vsctl(8), "Database Values"), read by the type of their column: `5`, `1,2`,
// `[1,2]`, `1-9`, `a=b,c=d`, `{a=b}`, `"quoted, as in JSON"`. What is wrong is said with the column and the place in the word.
import { OvskitError } from "../errors.ts";
import type { AtomicType, BaseType, ColumnType } from "../ovsdb/schema.ts";
import { type AtomValue, type ColumnValue, isUuid } from "../ovsdb/values.ts";
import { atomText } from "./datum-text.ts";

/** A word of the command line that holds a value, and where in it the value begins. */
export interface DatumSource {
  /** The column, such as `Port.tag`. */
  readonly path: string;
  /** The whole word. */
  readonly text: string;
  readonly from: number;
}

/** A value that can't be one of its column: `ERR_CLI_DATUM`. */
export class DatumSyntaxError extends OvskitError {
  /** The column, such as `Port.tag`. */
  readonly path: string;
  /** The word that was typed. */
  readonly text: string;
  /** Where in the word, from 0. */
  readonly offset: number;

  constructor({ path, text }: Omit<DatumSource, "from">, offset: number, reason: string) {
    super("ERR_CLI_DATUM", `${path}: ${reason} (character ${offset + 1} of ${JSON.stringify(text)})`);
    this.path = path;
    this.text = text;
    this.offset = offset;
  }
}

const delimiters = ":=, []{}!<>";

/** Where the token that begins at `from` ends: at a delimiter that is neither in quotes nor behind a backslash. */
export function tokenEnd(source: Omit<DatumSource, "from">, from: number): number {
  const { text } = source;
  let opened: number | undefined;
  let at = from;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (opened === undefined && delimiters.includes(character)) break;
    if (character === '"') opened = opened === undefined ? at : undefined;
    at += character === "\\" ? 2 : 1;
  }
  if (at > text.length) throw new DatumSyntaxError(source, text.length - 1, "a backslash escapes nothing");
  if (opened !== undefined) throw new DatumSyntaxError(source, opened, "the quote isn't closed");
  return at;
}

/** Reads a whole column's value. Throws `DatumSyntaxError`. */
export function parseDatum(type: ColumnType, source: DatumSource): ColumnValue {
  const reader = new DatumReader(source);
  const [open, close] = type.value === undefined ? "[]" : "{}";
  reader.skipSpaces();
  const enclosed = reader.take(open ?? "");
  const elements: Element[] = [];
  reader.skipSpaces();
  const stop = enclosed ? close : undefined;
  while (!reader.ended && reader.next !== stop) {
    elements.push(...reader.elements(type));
    reader.skipSpaces();
    if (reader.take(",")) reader.skipSpaces();
  }
  if (enclosed && !reader.take(close ?? "")) reader.fail(`"${close}" is missing`);
  reader.skipSpaces();
  if (!reader.ended) reader.fail(`nothing may follow "${close}"`);
  refuseDuplicates(elements, type, source);
  refuseCount(elements.length, type, source);
  return shaped(type, elements);
}

/** Reads one element that is all the rest of the word. Throws `DatumSyntaxError`. */
export function parseAtom(base: BaseType, source: DatumSource): AtomValue {
  return readAtom(base, source.text.slice(source.from), source);
}

/** An element of a set, or a pair of a map, and where it stood. */
interface Element {
  readonly key: AtomValue;
  readonly item?: AtomValue;
  readonly at: number;
}

/** Goes through a word from left to right. */
class DatumReader {
  readonly #source: DatumSource;
  #at: number;

  constructor(source: DatumSource) {
    this.#source = source;
    this.#at = source.from;
  }

  get ended(): boolean {
    return this.#at >= this.#source.text.length;
  }

  get next(): string {
    return this.#source.text[this.#at] ?? "";
  }

  skipSpaces(): void {
    while (this.next === " ") this.#at += 1;
  }

  /** Goes past this character, if it is the next. */
  take(character: string): boolean {
    if (this.next !== character) return false;
    this.#at += 1;
    return true;
  }

  fail(reason: string): never {
    throw new DatumSyntaxError(this.#source, this.#at, reason);
  }

  /** An element or a pair; a range of integers gives all of them. */
  elements(type: ColumnType): readonly Element[] {
    const at = this.#at;
    const word = this.#token();
    if (type.value === undefined) {
      const keys = rangeIn(type, word, { ...this.#source, from: at }) ?? [this.#atom(type.key, word, at)];
      return keys.map((key) => ({ key, at }));
    }
    const key = this.#atom(type.key, word, at);
    if (!this.take("=")) this.fail('expected "=", since a map has pairs KEY=VALUE');
    const itemAt = this.#at;
    return [{ key, item: this.#atom(type.value, this.#token(), itemAt), at }];
  }

  #token(): string {
    const end = tokenEnd(this.#source, this.#at);
    if (end === this.#at) this.fail(this.ended ? "a value is missing" : `unexpected "${this.next}"`);
    const word = this.#source.text.slice(this.#at, end);
    this.#at = end;
    return word;
  }

  #atom(base: BaseType, word: string, from: number): AtomValue {
    return readAtom(base, word, { ...this.#source, from });
  }
}

/** The most integers that a range may stand for. */
const maxRange = 4096;

function rangeIn(type: ColumnType, word: string, source: DatumSource): readonly AtomValue[] | undefined {
  const ends = type.key.type === "integer" ? /^(-?\d+)-(-?\d+)$/.exec(word) : null;
  if (ends === null) return undefined;
  const [first, last] = [BigInt(ends[1] ?? ""), BigInt(ends[2] ?? "")];
  if (first >= last)
    throw new DatumSyntaxError(source, source.from, `the range ${word} ends before it begins`);
  if (last - first >= maxRange) {
    throw new DatumSyntaxError(source, source.from, `the range ${word} has more than ${maxRange} elements`);
  }
  const texts = Array.from({ length: Number(last - first) + 1 }, (_, index) => String(first + BigInt(index)));
  return texts.map((text) => readAtom(type.key, text, source));
}

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
const truths: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

/** From a word to an element of each type; a text is why it is none, in an array to tell it from an element. */
const readers: Readonly<Record<AtomicType, (word: string) => AtomValue | readonly [reason: string]>> = {
  integer(word) {
    if (!/^[+-]?\d+$/.test(word)) return [`${JSON.stringify(word)} is no integer`];
    const value = BigInt(word.replace(/^\+/, ""));
    if (value < minInt64 || value > maxInt64) return [`${word} has more than 64 bits`];
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  },
  real(word) {
    const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(word) ? Number(word) : Number.NaN;
    return Number.isFinite(value) ? value : [`${JSON.stringify(word)} is no real number`];
  },
  boolean: (word) => truths.get(word) ?? [`${JSON.stringify(word)} is neither true nor false`],
  string(word) {
    if (word === "") return ['the empty string is written ""'];
    if (!word.startsWith('"')) return word;
    return unquoted(word) ?? [`${word} is no string as JSON has it`];
  },
  uuid(word) {
    if (isUuid(word)) return word.toLowerCase();
    if (word.startsWith("@")) return [`${word} names a row of the same ovs-vsctl call: use "db transact"`];
    return [`${JSON.stringify(word)} is no UUID`];
  },
};

/** The text that a JSON string stands for. Line ends and tabs may stand in it as they are. */
function unquoted(word: string): string | undefined {
  try {
    // oxlint-disable-next-line no-control-regex -- JSON wants just these written as escapes
    const escaped = word.replaceAll(/[\u0000-\u001f]/g, (one) => JSON.stringify(one).slice(1, -1));
    return String(JSON.parse(escaped));
  } catch {
    return undefined;
  }
}

function readAtom(base: BaseType, word: string, source: DatumSource): AtomValue {
  const atom = readers[base.type](word);
  if (typeof atom === "object") throw new DatumSyntaxError(source, source.from, atom[0]);
  const broken = brokenConstraint(base, atom);
  if (broken !== undefined) throw new DatumSyntaxError(source, source.from, broken);
  return atom;
}

/** What of the schema an element doesn't keep. */
function brokenConstraint(base: BaseType, atom: AtomValue): string | undefined {
  const text = atomText(atom, base);
  const { enum: choices } = base;
  if (choices?.includes(atom) === false) {
    return `${text} is none of ${choices.map((choice) => atomText(choice, base)).join(", ")}`;
  }
  if (typeof atom === "string") return brokenLength(base, atom);
  if (typeof atom === "boolean") return undefined;
  const min = base.minInteger ?? base.minReal;
  const max = base.maxInteger ?? base.maxReal;
  if (min !== undefined && atom < min) return `${text} is less than ${min}`;
  return max !== undefined && atom > max ? `${text} is more than ${max}` : undefined;
}

function brokenLength({ minLength, maxLength }: BaseType, text: string): string | undefined {
  const { length } = Array.from(text);
  if (minLength !== undefined && length < minLength)
    return `the string has fewer than ${minLength} characters`;
  return maxLength !== undefined && length > maxLength
    ? `the string has more than ${maxLength} characters`
    : undefined;
}

function refuseDuplicates(
  elements: readonly Element[],
  { key, value }: ColumnType,
  source: DatumSource,
): void {
  const seen = new Set<AtomValue>();
  for (const element of elements) {
    if (seen.has(element.key)) {
      const what = value === undefined ? "element" : "key";
      throw new DatumSyntaxError(
        source,
        element.at,
        `the ${what} ${atomText(element.key, key)} is there twice`,
      );
    }
    seen.add(element.key);
  }
}

function refuseCount(count: number, { min, max }: ColumnType, source: DatumSource): void {
  if (count < min) throw new DatumSyntaxError(source, source.from, "a value is needed");
  if (count > max) throw new DatumSyntaxError(source, source.from, `${count} values, but at most ${max} fit`);
}

/** The value as a row has it. */
function shaped({ value, max }: ColumnType, elements: readonly Element[]): ColumnValue {
  if (value !== undefined) return new Map(elements.map(({ key, item = "" }) => [key, item]));
  return max > 1 ? elements.map(({ key }) => key) : elements[0]?.key;
}
