// The ovs-ofctl lines of the probe document, word for word (case 8 of the main job): what OpenFlow 1.3 can say has the
// bytes ovs-ofctl sends, what it can't is refused with the words to use instead, and fixing writes those words.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encode } from "../../../src/openflow/index.ts";
import { FlowSyntaxError, fixFlow, formatFlow, parseFlow } from "../../../src/openflow/text/index.ts";
import { seedFlows, seedLines, seedPorts, withoutXid } from "./vectors.ts";

const options = { ports: seedPorts };
const sent = seedFlows.flatMap(({ section, text, hex }) => (hex === null ? [] : [{ section, text, hex }]));
const refused = seedFlows.filter(({ hex }) => hex === null);

function refusalOf(text: string): FlowSyntaxError {
  try {
    parseFlow(text, options);
  } catch (error) {
    assert.ok(error instanceof FlowSyntaxError);
    return error;
  }
  return assert.fail(`${text} was taken`);
}

describe("the probe document's lines", () => {
  it("are all there, as they stand in the document", () => {
    assert.equal(seedLines.length, 18);
    const written = seedLines.map((line) => /^ovs-ofctl add-flow \S+ "?(.*?)"?$/.exec(line)?.[1]);
    assert.deepEqual(
      written,
      seedFlows.map(({ text }) => text),
    );
  });

  for (const { section, text, hex } of sent) {
    it(`${section}: ${text} becomes the bytes ovs-ofctl sends at 1.3`, () => {
      const bytes = encode({ type: "flowMod", ...parseFlow(text, options) });
      assert.equal(withoutXid(Buffer.from(bytes).toString("hex")), withoutXid(hex));
    });
  }

  it("are refused where ovs-ofctl refuses them at 1.3: ten of the eighteen", () => {
    assert.equal(refused.length, 10);
    for (const { text } of refused) assert.throws(() => parseFlow(text, options), FlowSyntaxError);
  });

  for (const { section, text } of refused) {
    const isNat = /[,=]mod_nw_(src|dst):/.test(text) && text.includes("arp,");
    const [action, instead] = isNat
      ? text.includes("mod_nw_src")
        ? ["mod_nw_src", "->arp_spa"]
        : ["mod_nw_dst", "->arp_tpa"]
      : ["strip_vlan", "load:0->NXM_OF_VLAN_TCI[]"];
    it(`${section}: ${text} is refused: ${action} is named, and ${instead} offered`, () => {
      const refusal = refusalOf(text);
      assert.equal(refusal.token, action);
      assert.equal(refusal.column, text.indexOf(action) + 1);
      assert.equal(refusal.openflowError, "OFPBAC_MATCH_INCONSISTENT");
      assert.match(refusal.message, new RegExp(action));
      assert.ok(refusal.hint?.includes(instead), refusal.hint);
    });
  }
});

describe("the probe document's lines, fixed", () => {
  it("write an ARP address where mod_nw_src rewrote IP, and take the tag off without knowing of one", () => {
    const text =
      "table=0,priority=50,arp,in_port=qvo899ffb14-e4,arp_tpa=10.100.7.140,actions=mod_nw_src:10.0.0.189,mod_dl_dst:fa:16:3e:f3:a6:fd,strip_vlan,output:qvob0361314-14";
    const fixed = fixFlow(text, options);
    assert.equal(
      fixed.text,
      "table=0,priority=50,arp,in_port=qvo899ffb14-e4,arp_tpa=10.100.7.140,actions=set_field:10.0.0.189->arp_spa,mod_dl_dst:fa:16:3e:f3:a6:fd,load:0->NXM_OF_VLAN_TCI[],output:qvob0361314-14",
    );
    assert.deepEqual(
      fixed.changes.map(({ column, was, now }) => [column, was, now]),
      [
        [77, "mod_nw_src:10.0.0.189", "set_field:10.0.0.189->arp_spa"],
        [128, "strip_vlan", "load:0->NXM_OF_VLAN_TCI[]"],
      ],
    );
    for (const { why } of fixed.changes) assert.ok(why.length > 0);
    assert.deepEqual(fixed.flow, parseFlow(fixed.text, options));
  });

  it("write the tag instead of pushing a second one, and keep its priority", () => {
    const text = "arp,in_port=qvoedb66118-8c,actions=mod_vlan_vid=1,output:int-br-ex";
    const fixed = fixFlow(text, options);
    assert.equal(
      fixed.text,
      "arp,in_port=qvoedb66118-8c,actions=load:0x1001->NXM_OF_VLAN_TCI[0..12],output:int-br-ex",
    );
    assert.equal(fixed.changes.length, 1);
  });

  for (const { section, text } of seedFlows) {
    it(`${section}: ${text} is read with fix, and needs no second fixing`, () => {
      const fixed = fixFlow(text, options);
      assert.deepEqual(parseFlow(text, { ...options, fix: true }), fixed.flow);
      assert.deepEqual(parseFlow(fixed.text, options), fixed.flow);
      assert.deepEqual(fixFlow(fixed.text, options).changes, []);
      assert.doesNotMatch(formatFlow(fixed.flow), /push_vlan|pop_vlan/);
    });
  }
});
