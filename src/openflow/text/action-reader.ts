// Reads a list of actions word by word and keeps track of what the packet looks like in between, because the same word
// becomes different actions on a tagged and on an untagged packet, and because an action that can't apply is refused at
// the place where it stands.

import { groupNumberFault, refusedInSets } from "../protocol/action-place.ts";
import type { Action } from "../protocol/actions.ts";
import { type Inconsistency, isRefused, shapeAfter } from "../protocol/consistency.ts";
import type { OxmFieldName } from "../protocol/oxm-field.ts";
import type { PacketShape } from "../protocol/packet-shape.ts";
import { actionWords, type Holder } from "./action-words.ts";
import { FixLog } from "./fix-log.ts";
import { FlowSyntaxError } from "./flow-syntax-error.ts";
import { fieldsOf, type Places } from "./flow-verdict.ts";
import { prerequisiteHint, prerequisiteWords } from "./match-words.ts";
import { findPort, type PortNumbers } from "./port-text.ts";
import { type Remedy, remedyFor } from "./remedies.ts";
import { refuse, type Span, scanWords, type Token, type Word, wordToken } from "./scanner.ts";
import type { TableNumbers } from "./table-names.ts";
import { refuseValue } from "./word-arguments.ts";

/** How a list of actions is read. */
export interface ActionReaderOptions {
  readonly ports: PortNumbers | undefined;
  readonly tables?: TableNumbers | undefined;
  /** What is known of the packets when the first action runs. */
  readonly shape: PacketShape;
  /** Whether the list is an action set: switches don't ask there whether tags and headers are in place. */
  readonly isSet?: boolean;
  /** Whether the list is a group's bucket: what a match would have to say is left to the flows that point there. */
  readonly isBucket?: boolean;
  /** How many actions this list stands in: `clone(clone(…))`. */
  readonly nesting?: number;
  /** The innermost of those. */
  readonly holder?: Holder | undefined;
  /** How many replacements this list stands in: `apply_actions(apply_actions(…))`. */
  readonly depth?: number;
  /** Collects what was rewritten; without one nothing is rewritten. */
  readonly fixes?: FixLog | undefined;
  /** Remembers the words that the actions were read from. */
  readonly places?: Places | undefined;
}

/** Replacements in replacements make sense once; more than a few are somebody's test. */
const maxDepth = 4;
/** As deep as ovs-ofctl goes, and what is written can be read again. */
const maxNesting = 64;

/** Fields Open vSwitch doesn't know may be those of another switch: they can be written by their numbers. */
const fieldsOfOthers: ReadonlySet<string> = new Set(["OFPBAC_BAD_SET_TYPE", "OFPBMC_BAD_FIELD"]);

/** Reads the words of one action list, in order. */
export class ActionReader {
  readonly actions: Action[] = [];
  readonly #text: string;
  readonly #options: ActionReaderOptions;
  #shape: PacketShape;
  #drop: Token | undefined;

  constructor(text: string, options: ActionReaderOptions) {
    this.#text = text;
    this.#options = options;
    this.#shape = options.shape;
  }

  /** What is known of the packet after the actions read so far. */
  get shape(): PacketShape {
    return this.#shape;
  }

