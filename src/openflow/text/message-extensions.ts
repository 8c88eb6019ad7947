// Prints Open vSwitch's own messages about tunnel options and tracked connections.
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

function ctFlushText({ ipProto, properties }: CtFlushMessage): string {
  const zone = properties.find(
    (property): property is CtFlushProperty & { type: "zone" } => property.type === "zone",
  );
  const tuple = (type: "origTuple" | "replyTuple"): string =>
    properties
      .flatMap((property) => (property.type === type ? [tupleText(property.properties, ipProto)] : []))
      .join("");
  return `${zone === undefined ? "" : ` zone=${zone.zoneId}`}${tuple("origTuple")}${tuple("replyTuple")}`;
}

function tupleText(properties: readonly CtTupleProperty[], ipProto: number): string {
  return ` '${properties.map((property) => property.type).join(",")},ct_nw_proto=${ipProto}'`;
}
