// What Open vSwitch calls the messages, and the line that begins each: `OFPT_HELLO (OF1.3) (xid=0x1):`.
import type { Message, MessageType } from "../message.ts";
import { type MessageKind, messageKind } from "../protocol/messages.ts";
import type { MultipartName } from "../protocol/multipart.ts";
import { Reader } from "../wire/reader.ts";

/** Messages that have a name of their own: not multiparts, whose names follow, and not those the library doesn't know. */
type NamedType = Exclude<MessageType, "multipartRequest" | "multipartReply" | "experimenter" | "raw">;

const namesOfTypes: Readonly<Record<NamedType, string>> = {
  hello: "OFPT_HELLO",
  error: "OFPT_ERROR",
  echoRequest: "OFPT_ECHO_REQUEST",
  echoReply: "OFPT_ECHO_REPLY",
  featuresRequest: "OFPT_FEATURES_REQUEST",
  featuresReply: "OFPT_FEATURES_REPLY",
  getConfigRequest: "OFPT_GET_CONFIG_REQUEST",
  getConfigReply: "OFPT_GET_CONFIG_REPLY",
  setConfig: "OFPT_SET_CONFIG",
  packetIn: "OFPT_PACKET_IN",
  flowRemoved: "OFPT_FLOW_REMOVED",
  portStatus: "OFPT_PORT_STATUS",
  packetOut: "OFPT_PACKET_OUT",
  flowMod: "OFPT_FLOW_MOD",
  groupMod: "OFPT_GROUP_MOD",
  portMod: "OFPT_PORT_MOD",
  tableMod: "OFPT_TABLE_MOD",
  barrierRequest: "OFPT_BARRIER_REQUEST",
  barrierReply: "OFPT_BARRIER_REPLY",
  queueGetConfigRequest: "OFPT_QUEUE_GET_CONFIG_REQUEST",
  queueGetConfigReply: "OFPT_QUEUE_GET_CONFIG_REPLY",
  roleRequest: "OFPT_ROLE_REQUEST",
  roleReply: "OFPT_ROLE_REPLY",
  getAsyncRequest: "OFPT_GET_ASYNC_REQUEST",
  getAsyncReply: "OFPT_GET_ASYNC_REPLY",
  setAsync: "OFPT_SET_ASYNC",
  meterMod: "OFPT_METER_MOD",
  bundleControl: "ONFT_BUNDLE_CONTROL",
  bundleAdd: "ONFT_BUNDLE_ADD_MESSAGE",
  flowMonitorCancel: "ONFT_FLOW_MONITOR_CANCEL",
  flowMonitorPaused: "ONFT_FLOW_MONITOR_PAUSED",
  flowMonitorResumed: "ONFT_FLOW_MONITOR_RESUMED",
  roleStatus: "ONFT_ROLE_STATUS",
  requestForward: "ONFT_REQUESTFORWARD",
  nxRoleRequest: "NXT_ROLE_REQUEST",
  nxRoleReply: "NXT_ROLE_REPLY",
  nxFlowMod: "NXT_FLOW_MOD",
  nxFlowRemoved: "NXT_FLOW_REMOVED",
  flowModTableId: "NXT_FLOW_MOD_TABLE_ID",
  setPacketInFormat: "NXT_SET_PACKET_IN_FORMAT",
  nxPacketIn: "NXT_PACKET_IN",
  flowAge: "NXT_FLOW_AGE",
  nxSetAsyncConfig: "NXT_SET_ASYNC_CONFIG",
  setControllerId: "NXT_SET_CONTROLLER_ID",
  tlvTableMod: "NXT_TLV_TABLE_MOD",
  tlvTableRequest: "NXT_TLV_TABLE_REQUEST",
  tlvTableReply: "NXT_TLV_TABLE_REPLY",
  nxSetAsyncConfig2: "NXT_SET_ASYNC_CONFIG2",
  resume: "NXT_RESUME",
  ctFlushZone: "NXT_CT_FLUSH_ZONE",
  packetIn2: "NXT_PACKET_IN2",
  ctFlush: "NXT_CT_FLUSH",
};

const namesOfMultiparts: Readonly<Record<Exclude<MultipartName, "raw">, string>> = {
  desc: "OFPST_DESC",
  flow: "OFPST_FLOW",
  aggregate: "OFPST_AGGREGATE",
  table: "OFPST_TABLE",
  portStats: "OFPST_PORT",
  queueStats: "OFPST_QUEUE",
  groupStats: "OFPST_GROUP",
  groupDesc: "OFPST_GROUP_DESC",
  groupFeatures: "OFPST_GROUP_FEATURES",
  meterStats: "OFPST_METER",
  meterConfig: "OFPST_METER_CONFIG",
  meterFeatures: "OFPST_METER_FEATURES",
  tableFeatures: "OFPST_TABLE_FEATURES",
  portDesc: "OFPST_PORT_DESC",
  flowMonitor: "ONFST_FLOW_MONITOR",
  ipfixBridge: "NXST_IPFIX_BRIDGE",
  ipfixFlow: "NXST_IPFIX_FLOW",
};

const names: Readonly<Record<string, string>> = namesOfTypes;
const multipartNames: Readonly<Record<string, string>> = namesOfMultiparts;

/** The versions that have a name; OpenFlow 1.0 goes without saying. */
const versions: readonly (string | undefined)[] = [
  undefined,
  "",
  " (OF1.1)",
  " (OF1.2)",
  " (OF1.3)",
  " (OF1.4)",
  " (OF1.5)",
];

/** How the text of `message` begins; undefined for one that has no name. `xid` says whether its xid is told. */
export function messageHeading(message: Message, xid: boolean): string | undefined {
  const multipart = "multipart" in message ? message.multipart : undefined;
  return heading(nameOf(message.type, multipart), message, xid);
}

/** The same for bytes of which at least a header is there. */
export function headingOfBytes(bytes: Uint8Array, xid: boolean): string | undefined {
  const { type, multipart } = kindOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return heading(nameOf(type, multipart), { version: view.getUint8(0), xid: view.getUint32(4) }, xid);
}

function kindOf(bytes: Uint8Array): MessageKind {
  const reader = new Reader();
  reader.open(bytes);
  return messageKind(reader);
}

function heading(
  name: string | undefined,
  { version, xid }: Pick<Message, "version" | "xid">,
  tellsXid: boolean,
): string | undefined {
  if (name === undefined) return undefined;
  const spoken = versions[version] ?? ` (OF 0x${version.toString(16).padStart(2, "0")})`;
  return `${name}${spoken}${tellsXid ? ` (xid=0x${xid.toString(16)})` : ""}:`;
}

function nameOf(type: string | undefined, multipart: string | undefined): string | undefined {
  if (type !== "multipartRequest" && type !== "multipartReply") return names[type ?? ""];
  const name = multipartNames[multipart ?? ""];
  return name === undefined ? undefined : `${name} ${type === "multipartReply" ? "reply" : "request"}`;
}
