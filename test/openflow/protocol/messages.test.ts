import assert from "node:assert/strict";
import fc, { type Arbitrary } from "fast-check";
import { EncodeError } from "../../../src/openflow/codec-errors.ts";
import { decode, encode, type Message, type MessageInput } from "../../../src/openflow/message.ts";
import { type FlowMod, flowMod } from "../../../src/openflow/protocol/flow-mod.ts";
import {
  actions,
  flowMod as anyFlowMod,
  bytes,
  flowStats,
  instructions,
  match,
  nameOr,
  portDesc,
  record,
  text,
  u8,
  u16,
  u32,
  u64,
} from "./arbitraries.ts";
import { bytesOf, hexOf } from "./recordings.ts";

type Body<T extends Message["type"]> = Omit<Extract<Message, { type: T }>, "version" | "type" | "xid">;

function messageOf<T extends Message["type"]>(type: T, body: Arbitrary<Body<T>>): Arbitrary<Message> {
  return fc.tuple(u32, body).map(([xid, rest]) => ({ version: 4, type, xid, ...rest }) as unknown as Message);
}

function nothing(type: Message["type"]): Arbitrary<Message> {
  return u32.map((xid) => ({ version: 4, type, xid }) as Message);
}

function multipart(
  type: "multipartRequest" | "multipartReply",
  kind: string,
  body: Arbitrary<unknown>,
): Arbitrary<Message> {
  return fc
    .tuple(u32, fc.boolean(), body)
    .map(([xid, more, b]) => ({ version: 4, type, xid, multipart: kind, more, body: b }) as Message);
}

const flowStatsRequest = record({
  tableId: u8,
  outPort: u32,
  outGroup: u32,
  cookie: u64,
  cookieMask: u64,
  match,
});
const rawMultipart = record({ number: fc.integer({ min: 14, max: 0xfffe }), data: bytes(0, 64) });
const fullUpdate = record({
  event: fc.constantFrom("added", "deleted", "modified"),
  reason: u16,
  priority: u16,
  idleTimeout: u16,
  hardTimeout: u16,
  tableId: u8,
  cookie: u64,
  match,
  instructions,
});
const flowUpdate = fc.oneof(
  fullUpdate,
  u32.map((xid) => ({ event: "abbreviated", xid })),
  record({
    event: fc.constant("raw"),
    number: fc.integer({ min: 4, max: 0xffff }),
    data: fc.nat(3).chain((n) => bytes(8 * n + 4)),
  }),
);
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
const versions = fc.uniqueArray(fc.nat(255), { maxLength: 8 }).map((list) => list.toSorted((a, b) => a - b));

const flowModMessage = messageOf("flowMod", anyFlowMod);

