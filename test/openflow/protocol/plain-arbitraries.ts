// The standard messages about the connection, the switch, its ports and its flows, for property tests; those about groups,
// meters, queues, roles and tables are beside it.

import fc, { type Arbitrary } from "fast-check";
import type { Message } from "../../../src/openflow/message.ts";
import { errorNumbers } from "../../../src/openflow/protocol/error-names.ts";
import type { PortDesc } from "../../../src/openflow/protocol/ports.ts";
import { actions } from "./action-arbitraries.ts";
import {
  bytes,
  mac,
  match,
  messageOf,
  multipartOf,
  nameOr,
  record,
  some,
  text,
  typed,
  u8,
  u16,
  u32,
  u64,
} from "./arbitraries.ts";
import { flowMod, flowStats, flowUpdate } from "./flow-arbitraries.ts";

/** Whichever of its fields a structure has, as the fields of a message. */
function messageWith(type: Message["type"], body: Arbitrary<object>): Arbitrary<Message> {
  return fc.tuple(messageOf(type), body).map(([head, rest]): Message => ({ ...head, ...rest }));
}

const versions = fc
  .uniqueArray(fc.oneof(fc.nat(40), fc.nat(255)), { maxLength: 8 })
  .map((list) => list.toSorted((a, b) => a - b));

const helloElement = fc.oneof(
  typed("versionBitmap", { versions }),
  typed("raw", { number: fc.integer({ min: 2, max: 0xffff }), data: bytes(0, 13) }),
);

const named = fc
  .constantFrom(...errorNumbers)
  .map(([name, { errorType, errorCode, experimenter }]) =>
    experimenter === undefined
      ? { errorType, errorCode, name }
      : { errorType, errorCode, name, experimenter },
  );
const unnamed = fc.oneof(
  fc
    .record({ errorType: fc.integer({ min: 40, max: 99 }), errorCode: u16 })
    .map((numbers) => ({ ...numbers, name: `unknown ${numbers.errorType}/${numbers.errorCode}` })),
  fc
    .record({ errorCode: fc.integer({ min: 5_000, max: 0xffff }), experimenter: fc.constant(0x2320) })
    .map((numbers) => ({ ...numbers, errorType: 0xffff, name: `unknown 0x2320/${numbers.errorCode}` })),
);
const error = fc
  .tuple(fc.oneof(named, unnamed), bytes(0, 80))
  .map(([numbers, data]) => ({ ...numbers, data }));

const portDesc: Arbitrary<PortDesc> = record({
  portNo: u32,
  hwAddr: mac,
  name: text(16),
  config: u32,
  state: u32,
  curr: u32,
  advertised: u32,
  supported: u32,
  peer: u32,
  currSpeed: u32,
  maxSpeed: u32,
});

const portStats = record({
  portNo: u32,
  rxPackets: u64,
  txPackets: u64,
  rxBytes: u64,
  txBytes: u64,
  rxDropped: u64,
  txDropped: u64,
  rxErrors: u64,
  txErrors: u64,
  rxFrameErr: u64,
  rxOverErr: u64,
  rxCrcErr: u64,
  collisions: u64,
  durationSec: u32,
  durationNsec: u32,
});

const flowStatsRequest = record({
  tableId: u8,
  outPort: u32,
  outGroup: u32,
  cookie: u64,
  cookieMask: u64,
  match,
});

const rawMultipart = record({ number: fc.integer({ min: 14, max: 0xfffe }), data: bytes(0, 64) });
const switchConfig = { flags: u16, missSendLen: u16 };

