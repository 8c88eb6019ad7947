// A packet as a value: one member per layer, undefined where the packet has no such layer, and the bytes that no layer
// claims.

import type { Arp } from "./arp.ts";
import type { Ethernet, VlanTag, VlanTagInput } from "./ethernet.ts";
import type { Icmp, IcmpInput } from "./icmp.ts";
import type { Icmpv6, Icmpv6Input } from "./icmpv6.ts";
import type { Ipv4, Ipv4Input } from "./ipv4.ts";
import type { Ipv6, Ipv6Input } from "./ipv6.ts";
import type { Undecoded } from "./layer.ts";
import type { Tcp, TcpInput } from "./tcp.ts";
import type { Udp, UdpInput } from "./udp.ts";

/** An Ethernet frame and what it carries, as PACKET_IN and PACKET_OUT do in `data`. Layers it doesn't have are undefined. */
export interface Packet {
  ethernet: Ethernet;
  /** The tags, outermost first. */
  vlans: VlanTag[];
  arp: Arp | undefined;
  ipv4: Ipv4 | undefined;
  ipv6: Ipv6 | undefined;
  icmp: Icmp | undefined;
  icmpv6: Icmpv6 | undefined;
  tcp: Tcp | undefined;
  udp: Udp | undefined;
  /** What the innermost layer carries, as it came. */
  payload: Uint8Array;
  /** What follows the packet in the frame, such as the zeros that fill up short frames. */
  trailer: Uint8Array;
  /** Where reading came to a stop; undefined when all was read. */
  undecoded: Undecoded | undefined;
}

/** A packet to be encoded. `etherType`, `protocol`, lengths and checksums follow from the layers. */
export interface PacketInput {
  readonly ethernet: Partial<Ethernet> & Pick<Ethernet, "src" | "dst">;
  readonly vlans?: readonly VlanTagInput[] | undefined;
  readonly arp?: Arp | undefined;
  readonly ipv4?: Ipv4Input | undefined;
  readonly ipv6?: Ipv6Input | undefined;
  readonly icmp?: IcmpInput | undefined;
  readonly icmpv6?: Icmpv6Input | undefined;
  readonly tcp?: TcpInput | undefined;
  readonly udp?: UdpInput | undefined;
  readonly payload?: Uint8Array | undefined;
  readonly trailer?: Uint8Array | undefined;
  /** Isn't looked at: a decoded packet may be encoded as it is. */
  readonly undecoded?: Undecoded | undefined;
}

/** The numbers by which IP tells what it carries. */
export const IpProtocol = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;
