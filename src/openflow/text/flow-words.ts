// The words of a flow beside its match and actions, as a table: what each one sets, and for which commands it means
// something. What dump-flows adds to a flow (counters, ages) is read and left out, so that a dump can be fed back.

import { type FlowModCommand, FlowModFlag } from "../protocol/flow-mod.ts";
import { Group, Table } from "../protocol/ports.ts";
import { parseBits, parseCookieMask, parseCount } from "./number-text.ts";
import { type PortNumbers, parsePort } from "./port-text.ts";
import { refuse, sliceToken, type Word } from "./scanner.ts";
import { parseTable, type TableNumbers } from "./table-names.ts";

/** What a flow text is for: a change to the table, or `filter`, a question which flows are there. */
export type FlowPurpose = FlowModCommand | "filter";

/** The parts of a flow that these words set. */
export interface FlowAttributes {
  tableId: number | undefined;
  priority: number | undefined;
  idleTimeout: number;
  hardTimeout: number;
  flags: number;
  cookie: bigint | undefined;
  /** What an existing flow's cookie has to equal under `cookieMask`. */
  cookieFilter: bigint;
  cookieMask: bigint;
  outPort: number | undefined;
  outGroup: number | undefined;
}

/** What a word may look at. */
export interface FlowWordContext {
  readonly purpose: FlowPurpose;
  readonly ports: PortNumbers | undefined;
  readonly tables: TableNumbers | undefined;
}

interface FlowWord {
  /** Where the word means something. */
  readonly purposes: readonly FlowPurpose[];
  /** Whether it stands alone. */
  readonly bare?: true;
  read(word: Word, attributes: FlowAttributes, context: FlowWordContext): void;
}

const all: readonly FlowPurpose[] = ["add", "modify", "modifyStrict", "delete", "deleteStrict", "filter"];
const writing: readonly FlowPurpose[] = ["add", "modify", "modifyStrict"];
const selecting: readonly FlowPurpose[] = ["delete", "deleteStrict", "filter"];
const ranked: readonly FlowPurpose[] = [...writing, "deleteStrict"];

const flag = (bit: number): FlowWord => ({
  purposes: writing,
  bare: true,
  read: (_word, attributes) => {
    attributes.flags |= bit;
  },
});

/** A word of a dump that says nothing about the flow itself. */
const ignored: FlowWord = { purposes: all, read: () => undefined };
const ignoredFlag: FlowWord = { purposes: all, bare: true, read: () => undefined };

const flowWords: ReadonlyMap<string, FlowWord> = new Map<string, FlowWord>([
  ["table", { purposes: all, read: readTable }],
  [
    "priority",
    {
      purposes: ranked,
      read: (word, attributes) => {
        attributes.priority = once(word, attributes.priority, parseCount(word.value, 16, "priority"));
      },
    },
  ],
  [
    "idle_timeout",
    {
      purposes: writing,
      read: (word, attributes) => {
        attributes.idleTimeout = parseCount(word.value, 16, "idle_timeout");
      },
    },
  ],
  [
    "hard_timeout",
    {
      purposes: writing,
      read: (word, attributes) => {
        attributes.hardTimeout = parseCount(word.value, 16, "hard_timeout");
      },
    },
  ],
  ["cookie", { purposes: all, read: readCookie }],
  [
    "out_port",
    {
      purposes: selecting,
      read: (word, attributes, { ports }) => {
        attributes.outPort = once(word, attributes.outPort, parsePort(word.value, ports, "out_port"));
      },
    },
  ],
  ["out_group", { purposes: selecting, read: readOutGroup }],
  // OpenFlow 1.3 has no importance on the wire; ovs-ofctl reads it and leaves it out.
  ["importance", { purposes: ["add"], read: (word) => void parseCount(word.value, 16, "importance") }],
  ["send_flow_rem", flag(FlowModFlag.sendFlowRemoved)],
  ["check_overlap", flag(FlowModFlag.checkOverlap)],
  ["reset_counts", flag(FlowModFlag.resetCounts)],
  ["no_packet_counts", flag(FlowModFlag.noPacketCounts)],
  ["no_byte_counts", flag(FlowModFlag.noByteCounts)],
  ["duration", ignored],
  ["n_packets", ignored],
  ["n_bytes", ignored],
  ["idle_age", ignored],
  ["hard_age", ignored],
  ["no_readonly_table", ignoredFlag],
  ["allow_hidden_fields", ignoredFlag],
]);

