// Files of changes that belong together, and the packets in them.
import assert from "node:assert/strict";
import {
  encode,
  FlowSyntaxError,
  formatPacketOut,
  type PacketOut,
  parseBundleFile,
  parseFlow,
  parseGroup,
  parsePacketOut,
} from "../../../src/openflow/index.ts";
import { recording } from "../protocol/recordings.ts";

const frame = "00112233445500112233445608004500001400000000400066e70a0000010a000002";
const arpFrame = "ffffffffffff00112233445508060001080006040001001122334455c0a80101000000000000c0a80102";
const taggedFrame = `001122334455001122334456810020050800${frame.slice(28)}`;

function assertRefused(read: () => unknown, facts: object, message: RegExp): void {
  assert.throws(read, (error: unknown) => {
    assert.ok(error instanceof FlowSyntaxError);
    for (const [fact, value] of Object.entries(facts)) {
      assert.deepEqual((error as unknown as Record<string, unknown>)[fact], value, fact);
    }
    assert.match(error.message, message);
    return true;
  });
}

describe("parseBundleFile", () => {
  it("reads flows, groups and packets in their order", () => {
    const file = [
      "# a group before the flow that points there",
      "group add group_id=21,type=all,bucket=output:1",
      "",
      "flow add priority=3,actions=group:21  # there",
      "\tflow modify_strict table=1,actions=drop\r",
      "flow delete table=2",
      "flow priority=4,actions=drop",
      "flow,priority=5,actions=drop",
      "group modify group_id=21,type=all",
      "group group_id=22,type=all",
      "group add_or_mod group_id=22,type=all",
      "group delete group_id=22",
      "group delete",
      `packet-out in_port=1,packet=${frame},actions=output:2`,
    ].join("\n");
    assert.deepEqual(parseBundleFile(file), [
      { type: "groupMod", ...parseGroup("group_id=21,type=all,bucket=output:1") },
      { type: "flowMod", ...parseFlow("priority=3,actions=group:21") },
      { type: "flowMod", ...parseFlow("table=1,actions=drop", { command: "modifyStrict" }) },
      { type: "flowMod", ...parseFlow("table=2", { command: "delete" }) },
      { type: "flowMod", ...parseFlow("priority=4,actions=drop") },
      { type: "flowMod", ...parseFlow("priority=5,actions=drop") },
      { type: "groupMod", ...parseGroup("group_id=21,type=all", { command: "modify" }) },
      { type: "groupMod", ...parseGroup("group_id=22,type=all") },
      { type: "groupMod", ...parseGroup("group_id=22,type=all"), command: "addOrModify" },
      { type: "groupMod", ...parseGroup("group_id=22", { command: "delete" }) },
      { type: "groupMod", ...parseGroup("", { command: "delete" }) },
      { type: "packetOut", ...parsePacketOut(`in_port=1,packet=${frame},actions=output:2`) },
    ]);
  });

  it("is empty where nothing but comments stands", () => {
    assert.deepEqual(parseBundleFile("\n# nothing\n \t\r\n"), []);
  });

  it("hands port names on", () => {
    const ports = new Map([["vm-a", 7]]);
    const [flow, packet] = parseBundleFile(
      `flow in_port=vm-a,actions=drop\npacket-out in_port=vm-a,packet=${frame}`,
      { ports },
    );
    assert.deepEqual(flow?.type === "flowMod" && flow.match, [{ field: "inPort", value: 7 }]);
    assert.equal(packet?.type === "packetOut" && packet.inPort, 7);
  });

  it("names line and column of what it refuses, in every kind of line", () => {
    const good = "flow actions=drop\n\n";
    const refusals: readonly (readonly [line: string, column: number, token: string, message: RegExp])[] = [
      ["flow add ip,nw_dst=10.0.0,actions=drop", 20, "10.0.0", /^line 3, column 20: nw_dst/],
      ["  group modify type=all", 24, "", /the group has no group_id/],
      ["group add group_id=1,type=some", 27, "some", /is no type of a group/],
      ["meter add meter=1,kbps,bands=type=drop,rate=1", 1, "meter", /"meter" is no kind of change/],
      [" add actions=drop", 2, "add", /begins with flow, group or packet-out/],
      ["flow,add,actions=drop", 6, "add", /unknown word "add"/],
      ["flow remove actions=drop", 6, "remove", /unknown word "remove"/],
      ["packet-out in_port=1,packet=0g,actions=drop", 29, "0g", /packet: "0g" is no bytes/],
      ["packet-out in_port=1", 21, "", /there is no packet/],
    ];
    for (const [line, column, token, message] of refusals) {
      assertRefused(() => parseBundleFile(good + line), { line: 3, column, token }, message);
    }
  });
});