/** Each by its type, a multipart by `multipartRequest/desc`. */
export const plainMessages: Readonly<Record<string, Arbitrary<Message>>> = {
  hello: messageOf("hello", { elements: some(helloElement) }),
  error: messageWith("error", error),
  echoRequest: messageOf("echoRequest", { data: bytes(0, 100) }),
  echoReply: messageOf("echoReply", { data: bytes(0, 100) }),
  experimenter: messageOf("experimenter", {
    experimenter: fc.nat(0x2000),
    expType: u32,
    data: bytes(0, 100),
  }),
  featuresRequest: messageOf("featuresRequest"),
  featuresReply: messageOf("featuresReply", {
    datapathId: u64,
    nBuffers: u32,
    nTables: u8,
    auxiliaryId: u8,
    capabilities: u32,
    reserved: u32,
  }),
  getConfigRequest: messageOf("getConfigRequest"),
  getConfigReply: messageOf("getConfigReply", switchConfig),
  setConfig: messageOf("setConfig", switchConfig),
  packetIn: messageOf("packetIn", {
    bufferId: u32,
    totalLen: u16,
    reason: nameOr(["noMatch", "action", "invalidTtl"], 0xff),
    tableId: u8,
    cookie: u64,
    match,
    data: bytes(0, 200),
  }),
  flowRemoved: messageOf("flowRemoved", {
    cookie: u64,
    priority: u16,
    reason: nameOr(["idleTimeout", "hardTimeout", "delete", "groupDelete"], 0xff),
    tableId: u8,
    durationSec: u32,
    durationNsec: u32,
    idleTimeout: u16,
    hardTimeout: u16,
    packetCount: u64,
    byteCount: u64,
    match,
  }),
  portStatus: messageOf("portStatus", {
    reason: nameOr(["add", "delete", "modify"], 0xff),
    desc: portDesc,
  }),
  packetOut: messageOf("packetOut", { bufferId: u32, inPort: u32, actions, data: bytes(0, 200) }),
  flowMod: messageWith("flowMod", flowMod),
  barrierRequest: messageOf("barrierRequest"),
  barrierReply: messageOf("barrierReply"),
  raw: messageOf("raw", { number: fc.integer({ min: 30, max: 0xff }), body: bytes(0, 100) }),
  "multipartRequest/desc": multipartOf("multipartRequest", "desc"),
  "multipartReply/desc": multipartOf(
    "multipartReply",
    "desc",
    record({
      mfrDesc: text(256),
      hwDesc: text(256),
      swDesc: text(256),
      serialNum: text(32),
      dpDesc: text(256),
    }),
  ),
  "multipartRequest/flow": multipartOf("multipartRequest", "flow", flowStatsRequest),
  "multipartReply/flow": multipartOf("multipartReply", "flow", some(flowStats)),
  "multipartRequest/aggregate": multipartOf("multipartRequest", "aggregate", flowStatsRequest),
  "multipartReply/aggregate": multipartOf(
    "multipartReply",
    "aggregate",
    record({ packetCount: u64, byteCount: u64, flowCount: u32 }),
  ),
  "multipartRequest/table": multipartOf("multipartRequest", "table"),
  "multipartReply/table": multipartOf(
    "multipartReply",
    "table",
    some(record({ tableId: u8, activeCount: u32, lookupCount: u64, matchedCount: u64 })),
  ),
  "multipartRequest/portStats": multipartOf("multipartRequest", "portStats", record({ portNo: u32 })),
  "multipartReply/portStats": multipartOf("multipartReply", "portStats", some(portStats)),
  "multipartRequest/portDesc": multipartOf("multipartRequest", "portDesc"),
  "multipartReply/portDesc": multipartOf("multipartReply", "portDesc", some(portDesc)),
  "multipartRequest/flowMonitor": multipartOf(
    "multipartRequest",
    "flowMonitor",
    some(record({ monitorId: u32, flags: u16, outPort: u32, tableId: u8, match })),
  ),
  "multipartReply/flowMonitor": multipartOf("multipartReply", "flowMonitor", some(flowUpdate)),
  "multipartRequest/raw": multipartOf("multipartRequest", "raw", rawMultipart),
  "multipartReply/raw": multipartOf("multipartReply", "raw", rawMultipart),
};
