import assert from "node:assert/strict";
import { DecodeError, EncodeError } from "../../../src/openflow/codec-errors.ts";
import { decode, encode, type Message, type MessageInput } from "../../../src/openflow/message.ts";
import { asynchronous, bytesOf, hexOf, transcripts } from "./recordings.ts";

/** The body of an experimenter message with Nicira's id, as a whole message. */
function nicira(type: number, body: string): string {
  const length = (16 + body.length / 2).toString(16).padStart(4, "0");
  return `0404${length}0000000100002320${type.toString(16).padStart(8, "0")}${body}`;
}

/** What is read from `hex`, without its header; it has to come back as the same bytes. */
function read(hex: string): object {
  const message = decode(bytesOf(hex));
  assert.equal(hexOf(encode(message)), hex);
  const { version: _version, xid: _xid, ...rest } = message;
  return rest;
}

/** The one message recorded under that scenario. */
function sent(scenario: string): object {
  const found = asynchronous.find(({ from }) => from.startsWith(scenario));
  assert.ok(found !== undefined, scenario);
  return read(hexOf(found.bytes));
}

/** An IPv4 address in the place of an IPv6 one, both as hex. */
function v4(address: string): string {
  return `00000000000000000000ffff${address}`;
}

function refused(hex: string, field: string): void {
  assert.throws(
    () => decode(bytesOf(hex)),
    (error) => error instanceof DecodeError && error.field === field,
    field,
  );
}

describe("What Open vSwitch 3.1 sent", () => {
  it("is read as it printed it: a packet with its metadata", () => {
    const message = sent("NXT_PACKET_IN2:") as { type: string; properties: { type: string }[] };
    assert.equal(message.type, "packetIn2");
    const [packet, ...rest] = message.properties;
    assert.equal(packet?.type, "packet");
    assert.deepEqual(rest.slice(0, 3), [
      { type: "tableId", tableId: 5 },
      { type: "cookie", cookie: 0xabcdn },
      { type: "reason", reason: "action" },
    ]);
    assert.equal(rest[3]?.type, "metadata");
  });

  it("is read as it printed it: where a paused packet was", () => {
    const message = sent("NXT_PACKET_IN2 userdata+pause") as { properties: { type: string }[] };
    assert.deepEqual(message.properties.slice(-2), [
      {
        type: "continuation",
        properties: [
          { type: "bridge", uuid: bytesOf("17c4733cde4a06f576eca0a8c9e590f8") },
          { type: "tableId", tableId: 5 },
          { type: "cookie", cookie: 0xabcdn },
          { type: "actions", actions: [{ type: "output", port: 2, maxLen: 0 }] },
          { type: "odpPort", odpPort: 1 },
        ],
      },
      { type: "userdata", data: bytesOf("010203040506") },
    ]);
  });

  it("is read as it printed it: a role that another controller took", () => {
    assert.deepEqual(sent("role status"), {
      type: "roleStatus",
      role: "slave",
      reason: "masterRequest",
      generationId: 11n,
      properties: new Uint8Array(0),
    });
  });

  it("is read as it printed it: tunnel options, a zone to be flushed, IPFIX", () => {
    const values = transcripts.map(({ bytes }) => decode(bytes));
    const of = (type: string): Message[] => values.filter((value) => value.type === type);
    const map = { optionClass: 0xffff, optionType: 0, optionLen: 4, index: 0 };
    const mods = of("tlvTableMod").map((value) => ("maps" in value ? value.maps : undefined));
    assert.deepEqual(mods, [[map], []]);
    assert.equal(of("tlvTableRequest").length, 2);
    const [empty, filled] = of("tlvTableReply");
    assert.ok(empty?.type === "tlvTableReply" && filled?.type === "tlvTableReply");
    assert.deepEqual([empty.maxOptionSpace, empty.maxFields, empty.maps], [256, 64, []]);
    assert.deepEqual(filled.maps, [map]);
    const [flush] = of("ctFlushZone");
    assert.ok(flush?.type === "ctFlushZone" && flush.zoneId === 5);
    const asked = new Set(of("multipartRequest").map((value) => "multipart" in value && value.multipart));
    assert.ok(asked.has("ipfixBridge") && asked.has("ipfixFlow"));
  });
});

