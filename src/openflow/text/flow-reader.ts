// parseFlow and its kin: ovs-ofctl's flow syntax (ovs-ofctl(8), "Flow Syntax") to the structures that go on the wire.
import type { Action } from "../protocol/actions.ts";
import { DEFAULT_PRIORITY, type FlowMod, type FlowModCommand, flowMod } from "../protocol/flow-mod.ts";
import type { FlowStatsRequest } from "../protocol/flow-stats.ts";
import type { Instruction } from "../protocol/instructions.ts";
import type { Match } from "../protocol/match.ts";
import type { TlvMap } from "../protocol/nx-tlv-table.ts";
import { anyPacket, shapeOfMatch } from "../protocol/packet-shape.ts";
import { Group, Port, Table } from "../protocol/ports.ts";
import { ActionReader } from "./action-reader.ts";
import { FixLog, type FlowChange } from "./fix-log.ts";
import { FlowSyntaxError } from "./flow-syntax-error.ts";
import { flowRefusal, type Places } from "./flow-verdict.ts";
import {
  type FlowAttributes,
  type FlowPurpose,
  noAttributes,
  purposeText,
  takeFlowWord,
} from "./flow-words.ts";
import { readInstructions } from "./instruction-reader.ts";
import { MatchReader } from "./match-reader.ts";
import type { PortNumbers } from "./port-text.ts";
import { refuse, type Span, scanWords, wholeToken } from "./scanner.ts";
import type { TableNumbers } from "./table-names.ts";
import { inText } from "./text-lines.ts";

/** How a text is read. */
export interface ParseOptions {
  /**
   * The numbers of the bridge's ports by name, for texts that name ports. Numbers and reserved names (LOCAL, NORMAL,
   * IN_PORT, …) need none. Default: no names.
   */
  readonly ports?: PortNumbers;
  /** The numbers of the switch's tables by name, for texts that name tables. Default: no names. */
  readonly tables?: TableNumbers;
  /**
   * The switch's table of tunnel options, as `Switch.tlvTable()` reads it: matches on `tun_metadata` fields get the sizes
   * that it says, and what it hasn't room for is refused. Default: as many bytes as a value needs, as ovs-ofctl sends.
   */
  readonly tlvMap?: readonly TlvMap[];
}

/** How a flow is read. */
export interface ParseFlowOptions extends ParseOptions {
  /** What is to be done with the flow, which decides what may be written. Default: "add". */
  readonly command?: FlowModCommand;
  /**
   * Rewrites words that have no meaning in OpenFlow 1.3, or another one than in 1.0, into words that do what was meant;
   * {@link fixFlow} says what was changed. Default: false, such words are refused, or read as ovs-ofctl reads them.
   */
  readonly fix?: boolean;
}

/** A flow read with `fix`. */
export interface FixedFlow {
  /** The text with every change made. */
  readonly text: string;
  /** What was changed, in the order of the text. */
  readonly changes: readonly FlowChange[];
  /** What the text says now. */
  readonly flow: FlowMod;
}

/** What actions a list is read for. */
export interface ParseActionsOptions extends ParseOptions {
  /** The match the actions belong to; decides what words such as mod_tp_src mean. Default: matches every packet. */
  readonly match?: Match;
}

/**
 * Reads one flow in ovs-ofctl's syntax, as `ovs-ofctl -O OpenFlow13 add-flow` (or mod-flows, del-flows, by
 * `options.command`) would send it. Throws {@link FlowSyntaxError}. Stricter than ovs-ofctl where it would send
 * something else than what was written: a field without its protocol, a value too wide for its field, a word said twice.
 * The ports of a connection without ct_nw_proto are left out all the same, as ovs-ofctl leaves them out.
 * What Open vSwitch 3.1 would answer with an error is refused as well, by that error's name, and four things are left to
 * the switch as ovs-ofctl leaves them: fields it keeps for itself (dp_hash, recirc_id, table 254), addresses of a
 * connection whose state the match doesn't say, vlan_tci without the bit of a tag, and setting in_port_oxm. Fields,
 * actions and instructions that Open vSwitch doesn't have may be those of another switch.
 */
export function parseFlow(text: string, options: ParseFlowOptions = {}): FlowMod {
  return inText(text, () => readFlow(text, options, options.fix === true ? new FixLog() : undefined));
}

/** Reads one flow as {@link parseFlow} does with `fix`, and says what it changed and why. */
export function fixFlow(text: string, options: Omit<ParseFlowOptions, "fix"> = {}): FixedFlow {
  const log = new FixLog();
  const flow = inText(text, () => readFlow(text, options, log));
  return { text: log.apply(text), changes: log.changes, flow };
}

/** Reads what dump-flows takes after the bridge: which flows to ask for. Throws {@link FlowSyntaxError}. */
export function parseFlowFilter(text: string, options: ParseOptions = {}): FlowStatsRequest {
  const { attributes, match } = inText(text, () => readHead(text, wholeToken(text), "filter", options));
  return {
    tableId: attributes.tableId ?? Table.all,
    outPort: attributes.outPort ?? Port.any,
    outGroup: attributes.outGroup ?? Group.any,
    cookie: attributes.cookieFilter,
    cookieMask: attributes.cookieMask,
    match,
  };
}

/** Reads a match alone: `tcp,nw_dst=10.0.0.1`. Throws {@link FlowSyntaxError}. */
export function parseMatch(text: string, options: ParseOptions = {}): Match {
  return inText(text, () => {
    const reader = new MatchReader(text, options);
    for (const word of scanWords(text, wholeToken(text))) {
      if (!reader.take(word)) throw unknownWord(word.key);
    }
    return reader.finish();
  });
}

