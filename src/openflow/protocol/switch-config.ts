// Features and configuration (OpenFlow 1.3.5, 7.3.1 and 7.3.2): what the switch is and how it treats packets.

import type { Header } from "./header.ts";

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
