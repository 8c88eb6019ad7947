// Reads what follows `actions=`: actions, and the words that are instructions of their own (goto_table, meter,
// write_actions, …). Actions outside write_actions make up APPLY_ACTIONS.
import { backward } from "../protocol/consistency.ts";
import type { Instruction } from "../protocol/instructions.ts";
import type { PacketShape } from "../protocol/packet-shape.ts";
import { ActionReader } from "./action-reader.ts";
import type { FixLog } from "./fix-log.ts";
import type { Places } from "./flow-verdict.ts";
import { inOrder, instructionRanks } from "./instruction-order.ts";
import { allOnes, parseBits, parseCount } from "./number-text.ts";
import type { PortNumbers } from "./port-text.ts";
import { parseBytes } from "./raw-text.ts";
import { refuse, type Span, scanWords, sliceToken, type Word, wordToken } from "./scanner.ts";
import { parseTable, type TableNumbers } from "./table-names.ts";
import { argument, readArguments, refuseValue } from "./word-arguments.ts";

/** How instructions are read. */
export interface InstructionOptions {
  readonly ports: PortNumbers | undefined;
  readonly tables?: TableNumbers | undefined;
  /** What the match says about the packets. */
  readonly shape: PacketShape;
  /** The flow's table, where a goto_table has to lead away from; undefined where there is none. */
  readonly tableId?: number | undefined;
  readonly fixes?: FixLog | undefined;
  /** Remembers the words that instructions and actions were read from. */
  readonly places?: Places | undefined;
}

/** The instructions that the text between the offsets of `span` says. */
export function readInstructions(text: string, span: Span, options: InstructionOptions): Instruction[] {
  const applied = new ActionReader(text, options);
  const instructions: Instruction[] = [];
  const sequence = new InstructionSequence();
  for (const word of scanWords(text, span)) {
    const read = instructionWords.get(word.key.text.toLowerCase());
    const instruction = read?.(word, text, options, applied.shape);
    if (instruction === undefined) applied.read(word);
    else instructions.push(instruction);
    if (instruction !== undefined) options.places?.set(instruction, wordToken(text, word));
    sequence.check(word, instruction?.type ?? "applyActions");
  }
  applied.finish(instructions.length > 0);
  const { actions } = applied;
  if (actions.length > 0) instructions.push({ type: "applyActions", actions });
  // write_actions() without an action in it does nothing, and ovs-ofctl sends none.
  return inOrder(instructions.filter((one) => one.type !== "writeActions" || one.actions.length > 0));
}

/** Watches that instructions come in their order, and once. */
class InstructionSequence {
  #last: { readonly rank: number; readonly word: string } | undefined;

  check(word: Word, type: Instruction["type"]): void {
    const rank = instructionRanks[type];
    if (this.#last !== undefined && rank < this.#last.rank) throw misplaced(word, this.#last.word);
    const repeatable = type === "applyActions" || unknownRanks.has(rank);
    if (rank === this.#last?.rank && !repeatable) {
      throw refuse(word.key, `${word.key.text} is given twice`, { openflowError: "OFPBIC_DUP_INST" });
    }
    this.#last = { rank, word: word.key.text };
  }
}

/** Instructions nobody knows may well be there twice. */
const unknownRanks: ReadonlySet<number> = new Set([instructionRanks.raw, instructionRanks.experimenter]);

type InstructionWord = (
  word: Word,
  text: string,
  options: InstructionOptions,
  shape: PacketShape,
) => Instruction;

const instructionWords: ReadonlyMap<string, InstructionWord> = new Map<string, InstructionWord>([
  ["goto_table", readGotoTable],
  ["meter", readMeter],
  [
    "clear_actions",
    (word) => {
      refuseValue(word);
      return { type: "clearActions" };
    },
  ],
  ["write_actions", readWriteActions],
  ["write_metadata", readWriteMetadata],
  ["raw_instruction", readRaw],
  ["experimenter_instruction", readExperimenter],
]);

function readGotoTable(word: Word, _text: string, { tableId, tables }: InstructionOptions): Instruction {
  const target = parseTable(argument(word), tables, "goto_table");
  if (tableId !== undefined && target <= tableId) {
    const { reason, error } = backward(target, tableId);
    throw refuse(word.value, reason, { openflowError: error });
  }
  return { type: "gotoTable", tableId: target };
}

function readMeter(word: Word): Instruction {
  const meterId = parseCount(argument(word), 32, "meter");
  if (meterId === 0)
    throw refuse(word.value, "meter: there is no meter 0", { openflowError: "OFPMMFC_INVALID_METER" });
  return { type: "meter", meterId };
}

function readWriteActions(
  word: Word,
  text: string,
  { ports, tables, fixes, places }: InstructionOptions,
  shape: PacketShape,
): Instruction {
  const reader = new ActionReader(text, { ports, tables, fixes, places, shape, isSet: true });
  reader.readAll(word.value);
  return { type: "writeActions", actions: reader.actions };
}

function readWriteMetadata(word: Word): Instruction {
  const value = argument(word);
  const slash = value.text.indexOf("/");
  if (slash < 0)
    return { type: "writeMetadata", metadata: parseBits(value, 64, "write_metadata"), mask: allOnes(64) };
  const metadata = parseBits(sliceToken(value, 0, slash), 64, "write_metadata");
  return { type: "writeMetadata", metadata, mask: parseBits(sliceToken(value, slash + 1), 64, "the mask") };
}

function readRaw(word: Word, text: string): Instruction {
  const values = readArguments(word, text, ["type", "data"]);
  const [type, data] = [values.get("type"), values.get("data")];
  if (type === undefined || data === undefined) throw refuse(word.key, "raw_instruction needs type and data");
  return { type: "raw", number: parseCount(type, 16, "type"), data: parseBytes(data) };
}

function readExperimenter(word: Word, text: string): Instruction {
  const values = readArguments(word, text, ["id", "data"]);
  const [id, data] = [values.get("id"), values.get("data")];
  if (id === undefined || data === undefined)
    throw refuse(word.key, "experimenter_instruction needs id and data");
  return { type: "experimenter", experimenter: parseCount(id, 32, "id"), data: parseBytes(data) };
}

function misplaced(word: Word, before: string): Error {
  return refuse(word.key, `${word.key.text} must stand before ${before}`, {
    hint: "switches carry out meter, actions, clear_actions, write_actions, write_metadata and goto_table in this order",
  });
}
