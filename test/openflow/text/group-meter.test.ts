import assert from "node:assert/strict";
import fc, { type Arbitrary } from "fast-check";
import { decode, encode } from "../../../src/openflow/message.ts";
import type { GroupMod, GroupType } from "../../../src/openflow/protocol/groups.ts";
import type { MeterMod } from "../../../src/openflow/protocol/meters.ts";
import {
  FlowSyntaxError,
  formatGroup,
  formatMeter,
  parseGroup,
  parseMeter,
} from "../../../src/openflow/text/index.ts";
import { record, u16 } from "../protocol/arbitraries.ts";
import { bytesOf, hexOf, recording } from "../protocol/recordings.ts";
import { type Line, refused, sent, strict } from "./groups-meters.ts";

const ports = new Map([
  ["p1", 1],
  ["p2", 2],
]);

/** What is sent for a command of ovs-ofctl, without version, type, length and transaction id. */
function messageOf([command, text]: Line): GroupMod | MeterMod {
  const verb = command.startsWith("add") ? "add" : command.startsWith("mod") ? "modify" : "delete";
  return command.includes("group")
    ? parseGroup(text, { command: verb, ports })
    : parseMeter(text, { command: verb });
}

function hex(line: Line): string {
  const mod = messageOf(line);
  const message =
    "groupType" in mod ? { type: "groupMod" as const, ...mod } : { type: "meterMod" as const, ...mod };
  return hexOf(encode(message).subarray(8));
}

interface Transcript {
  cmd: string;
  stdout: string;
  messages: { dir: string; type: number; hex: string }[];
}

const transcripts = recording<Transcript[]>("ovs31-transcripts-of13");

/** The commands about groups and meters, with what ovs-ofctl sent for them. */
const recorded = transcripts.flatMap(({ cmd, messages }): { line: Line; sent: string }[] => {
  const [, command, text = ""] =
    /^ovs-ofctl -O OpenFlow13 ((?:add|mod|del)-(?:group|meter)s?) BR ?(.*)$/.exec(cmd) ?? [];
  const mod = messages.find(({ dir, type }) => dir === "c2s" && (type === 15 || type === 29));
  return command === undefined || mod === undefined
    ? []
    : [{ line: [command, text], sent: mod.hex.slice(16) }];
});

