// Which message an error is about, read from the error itself: it carries at least the first 64 bytes of what was refused
// (OpenFlow 1.3.5, 7.4.4). For errors that come when nobody waits for them any more.
import type { ErrorMessage } from "./protocol/error.ts";

/** Message names by their number on the wire (OpenFlow 1.3.5, 7.1.1). */
const names: readonly string[] = [
  "hello",
  "error",
  "echoRequest",
  "echoReply",
  "experimenter",
  "featuresRequest",
  "featuresReply",
  "getConfigRequest",
  "getConfigReply",
  "setConfig",
  "packetIn",
  "flowRemoved",
  "portStatus",
  "packetOut",
  "flowMod",
  "groupMod",
  "portMod",
  "tableMod",
  "multipartRequest",
  "multipartReply",
  "barrierRequest",
  "barrierReply",
  "queueGetConfigRequest",
  "queueGetConfigReply",
  "roleRequest",
  "roleReply",
  "getAsyncRequest",
  "getAsyncReply",
  "setAsync",
  "meterMod",
];

/** The type of the message that an error is about; `unknown` when the error carries no header. */
export function refusedType(error: ErrorMessage): string {
  const number = error.data.length >= 8 ? error.data[1] : undefined;
  if (number === undefined) return "unknown";
  return names[number] ?? `type ${number}`;
}
