// The one error of the text layer. It points at the place in the text (line for files, column always) and, where we
// know what the writer meant, says what to write instead, so that a refusal is never a riddle.
import { OvskitError } from "../../errors.ts";
import type { OxmFieldName } from "../protocol/oxm-field.ts";

/** What a {@link FlowSyntaxError} knows beside its message. */
export interface FlowSyntaxFacts {
  /** 1-based column of the offending text in its line. */
  readonly column: number;
  /** The offending text, as written. */
  readonly token: string;
  /** What to write instead, or what is missing. */
  readonly hint?: string;
  /** 1-based line, where the text has several or is one line of a file. Default: 1. */
  readonly line?: number;
  /** The match field that it is about, where it is about one. */
  readonly field?: OxmFieldName;
  /** The error a switch would answer with, such as `OFPBAC_MATCH_INCONSISTENT`. */
  readonly openflowError?: string;
}

/** Text that isn't ovs-ofctl syntax, or that has no meaning in OpenFlow 1.3: `ERR_FLOW_SYNTAX`. */
export class FlowSyntaxError extends OvskitError {
  readonly column: number;
  readonly token: string;
  readonly hint: string | undefined;
  /** 1-based line of the text or file. */
  readonly line: number;
  /** The match field that it is about, by its name in matches (`ipv4Src`), where it is about one. */
  readonly field: OxmFieldName | undefined;
  readonly openflowError: string | undefined;
  /** The message without its place and hint. */
  readonly reason: string;

  constructor(reason: string, facts: FlowSyntaxFacts) {
    super("ERR_FLOW_SYNTAX", messageOf(reason, facts));
    this.reason = reason;
    this.column = facts.column;
    this.token = facts.token;
    this.hint = facts.hint;
    this.line = facts.line ?? 1;
    this.field = facts.field;
    this.openflowError = facts.openflowError;
  }

  /** The same refusal, said of line `line` of a file. */
  atLine(line: number): FlowSyntaxError {
    return new FlowSyntaxError(this.reason, { ...this.#facts(), line });
  }

  /** The same refusal, said of match field `field` unless it names one already. */
  ofField(field: OxmFieldName): FlowSyntaxError {
    return this.field === undefined ? new FlowSyntaxError(this.reason, { ...this.#facts(), field }) : this;
  }

  /** The same refusal, with the line and the column in it where `text`, which it points into, has several lines. */
  inText(text: string): FlowSyntaxError {
    const before = text.slice(0, this.column - 1).split("\n");
    const column = (before.at(-1) ?? "").length + 1;
    return text.includes("\n")
      ? new FlowSyntaxError(this.reason, { ...this.#facts(), line: before.length, column })
      : this;
  }

  #facts(): FlowSyntaxFacts {
    return {
      column: this.column,
      token: this.token,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.openflowError === undefined ? {} : { openflowError: this.openflowError }),
    };
  }
}

const maxQuoted = 300;

function messageOf(reason: string, facts: FlowSyntaxFacts): string {
  const place = facts.line === undefined ? "" : `line ${facts.line}, `;
  const name = facts.openflowError === undefined ? "" : ` (${facts.openflowError})`;
  const hint = facts.hint === undefined ? "" : `: ${clipped(facts.hint)}`;
  return `${place}column ${facts.column}: ${clipped(reason)}${name}${hint}`;
}

/** Reasons quote the text, and a text may be as long as it likes; a message may not. */
function clipped(text: string): string {
  return text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text;
}
