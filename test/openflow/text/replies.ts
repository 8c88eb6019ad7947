// Replies of a switch as ovs-ofctl prints them: each multipart reply put to its formatter, and random ones that Open
// vSwitch can read.
import fc, { type Arbitrary } from "fast-check";
import {
  type ActionName,
  formatAggregate,
  formatFlows,
  formatFlowUpdates,
  formatGroupFeatures,
  formatGroupStats,
  formatGroups,
  formatIpfixBridgeStats,
  formatIpfixFlowStats,
  formatMeterFeatures,
  formatMeterStats,
  formatMeters,
  formatPortDescs,
  formatPortStats,
  formatQueueConfig,
  formatQueueStats,
  formatSwitchDesc,
  formatTableFeatures,
  formatTableStats,
  type Message,
  type MessageInput,
  type OxmId,
  type TableFeature,
} from "../../../src/openflow/index.ts";
import type {
  MultipartName,
  MultipartReplyBodies,
  MultipartReplyMessage,
} from "../../../src/openflow/protocol/multipart.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";

/** What stands behind the head of a reply (`OFPST_… reply (OF1.3) (xid=0x1):`), from the blank or line end on. */
export function replyText(message: Message): string | undefined {
  if (message.type === "queueGetConfigReply") return behind(" ", formatQueueConfig(message));
  return message.type === "multipartReply" ? multipartText(message) : undefined;
}

function behind(joint: " " | "\n", text: string): string {
  return text === "" ? "" : joint + text;
}

type Body = MultipartReplyBodies;

/** The formatter of each reply, and what its text follows the head with. */
const printers: {
  readonly [N in Exclude<MultipartName, "raw">]: readonly [" " | "\n", (body: Body[N]) => string];
} = {
  desc: ["\n", formatSwitchDesc],
  flow: ["\n", formatFlows],
  aggregate: [" ", formatAggregate],
  table: ["\n", formatTableStats],
  portStats: [" ", formatPortStats],
  queueStats: [" ", formatQueueStats],
  groupStats: ["\n", formatGroupStats],
  groupDesc: ["\n", formatGroups],
  groupFeatures: ["\n", formatGroupFeatures],
  meterStats: ["\n", formatMeterStats],
  meterConfig: ["\n", formatMeters],
  meterFeatures: ["\n", formatMeterFeatures],
  tableFeatures: ["\n", formatTableFeatures],
  portDesc: ["\n", formatPortDescs],
  flowMonitor: ["\n", formatFlowUpdates],
  ipfixBridge: ["\n", formatIpfixBridgeStats],
  ipfixFlow: [" ", formatIpfixFlowStats],
};

function multipartText(reply: MultipartReplyMessage): string | undefined {
  if (reply.multipart === "raw") return undefined;
  const [joint, print] = printers[reply.multipart];
  return behind(joint, (print as (body: unknown) => string)(reply.body));
}

const u8 = fc.nat(0xff);
const u32 = fc.oneof(fc.nat(20), fc.nat(0xffffffff), fc.constant(0xffffffff));
const u64 = fc.oneof(
  fc.bigInt(0n, 20n),
  fc.bigInt(0n, 0xffff_ffff_ffff_ffffn),
  fc.constant(0xffff_ffff_ffff_ffffn),
);
const duration = {
  durationSec: u32,
  durationNsec: fc.oneof(fc.constantFrom(0, 1_000_000, 90_000_000), fc.nat(999_999_999)),
};
/** Ports that Open vSwitch keeps in 16 bits. */
const portNo = fc.oneof(fc.nat(12), fc.nat(0xfeff), fc.integer({ min: 0xfffffff8, max: 0xffffffff }));
const some = <T>(one: Arbitrary<T>): Arbitrary<T[]> => fc.array(one, { maxLength: 6 });
const text = (length: number): Arbitrary<string> =>
  fc
    .array(fc.constantFrom(..."ab c-_\"'{1".split("")), { maxLength: length })
    .map((characters) => characters.join(""));

/** Few values, so that entries often are as the one before. */
const few = fc.nat(1).map(BigInt);

