import assert from "node:assert/strict";
import { DecodeError, EncodeError } from "../../../src/openflow/codec-errors.ts";
import { decode, encode, type Message, type MessageInput } from "../../../src/openflow/message.ts";
import { oxmFields } from "../../../src/openflow/protocol/oxm-fields.ts";
import type { TableFeatures } from "../../../src/openflow/protocol/table-features.ts";
import { bytesOf, hexOf, recording, transcripts } from "./recordings.ts";

/** What is read from `hex`, without its header; it has to come back as the same bytes. */
function read(hex: string): object {
  const message = decode(bytesOf(hex));
  assert.equal(hexOf(encode(message)), hex);
  const { version: _version, xid: _xid, ...rest } = message;
  return rest;
}

function refused(hex: string, field: string): void {
  assert.throws(
    () => decode(bytesOf(hex)),
    (error) => error instanceof DecodeError && error.field === field,
  );
}

describe("Every standard message beside flows", () => {
  it("is named wherever the switch's sessions have one", () => {
    const seen = new Set<string>();
    for (const { from, bytes } of transcripts) {
      const message = decode(bytes);
      assert.notEqual(message.type, "raw", from);
      if ("multipart" in message) {
        seen.add(`${message.type} ${message.multipart}`);
        assert.ok(message.multipart !== "raw" || message.body.number === 0xffff, from);
      } else {
        seen.add(message.type);
      }
    }
    const expected = ["groupMod", "meterMod", "portMod", "queueGetConfigRequest", "queueGetConfigReply"];
    const kinds = [
      "queueStats",
      "groupStats",
      "groupDesc",
      "groupFeatures",
      "meterStats",
      "meterConfig",
      "meterFeatures",
      "tableFeatures",
    ];
    for (const direction of ["multipartRequest", "multipartReply"]) {
      expected.push(...kinds.map((kind) => `${direction} ${kind}`));
    }
    assert.deepEqual(
      expected.filter((name) => !seen.has(name)),
      [],
    );
  });
});

describe("A group", () => {
  it("is read with its buckets", () => {
    assert.deepEqual(
      read(
        "040f00600000000200000100000000020020000affffffffffffffff000000000000001000000001000000000000000000300014" +
          "ffffffffffffffff000000000019001080000606001122334455000000000010000000020000000000000000",
      ),
      {
        type: "groupMod",
        command: "add",
        groupType: "select",
        groupId: 2,
        buckets: [
          {
            weight: 10,
            watchPort: 0xffffffff,
            watchGroup: 0xffffffff,
            actions: [{ type: "output", port: 1, maxLen: 0 }],
          },
          {
            weight: 20,
            watchPort: 0xffffffff,
            watchGroup: 0xffffffff,
            actions: [
              { type: "setField", oxm: { field: "ethDst", value: "00:11:22:33:44:55" } },
              { type: "output", port: 2, maxLen: 0 },
            ],
          },
        ],
      },
    );
  });

  it("has the watched port of each bucket, and in a bundle is read as it is outside", () => {
    const inner =
      "040f00300000000200000300000000150020000000000007000000080000000000000010000000010000000000000000";
    const outside = read(inner);
    const message = decode(bytesOf(`04040048000000024f4e4600000008fd0000000000000003${inner}`));
    assert.equal(message.type, "bundleAdd");
    assert.deepEqual(message.type === "bundleAdd" && message.message, {
      version: 4,
      xid: 2,
      ...outside,
      groupType: "fastFailover",
    });
    assert.deepEqual(outside, {
      type: "groupMod",
      command: "add",
      groupType: "fastFailover",
      groupId: 21,
      buckets: [
        { weight: 0, watchPort: 7, watchGroup: 8, actions: [{ type: "output", port: 1, maxLen: 0 }] },
      ],
    });
  });

  it("is refused with a bucket whose length can't be", () => {
    for (const length of ["0000", "000f", "0011", "0018", "ffff"]) {
      refused(
        `040f0020000000020000000000000001${length}0000ffffffffffffffff00000000`,
        "groupMod.buckets[0].length",
      );
    }
  });

  it("has a command or a type without a name as a number", () => {
    assert.deepEqual(read("040f001000000002000309000000000c"), {
      type: "groupMod",
      command: 3,
      groupType: 9,
      groupId: 12,
      buckets: [],
    });
  });
});

