// The words of Open vSwitch's own actions that hold no others and name no list of fields: resubmit, note, conjunction,
// the stack, samples, controllers, encap.
import { type Action, CONTROLLER_NO_BUFFER } from "../protocol/actions.ts";
import type { ControllerProperty, EncapProperty } from "../protocol/nx-listed-actions.ts";
import { Port } from "../protocol/ports.ts";
import type { ActionContext, ActionWord } from "./action-words.ts";
import { parseCount } from "./number-text.ts";
import { directionWords, encapWords, reasonWords } from "./nx-words.ts";
import { type PortNumbers, parsePort } from "./port-text.ts";
import { parseBytes } from "./raw-text.ts";
import { refuse, scanWords, sliceToken, type Token, type Word } from "./scanner.ts";
import { parseTable } from "./table-names.ts";
import { listArguments, readArguments, refuseValue, splitArguments } from "./word-arguments.ts";

const ownPort = 0xfff8;
const thisTable = 0xff;

const plain =
  (type: "popQueue" | "exit" | "ctClear" | "decNshTtl" | "debugSlow" | "debugRecirc"): ActionWord =>
  (word) => {
    refuseValue(word);
    return [{ type }];
  };

/** The words, in lower case. */
export const nxActionWords: readonly (readonly [word: string, read: ActionWord])[] = [
  ["resubmit", readResubmit],
  ["note", readNote],
  ["conjunction", readConjunction],
  ["exit", plain("exit")],
  ["pop_queue", plain("popQueue")],
  ["ct_clear", plain("ctClear")],
  ["dec_nsh_ttl", plain("decNshTtl")],
  ["debug_slow", plain("debugSlow")],
  ["debug_recirc", plain("debugRecirc")],
  ["fin_timeout", readFinTimeout],
  ["sample", readSample],
  ["enqueue", readEnqueue],
  ["encap", readEncap],
  ["decap", readDecap],
];

/** A port in 16 bits. */
export function parsePort16(token: Token, ports: PortNumbers | undefined, what: string): number {
  return parsePort(token, ports, what) & 0xffff;
}

function countIn(values: ReadonlyMap<string, Token>, name: string, bits: number, absent = 0): number {
  const token = values.get(name);
  return token === undefined ? absent : parseCount(token, bits, name);
}

function readResubmit(word: Word, { ports, tables }: ActionContext): Action[] {
  const [port, table, tracked, ...others] = splitArguments(word.value);
  const inPort = port === undefined || port.text === "" ? ownPort : parsePort16(port, ports, "resubmit");
  const tableId =
    table === undefined || table.text === "" ? thisTable : parseTable(table, tables, "the table");
  if (others.length > 0 || (tracked !== undefined && tracked.text !== "ct")) {
    throw refuse(tracked ?? word.value, "resubmit takes a port, a table and ct");
  }
  if (inPort === ownPort && tableId === thisTable) {
    throw refuse(word.key, "resubmit needs a port or a table");
  }
  return tracked === undefined
    ? [{ type: "resubmitTable", inPort, tableId }]
    : [{ type: "resubmitTableCt", inPort, tableId }];
}

