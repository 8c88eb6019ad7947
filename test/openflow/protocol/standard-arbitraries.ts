// Values of what OpenFlow 1.3 has beside flows, for property tests: groups, meters, queues, table features, roles.

import fc, { type Arbitrary } from "fast-check";
import type { Message } from "../../../src/openflow/message.ts";
import type { OxmId } from "../../../src/openflow/protocol/feature-ids.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import type { TableFeature } from "../../../src/openflow/protocol/table-features.ts";
import { actions } from "./action-arbitraries.ts";
import {
  aligned,
  bytes,
  mac,
  messageOf,
  multipartOf,
  nameOr,
  record,
  some,
  text,
  u8,
  u16,
  u32,
  u64,
} from "./arbitraries.ts";

const groupType = nameOr(["all", "select", "indirect", "fastFailover"], 0xff);
const modCommand = nameOr(["add", "modify", "delete"], 0xffff);
/** Beside these, Open vSwitch has a name for 0x8000. */
const groupCommand = fc.oneof(nameOr(["add", "modify", "delete"], 0x7fff), fc.constant("addOrModify"));
const buckets = some(record({ weight: u16, watchPort: u32, watchGroup: u32, actions }));
const perGroupType = record({ all: u32, select: u32, indirect: u32, fastFailover: u32 });
const duration = { durationSec: u32, durationNsec: u32 };

const bands = some(
  fc.oneof(
    record({ type: fc.constant("drop"), rate: u32, burstSize: u32 }),
    record({ type: fc.constant("dscpRemark"), rate: u32, burstSize: u32, precLevel: u8 }),
    record({
      type: fc.constant("experimenter"),
      rate: u32,
      burstSize: u32,
      experimenter: u32,
      data: aligned(0),
    }),
    record({ type: fc.constant("raw"), number: fc.integer({ min: 3, max: 0xfffe }), data: aligned(4) }),
  ),
);

const queueProperties = some(
  fc.oneof(
    record({ type: fc.constantFrom("minRate", "maxRate"), rate: u16 }),
    record({ type: fc.constant("experimenter"), experimenter: u32, data: aligned(0) }),
    record({ type: fc.constant("raw"), number: fc.integer({ min: 3, max: 0xfffe }), data: aligned(4) }),
  ),
);

/** What has a name at all, or a number that has none. */
function idOf<N extends string>(named: readonly N[]): Arbitrary<N | { number: number; data: Uint8Array }> {
  return fc.oneof(
    fc.constantFrom(...named),
    record({ number: fc.integer({ min: 100, max: 0xffff }), data: bytes(0, 12) }),
  );
}

const instructionIds = some(
  idOf(["gotoTable", "writeMetadata", "writeActions", "applyActions", "clearActions", "meter"]),
);
const actionIds = some(
  idOf(["output", "copyTtlOut", "setMplsTtl", "pushVlan", "popMpls", "group", "setField", "popPbb"]),
);
const oxmIds: Arbitrary<OxmId[]> = some(
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom(
          ...oxmFields.flatMap(({ name, wire }) => wire.map((one, i) => [name, one.name, i] as const)),
        ),
        fc.boolean(),
      )
      .map(
        ([[field, wireName, i], masked]): OxmId =>
          i === 0 ? { field, masked } : { field, masked, wireName },
      ),
    fc.nat(0xffff).map((low): OxmId => ({ field: "raw", header: 0x70000000 + low })),
    fc
      .tuple(fc.nat(0xffff), u32)
      .map(([low, experimenter]): OxmId => ({ field: "raw", header: 0xffff0000 + low, experimenter })),
  ),
);

const tableFeature: Arbitrary<TableFeature> = fc.oneof(
  record({ type: fc.constantFrom("instructions", "instructionsMiss"), instructions: instructionIds }),
  record({ type: fc.constantFrom("nextTables", "nextTablesMiss"), tableIds: some(u8, 20) }),
  record({
    type: fc.constantFrom("writeActions", "writeActionsMiss", "applyActions", "applyActionsMiss"),
    actions: actionIds,
  }),
  record({
    type: fc.constantFrom(
      "match",
      "wildcards",
      "writeSetField",
      "writeSetFieldMiss",
      "applySetField",
      "applySetFieldMiss",
    ),
    fields: oxmIds,
  }),
  record({
    type: fc.constantFrom("experimenter", "experimenterMiss"),
    experimenter: u32,
    expType: u32,
    data: bytes(0, 20),
  }),
  record({ type: fc.constant("raw"), number: fc.integer({ min: 16, max: 0xfffd }), data: bytes(0, 20) }),
) as Arbitrary<TableFeature>;

