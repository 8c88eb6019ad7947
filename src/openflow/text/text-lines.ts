// Files that hold one thing a line: comments from `#` on, blank lines, a command word in front, and refusals that name
// the line.
import { FlowSyntaxError } from "./flow-syntax-error.ts";

/** One line of a file. */
export interface Line {
  readonly line: string;
  /** The line without its comment. */
  readonly body: string;
  /** 1-based. */
  readonly number: number;
}

/** The lines of a file, the empty ones too. */
export function linesOf(text: string): Line[] {
  return text.split("\n").map((line, index) => {
    const comment = line.indexOf("#");
    return { line, body: comment < 0 ? line : line.slice(0, comment), number: index + 1 };
  });
}

/** Reads something of a line; what it refuses, it refuses with the line. */
export function atLine<T>(number: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof FlowSyntaxError ? error.atLine(number) : error;
  }
}

/** Reads a text that may have several lines; what it refuses, it refuses with the line. */
export function inText<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof FlowSyntaxError ? error.inText(text) : error;
  }
}

/** A line that begins with a word of `words`: what that word means, and where it ends. */
export function leadingWord<T>(
  body: string,
  words: ReadonlyMap<string, T>,
): { readonly meaning: T; readonly length: number } | undefined {
  const [prefix = "", word = ""] = /^\s*([\w-]+)(?=[\s,]|$)/.exec(body) ?? [];
  const meaning = words.get(word);
  return meaning === undefined ? undefined : { meaning, length: prefix.length };
}

/** The line with blanks in place of its first `length` characters, so that columns stay right. */
export function blanked(body: string, length: number): string {
  return " ".repeat(length) + body.slice(length);
}