describe("parsePacketOut", () => {
  it("reads what ovs-ofctl sends", () => {
    const transcripts = recording<{ cmd: string; messages: { hex: string }[] }[]>("ovs31-transcripts-of13");
    const sent = transcripts.filter(({ cmd }) => cmd.includes(" packet-out BR "));
    assert.ok(sent.length >= 4);
    for (const { cmd, messages } of sent) {
      const [, text = ""] = cmd.split(" packet-out BR ");
      const message = encode({ type: "packetOut", xid: 2, ...parsePacketOut(text) });
      assert.equal(Buffer.from(message).toString("hex"), messages[0]?.hex);
    }
  });

  it("takes a packet without a port for the controller's own, and drops one without actions", () => {
    assert.deepEqual(parsePacketOut(`packet=${frame}`), {
      bufferId: 0xffffffff,
      inPort: 0xfffffffd,
      actions: [],
      data: new Uint8Array(Buffer.from(frame, "hex")),
    } satisfies PacketOut);
  });

  it("holds actions to what the packet is", () => {
    const set = "actions=set_field:10.0.0.9->ip_dst,output:1";
    assert.equal(parsePacketOut(`packet=${frame},${set}`).actions.length, 2);
    assertRefused(
      () => parsePacketOut(`packet=${arpFrame},${set}`),
      { openflowError: "OFPBAC_MATCH_INCONSISTENT" },
      /ip/,
    );
    assert.equal(parsePacketOut(`packet=${taggedFrame},actions=strip_vlan,output:1`).actions.length, 2);
    assertRefused(
      () => parsePacketOut(`packet=${frame},actions=strip_vlan`),
      {},
      /OFPBAC_MATCH_INCONSISTENT/,
    );
  });

  const refusals: readonly (readonly [text: string, message: RegExp])[] = [
    ["", /there is no packet/],
    [`actions=drop,packet=${frame}`, /there is no packet/],
    ["packet=0011", /an Ethernet header has 14 bytes, and there are 2/],
    [`packet=${frame}0`, /is no bytes/],
    [`packet=${frame},packet=${frame}`, /packet is given twice/],
    [`in_port=1,in_port=2,packet=${frame}`, /in_port is given twice/],
    [`in_port=all,packet=${frame}`, /no packet comes in by all/],
    [`in_port=eth7,packet=${frame}`, /no port is called "eth7"/],
    [`in_port=1,metadata=5,packet=${frame}`, /unknown word "metadata".*OpenFlow 1\.5/],
    [`in_port=1,buffer_id=5,packet=${frame}`, /unknown word "buffer_id"/],
    [`in_port=1,packet=${frame},actions=drop,output:3`, /drop/],
  ];
  for (const [text, message] of refusals) {
    it(`refuses ${text.replace(frame, "…").replace(frame, "…") || "nothing at all"}`, () => {
      assertRefused(() => parsePacketOut(text), {}, message);
    });
  }

  it("reads back what formatPacketOut prints", () => {
    for (const text of [
      `in_port=1,packet=${frame},actions=output:2`,
      `in_port=LOCAL,packet=${arpFrame},actions=FLOOD`,
      `in_port=CONTROLLER,packet=${frame},actions=drop`,
    ]) {
      assert.equal(formatPacketOut(parsePacketOut(text)), text);
    }
    const kept = { ...parsePacketOut(`packet=${frame}`), bufferId: 7 };
    assert.equal(formatPacketOut(kept), "in_port=CONTROLLER,buffer_id=7,actions=drop");
  });
});
