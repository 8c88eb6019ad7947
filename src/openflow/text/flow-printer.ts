// formatFlow and its kin: what `ovs-ofctl dump-flows` prints, from flows read from a switch and from flow mods.
import type { Action } from "../protocol/actions.ts";
import { DEFAULT_PRIORITY, type FlowMod } from "../protocol/flow-mod.ts";
import type { FlowStats } from "../protocol/flow-stats.ts";
import type { Instruction } from "../protocol/instructions.ts";
import type { Match } from "../protocol/match.ts";
import type { TlvMap } from "../protocol/nx-tlv-table.ts";
import { Group, Port, Table } from "../protocol/ports.ts";
import { mappedMatch } from "../protocol/tun-options.ts";
import { actionsText, instructionsText } from "./action-printer.ts";
import { formatDuration } from "./duration-text.ts";
import { flagWords } from "./flow-words.ts";
import { matchWordsOf } from "./match-printer.ts";
import { formatHex } from "./number-text.ts";
import { formatPort, type PortNames } from "./port-text.ts";
import { formatTable, type TableNames } from "./table-names.ts";

/** How something is printed. */
export interface FormatOptions {
  /** Names of the bridge's ports by number. Default: numbers, as `ovs-ofctl --no-names` prints. */
  readonly ports?: PortNames;
  /** Names of the switch's tables by number. Default: numbers. */
  readonly tables?: TableNames;
  /**
   * The switch's table of tunnel options, as `Switch.tlvTable()` reads it: it says which mask of a `tun_metadata` field
   * covers the whole option, and so isn't printed. Default: every mask is printed.
   */
  readonly tlvMap?: readonly TlvMap[];
}

/** How a flow is printed. */
export interface FormatFlowOptions extends FormatOptions {
  /**
   * Whether cookie, duration, table and counters are printed always, as dump-flows does, or only what isn't the default,
   * as `dump-flows --no-stats` does. Default: true. A flow mod has no statistics and always prints the short form.
   */
  readonly stats?: boolean;
}

/**
 * Prints a flow on one line, without the blank that dump-flows puts in front. Reading it back with `parseFlow` (and the
 * flow mod's command) gives the same flow.
 */
export function formatFlow(flow: FlowMod | FlowStats, options: FormatFlowOptions = {}): string {
  return "packetCount" in flow ? statsText(flow, options) : modText(flow, options);
}

/** Prints a match: `tcp,in_port=1,nw_dst=10.0.0.1`; empty for one that matches everything. */
export function formatMatch(match: Match, options: FormatOptions = {}): string {
  return wordsOfMatch(match, options).join(",");
}

/** Prints actions: `set_field:10.0.0.1->ip_src,output:2`; `drop` for none. */
export function formatActions(actions: readonly Action[], options: FormatOptions = {}): string {
  return actionsText(actions, options.ports, options.tables);
}

/** Prints what stands after `actions=`: actions and instructions; `drop` for none. */
export function formatInstructions(
  instructions: readonly Instruction[],
  options: FormatOptions = {},
): string {
  return instructionsText(instructions, options.ports, options.tables);
}

function wordsOfMatch(match: Match, { ports, tlvMap }: FormatOptions): string[] {
  return matchWordsOf(tlvMap === undefined ? match : mappedMatch(match, tlvMap), ports);
}

/** Priority and match as one word list, as flows have them; empty for the default priority and every packet. */
export function ruleText(match: Match, priority: number, options: FormatOptions): string {
  const first = priority === DEFAULT_PRIORITY ? [] : [`priority=${priority}`];
  return [...first, ...wordsOfMatch(match, options)].join(",");
}

/** A text that ends in a blank, unless it is empty. */
export function withBlank(text: string): string {
  return text === "" ? "" : `${text} `;
}

function statsText(flow: FlowStats, options: FormatFlowOptions): string {
  const { ports, tables, stats = true } = options;
  const parts = [
    stats || flow.cookie !== 0n ? `cookie=0x${flow.cookie.toString(16)}, ` : "",
    stats ? `duration=${formatDuration(flow.durationSec, flow.durationNsec)}, ` : "",
    stats || flow.tableId !== 0 ? `table=${formatTable(flow.tableId, tables)}, ` : "",
    stats ? `n_packets=${counterText(flow.packetCount)}, n_bytes=${counterText(flow.byteCount)}, ` : "",
    timeoutsAndFlags(flow),
    withBlank(ruleText(flow.match, flow.priority, options)),
  ];
  return `${parts.join("")}actions=${instructionsText(flow.instructions, ports, tables)}`;
}

function modText(flow: FlowMod, options: FormatOptions): string {
  const { ports, tables } = options;
  const isAnyPriority = flow.command === "delete";
  const isDelete = isAnyPriority || flow.command === "deleteStrict";
  const parts = [
    cookieText(flow),
    flow.tableId === (isDelete ? Table.all : 0) ? "" : `table=${formatTable(flow.tableId, tables)}, `,
    flow.outPort === Port.any ? "" : `out_port=${formatPort(flow.outPort, ports)}, `,
    flow.outGroup === Group.any ? "" : `out_group=${flow.outGroup}, `,
    timeoutsAndFlags(flow),
    withBlank(ruleText(flow.match, isAnyPriority ? DEFAULT_PRIORITY : flow.priority, options)),
  ];
  const head = parts.join("");
  if (isDelete) return head.replace(/,? $/, "");
  return `${head}actions=${instructionsText(flow.instructions, ports, tables)}`;
}

function cookieText({ command, cookie, cookieMask }: FlowMod): string {
  if (command !== "add" && cookieMask !== 0n) return `cookie=${formatHex(cookie)}/${formatHex(cookieMask)}, `;
  return cookie === 0n ? "" : `cookie=${formatHex(cookie)}, `;
}

function timeoutsAndFlags(flow: Pick<FlowMod, "idleTimeout" | "hardTimeout" | "flags">): string {
  const parts = [
    flow.idleTimeout === 0 ? "" : `idle_timeout=${flow.idleTimeout}, `,
    flow.hardTimeout === 0 ? "" : `hard_timeout=${flow.hardTimeout}, `,
    ...flagWords.filter(([, bit]) => (flow.flags & bit) !== 0).map(([word]) => `${word} `),
  ];
  return parts.join("");
}

/** A counter; `?` where the switch doesn't keep it. */
function counterText(counter: bigint): string {
  return counter === 0xffff_ffff_ffff_ffffn ? "?" : String(counter);
}
