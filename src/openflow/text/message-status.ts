// Prints what a switch tells of itself: flows that are gone, ports that changed, other controllers' changes, paused flow
// monitors, and its ports' queues.
import type { FlowRemoved } from "../protocol/flow-removed.ts";
import type { RequestForwardMessage } from "../protocol/onf-status.ts";
import type { PortStatusMessage } from "../protocol/port-status.ts";
import { Table } from "../protocol/ports.ts";
import type { QueueGetConfigReplyMessage } from "../protocol/queues.ts";
import { formatDuration } from "./duration-text.ts";
import { ruleText } from "./flow-printer.ts";
import type { MessagePrinters, PrintContext, Unreadable } from "./message-printing.ts";
import { formatPortDesc } from "./port-stats-text.ts";
import { formatPort } from "./port-text.ts";
import { formatQueueConfig } from "./queue-text.ts";

const removedReasons: Readonly<Record<string | number, string>> = {
  idleTimeout: "idle",
  hardTimeout: "hard",
  delete: "delete",
  groupDelete: "group_delete",
  4: "meter_delete",
  5: "eviction",
};

const portReasons: Readonly<Record<string, string>> = { add: " ADD:", delete: " DEL:", modify: " MOD:" };

/** What a switch tells. */
export const statusPrinters: MessagePrinters<
  | "flowRemoved"
  | "nxFlowRemoved"
  | "portStatus"
  | "requestForward"
  | "flowMonitorCancel"
  | "flowMonitorPaused"
  | "flowMonitorResumed"
  | "queueGetConfigRequest"
  | "queueGetConfigReply"
> = {
  flowRemoved: flowRemovedText,
  nxFlowRemoved: (flow, context) => flowRemovedText({ ...flow, hardTimeout: 0 }, context),
  portStatus: portStatusText,
  requestForward: requestForwardText,
  flowMonitorCancel: ({ monitorId }) => ` id=${monitorId}`,
  flowMonitorPaused: () => "",
  flowMonitorResumed: () => "",
  queueGetConfigRequest: ({ portNo }, { ports }) => ` port=${formatPort(portNo, ports)}`,
  queueGetConfigReply: queueConfigText,
};

function portStatusText({ reason, desc }: PortStatusMessage): string | Unreadable {
  const word = typeof reason === "string" ? portReasons[reason] : undefined;
  return word === undefined ? { error: "NXBRC_BAD_REASON" } : `${word} ${formatPortDesc(desc)}`;
}

function requestForwardText({ message }: RequestForwardMessage, { body }: PrintContext): string | Unreadable {
  if (message.type !== "groupMod" && message.type !== "meterMod") return { error: "OFPBFC_MSG_UNSUP" };
  const text = body(message);
  if (typeof text !== "string") return text;
  return ` reason=${message.type === "groupMod" ? "group_mod" : "meter_mod"}${text}`;
}

function queueConfigText(message: QueueGetConfigReplyMessage, context: PrintContext): string {
  const text = formatQueueConfig(message, context);
  return text === "" ? "" : ` ${text}`;
}

function flowRemovedText(flow: FlowRemoved, context: PrintContext): string {
  const { reason, tableId, cookie, hardTimeout } = flow;
  const parts = [
    ruleText(flow.match, flow.priority, context),
    `reason=${removedReasons[reason] ?? reason}`,
    ...(tableId === Table.all ? [] : [`table_id=${tableId}`]),
    ...(cookie === 0n ? [] : [`cookie:0x${cookie.toString(16)}`]),
    `duration${formatDuration(flow.durationSec, flow.durationNsec)}`,
    `idle${flow.idleTimeout}`,
    ...(hardTimeout === 0 ? [] : [`hard${hardTimeout}`]),
    `pkts${flow.packetCount}`,
    `bytes${flow.byteCount}`,
  ];
  return ` ${parts.join(" ")}`;
}