describe("A meter", () => {
  it("is read with every kind of band", () => {
    assert.deepEqual(
      read(
        "041d00580000000200010005000000010001001000000064000000c800000000" +
          "00020010000000050000000603000000" +
          "ffff0018000000010000000200002320aaaaaaaaaaaaaaaa" +
          "0007001000000001000000020000000300000000".slice(0, 32),
      ),
      {
        type: "meterMod",
        command: "modify",
        flags: 5,
        meterId: 1,
        bands: [
          { type: "drop", rate: 100, burstSize: 200 },
          { type: "dscpRemark", rate: 5, burstSize: 6, precLevel: 3 },
          {
            type: "experimenter",
            rate: 1,
            burstSize: 2,
            experimenter: 0x2320,
            data: new Uint8Array(8).fill(0xaa),
          },
          { type: "raw", number: 7, data: bytesOf("000000010000000200000003") },
        ],
      },
    );
  });

  it("is refused with statistics whose length, after the meter's number, can't be", () => {
    for (const length of ["0000", "0027", "0029", "ffff"]) {
      refused(
        `0413003800000002000900000000000000000001${length}${"00".repeat(34)}`,
        "multipartReply.body[0].length",
      );
    }
  });

  it("can't have an experimenter's band of a length that would come back longer", () => {
    const band = { type: "experimenter", rate: 1, burstSize: 1, experimenter: 1, data: new Uint8Array(7) };
    assert.throws(
      () => encode({ type: "meterMod", command: "add", flags: 1, meterId: 1, bands: [band] } as MessageInput),
      (error) => error instanceof EncodeError && error.field === "meterMod.bands[0].data",
    );
  });
});

describe("A queue", () => {
  it("is read with its rates", () => {
    const hex =
      "0417005000000002000000010000000000000005000000010040000000000000" +
      "0001001000000000006400000000000000020010000000000384000000000000" +
      "ffff0010000000000000232000000000";
    assert.deepEqual(read(hex), {
      type: "queueGetConfigReply",
      portNo: 1,
      queues: [
        {
          queueId: 5,
          portNo: 1,
          properties: [
            { type: "minRate", rate: 100 },
            { type: "maxRate", rate: 900 },
            { type: "experimenter", experimenter: 0x2320, data: new Uint8Array(0) },
          ],
        },
      ],
    });
  });
});

describe("A role", () => {
  it("is read with its generation", () => {
    assert.deepEqual(read("0418001800000001000000020000000000000000000000ff"), {
      type: "roleRequest",
      role: "master",
      generationId: 255n,
    });
  });
});

describe("What a switch tells asynchronously", () => {
  it("is a mask for each kind of message and role", () => {
    assert.deepEqual(read("041b002000000001000000070000000100000007000000020000000f00000003"), {
      type: "getAsyncReply",
      packetInMaster: 7,
      packetInSlave: 1,
      portStatusMaster: 7,
      portStatusSlave: 2,
      flowRemovedMaster: 15,
      flowRemovedSlave: 3,
    });
  });
});

interface Transcript {
  cmd: string;
  messages: { dir: string; hex: string }[];
}