const perGroupType = fc.record({ all: u32, select: u32, indirect: u32, fastFailover: u32 });
const ipfixStats = fc.record({
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
const portStats = fc.record({
  portNo,
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
  ...duration,
});
const portDesc = fc.record({
  portNo,
  hwAddr: fc.constantFrom("00:11:22:33:44:55", "fe:ff:00:00:00:01"),
  name: fc.oneof(text(16), fc.constantFrom("tap\u0007bell", "größer", "")),
  config: u32,
  state: u32,
  curr: u32,
  advertised: u32,
  supported: u32,
  peer: u32,
  currSpeed: u32,
  maxSpeed: u32,
});

const fieldIds: readonly OxmId[] = oxmFields.flatMap(({ name, wire, bytes, kind }): OxmId[] => {
  const raw = wire.map(({ class: wireClass, number, experimenter, bytes: own }): OxmId => {
    const length = (own ?? bytes) + (experimenter === undefined ? 0 : 4);
    const header = wireClass * 0x10000 + number * 0x200 + (kind === "bytes" ? 5 : length);
    return { field: "raw", header, ...(experimenter === undefined ? {} : { experimenter }) };
  });
  if (wire[0].experimenter !== undefined) return raw;
  return [{ field: name, masked: false }, { field: name, masked: true }, ...raw];
});
const unknownIds: readonly OxmId[] = [
  { field: "raw", header: 0x12345604 },
  { field: "raw", header: 0x80000c02 },
  { field: "raw", header: 0xffff0008, experimenter: 0x12345678 },
];
/** A stretch of fields that stand beside each other, or any. */
const fields = fc.oneof(
  fc.tuple(fc.nat(fieldIds.length), fc.nat(30)).map(([from, count]) => fieldIds.slice(from, from + count)),
  fc.subarray([...fieldIds, ...unknownIds], { maxLength: 12 }),
  fc.constant<OxmId[]>([]),
);
const exactFields = fields.map((ids) => ids.filter((id) => id.field === "raw" || !id.masked));

const instructions = fc.subarray([
  "gotoTable",
  "writeMetadata",
  "writeActions",
  "applyActions",
  "clearActions",
  "meter",
] as const);
const actions = fc.oneof(
  fc.constant<ActionName[]>([]),
  fc.subarray(["output", "group", "setField", "popVlan", "decNwTtl", "copyTtlOut"] as const),
);
const tableIds = fc.oneof(
  fc.constant<number[]>([]),
  fc.subarray([1, 2, 3, 4, 5, 9, 200, 254]),
  fc.integer({ min: 0, max: 9 }).map((first) => Array.from({ length: 10 - first }, (_, i) => first + i)),
);
const features = fc
  .tuple(
    fc.record({ instructions, tableIds, write: actions, apply: actions }),
    fc.record({ match: fields, wildcards: exactFields, write: exactFields, apply: exactFields }),
    fc.record({ instructions, tableIds, write: actions, apply: actions }),
    fc.record({ write: exactFields, apply: exactFields }),
    fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    fc.boolean(),
  )
  .map(([others, sets, miss, missSets, hasMiss, sameSets]): TableFeature[] => {
    const applied = sameSets ? sets.write : sets.apply;
    const missing: readonly TableFeature[] = [
      { type: "instructionsMiss", instructions: miss.instructions },
      { type: "nextTablesMiss", tableIds: miss.tableIds },
      { type: "writeActionsMiss", actions: miss.write },
      { type: "applyActionsMiss", actions: miss.apply },
      { type: "writeSetFieldMiss", fields: missSets.write },
      { type: "applySetFieldMiss", fields: missSets.apply },
    ];
    return [
      { type: "instructions", instructions: others.instructions },
      { type: "nextTables", tableIds: others.tableIds },
      { type: "writeActions", actions: others.write },
      { type: "applyActions", actions: sameSets ? others.write : others.apply },
      { type: "match", fields: sets.match },
      { type: "wildcards", fields: sets.wildcards },
      { type: "writeSetField", fields: sets.write },
      { type: "applySetField", fields: applied },
      ...missing.filter((_, i) => hasMiss[i]),
    ];
  });
/** Tables of one kind or two, so that many are as the one before. */
const tableFeatures = fc
  .tuple(
    features,
    features,
    fc.array(fc.tuple(fc.boolean(), few, fc.nat(5), text(3)), { minLength: 1, maxLength: 6 }),
  )
  .map(([one, other, tables]) =>
    tables.map(([isOther, metadata, tableId, name], index) => ({
      tableId: index + tableId,
      name: tableId < 4 ? "" : name,
      metadataMatch: metadata,
      metadataWrite: 0n,
      config: 0,
      maxEntries: Number(metadata) * 3,
      properties: isOther ? other : one,
    })),
  );

const eventful = fc.record({
  event: fc.constantFrom("added", "deleted", "modified"),
  reason: fc.nat(9),
  priority: fc.nat(0xffff),
  idleTimeout: fc.nat(2),
  hardTimeout: fc.nat(2),
  tableId: u8,
  cookie: u64,
  match: fc.constantFrom([], [{ field: "ethType", value: 0x0800 }], [{ field: "inPort", value: 3 }]),
  instructions: fc.constantFrom(
    [],
    [{ type: "gotoTable", tableId: 254 }],
    [{ type: "applyActions", actions: [{ type: "output", port: 2, maxLen: 0 }] }],
  ),
});

const bodies: Readonly<Record<string, Arbitrary<unknown>>> = {
  desc: fc.record({
    mfrDesc: text(40),
    hwDesc: text(40),
    swDesc: text(40),
    serialNum: text(31),
    dpDesc: text(40),
  }),
  aggregate: fc.record({ packetCount: u64, byteCount: u64, flowCount: u32 }),
  table: some(fc.record({ tableId: u8, activeCount: fc.nat(1), lookupCount: few, matchedCount: few })),
  portStats: some(portStats),
  queueStats: some(
    fc.record({ portNo, queueId: u32, txBytes: u64, txPackets: u64, txErrors: u64, ...duration }),
  ),
  groupStats: some(
    fc.record({
      groupId: u32,
      refCount: u32,
      packetCount: u64,
      byteCount: u64,
      ...duration,
      buckets: some(fc.record({ packetCount: u64, byteCount: u64 })),
    }),
  ),
  groupFeatures: fc.record({ types: u32, capabilities: u32, maxGroups: perGroupType, actions: perGroupType }),
  meterStats: some(
    fc.record({
      meterId: u32,
      flowCount: u32,
      packetInCount: u64,
      byteInCount: u64,
      ...duration,
      bands: some(fc.record({ packetBandCount: u64, byteBandCount: u64 })),
    }),
  ),
  meterConfig: some(
    fc.record({
      flags: fc.nat(0xf),
      meterId: u32,
      bands: some(
        fc.oneof(
          fc.record({ type: fc.constant("drop"), rate: u32, burstSize: u32 }),
          fc.record({ type: fc.constant("dscpRemark"), rate: u32, burstSize: u32, precLevel: u8 }),
        ),
      ),
    }),
  ),
  meterFeatures: fc.record({ maxMeter: u32, bandTypes: u32, capabilities: u32, maxBands: u8, maxColor: u8 }),
  tableFeatures,
  portDesc: some(portDesc),
  flowMonitor: some(fc.oneof(eventful, fc.record({ event: fc.constant("abbreviated"), xid: u32 }))),
  ipfixBridge: ipfixStats,
  ipfixFlow: some(ipfixStats),
};

/** Random replies that Open vSwitch reads, by what they are. */
export const replies: Readonly<Record<string, Arbitrary<MessageInput>>> = {
  ...Object.fromEntries(
    Object.entries(bodies).map(([multipart, body]) => [
      multipart,
      body.map((value) => ({ type: "multipartReply", multipart, more: false, body: value }) as MessageInput),
    ]),
  ),
  queueGetConfig: fc
    .record({
      portNo,
      queues: some(
        fc.record({
          queueId: u32,
          portNo,
          properties: some(fc.record({ type: fc.constantFrom("minRate", "maxRate"), rate: fc.nat(0xffff) })),
        }),
      ),
    })
    .map((reply) => ({ type: "queueGetConfigReply" as const, ...reply })),
};