describe("parseGroup and parseMeter", () => {
  it("read what ovs-ofctl was recorded with, to the bytes it sent", () => {
    assert.equal(recorded.length, 17);
    for (const { line, sent: bytesSent } of recorded) {
      assert.equal(hex(line), bytesSent, line.join(" "));
    }
  });

  for (const line of sent) {
    it(`read ${line.join(" ")}, and their print of it comes to the same`, () => {
      const mod = messageOf(line);
      const text = "groupType" in mod ? formatGroup(mod) : formatMeter(mod);
      assert.deepEqual(messageOf([line[0], text]), mod, text);
    });
  }

  for (const line of [...refused, ...strict]) {
    it(`refuse ${line.join(" ")}`, () => {
      assert.throws(() => messageOf(line), FlowSyntaxError);
    });
  }

  const places: readonly (readonly [Line, number, string])[] = [
    [["add-group", "group_id=1,type=foo"], 17, "foo"],
    [["add-group", "group_id=1,type=all,bucket=output:1,bucket=foo:2"], 44, "foo"],
    [["add-group", "group_id=1,type=all,buckets=output:1"], 21, "buckets"],
    [["add-group", "group_id=1,type=select,selection_method=hash"], 24, "selection_method"],
    [["add-group", "group_id=1,type=ff,bucket=output:1"], 27, "output:1"],
    [["del-groups", "group_id=1,bucket=output:1"], 12, "bucket=output:1"],
    [["add-meter", "meter=1,kbps,bands=type=drop,rate=x"], 35, "x"],
    [["add-meter", "meter=1,kbps,bands=type=drop"], 20, "type"],
    [["add-meter", "meter=1,kbps,pktps"], 14, "pktps"],
    [["del-meter", "meter=1,bands=type=drop"], 9, "bands=type=drop"],
  ];
  for (const [line, column, token] of places) {
    it(`point at column ${column} of ${line.join(" ")}`, () => {
      assert.throws(
        () => messageOf(line),
        (error) => error instanceof FlowSyntaxError && error.column === column && error.token === token,
      );
    });
  }

  it("mean every group and every meter by a delete that names none", () => {
    assert.equal(hex(["del-groups", ""]), "00020000fffffffc");
    assert.equal(hex(["del-meters", ""]), "00020000ffffffff");
  });

  it("never throw anything but a FlowSyntaxError", () => {
    const piece = fc.constantFrom(
      ...'group_id= type=all,ff bucket= bucket weight: watch_port:1 actions= output:1 meter= kbps burst bands= type=drop rate= 1 , ( ) " -> ='.split(
        " ",
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom("add-group", "add-meter"),
        (pieces, command) => {
          try {
            messageOf([command, pieces.join(",")]);
          } catch (error) {
            assert.ok(error instanceof FlowSyntaxError, String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("formatGroup and formatMeter", () => {
  it("print what dump-groups printed", () => {
    for (const { cmd, stdout, messages } of transcripts.filter(({ cmd }) => cmd.includes("dump-groups"))) {
      const reply = decode(bytesOf(messages.at(-1)?.hex ?? ""));
      assert.ok(reply.type === "multipartReply" && reply.multipart === "groupDesc", cmd);
      const [, ...printed] = stdout.trimEnd().split("\n");
      assert.deepEqual(
        reply.body.map((group) => ` ${formatGroup(group)}`),
        printed,
      );
    }
  });

  it("print what dump-meters printed", () => {
    const dump = transcripts.find(({ cmd }) => cmd.includes("dump-meters"));
    const reply = decode(bytesOf(dump?.messages.at(-1)?.hex ?? ""));
    assert.ok(reply.type === "multipartReply" && reply.multipart === "meterConfig");
    const [, ...printed] = (dump?.stdout ?? "").split("\n");
    assert.equal(`${reply.body.map(formatMeter).join("\n\n")}\n`, printed.join("\n"));
  });

  it("print port names where they are given", () => {
    const text = "group_id=1,type=ff,bucket=watch_port:p1,actions=output:p2";
    const names = new Map([...ports].map(([name, port]) => [port, name]));
    assert.equal(formatGroup(parseGroup(text, { ports }), { ports: names }), text);
  });

  it("print what has no syntax in a form that tells what it is", () => {
    const meter: MeterMod = {
      command: "add",
      flags: 0x11,
      meterId: 1,
      bands: [
        { type: "experimenter", rate: 1, burstSize: 2, experimenter: 0x2320, data: new Uint8Array(8) },
        { type: "raw", number: 7, data: new Uint8Array(4) },
      ],
    };
    assert.equal(
      formatMeter(meter),
      "meter=1 kbps flags:0x10 bands=\n" +
        "type=experimenter rate=1 id=0x00002320 data=0x0000000000000000\n" +
        "type=7 data=0x00000000",
    );
    assert.equal(formatGroup({ groupType: 9, groupId: 1, buckets: [] }), "group_id=1,type=unknown");
  });
});

const groupTypes: readonly GroupType[] = ["all", "select", "indirect", "fastFailover"];

const anyGroup: Arbitrary<GroupMod> = fc
  .record({
    groupType: fc.constantFrom(...groupTypes),
    groupId: fc.nat(0xffffff00),
    weights: fc.array(u16, { maxLength: 4 }),
    watchPort: fc.integer({ min: 1, max: 0xfeff }),
    watchGroup: fc.nat(0xffffff00),
    outputs: fc.array(fc.integer({ min: 1, max: 0xfeff }), { maxLength: 3 }),
  })
  .map(({ groupType, groupId, weights, watchPort, watchGroup, outputs }) => ({
    command: "add" as const,
    groupType,
    groupId,
    buckets: weights.slice(0, groupType === "indirect" ? 1 : 4).map((weight) => ({
      weight: groupType === "select" ? weight : 0,
      watchPort,
      watchGroup,
      actions: outputs.map((port) => ({ type: "output" as const, port, maxLen: 0 })),
    })),
  }));

const positive = fc.integer({ min: 1, max: 0xffffffff });

function anyMeter(burst: boolean): Arbitrary<MeterMod> {
  const burstSize = burst ? positive : fc.constant(0);
  const band = fc.oneof(
    record({ type: fc.constant("drop" as const), rate: positive, burstSize }),
    record({
      type: fc.constant("dscpRemark" as const),
      rate: positive,
      burstSize,
      precLevel: fc.integer({ min: 1, max: 255 }),
    }),
  );
  return record({
    command: fc.constantFrom("add" as const, "modify" as const),
    flags: fc.constantFrom(1, 2, 9, 10).map((flags) => flags | (burst ? 4 : 0)),
    meterId: fc.oneof(fc.integer({ min: 1, max: 0xffff0000 }), fc.constantFrom(0xfffffffd, 0xfffffffe)),
    bands: fc.array(band, { minLength: 1, maxLength: 4 }),
  });
}

describe("The text of a group or meter", () => {
  it("is read back as the same group", () => {
    fc.assert(
      fc.property(anyGroup, (group) => {
        assert.deepEqual(parseGroup(formatGroup(group)), group);
      }),
    );
  });

  it("is read back as the same meter", () => {
    fc.assert(
      fc.property(fc.boolean().chain(anyMeter), (meter) => {
        assert.deepEqual(
          parseMeter(formatMeter(meter), { command: meter.command as "add" | "modify" }),
          meter,
        );
      }),
    );
  });
});
