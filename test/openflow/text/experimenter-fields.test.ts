// Fields whose headers are an experimenter's, and others that Open vSwitch writes in a form of their own: what ovs-ofctl
// 3.1 sent at OpenFlow 1.3 for these texts, from the match on.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decode, encode } from "../../../src/openflow/index.ts";
import { formatFlow, parseFlow } from "../../../src/openflow/text/index.ts";

/** Length of a FLOW_MOD before its match. */
const HEAD_BYTES = 48;

const sent: readonly (readonly [text: string, hex: string])[] = [
  [
    "actions=load:1->tun_erspan_idx,load:1->tun_erspan_idx[3..5],load:1->NXOXM_ET_ERSPAN_DIR[]",
    "00010004000000000004006000000000ffff0020000023200021ffff170c0000232000000001000fffff000000000000ffff0020000023200021ffff170c000023200000000800000038000000000000ffff0018000023200021ffff1b0600002320010100000000",
  ],
  [
    "dl_type=0x894f,actions=load:1->nsh_spi,load:1->nsh_ttl[0..3],load:2->nsh_c1",
    "0001000a80000a02894f0000000000000004005800000000ffff0020000023200021ffff090c005ad6500000000100ffffff000000000000ffff0018000023200021ffff1506005ad650010f00000000ffff0018000023200021ffff0c08005ad650000000020000",
  ],
  [
    "dl_type=0x894f,actions=push:nsh_c1[0..7],pop:nsh_c2[5]",
    "0001000a80000a02894f0000000000000004003800000000ffff001800002320001b0000ffff0c08005ad65000080000ffff001800002320001c0005ffff0e08005ad65000010000",
  ],
  [
    "dl_type=0x894f,actions=move:nsh_c1->reg0,move:reg0->nsh_c2,move:nsh_c1[0..3]->reg0[5..8]",
    "0001000a80000a02894f0000000000000004006800000000ffff0020000023200006002000000000ffff0c08005ad6500001000400000000ffff002000002320000600200000000000010004ffff0e08005ad65000000000ffff0020000023200006000400000005ffff0c08005ad6500001000400000000",
  ],
  [
    "dl_type=0x894f,actions=output:nsh_c1[0..15],output:nsh_spi",
    "0001000a80000a02894f0000000000000004003800000000ffff0018000023200020000fffffffff0c08005ad6500000ffff00180000232000200017ffffffff0808005ad6500000",
  ],
  [
    "dl_type=0x894f,actions=check_pkt_larger(100)->nsh_c1[3]",
    "0001000a80000a02894f0000000000000004002000000000ffff001800002320003100640003ffff0c08005ad6500000",
  ],
  [
    "actions=learn(table=5,limit=3,result_dst=tun_erspan_dir,NXM_OF_ETH_SRC[])",
    "00010004000000000004004800000000ffff004000002320002d000000008000000000000000000000040500000000000000000300000000ffff1a050000232000300000040600000000040600000000",
  ],
  [
    "actions=push:actset_output,push:OXM_OF_ACTSET_OUTPUT[],output:actset_output",
    "00010004000000000004005000000000ffff001800002320001b0000ffff56084f4e460000200000ffff001800002320001b0000ffff56084f4e460000200000ffff0018000023200020001fffffffff56084f4e46000000",
  ],
  [
    "actions=move:tun_gtpu_flags->reg0[0..7],output:tun_gtpu_flags",
    "00010004000000000004004000000000ffff0020000023200006000800000000ffff1e05000023200001000400000000ffff00180000232000200007ffffffff1e05000023200000",
  ],
  [
    "actions=load:5->tun_metadata0,load:5->tun_metadata0[0..7],set_field:0->tun_metadata1",
    "00010004000000000004003000000000ffff0010000023200021000150010500ffff00100000232000210001510205ff0019000800015200",
  ],
  [
    "actions=set_field:oam->tun_flags,set_field:-oam->tun_flags,set_field:0x1/0xff->tun_erspan_ver",
    "00010004000000000004004000000000001900100001d0020001000000000000ffff001800002320000700000001d002000000000000000000190010ffff18050000232001000000",
  ],
  [
    "ip,actions=set_field:4->nw_tos,set_field:LOCAL->in_port,set_field:0x1001/0x1fff->vlan_tci",
    "0001000a80000a02080000000000000000040040000000000019001000000a0104000000000000000019001000000002fffe000000000000ffff0018000023200007000c000008020000000000001001",
  ],
  ["ct_state=+trk,ct_nw_src=0.0.0.0/0,actions=drop", "0001001880005804000000000001d3080000002000000020"],
  ["ct_nw_proto=0,actions=drop", "0001000c800058040000000000000000"],
  ["tun_metadata0=0,tun_metadata1,actions=drop", "0001000c000150000001530000000000"],
];

describe("A text with fields of experimenters", () => {
  for (const [text, hex] of sent) {
    it(`becomes the bytes ovs-ofctl sent: ${text}`, () => {
      const message = encode({ type: "flowMod", ...parseFlow(text) });
      assert.equal(Buffer.from(message.subarray(HEAD_BYTES)).toString("hex"), hex);
    });

    it(`reads from its bytes, and from what is printed of them: ${text}`, () => {
      const bytes = encode({ type: "flowMod", ...parseFlow(text) });
      const flow = decode(bytes);
      assert.equal(flow.type, "flowMod");
      assert.deepEqual(encode(flow), bytes);
      assert.doesNotMatch(JSON.stringify(flow, bigintsAsText), /"raw"/);
      assert.equal(formatFlow(parseFlow(formatFlow(flow))), formatFlow(flow));
    });
  }
});

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
