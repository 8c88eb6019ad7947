// What the builders refuse, and how they say it: the place, the switch's own name for the refusal, and what to write
// instead as a fact of its own, so that programs can show it beside the message.
import { OvskitError } from "../../errors.ts";

/** What a {@link BuildError} knows beside its message. */
export interface BuildFacts extends ErrorOptions {
  readonly openflowError?: string | undefined;
  readonly hint?: string | undefined;
}

/** The base of what the builders throw: a part of a flow that no switch would take, or that can't be written. */
export class BuildError extends OvskitError {
  /** What is wrong: a match field (`tcpDst`), or an action, or an argument of one (`output.port`). */
  readonly field: string;
  /** The error Open vSwitch answers with, where it would get to see the flow: `OFPBAC_MATCH_INCONSISTENT`. */
  readonly openflowError: string | undefined;
  /** What to write instead, where that is known. */
  readonly hint: string | undefined;

  constructor(code: string, reason: string, field: string, facts: BuildFacts = {}) {
    const { openflowError, hint, ...options } = facts;
    super(code, messageOf(reason, field, facts), options);
    this.field = field;
    this.openflowError = openflowError;
    this.hint = hint;
  }
}

/** A match that no switch would take, or that can't be written: `ERR_OPENFLOW_MATCH`. */
export class MatchError extends BuildError {
  constructor(reason: string, field: string, facts?: BuildFacts) {
    super("ERR_OPENFLOW_MATCH", reason, field, facts);
  }
}

/**
 * An action, an instruction or what else a flow has beside its match, that no switch would take where it stands, or that
 * can't be written: `ERR_OPENFLOW_ACTION`.
 */
export class ActionError extends BuildError {
  /** Where in the flow it stands, `instructions[0].actions[2]`; undefined while it is built by itself. */
  readonly path: string | undefined;

  constructor(reason: string, field: string, facts: BuildFacts & { readonly path?: string } = {}) {
    const { path, ...others } = facts;
    super("ERR_OPENFLOW_ACTION", reason, field, others);
    this.path = path;
  }
}

function messageOf(reason: string, field: string, { openflowError, hint }: BuildFacts): string {
  const place = reason.startsWith(`${field} `) || reason.startsWith(`${field}:`) ? "" : `${field}: `;
  const name = openflowError === undefined ? "" : ` (${openflowError})`;
  return `${place}${reason}${name}${hint === undefined ? "" : `: ${hint}`}`;
}
