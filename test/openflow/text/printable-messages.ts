// Random messages of every type with what Open vSwitch can read in them: flows that a switch takes, ports that there are,
// frames that are whole, cut and broken. Types that hold nothing of the kind come from the codec's own arbitraries.
import fc, { type Arbitrary } from "fast-check";
import {
  type Action,
  type Bucket,
  CONTROLLER_NO_BUFFER,
  decode,
  encode,
  type FlowMod,
  type Instruction,
  type Match,
  type Message,
  type MessageInput,
  NO_BUFFER,
  Port,
} from "../../../src/openflow/index.ts";
import { handMade, linuxFrames, switchFrames } from "../packet/frames.ts";
import { mac, record, some, u8, u16, u32, u64 } from "../protocol/arbitraries.ts";
import { everyMessage } from "../protocol/message-arbitraries.ts";
import { bytesOf } from "../protocol/recordings.ts";
import { flowModsOf, openVSwitchPrints } from "./flows.ts";
import { replies } from "./replies.ts";

type Fields = Readonly<Record<string, Arbitrary<unknown>>>;

function numbered(type: Message["type"], fields: Fields): Arbitrary<MessageInput> {
  return fc.record({ xid: u32, ...fields }).map((given) => ({ type, ...given }) as unknown as MessageInput);
}

function asked(multipart: string, body: Arbitrary<unknown>): Arbitrary<MessageInput> {
  return fc
    .record({ xid: u32, more: fc.boolean(), body })
    .map((given) => ({ type: "multipartRequest", multipart, ...given }) as unknown as MessageInput);
}

const portNo = fc.oneof(fc.integer({ min: 0, max: 0xfeff }), fc.integer({ min: Port.inPort, max: Port.any }));
const flows = flowModsOf(openVSwitchPrints);
const matches = flows.map(({ match }) => match);
const anyActions = flowModsOf(openVSwitchPrints, ["add"]).map(({ match, instructions }) =>
  match.length > 0 ? [] : instructions.flatMap((one) => (one.type === "applyActions" ? one.actions : [])),
);

/** Actions that every packet may have done to it. */
const actions: Arbitrary<Action[]> = fc.oneof(
  anyActions,
  some(
    fc.record({
      type: fc.constant("output" as const),
      port: portNo,
      maxLen: fc.constant(CONTROLLER_NO_BUFFER),
    }),
  ),
);

const wholeFrames = [
  ...linuxFrames.map(({ hex }) => bytesOf(hex)),
  ...switchFrames,
  ...Object.values(handMade).map((hex) => bytesOf(hex.replaceAll(" ", ""))),
];

/** Frames, some cut anywhere, some with a byte that isn't theirs. */
export const frames: Arbitrary<Uint8Array> = fc
  .record({
    frame: fc.constantFrom(...wholeFrames),
    cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    changes: fc.array(fc.tuple(fc.nat(80), u8), { maxLength: 2 }),
  })
  .map(({ frame, cut, changes }) => {
    const copy = frame.slice(0, cut === null ? undefined : Math.max(1, Math.floor(frame.length * cut)));
    for (const [at, byte] of changes) if (at < copy.length) copy[at] = byte;
    return copy;
  });

const packetReason = fc.oneof(
  fc.constantFrom("noMatch", "action", "invalidTtl"),
  fc.integer({ min: 3, max: 255 }),
);
const bufferId = fc.oneof(fc.constant(NO_BUFFER), u32);

/** What a packet comes with. */
const metadata: Arbitrary<Match> = fc
  .record({ inPort: fc.integer({ min: 1, max: 0xfeff }), metadata: u64, tunnelId: u64, reg: u32, mark: u32 })
  .map(
    ({ inPort, metadata: value, tunnelId, reg, mark }): Match => [
      { field: "inPort", value: inPort },
      { field: "metadata", value },
      { field: "tunnelId", value: tunnelId },
      { field: "reg3", value: reg },
      { field: "pktMark", value: mark },
    ],
  )
  .chain((match) => fc.subarray([...match]));

const packetIn = {
  bufferId,
  totalLen: u16,
  reason: packetReason,
  tableId: u8,
  cookie: u64,
  match: metadata,
  data: frames,
};

