// A packet for the controller, whichever form the switch wrote it in: Open vSwitch's two own ones as the fields of a
// PACKET_IN, and, where the switch paused it, the way back.
import type { MessageInput } from "./message.ts";
import type { Match } from "./protocol/match.ts";
import type { NxPacketInMessage, PacketIn2Message } from "./protocol/nx-packet-in.ts";
import type { PacketProperty } from "./protocol/nx-packet-property.ts";
import type { PacketInMessage } from "./protocol/packet.ts";
import { NO_BUFFER, Table } from "./protocol/ports.ts";

/** A packet for the controller. */
export interface ReceivedPacket extends PacketInMessage {
  /**
   * The same packet as it came, where the switch was asked for the second form: with the `userdata` of the action that
   * sent it, and with a continuation if it is paused.
   */
  packetIn2?: PacketIn2Message;
}

/** What a paused packet becomes before it goes on; what is left out stays. */
export interface PacketChanges {
  /** The packet itself. */
  readonly data?: Uint8Array | undefined;
  /** Its pipeline fields: registers, metadata. */
  readonly match?: Match | undefined;
}

const NO_COOKIE = 0xffff_ffff_ffff_ffffn;
const NO_DATA = -1;

/** A packet in one of Open vSwitch's forms as a PACKET_IN. */
export function receivedPacket(message: NxPacketInMessage | PacketIn2Message): ReceivedPacket {
  return message.type === "nxPacketIn" ? { ...message, type: "packetIn" } : fromProperties(message);
}

/** Where the switch doesn't tell, the table is 255, the cookie all ones and the reason `noMatch`. */
function fromProperties(packetIn2: PacketIn2Message): ReceivedPacket {
  const packet: ReceivedPacket = {
    version: packetIn2.version,
    type: "packetIn",
    xid: packetIn2.xid,
    bufferId: NO_BUFFER,
    totalLen: NO_DATA,
    reason: "noMatch",
    tableId: Table.all,
    cookie: NO_COOKIE,
    match: [],
    data: new Uint8Array(0),
    packetIn2,
  };
  for (const property of packetIn2.properties) take(packet, property);
  if (packet.totalLen === NO_DATA) packet.totalLen = packet.data.length;
  return packet;
}

function take(packet: ReceivedPacket, property: PacketProperty): void {
  switch (property.type) {
    case "packet":
      packet.data = property.data;
      break;
    case "fullLen":
      packet.totalLen = property.fullLen;
      break;
    case "bufferId":
      packet.bufferId = property.bufferId;
      break;
    case "tableId":
      packet.tableId = property.tableId;
      break;
    case "cookie":
      packet.cookie = property.cookie;
      break;
    case "reason":
      packet.reason = property.reason;
      break;
    case "metadata":
      packet.match = property.match;
      break;
    case "userdata":
    case "continuation":
    case "raw":
      break;
  }
}

/** The message that lets a paused packet go on; throws a TypeError for one that isn't paused. */
export function resumption(packet: ReceivedPacket | PacketIn2Message, changes: PacketChanges): MessageInput {
  const message = packet.type === "packetIn2" ? packet : packet.packetIn2;
  if (message?.properties.some(({ type }) => type === "continuation") !== true) {
    throw new TypeError(
      "only a packet that a flow has paused, and that came in its second form, can be resumed",
    );
  }
  return { type: "resume", properties: message.properties.map((property) => changed(property, changes)) };
}

function changed(property: PacketProperty, { data, match }: PacketChanges): PacketProperty {
  if (property.type === "packet" && data !== undefined) return { ...property, data };
  if (property.type === "metadata" && match !== undefined) return { ...property, match };
  return property;
}
