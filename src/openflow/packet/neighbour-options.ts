// The options of neighbour discovery (RFC 4861, 4.6), whose lengths count in 8 bytes.

import { Fault, faultWithin } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { ipv6Address } from "./address.ts";
import { broken, bytesLeft, cutOff, inBits, type Undecoded } from "./layer.ts";

/** A link-layer address (RFC 4861, 4.6.1): the sender's in solicitations, the target's in advertisements. */
export interface LinkLayerOption {
  type: "sourceLinkLayer" | "targetLinkLayer";
  mac: string;
}

/** Prefix information (RFC 4861, 4.6.2). */
export interface PrefixOption {
  type: "prefix";
  prefixLength: number;
  /** 0x80 on-link, 0x40 autonomous address configuration. */
  flags: number;
  /** Seconds; 0xffffffff is for ever. */
  validLifetime: number;
  preferredLifetime: number;
  reserved: number;
  prefix: string;
}

/** The link's MTU (RFC 4861, 4.6.4). */
export interface MtuOption {
  type: "mtu";
  reserved: number;
  mtu: number;
}

/** Any other option. */
export interface RawNeighbourOption {
  type: "raw";
  number: number;
  /** Everything after its length byte: 6 bytes, or 8 more each. */
  data: Uint8Array;
}

export type NeighbourOption = LinkLayerOption | PrefixOption | MtuOption | RawNeighbourOption;

const SOURCE_LINK_LAYER = 1;
const TARGET_LINK_LAYER = 2;
const PREFIX = 3;
const MTU = 5;
const UNIT = 8;

const linkLayer = struct("link-layer address", (f) => ({ mac: f.mac() }));
const prefix = struct(
  "prefix",
  (f): PrefixOption => ({
    type: "prefix",
    prefixLength: f.u8(),
    flags: f.u8(),
    validLifetime: f.u32(),
    preferredLifetime: f.u32(),
    reserved: f.u32(0),
    prefix: f.part(ipv6Address),
  }),
);
const mtu = struct("mtu", (f): MtuOption => ({ type: "mtu", reserved: f.u16(0), mtu: f.u32() }));

/** Reads options to the reader's end; at one that can't be read it stops before it and says why. */
export function readOptions(reader: Reader, options: NeighbourOption[]): Undecoded | undefined {
  for (;;) {
    const left = bytesLeft(reader);
    if (left === 0) {
      return undefined;
    }
    const size = left < 2 ? UNIT : reader.view.getUint8(reader.offset + 1) * UNIT;
    if (size === 0) {
      return broken("icmpv6.options", "has an option of length 0");
    }
    if (left < size) {
      return cutOff("icmpv6.options", size, left);
    }
    options.push(readOption(reader, size));
  }
}

function readOption(reader: Reader, size: number): NeighbourOption {
  const number = reader.view.getUint8(reader.offset);
  reader.offset += 2;
  if (number === SOURCE_LINK_LAYER && size === UNIT) {
    return { type: "sourceLinkLayer", mac: linkLayer.read(reader).mac };
  }
  if (number === TARGET_LINK_LAYER && size === UNIT) {
    return { type: "targetLinkLayer", mac: linkLayer.read(reader).mac };
  }
  if (number === PREFIX && size === prefix.minBytes + 2) {
    return prefix.read(reader);
  }
  return number === MTU && size === UNIT
    ? mtu.read(reader)
    : { type: "raw", number, data: reader.bytes(size - 2) };
}

/** Writes options one after the other. */
export function writeOptions(writer: Writer, options: readonly NeighbourOption[]): void {
  for (const [index, option] of options.entries()) {
    const start = writer.offset;
    writer.pad(2);
    let number = 0;
    try {
      number = writeOption(writer, option);
    } catch (error) {
      throw faultWithin(error, `options[${index}]`);
    }
    const size = writer.offset - start;
    if (size % UNIT !== 0 || size > 255 * UNIT) {
      throw new Fault(`takes ${size} bytes, which is no length an option can say`, -1, `options[${index}]`);
    }
    writer.view.setUint8(start, number);
    writer.view.setUint8(start + 1, size / UNIT);
  }
}

function writeOption(writer: Writer, option: NeighbourOption): number {
  switch (option.type) {
    case "sourceLinkLayer":
      linkLayer.write(writer, option);
      return SOURCE_LINK_LAYER;
    case "targetLinkLayer":
      linkLayer.write(writer, option);
      return TARGET_LINK_LAYER;
    case "prefix":
      prefix.write(writer, option);
      return PREFIX;
    case "mtu":
      mtu.write(writer, option);
      return MTU;
    case "raw":
      writer.raw(option.data);
      return inBits(option.number, 8, "number");
    default:
      throw new Fault("must be the name of an option, or raw", -1, "type");
  }
}
