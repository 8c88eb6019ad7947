// The arguments of words: one, none, `name=value` pairs in parentheses, or a list with commas between.
import { refuse, scanWords, sliceToken, type Token, type Word } from "./scanner.ts";

/** The argument of a word that needs one. */
export function argument(word: Word): Token {
  if (word.value.text === "") throw refuse(word.key, `${word.key.text} has no argument`);
  return word.value;
}

/** Refuses an argument of a word that has none; `word()` is fine. */
export function refuseValue(word: Word): void {
  if (word.value.text !== "") throw refuse(word.value, `${word.key.text} takes no argument`);
}

/** `name=value` pairs in parentheses, of which `names` are known. */
export function readArguments(
  word: Word,
  text: string,
  names: readonly string[],
): ReadonlyMap<string, Token> {
  const values = new Map<string, Token>();
  for (const { key, value } of scanWords(text, word.value)) {
    if (!names.includes(key.text)) {
      throw refuse(key, `${word.key.text} has no argument ${JSON.stringify(key.text)} in this version`, {
        hint: `it takes ${names.join(", ")}`,
      });
    }
    values.set(key.text, value);
  }
  return values;
}

/** What stands between commas and blanks. */
export function listArguments(token: Token): Token[] {
  return [...token.text.matchAll(/[^,\s]+/g)].map((found) =>
    sliceToken(token, found.index, found.index + found[0].length),
  );
}

/** What stands between commas, empty or not. */
export function splitArguments(token: Token): Token[] {
  const parts: Token[] = [];
  let start = 0;
  for (const text of token.text.split(",")) {
    parts.push(sliceToken(token, start, start + text.length));
    start += text.length + 1;
  }
  return parts;
}
