// Every OpenFlow message as one union, and the two functions that programs outside use: bytes in, bytes out.

import { DecodeError, EncodeError } from "./codec-errors.ts";
import type { BundleAddMessage, BundleControlMessage } from "./protocol/bundle.ts";
import type {
  GetAsyncReplyMessage,
  GetAsyncRequestMessage,
  RoleReplyMessage,
  RoleRequestMessage,
  SetAsyncMessage,
} from "./protocol/controller-role.ts";
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
import type { GroupModMessage } from "./protocol/groups.ts";
import type { HelloMessage } from "./protocol/hello.ts";
import { anyMessage, messageName } from "./protocol/messages.ts";
import type { MeterModMessage } from "./protocol/meters.ts";
import type { PortModMessage, TableModMessage } from "./protocol/modification.ts";
import type { MultipartReplyMessage, MultipartRequestMessage } from "./protocol/multipart.ts";
import type { NxMessage } from "./protocol/nx-messages.ts";
import type { RequestForwardMessage, RoleStatusMessage } from "./protocol/onf-status.ts";
import type { PacketInMessage, PacketOutMessage } from "./protocol/packet.ts";
import type { PortStatusMessage } from "./protocol/port-status.ts";
import type { QueueGetConfigReplyMessage, QueueGetConfigRequestMessage } from "./protocol/queues.ts";
import type {
  FeaturesReplyMessage,
  FeaturesRequestMessage,
  GetConfigReplyMessage,
  GetConfigRequestMessage,
  SetConfigMessage,
} from "./protocol/switch-config.ts";
import { type Fault, faultWithin } from "./wire/fault.ts";
import { Reader } from "./wire/reader.ts";
import { Writer } from "./wire/writer.ts";

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
  | GroupModMessage
  | PortModMessage
  | TableModMessage
  | MultipartRequestMessage
  | MultipartReplyMessage
  | BarrierRequestMessage
  | BarrierReplyMessage
  | QueueGetConfigRequestMessage
  | QueueGetConfigReplyMessage
  | RoleRequestMessage
  | RoleReplyMessage
  | GetAsyncRequestMessage
  | GetAsyncReplyMessage
  | SetAsyncMessage
  | MeterModMessage
  | BundleControlMessage
  | BundleAddMessage
  | FlowMonitorCancelMessage
  | FlowMonitorPausedMessage
  | FlowMonitorResumedMessage
  | RoleStatusMessage
  | RequestForwardMessage
  | NxMessage
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

const reader = new Reader();
/** Writes all messages, each into memory that no other has; taken while it is in use. */
let spare: Writer | undefined = new Writer();

/**
 * Decodes one whole message. The value is plain and holds nothing of `bytes`. What the library has no name for stays
 * as raw bytes that encode back unchanged; what can't be read throws a `DecodeError` with offset and field.
 */
export function decode(bytes: Uint8Array): Message {
  reader.open(bytes);
  try {
    const message = anyMessage.read(reader);
    if (reader.offset !== reader.end) {
      throw reader.fault(`${reader.end - reader.offset} bytes follow the message`);
    }
    return message;
  } catch (error) {
    reader.open(bytes);
    const fault = faultWithin(error, messageName(reader));
    throw new DecodeError(fault.message, Math.max(fault.offset, 0), fault.path, causeOf(fault));
  } finally {
    reader.close();
  }
}

/**
 * Encodes one message into memory of its own. Lengths, padding and type numbers are filled in; a value that has no
 * wire form, and a message of more than 65535 bytes, throw an `EncodeError` that names the field.
 */
export function encode(message: MessageInput): Uint8Array {
  const writer = spare ?? new Writer();
  spare = undefined;
  writer.begin();
  try {
    anyMessage.write(writer, message as Message);
    return writer.take();
  } catch (error) {
    const fault = faultWithin(error, message.type ?? "message");
    throw new EncodeError(fault.message, fault.path, causeOf(fault));
  } finally {
    spare = writer;
  }
}

/** The error behind a fault, if it was another one. */
function causeOf(fault: Fault): ErrorOptions {
  return fault.cause === undefined ? {} : { cause: fault.cause };
}
