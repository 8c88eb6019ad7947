// Ports (OpenFlow 1.3.5, 7.2.1): reserved numbers, their description, and the bits of its flags.

import { type Struct, struct } from "../wire/struct.ts";

/** Reserved port numbers. */
export const Port = {
  /** The highest number a real port may have. */
  max: 0xffffff00,
  /** Back where the packet came from; a plain output to the ingress port's number is dropped. */
  inPort: 0xfffffff8,
  /** Submit a PACKET_OUT to the first table. */
  table: 0xfffffff9,
  /** The switch's own forwarding. */
  normal: 0xfffffffa,
  flood: 0xfffffffb,
  all: 0xfffffffc,
  controller: 0xfffffffd,
  /** The bridge's own port. */
  local: 0xfffffffe,
  /** No port in particular: the wildcard of requests and of delete's `outPort`. */
  any: 0xffffffff,
} as const;

/** Reserved group numbers. */
export const Group = { max: 0xffffff00, all: 0xfffffffc, any: 0xffffffff } as const;

/** Reserved table numbers: `all` is for delete and for requests alone. */
export const Table = { max: 0xfe, all: 0xff } as const;

/** `bufferId` of a packet that the switch keeps no copy of. */
export const NO_BUFFER = 0xffffffff;

/** Bits of `PortDesc.config`. */
export const PortConfig = { portDown: 0x01, noRecv: 0x04, noFwd: 0x20, noPacketIn: 0x40 } as const;

/** Bits of `PortDesc.state`. */
export const PortState = { linkDown: 0x01, blocked: 0x02, live: 0x04 } as const;

/** Bits of `curr`, `advertised`, `supported` and `peer`. */
export const PortFeature = {
  speed10MbHd: 0x0001,
  speed10MbFd: 0x0002,
  speed100MbHd: 0x0004,
  speed100MbFd: 0x0008,
  speed1GbHd: 0x0010,
  speed1GbFd: 0x0020,
  speed10GbFd: 0x0040,
  speed40GbFd: 0x0080,
  speed100GbFd: 0x0100,
  speed1TbFd: 0x0200,
  other: 0x0400,
  copper: 0x0800,
  fiber: 0x1000,
  autoneg: 0x2000,
  pause: 0x4000,
  pauseAsym: 0x8000,
} as const;

/** One port of a switch (`ofp_port`). */
export interface PortDesc {
  portNo: number;
  /** The port's MAC, lower case with colons. */
  hwAddr: string;
  /** At most 16 bytes; the NULs that fill it up are taken off. */
  name: string;
  /** Bits of `PortConfig`. */
  config: number;
  /** Bits of `PortState`. */
  state: number;
  /** Bits of `PortFeature`, as are the next three. */
  curr: number;
  advertised: number;
  supported: number;
  peer: number;
  /** Current speed in kbit/s. */
  currSpeed: number;
  /** Greatest speed in kbit/s. */
  maxSpeed: number;
}

export const portDesc: Struct<PortDesc> = struct(
  "ofp_port",
  (f): PortDesc => ({
    portNo: f.u32(),
    hwAddr: f.pad(4).mac(),
    name: f.pad(2).text(16),
    config: f.u32(),
    state: f.u32(),
    curr: f.u32(),
    advertised: f.u32(),
    supported: f.u32(),
    peer: f.u32(),
    currSpeed: f.u32(),
    maxSpeed: f.u32(),
  }),
);