  /** Reads every word of `span`. */
  readAll(span: Span): void {
    for (const word of scanWords(this.#text, span)) this.read(word);
    this.finish();
  }

  /** Reads one word. */
  read(word: Word): void {
    const { fixes, isSet } = this.#options;
    const found = remedyFor(word, this.#shape);
    const remedy = isSet === true && found?.ordered === true ? undefined : found;
    if (fixes === undefined || remedy === undefined) this.#readPlain(word, remedy);
    else this.#readRemedy(word, remedy, fixes);
  }

  /** Refuses `drop` beside anything else. `others` says whether there are instructions beside the actions. */
  finish(others = false): void {
    if (this.#drop !== undefined && (others || this.actions.length > 0)) {
      throw refuse(this.#drop, "drop means that nothing else is done: leave it out or leave it alone");
    }
  }

  #readRemedy(word: Word, remedy: Remedy, fixes: FixLog): void {
    const depth = (this.#options.depth ?? 0) + 1;
    if (depth > maxDepth) throw refuse(word.key, `${word.key.text} is nested too deep`);
    const log = new FixLog();
    const options = { ...this.#options, shape: this.#shape, fixes: log, depth, places: undefined };
    const nested = new ActionReader(remedy.text, options);
    try {
      nested.readAll({ start: 0, end: remedy.text.length });
    } catch (error) {
      if (!(error instanceof FlowSyntaxError)) throw error;
      throw refuse(wordToken(this.#text, word), error.reason, hintOf(error.hint));
    }
    fixes.add(wordToken(this.#text, word), { ...remedy, text: log.apply(remedy.text) });
    for (const action of nested.actions) this.#push(word, action);
    this.#shape = nested.shape;
  }

  #readPlain(word: Word, remedy: Remedy | undefined): void {
    const name = word.key.text.toLowerCase();
    if (name === "drop") {
      refuseValue(word);
      this.#drop = word.key;
      return;
    }
    for (const action of this.#actionsOf(word, name, remedy)) this.#apply(word, action, remedy);
  }

  #actionsOf(word: Word, name: string, remedy: Remedy | undefined): Action[] {
    const read = actionWords.get(name);
    const { ports, tables } = this.#options;
    if (read !== undefined) {
      const nested = (span: Span, holder: Holder): Action[] => this.#nested(word, span, holder);
      return read(word, {
        text: this.#text,
        ports,
        tables,
        shape: this.#shape,
        holder: this.#options.holder,
        nested,
      });
    }
    const port = word.joint === "" ? findPort(word.key, ports) : undefined;
    if (port !== undefined) return [{ type: "output", port, maxLen: 0 }];
    throw refuse(word.key, reasonForUnknown(word.key.text, name), hintOf(remedy && `write ${remedy.text}`));
  }

  /** The actions inside of another one, which run on packets as they are here. */
  #nested(word: Word, span: Span, holder: Holder): Action[] {
    const nesting = (this.#options.nesting ?? 0) + 1;
    if (nesting > maxNesting) throw refuse(word.key, `${word.key.text} is nested too deep`);
    const reader = new ActionReader(this.#text, { ...this.#options, shape: this.#shape, nesting, holder });
    reader.readAll(span);
    return reader.actions;
  }

  #apply(word: Word, action: Action, remedy: Remedy | undefined): void {
    const { isSet, isBucket } = this.#options;
    // Open vSwitch reads the actions of a bucket as a list, and executes them as a set.
    const barred = isSet === true && isBucket !== true ? refusedInSets(action) : undefined;
    const verdict = barred ?? groupNumberFault(action) ?? shapeAfter(this.#shape, action);
    if (!isRefused(verdict)) {
      this.#shape = verdict;
    } else if (this.#isJudged(action, verdict)) {
      throw refuse(word.key, this.#reason(word, verdict), {
        openflowError: verdict.error,
        ...fieldFact(fieldsOf(action).at(-1)),
        ...hintOf(remedy === undefined ? hintFor(verdict) : `write ${remedy.text}: ${remedy.why}`),
      });
    }
    this.#push(word, action);
  }

  #push(word: Word, action: Action): void {
    this.actions.push(action);
    this.#options.places?.set(action, wordToken(this.#text, word));
  }

  /** Whether a refusal of the action counts in a list of this kind. */
  #isJudged(action: Action, { error, missing, after }: Inconsistency): boolean {
    const { isSet, isBucket } = this.#options;
    if (isBucket === true && missing !== undefined) return false;
    if (fieldsOfOthers.has(error)) return false;
    // ovs-ofctl sends this and leaves the refusal to the switch.
    if (action.type === "setField" && action.oxm.field === "inPort") return false;
    return isSet !== true || after === undefined;
  }

  #reason(word: Word, { missing, reason }: Inconsistency): string {
    if (missing === undefined) return reason;
    return `${word.key.text} needs ${prerequisiteWords[missing]} in the match`;
  }
}

function reasonForUnknown(word: string, name: string): string {
  if (name === "apply_actions") return "apply_actions is what actions do anyway";
  return `unknown action ${word}`;
}

/** What to write where an action doesn't fit the packets. */
function hintFor({ missing, hint }: Inconsistency): string | undefined {
  return missing === undefined ? hint : prerequisiteHint(missing);
}

function fieldFact(field: OxmFieldName | undefined): { field?: OxmFieldName } {
  return field === undefined ? {} : { field };
}

function hintOf(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