describe("The features of Open vSwitch's tables", () => {
  const parts = recording<Transcript[]>("ovs31-transcripts-of13")
    .filter(({ cmd }) => cmd.includes("dump-table-features"))
    .flatMap(({ messages }) =>
      messages.filter(({ dir }) => dir === "s2c").map(({ hex }) => decode(bytesOf(hex))),
    );
  const tables = parts.flatMap((part: Message) =>
    "multipart" in part && part.type === "multipartReply" && part.multipart === "tableFeatures"
      ? part.body
      : [],
  );

  it("come in 20 parts with 254 tables", () => {
    assert.equal(parts.length, 20);
    assert.deepEqual(
      tables.map(({ tableId }) => tableId),
      Array.from({ length: 254 }, (_, tableId) => tableId),
    );
  });

  it("name every field they list, under whichever of its headers", () => {
    const ids = tables.flatMap(({ properties }) =>
      properties.flatMap((one) => ("fields" in one ? one.fields : [])),
    );
    assert.deepEqual(
      ids.filter(({ field }) => field === "raw"),
      [],
    );
    const others = new Set(
      ids.flatMap((id) => (id.field !== "raw" && id.wireName !== undefined ? [id.wireName] : [])),
    );
    assert.ok(others.has("NXM_OF_IN_PORT"), [...others].join());
    assert.ok(
      ids.some(({ field }) => field === "nshSpi") && ids.some(({ field }) => field === "tunErspanIdx"),
    );
  });

  it("come back as the same bytes, whatever headers fields go under", () => {
    const listed = oxmFields.flatMap(({ name, bytes, wire }) =>
      wire.flatMap((header, i) =>
        [false, true].map((masked) => {
          const size = (header.bytes ?? bytes) * (masked ? 2 : 1);
          const id = header.experimenter?.toString(16).padStart(8, "0") ?? "";
          const words = [header.class >> 8, header.class & 0xff, header.number * 2 + Number(masked)];
          const hex = hexOf(Uint8Array.from([...words, size + id.length / 2])) + id;
          return {
            hex,
            id: i === 0 ? { field: name, masked } : { field: name, masked, wireName: header.name },
          };
        }),
      ),
    );
    const fields = listed.map(({ id }) => id);
    const table: TableFeatures = {
      tableId: 0,
      name: "",
      metadataMatch: 0n,
      metadataWrite: 0n,
      config: 0,
      maxEntries: 0,
      properties: [{ type: "match", fields }],
    };
    const reply = encode({
      type: "multipartReply",
      multipart: "tableFeatures",
      more: false,
      body: [table],
    });
    assert.ok(hexOf(reply).includes(listed.map(({ hex }) => hex).join("")));
    const message = decode(reply);
    assert.deepEqual("body" in message ? message.body : undefined, [table]);
  });

  it("name what the first table does", () => {
    const [first] = tables;
    assert.equal(first?.maxEntries, 1_000_000);
    assert.equal(first.metadataMatch, 0xffff_ffff_ffff_ffffn);
    assert.deepEqual(
      first.properties.map(({ type }) => type),
      [
        "instructions",
        "nextTables",
        "writeActions",
        "writeSetField",
        "applyActions",
        "applySetField",
        "instructionsMiss",
        "nextTablesMiss",
        "writeActionsMiss",
        "writeSetFieldMiss",
        "applyActionsMiss",
        "applySetFieldMiss",
        "match",
        "wildcards",
      ],
    );
    assert.deepEqual(first.properties[0], {
      type: "instructions",
      instructions: ["gotoTable", "writeMetadata", "writeActions", "applyActions", "clearActions", "meter"],
    });
    assert.deepEqual(first.properties[1], {
      type: "nextTables",
      tableIds: Array.from({ length: 253 }, (_, i) => i + 1),
    });
    const match = first.properties.find(({ type }) => type === "match");
    assert.ok(match !== undefined && "fields" in match);
    assert.ok(match.fields.some((id) => id.field === "metadata" && id.masked));
    assert.ok(match.fields.some((id) => id.field === "ipProto" && !id.masked));
  });

  it("are refused with a property that leaves its table", () => {
    const table = `004805${"00".repeat(61)}`;
    assert.deepEqual(
      decode(bytesOf(`0413005800000002000c000000000000${table}00020005010000aa`)).type,
      "multipartReply",
    );
    refused(
      `0413005800000002000c000000000000${table}0002000901000000`,
      "multipartReply.body[0].properties[0].length",
    );
    refused(
      `0413005800000002000c000000000000${table}0000000800010003`,
      "multipartReply.body[0].properties[0].instructions[0].length",
    );
  });
});