const kinds: Readonly<Record<string, Arbitrary<Message>>> = {
  hello: messageOf(
    "hello",
    record({
      elements: fc.array(
        fc.oneof(
          versions.map((list) => ({ type: "versionBitmap" as const, versions: list })),
          record({
            type: fc.constant("raw" as const),
            number: fc.integer({ min: 2, max: 0xffff }),
            data: bytes(0, 13),
          }),
        ),
        { maxLength: 3 },
      ),
    }),
  ),
  error: messageOf(
    "error",
    fc
      .record({ errorType: fc.integer({ min: 40, max: 99 }), errorCode: u16, data: bytes(0, 80) })
      .map((e) => ({ ...e, name: `unknown ${e.errorType}/${e.errorCode}` })),
  ),
  "an experimenter's error": messageOf(
    "error",
    fc
      .record({
        errorCode: fc.integer({ min: 5_000, max: 0xffff }),
        experimenter: fc.constant(0x2320),
        data: bytes(0, 80),
      })
      .map((e) => ({ ...e, errorType: 0xffff, name: `unknown 0x2320/${e.errorCode}` })),
  ),
  echoRequest: messageOf("echoRequest", record({ data: bytes(0, 100) })),
  echoReply: messageOf("echoReply", record({ data: bytes(0, 100) })),
  experimenter: messageOf(
    "experimenter",
    record({ experimenter: fc.nat(0x2000), expType: u32, data: bytes(0, 100) }),
  ),
  featuresRequest: nothing("featuresRequest"),
  featuresReply: messageOf(
    "featuresReply",
    record({
      datapathId: u64,
      nBuffers: u32,
      nTables: u8,
      auxiliaryId: u8,
      capabilities: u32,
      reserved: u32,
    }),
  ),
  getConfigRequest: nothing("getConfigRequest"),
  getConfigReply: messageOf("getConfigReply", record({ flags: u16, missSendLen: u16 })),
  setConfig: messageOf("setConfig", record({ flags: u16, missSendLen: u16 })),
  packetIn: messageOf(
    "packetIn",
    record({
      bufferId: u32,
      totalLen: u16,
      reason: nameOr(["noMatch", "action", "invalidTtl"] as const, 0xff),
      tableId: u8,
      cookie: u64,
      match,
      data: bytes(0, 200),
    }),
  ),
  flowRemoved: messageOf(
    "flowRemoved",
    record({
      cookie: u64,
      priority: u16,
      reason: nameOr(["idleTimeout", "hardTimeout", "delete", "groupDelete"] as const, 0xff),
      tableId: u8,
      durationSec: u32,
      durationNsec: u32,
      idleTimeout: u16,
      hardTimeout: u16,
      packetCount: u64,
      byteCount: u64,
      match,
    }),
  ),
  portStatus: messageOf(
    "portStatus",
    record({ reason: nameOr(["add", "delete", "modify"] as const, 0xff), desc: portDesc }),
  ),
  packetOut: messageOf("packetOut", record({ bufferId: u32, inPort: u32, actions, data: bytes(0, 200) })),
  flowMod: flowModMessage,
  barrierRequest: nothing("barrierRequest"),
  barrierReply: nothing("barrierReply"),
  bundleControl: messageOf(
    "bundleControl",
    record({
      bundleId: u32,
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
        ] as const,
        0xffff,
      ),
      flags: u16,
      properties: bytes(0, 16),
    }),
  ),
  bundleAdd: messageOf(
    "bundleAdd",
    record({ bundleId: u32, flags: u16, message: flowModMessage, properties: bytes(0, 16) }),
  ),
  flowMonitorCancel: messageOf("flowMonitorCancel", record({ monitorId: u32 })),
  flowMonitorPaused: nothing("flowMonitorPaused"),
  flowMonitorResumed: nothing("flowMonitorResumed"),
  raw: messageOf("raw", record({ number: fc.integer({ min: 30, max: 0xff }), body: bytes(0, 100) })),
  "a request for desc": multipart("multipartRequest", "desc", fc.constant(undefined)),
  "a request for table": multipart("multipartRequest", "table", fc.constant(undefined)),
  "a request for portDesc": multipart("multipartRequest", "portDesc", fc.constant(undefined)),
  "a request for flow": multipart("multipartRequest", "flow", flowStatsRequest),
  "a request for aggregate": multipart("multipartRequest", "aggregate", flowStatsRequest),
  "a request for portStats": multipart("multipartRequest", "portStats", record({ portNo: u32 })),
  "a request for flowMonitor": multipart(
    "multipartRequest",
    "flowMonitor",
    fc.array(record({ monitorId: u32, flags: u16, outPort: u32, tableId: u8, match }), { maxLength: 3 }),
  ),
  "a request for something else": multipart("multipartRequest", "raw", rawMultipart),
  "a reply about desc": multipart(
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
  "a reply about flow": multipart("multipartReply", "flow", fc.array(flowStats, { maxLength: 4 })),
  "a reply about aggregate": multipart(
    "multipartReply",
    "aggregate",
    record({ packetCount: u64, byteCount: u64, flowCount: u32 }),
  ),
  "a reply about table": multipart(
    "multipartReply",
    "table",
    fc.array(record({ tableId: u8, activeCount: u32, lookupCount: u64, matchedCount: u64 }), {
      maxLength: 5,
    }),
  ),
  "a reply about portStats": multipart("multipartReply", "portStats", fc.array(portStats, { maxLength: 4 })),
  "a reply about portDesc": multipart("multipartReply", "portDesc", fc.array(portDesc, { maxLength: 4 })),
  "a reply about flowMonitor": multipart(
    "multipartReply",
    "flowMonitor",
    fc.array(flowUpdate, { maxLength: 4 }),
  ),
  "a reply about something else": multipart("multipartReply", "raw", rawMultipart),
};

describe("Every message", () => {
  for (const [kind, arbitrary] of Object.entries(kinds)) {
    it(`comes back whatever it says: ${kind}`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          const encoded = encode(message);
          assert.deepStrictEqual(decode(encoded), message);
          assert.equal(hexOf(encode(decode(encoded))), hexOf(encoded));
        }),
        { numRuns: 100 },
      );
    });

    it(`holds nothing of the memory it was read from: ${kind}`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          const memory = new Uint8Array(encode(message));
          const decoded = decode(memory);
          memory.fill(0xa5);
          assert.deepStrictEqual(decoded, message);
        }),
        { numRuns: 20 },
      );
    });
  }

  it("is in those tests", () => {
    const types = Object.values(kinds).map((arbitrary) => fc.sample(arbitrary, 1)[0]?.type);
    assert.equal(new Set(types).size, 25);
  });
});

function flowWith(given: Partial<FlowMod>): MessageInput {
  return { type: "flowMod", ...flowMod(), ...given };
}

