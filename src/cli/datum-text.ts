// Values of OVSDB columns as ovs-vsctl prints them: bare words where they can't be misread, JSON strings otherwise,
// sets in brackets and maps in braces, each in order.
import type { BaseType, ColumnType } from "../ovsdb/schema.ts";
import { type AtomValue, type ColumnValue, isUuid } from "../ovsdb/values.ts";

/** A value that was read from the database. */
export type Datum = ColumnValue;

/** The value in ovs-vsctl's words. Without its type, texts are taken for strings, and whatever isn't one element for a set or a map. */
export function datumText(datum: Datum, type?: ColumnType): string {
  if (datum === undefined) return "[]";
  const [open, close] = datum instanceof Map ? "{}" : "[]";
  const elements = elementTexts(datum, atomText, type);
  const single = elements.length === 1 && (type === undefined ? typeof datum !== "object" : type.max === 1);
  return single ? elements.join("") : `${open}${elements.join(", ")}${close}`;
}

/** The value without quotes, brackets and braces, as ovs-vsctl's --bare has it. */
export function bareText(datum: Datum, type: ColumnType): string {
  return datum === undefined ? "" : elementTexts(datum, bareAtomText, type).join(" ");
}

function bareAtomText(atom: AtomValue, base?: BaseType): string {
  return typeof atom === "string" ? atom : atomText(atom, base);
}

function elementTexts(
  datum: Exclude<Datum, undefined>,
  text: (atom: AtomValue, base?: BaseType) => string,
  type?: ColumnType,
): string[] {
  if (datum instanceof Map) {
    const pairs = [...(datum as ReadonlyMap<AtomValue, AtomValue>)];
    return pairs
      .toSorted(([one], [other]) => compareAtoms(one, other))
      .map(([key, value]) => `${text(key, type?.key)}=${text(value, type?.value)}`);
  }
  const atoms = Array.isArray(datum) ? (datum as readonly AtomValue[]) : [datum as AtomValue];
  return atoms.toSorted(compareAtoms).map((atom) => text(atom, type?.key));
}

/** Whether it is what a column holds that nobody set; ovs-vsctl leaves such columns out. */
export function isDefault(datum: Datum): boolean {
  if (datum instanceof Map) return datum.size === 0;
  if (Array.isArray(datum)) return datum.length === 0;
  return datum === undefined || datum === "" || datum === false;
}

/** One element in ovs-vsctl's words. Without its type a text is taken for a string. */
export function atomText(atom: AtomValue, base?: BaseType): string {
  if (typeof atom === "string") return base?.type === "uuid" ? atom : wordText(atom);
  return base?.type === "real" ? realText(Number(atom)) : String(atom);
}

/** How many digits of a real the server shows. */
const realDigits = 15;

/** As C's `%.15g` has it. */
function realText(real: number): string {
  if (real === 0) return Object.is(real, -0) ? "-0" : "0";
  const [digits = "", power = "0"] = real.toExponential(realDigits - 1).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < realDigits) return shortened(real.toFixed(realDigits - 1 - exponent));
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${shortened(digits)}e${exponent < 0 ? "-" : "+"}${size}`;
}

/** Without zeros at the end of the fraction. */
function shortened(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A name bare or in quotes, as ovs-vsctl decides it. */
export function wordText(text: string): string {
  const bare = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) && text !== "true" && text !== "false";
  return bare && !isUuid(text) ? text : JSON.stringify(text);
}

/** The server's order of the elements of one type: numbers by value, texts by their UTF-8 bytes. */
export function compareAtoms(one: AtomValue, other: AtomValue): number {
  if (typeof one === "string" && typeof other === "string") {
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  }
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
