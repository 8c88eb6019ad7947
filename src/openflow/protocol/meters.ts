// Meters (OpenFlow 1.3.5, 5.7 and 7.3.4.4): rates that flows are held to. METER_MOD changes them; three kinds of
// multipart replies tell what is there, what it counted and what the switch can do.

import { type Codec, names } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import { family } from "../wire/family.ts";
import { Fault } from "../wire/fault.ts";
import { sized } from "../wire/sized.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** Reserved meter numbers. */
export const Meter = {
  /** The highest number a meter may have. */
  max: 0xffff0000,
  /** For what goes to the switch's slow path. */
  slowPath: 0xfffffffd,
  /** For what goes to the controller. */
  controller: 0xfffffffe,
  /** Every meter: for delete and for requests alone. */
  all: 0xffffffff,
} as const;

/** Bits of `MeterMod.flags` and of `MeterFeatures.capabilities`. */
export const MeterFlag = {
  /** Rates are in kilobits per second. */
  kbps: 0x1,
  /** Rates are in packets per second. */
  pktps: 0x2,
  /** Burst sizes count. */
  burst: 0x4,
  /** Statistics are kept. */
  stats: 0x8,
} as const;

/** Bits of `MeterFeatures.bandTypes`. */
export const MeterBandBit = { drop: 0x2, dscpRemark: 0x4 } as const;

export type MeterModCommand = "add" | "modify" | "delete";

/** What every band says: from which rate on it applies. */
export interface BandRate {
  /** In kbit/s or packets per second, by the meter's flags. */
  rate: number;
  /** In kilobits or packets; counts only with `MeterFlag.burst`. */
  burstSize: number;
}

/** Drops what is beyond the rate. */
export interface DropBand extends BandRate {
  type: "drop";
}

/** Raises the drop precedence in the DSCP of what is beyond the rate. */
export interface DscpRemarkBand extends BandRate {
  type: "dscpRemark";
  /** By how many levels. */
  precLevel: number;
}

/** An experimenter's band: kept as it came. */
export interface ExperimenterBand extends BandRate {
  type: "experimenter";
  experimenter: number;
  /** What follows the experimenter id; its length is 8n. */
  data: Uint8Array;
}

/** A band that the library doesn't know: kept as it came. */
export interface RawBand {
  type: "raw";
  number: number;
  /** What follows type and length; its length is 8n + 4. */
  data: Uint8Array;
}

export type MeterBand = DropBand | DscpRemarkBand | ExperimenterBand | RawBand;

/** One change to the meters. */
export interface MeterMod {
  /** What to do; a number is a command the library has no name for. */
  command: MeterModCommand | number;
  /** Bits of `MeterFlag`. */
  flags: number;
  /** 1 to `Meter.max`, or a reserved one; `Meter.all` for a delete of every meter. */
  meterId: number;
  /** Empty for a delete. */
  bands: MeterBand[];
}

/** METER_MOD as a message. */
export interface MeterModMessage extends Header<"meterMod">, MeterMod {}

/** Which meter is asked for, by a request for counters or for the set-up. */
export interface MeterRequest {
  /** `Meter.all` for all. */
  meterId: number;
}

/** What a band acted on. */
export interface MeterBandStats {
  packetBandCount: bigint;
  byteBandCount: bigint;
}

/** One meter's counters (OpenFlow 1.3.5, 7.3.5.12). */
export interface MeterStats {
  meterId: number;
  /** How many flows point to it. */
  flowCount: number;
  packetInCount: bigint;
  byteInCount: bigint;
  /** How long it has lived: seconds, and nanoseconds beyond them. */
  durationSec: number;
  durationNsec: number;
  /** One entry per band, in their order. */
  bands: MeterBandStats[];
}

/** One meter as it is set up (OpenFlow 1.3.5, 7.3.5.13). */
export interface MeterConfig {
  /** Bits of `MeterFlag`. */
  flags: number;
  meterId: number;
  bands: MeterBand[];
}

/** What the switch can do with meters (OpenFlow 1.3.5, 7.3.5.14). */
export interface MeterFeatures {
  /** How many meters there may be. */
  maxMeter: number;
  /** Bits of `MeterBandBit`. */
  bandTypes: number;
  /** Bits of `MeterFlag`. */
  capabilities: number;
  /** How many bands a meter may have. */
  maxBands: number;
  maxColor: number;
}

const commands = names<MeterModCommand>({ add: 0, modify: 1, delete: 2 });

const experimenterWire = struct(
  "experimenter",
  (f): ExperimenterBand => ({
    type: "experimenter",
    rate: f.u32(),
    burstSize: f.u32(),
    experimenter: f.u32(),
    data: f.rest(),
  }),
);

/** The length of a band counts its padding, so that data of another length would come back longer. */
const experimenterBand = convert<ExperimenterBand, ExperimenterBand>(experimenterWire, {
  toValue: (wire) => wire,
  toWire: (value) => {
    if (value.data.length % 8 !== 0) {
      throw new Fault(`must be 8n bytes long, not ${value.data.length}`, -1, "data");
    }
    return value;
  },
});

const meterBand: Codec<MeterBand> = family<MeterBand>("meter band", {
  members: {
    1: struct("drop", (f): DropBand => ({ type: "drop", rate: f.u32(), burstSize: f.u32() }), { pad: 4 }),
    2: struct(
      "dscpRemark",
      (f): DscpRemarkBand => ({
        type: "dscpRemark",
        rate: f.u32(),
        burstSize: f.u32(),
        precLevel: f.u8(),
      }),
      { pad: 3 },
    ),
    0xffff: experimenterBand,
  },
});

export const meterMod: Struct<MeterModMessage> = message(
  "meterMod",
  (f): MeterModMessage => ({
    version: version(f),
    type: "meterMod",
    xid: xid(f),
    command: f.named16(commands),
    flags: f.u16(),
    meterId: f.u32(),
    bands: f.list(meterBand),
  }),
);

export const meterRequest: Struct<MeterRequest> = struct(
  "ofp_meter_multipart_request",
  (f): MeterRequest => ({ meterId: f.u32() }),
  { pad: 4 },
);

const meterBandStats: Struct<MeterBandStats> = struct(
  "ofp_meter_band_stats",
  (f): MeterBandStats => ({ packetBandCount: f.u64(), byteBandCount: f.u64() }),
);

/** The two bytes of the entry's own length. */
const LENGTH = 2;

export const meterStats: Codec<MeterStats> = sized(
  struct(
    "ofp_meter_stats",
    (f): MeterStats => ({
      meterId: f.u32(),
      flowCount: f.pad(LENGTH + 6).u32(),
      packetInCount: f.u64(),
      byteInCount: f.u64(),
      durationSec: f.u32(),
      durationNsec: f.u32(),
      bands: f.list(meterBandStats),
    }),
  ),
  4,
);

export const meterConfig: Codec<MeterConfig> = sized(
  struct(
    "ofp_meter_config",
    (f): MeterConfig => ({
      flags: f.pad(LENGTH).u16(),
      meterId: f.u32(),
      bands: f.list(meterBand),
    }),
  ),
);

export const meterFeatures: Struct<MeterFeatures> = struct(
  "ofp_meter_features",
  (f): MeterFeatures => ({
    maxMeter: f.u32(),
    bandTypes: f.u32(),
    capabilities: f.u32(),
    maxBands: f.u8(),
    maxColor: f.u8(),
  }),
  { pad: 2 },
);
