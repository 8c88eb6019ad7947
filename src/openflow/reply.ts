// Which message answers which, and how the parts of a multipart reply become one (OpenFlow 1.3.5, 7.3.5: parts bear the request's
// transaction id and all but the last say that more will come).
import type { Message, MessageInput, MessageType } from "./message.ts";
import type { Verdict, Waiter } from "./pending.ts";
import type { ErrorMessage } from "./protocol/error.ts";
import type { MultipartReplyMessage } from "./protocol/multipart.ts";
import { ProtocolError, SwitchError } from "./session-errors.ts";

/** The message that answers a request, for those that have one. */
const replyTypes: Partial<Record<MessageType, MessageType>> = {
  echoRequest: "echoReply",
  featuresRequest: "featuresReply",
  getConfigRequest: "getConfigReply",
  barrierRequest: "barrierReply",
  multipartRequest: "multipartReply",
  bundleControl: "bundleControl",
  queueGetConfigRequest: "queueGetConfigReply",
  roleRequest: "roleReply",
  getAsyncRequest: "getAsyncReply",
  nxRoleRequest: "nxRoleReply",
  tlvTableRequest: "tlvTableReply",
  experimenter: "experimenter",
};

/** Makes the waiter of one request. */
export type JoinReply = (resolve: (reply: Message) => void, reject: (error: Error) => void) => Waiter;

/** How a request's answer is recognised and joined; undefined when the message has none of its own. */
export function replyWaiter(
  request: MessageInput,
  peer: string,
  maxReplyBytes: number,
): JoinReply | undefined {
  if (request.type === "multipartRequest") {
    return (resolve, reject) =>
      waiter(request.type, reject, joinParts(request.multipart, peer, maxReplyBytes, resolve, reject));
  }
  // A message without a name may well have an answer: whatever bears its transaction id.
  const expected = request.type === "raw" ? "raw" : replyTypes[request.type];
  if (expected === undefined) return undefined;
  return (resolve, reject) =>
    waiter(request.type, reject, (message) => {
      if (message.type !== expected) return "other";
      resolve(message);
      return "done";
    });
}

/** A waiter that turns refusals into `SwitchError` and leaves the rest to `accept`. */
export function waiter(
  request: MessageType,
  reject: (error: Error) => void,
  accept: (message: Message, bytes: number) => Verdict,
): Waiter {
  return {
    accept,
    refuse: (error: ErrorMessage) => reject(new SwitchError(error, { request })),
    fail: reject,
  };
}

function joinParts(
  multipart: string,
  peer: string,
  maxReplyBytes: number,
  resolve: (reply: Message) => void,
  reject: (error: Error) => void,
): (message: Message, bytes: number) => Verdict {
  const parts: MultipartReplyMessage[] = [];
  let total = 0;
  return (message, bytes) => {
    if (message.type !== "multipartReply") return "other";
    total += bytes;
    const fault = partFault(message, multipart, total, maxReplyBytes);
    if (fault !== undefined) {
      reject(new ProtocolError(peer, fault));
      return "done";
    }
    parts.push(message);
    if (message.more) return "more";
    resolve(joined(parts, message));
    return "done";
  };
}

/** Why a part cannot belong to the reply it claims to belong to. */
export function partFault(
  part: MultipartReplyMessage,
  multipart: string,
  totalBytes: number,
  maxReplyBytes: number,
): string | undefined {
  if (part.multipart !== multipart) return `a ${multipart} request was answered with ${part.multipart}`;
  if (totalBytes > maxReplyBytes)
    return `the answer to a ${multipart} request exceeds ${maxReplyBytes} bytes`;
  return undefined;
}

/** The parts as one message: lists one after the other, raw bytes too; other bodies have one part. */
function joined(parts: readonly MultipartReplyMessage[], last: MultipartReplyMessage): MultipartReplyMessage {
  if (parts.length === 1) return last;
  if (last.multipart === "raw") {
    const pieces = parts.map((part) => (part.multipart === "raw" ? part.body.data : new Uint8Array(0)));
    return { ...last, body: { ...last.body, data: new Uint8Array(Buffer.concat(pieces)) } };
  }
  if (!Array.isArray(last.body)) return last;
  const body: unknown[] = [];
  for (const part of parts) {
    if (Array.isArray(part.body)) for (const entry of part.body) body.push(entry);
  }
  return { ...last, body } as MultipartReplyMessage;
}
