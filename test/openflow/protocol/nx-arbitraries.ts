// Values of Open vSwitch's own messages, and of the ONF's that carry later versions back to 1.3, for property tests.

import fc, { type Arbitrary } from "fast-check";
import type { Message } from "../../../src/openflow/message.ts";
import { actions } from "./action-arbitraries.ts";
import {
  bytes,
  ipv4,
  ipv6,
  match,
  messageOf,
  multipartOf,
  nameOr,
  record,
  some,
  typed,
  u8,
  u16,
  u32,
  u64,
} from "./arbitraries.ts";
import { instructions } from "./flow-arbitraries.ts";
import { plainMessages } from "./plain-arbitraries.ts";
import { groupMod, meterMod } from "./standard-arbitraries.ts";

function rawProperty(min: number, max: number): Arbitrary<{ type: string }> {
  return typed("raw", { number: fc.integer({ min, max }), data: bytes(0, 20) });
}

const continuation = some(
  fc.oneof(
    typed("bridge", { uuid: bytes(16) }),
    typed("stack", { data: bytes(0, 33) }),
    typed("mirrors", { mirrors: u32 }),
    typed("conntracked"),
    typed("tableId", { tableId: u8 }),
    typed("cookie", { cookie: u64 }),
    typed("actions", { actions }),
    typed("actionSet", { actions }),
    typed("odpPort", { odpPort: u32 }),
    rawProperty(0, 0x7fff),
  ),
);
const packetReason = nameOr(["noMatch", "action", "invalidTtl"], 0xff);
const packetProperties = some(
  fc.oneof(
    typed("packet", { data: bytes(0, 100) }),
    typed("fullLen", { fullLen: u32 }),
    typed("bufferId", { bufferId: u32 }),
    typed("tableId", { tableId: u8 }),
    typed("cookie", { cookie: u64 }),
    typed("reason", { reason: packetReason }),
    typed("metadata", { match }),
    typed("userdata", { data: bytes(0, 30) }),
    typed("continuation", { properties: continuation }),
    rawProperty(9, 0xffff),
  ),
);

const address = fc.oneof(ipv4, ipv6);
const tuple = some(
  fc.oneof(
    typed("src", { address }),
    typed("dst", { address }),
    typed("srcPort", { port: u16 }),
    typed("dstPort", { port: u16 }),
    typed("icmpId", { icmpId: u16 }),
    typed("icmpType", { icmpType: u8 }),
    typed("icmpCode", { icmpCode: u8 }),
    rawProperty(7, 0xffff),
  ),
);
const flushProperties = some(
  fc.oneof(
    typed("origTuple", { properties: tuple }),
    typed("replyTuple", { properties: tuple }),
    typed("zone", { zoneId: u16 }),
    rawProperty(3, 0xffff),
  ),
);

const asyncKind = fc
  .tuple(
    fc.constantFrom("packetIn", "portStatus", "flowRemoved", "roleStatus", "tableStatus", "requestForward"),
    fc.constantFrom("Slave", "Master"),
  )
  .map((names) => names.join(""));
const asyncProperties = some(fc.oneof(record({ type: asyncKind, mask: u32 }), rawProperty(12, 0xffff)));

const role = nameOr(["equal", "master", "slave"], 0xffff_ffff);
const maps = some(record({ optionClass: u16, optionType: u8, optionLen: u8, index: u16 }));
const ipfix = record({
  totalFlows: u64,
  currentFlows: u64,
  packets: u64,
  ipv4Packets: u64,
  ipv6Packets: u64,
  errorPackets: u64,
  ipv4ErrorPackets: u64,
  ipv6ErrorPackets: u64,
  txPackets: u64,
  txErrors: u64,
  collectorSetId: u32,
});

/** A change that a bundle may hold. */
const change = fc.oneof(
  plainMessages["flowMod"] as Arbitrary<Message>,
  groupMod,
  plainMessages["packetOut"] as Arbitrary<Message>,
);
const bundle = { bundleId: u32, flags: u16, properties: bytes(0, 16) };

