// What Open vSwitch knows of a packet that it was handed: as much of its headers as actions ask about.
import { anyPacket, type PacketShape } from "../protocol/packet-shape.ts";

const tagTypes: ReadonlySet<number> = new Set([0x8100, 0x88a8]);
const maxTags = 2;
const [ethernetBytes, tagBytes, macBytes] = [14, 4, 12];
const [ipv4, ipv6] = [0x0800, 0x86dd];
/** Where the protocol is in an IPv4 and an IPv6 header, and how long those are at least. */
const [ipv4Protocol, ipv4Bytes, ipv6Protocol, ipv6Bytes] = [9, 20, 6, 40];

/** What is certain about the packet in `data`, an Ethernet frame. */
export function shapeOfPacket(data: Uint8Array): PacketShape {
  if (data.length < ethernetBytes) return { ...anyPacket, untagged: true };
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = macBytes;
  let tags = 0;
  while (tags < maxTags && tagTypes.has(view.getUint16(at)) && data.length >= at + tagBytes + 2) {
    at += tagBytes;
    tags += 1;
  }
  const ethType = view.getUint16(at);
  const ipProto = protocolOf(view, at + 2, ethType);
  return { tags, untagged: tags === 0, ethType, ...(ipProto === undefined ? {} : { ipProto }) };
}

function protocolOf(view: DataView, at: number, ethType: number): number | undefined {
  const left = view.byteLength - at;
  if (ethType === ipv4 && left >= ipv4Bytes) return view.getUint8(at + ipv4Protocol);
  return ethType === ipv6 && left >= ipv6Bytes ? view.getUint8(at + ipv6Protocol) : undefined;
}
