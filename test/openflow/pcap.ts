// Messages as a capture file, for programs that dissect captures: each in a TCP segment of its own, to OpenFlow's port.

/** Raw IP, without a link layer. */
const LINKTYPE_RAW = 101;
const OPENFLOW_PORT = 6653;
const IP_BYTES = 20;
const TCP_BYTES = 20;

/** The longest message that fits into one IPv4 packet. */
export const maxCaptured: number = 0xffff - IP_BYTES - TCP_BYTES;

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32BE(0xa1b2c3d4, 0);
  header.writeUInt16BE(2, 4);
  header.writeUInt16BE(4, 6);
  header.writeUInt32BE(0x40000, 16);
  header.writeUInt32BE(LINKTYPE_RAW, 20);
  return header;
}

/** One message; each is in a connection of its own, so that no two of them are put together. */
function packet(message: Uint8Array, index: number): Buffer {
  const length = IP_BYTES + TCP_BYTES + message.length;
  const record = Buffer.alloc(16 + IP_BYTES + TCP_BYTES);
  record.writeUInt32BE(index, 0);
  record.writeUInt32BE(length, 8);
  record.writeUInt32BE(length, 12);
  const ip = record.subarray(16);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(6, 9);
  ip.writeUInt32BE(0x0a000000 + (index >> 12), 12);
  ip.writeUInt32BE(0x0affffff, 16);
  const tcp = ip.subarray(IP_BYTES);
  tcp.writeUInt16BE(0x8000 + (index & 0xfff), 0);
  tcp.writeUInt16BE(OPENFLOW_PORT, 2);
  tcp.writeUInt32BE(1, 4);
  tcp.writeUInt32BE(1, 8);
  tcp.writeUInt8(0x50, 12);
  tcp.writeUInt8(0x18, 13);
  tcp.writeUInt16BE(0xffff, 14);
  return Buffer.concat([record, message]);
}

/** A capture of `messages`, whose packet n holds message n - 1. */
export function capture(messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat([fileHeader(), ...messages.map(packet)]);
}
