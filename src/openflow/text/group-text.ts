// Groups in ovs-ofctl's syntax (ovs-ofctl(8), "Group Syntax"), both ways: what add-group, mod-group and del-groups read,
// and what dump-groups prints.
import {
  type Bucket,
  bucket,
  type GroupDesc,
  type GroupMod,
  type GroupModCommand,
  type GroupType,
} from "../protocol/groups.ts";
import { anyPacket } from "../protocol/packet-shape.ts";
import { Group, Port } from "../protocol/ports.ts";
import { actionsText } from "./action-printer.ts";
import { ActionReader } from "./action-reader.ts";
import type { FormatOptions } from "./flow-printer.ts";
import type { ParseOptions } from "./flow-reader.ts";
import { FlowSyntaxError } from "./flow-syntax-error.ts";
import { parseCount } from "./number-text.ts";
import { formatPort, type PortNumbers, parsePort } from "./port-text.ts";
import { refuse, type Span, scanWords, type Token, type Word } from "./scanner.ts";

/** How a group is read. */
export interface ParseGroupOptions extends ParseOptions {
  /** What is to be done with the group, which decides what may be written. Default: "add". */
  readonly command?: GroupModCommand;
}

const groupTypes: ReadonlyMap<string, GroupType> = new Map([
  ["all", "all"],
  ["select", "select"],
  ["indirect", "indirect"],
  ["ff", "fastFailover"],
  ["fast_failover", "fastFailover"],
]);

const typeWords: Readonly<Record<GroupType, string>> = {
  all: "all",
  select: "select",
  indirect: "indirect",
  fastFailover: "ff",
};

/** Words that ovs-ofctl reads and that OpenFlow 1.3 has no place for on the wire. */
const laterWords = new Set(["selection_method", "selection_method_param", "fields", "command_bucket_id"]);

const bucketStart = /(?:^|[\s,])bucket\s*=/g;

/**
 * Reads one group in ovs-ofctl's syntax, as `ovs-ofctl -O OpenFlow13 add-group` (or mod-group, mod-group --may-create, del-groups,
 * by `options.command`) would send it: `group_id=1,type=select,bucket=weight:10,output:1,bucket=weight:20,output:2`. A
 * delete without a group means all of them. Throws {@link FlowSyntaxError}, also for a word said twice, for OpenFlow
 * 1.5's selection methods, which ovs-ofctl leaves out in silence, and for a group the switch would refuse. A `bucket_id`
 * is read and left out: OpenFlow 1.3 has none.
 */
export function parseGroup(text: string, options: ParseGroupOptions = {}): GroupMod {
  const { command = "add" } = options;
  const starts = [...text.matchAll(bucketStart)];
  const head = { start: 0, end: starts[0]?.index ?? text.length };
  const { groupId, groupType } = readHead(text, head, command);
  if (command === "delete") {
    if (starts[0] !== undefined)
      throw refuse(tokenAt(text, starts[0].index), "buckets mean nothing in a delete");
    return { command, groupType: "all", groupId: groupId ?? Group.all, buckets: [] };
  }
  if (groupId === undefined) throw missing(text, "the group has no group_id", "write group_id=…");
  if (groupType === undefined) {
    throw missing(text, "the group has no type", "write type=all, select, indirect or ff");
  }
  const buckets = starts.map((found, i) => {
    const start = found.index + found[0].length;
    return readBucket(text, { start, end: starts[i + 1]?.index ?? text.length }, groupType, options);
  });
  const second = starts[1];
  if (groupType === "indirect" && second !== undefined) {
    throw refuse(tokenAt(text, second.index), "an indirect group has at most one bucket", {
      openflowError: "OFPGMFC_INVALID_GROUP",
    });
  }
  return { command, groupType, groupId, buckets };
}

interface Head {
  groupId: number | undefined;
  groupType: GroupType | undefined;
}

function readHead(text: string, span: Span, command: GroupModCommand): Head {
  const head: Head = { groupId: undefined, groupType: undefined };
  for (const word of scanWords(text, span)) {
    const { key, value } = word;
    if (key.text === "group_id" && head.groupId === undefined) head.groupId = readGroupId(value, command);
    else if (key.text === "type" && command !== "delete" && head.groupType === undefined) {
      head.groupType = readType(value);
    } else throw unknownWord(word, command);
  }
  return head;
}

function readGroupId(value: Token, command: GroupModCommand): number {
  if (value.text === "all" && command === "delete") return Group.all;
  const groupId = parseCount(value, 32, "group_id");
  if (groupId <= Group.max) return groupId;
  throw refuse(value, `group_id is out of range`, {
    hint: `groups are 0 to ${Group.max}`,
    openflowError: "OFPGMFC_INVALID_GROUP",
  });
}

function readType(value: Token): GroupType {
  const type = groupTypes.get(value.text);
  if (type !== undefined) return type;
  throw refuse(value, `${JSON.stringify(value.text)} is no type of a group`, {
    hint: "write all, select, indirect or ff",
  });
}