/** Bytes as pairs of digits, with dots between them or without. */
function parseDotted(token: Token, what: string): Uint8Array {
  const text = token.text.replace(/[.]/g, "");
  if (!/^[.]*(?:[0-9a-fA-F]{2}[.]*)*$/.test(token.text)) {
    throw refuse(token, `${what}: ${JSON.stringify(token.text)} is not a string of bytes`, {
      hint: "write two digits for each byte, with dots between them",
    });
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Notes are padded with zeros, which a switch gives back as part of them. */
function readNote(word: Word): Action[] {
  const written = parseDotted(word.value, "note");
  const data = new Uint8Array(Math.max(0, Math.ceil((written.length - 6) / 8)) * 8 + 6);
  data.set(written);
  return [{ type: "note", data }];
}

function readConjunction(word: Word): Action[] {
  const [, idText = "", clauseText = "", countText = ""] =
    /^\s*(0x[0-9a-f]+|\d+)\s*,\s*(\d+)\s*\/\s*(\d+)\s*$/i.exec(word.value.text) ?? [];
  if (idText === "") {
    throw refuse(word.value.text === "" ? word.key : word.value, "conjunction takes id,clause/clauses");
  }
  const [id, clause, nClauses] = [Number(idText), Number(clauseText), Number(countText)];
  if (id > 0xffffffff || nClauses < 2 || nClauses > 64 || clause < 1 || clause > nClauses) {
    throw refuse(word.value, "a conjunction has 2 to 64 clauses, counted from 1");
  }
  return [{ type: "conjunction", clause: clause - 1, nClauses, id }];
}

function readFinTimeout(word: Word, { text }: ActionContext): Action[] {
  const values = readArguments(word, text, ["idle_timeout", "hard_timeout"]);
  const finIdleTimeout = countIn(values, "idle_timeout", 16);
  return [{ type: "finTimeout", finIdleTimeout, finHardTimeout: countIn(values, "hard_timeout", 16) }];
}

const noPort = 0xffff;
const sampleNumbers = ["probability", "collector_set_id", "obs_domain_id", "obs_point_id"] as const;

/** The oldest form that says it all, as ovs-ofctl chooses. */
function readSample(word: Word, { text, ports }: ActionContext): Action[] {
  const values = readArguments(word, text, [...sampleNumbers, "sampling_port", "ingress", "egress"]);
  const probability = countIn(values, "probability", 16);
  if (probability === 0) throw refuse(word.key, "sample needs a probability from 1 to 65535");
  const port = values.get("sampling_port");
  const samplingPort = port === undefined ? noPort : parsePort16(port, ports, "sampling_port");
  const direction = directionWords.findIndex((name) => name !== "" && values.has(name));
  const numbers = {
    probability,
    collectorSetId: countIn(values, "collector_set_id", 32),
    obsDomainId: countIn(values, "obs_domain_id", 32),
    obsPointId: countIn(values, "obs_point_id", 32),
  };
  if (direction > 0) return [{ type: "sample3", ...numbers, samplingPort, direction }];
  if (samplingPort !== noPort) return [{ type: "sample2", ...numbers, samplingPort }];
  return [{ type: "sample", ...numbers }];
}

/** OpenFlow 1.0's output to a queue: the queue is set for the one output. */
function readEnqueue(word: Word, { ports }: ActionContext): Action[] {
  const [, portText = "", queueText = ""] = /^([^,:]+)[,:]([^,:]+)$/.exec(word.value.text) ?? [];
  if (portText === "") throw refuse(word.key, "enqueue takes port:queue");
  const port = parsePort(sliceToken(word.value, 0, portText.length), ports, "enqueue");
  const queueId = parseCount(sliceToken(word.value, word.value.text.length - queueText.length), 32, "queue");
  return [
    { type: "setQueue", queueId },
    { type: "output", port, maxLen: CONTROLLER_NO_BUFFER },
    { type: "popQueue" },
  ];
}

/** `dec_ttl(1,2)`: without ids it is OpenFlow's own. */
export function readDecTtl(word: Word): Action[] {
  const ids = listArguments(word.value).map((token) => parseCount(token, 16, "a controller's id"));
  return ids.length === 0 ? [{ type: "decNwTtl" }] : [{ type: "decTtlCntIds", controllerIds: ids }];
}

const controllerNames = ["reason", "max_len", "id", "userdata", "pause", "meter_id"];

/** `controller`, `controller:128`, `controller(max_len=128,…)`: the oldest form that says it all. */
export function readController(word: Word, { text }: ActionContext): Action[] {
  if (word.joint !== "(") {
    const plainLength = word.value.text === "" ? CONTROLLER_NO_BUFFER : parseCount(word.value, 16, "max_len");
    return [{ type: "output", port: Port.controller, maxLen: plainLength }];
  }
  const values = readArguments(word, text, controllerNames);
  const maxLen = countIn(values, "max_len", 16, CONTROLLER_NO_BUFFER);
  const controllerId = countIn(values, "id", 16);
  const reason = parseReason(values.get("reason"));
  if (["userdata", "pause", "meter_id"].some((name) => values.has(name))) {
    return [
      { type: "controller2", properties: controllerProperties(values, { maxLen, controllerId, reason }) },
    ];
  }
  return reason === 1 && controllerId === 0
    ? [{ type: "output", port: Port.controller, maxLen }]
    : [{ type: "controller", maxLen, controllerId, reason }];
}

function parseReason(token: Token | undefined): number {
  const reason = token === undefined ? 1 : reasonWords.indexOf(token.text);
  if (token !== undefined && reason < 0) {
    throw refuse(token, `unknown reason ${token.text}`, { hint: `it is one of ${reasonWords.join(", ")}` });
  }
  return reason;
}

function controllerProperties(
  values: ReadonlyMap<string, Token>,
  { maxLen, controllerId, reason }: { maxLen: number; controllerId: number; reason: number },
): ControllerProperty[] {
  const properties: ControllerProperty[] = [];
  if (maxLen !== CONTROLLER_NO_BUFFER) properties.push({ type: "maxLen", maxLen });
  if (controllerId !== 0) properties.push({ type: "controllerId", controllerId });
  if (reason !== 1) properties.push({ type: "reason", reason });
  const userdata = values.get("userdata");
  if (userdata !== undefined && userdata.text !== "") {
    properties.push({ type: "userdata", userdata: parseDotted(userdata, "userdata") });
  }
  if (values.has("pause")) properties.push({ type: "pause" });
  if (values.has("meter_id")) properties.push({ type: "meterId", meterId: countIn(values, "meter_id", 32) });
  return properties;
}

/** `encap(nsh(md_type=2,tlv(0x1000,10,0x12345678)))`, `encap(mpls)`, `encap(ethernet)`. */
function readEncap(word: Word, { text }: ActionContext): Action[] {
  const [header, ...others] = scanWords(text, word.value);
  const type = [...encapWords].find(([, name]) => name === header?.key.text)?.[0];
  if (header === undefined || type === undefined || others.length > 0) {
    throw refuse(header?.key ?? word.key, "encap takes ethernet, nsh, mpls or mpls_mc");
  }
  const properties = scanWords(text, header.value).map(encapProperty);
  return [{ type: "encap", headerSize: 0, newPacketType: type, properties }];
}

function encapProperty(word: Word): EncapProperty {
  if (word.key.text === "md_type") {
    const mdType = parseCount(word.value, 8, "md_type");
    if (mdType !== 1 && mdType !== 2) throw refuse(word.value, "md_type is 1 or 2");
    return { type: "nshMdType", mdType };
  }
  const [tlvClass, tlvType, data, ...others] = listArguments(word.value);
  if (word.key.text !== "tlv" || tlvClass === undefined || tlvType === undefined || data === undefined) {
    throw refuse(word.key, "a header of encap takes md_type=… and tlv(class,type,data)");
  }
  if (others.length > 0) throw refuse(word.value, "tlv takes class,type,data");
  const bytes = parseBytes(data);
  if (bytes.length % 4 !== 0) throw refuse(data, "the data of tlv is a multiple of 4 bytes");
  const [propClass, propType] = [parseCount(tlvClass, 16, "tlv class"), parseCount(tlvType, 8, "tlv type")];
  return { type: "nshTlv", tlvClass: propClass, tlvType: propType, data: bytes };
}

const undecided = 0xfffe;

/** `decap()`, `decap(packet_type(ns=1,type=0x800))` */
function readDecap(word: Word, { text }: ActionContext): Action[] {
  const [inside] = scanWords(text, word.value);
  if (inside === undefined) return [{ type: "decap", newPacketType: undecided }];
  if (inside.key.text !== "packet_type") throw refuse(inside.key, "decap takes packet_type(ns=…,type=…)");
  const values = readArguments(inside, text, ["ns", "type"]);
  if (!values.has("ns") || !values.has("type")) throw refuse(inside.key, "packet_type needs ns and type");
  const [space, type] = [countIn(values, "ns", 16), countIn(values, "type", 16)];
  return [{ type: "decap", newPacketType: space * 0x10000 + type }];
}