const output = (port: number): FlowMod["instructions"] => [
  { type: "clearActions" },
  { type: "applyActions", actions: [{ type: "popVlan" }, { type: "output", port, maxLen: 0 }] },
];

describe("Encoding", () => {
  it("fills in the version and the xid that were left out", () => {
    assert.equal(hexOf(encode({ type: "barrierRequest" })), "0414000800000000");
    assert.equal(hexOf(encode({ type: "barrierRequest", version: 1, xid: 7 })), "0114000800000007");
  });

  it("gives memory that later calls don't touch", () => {
    const first = encode({ type: "echoRequest", data: Uint8Array.of(1, 2, 3) });
    const copy = hexOf(first);
    for (let i = 0; i < 300; i++) {
      encode({ type: "echoRequest", data: new Uint8Array(100).fill(i) });
    }
    assert.equal(hexOf(first), copy);
  });

  it("works while another message is being encoded", () => {
    const inner = { type: "barrierRequest" } as const;
    let within = "";
    const message = {
      type: "echoRequest" as const,
      get data(): Uint8Array {
        within = hexOf(encode(inner));
        return Uint8Array.of(9);
      },
    };
    assert.equal(hexOf(encode(message)), "040200090000000009");
    assert.equal(within, "0414000800000000");
  });

  it("takes messages of up to 65535 bytes and refuses longer ones", () => {
    assert.equal(encode({ type: "echoRequest", data: new Uint8Array(65_527) }).length, 65_535);
    assert.throws(() => encode({ type: "echoRequest", data: new Uint8Array(65_528) }), /65535|65536/);
    assert.throws(() => encode({ type: "echoRequest", data: new Uint8Array(10_000_000) }), EncodeError);
  });

  it("still works after a refusal", () => {
    assert.throws(() => encode({ type: "echoRequest", data: new Uint8Array(70_000) }), EncodeError);
    assert.equal(hexOf(encode({ type: "barrierRequest", xid: 1 })), "0414000800000001");
  });

  const wrong: readonly [what: string, message: unknown, field: string, text: RegExp][] = [
    [
      "a port out of range",
      flowWith({ instructions: output(-5) }),
      "flowMod.instructions[1].actions[1].port",
      /0 to 4294967295, not -5/,
    ],
    ["a table out of range", flowWith({ tableId: 256 }), "flowMod.tableId", /0 to 255, not 256/],
    [
      "a cookie that is no bigint",
      flowWith({ cookie: 1 as unknown as bigint }),
      "flowMod.cookie",
      /bigint, not 1/,
    ],
    [
      "a command nobody knows",
      flowWith({ command: "insert" as "add" }),
      "flowMod.command",
      /one of add, modify/,
    ],
    [
      "no match",
      flowWith({ match: undefined as unknown as [] }),
      "flowMod.match",
      /list of match fields, not nothing/,
    ],
    [
      "no instructions",
      flowWith({ instructions: undefined as unknown as [] }),
      "flowMod.instructions",
      /must be a list/,
    ],
    [
      "an instruction nobody knows",
      flowWith({ instructions: [{ type: "stop" } as never] }),
      "flowMod.instructions[0].type",
      /one of gotoTable/,
    ],
    [
      "an action nobody knows",
      flowWith({ instructions: [{ type: "writeActions", actions: [{ type: "drop" } as never] }] }),
      "flowMod.instructions[0].actions[0].type",
      /"drop"/,
    ],
    [
      "an action that is none",
      flowWith({ instructions: [{ type: "writeActions", actions: [undefined as never] }] }),
      "flowMod.instructions[0].actions[0]",
      /undefined/,
    ],
    [
      "a field set to no address",
      flowWith({
        instructions: [
          { type: "applyActions", actions: [{ type: "setField", oxm: { field: "ipv4Src", value: "x" } }] },
        ],
      }),
      "flowMod.instructions[0].actions[0].oxm.value",
      /IPv4/,
    ],
    [
      "a field set with a mask of nothing",
      flowWith({
        instructions: [
          {
            type: "applyActions",
            actions: [{ type: "setField", oxm: { field: "ipv4Src", value: "0.0.0.0", mask: "0.0.0.0" } }],
          },
        ],
      }),
      "flowMod.instructions[0].actions[0].oxm.mask",
      /sets no bit/,
    ],
    [
      "65 bits loaded",
      flowWith({
        instructions: [
          {
            type: "applyActions",
            actions: [{ type: "regLoad", ofs: 0, nBits: 65, dst: "NXM_NX_REG0", value: 0n }],
          },
        ],
      }),
      "flowMod.instructions[0].actions[0].nBits",
      /1 to 64/,
    ],
    [
      "bits loaded from 1024 on",
      flowWith({
        instructions: [
          {
            type: "applyActions",
            actions: [{ type: "regLoad", ofs: 1_024, nBits: 1, dst: "NXM_NX_REG0", value: 0n }],
          },
        ],
      }),
      "flowMod.instructions[0].actions[0].ofs",
      /0 to 1023/,
    ],
    [
      "a subfield nobody knows",
      flowWith({
        instructions: [
          {
            type: "applyActions",
            actions: [{ type: "regLoad", ofs: 0, nBits: 1, dst: "NXM_NX_REG99", value: 0n }],
          },
        ],
      }),
      "flowMod.instructions[0].actions[0].dst",
      /"NXM_NX_REG99"/,
    ],
    [
      "actions of more than a list can hold",
      flowWith({
        instructions: [
          {
            type: "applyActions",
            actions: Array.from({ length: 5_000 }, (_, port) => ({
              type: "output" as const,
              port,
              maxLen: 0,
            })),
          },
        ],
      }),
      "flowMod.instructions[0].actions[4091]",
      /65535/,
    ],
    ["a message nobody knows", { type: "goodbye" }, "goodbye.type", /one of hello/],
    [
      "a multipart nobody knows",
      { type: "multipartRequest", multipart: "queue", more: false, body: undefined },
      "multipartRequest.multipart",
      /one of desc/,
    ],
    [
      "a raw message without a number",
      { type: "raw", body: new Uint8Array(0) },
      "raw.number",
      /0 to 255, not nothing/,
    ],
    [
      "a version in a bitmap that is none",
      { type: "hello", elements: [{ type: "versionBitmap", versions: [4, -1] }] },
      "hello.elements[0].versions[1]",
      /a version number, not -1/,
    ],
    [
      "a match in a monitor",
      {
        type: "multipartRequest",
        multipart: "flowMonitor",
        more: false,
        body: [
          { monitorId: 1, flags: 1, outPort: 1, tableId: 0, match: [{ field: "vlanVid", value: 9_999 }] },
        ],
      },
      "multipartRequest.body[0].match[0].value",
      /0 to 4095/,
    ],
    [
      "a message in a bundle",
      {
        type: "bundleAdd",
        bundleId: 1,
        flags: 0,
        message: { version: 4, xid: 1, type: "setConfig", flags: 0, missSendLen: -1 },
        properties: new Uint8Array(0),
      },
      "bundleAdd.message.missSendLen",
      /not -1/,
    ],
    [
      "an xid out of range",
      { type: "barrierRequest", xid: 2 ** 32 },
      "barrierRequest.xid",
      /0 to 4294967295/,
    ],
  ];
  for (const [what, message, field, text] of wrong) {
    it(`names the field it refuses: ${what}`, () => {
      assert.throws(
        () => encode(message as MessageInput),
        (error) => {
          assert.ok(error instanceof EncodeError);
          assert.deepEqual([error.code, error.field], ["ERR_OPENFLOW_ENCODE", field]);
          assert.match(error.message, text);
          return true;
        },
      );
    });
  }
});

