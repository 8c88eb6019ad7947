// Messages judged offline as ovs-vswitchd judged them: every recorded verdict on hand-made messages, every refusal of a
// flow that ovs-ofctl sent, and what else switches refuse by the message alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import {
  type Action,
  checkBytes,
  checkMessage,
  type MessageInput,
  type SwitchFacts,
} from "../../src/openflow/index.ts";
import { flowMod } from "../../src/openflow/protocol/flow-mod.ts";
import { capturedFlows } from "./text/vectors.ts";

interface Verdict {
  readonly name: string;
  readonly hex: string;
  readonly error: string | null;
}

const verdicts = JSON.parse(
  readFileSync(join(process.cwd(), "test", "vectors", "ovs31-switch-verdicts-of13.json"), "utf8"),
) as readonly Verdict[];

/** The switch that gave the verdicts: two ports, nothing else. */
const recorded: SwitchFacts = {
  ports: new Map([
    [1, "aa:55:aa:55:00:01"],
    [2, "aa:55:aa:55:00:02"],
  ]),
  groups: new Set(),
  meters: new Set(),
  tunnelOptions: new Set(),
  generationId: 1n,
  flows: [{ tableId: 0, priority: 7, match: [] }],
};

/** What neither the message nor these facts say, and why. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["header length 4 (< 8)", "the switch closes the connection"],
]);

describe("checkBytes on the recorded messages", () => {
  it("is asked about seventy-five that the switch refused, all by what they say and the facts", () => {
    assert.equal(verdicts.filter(({ error }) => error !== null).length, 75);
    assert.equal(verdicts.filter(({ name }) => elsewhere.has(name)).length, elsewhere.size);
  });

  for (const { name, hex, error } of verdicts) {
    if (elsewhere.has(name)) continue;
    it(`${name}: ${error ?? "taken"}`, () => {
      const facts = name.startsWith("role request MASTER") ? { ...recorded, generationId: 0n } : recorded;
      assert.equal(checkBytes(Buffer.from(hex, "hex"), facts)?.error ?? null, error);
    });
  }

  it("takes and refuses the flows that ovs-ofctl sent as the switch did", () => {
    for (const { text, hex, error_print: printed } of capturedFlows) {
      const found = checkBytes(Buffer.from(hex, "hex"), recorded);
      assert.equal(found?.error, printed?.split(": ").at(-1), text);
    }
  });
});

function add(given: Parameters<typeof flowMod>[0]): MessageInput {
  return { type: "flowMod", ...flowMod(given) };
}

function applied(...actions: readonly Action[]): MessageInput {
  return add({ instructions: [{ type: "applyActions", actions: [...actions] }] });
}

function settingTci(value: number): Action {
  return { type: "setField", oxm: { field: "vlanTci", value } };
}

/** An action that learns a flow on an Ethernet type and an IPv4 address. */
function learning(ethType: bigint): MessageInput {
  return applied({
    type: "learn",
    idleTimeout: 0,
    hardTimeout: 0,
    priority: 1,
    cookie: 0n,
    flags: 0,
    tableId: 1,
    finIdleTimeout: 0,
    finHardTimeout: 0,
    specs: [
      { type: "match", nBits: 16, src: { value: ethType }, dst: { name: "NXM_OF_ETH_TYPE", ofs: 0 } },
      { type: "match", nBits: 32, src: { value: 1n }, dst: { name: "NXM_OF_IP_SRC", ofs: 0 } },
    ],
  });
}

/** A packet of that Ethernet type, sent out with a smaller TTL. */
function packet(ethType: string): MessageInput {
  return {
    type: "packetOut",
    bufferId: 0xffff_ffff,
    inPort: 1,
    actions: [{ type: "decNwTtl" }],
    data: Buffer.from(`ffffffffffff50540000000a${ethType}45${"00".repeat(45)}`, "hex"),
  };
}

describe("checkMessage", () => {
  it("names the field, the place and what to write instead", () => {
    assert.deepEqual(checkMessage(applied({ type: "setField", oxm: { field: "tcpDst", value: 80 } })), {
      error: "OFPBAC_MATCH_INCONSISTENT",
      reason: "setField tcpDst needs tcp in the match",
      missing: "tcp",
      hint: "match ethType 0x0800 or 0x86dd, and ipProto 6",
      path: "instructions[0].actions[0]",
    });
  });

  it("asks about groups, meters and ports only where it is told of them", () => {
    const grouped = applied({ type: "group", groupId: 7 });
    assert.equal(checkMessage(grouped), undefined);
    assert.equal(checkMessage(grouped, { groups: new Set([7]) }), undefined);
    assert.equal(checkMessage(grouped, { groups: new Set() })?.error, "OFPBAC_BAD_OUT_GROUP");
  });

  it("asks what a learned flow matches before for the prerequisites of what it matches next", () => {
    assert.equal(checkMessage(learning(0x0800n)), undefined);
    assert.equal(checkMessage(learning(0x0806n))?.error, "OFPBAC_MATCH_INCONSISTENT");
  });

  it("lets connections be written to in ct alone, and conjunctions stand beside notes alone", () => {
    const mark: Action = { type: "setField", oxm: { field: "ctMark", value: 1 } };
    assert.equal(checkMessage(applied(mark))?.error, "OFPBAC_BAD_SET_ARGUMENT");
    const conjunction: Action = { type: "conjunction", clause: 0, nClauses: 2, id: 1 };
    const note: Action = { type: "note", data: new Uint8Array(6) };
    assert.equal(checkMessage(applied(conjunction, note)), undefined);
    assert.equal(checkMessage(applied(conjunction, mark))?.error, "NXBAC_BAD_CONJUNCTION");
  });

  it("knows by a TCI that is set whether there is a tag", () => {
    const pop: Action = { type: "popVlan" };
    const push: Action = { type: "pushVlan", etherType: 0x8100 };
    assert.equal(checkMessage(applied(settingTci(0x1001), pop)), undefined);
    assert.equal(checkMessage(applied(push, settingTci(5), pop))?.error, "OFPBAC_MATCH_INCONSISTENT");
    assert.equal(checkMessage(applied(settingTci(0x1001), push, push))?.error, "OFPBAC_BAD_TAG");
  });

  it("knows which registers are parts of others", () => {
    const twice = add({
      match: [
        { field: "reg1", value: 1 },
        { field: "xreg0", value: 1n },
      ],
    });
    const beside = add({
      match: [
        { field: "reg1", value: 1 },
        { field: "xreg1", value: 1n },
      ],
    });
    assert.equal(checkMessage(twice)?.error, "OFPBMC_DUP_FIELD");
    assert.equal(checkMessage(beside), undefined);
  });

  it("holds the actions of a PACKET_OUT against the packet", () => {
    assert.equal(checkMessage(packet("0800")), undefined);
    assert.equal(checkMessage(packet("0806"))?.error, "OFPBAC_MATCH_INCONSISTENT");
  });

  it("judges requests for flows by their match", () => {
    const request = { tableId: 255, outPort: 0xffff_ffff, outGroup: 0xffff_ffff, cookie: 0n, cookieMask: 0n };
    const body = { ...request, match: [{ field: "tcpSrc", value: 1 } as const] };
    const message = { type: "multipartRequest", multipart: "flow", more: false, body } as const;
    assert.deepEqual(
      [checkMessage(message)?.error, checkMessage(message)?.path],
      ["OFPBMC_BAD_PREREQ", "body.match[0]"],
    );
  });
});
