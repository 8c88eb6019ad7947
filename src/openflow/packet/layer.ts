// What the readers and writers of the layers hand to each other while a frame is read or written.

import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";

/** The layers of a packet, as its value names them, and the parts in which reading can come to a stop. */
export type LayerName =
  | "vlans"
  | "arp"
  | "ipv4"
  | "ipv6"
  | "ipv6.extensions"
  | "tcp"
  | "udp"
  | "icmp"
  | "icmpv6"
  | "icmpv6.options"
  | "payload";

/** Where and why reading a frame came to a stop. What could not be read is in the packet's `payload`, as it came. */
export interface Undecoded {
  /** What could not be read in full. */
  layer: LayerName;
  /** Why, as a sentence. */
  reason: string;
  /** How many more bytes that takes; 0 where more bytes would not help. */
  missingBytes: number;
}

/** The stop of a layer that takes `needed` bytes of which `left` are there. */
export function cutOff(layer: LayerName, needed: number, left: number): Undecoded {
  return { layer, reason: `takes ${needed} bytes and ${left} are there`, missingBytes: needed - left };
}

/** The stop of a layer that contradicts itself. */
export function broken(layer: LayerName, reason: string): Undecoded {
  return { layer, reason, missingBytes: 0 };
}

/** Bytes between the reader and the end of what it reads. */
export function bytesLeft(reader: Reader): number {
  return reader.end - reader.offset;
}

/** How a transport layer's checksum covers the addresses below it; undefined where it can't be told or taken. */
export type PseudoHeader = ((protocol: number, length: number) => number) | undefined;

/** `value`, once it is known to fit into so many bits (31 at most). */
export function inBits(value: number, bits: number, field: string): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new Fault(`must be a whole number from 0 to ${2 ** bits - 1}, not ${shown(value)}`, -1, field);
  }
  return value;
}

/** Header options, filled up with zeros to whole words. They share the header's length field: 40 bytes at most. */
export function paddedOptions(options: Uint8Array): Uint8Array {
  if (!(options instanceof Uint8Array) || options.length > 40) {
    throw new Fault("must be a Uint8Array of at most 40 bytes", -1, "options");
  }
  const padded = new Uint8Array((options.length + 3) & ~3);
  padded.set(options);
  return padded;
}