function unknownWord({ key }: Word, command: GroupModCommand): FlowSyntaxError {
  if (laterWords.has(key.text)) return refuse(key, `${key.text} needs OpenFlow 1.5`);
  if (key.text === "group_id") return refuse(key, "group_id is given twice");
  if (key.text !== "type") return refuse(key, `unknown word ${JSON.stringify(key.text)}`);
  return refuse(key, command === "delete" ? "type means nothing in a delete" : "type is given twice");
}

function readBucket(text: string, span: Span, groupType: GroupType, options: ParseOptions): Bucket {
  const { ports, tables } = options;
  const read: Partial<Bucket> = {};
  const reader = new ActionReader(text, { ports, tables, shape: anyPacket, isSet: true, isBucket: true });
  let hasActions = false;
  for (const word of scanWords(text, span)) {
    if (takeBucketWord(word, read, ports)) continue;
    hasActions = true;
    if (word.key.text !== "actions" && word.key.text !== "action") reader.read(word);
    else for (const action of scanWords(text, word.value)) reader.read(action);
  }
  reader.finish();
  if (!hasActions) {
    throw refuse(tokenOf(text, span), "the bucket has no actions", {
      hint: "write actions=…, or actions=drop",
    });
  }
  checkBucket(read, groupType, tokenOf(text, span));
  return bucket({ weight: groupType === "select" ? 1 : 0, ...read, actions: reader.actions });
}

/** Sets what the word says; false if it is no word of a bucket, and so one of its actions. */
function takeBucketWord(word: Word, read: Partial<Bucket>, ports: PortNumbers | undefined): boolean {
  const { key, value } = word;
  const already = (name: "weight" | "watchPort" | "watchGroup"): void => {
    if (read[name] !== undefined) throw refuse(key, `${key.text} is given twice`);
  };
  if (key.text === "weight") {
    already("weight");
    read.weight = parseCount(value, 16, "weight");
  } else if (key.text === "watch_port") {
    already("watchPort");
    read.watchPort = readWatchPort(value, ports);
  } else if (key.text === "watch_group") {
    already("watchGroup");
    read.watchGroup = parseCount(value, 32, "watch_group");
  } else if (key.text === "bucket_id") {
    parseCount(value, 32, "bucket_id");
  } else return false;
  return true;
}

/** The liveness of a reserved port can't be watched. */
function readWatchPort(value: Token, ports: PortNumbers | undefined): number {
  const port = parsePort(value, ports, "watch_port");
  if (port <= Port.max || port === Port.any) return port;
  throw refuse(value, `${value.text} is no port that can be watched`);
}

function checkBucket(read: Partial<Bucket>, groupType: GroupType, token: Token): void {
  if (groupType !== "select" && read.weight !== undefined && read.weight !== 0) {
    throw refuse(token, "only the buckets of select groups have weights");
  }
  const isWatching =
    (read.watchPort ?? Port.any) !== Port.any || (read.watchGroup ?? Group.any) !== Group.any;
  if (groupType === "fastFailover" && !isWatching) {
    throw refuse(token, "a bucket of a fast failover group needs watch_port or watch_group");
  }
}

function tokenOf(text: string, { start, end }: Span): Token {
  return { text: text.slice(start, end), start, end };
}

/** What stands from the separator at `at` on. */
function tokenAt(text: string, at: number): Token {
  const start = at + (/[\s,]/.test(text.charAt(at)) ? 1 : 0);
  return { text: text.slice(start), start, end: text.length };
}

function missing(text: string, reason: string, hint: string): FlowSyntaxError {
  return new FlowSyntaxError(reason, { column: text.length + 1, token: "", hint });
}

/**
 * Prints a group on one line, without the blank that dump-groups puts in front. Reading it back with `parseGroup` (and
 * the group mod's command) gives the same group.
 */
export function formatGroup(group: GroupMod | GroupDesc, options: FormatOptions = {}): string {
  const { groupId, groupType, buckets } = group;
  if ("command" in group && group.command === "delete") {
    return groupId === Group.all ? "" : `group_id=${groupId}`;
  }
  const type = typeof groupType === "string" ? typeWords[groupType] : "unknown";
  const parts = [`group_id=${groupId}`, `type=${type}`];
  const usual = groupType === "select" ? 1 : 0;
  for (const one of buckets) parts.push(`bucket=${bucketText(one, usual, options)}`);
  return parts.join(",");
}

function bucketText(
  { weight, watchPort, watchGroup, actions }: Bucket,
  usualWeight: number,
  { ports, tables }: FormatOptions,
): string {
  const parts = [
    ...(weight === usualWeight ? [] : [`weight:${weight}`]),
    ...(watchPort === Port.any ? [] : [`watch_port:${formatPort(watchPort, ports)}`]),
    ...(watchGroup === Group.any ? [] : [`watch_group:${watchGroup}`]),
    `actions=${actionsText(actions, ports, tables)}`,
  ];
  return parts.join(",");
}