/** Reads actions alone: `mod_nw_src:10.0.0.1,output:2`, without instructions. Throws {@link FlowSyntaxError}. */
export function parseActions(text: string, options: ParseActionsOptions = {}): Action[] {
  const reader = new ActionReader(text, { ...namesIn(options), shape: shapeOf(options.match) });
  inText(text, () => reader.readAll(wholeToken(text)));
  return reader.actions;
}

/** Reads what may follow `actions=`: actions and instructions. Throws {@link FlowSyntaxError}. */
export function parseInstructions(text: string, options: ParseActionsOptions = {}): Instruction[] {
  const reading = { ...namesIn(options), shape: shapeOf(options.match) };
  return inText(text, () => readInstructions(text, wholeToken(text), reading));
}

function namesIn({ ports, tables }: ParseOptions): {
  ports: PortNumbers | undefined;
  tables: TableNumbers | undefined;
} {
  return { ports, tables };
}

const writing: ReadonlySet<FlowPurpose> = new Set<FlowPurpose>(["add", "modify", "modifyStrict"]);
const actionsWord = /(?:^|[\s,])actions?\s*=/;

function readFlow(text: string, options: ParseFlowOptions, fixes: FixLog | undefined): FlowMod {
  const { command = "add", ports, tables } = options;
  const { head, tail } = splitAtActions(text);
  const places: Places = new WeakMap();
  const { attributes, match } = readHead(text, head, command, options, places);
  if (!writing.has(command)) {
    if (tail !== undefined) throw refuseActions(text, head, command);
    return checked(flowOf(command, attributes, match, []), places, text);
  }
  if (tail === undefined) {
    throw new FlowSyntaxError("the flow has no actions", {
      column: text.length + 1,
      token: "",
      hint: "write actions=…, or actions=drop",
    });
  }
  const tableId = attributes.tableId ?? 0;
  const shape = shapeOfMatch(match);
  const instructions = readInstructions(text, tail, { ports, tables, shape, tableId, fixes, places });
  return checked(flowOf(command, attributes, match, instructions), places, text);
}

/** `flow`, if Open vSwitch would take it. */
function checked(flow: FlowMod, places: Places, text: string): FlowMod {
  const refusal = flowRefusal(flow, places, wholeToken(text));
  if (refusal !== undefined) throw refusal;
  return flow;
}

function readHead(
  text: string,
  head: Span,
  purpose: FlowPurpose,
  options: ParseOptions,
  places?: Places,
): { attributes: FlowAttributes; match: Match } {
  const attributes = noAttributes();
  const reader = new MatchReader(text, options, places);
  for (const word of scanWords(text, head)) {
    if (
      !reader.take(word) &&
      !takeFlowWord(word, attributes, { purpose, ports: options.ports, tables: options.tables })
    )
      throw unknownWord(word.key);
  }
  return { attributes, match: reader.finish() };
}

function flowOf(
  command: FlowModCommand,
  attributes: FlowAttributes,
  match: Match,
  instructions: Instruction[],
): FlowMod {
  const isDelete = command === "delete" || command === "deleteStrict";
  return flowMod({
    command,
    // A modify never changes a cookie (OpenFlow 1.3.5, 6.4), so that one given for it doesn't go on the wire.
    cookie: command === "add" ? (attributes.cookie ?? 0n) : attributes.cookieFilter,
    cookieMask: attributes.cookieMask,
    tableId: attributes.tableId ?? (isDelete ? Table.all : 0),
    priority: attributes.priority ?? DEFAULT_PRIORITY,
    idleTimeout: attributes.idleTimeout,
    hardTimeout: attributes.hardTimeout,
    flags: attributes.flags,
    outPort: attributes.outPort ?? Port.any,
    outGroup: attributes.outGroup ?? Group.any,
    match,
    instructions,
  });
}

function splitAtActions(text: string): { head: Span; tail: Span | undefined } {
  const found = actionsWord.exec(text);
  if (found === null) return { head: { start: 0, end: text.length }, tail: undefined };
  return {
    head: { start: 0, end: found.index },
    tail: { start: found.index + found[0].length, end: text.length },
  };
}

function refuseActions(text: string, head: Span, command: FlowModCommand): FlowSyntaxError {
  const start = text.indexOf("action", head.end);
  const token = { text: text.slice(start), start, end: text.length };
  return refuse(token, `actions mean nothing in a ${purposeText(command)}`);
}

/** Fields that only Open vSwitch has; they get a clearer refusal than words nobody knows. */
const extensionField =
  /^(?:x{0,2}reg\d+|ct_\w+|tun_\w+|pkt_mark|conj_id|recirc_id|dp_hash|nw_ttl|mpls_ttl|(?:nw|ip)_frag|tcp_flags|nsh_\w+|nd_reserved|nd_options_type|actset_output|packet_type|eth|skb_priority)(?:\[|$)/;

function unknownWord(key: { readonly text: string; readonly start: number; readonly end: number }): Error {
  if (extensionField.test(key.text)) {
    return refuse(key, `${key.text} is a field of Open vSwitch's own, and unknown to this version`);
  }
  if (/^actions?$/.test(key.text)) {
    return refuse(key, "actions have no place here", { hint: "they end a flow that is written: actions=…" });
  }
  const lower = key.text.toLowerCase();
  const hint = lower === key.text ? {} : { hint: `words of a match are written in lower case: ${lower}` };
  return refuse(key, `unknown word ${JSON.stringify(key.text)}`, hint);
}

function shapeOf(match: Match | undefined): ReturnType<typeof shapeOfMatch> {
  return match === undefined ? anyPacket : shapeOfMatch(match);
}
