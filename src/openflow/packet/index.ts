// The packet codec as programs use it: what PACKET_IN and PACKET_OUT carry, as values.

export type { Arp, ArpOperation } from "./arp.ts";
export type { ChecksumState } from "./checksum.ts";
export {
  arpReply,
  arpRequest,
  type EchoContents,
  gratuitousArp,
  neighbourAdvertisement,
  pingReply,
  pingRequest,
  type Station,
} from "./crafted.ts";
export { type DecodePacketOptions, decodeEthernet, decodePacket } from "./decoding.ts";
export { type EncodePacketOptions, encodePacket } from "./encoding.ts";
export { type Ethernet, EtherType, type VlanTag, type VlanTagInput } from "./ethernet.ts";
export { type Icmp, type IcmpInput, IcmpType } from "./icmp.ts";
export type * from "./icmpv6.ts";
export { Icmpv6Type, NeighbourFlag } from "./icmpv6.ts";
export type { Ipv4, Ipv4Input } from "./ipv4.ts";
export type { Ipv6, Ipv6Extension, Ipv6Fragment, Ipv6Input, Ipv6RawExtension } from "./ipv6.ts";
export type { LayerName, Undecoded } from "./layer.ts";
export type * from "./neighbour-options.ts";
export { IpProtocol, type Packet, type PacketInput } from "./packet.ts";
export { type Tcp, TcpFlag, type TcpInput } from "./tcp.ts";
export type { Udp, UdpInput } from "./udp.ts";
