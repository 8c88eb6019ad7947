// Fixing: words of OpenFlow 1.0 that mean something else at 1.3 are rewritten into words that do what was meant, and
// words that are right stay as they are.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FlowSyntaxError, fixFlow, parseFlow } from "../../../src/openflow/text/index.ts";

const rewritten: readonly (readonly [what: string, text: string, fixed: string])[] = [
  ["strip_vlan without a VLAN in the match", "actions=strip_vlan", "actions=load:0->NXM_OF_VLAN_TCI[]"],
  [
    "a second strip_vlan",
    "dl_vlan=5,actions=strip_vlan,strip_vlan",
    "dl_vlan=5,actions=strip_vlan,load:0->NXM_OF_VLAN_TCI[]",
  ],
  [
    "mod_vlan_vid without a VLAN",
    "actions=mod_vlan_vid:20,normal",
    "actions=load:0x1014->NXM_OF_VLAN_TCI[0..12],normal",
  ],
  ["set_vlan_vid without a VLAN", "actions=set_vlan_vid:20", "actions=load:0x1014->NXM_OF_VLAN_TCI[0..12]"],
  ["mod_vlan_pcp without a VLAN", "actions=mod_vlan_pcp:5", "actions=load:0xb->NXM_OF_VLAN_TCI[12..15]"],
  [
    "strip_vlan and mod_vlan_vid together, which leave priority 0",
    "actions=strip_vlan,mod_vlan_vid:1",
    "actions=load:0->NXM_OF_VLAN_TCI[],mod_vlan_vid:1",
  ],
  ["mod_nw_src on ARP", "arp,actions=mod_nw_src:10.0.0.1", "arp,actions=set_field:10.0.0.1->arp_spa"],
  ["mod_nw_dst on ARP", "arp,actions=mod_nw_dst:10.0.0.1", "arp,actions=set_field:10.0.0.1->arp_tpa"],
  ["ip_src on ARP", "arp,actions=set_field:10.0.0.1->ip_src", "arp,actions=set_field:10.0.0.1->arp_spa"],
  ["nw_dst on ARP", "arp,actions=set_field:10.0.0.1->nw_dst", "arp,actions=set_field:10.0.0.1->arp_tpa"],
  [
    "a VID without its tag bit",
    "dl_vlan=9,actions=set_field:20->vlan_vid",
    "dl_vlan=9,actions=set_field:4116->vlan_vid",
  ],
  ["TCP's port on UDP", "udp,actions=set_field:5->tcp_src", "udp,actions=set_field:5->udp_src"],
  ["tp_dst on SCTP", "sctp,actions=set_field:5->tp_dst", "sctp,actions=set_field:5->sctp_dst"],
  ["apply_actions", "actions=apply_actions(strip_vlan,2)", "actions=load:0->NXM_OF_VLAN_TCI[],2"],
];

const untouched: readonly (readonly [what: string, text: string])[] = [
  ["strip_vlan with a VLAN in the match", "dl_vlan=5,actions=strip_vlan,normal"],
  ["strip_vlan with any tag in the match", "vlan_tci=0x1000/0x1000,actions=strip_vlan"],
  ["strip_vlan after a push", "actions=push_vlan:0x8100,strip_vlan"],
  ["mod_vlan_vid with a VLAN in the match", "dl_vlan=5,actions=mod_vlan_vid:6"],
  ["mod_vlan_vid of a packet that has no tag", "dl_vlan=0xffff,actions=mod_vlan_vid:6"],
  ["strip_vlan and mod_vlan_vid with a VLAN in the match", "dl_vlan=5,actions=strip_vlan,mod_vlan_vid:6"],
  ["mod_nw_src on IP", "ip,actions=mod_nw_src:10.0.0.1"],
  [
    "mod_vlan_vid in an action set, where a load means something else",
    "actions=write_actions(mod_vlan_vid:6)",
  ],
  ["set_field of a tp port on TCP", "tcp,actions=set_field:5->tp_src"],
];

describe("fixFlow", () => {
  for (const [what, text, fixed] of rewritten) {
    it(`rewrites ${what}: ${fixed}`, () => {
      const result = fixFlow(text);
      assert.equal(result.text, fixed);
      assert.ok(result.changes.length > 0);
      assert.deepEqual(result.flow, parseFlow(fixed));
      for (const { column, was, why } of result.changes) {
        assert.equal(text.slice(column - 1, column - 1 + was.length), was);
        assert.ok(why.length > 20, why);
      }
    });
  }

  for (const [what, text] of untouched) {
    it(`leaves ${what} alone: ${text}`, () => {
      const result = fixFlow(text);
      assert.equal(result.text, text);
      assert.deepEqual(result.changes, []);
      assert.deepEqual(result.flow, parseFlow(text));
    });
  }

  it("still refuses what it can't know the meaning of", () => {
    assert.throws(() => fixFlow("actions=mod_nw_src:10.0.0.1"), /mod_nw_src needs ip in the match/);
    assert.throws(
      () => fixFlow("ip,actions=mod_tp_src:80"),
      /mod_tp_src needs tcp, udp or sctp in the match/,
    );
    assert.throws(() => fixFlow("nw_src=10.0.0.1,actions=drop"), /nw_src needs ip, or arp in the match/);
  });

  it("points at the word in the original text when its argument is wrong", () => {
    assert.throws(
      () => fixFlow("arp,actions=normal,mod_nw_src:10.0.0"),
      (error: unknown) =>
        error instanceof FlowSyntaxError && error.column === 20 && error.token === "mod_nw_src:10.0.0",
    );
  });
});
