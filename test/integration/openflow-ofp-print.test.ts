// What formatFlow prints against what Open vSwitch prints for the same bytes: thousands of flow mods and flow replies a
// run, all through one ovs-ofctl.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decode,
  encode,
  type FlowMod,
  type FlowModCommand,
  type FlowStats,
  formatFlow,
} from "../../src/openflow/index.ts";
import { flowModsOf, openVSwitchKnows } from "../openflow/text/flows.ts";
import { replies, replyText } from "../openflow/text/replies.ts";
import { describeWith } from "../support/needs.ts";
import { printed } from "./ofp-parse.ts";

const COUNT = 3_000;
const REPLIES = 500;

const commandWords: Readonly<Record<string, string>> = {
  add: "ADD",
  modify: "MOD",
  modifyStrict: "MOD_STRICT",
  delete: "DEL",
  deleteStrict: "DEL_STRICT",
};

/** A flow mod's cookie, as ofp-print shows it. */
function cookieWord({ cookie, cookieMask }: FlowMod): string {
  const hex = `cookie:0x${cookie.toString(16)}`;
  if (cookieMask !== 0n) return `${hex}/0x${cookieMask.toString(16)} `;
  return cookie === 0n || cookie === 0xffff_ffff_ffff_ffffn ? "" : `${hex} `;
}

/** A word, unless the number is the one that goes without saying. */
function unless(usual: number, value: number, word: string): string {
  return value === usual ? "" : `${word}:${value} `;
}

/**
 * A flow mod as ofp-print shows it: match and actions as formatFlow has them, the rest in words of its own. It leaves the
 * output group of a delete out.
 */
function expectedMod(flow: FlowMod): string {
  const { idleTimeout, hardTimeout, outPort, tableId } = flow;
  const line = formatFlow({
    ...flow,
    command: "add",
    cookie: 0n,
    cookieMask: 0n,
    tableId: 0,
    idleTimeout: 0,
    hardTimeout: 0,
    flags: 0,
    outPort: 0xffffffff,
    outGroup: 0xffffffff,
  });
  const [match = "", actions = ""] = line.split(/(?:^| )actions=/);
  const flags = ["send_flow_rem", "check_overlap", "reset_counts", "no_packet_counts", "no_byte_counts"];
  return [
    `${commandWords[flow.command] ?? ""} `,
    unless(0, tableId, "table"),
    match === "" ? "" : `${match} `,
    cookieWord(flow),
    unless(0, idleTimeout, "idle"),
    unless(0, hardTimeout, "hard"),
    outPort === 0xffffffff ? "" : `out_port:${portWord(outPort)} `,
    ...flags.filter((_, bit) => ((flow.flags >> bit) & 1) === 1).map((word) => `${word} `),
    `actions=${actions}`,
  ].join("");
}

const reserved = ["IN_PORT", "TABLE", "NORMAL", "FLOOD", "ALL", "CONTROLLER", "LOCAL", "ANY"];

function portWord(port: number): string {
  return reserved[port - 0xfffffff8] ?? String(port);
}

function flowsOf(commands?: readonly FlowModCommand[]): fc.Arbitrary<FlowMod> {
  return flowModsOf(openVSwitchKnows, commands);
}

const flowMods = flowsOf();
const u32 = fc.nat(0xffffffff);
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_fffen });

const flowStats: fc.Arbitrary<FlowStats> = fc
  .record({
    flow: flowsOf(["add"]),
    durationSec: u32,
    durationNsec: fc.oneof(fc.constantFrom(0, 1_000_000, 90_000_000), fc.nat(999_999_999)),
    packetCount: u64,
    byteCount: u64,
  })
  .map(({ flow, ...counted }) => {
    const { tableId, priority, idleTimeout, hardTimeout, flags, cookie, match, instructions } = flow;
    return { ...counted, tableId, priority, idleTimeout, hardTimeout, flags, cookie, match, instructions };
  });

describeWith(["openvswitch"], "what ovs-ofctl prints of generated messages", function () {
  this.timeout(60_000);
  const seed = Math.floor(Math.random() * 2 ** 31);

  it("is what formatFlow prints: flow mods", async () => {
    const flows = fc.sample(flowMods, { numRuns: COUNT, seed });
    const texts = await printed(flows.map((flow) => encode({ type: "flowMod", ...flow })));
    for (const [i, flow] of flows.entries()) {
      const text = texts[i]?.replace(/^\S+ \(OF1\.3\) \(xid=0x[0-9a-f]+\): ?/, "").trimEnd();
      assert.equal(text, expectedMod(flow), `seed ${seed}`);
    }
  });

  it("is what formatFlow prints: flows read back", async () => {
    const flows = fc.sample(flowStats, { numRuns: COUNT, seed });
    const parts = flows.map((flow) =>
      encode({ type: "multipartReply", multipart: "flow", more: false, body: [flow] }),
    );
    const texts = await printed(parts);
    for (const [i, flow] of flows.entries()) {
      const text = texts[i]?.split("\n").slice(1).join("\n").trim();
      assert.equal(text, formatFlow(flow), `seed ${seed}`);
    }
  });

  for (const [name, reply] of Object.entries(replies)) {
    it(`is what the formatters of replies print: ${name}`, async () => {
      const messages = fc.sample(reply, { numRuns: REPLIES, seed }).map((input) => encode(input));
      const texts = await printed(messages);
      for (const [i, message] of messages.entries()) {
        const text = texts[i]?.replace(/^.*?\(xid=0x[0-9a-f]+\):/, "").replace(/\n$/, "");
        assert.equal(text, replyText(decode(message)), `seed ${seed}`);
      }
    });
  }
});
