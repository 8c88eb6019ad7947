// Nicira's messages by number: what Open vSwitch speaks at OpenFlow 1.3 beyond the standard.

import type { Struct } from "../wire/struct.ts";
import {
  type NxRoleReplyMessage,
  type NxRoleRequestMessage,
  type NxSetAsyncConfig2Message,
  type NxSetAsyncConfigMessage,
  nxRoleReply,
  nxRoleRequest,
  nxSetAsyncConfig,
  nxSetAsyncConfig2,
  type SetControllerIdMessage,
  setControllerId,
} from "./nx-connection.ts";
import { type CtFlushMessage, type CtFlushZoneMessage, ctFlush, ctFlushZone } from "./nx-ct-flush.ts";
import {
  type FlowAgeMessage,
  type FlowModTableIdMessage,
  flowAge,
  flowModTableId,
  type NxFlowModMessage,
  type NxFlowRemovedMessage,
  nxFlowMod,
  nxFlowRemoved,
} from "./nx-flow-mod.ts";
import {
  type NxPacketInMessage,
  nxPacketIn,
  type PacketIn2Message,
  packetIn2,
  type ResumeMessage,
  resume,
  type SetPacketInFormatMessage,
  setPacketInFormat,
} from "./nx-packet-in.ts";
import {
  type TlvTableModMessage,
  type TlvTableReplyMessage,
  type TlvTableRequestMessage,
  tlvTableMod,
  tlvTableReply,
  tlvTableRequest,
} from "./nx-tlv-table.ts";

/** A message of Nicira's. */
export type NxMessage =
  | NxRoleRequestMessage
  | NxRoleReplyMessage
  | NxFlowModMessage
  | NxFlowRemovedMessage
  | FlowModTableIdMessage
  | SetPacketInFormatMessage
  | NxPacketInMessage
  | FlowAgeMessage
  | NxSetAsyncConfigMessage
  | SetControllerIdMessage
  | TlvTableModMessage
  | TlvTableRequestMessage
  | TlvTableReplyMessage
  | NxSetAsyncConfig2Message
  | ResumeMessage
  | CtFlushZoneMessage
  | PacketIn2Message
  | CtFlushMessage;

export const nxMessages: Readonly<Record<number, Struct<NxMessage>>> = {
  10: nxRoleRequest,
  11: nxRoleReply,
  13: nxFlowMod,
  14: nxFlowRemoved,
  15: flowModTableId,
  16: setPacketInFormat,
  17: nxPacketIn,
  18: flowAge,
  19: nxSetAsyncConfig,
  20: setControllerId,
  24: tlvTableMod,
  25: tlvTableRequest,
  26: tlvTableReply,
  27: nxSetAsyncConfig2,
  28: resume,
  29: ctFlushZone,
  30: packetIn2,
  32: ctFlush,
};
