// Prints Open vSwitch's own messages about tunnel options and tracked connections.
import { IpProtocol } from "../packet/packet.ts";
import type { CtFlushMessage, CtFlushProperty, CtTupleProperty } from "../protocol/nx-ct-flush.ts";
import type { TlvMap, TlvTableModMessage, TlvTableReplyMessage } from "../protocol/nx-tlv-table.ts";
import type { MessagePrinters, Unreadable } from "./message-printing.ts";
import { formatHex } from "./number-text.ts";

const commands: Readonly<Record<string, string>> = { add: "ADD", delete: "DEL", clear: "CLEAR" };

/** Messages about tunnel options and connections. */
export const extensionPrinters: MessagePrinters<
  "tlvTableMod" | "tlvTableRequest" | "tlvTableReply" | "ctFlushZone" | "ctFlush"
> = {
  tlvTableMod: tlvModText,
  tlvTableRequest: () => "",
  tlvTableReply: tlvReplyText,
  ctFlushZone: ({ zoneId }) => ` zone_id=${zoneId}`,
  ctFlush: ctFlushText,
};

function tlvModText({ command, maps }: TlvTableModMessage): string | Unreadable {
  const word = typeof command === "string" ? commands[command] : undefined;
  if (word === undefined) return { error: "NXTTMFC_BAD_COMMAND" };
  return command === "clear" ? `\n ${word}` : `\n ${word} ${mappingText(maps)}`;
}

function tlvReplyText({ maxOptionSpace, maxFields, maps }: TlvTableReplyMessage): string {
  const allocated = maps.reduce((bytes, { optionLen }) => bytes + optionLen, 0);
  return [
    `\n max option space=${maxOptionSpace} max fields=${maxFields}`,
    ` allocated option space=${allocated}`,
    "",
    ` ${mappingText(maps)}`,
  ].join("\n");
}

function mappingText(maps: readonly TlvMap[]): string {
  return [
    "mapping table:",
    "  class  type  length  match field",
    " ------  ----  ------  --------------",
    ...maps.map(mapText),
  ].join("\n");
}

function mapText({ optionClass, optionType, optionLen, index }: TlvMap): string {
  const columns = [
    formatHex(optionClass).padStart(6),
    formatHex(optionType).padStart(4),
    String(optionLen).padStart(6),
  ];
  return ` ${columns.join("  ")}  tun_metadata${index}`;
}

const icmpProtocols: ReadonlySet<number> = new Set([IpProtocol.icmp, IpProtocol.icmpv6]);

/** What a tuple says. The port of one protocol stands where another one has its id, and the other port where code and type are. */
interface Tuple {
  src: string;
  dst: string;
  first: number;
  second: number;
}

/** What is left out prints as zero, in both directions. */
function ctFlushText({ ipProto, properties }: CtFlushMessage): string | Unreadable {
  const zone = properties.reduce((last, property) => (property.type === "zone" ? property.zoneId : last), 0);
  const orig = tupleOf("origTuple", properties);
  const reply = tupleOf("replyTuple", properties);
  const addresses = [orig.src, orig.dst, reply.src, reply.dst].filter((address) => address !== "::");
  const isIpv4 = addresses.some((address) => !address.includes(":"));
  if (isIpv4 && addresses.some((address) => address.includes(":"))) return { error: "OFPBPC_BAD_VALUE" };
  const text = (tuple: Tuple): string => tupleText(tuple, isIpv4 ? "nw" : "ipv6", icmpProtocols.has(ipProto));
  return ` zone=${zone} '${text(orig)},ct_nw_proto=${ipProto}' '${text(reply)}'`;
}

function tupleOf(direction: "origTuple" | "replyTuple", properties: readonly CtFlushProperty[]): Tuple {
  const tuple: Tuple = { src: "::", dst: "::", first: 0, second: 0 };
  for (const property of properties) {
    if (property.type !== direction) continue;
    for (const told of property.properties) {
      if (told.type !== "raw") tellers[told.type](tuple, told as never);
    }
  }
  return tuple;
}

type Told<T extends CtTupleProperty["type"]> = Extract<CtTupleProperty, { type: T }>;

const tellers: {
  readonly [T in Exclude<CtTupleProperty["type"], "raw">]: (tuple: Tuple, told: Told<T>) => void;
} = {
  src: (tuple, { address }) => {
    tuple.src = address;
  },
  dst: (tuple, { address }) => {
    tuple.dst = address;
  },
  srcPort: (tuple, { port }) => {
    tuple.first = port;
  },
  dstPort: (tuple, { port }) => {
    tuple.second = port;
  },
  icmpId: (tuple, { icmpId }) => {
    tuple.first = icmpId;
  },
  icmpType: (tuple, { icmpType }) => {
    tuple.second = (tuple.second & 0xff00) | icmpType;
  },
  icmpCode: (tuple, { icmpCode }) => {
    tuple.second = (icmpCode << 8) | (tuple.second & 0xff);
  },
};

function tupleText({ src, dst, first, second }: Tuple, family: "nw" | "ipv6", isIcmp: boolean): string {
  const transport = isIcmp
    ? [`icmp_id=${first}`, `icmp_type=${second & 0xff}`, `icmp_code=${second >> 8}`]
    : [`ct_tp_src=${first}`, `ct_tp_dst=${second}`];
  return [`ct_${family}_src=${src}`, `ct_${family}_dst=${dst}`, ...transport].join(",");
}
