// Cuts a flow text into words: `tcp`, `in_port=1`, `output:2`, `set_queue(5)`, `write_actions(output:1)`. Every word
// keeps its place, so that whatever is found wrong later can be pointed at. Commas and blanks separate words alike,
// and parentheses nest, as ovs-ofctl reads them.
import { FlowSyntaxError, type FlowSyntaxFacts } from "./flow-syntax-error.ts";

/** A stretch of the text, by offsets into it. */
export interface Span {
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

/** A value and where it stands. */
export interface Token extends Span {
  readonly text: string;
}

/** One word: a key, and a value where one was written. */
export interface Word extends Span {
  readonly key: Token;
  /** The text after `=` or `:`, or between the parentheses; empty where there is none. */
  readonly value: Token;
  /** What stood between key and value; "" for a bare key. */
  readonly joint: "" | "=" | ":" | "(";
}

const separators = new Set([",", " ", "\t", "\r", "\n"]);
const keyEnds = new Set([":", "=", "(", ...separators]);

/** The words of `text` between the offsets of `span`. */
export function scanWords(text: string, span: Span): Word[] {
  const words: Word[] = [];
  let at = skipSeparators(text, span.start, span.end);
  while (at < span.end) {
    const word = scanWord(text, at, span.end);
    words.push(word);
    at = skipSeparators(text, word.end, span.end);
  }
  return words;
}

/** The refusal of what stands at `span`. */
export function refuse(
  token: Token,
  reason: string,
  facts: Omit<FlowSyntaxFacts, "column" | "token"> = {},
): FlowSyntaxError {
  return new FlowSyntaxError(reason, { column: token.start + 1, token: token.text, ...facts });
}

/** The part of `token` from `from` on, up to `to`. */
export function sliceToken(token: Token, from: number, to: number = token.text.length): Token {
  return { text: token.text.slice(from, to), start: token.start + from, end: token.start + to };
}

/** The whole word as one token. */
export function wordToken(text: string, word: Word): Token {
  return { text: text.slice(word.start, word.end), start: word.start, end: word.end };
}

/** A text of its own, to be read from its first character. */
export function wholeToken(text: string): Token {
  return { text, start: 0, end: text.length };
}

function skipSeparators(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && separators.has(text.charAt(at))) at += 1;
  return at;
}

function scanWord(text: string, start: number, end: number): Word {
  let at = start;
  while (at < end && !keyEnds.has(text.charAt(at))) at += 1;
  const key = tokenOf(text, start, at);
  const joint = at < end ? text.charAt(at) : "";
  if (joint === "=" || joint === ":") {
    const valueEnd = plainEnd(text, at + 1, end);
    return { start, end: valueEnd, key, value: tokenOf(text, at + 1, valueEnd), joint };
  }
  if (joint === "(") return scanCall(text, key, at, end);
  return { start, end: at, key, value: tokenOf(text, at, at), joint: "" };
}

/** `key(…)`, and the form `key(…)->destination` whose value runs on to the end of the word. */
function scanCall(text: string, key: Token, open: number, end: number): Word {
  const close = closingParenthesis(text, open, end);
  if (close === end) throw refuse(tokenOf(text, open, end), "this parenthesis is never closed");
  if (!text.startsWith("->", close + 1)) {
    return { start: key.start, end: close + 1, key, value: tokenOf(text, open + 1, close), joint: "(" };
  }
  const wordEnd = plainEnd(text, close + 1, end);
  return { start: key.start, end: wordEnd, key, value: tokenOf(text, open + 1, wordEnd), joint: "(" };
}

/** Where a value that isn't in parentheses ends; parentheses and quotes inside it hide separators. */
function plainEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && !separators.has(text.charAt(at))) {
    const character = text.charAt(at);
    if (character === "(") at = closingParenthesis(text, at, end);
    else if (character === '"') at = closingQuote(text, at, end);
    if (at < end) at += 1;
  }
  return at;
}

function closingQuote(text: string, open: number, end: number): number {
  let at = open + 1;
  while (at < end && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return Math.min(at, end);
}

function closingParenthesis(text: string, open: number, end: number): number {
  let depth = 0;
  for (let at = open; at < end; at += 1) {
    const character = text.charAt(at);
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === '"') at = closingQuote(text, at, end);
    if (depth === 0) return at;
  }
  return end;
}

function tokenOf(text: string, start: number, end: number): Token {
  return { text: text.slice(start, end), start, end };
}
