// Actions and instructions in text: the words of OpenFlow 1.3 and 1.0, what they become, and what is refused.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Action } from "../../../src/openflow/index.ts";
import {
  FlowSyntaxError,
  formatActions,
  formatInstructions,
  parseActions,
  parseFlow,
  parseInstructions,
  parseMatch,
} from "../../../src/openflow/text/index.ts";

/** Match, actions as written, actions as dump-flows prints what they become. */
const translated: readonly (readonly [match: string, text: string, printed: string])[] = [
  ["", "", "drop"],
  ["", "drop", "drop"],
  ["", "2", "output:2"],
  ["", "output:2,output(3),output=4", "output:2,output:3,output:4"],
  ["", "in_port,IN_PORT,output:in_port", "IN_PORT,IN_PORT,IN_PORT"],
  ["", "normal,flood,all,local,table", "NORMAL,FLOOD,ALL,LOCAL,TABLE"],
  ["", "NORMAL", "NORMAL"],
  [
    "",
    "controller,controller:128,controller(max_len=64),controller()",
    "CONTROLLER:65535,CONTROLLER:128,CONTROLLER:64,CONTROLLER:65535",
  ],
  ["", "output:controller", "CONTROLLER:65535"],
  ["", "output:65533", "CONTROLLER:65535"],
  ["", "group:5,set_queue:0x7", "group:5,set_queue:7"],
  [
    "",
    "mod_dl_src:0:1:2:3:4:5,mod_dl_dst:FA:16:3E:00:00:01",
    "set_field:00:01:02:03:04:05->eth_src,set_field:fa:16:3e:00:00:01->eth_dst",
  ],
  ["ip", "mod_nw_src:10.0.0.1,mod_nw_dst:10.0.0.2", "set_field:10.0.0.1->ip_src,set_field:10.0.0.2->ip_dst"],
  [
    "ip",
    "mod_nw_tos:32,mod_nw_ecn:2,mod_nw_ttl:9,dec_ttl",
    "set_field:8->ip_dscp,set_field:2->nw_ecn,mod_nw_ttl:9,dec_ttl",
  ],
  ["tcp", "mod_tp_src:80", "set_field:80->tcp_src"],
  ["udp6", "mod_tp_dst:53", "set_field:53->udp_dst"],
  ["sctp", "mod_tp_dst:53", "set_field:53->sctp_dst"],
  ["", "mod_vlan_vid:9", "push_vlan:0x8100,set_field:4105->vlan_vid"],
  ["dl_vlan=1", "mod_vlan_vid:9", "set_field:4105->vlan_vid"],
  ["dl_vlan=1", "strip_vlan,mod_vlan_vid:9", "pop_vlan,push_vlan:0x8100,set_field:4105->vlan_vid"],
  ["dl_vlan=1", "set_vlan_vid:9,set_vlan_pcp:3", "set_field:4105->vlan_vid,set_field:3->vlan_pcp"],
  ["", "mod_vlan_pcp:3,mod_vlan_vid:9", "push_vlan:0x8100,set_field:3->vlan_pcp,set_field:4105->vlan_vid"],
  ["", "MOD_VLAN_VID=9", "push_vlan:0x8100,set_field:4105->vlan_vid"],
  [
    "",
    "load:0x1005->NXM_OF_VLAN_TCI[0..12],mod_vlan_pcp:3",
    "load:0x1005->NXM_OF_VLAN_TCI[0..12],set_field:3->vlan_pcp",
  ],
  ["", "set_tunnel:5,set_tunnel64:0x1234567890", "set_field:0x5->tun_id,set_field:0x1234567890->tun_id"],
  [
    "ip",
    "push_mpls:0x8847,set_mpls_label:10,set_mpls_tc:3,set_mpls_ttl:9,dec_mpls_ttl,pop_mpls:0x0800",
    "push_mpls:0x8847,set_field:10->mpls_label,set_field:3->mpls_tc,set_mpls_ttl(9),dec_mpls_ttl,pop_mpls:0x0800",
  ],
  ["mpls", "pop_mpls:0x0800,mod_nw_ttl:9", "pop_mpls:0x0800,mod_nw_ttl:9"],
  ["", "set_field:0x5/0x0f0f->tun_id", "load:0x5->NXM_NX_TUN_ID[0..3],load:0->NXM_NX_TUN_ID[8..11]"],
  ["ip", "set_field:10.0.0.5/24->ip_src", "load:0xa0000->NXM_OF_IP_SRC[8..31]"],
  ["ipv6", "set_field:2001:db8::/64->ipv6_src", "load:0x20010db800000000->NXM_NX_IPV6_SRC[64..127]"],
  [
    "ipv6",
    "set_field:2001:db8::/ffff:ffff:ffff:ffff:ffff::->ipv6_src",
    "load:0xdb8000000000000->NXM_NX_IPV6_SRC[48..111],load:0x2001->NXM_NX_IPV6_SRC[112..127]",
  ],
  ["", "set_field:5/0->metadata", "drop"],
  [
    "",
    "set_field:LOCAL->in_port,set_field:7->in_port_oxm",
    "set_field:LOCAL->in_port,set_field:7->in_port_oxm",
  ],
  ["", "set_field:0x1001->vlan_tci", "set_field:0x1001->vlan_tci"],
  ["", "set_field:0x1001/0x1fff->vlan_tci", "load:0x1001->NXM_OF_VLAN_TCI[0..12]"],
  ["ip", "set_field:4->nw_tos", "set_field:4->nw_tos"],
  [
    "",
    "set_field:1/3->tun_erspan_dir,set_field:1/0xff->tun_erspan_dir",
    "set_field:1/0x3->tun_erspan_dir,set_field:1->tun_erspan_dir",
  ],
  ["", "set_field:oam->tun_flags,set_field:0->tun_flags", "set_field:oam->tun_flags,set_field:0->tun_flags"],
  ["", "set_field:-oam->tun_flags", "load:0->NXM_NX_TUN_FLAGS[]"],
  [
    "",
    "load:1->tun_erspan_idx,load:5->tun_erspan_ver[1..3]",
    "set_field:0x1/0xfffff->tun_erspan_idx,set_field:10/0xe->tun_erspan_ver",
  ],
  [
    "dl_type=0x894f",
    "load:1->nsh_spi,load:2->nsh_c1[4..5],load:3->nsh_si[0..3]",
    "set_field:0x1/0xffffff->nsh_spi,set_field:0x20/0x30->nsh_c1,set_field:3/0xf->nsh_si",
  ],
  [
    "",
    "load:5->tun_metadata0[0..7],load:5->tun_metadata1[8..15]",
    "set_field:0x5/0xff->tun_metadata0,set_field:0x500/0xff00->tun_metadata1",
  ],
  ["", "set_field:0->tun_metadata0", "set_field:0->tun_metadata0"],
  ["dl_type=0x894f", "push:nsh_c1[0..7],pop:nsh_c2[5]", "push:NXOXM_NSH_C1[0..7],pop:NXOXM_NSH_C2[5]"],
  [
    "dl_type=0x894f",
    "move:nsh_c1->reg0,move:reg0->nsh_c2",
    "move:NXOXM_NSH_C1[]->NXM_NX_REG0[],move:NXM_NX_REG0[]->NXOXM_NSH_C2[]",
  ],
  [
    "dl_type=0x894f",
    "output:nsh_c1,output:nsh_spi[0..15]",
    "output:NXOXM_NSH_C1[],output:NXOXM_NSH_SPI[0..15]",
  ],
  [
    "",
    "check_pkt_larger(100)->tun_erspan_dir,output:eth_src",
    "check_pkt_larger(100)->NXOXM_ET_ERSPAN_DIR[],output:NXM_OF_ETH_SRC[]",
  ],
  [
    "",
    "learn(table=5,limit=3,result_dst=tun_erspan_dir,NXM_OF_ETH_SRC[])",
    "learn(table=5,limit=3,result_dst=NXOXM_ET_ERSPAN_DIR[],NXM_OF_ETH_SRC[])",
  ],
  [
    "",
    "push:actset_output,push:OXM_OF_ACTSET_OUTPUT[]",
    "push:ONFOXM_ET_ACTSET_OUTPUT[],push:ONFOXM_ET_ACTSET_OUTPUT[]",
  ],
  ["dl_vlan=9", "set_field:0x1001/0x1fff->vlan_vid", "load:0x1->OXM_OF_VLAN_VID[]"],
  [
    "",
    "load:5->reg0[3..5],load(1->reg1[0]),load:7->in_port",
    "load:0x5->NXM_NX_REG0[3..5],load:0x1->NXM_NX_REG1[0],load:0x7->NXM_OF_IN_PORT[]",
  ],
  [
    "",
    "load:0x12345678901234567890->xxreg0",
    "load:0x5678901234567890->NXM_NX_XXREG0[0..63],load:0x1234->NXM_NX_XXREG0[64..127]",
  ],
  ["", "move:OXM_OF_ETH_SRC[0..7]->reg0[8..15]", "move:NXM_OF_ETH_SRC[0..7]->NXM_NX_REG0[8..15]"],
  ["", "load:1->0x7fff0204[3]", "load:0x1->0x7fff0204[3]"],
  ["", "set_field:0x0102->oxm_80001202", "set_field:0x0102->oxm_80001202"],
  [
    "",
    "raw_action(type=99,data=0x00000000),experimenter_action(id=0x00001234,data=0x0102030405060708)",
    "raw_action(type=99,data=0x00000000),experimenter_action(id=0x00001234,data=0x0102030405060708)",
  ],
  [
    "",
    "copy_ttl_in,copy_ttl_out,push_pbb:0x88e7,pop_pbb",
    "copy_ttl_in,copy_ttl_out,push_pbb:0x88e7,pop_pbb",
  ],
];