/** The words that flags print as, in the order of dump-flows. */
export const flagWords: readonly (readonly [word: string, bit: number])[] = [
  ["send_flow_rem", FlowModFlag.sendFlowRemoved],
  ["check_overlap", FlowModFlag.checkOverlap],
  ["reset_counts", FlowModFlag.resetCounts],
  ["no_packet_counts", FlowModFlag.noPacketCounts],
  ["no_byte_counts", FlowModFlag.noByteCounts],
];

/** A flow of which nothing has been said yet. */
export function noAttributes(): FlowAttributes {
  return {
    tableId: undefined,
    priority: undefined,
    idleTimeout: 0,
    hardTimeout: 0,
    flags: 0,
    cookie: undefined,
    cookieFilter: 0n,
    cookieMask: 0n,
    outPort: undefined,
    outGroup: undefined,
  };
}

/** Takes `word` if it is one of these. */
export function takeFlowWord(word: Word, attributes: FlowAttributes, context: FlowWordContext): boolean {
  const found = flowWords.get(word.key.text);
  if (found === undefined) return false;
  if (!found.purposes.includes(context.purpose)) {
    throw refuse(word.key, `${word.key.text} means nothing in a ${purposeText(context.purpose)}`);
  }
  if (found.bare === true && word.value.text !== "") {
    throw refuse(word.value, `${word.key.text} takes no value`);
  }
  if (found.bare !== true && word.value.text === "") throw refuse(word.key, `${word.key.text} has no value`);
  found.read(word, attributes, context);
  return true;
}

/** What a purpose is called in refusals. */
export function purposeText(purpose: FlowPurpose): string {
  const texts: Readonly<Record<FlowPurpose, string>> = {
    add: "flow to be added",
    modify: "modification",
    modifyStrict: "strict modification",
    delete: "deletion, which goes by match, table, cookie and outputs",
    deleteStrict: "strict deletion",
    filter: "question for flows, which goes by match, table, cookie and outputs",
  };
  return texts[purpose];
}

function readTable(word: Word, attributes: FlowAttributes, { purpose, tables }: FlowWordContext): void {
  const tableId = parseTable(word.value, tables, "table");
  if (tableId === Table.all && writing.includes(purpose)) {
    throw refuse(word.value, "table 255 means every table: a flow is written to one");
  }
  attributes.tableId = once(word, attributes.tableId, tableId);
}

const groupWords: ReadonlyMap<string, number> = new Map([
  ["ANY", Group.any],
  ["ALL", Group.all],
]);

function readOutGroup(word: Word, attributes: FlowAttributes): void {
  const named = groupWords.get(word.value.text.toUpperCase());
  const group = named ?? parseCount(word.value, 32, "out_group");
  attributes.outGroup = once(word, attributes.outGroup, group);
}

/** `cookie=VALUE` gives a cookie, `cookie=VALUE/MASK` looks for flows that have one. */
function readCookie(word: Word, attributes: FlowAttributes, { purpose }: FlowWordContext): void {
  const slash = word.value.text.indexOf("/");
  if (slash >= 0) {
    if (purpose === "add")
      throw refuse(word.value, "a flow that is added has a whole cookie, without a mask");
    const mask = parseCookieMask(sliceToken(word.value, slash + 1), "the mask of cookie");
    attributes.cookieFilter = parseBits(sliceToken(word.value, 0, slash), 64, "cookie") & mask;
    attributes.cookieMask = mask;
    return;
  }
  const cookie = parseCookieMask(word.value, "cookie");
  if (!writing.includes(purpose)) {
    throw refuse(word.value, `cookie has no mask, and a ${purposeText(purpose)} sets none`, {
      hint: `write cookie=${word.value.text}/-1 to look for this cookie`,
    });
  }
  attributes.cookie = once(word, attributes.cookie, cookie);
}

function once<V>(word: Word, before: V | undefined, value: V): V {
  if (before === undefined || before === value) return value;
  throw refuse(word.key, `${word.key.text} is given twice`);
}