const continuation = some(
  fc.oneof(
    record({ type: fc.constant("stack"), data: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
    record({ type: fc.constant("tableId"), tableId: u8 }),
    record({ type: fc.constant("cookie"), cookie: u64 }),
    record({ type: fc.constant("actions"), actions }),
  ),
);

/** Frames, and packets that begin with a later header than Ethernet's. */
const packets: Arbitrary<{ data: Uint8Array; match: Match }> = fc.oneof(
  frames.map((data) => ({ data, match: [] })),
  fc
    .tuple(frames, fc.constantFrom(0x1_0800, 0x1_86dd, 0x1_0806, 0x1_8847, 0x1_894f, 0x1_88cc, 0x2_0001))
    .map(([frame, value]) => ({
      data: frame.length > 14 ? frame.slice(14) : frame,
      match: [{ field: "packetType" as const, value }],
    })),
);

/** Each property once at most, the packet always. */
const packetProperties = fc
  .record({
    packet: packets,
    cookie: u64,
    tableId: u8,
    reason: packetReason,
    match: metadata,
    userdata: fc.uint8Array({ maxLength: 12 }),
    properties: continuation,
    once: fc.subarray([
      { type: "bridge", uuid: new Uint8Array(16).map((_, at) => at * 11) },
      { type: "mirrors", mirrors: 5 },
      { type: "conntracked" },
      { type: "actionSet", actions: [{ type: "output", port: 3, maxLen: 0 }] },
      { type: "odpPort", odpPort: 7 },
    ]),
  })
  .map(({ packet, cookie, tableId, reason, match, userdata, properties, once }) => [
    { type: "packet", data: packet.data },
    { type: "tableId", tableId },
    { type: "cookie", cookie },
    { type: "reason", reason },
    { type: "metadata", match: [...packet.match, ...match] },
    { type: "userdata", data: userdata },
    { type: "continuation", properties: [...once, ...properties] },
  ]);

const buckets = (weight: Arbitrary<number>): Arbitrary<Bucket[]> =>
  some(record({ weight, watchPort: fc.constant(Port.any), watchGroup: fc.constant(Port.any), actions }));
const groupId = fc.nat(0xffffff00);
const groups = fc.oneof(
  record({
    command: fc.constantFrom("add", "modify"),
    groupType: fc.constant("select"),
    groupId,
    buckets: buckets(u16),
  }),
  record({
    command: fc.constantFrom("add", "modify", "addOrModify"),
    groupType: fc.constant("all"),
    groupId,
    buckets: buckets(fc.constant(0)),
  }),
  record({
    command: fc.constant("delete"),
    groupType: fc.constantFrom("all", "indirect"),
    groupId: fc.oneof(groupId, fc.constant(0xfffffffc)),
    buckets: fc.constant([]),
  }),
);

const meters = record({
  command: fc.constantFrom("add", "modify", "delete"),
  flags: fc.constantFrom(1, 2, 5, 6, 9, 14),
  meterId: fc.oneof(fc.integer({ min: 1, max: 0xffff0000 }), fc.constantFrom(0xfffffffd, 0xfffffffe)),
  bands: some(
    fc.oneof(
      record({ type: fc.constant("drop"), rate: u32, burstSize: u32 }),
      record({ type: fc.constant("dscpRemark"), rate: u32, burstSize: u32, precLevel: u8 }),
    ),
  ),
});

const groupMods = groups.map((group) => ({ type: "groupMod", ...group }) as unknown as MessageInput);
const meterMods = meters.map((meter) => ({ type: "meterMod", ...meter }) as unknown as MessageInput);
const flowMods = flows.map((flow): MessageInput => ({ type: "flowMod", ...flow }));

function withXid(message: MessageInput, xid: number): MessageInput {
  return { ...message, xid };
}

/** A whole message, or as much of it as an error has. */
const refused: Arbitrary<Uint8Array> = fc
  .tuple(fc.oneof(flowMods, groupMods, everyMessage["echoRequest"] as Arbitrary<MessageInput>), fc.boolean())
  .map(([message, isCut]) => encode(message).slice(0, isCut ? 64 : undefined));

const flowRequest = record({
  tableId: u8,
  outPort: portNo,
  outGroup: u32,
  cookie: u64,
  cookieMask: u64,
  match: matches,
});

const portDesc = record({
  portNo,
  hwAddr: mac,
  name: fc.string({ maxLength: 15 }),
  config: u32,
  state: u32,
  curr: u32,
  advertised: u32,
  supported: u32,
  peer: u32,
  currSpeed: u32,
  maxSpeed: u32,
});

const removed = {
  cookie: u64,
  priority: u16,
  reason: fc.oneof(
    fc.constantFrom("idleTimeout", "hardTimeout", "delete", "groupDelete"),
    fc.integer({ min: 4, max: 255 }),
  ),
  tableId: u8,
  durationSec: u32,
  durationNsec: fc.oneof(fc.constantFrom(0, 90_000_000), fc.nat(999_999_999)),
  idleTimeout: u16,
  hardTimeout: u16,
  packetCount: u64,
  byteCount: u64,
  match: matches,
};

function nxFlowMod({ outPort, outGroup: _group, cookieMask: _mask, ...flow }: FlowMod): MessageInput {
  return { ...flow, type: "nxFlowMod", outPort: outPort & 0xffff };
}

const monitors = some(
  record({
    monitorId: u32,
    flags: fc.integer({ min: 2, max: 63 }),
    outPort: portNo,
    tableId: u8,
    match: matches,
  }),
);

/** What a reply tells of tables may be asked for as well. */
const tableFeatures = (replies["tableFeatures"] as Arbitrary<MessageInput & { type: "multipartReply" }>).map(
  ({ body }) => body,
);

const maps = some(
  record({
    optionClass: u16,
    optionType: u8,
    optionLen: fc.integer({ min: 1, max: 31 }).map((words) => words * 4),
    index: fc.nat(63),
  }),
);

function instructionsOf({ instructions }: FlowMod): Instruction[] {
  return instructions;
}

const flowReply = flowModsOf(openVSwitchPrints, ["add"]).chain((flow) =>
  record({ durationSec: u32, durationNsec: fc.nat(999_999_999), packetCount: u64, byteCount: u64 }).map(
    (counted) => {
      const { tableId, priority, idleTimeout, hardTimeout, flags, cookie, match } = flow;
      const told = { tableId, priority, idleTimeout, hardTimeout, flags, cookie, match };
      return { ...told, ...counted, instructions: instructionsOf(flow) };
    },
  ),
);

const groupDesc = groups.map(({ groupType, groupId: id, buckets: list }) => ({
  groupType,
  groupId: id,
  buckets: list,
}));

/** Each by its type, a multipart by `multipartReply/flow`. */
export const printableMessages: Readonly<Record<string, Arbitrary<MessageInput>>> = {
  ...everyMessage,
  ...Object.fromEntries(
    Object.entries(replies).map(([name, reply]) => [
      name === "queueGetConfig" ? "queueGetConfigReply" : `multipartReply/${name}`,
      reply,
    ]),
  ),
  error: numbered("error", {
    errorType: fc.nat(13),
    errorCode: fc.nat(16),
    data: fc.oneof(refused, fc.uint8Array({ maxLength: 7 })),
  }),
  setConfig: numbered("setConfig", { flags: fc.nat(4), missSendLen: u16 }),
  packetIn: numbered("packetIn", packetIn),
  nxPacketIn: numbered("nxPacketIn", packetIn),
  packetIn2: numbered("packetIn2", { properties: packetProperties }),
  resume: numbered("resume", { properties: packetProperties }),
  packetOut: numbered("packetOut", { bufferId, inPort: portNo, actions, data: frames }),
  flowMod: fc
    .tuple(flowMods, bufferId)
    .map(([flow, buffer]) => ({ ...flow, bufferId: buffer }) as MessageInput),
  nxFlowMod: flows.map(nxFlowMod),
  flowRemoved: numbered("flowRemoved", removed),
  nxFlowRemoved: numbered("nxFlowRemoved", removed),
  portStatus: numbered("portStatus", { reason: fc.constantFrom("add", "delete", "modify"), desc: portDesc }),
  groupMod: groupMods,
  meterMod: meterMods,
  portMod: numbered("portMod", { portNo, hwAddr: mac, config: u32, mask: u32, advertise: u32 }),
  queueGetConfigRequest: numbered("queueGetConfigRequest", { portNo }),
  bundleControl: numbered("bundleControl", {
    bundleId: u32,
    control: fc.constantFrom("openRequest", "openReply", "commitRequest", "discardReply", 9),
    flags: u16,
    properties: fc.constant(new Uint8Array(0)),
  }),
  bundleAdd: fc
    .tuple(u32, u32, fc.integer({ min: 0, max: 3 }), fc.oneof(flowMods, groupMods))
    .map(([xid, bundleId, flags, inner]) => {
      const message = decode(encode(withXid(inner, xid)));
      return { type: "bundleAdd", xid, bundleId, flags, message, properties: new Uint8Array(0) };
    }),
  requestForward: fc.oneof(groupMods, meterMods).map((inner) => ({
    type: "requestForward",
    message: decode(encode(inner)),
  })),
  roleStatus: numbered("roleStatus", {
    role: fc.constantFrom("equal", "master", "slave"),
    reason: fc.oneof(
      fc.constantFrom("masterRequest", "config", "experimenter"),
      fc.integer({ min: 3, max: 255 }),
    ),
    generationId: u64,
    properties: fc.constant(new Uint8Array(0)),
  }),
  tlvTableMod: numbered("tlvTableMod", { command: fc.constantFrom("add", "delete", "clear"), maps }),
  tlvTableReply: numbered("tlvTableReply", { maxOptionSpace: u32, maxFields: u16, maps }),
  "multipartRequest/tableFeatures": asked("tableFeatures", tableFeatures),
  "multipartRequest/flow": asked("flow", flowRequest),
  "multipartRequest/aggregate": asked("aggregate", flowRequest),
  "multipartRequest/portStats": asked("portStats", record({ portNo })),
  "multipartRequest/queueStats": asked("queueStats", record({ portNo, queueId: u32 })),
  "multipartRequest/flowMonitor": asked("flowMonitor", monitors),
  "multipartReply/flow": some(flowReply).map((body) => ({
    type: "multipartReply",
    multipart: "flow",
    more: false,
    body: body as never,
  })),
  "multipartReply/groupDesc": some(groupDesc).map((body) => ({
    type: "multipartReply",
    multipart: "groupDesc",
    more: false,
    body: body as never,
  })),
};