describe("A message of Open vSwitch's own", () => {
  // Each was printed by ovs-ofctl as the value says, or recorded from it.
  it("is a flow mod with the table beside the command, instructions and a padded match", () => {
    const match = "000600000000000080000a0208000000";
    const instruction = "000400180000000000000010000000020000000000000000";
    assert.deepEqual(
      read(nicira(13, `00000000000000aa0200000a00148000ffffffffffff0001${match}${instruction}`)),
      {
        type: "nxFlowMod",
        cookie: 0xaan,
        tableId: 2,
        command: "add",
        idleTimeout: 10,
        hardTimeout: 20,
        priority: 0x8000,
        bufferId: 0xffff_ffff,
        outPort: 0xffff,
        flags: 1,
        match: [{ field: "ethType", value: 0x0800 }],
        instructions: [{ type: "applyActions", actions: [{ type: "output", port: 2, maxLen: 0 }] }],
      },
    );
  });

  it("is a removed flow whose table is one less than the wire says", () => {
    const body = "00000000000000aa800001030000000100000002000800080000000000000007000000000000000880000004";
    const hex = nicira(14, `${body}00000001`);
    const flow = read(hex);
    assert.ok("tableId" in flow && flow.tableId === 2);
    assert.ok("match" in flow && "reason" in flow && flow.reason === "hardTimeout");
    assert.deepEqual(flow.match, [{ field: "inPort", value: 1 }]);
    const unknown = decode(bytesOf(hex.replace("80000103", "80000100")));
    assert.ok(unknown.type === "nxFlowRemoved" && unknown.tableId === 255);
    refused(hex.replace("00080008", "00080100"), "nxFlowRemoved.match");
  });

  it("is a removed flow no longer when more than padding follows its match", () => {
    const body = "00000000000000aa800001030000000100000002000800000000000000000007000000000000000880000004";
    const message = decode(bytesOf(nicira(14, `${body}00000001`)));
    assert.ok(message.type === "raw" && message.number === 4);
  });

  it("is a packet in Nicira's first form", () => {
    const head = "ffffffff001001050000000000000aaa0008000000000000";
    const data = "01020304050607080910111213140800";
    assert.deepEqual(read(nicira(17, `${head}80000004000000010000${data}`)), {
      type: "nxPacketIn",
      bufferId: 0xffff_ffff,
      totalLen: 16,
      reason: "action",
      tableId: 5,
      cookie: 0xaaan,
      match: [{ field: "inPort", value: 1 }],
      data: bytesOf(data),
    });
    refused(
      nicira(17, `${head.replace("00080000", "00100000")}80000004000000010000`),
      "nxPacketIn.match.length",
    );
  });

  it("flushes connections by zone and tuple, addresses as text of either kind", () => {
    const tuple = `00000014${v4("0a010101")}0000000000010014${v4("0a010102")}00000000`;
    const ports = "00020008000200000003000800010000";
    assert.deepEqual(read(nicira(32, `11000000000000000000004800000000${tuple}${ports}0002000800050000`)), {
      type: "ctFlush",
      ipProto: 17,
      properties: [
        {
          type: "origTuple",
          properties: [
            { type: "src", address: "10.1.1.1" },
            { type: "dst", address: "10.1.1.2" },
            { type: "srcPort", port: 2 },
            { type: "dstPort", port: 1 },
          ],
        },
        { type: "zone", zoneId: 5 },
      ],
    });
    const v6 = "fc000000000000000000000000000003";
    assert.deepEqual(read(nicira(32, `3a00000000000000000100200000000000000014${v6}00000000`)), {
      type: "ctFlush",
      ipProto: 58,
      properties: [{ type: "replyTuple", properties: [{ type: "src", address: "fc00::3" }] }],
    });
  });

  it("is refused where an address is none", () => {
    for (const address of ["10.1.1", "fc00::1::2", "", 7 as unknown as string]) {
      const message: MessageInput = {
        type: "ctFlush",
        ipProto: 6,
        properties: [{ type: "origTuple", properties: [{ type: "dst", address }] }],
      };
      assert.throws(
        () => encode(message),
        (error) =>
          error instanceof EncodeError && error.field === "ctFlush.properties[0].properties[0].address",
        address,
      );
    }
  });

  it("forwards another controller's request as a message in a message", () => {
    const forwarded = decode(bytesOf("04040020000000014f4e46000000092e041d0010000000070002000100000001"));
    assert.ok(forwarded.type === "requestForward" && forwarded.message.type === "meterMod");
    assert.deepEqual([forwarded.message.xid, forwarded.message.command], [7, "delete"]);
    refused(
      "04040020000000014f4e46000000092e041d0020000000070002000100000001",
      "requestForward.message.length",
    );
  });

  it("is refused with the field's name where a property is longer than what holds it", () => {
    refused(nicira(30, "0003000605000000"), "packetIn2.properties[0]");
    refused(nicira(30, "0003001005000000"), "packetIn2.properties[0].length");
    refused(nicira(28, "00080010000000008004000600000000"), "resume.properties[0].properties[0]");
  });
});
