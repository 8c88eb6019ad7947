// Values of Open vSwitch's own messages, and of the ONF's that carry later versions back to 1.3, for property tests.

import fc, { type Arbitrary } from "fast-check";
import type { Message } from "../../../src/openflow/message.ts";
import { formatIpv4, formatIpv6 } from "../../../src/openflow/wire/addresses.ts";
import { actions, bytes, instructions, match, nameOr, record, u8, u16, u32, u64 } from "./arbitraries.ts";
import { groupMod, meterMod } from "./standard-arbitraries.ts";

function some<T>(of: Arbitrary<T>, maxLength = 5): Arbitrary<T[]> {
  return fc.array(of, { maxLength });
}

function numbered(type: Message["type"], body: Record<string, Arbitrary<unknown>>): Arbitrary<Message> {
  return record({
    version: fc.constant(4),
    type: fc.constant(type),
    xid: u32,
    ...body,
  }) as unknown as Arbitrary<Message>;
}

function multipart(
  type: "multipartRequest" | "multipartReply",
  kind: string,
  body: Arbitrary<unknown>,
): Arbitrary<Message> {
  return numbered(type, { multipart: fc.constant(kind), more: fc.boolean(), body });
}

function property(type: string, body: Record<string, Arbitrary<unknown>> = {}): Arbitrary<unknown> {
  return record({ type: fc.constant(type), ...body });
}

function rawProperty(min: number, max: number): Arbitrary<unknown> {
  return property("raw", { number: fc.integer({ min, max }), data: bytes(0, 20) });
}

const continuation = some(
  fc.oneof(
    property("bridge", { uuid: bytes(16) }),
    property("stack", { data: bytes(0, 33) }),
    property("mirrors", { mirrors: u32 }),
    property("conntracked"),
    property("tableId", { tableId: u8 }),
    property("cookie", { cookie: u64 }),
    property("actions", { actions }),
    property("actionSet", { actions }),
    property("odpPort", { odpPort: u32 }),
    rawProperty(0, 0x7fff),
  ),
);
const packetReason = nameOr(["noMatch", "action", "invalidTtl"], 0xff);
const packetProperties = some(
  fc.oneof(
    property("packet", { data: bytes(0, 100) }),
    property("fullLen", { fullLen: u32 }),
    property("bufferId", { bufferId: u32 }),
    property("tableId", { tableId: u8 }),
    property("cookie", { cookie: u64 }),
    property("reason", { reason: packetReason }),
    property("metadata", { match }),
    property("userdata", { data: bytes(0, 30) }),
    property("continuation", { properties: continuation }),
    rawProperty(9, 0xffff),
  ),
);

const address = fc.oneof(
  u32.map((bits) => formatIpv4(bits)),
  bytes(16).map((all) => formatIpv6(new DataView(all.buffer, all.byteOffset), 0)),
);
const tuple = some(
  fc.oneof(
    property("src", { address }),
    property("dst", { address }),
    property("srcPort", { port: u16 }),
    property("dstPort", { port: u16 }),
    property("icmpId", { icmpId: u16 }),
    property("icmpType", { icmpType: u8 }),
    property("icmpCode", { icmpCode: u8 }),
    rawProperty(7, 0xffff),
  ),
);
const flushProperties = some(
  fc.oneof(
    property("origTuple", { properties: tuple }),
    property("replyTuple", { properties: tuple }),
    property("zone", { zoneId: u16 }),
    rawProperty(3, 0xffff),
  ),
);

const asyncKind = fc
  .tuple(
    fc.constantFrom("packetIn", "portStatus", "flowRemoved", "roleStatus", "tableStatus", "requestForward"),
    fc.constantFrom("Slave", "Master"),
  )
  .map((names) => names.join(""));
const asyncProperties = some(
  fc.oneof(record({ type: asyncKind, mask: u32 }), rawProperty(12, 0xffff) as Arbitrary<never>),
);

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

/** Every message of Nicira's and of the ONF's, beside bundles and flow monitors. */
export const nxArbitraries: Readonly<Record<string, Arbitrary<Message>>> = {
  nxRoleRequest: numbered("nxRoleRequest", { role }),
  nxRoleReply: numbered("nxRoleReply", { role }),
  nxFlowMod: numbered("nxFlowMod", {
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
  nxFlowRemoved: numbered("nxFlowRemoved", {
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
  flowModTableId: numbered("flowModTableId", { set: u8 }),
  setPacketInFormat: numbered("setPacketInFormat", {
    format: nameOr(["standard", "nxPacketIn", "packetIn2"], 0xffff_ffff),
  }),
  nxPacketIn: numbered("nxPacketIn", {
    bufferId: u32,
    totalLen: u16,
    reason: packetReason,
    tableId: u8,
    cookie: u64,
    match,
    data: bytes(0, 100),
  }),
  flowAge: numbered("flowAge", {}),
  nxSetAsyncConfig: numbered("nxSetAsyncConfig", {
    packetInMaster: u32,
    packetInSlave: u32,
    portStatusMaster: u32,
    portStatusSlave: u32,
    flowRemovedMaster: u32,
    flowRemovedSlave: u32,
  }),
  setControllerId: numbered("setControllerId", { controllerId: u16 }),
  tlvTableMod: numbered("tlvTableMod", { command: nameOr(["add", "delete", "clear"], 0xffff), maps }),
  tlvTableRequest: numbered("tlvTableRequest", {}),
  tlvTableReply: numbered("tlvTableReply", { maxOptionSpace: u32, maxFields: u16, maps }),
  nxSetAsyncConfig2: numbered("nxSetAsyncConfig2", { properties: asyncProperties }),
  resume: numbered("resume", { properties: packetProperties }),
  ctFlushZone: numbered("ctFlushZone", { zoneId: u16 }),
  packetIn2: numbered("packetIn2", { properties: packetProperties }),
  ctFlush: numbered("ctFlush", { ipProto: u8, properties: flushProperties }),
  roleStatus: numbered("roleStatus", {
    role: fc.oneof(
      fc.constantFrom("equal", "master", "slave"),
      fc.integer({ min: 4, max: 0xffff_ffff }) as Arbitrary<unknown>,
    ),
    reason: nameOr(["masterRequest", "config", "experimenter"], 0xff),
    generationId: u64,
    properties: bytes(0, 16),
  }),
  requestForward: numbered("requestForward", { message: fc.oneof(groupMod, meterMod) }),
  "a request for ipfixBridge": multipart("multipartRequest", "ipfixBridge", fc.constant(undefined)),
  "a request for ipfixFlow": multipart("multipartRequest", "ipfixFlow", fc.constant(undefined)),
  "a reply about ipfixBridge": multipart("multipartReply", "ipfixBridge", ipfix),
  "a reply about ipfixFlow": multipart("multipartReply", "ipfixFlow", some(ipfix)),
};
