// Prints the messages that carry packets: PACKET_IN in its three forms, PACKET_OUT, and what resumes a paused packet.

import { DEFAULT_PRIORITY } from "../protocol/flow-mod.ts";
import type { Match } from "../protocol/match.ts";
import type { NxPacketInMessage } from "../protocol/nx-packet-in.ts";
import type { ContinuationProperty, PacketProperty } from "../protocol/nx-packet-property.ts";
import type { PacketInMessage, PacketOutMessage } from "../protocol/packet.ts";
import { NO_BUFFER } from "../protocol/ports.ts";
import { actionsText } from "./action-printer.ts";
import { ruleText } from "./flow-printer.ts";
import { frameText } from "./message-frame.ts";
import type { MessagePrinters, PrintContext, Unreadable } from "./message-printing.ts";
import { formatHex } from "./number-text.ts";
import { reasonWords } from "./nx-words.ts";
import { formatPort, type PortNames } from "./port-text.ts";
import { formatDotted } from "./raw-text.ts";

const reasons: Readonly<Record<string, string>> = {
  noMatch: "no_match",
  action: "action",
  invalidTtl: "invalid_ttl",
};

/** Says that no flow sent the packet. */
const noCookie = 0xffff_ffff_ffff_ffffn;

/** What a packet comes with, in whichever form. */
interface Arrival {
  readonly tableId: number;
  /** Undefined where the message doesn't say. */
  readonly cookie: bigint | undefined;
  readonly totalLen: number;
  readonly match: Match;
  readonly reason: string | number;
  readonly data: Uint8Array;
  readonly bufferId: number;
  /** Lines between those and the packet. */
  readonly lines: readonly string[];
}

/** Messages that carry a packet. */
export const packetPrinters: MessagePrinters<
  "packetIn" | "nxPacketIn" | "packetIn2" | "resume" | "packetOut"
> = {
  packetIn: plainText,
  nxPacketIn: plainText,
  packetIn2: ({ properties }, context) => propertiesText(properties, context),
  resume: ({ properties }, context) => propertiesText(properties, context),
  packetOut: packetOutText,
};

function plainText(message: PacketInMessage | NxPacketInMessage, context: PrintContext): string {
  return arrivalText({ ...message, lines: [] }, context);
}

function arrivalText(arrival: Arrival, context: PrintContext): string {
  const { tableId, cookie, totalLen, match, reason, data, bufferId, lines } = arrival;
  const why = typeof reason === "string" ? reasons[reason] : reasonWord(reason);
  const parts = [
    ...(tableId === 0 ? [] : [`table_id=${tableId}`]),
    ...(cookie === undefined || cookie === noCookie ? [] : [`cookie=0x${cookie.toString(16)}`]),
    `total_len=${totalLen}`,
    ruleText(match, DEFAULT_PRIORITY, context),
    `(via ${why})`,
    `data_len=${data.length}`,
    bufferText(bufferId, totalLen, data.length),
  ];
  return [` ${parts.join(" ")}`, ...lines, frameText(data, packetTypeOf(match))].join("\n");
}

/** The two kinds of table miss, which have numbers inside the switch alone, go without a word. */
function reasonWord(reason: number): string {
  return reason === 6 || reason === 7 ? "" : (reasonWords[reason] ?? String(reason));
}

/** What the packet begins with, as its metadata says. */
function packetTypeOf(match: Match): number {
  return match.reduce((type, oxm) => (oxm.field === "packetType" ? oxm.value : type), 0);
}

function bufferText(bufferId: number, totalLen: number, dataLength: number): string {
  if (bufferId === NO_BUFFER) {
    return totalLen === dataLength ? "(unbuffered)" : "(unbuffered) (***total_len != data_len***)";
  }
  const buffer = `buffer=0x${bufferId.toString(16).padStart(8, "0")}`;
  return totalLen < dataLength ? `${buffer} (***total_len < data_len***)` : buffer;
}

type Property<T extends PacketProperty["type"]> = Extract<PacketProperty, { type: T }>;

/** What a packet comes with when no property says otherwise. */
const nothingKnown: Arrival = {
  tableId: 0,
  cookie: undefined,
  totalLen: 0,
  match: [],
  reason: 0,
  data: new Uint8Array(0),
  bufferId: NO_BUFFER,
  lines: [],
};

/** What each property tells; the switch's userdata and where it goes on have lines of their own. */
const tellings: { readonly [T in PacketProperty["type"]]: (property: Property<T>) => Partial<Arrival> } = {
  packet: ({ data }) => ({ data }),
  fullLen: ({ fullLen }) => ({ totalLen: fullLen }),
  bufferId: ({ bufferId }) => ({ bufferId }),
  tableId: ({ tableId }) => ({ tableId }),
  cookie: ({ cookie }) => ({ cookie }),
  reason: ({ reason }) => ({ reason }),
  metadata: ({ match }) => ({ match }),
  userdata: () => ({}),
  continuation: () => ({}),
  raw: () => ({}),
};

