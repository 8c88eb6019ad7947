// Features and configuration (OpenFlow 1.3.5, 7.3.1 and 7.3.2): what the switch is and how it treats packets.

import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** Bits of `FeaturesReply.capabilities`. */
export const Capability = {
  flowStats: 0x001,
  tableStats: 0x002,
  portStats: 0x004,
  groupStats: 0x008,
  ipReassembly: 0x020,
  queueStats: 0x040,
  portBlocked: 0x100,
} as const;

export interface FeaturesRequestMessage extends Header<"featuresRequest"> {}

export interface FeaturesReply {
  /** The bridge's id: its lowest port MAC in the low 48 bits, unless configured. */
  datapathId: bigint;
  /** How many packets the switch can hold. */
  nBuffers: number;
  nTables: number;
  auxiliaryId: number;
  /** Bits of `Capability`. */
  capabilities: number;
  reserved: number;
}

export interface FeaturesReplyMessage extends Header<"featuresReply">, FeaturesReply {}

export interface SwitchConfig {
  /** What to do with IP fragments: 0 nothing special, 1 drop, 2 reassemble. */
  flags: number;
  /** How many bytes of a packet go to the controller on a table miss; 0xffff is all, unbuffered. */
  missSendLen: number;
}

export interface GetConfigRequestMessage extends Header<"getConfigRequest"> {}
export interface GetConfigReplyMessage extends Header<"getConfigReply">, SwitchConfig {}
export interface SetConfigMessage extends Header<"setConfig">, SwitchConfig {}

export const featuresRequest: Struct<FeaturesRequestMessage> = message(
  "featuresRequest",
  (f): FeaturesRequestMessage => ({ version: version(f), type: "featuresRequest", xid: xid(f) }),
);

export const featuresReply: Struct<FeaturesReplyMessage> = message(
  "featuresReply",
  (f): FeaturesReplyMessage => ({
    version: version(f),
    type: "featuresReply",
    xid: xid(f),
    datapathId: f.u64(),
    nBuffers: f.u32(),
    nTables: f.u8(),
    auxiliaryId: f.u8(),
    capabilities: f.pad(2).u32(),
    reserved: f.u32(0),
  }),
);

export const getConfigRequest: Struct<GetConfigRequestMessage> = message(
  "getConfigRequest",
  (f): GetConfigRequestMessage => ({ version: version(f), type: "getConfigRequest", xid: xid(f) }),
);

export const getConfigReply: Struct<GetConfigReplyMessage> = message(
  "getConfigReply",
  (f): GetConfigReplyMessage => ({
    version: version(f),
    type: "getConfigReply",
    xid: xid(f),
    flags: f.u16(),
    missSendLen: f.u16(),
  }),
);

export const setConfig: Struct<SetConfigMessage> = message(
  "setConfig",
  (f): SetConfigMessage => ({
    version: version(f),
    type: "setConfig",
    xid: xid(f),
    flags: f.u16(),
    missSendLen: f.u16(),
  }),
);