const tableFeatures = record({
  tableId: u8,
  name: text(32),
  metadataMatch: u64,
  metadataWrite: u64,
  config: u32,
  maxEntries: u32,
  properties: some(tableFeature, 8),
});

const role = {
  role: nameOr(["noChange", "equal", "master", "slave"], 0xffffffff),
  generationId: u64,
};
const asyncConfig = {
  packetInMaster: u32,
  packetInSlave: u32,
  portStatusMaster: u32,
  portStatusSlave: u32,
  flowRemovedMaster: u32,
  flowRemovedSlave: u32,
};

/** A GROUP_MOD and a METER_MOD, for tests of their text. */
export const groupMod: Arbitrary<Message> = messageOf("groupMod", {
  command: groupCommand,
  groupType,
  groupId: u32,
  buckets,
});
export const meterMod: Arbitrary<Message> = messageOf("meterMod", {
  command: modCommand,
  flags: u16,
  meterId: u32,
  bands,
});

/** Each by its type, a multipart by `multipartReply/groupDesc`. */
export const standardMessages: Readonly<Record<string, Arbitrary<Message>>> = {
  groupMod,
  meterMod,
  portMod: messageOf("portMod", { portNo: u32, hwAddr: mac, config: u32, mask: u32, advertise: u32 }),
  tableMod: messageOf("tableMod", { tableId: u8, config: u32 }),
  queueGetConfigRequest: messageOf("queueGetConfigRequest", { portNo: u32 }),
  queueGetConfigReply: messageOf("queueGetConfigReply", {
    portNo: u32,
    queues: some(record({ queueId: u32, portNo: u32, properties: queueProperties })),
  }),
  roleRequest: messageOf("roleRequest", role),
  roleReply: messageOf("roleReply", role),
  getAsyncRequest: messageOf("getAsyncRequest"),
  getAsyncReply: messageOf("getAsyncReply", asyncConfig),
  setAsync: messageOf("setAsync", asyncConfig),
  "multipartRequest/queueStats": multipartOf(
    "multipartRequest",
    "queueStats",
    record({ portNo: u32, queueId: u32 }),
  ),
  "multipartReply/queueStats": multipartOf(
    "multipartReply",
    "queueStats",
    some(record({ portNo: u32, queueId: u32, txBytes: u64, txPackets: u64, txErrors: u64, ...duration })),
  ),
  "multipartRequest/groupStats": multipartOf("multipartRequest", "groupStats", record({ groupId: u32 })),
  "multipartReply/groupStats": multipartOf(
    "multipartReply",
    "groupStats",
    some(
      record({
        groupId: u32,
        refCount: u32,
        packetCount: u64,
        byteCount: u64,
        ...duration,
        buckets: some(record({ packetCount: u64, byteCount: u64 })),
      }),
    ),
  ),
  "multipartRequest/groupDesc": multipartOf("multipartRequest", "groupDesc"),
  "multipartReply/groupDesc": multipartOf(
    "multipartReply",
    "groupDesc",
    some(record({ groupType, groupId: u32, buckets })),
  ),
  "multipartRequest/groupFeatures": multipartOf("multipartRequest", "groupFeatures"),
  "multipartReply/groupFeatures": multipartOf(
    "multipartReply",
    "groupFeatures",
    record({ types: u32, capabilities: u32, maxGroups: perGroupType, actions: perGroupType }),
  ),
  "multipartRequest/meterStats": multipartOf("multipartRequest", "meterStats", record({ meterId: u32 })),
  "multipartReply/meterStats": multipartOf(
    "multipartReply",
    "meterStats",
    some(
      record({
        meterId: u32,
        flowCount: u32,
        packetInCount: u64,
        byteInCount: u64,
        ...duration,
        bands: some(record({ packetBandCount: u64, byteBandCount: u64 })),
      }),
    ),
  ),
  "multipartRequest/meterConfig": multipartOf("multipartRequest", "meterConfig", record({ meterId: u32 })),
  "multipartReply/meterConfig": multipartOf(
    "multipartReply",
    "meterConfig",
    some(record({ flags: u16, meterId: u32, bands })),
  ),
  "multipartRequest/meterFeatures": multipartOf("multipartRequest", "meterFeatures"),
  "multipartReply/meterFeatures": multipartOf(
    "multipartReply",
    "meterFeatures",
    record({ maxMeter: u32, bandTypes: u32, capabilities: u32, maxBands: u8, maxColor: u8 }),
  ),
  "multipartRequest/tableFeatures": multipartOf("multipartRequest", "tableFeatures", some(tableFeatures)),
  "multipartReply/tableFeatures": multipartOf("multipartReply", "tableFeatures", some(tableFeatures)),
};