function toldBy(property: PacketProperty): Partial<Arrival> {
  return (tellings[property.type] as (property: PacketProperty) => Partial<Arrival>)(property);
}

function propertiesText(properties: readonly PacketProperty[], context: PrintContext): string | Unreadable {
  const arrival: Arrival = Object.assign({}, nothingKnown, ...properties.map(toldBy)) as Arrival;
  const { data, totalLen } = arrival;
  if (data.length === 0 || (totalLen !== 0 && totalLen < data.length)) return { error: "OFPBRC_BAD_LEN" };
  const lines = [
    ...properties.flatMap((property) => (property.type === "userdata" ? userdataLines(property.data) : [])),
    ...properties.flatMap((property) =>
      property.type === "continuation" ? continuationLines(property.properties, context.ports) : [],
    ),
  ];
  return arrivalText({ ...arrival, totalLen: totalLen === 0 ? data.length : totalLen, lines }, context);
}

function userdataLines(data: Uint8Array): readonly string[] {
  return data.length === 0 ? [] : [` userdata=${formatDotted(data)}`];
}

/** The lines about a paused packet, in the switch's order and not in that of the properties; of some the last counts. */
const continuationPrinters: readonly {
  readonly word: string;
  readonly print: (properties: readonly ContinuationProperty[], ports: PortNames | undefined) => string;
}[] = [
  {
    word: "bridge",
    print: lastOf("bridge", ({ uuid }) => (uuid.every((byte) => byte === 0) ? "" : uuidText(uuid))),
  },
  { word: "stack", print: stackLine },
  { word: "mirrors", print: lastOf("mirrors", ({ mirrors }) => (mirrors === 0 ? "" : formatHex(mirrors))) },
  { word: "conntracked", print: lastOf("conntracked", () => "true") },
  { word: "actions", print: unrolledActions },
  { word: "action_set", print: actionSet },
  { word: "odp_port", print: lastOf("odpPort", ({ odpPort }) => (odpPort === 0 ? "" : String(odpPort))) },
];

type Continuation<T extends ContinuationProperty["type"]> = Extract<ContinuationProperty, { type: T }>;

function lastOf<T extends ContinuationProperty["type"]>(
  type: T,
  print: (property: Continuation<T>) => string,
): (properties: readonly ContinuationProperty[]) => string {
  return (properties) => {
    const last = properties.findLast((property): property is Continuation<T> => property.type === type);
    return last === undefined ? "" : print(last);
  };
}

function actionSet(properties: readonly ContinuationProperty[], ports: PortNames | undefined): string {
  const actions = properties.flatMap((property) => (property.type === "actionSet" ? property.actions : []));
  return actions.length === 0 ? "" : actionsText(actions, ports);
}

/** The stack from its top down. */
function stackLine(properties: readonly ContinuationProperty[]): string {
  const items = properties.flatMap((property) =>
    property.type === "stack" ? [stackText(property.data)] : [],
  );
  return items.length === 0 ? "" : ["(top)", ...items, "(bottom)"].join(" ");
}

function continuationLines(
  properties: readonly ContinuationProperty[],
  ports: PortNames | undefined,
): readonly string[] {
  return continuationPrinters.flatMap(({ word, print }) => {
    const text = print(properties, ports);
    return text === "" ? [] : [` continuation.${word}=${text}`];
  });
}

/** The switch keeps UUIDs as four words in its own byte order, which is little-endian wherever it runs today. */
function uuidText(uuid: Uint8Array): string {
  const view = new DataView(uuid.buffer, uuid.byteOffset, uuid.byteLength);
  const hex = [0, 4, 8, 12].map((at) => view.getUint32(at, true).toString(16).padStart(8, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function stackText(data: Uint8Array): string {
  return formatHex(data.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n));
}

/** Each list of actions is led by where it goes on. */
function unrolledActions(properties: readonly ContinuationProperty[], ports: PortNames | undefined): string {
  const parts: string[] = [];
  let tableId = 0;
  let cookie = 0n;
  for (const property of properties) {
    if (property.type === "tableId") tableId = property.tableId;
    else if (property.type === "cookie") cookie = property.cookie;
    else if (property.type === "actions") {
      parts.push(`unroll_xlate(table=${tableId}, cookie=${cookie})`);
      if (property.actions.length > 0) parts.push(actionsText(property.actions, ports));
    }
  }
  return parts.join(",");
}

function packetOutText(
  { bufferId, inPort, actions, data }: PacketOutMessage,
  { ports }: PrintContext,
): string {
  const head = ` in_port=${formatPort(inPort, ports)} actions=${actionsText(actions, ports)}`;
  if (bufferId !== NO_BUFFER) return `${head} buffer=0x${bufferId.toString(16).padStart(8, "0")}`;
  const sized = `${head} data_len=${data.length}`;
  return data.length === 0 ? sized : `${sized}\n${frameText(data)}`;
}
