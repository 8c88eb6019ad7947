// Packets that controllers send most, each as a value that encodes as it is.

import { IcmpType } from "./icmp.ts";
import { Icmpv6Type, NeighbourFlag } from "./icmpv6.ts";
import type { PacketInput } from "./packet.ts";

const BROADCAST = "ff:ff:ff:ff:ff:ff";
const NO_MAC = "00:00:00:00:00:00";

/** A host by its two addresses. */
export interface Station {
  readonly mac: string;
  readonly ip: string;
}

/** Asks everybody on the segment who has `target` (RFC 826). */
export function arpRequest(from: Station, target: string): PacketInput {
  return {
    ethernet: { dst: BROADCAST, src: from.mac },
    arp: { op: "request", sha: from.mac, spa: from.ip, tha: NO_MAC, tpa: target },
  };
}

/** Tells `to` that `from.ip` is at `from.mac` (RFC 826). */
export function arpReply(from: Station, to: Station): PacketInput {
  return {
    ethernet: { dst: to.mac, src: from.mac },
    arp: { op: "reply", sha: from.mac, spa: from.ip, tha: to.mac, tpa: to.ip },
  };
}

/** Tells everybody that `from.ip` is at `from.mac`, as a request for itself (RFC 5227, 3; RFC 5944, 4.6). */
export function gratuitousArp(from: Station): PacketInput {
  return arpRequest(from, from.ip);
}

/** Identifier, sequence number and payload of an echo. */
export interface EchoContents {
  /** Default 0. */
  readonly identifier?: number | undefined;
  /** Default 0. */
  readonly sequence?: number | undefined;
  /** Default none. */
  readonly payload?: Uint8Array | undefined;
}

function isIpv6(ip: string): boolean {
  return ip.includes(":");
}

function echo(from: Station, to: Station, isReply: boolean, contents: EchoContents): PacketInput {
  const { identifier = 0, sequence = 0, payload } = contents;
  const ethernet = { dst: to.mac, src: from.mac };
  const ip = { src: from.ip, dst: to.ip };
  if (isIpv6(to.ip)) {
    const type = isReply ? Icmpv6Type.echoReply : Icmpv6Type.echoRequest;
    return { ethernet, ipv6: ip, icmpv6: { type, body: { kind: "echo", identifier, sequence } }, payload };
  }
  const type = isReply ? IcmpType.echoReply : IcmpType.echoRequest;
  return { ethernet, ipv4: ip, icmp: { type, identifier, sequence }, payload };
}

/** A ping, ICMP or ICMPv6 as `to.ip` is (RFC 792; RFC 4443, 4.1). */
export function pingRequest(from: Station, to: Station, contents: EchoContents = {}): PacketInput {
  return echo(from, to, false, contents);
}

/** The answer to a ping, with the same contents (RFC 792; RFC 4443, 4.2). */
export function pingReply(from: Station, to: Station, contents: EchoContents = {}): PacketInput {
  return echo(from, to, true, contents);
}

/** Neighbour discovery is heard only with this hop limit (RFC 4861, 7.1). */
const ND_HOP_LIMIT = 255;
const ALL_NODES: Station = { mac: "33:33:00:00:00:01", ip: "ff02::1" };

/**
 * Tells `to` that `from.ip` is at `from.mac`, as the answer to its solicitation; without `to` it tells all nodes,
 * unasked (RFC 4861, 4.4 and 7.2.6). It overrides what they knew.
 */
export function neighbourAdvertisement(from: Station, to?: Station): PacketInput {
  const { mac, ip } = to ?? ALL_NODES;
  const flags = to === undefined ? NeighbourFlag.override : NeighbourFlag.override + NeighbourFlag.solicited;
  const options = [{ type: "targetLinkLayer" as const, mac: from.mac }];
  return {
    ethernet: { dst: mac, src: from.mac },
    ipv6: { src: from.ip, dst: ip, hopLimit: ND_HOP_LIMIT },
    icmpv6: {
      type: Icmpv6Type.neighbourAdvertisement,
      body: { kind: "neighbourAdvertisement", flags, target: from.ip, options },
    },
  };
}