describe("The version of a message", () => {
  it("doesn't matter for greetings, errors and echoes: negotiation comes in the peer's own", () => {
    assert.deepEqual(decode(bytesOf("0600000800000e6a")), {
      version: 6,
      type: "hello",
      xid: 0xe6a,
      elements: [],
    });
    assert.deepEqual(decode(bytesOf("06000010000000010001000800000012")), {
      version: 6,
      type: "hello",
      xid: 1,
      elements: [{ type: "versionBitmap", versions: [1, 4] }],
    });
    const refusal = decode(bytesOf("010100100000000000000000" + Buffer.from("no 4").toString("hex")));
    assert.deepEqual(refusal, {
      version: 1,
      type: "error",
      xid: 0,
      errorType: 0,
      errorCode: 0,
      name: "OFPHFC_INCOMPATIBLE",
      data: new Uint8Array(Buffer.from("no 4")),
    });
    assert.equal(decode(bytesOf("0102000800000001")).type, "echoRequest");
  });

  it("keeps any other message of another version raw", () => {
    assert.deepEqual(decode(bytesOf("0105000800000001")), {
      version: 1,
      type: "raw",
      number: 5,
      xid: 1,
      body: new Uint8Array(0),
    });
    assert.equal(decode(bytesOf("060e000800000001")).type, "raw");
  });
});

describe("A multipart message", () => {
  it("with a flag that nobody knows stays raw", () => {
    const hex = "0413001000000003000d000200000000";
    const message = decode(bytesOf(hex));
    assert.equal(message.type, "raw");
    assert.equal(hexOf(encode(message)), hex);
  });

  it("says whether another part follows", () => {
    const message = decode(bytesOf("04130010000000030001000100000000"));
    assert.ok(message.type === "multipartReply" && message.multipart === "flow");
    assert.deepEqual([message.more, message.body], [true, []]);
  });
});
