// Remembers what was rewritten while a flow was read with `fix`, and writes the text anew from it.
import type { Remedy } from "./remedies.ts";
import type { Token } from "./scanner.ts";

/** One word that was replaced because it has no meaning, or another one, in OpenFlow 1.3. */
export interface FlowChange {
  /** 1-based line, where the text is one line of a file. */
  readonly line?: number;
  /** 1-based column of the word in the original text. */
  readonly column: number;
  /** The word as it was. */
  readonly was: string;
  /** What was written instead. */
  readonly now: string;
  /** Why. */
  readonly why: string;
}

/** The replacements made in one text, in its order. */
export class FixLog {
  readonly #replaced: { readonly token: Token; readonly remedy: Remedy }[] = [];

  /** What was changed. */
  get changes(): FlowChange[] {
    return this.#replaced.map(({ token, remedy }) => ({
      column: token.start + 1,
      was: token.text,
      now: remedy.text,
      why: remedy.why,
    }));
  }

  /** Remembers that `token` becomes what `remedy` says. */
  add(token: Token, remedy: Remedy): void {
    this.#replaced.push({ token, remedy });
  }

  /** `text` with everything replaced. */
  apply(text: string): string {
    let at = 0;
    let fixed = "";
    for (const { token, remedy } of this.#replaced) {
      fixed += text.slice(at, token.start) + remedy.text;
      at = token.end;
    }
    return fixed + text.slice(at);
  }
}
