// Every OpenFlow message as one union, and the two functions that programs outside use: bytes in, bytes out.

import type { BundleAddMessage, BundleControlMessage } from "./protocol/bundle.ts";
import type {
  BarrierReplyMessage,
  BarrierRequestMessage,
  EchoReplyMessage,
  EchoRequestMessage,
} from "./protocol/echo.ts";
import type { ErrorMessage } from "./protocol/error.ts";
import type { ExperimenterMessage, RawMessage } from "./protocol/experimenter.ts";
import type { FlowModMessage } from "./protocol/flow-mod.ts";
import type {
  FlowMonitorCancelMessage,
  FlowMonitorPausedMessage,
  FlowMonitorResumedMessage,
} from "./protocol/flow-monitor.ts";
import type { FlowRemovedMessage } from "./protocol/flow-removed.ts";
import type { HelloMessage } from "./protocol/hello.ts";
import type { MultipartReplyMessage, MultipartRequestMessage } from "./protocol/multipart.ts";
import type { PacketInMessage, PacketOutMessage } from "./protocol/packet.ts";
import type { PortStatusMessage } from "./protocol/port-status.ts";
import type {
  FeaturesReplyMessage,
  FeaturesRequestMessage,
  GetConfigReplyMessage,
  GetConfigRequestMessage,
  SetConfigMessage,
} from "./protocol/switch-config.ts";

/** One OpenFlow message, told apart by `type`. */
export type Message =
  | HelloMessage
  | ErrorMessage
  | EchoRequestMessage
  | EchoReplyMessage
  | ExperimenterMessage
  | FeaturesRequestMessage
  | FeaturesReplyMessage
  | GetConfigRequestMessage
  | GetConfigReplyMessage
  | SetConfigMessage
  | PacketInMessage
  | FlowRemovedMessage
  | PortStatusMessage
  | PacketOutMessage
  | FlowModMessage
  | MultipartRequestMessage
  | MultipartReplyMessage
  | BarrierRequestMessage
  | BarrierReplyMessage
  | BundleControlMessage
  | BundleAddMessage
  | FlowMonitorCancelMessage
  | FlowMonitorPausedMessage
  | FlowMonitorResumedMessage
  | RawMessage;

/** The name of a message. */
export type MessageType = Message["type"];

/** `T` without its header's version and xid having to be given. */
type Unnumbered<T> = T extends { type: "error" }
  ? Omit<T, "version" | "xid" | "name"> & { version?: number; xid?: number; name?: string }
  : T extends { version: number; xid: number }
    ? Omit<T, "version" | "xid"> & { version?: number; xid?: number }
    : never;

/** A message to be encoded: `version` is 4 and `xid` 0 when left out, and an error's `name` isn't asked for. */
export type MessageInput = Unnumbered<Message>;