/** Each by its type, a multipart by `multipartReply/ipfixFlow`. */
export const nxMessages: Readonly<Record<string, Arbitrary<Message>>> = {
  nxRoleRequest: messageOf("nxRoleRequest", { role }),
  nxRoleReply: messageOf("nxRoleReply", { role }),
  nxFlowMod: messageOf("nxFlowMod", {
    cookie: u64,
    tableId: u8,
    command: nameOr(["add", "modify", "modifyStrict", "delete", "deleteStrict"], 0xff),
    idleTimeout: u16,
    hardTimeout: u16,
    priority: u16,
    bufferId: u32,
    outPort: u16,
    flags: u16,
    match,
    instructions,
  }),
  nxFlowRemoved: messageOf("nxFlowRemoved", {
    cookie: u64,
    priority: u16,
    reason: nameOr(["idleTimeout", "hardTimeout", "delete", "groupDelete"], 0xff),
    tableId: u8,
    durationSec: u32,
    durationNsec: u32,
    idleTimeout: u16,
    packetCount: u64,
    byteCount: u64,
    match,
  }),
  flowModTableId: messageOf("flowModTableId", { set: u8 }),
  setPacketInFormat: messageOf("setPacketInFormat", {
    format: nameOr(["standard", "nxPacketIn", "packetIn2"], 0xffff_ffff),
  }),
  nxPacketIn: messageOf("nxPacketIn", {
    bufferId: u32,
    totalLen: u16,
    reason: packetReason,
    tableId: u8,
    cookie: u64,
    match,
    data: bytes(0, 100),
  }),
  flowAge: messageOf("flowAge"),
  nxSetAsyncConfig: messageOf("nxSetAsyncConfig", {
    packetInMaster: u32,
    packetInSlave: u32,
    portStatusMaster: u32,
    portStatusSlave: u32,
    flowRemovedMaster: u32,
    flowRemovedSlave: u32,
  }),
  setControllerId: messageOf("setControllerId", { controllerId: u16 }),
  tlvTableMod: messageOf("tlvTableMod", { command: nameOr(["add", "delete", "clear"], 0xffff), maps }),
  tlvTableRequest: messageOf("tlvTableRequest"),
  tlvTableReply: messageOf("tlvTableReply", { maxOptionSpace: u32, maxFields: u16, maps }),
  nxSetAsyncConfig2: messageOf("nxSetAsyncConfig2", { properties: asyncProperties }),
  resume: messageOf("resume", { properties: packetProperties }),
  ctFlushZone: messageOf("ctFlushZone", { zoneId: u16 }),
  packetIn2: messageOf("packetIn2", { properties: packetProperties }),
  ctFlush: messageOf("ctFlush", { ipProto: u8, properties: flushProperties }),
  roleStatus: messageOf("roleStatus", {
    role: fc.oneof(
      fc.constantFrom("equal", "master", "slave"),
      fc.integer({ min: 4, max: 0xffff_ffff }) as Arbitrary<unknown>,
    ),
    reason: nameOr(["masterRequest", "config", "experimenter"], 0xff),
    generationId: u64,
    properties: bytes(0, 16),
  }),
  requestForward: messageOf("requestForward", { message: fc.oneof(groupMod, meterMod) }),
  bundleControl: messageOf("bundleControl", {
    ...bundle,
    control: nameOr(
      [
        "openRequest",
        "openReply",
        "closeRequest",
        "closeReply",
        "commitRequest",
        "commitReply",
        "discardRequest",
        "discardReply",
      ],
      0xffff,
    ),
  }),
  bundleAdd: messageOf("bundleAdd", { ...bundle, message: change }),
  flowMonitorCancel: messageOf("flowMonitorCancel", { monitorId: u32 }),
  flowMonitorPaused: messageOf("flowMonitorPaused"),
  flowMonitorResumed: messageOf("flowMonitorResumed"),
  "multipartRequest/ipfixBridge": multipartOf("multipartRequest", "ipfixBridge"),
  "multipartRequest/ipfixFlow": multipartOf("multipartRequest", "ipfixFlow"),
  "multipartReply/ipfixBridge": multipartOf("multipartReply", "ipfixBridge", ipfix),
  "multipartReply/ipfixFlow": multipartOf("multipartReply", "ipfixFlow", some(ipfix)),
};