/** Match, actions, the text the refusal points at, what it says, and a switch's name for it. */
const refused: readonly (readonly [
  match: string,
  text: string,
  token: string,
  reason: RegExp,
  error?: string,
])[] = [
  ["", "foo", "foo", /unknown action foo/],
  ["", "resubmit()", "resubmit", /needs a port or a table/],
  ["", "resubmit(,1,nat)", "nat", /takes a port, a table and ct/],
  ["tcp", "resubmit(,1,ct)", "resubmit", /ct_state/, "OFPBAC_MATCH_INCONSISTENT"],
  ["ip,ct_state=-trk", "resubmit(,1,ct)", "resubmit", /ct_state/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "learn(table=255)", "255", /no table 255/],
  ["", "learn(NXM_OF_ETH_DST[]=NXM_NX_REG0[])", "NXM_NX_REG0[]", /32 bits and goes into 48/],
  ["", "ct(commit,table=1)", "ct", /needs ip or ipv6/, "OFPBAC_MATCH_INCONSISTENT"],
  ["ip", "ct(force)", "ct", /force needs commit/, "OFPBAC_BAD_ARGUMENT"],
  ["ip", "ct(commit,alg=ftp)", "ct", /needs tcp/, "OFPBAC_MATCH_INCONSISTENT"],
  ["ip", "ct(zone=NXM_NX_REG0[0..7])", "NXM_NX_REG0[0..7]", /16 bits/, "OFPBAC_BAD_SET_LEN"],
  ["ip", "ct(nat(src=1.1.1.1))", "ct", /needs commit/, "OFPBAC_BAD_ARGUMENT"],
  ["ip", "ct(commit,nat(src=1.1.1))", "1.1.1", /not an IPv4 address/],
  ["ipv6", "ct(commit,nat(src=1.1.1.1))", "ct", /needs ip in the match/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "output(port=1,max_len=13)", "13", /at least 14/],
  ["", "controller(reason=luck)", "luck", /unknown reason luck/],
  ["", "dec_ttl(1,2)", "dec_ttl", /needs ip or ipv6/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "conjunction(5,3/2)", "5,3/2", /counted from 1/],
  ["", "note:1.2", "1.2", /not a string of bytes/],
  ["", "clone(drop,output:1)", "drop", /nothing else/],
  ["", "multipath(eth_src,0,hrw,4,0,NXM_NX_REG0[0])", "NXM_NX_REG0[0]", /too small/],
  ["", "bundle(eth_src,0,hrw,ofport)", "bundle", /takes fields/],
  ["", "check_pkt_larger(1500)->NXM_NX_REG0[]", "NXM_NX_REG0[]", /one bit/],
  ["", "delete_field:reg0", "reg0", /tun_metadata/, "OFPBAC_BAD_ARGUMENT"],
  ["", "encap(gre)", "gre", /ethernet, nsh/],
  ["", "fin_timeout(idle_timeout=5)", "fin_timeout", /needs tcp/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "output:vm-a", "vm-a", /no port is called "vm-a"/],
  ["", "output:100000", "100000", /not an OpenFlow port/],
  ["", "output:any", "output", /not a port packets can go to/, "OFPBAC_BAD_OUT_PORT"],
  ["", "output", "output", /output has no argument/],
  ["", "normal:5", "5", /normal takes no argument/],
  ["", "controller:70000", "70000", /max_len is out of range/],
  ["", "drop,output:1", "drop", /drop means that nothing else is done/],
  ["", "output:1,drop", "drop", /drop means/],
  ["", "group:all", "all", /not a number/],
  ["", "group:4294967041", "group", /not a group/, "OFPBAC_BAD_OUT_GROUP"],
  ["", "mod_nw_src:10.0.0.1", "mod_nw_src", /needs ip in the match/, "OFPBAC_MATCH_INCONSISTENT"],
  [
    "arp",
    "mod_nw_src:10.0.0.1",
    "mod_nw_src",
    /write set_field:10.0.0.1->arp_spa/,
    "OFPBAC_MATCH_INCONSISTENT",
  ],
  ["ipv6", "mod_nw_src:10.0.0.1", "mod_nw_src", /needs ip in the match/, "OFPBAC_MATCH_INCONSISTENT"],
  ["ip", "mod_nw_src:10.0.0.1/24", "10.0.0.1/24", /not an IPv4 address/],
  ["ip", "mod_nw_tos:33", "33", /has bits of ECN in it/],
  ["ip", "mod_nw_ecn:4", "4", /mod_nw_ecn is out of range/],
  ["ip", "mod_tp_src:80", "mod_tp_src", /needs tcp, udp or sctp/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "dec_ttl", "dec_ttl", /needs ip or ipv6/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "strip_vlan", "strip_vlan", /write load:0->NXM_OF_VLAN_TCI\[\]/, "OFPBAC_MATCH_INCONSISTENT"],
  ["dl_vlan=0xffff", "pop_vlan", "pop_vlan", /needs a VLAN tag/, "OFPBAC_MATCH_INCONSISTENT"],
  ["dl_vlan=5", "strip_vlan,strip_vlan", "strip_vlan", /needs a VLAN tag/, "OFPBAC_MATCH_INCONSISTENT"],
  [
    "dl_vlan=5",
    "load:0->NXM_OF_VLAN_TCI[],strip_vlan",
    "strip_vlan",
    /needs a VLAN tag/,
    "OFPBAC_MATCH_INCONSISTENT",
  ],
  ["", "set_vlan_vid:5", "set_vlan_vid", /needs a VLAN tag/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "mod_vlan_vid:4096", "4096", /out of range/],
  ["", "push_vlan:0x9100", "push_vlan", /0x9100 is not a type/, "OFPBAC_BAD_ARGUMENT"],
  [
    "",
    "push_vlan:0x8100,push_vlan:0x8100,push_vlan:0x8100",
    "push_vlan",
    /no more than 2 VLAN tags/,
    "OFPBAC_BAD_TAG",
  ],
  ["ip", "push_mpls:0x0800", "push_mpls", /0x800 is not a type/, "OFPBAC_BAD_ARGUMENT"],
  ["ip", "pop_mpls:0x0800", "pop_mpls", /needs mpls/, "OFPBAC_MATCH_INCONSISTENT"],
  ["ip", "push_mpls:0x8847,mod_nw_src:10.0.0.1", "mod_nw_src", /needs ip/, "OFPBAC_MATCH_INCONSISTENT"],
  ["ip", "set_field:10.0.0.1", "10.0.0.1", /set_field needs an arrow/],
  ["ip", "set_field:10.0.0.1->", "10.0.0.1->", /names no field/],
  ["ip", "set_field:10.0.0.1->nosuch", "nosuch", /not a field that set_field knows/],
  ["", "set_field:5->ct_mark", "ct_mark", /in ct\(exec/],
  ["", "set_field:1/3->in_port", "3", /takes no mask/, "OFPBMC_BAD_MASK"],
  ["ip", "set_field:5->nw_tos", "5", /bits of ECN/],
  ["", "load:1->ct_mark", "ct_mark", /in ct\(exec/],
  ["", "move:reg0->NXM_NX_CT_LABEL[0..31]", "NXM_NX_CT_LABEL[0..31]", /in ct\(exec/],
  ["", "output:xxreg0", "xxreg0", /more than the 64 bits/],
  ["", "output:tun_metadata0", "tun_metadata0", /more than the 64 bits/],
  [
    "",
    "learn(table=1,tun_erspan_idx=5)",
    "tun_erspan_idx",
    /no room in a learned flow/,
    "OFPBAC_BAD_SET_TYPE",
  ],
  ["", "learn(table=1,load:5->nsh_c1[3])", "nsh_c1[3]", /no room in a learned flow/, "OFPBAC_BAD_SET_TYPE"],
  ["", "output:nsh_c1", "output", /needs dl_type=0x894f/, "OFPBAC_MATCH_INCONSISTENT"],
  ["ip", "set_field:6->nw_proto", "nw_proto", /can't be set/, "OFPBAC_BAD_SET_ARGUMENT"],
  ["udp", "set_field:5->tcp_src", "set_field", /write set_field:5->udp_src/, "OFPBAC_MATCH_INCONSISTENT"],
  ["dl_vlan=5", "set_field:20->vlan_vid", "20", /write set_field:4116->vlan_vid/, "OFPBAC_BAD_SET_ARGUMENT"],
  ["dl_vlan=5", "set_field:9->vlan_pcp", "9", /out of range/],
  ["", "load:5->nosuch", "nosuch", /unknown field nosuch/],
  ["", "load:5->reg0[40]", "reg0[40]", /bits 0 to 31/],
  ["", "load:16->reg0[0..3]", "16", /out of range/],
  ["", "load:5->reg0[3..", "reg0[3..", /not a field or part of one/],
  ["", "load:5->eth_type", "load", /can't be set/, "OFPBAC_BAD_SET_ARGUMENT"],
  ["", "load:5->tcp_src", "load", /needs tcp or tcp6/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "move:reg0->eth_src", "reg0->eth_src", /takes 32 bits from reg0 and gives 48/],
  ["arp", "move:arp_sha->nd_sll", "move", /needs icmp6,icmp_type=135/, "OFPBAC_MATCH_INCONSISTENT"],
  ["", "goto_table:5", "goto_table", /unknown action goto_table/],
  ["", "raw_action(type=9)", "raw_action", /needs type and data/],
  ["", "experimenter_action(id=1,data=0x0)", "0x0", /not a string of bytes/],
];

function assertRefusal(
  read: () => unknown,
  text: string,
  token: string,
  reason: RegExp,
  error?: string,
): void {
  assert.throws(read, (thrown: unknown) => {
    assert.ok(thrown instanceof FlowSyntaxError, String(thrown));
    assert.match(thrown.message, reason);
    assert.equal(thrown.token, token);
    assert.equal(text.slice(thrown.column - 1, thrown.column - 1 + token.length), token);
    assert.equal(thrown.openflowError, error);
    return true;
  });
}

describe("parseActions", () => {
  for (const [match, text, printed] of translated) {
    it(`reads ${JSON.stringify(text)} on ${match || "any packet"} as ${printed}`, () => {
      const actions = parseActions(text, { match: parseMatch(match) });
      assert.equal(formatActions(actions), printed);
      assert.deepEqual(parseActions(printed, { match: parseMatch(match) }), actions);
    });
  }

  for (const [match, text, token, reason, error] of refused) {
    it(`refuses ${JSON.stringify(text)} on ${match || "any packet"} and points at ${JSON.stringify(token)}`, () => {
      assertRefusal(() => parseActions(text, { match: parseMatch(match) }), text, token, reason, error);
    });
  }

  it("keeps the order of actions, which is the order they run in", () => {
    const types = parseActions("output:1,strip_vlan,output:2,push_vlan:0x8100", {
      match: parseMatch("dl_vlan=5"),
    });
    assert.deepEqual(
      types.map(({ type }) => type),
      ["output", "popVlan", "output", "pushVlan"],
    );
  });

  it("knows named ports, and prints them where it is told their names", () => {
    const actions: Action[] = [{ type: "output", port: 7, maxLen: 0 }];
    const ports = new Map([["vm-a", 7]]);
    assert.deepEqual(parseActions('output:"vm-a"', { ports }), actions);
    assert.deepEqual(parseActions("vm-a", { ports }), actions);
    assert.equal(formatActions(actions, { ports: new Map([[7, "vm-a"]]) }), 'output:"vm-a"');
  });
});

describe("parseInstructions", () => {
  it("reads actions and instructions side by side", () => {
    const text =
      "meter:3,output:1,clear_actions,write_actions(output:2,set_queue:1),write_metadata:0x5/0xff,goto_table:9";
    const instructions = parseInstructions(text);
    assert.deepEqual(
      instructions.map(({ type }) => type),
      ["meter", "applyActions", "clearActions", "writeActions", "writeMetadata", "gotoTable"],
    );
    assert.equal(formatInstructions(instructions), text);
  });

  it("makes nothing of an empty action set, as ovs-ofctl does", () => {
    assert.deepEqual(parseInstructions("write_actions(drop)"), []);
    assert.deepEqual(parseInstructions("write_actions()"), []);
  });

  it("doesn't ask for tags in an action set, but asks for protocols", () => {
    assert.equal(
      formatInstructions(parseInstructions("write_actions(strip_vlan)")),
      "write_actions(pop_vlan)",
    );
    assert.throws(() => parseInstructions("write_actions(mod_nw_src:10.0.0.1)"), /needs ip in the match/);
  });

  it("prints instructions in the order switches carry them out, whatever their order on the wire", () => {
    const text = formatInstructions([
      { type: "gotoTable", tableId: 2 },
      { type: "applyActions", actions: [{ type: "output", port: 1, maxLen: 0 }] },
    ]);
    assert.equal(text, "output:1,goto_table:2");
  });

  it("prints what it doesn't know so that it reads back", () => {
    const text =
      "experimenter_instruction(id=0x00001234,data=0x0102030405060708),raw_instruction(type=9,data=0x00000000)";
    assert.equal(formatInstructions(parseInstructions(text)), text);
  });

  const wrong: readonly (readonly [text: string, token: string, reason: RegExp, error?: string])[] = [
    ["goto_table:1,output:1", "output", /output must stand before goto_table/],
    ["output:1,meter:2", "meter", /meter must stand before output/],
    [
      "write_actions(output:1),clear_actions",
      "clear_actions",
      /clear_actions must stand before write_actions/,
    ],
    ["goto_table:1,goto_table:2", "goto_table", /given twice/, "OFPBIC_DUP_INST"],
    ["clear_actions,clear_actions", "clear_actions", /given twice/, "OFPBIC_DUP_INST"],
    ["meter:0", "0", /no meter 0/, "OFPMMFC_INVALID_METER"],
    ["goto_table:300", "300", /out of range/],
    ["goto_table", "goto_table", /has no argument/],
    ["clear_actions:1", "1", /takes no argument/],
    ["drop,goto_table:1", "drop", /drop means/],
    ["write_metadata:5/junk", "junk", /not a number/],
    ["write_actions(output:1", "(output:1", /never closed/],
    ["write_actions(goto_table:1)", "goto_table", /unknown action goto_table/],
    ["apply_actions(output:1)", "apply_actions", /apply_actions is what actions do anyway/],
  ];
  for (const [text, token, reason, error] of wrong) {
    it(`refuses ${text} and points at ${token}`, () => {
      assertRefusal(() => parseInstructions(text), text, token, reason, error);
    });
  }

  it("lets a flow go forward only", () => {
    const text = "table=3,actions=goto_table:3";
    assert.throws(() => parseFlow(text), /does not lead forward from table 3 \(OFPBIC_BAD_TABLE_ID\)/);
    assert.throws(() => parseFlow("actions=goto_table:0"), /OFPBIC_BAD_TABLE_ID/);
    assert.doesNotThrow(() => parseFlow("table=3,actions=goto_table:4"));
  });
});

describe("Actions that ovs-ofctl never sends", () => {
  const learned = {
    type: "learn",
    idleTimeout: 0,
    hardTimeout: 0,
    priority: 0x8000,
    cookie: 0n,
    flags: 0,
    tableId: 1,
    finIdleTimeout: 0,
    finHardTimeout: 0,
  } as const;
  const vlan = { name: "OXM_OF_VLAN_VID", ofs: 0 };
  const told: readonly (readonly [Action, string])[] = [
    [{ type: "controller", maxLen: 1, controllerId: 0, reason: 1 }, "CONTROLLER:1"],
    [{ type: "controller2", properties: [] }, "CONTROLLER:65535"],
    [{ type: "controller2", properties: [{ type: "maxLen", maxLen: 9 }] }, "CONTROLLER:9"],
    [{ type: "controller2", properties: [{ type: "meterId", meterId: 0 }] }, "CONTROLLER:65535"],
    [{ type: "controller2", properties: [{ type: "meterId", meterId: 7 }] }, "controller(meter_id=7)"],
    [
      {
        type: "regLoad2",
        oxm: { field: "tunMetadata3", value: `0x${"00".repeat(123)}05`, mask: `0x${"ff".repeat(124)}` },
      },
      "set_field:0x5->tun_metadata3",
    ],
    [{ type: "deleteField", field: "NXM_NX_REG7" }, "delete_field:reg7"],
    [{ type: "deleteField", field: "OXM_OF_IPV4_DST" }, "delete_field:ip_dst"],
    [{ type: "deleteField", field: "NXM_OF_IN_PORT" }, "delete_field:in_port"],
    [{ type: "deleteField", field: "NXM_NX_IP_FRAG" }, "delete_field:ip_frag"],
    [{ type: "deleteField", field: "NXM_NX_TUN_METADATA3" }, "delete_field:tun_metadata3"],
    [
      { ...learned, specs: [{ type: "match", nBits: 12, src: { value: 5n }, dst: vlan }] },
      "learn(table=1,vlan_vid=5)",
    ],
    [
      {
        ...learned,
        specs: [
          {
            type: "match",
            nBits: 48,
            src: { name: "OXM_OF_ARP_SHA", ofs: 0 },
            dst: { name: "NXM_NX_ARP_SHA", ofs: 0 },
          },
        ],
      },
      "learn(table=1,NXM_NX_ARP_SHA[])",
    ],
  ];
  for (const [action, text] of told) {
    it(`are printed as a switch prints them: ${text}`, () => {
      assert.equal(formatActions([action]), text);
    });
  }
});
