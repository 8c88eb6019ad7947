import assert from "node:assert/strict";
import { EncodeError } from "../../../src/openflow/codec-errors.ts";
import { decode, encode, type MessageInput } from "../../../src/openflow/message.ts";
import { type FlowMod, flowMod } from "../../../src/openflow/protocol/flow-mod.ts";
import { bytesOf, hexOf } from "./recordings.ts";

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
