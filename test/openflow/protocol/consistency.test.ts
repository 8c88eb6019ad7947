// Flows judged offline as ovs-vswitchd judged them: the recorded verdicts on hand-made messages, and the rules one by one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { decode, encode, type FlowMod, type Message } from "../../../src/openflow/index.ts";
import {
  checkActions,
  checkInstructions,
  checkMatch,
  type PlacedInconsistency,
} from "../../../src/openflow/protocol/consistency.ts";
import { shapeOfMatch } from "../../../src/openflow/protocol/packet-shape.ts";
import { parseFlow } from "../../../src/openflow/text/index.ts";

interface Verdict {
  readonly name: string;
  readonly hex: string;
  readonly error: string | null;
}

const verdicts = JSON.parse(
  readFileSync(join(process.cwd(), "test", "vectors", "ovs31-switch-verdicts-of13.json"), "utf8"),
) as readonly Verdict[];

/** The errors this module gives. */
const judged: ReadonlySet<string | null> = new Set([
  null,
  "OFPBMC_BAD_PREREQ",
  "OFPBMC_DUP_FIELD",
  "OFPBMC_BAD_FIELD",
  "OFPBMC_BAD_MASK",
  "OFPBMC_BAD_WILDCARDS",
  "OFPBMC_BAD_VALUE",
  "OFPBAC_MATCH_INCONSISTENT",
  "OFPBAC_BAD_SET_ARGUMENT",
  "OFPBAC_BAD_SET_MASK",
  "OFPBAC_BAD_ARGUMENT",
  "OFPBAC_BAD_TAG",
  "OFPBAC_BAD_OUT_PORT",
  "OFPBIC_BAD_TABLE_ID",
  "OFPBIC_DUP_INST",
]);

/** Judged by bytes that a decoded message doesn't have: padding, and actions of OpenFlow 1.0. */
const beyondValues: ReadonlySet<string> = new Set([
  "set_field non-zero padding",
  "OF1.0 action OFPAT_SET_VLAN_VID (type 1)",
]);

function flowModOf(hex: string): FlowMod | undefined {
  let message: Message;
  try {
    message = decode(Buffer.from(hex, "hex"));
  } catch {
    return undefined;
  }
  return message.type === "flowMod" ? message : undefined;
}

function check({ match, instructions, tableId }: FlowMod): PlacedInconsistency | undefined {
  return checkMatch(match) ?? checkInstructions(match, instructions, tableId);
}

describe("the switch's verdicts on flow mods", () => {
  const flowMods = verdicts.flatMap(({ name, hex, error }) => {
    const flow = flowModOf(hex);
    return flow === undefined || !judged.has(error) || beyondValues.has(name) ? [] : [{ name, error, flow }];
  });

  it("are sixty-eight that can be judged by match and instructions", () => {
    assert.equal(flowMods.length, 68);
  });

  for (const { name, error, flow } of flowMods) {
    it(`${name}: ${error ?? "taken"}`, () => {
      assert.equal(check(flow)?.error ?? null, error);
    });
  }
});

describe("checkInstructions", () => {
  const shape = shapeOfMatch(parseFlow("dl_vlan=5,actions=drop").match);

  it("says where in the flow the fault is", () => {
    const flow = parseFlow("ip,actions=write_metadata:1");
    const actions = [{ type: "decNwTtl" } as const, { type: "popVlan" } as const];
    const found = checkInstructions(flow.match, [...flow.instructions, { type: "applyActions", actions }], 0);
    assert.deepEqual(found, {
      error: "OFPBAC_MATCH_INCONSISTENT",
      reason: "popVlan needs vlan in the match",
      missing: "vlan",
      hint: "match vlanVid, or load 0 into NXM_OF_VLAN_TCI, which takes a tag off where there is one",
      path: "instructions[1].actions[1]",
    });
  });

  it("counts tags: one known, a second pushed, none left to push, both popped", () => {
    const push = { type: "pushVlan", etherType: 0x8100 } as const;
    const pop = { type: "popVlan" } as const;
    assert.equal(checkActions([push, pop, pop], shape), undefined);
    assert.equal(checkActions([push, push], shape)?.error, "OFPBAC_BAD_TAG");
    assert.equal(checkActions([push, pop, pop, pop], shape)?.path, "actions[3]");
  });

  it("lets an action set pop what isn't known to be there, but not set a field without its protocol", () => {
    const pop = { type: "popVlan" } as const;
    const rewrite = { type: "setField", oxm: { field: "ipv4Src", value: "10.0.0.1" } } as const;
    assert.equal(checkInstructions([], [{ type: "writeActions", actions: [pop] }], 0), undefined);
    assert.equal(
      checkInstructions([], [{ type: "writeActions", actions: [rewrite] }], 0)?.error,
      "OFPBAC_MATCH_INCONSISTENT",
    );
  });

  it("takes what messages carry after a round over the wire", () => {
    const flow = parseFlow("arp,actions=set_field:10.0.0.1->arp_spa,move:arp_sha->arp_tha,IN_PORT");
    const decoded = decode(encode({ type: "flowMod", ...flow }));
    assert.ok(decoded.type === "flowMod");
    assert.equal(check(decoded), undefined);
  });
});
