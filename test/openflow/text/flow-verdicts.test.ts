// What Open vSwitch would refuse is refused as its text is read, at the word that says it; what ovs-ofctl sends and
// leaves to the switch is read all the same.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  FlowSyntaxError,
  fixFlow,
  parseFlow,
  parseInstructions,
  parseMatch,
} from "../../../src/openflow/text/index.ts";

function refusalOf(read: () => unknown): FlowSyntaxError {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof FlowSyntaxError);
    return error;
  }
  return assert.fail("it was taken");
}

describe("a flow that Open vSwitch would refuse", () => {
  const refused: readonly (readonly [text: string, token: string, error: string])[] = [
    ["actions=conjunction(1,1/2),output:1", "conjunction(1,1/2)", "NXBAC_BAD_CONJUNCTION"],
    ["actions=meter:4294967295", "meter:4294967295", "OFPMMFC_INVALID_METER"],
    ["arp,arp_op=300,actions=drop", "arp_op=300", "OFPBMC_BAD_VALUE"],
    ["in_port=1,packet_type=(1,0x800),ip,actions=drop", "ip", "OFPBMC_BAD_PREREQ"],
    ["ip,actions=clone(conjunction(1,1/2),output:1)", "conjunction(1,1/2)", "NXBAC_BAD_CONJUNCTION"],
  ];
  for (const [text, token, error] of refused) {
    it(`is refused: ${text}, for ${token}`, () => {
      const refusal = refusalOf(() => parseFlow(text));
      assert.deepEqual([refusal.token, refusal.openflowError], [token, error]);
      assert.equal(refusal.column, text.indexOf(token) + 1);
    });
  }

  it("is refused where it is to be deleted as well", () => {
    const refusal = refusalOf(() => parseFlow("arp,arp_op=300", { command: "delete" }));
    assert.deepEqual([refusal.openflowError, refusal.token], ["OFPBMC_BAD_VALUE", "arp_op=300"]);
  });

  it("is refused at the word that fixing replaced", () => {
    const text = "actions=apply_actions(conjunction(1,1/2),output:1)";
    const refusal = refusalOf(() => fixFlow(text));
    assert.deepEqual([refusal.openflowError, refusal.column], ["NXBAC_BAD_CONJUNCTION", 9]);
  });

  const left = [
    "dp_hash=5,actions=drop",
    "recirc_id=5,actions=drop",
    "table=254,actions=drop",
    "vlan_tci=0x0123,actions=drop",
    "ct_state=+trk,ip,ct_nw_src=1.2.3.4,actions=drop",
    "actions=set_field:1->in_port_oxm",
    "actions=copy_ttl_out,experimenter_action(id=0,data=0x)",
  ];
  for (const text of left) {
    it(`is left to the switch: ${text}`, () => {
      assert.ok(parseFlow(text).match);
    });
  }
});

describe("a refusal", () => {
  const fields: readonly (readonly [text: string, field: string | undefined])[] = [
    ["nw_src=1.2.3.4", "ipv4Src"],
    ["tcp,tp_dst=99999", "tcpDst"],
    ["in_port=nosuch", "inPort"],
    ["tcp_dst=5", "tcpDst"],
    ["foo=1", undefined],
  ];
  for (const [text, field] of fields) {
    it(`of ${text} names field ${field}`, () => {
      assert.equal(refusalOf(() => parseMatch(text)).field, field);
    });
  }

  it("of an action names the field it sets", () => {
    const refusal = refusalOf(() => parseFlow("ip,actions=set_field:fe80::1->ipv6_src"));
    assert.equal(refusal.field, "ipv6Src");
  });

  const hints: readonly (readonly [text: string, hint: string])[] = [
    ["ip,actions=pop_mpls:0x0800", "write mpls in the match, or push one first: push_mpls:0x8847"],
    ["actions=dec_ttl", "write ip or ipv6 in the match"],
    ["ip,actions=set_field:fe80::1->ipv6_src", "write ipv6 in the match"],
  ];
  for (const [text, hint] of hints) {
    it(`of ${text} says what to write`, () => {
      assert.equal(refusalOf(() => parseFlow(text)).hint, hint);
    });
  }

  it("counts lines in a text that has several", () => {
    const places = [
      () => parseFlow("udp,\n in_port=1,\n actions=output:foo"),
      () => parseMatch("udp,\nin_port=1,\n        tp_dst=foo"),
      () => parseInstructions("1,\n2,\n        output:foo"),
    ].map((read) => refusalOf(read));
    assert.deepEqual(
      places.map(({ line, column, token }) => [line, column, token]),
      [
        [3, 17, "foo"],
        [3, 16, "foo"],
        [3, 16, "foo"],
      ],
    );
    assert.match(places[0]?.message ?? "", /^line 3, column 17: /);
  });
});
