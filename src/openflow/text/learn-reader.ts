// learn(…): what the learned flow will have, and then its match and actions, each told by a word of its own form.
import type { Action } from "../protocol/actions.ts";
import { type LearnAction, LearnFlag, type LearnPlace, type LearnSpec } from "../protocol/nx-learn.ts";
import type { ActionContext } from "./action-words.ts";
import { parseLearnValue } from "./learn-value-text.ts";
import { parseBits, parseCount } from "./number-text.ts";
import { refuse, scanWords, sliceToken, type Token, type Word } from "./scanner.ts";
import { isNarrow, parseSubfield, type SubfieldRange } from "./subfield-text.ts";
import { parseTable } from "./table-names.ts";
import { argument, refuseValue } from "./word-arguments.ts";

/** What is gathered while the words are read. */
interface Learned {
  readonly action: LearnAction;
  limit: number;
  result: LearnPlace | undefined;
}

type LearnWord = (word: Word, learned: Learned, context: ActionContext) => void;

const noTable = 0xff;
const defaultPriority = 0x8000;

const learnWords: ReadonlyMap<string, LearnWord> = new Map<string, LearnWord>([
  ["table", readTable],
  ["idle_timeout", short("idleTimeout")],
  ["hard_timeout", short("hardTimeout")],
  ["fin_idle_timeout", short("finIdleTimeout")],
  ["fin_hard_timeout", short("finHardTimeout")],
  ["priority", short("priority")],
  ["cookie", (word, { action }) => void (action.cookie = parseBits(argument(word), 64, "cookie"))],
  ["send_flow_rem", flag(LearnFlag.sendFlowRem)],
  ["delete_learned", flag(LearnFlag.deleteLearned)],
  ["limit", (word, learned) => void (learned.limit = parseCount(argument(word), 32, "limit"))],
  ["result_dst", readResult],
]);

/** Reads one learn; learn2 where it takes that to say it. */
export function readLearn(word: Word, context: ActionContext): Action[] {
  const { text, ports } = context;
  const action: LearnAction = {
    type: "learn",
    idleTimeout: 0,
    hardTimeout: 0,
    priority: defaultPriority,
    cookie: 0n,
    flags: 0,
    tableId: 1,
    finIdleTimeout: 0,
    finHardTimeout: 0,
    specs: [],
  };
  const learned: Learned = { action, limit: 0, result: undefined };
  for (const part of scanWords(text, word.value)) {
    const read = learnWords.get(part.key.text);
    if (read === undefined) action.specs.push(specOf(part, ports));
    else read(part, learned, context);
  }
  const { limit, result } = learned;
  if (limit === 0 && result === undefined) return [action];
  const { specs, ...fixed } = action;
  return [{ ...fixed, type: "learn2", limit, ...(result === undefined ? {} : { result }), specs }];
}

function short(
  key: "idleTimeout" | "hardTimeout" | "finIdleTimeout" | "finHardTimeout" | "priority",
): LearnWord {
  return (word, { action }) => {
    action[key] = parseCount(argument(word), 16, word.key.text);
  };
}

function flag(bit: number): LearnWord {
  return (word, { action }) => {
    refuseValue(word);
    action.flags |= bit;
  };
}

function readTable(word: Word, { action }: Learned, { tables }: ActionContext): void {
  action.tableId = parseTable(argument(word), tables, "table");
  if (action.tableId === noTable) throw refuse(word.value, "there is no table 255 to learn into");
}

function readResult(word: Word, learned: Learned): void {
  const range = parseSubfield(argument(word));
  if (range.nBits !== 1) throw refuse(word.value, "result_dst takes one bit");
  learned.result = placeOf(range);
}

/** Switches take fields with headers of four bytes only for what is learned; the result may go into any. */
function learnable(token: Token): SubfieldRange {
  const range = parseSubfield(token);
  if (isNarrow(range.name)) return range;
  throw refuse(
    token,
    `learn: ${token.text} has an experimenter's header, which has no room in a learned flow`,
    {
      openflowError: "OFPBAC_BAD_SET_TYPE",
    },
  );
}

function placeOf({ name, ofs }: SubfieldRange): LearnPlace {
  return { name, ofs };
}

function specOf(word: Word, ports: ActionContext["ports"]): LearnSpec {
  if (word.key.text === "output") {
    const range = learnable(argument(word));
    return { type: "output", nBits: range.nBits, src: placeOf(range) };
  }
  return word.key.text === "load" ? loadSpec(word) : matchSpec(word, ports);
}

/** `load:5->NXM_NX_REG0[]`, `load:NXM_OF_IN_PORT[]->NXM_NX_REG1[0..15]` */
function loadSpec(word: Word): LearnSpec {
  const arrow = word.value.text.indexOf("->");
  if (arrow < 0) throw refuse(word.key, "load needs an arrow", { hint: "write value->field" });
  const from = sliceToken(word.value, 0, arrow);
  const to = sliceToken(word.value, arrow + 2);
  const dst = learnable(to);
  const { nBits } = dst;
  if (/^[0-9]/.test(from.text)) {
    const value = parseBits(from, nBits, `the value for ${to.text}`);
    return { type: "load", nBits, src: { value }, dst: placeOf(dst) };
  }
  return { type: "load", nBits, src: sourceOf(from, dst), dst: placeOf(dst) };
}

/** `FIELD` is what the packet has there; `FIELD=VALUE`, and `FIELD=FIELD` of the packet. */
function matchSpec(word: Word, ports: ActionContext["ports"]): LearnSpec {
  const dst = learnable(word.key);
  const { nBits } = dst;
  if (word.value.text === "") {
    return { type: "match", nBits, src: placeOf(dst), dst: placeOf(dst) };
  }
  if (/^[A-Za-z_]+\w*(?:\[|$)/.test(word.value.text) && !isPortName(dst, word.value)) {
    return { type: "match", nBits, src: sourceOf(word.value, dst), dst: placeOf(dst) };
  }
  const value = parseLearnValue(word.value, dst, ports);
  return { type: "match", nBits, src: { value }, dst: placeOf(dst) };
}

function isPortName({ name }: SubfieldRange, { text }: Token): boolean {
  return name === "NXM_OF_IN_PORT" && !text.includes("[") && !/^(?:NXM|OXM|NXOXM)_/.test(text);
}

function sourceOf(token: Token, dst: SubfieldRange): LearnPlace {
  const src = learnable(token);
  if (src.nBits !== dst.nBits) {
    throw refuse(token, `${token.text} has ${src.nBits} bits and goes into ${dst.nBits}`);
  }
  return placeOf(src);
}
