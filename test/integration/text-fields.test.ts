// Fields that a switch sizes or names by itself: tunnel options with the bridge's own table of them, fields of
// experimenters in actions. Texts of ovs-ofctl, flows of the switch and our texts have to agree.
import assert from "node:assert/strict";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { connectSwitch, type Switch } from "../../src/openflow/index.ts";
import {
  formatFlow,
  formatInstructions,
  parseFlow,
  parseInstructions,
} from "../../src/openflow/text/index.ts";
import { describeWith } from "../support/needs.ts";

/** Matches as ovs-ofctl writes and dumps them. It leaves masks of the lowest bytes out, which ours are printed with. */
const options = [
  "tun_metadata0=0x1234",
  "tun_metadata0=0",
  "tun_metadata0",
  "tun_metadata0=0xffffffff",
  "tun_metadata0=0x1200/0xff00",
  "tun_metadata0=0x5/0xf,tun_metadata1=0x7",
  "tun_metadata1=0x1234567890",
  "tun_metadata2=0x1",
];

/** What stands before and after `actions=`; the switch prints them so. */
const actions = [
  "set_field:0x1234->tun_metadata0",
  "set_field:0x12/0xff->tun_metadata0",
  "set_field:0->tun_metadata1",
  "move:NXM_NX_TUN_METADATA0[0..31]->NXM_NX_REG0[]",
  "push:NXM_NX_TUN_METADATA0[0..31],pop:NXM_NX_TUN_METADATA0[0..15]",
  "output:NXM_NX_TUN_METADATA0[0..15]",
  "delete_field:tun_metadata0",
  "check_pkt_larger(100)->NXM_NX_TUN_METADATA0[0]",
  "learn(table=1,load:NXM_NX_TUN_METADATA0[0..31]->NXM_NX_REG0[])",
  "set_field:0x8/0x38->tun_erspan_idx,set_field:1/0x3->tun_erspan_dir",
  "check_pkt_larger(100)->NXOXM_ET_ERSPAN_DIR[],learn(table=5,limit=3,result_dst=NXOXM_ET_ERSPAN_DIR[],NXM_OF_ETH_SRC[])",
  "set_field:oam->tun_flags,set_field:1->in_port,set_field:0x1001->vlan_tci",
  "push:NXM_NX_DP_HASH[],push:ONFOXM_ET_ACTSET_OUTPUT[],output:ONFOXM_ET_ACTSET_OUTPUT[]",
];
const serviceActions = [
  "move:NXOXM_NSH_C1[]->NXOXM_NSH_C2[],push:NXOXM_NSH_C1[0..7],pop:NXOXM_NSH_C2[5]",
  "output:NXOXM_NSH_C1[],output:NXOXM_NSH_SPI[0..15]",
  "set_field:0x1/0xffffff->nsh_spi,set_field:3/0xf->nsh_ttl,set_field:0x2->nsh_c1",
];

describeWith(["openvswitch"], "fields with the switch's own sizes and headers", function () {
  this.timeout(60_000);
  let ovs: OpenVSwitch;
  let bridge: Switch;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br0");
    bridge = await connectSwitch(ovs.mgmt("br0"));
    await ofctl("add-tlv-map", "br0", "{class=0xffff,type=0,len=4}->tun_metadata0");
    await ofctl("add-tlv-map", "br0", "{class=0xffff,type=1,len=8}->tun_metadata1");
    await ofctl("add-tlv-map", "br0", "{class=0xffff,type=2,len=124}->tun_metadata2");
  });
  beforeEach(() => ofctl("del-flows", "br0"));
  after(async () => {
    try {
      await bridge.close();
    } finally {
      await ovs.stop();
    }
  });

  const ofctl = (...args: string[]): Promise<string> => ovs.ofctl("-O", "OpenFlow13", ...args);
  const dumped = async (): Promise<string[]> => {
    const lines = await ofctl("--no-stats", "--no-names", "dump-flows", "br0");
    return lines.split("\n").flatMap((line) => (line.startsWith(" ") ? [line.trim()] : []));
  };

  it("remembers the table once it was read, until it is changed", async () => {
    const other = await connectSwitch(ovs.mgmt("br0"));
    assert.equal(other.tlvMap, undefined);
    const { maps } = await other.tlvTable();
    assert.deepEqual(other.tlvMap, maps);
    assert.deepEqual(
      maps.map(({ index, optionLen }) => [index, optionLen]),
      [
        [0, 4],
        [1, 8],
        [2, 124],
      ],
    );
    await other.changeTlvTable("delete", []);
    assert.equal(other.tlvMap, undefined);
    await other.close();
  });

  for (const text of options) {
    it(`reads and prints ${text} as the switch has it`, async () => {
      const { maps: tlvMap } = await bridge.tlvTable();
      await ofctl("add-flow", "br0", `${text},actions=drop`);
      const [flow] = await bridge.flows();
      assert.ok(flow !== undefined);
      assert.deepEqual([formatFlow(flow, { stats: false, tlvMap })], await dumped());
      assert.deepEqual(parseFlow(`${text},actions=drop`, { tlvMap }).match, flow.match);
      await bridge.delete({});
      await bridge.add(parseFlow(`${text},actions=drop`, { tlvMap }));
      assert.deepEqual(
        (await bridge.flows()).map(({ match }) => match),
        [flow.match],
      );
    });
  }

  it("prints the mask of an option, where dump-flows leaves it out", async () => {
    const { maps: tlvMap } = await bridge.tlvTable();
    await ofctl("add-flow", "br0", "tun_metadata1=0x12/0xff,actions=drop");
    const [flow] = await bridge.flows();
    assert.ok(flow !== undefined);
    assert.equal(formatFlow(flow, { stats: false, tlvMap }), "tun_metadata1=0x12/0xff actions=drop");
    assert.deepEqual(await dumped(), ["tun_metadata1=0x12 actions=drop"]);
  });

  const cases = [
    ...actions.map((text) => ["", text] as const),
    ...serviceActions.map((text) => ["dl_type=0x894f", text] as const),
  ];
  for (const [match, text] of cases) {
    it(`prints ${text} as dump-flows does, and sends what ovs-ofctl sends`, async () => {
      const line = `${match}${match === "" ? "" : ","}actions=${text}`;
      await bridge.add(parseFlow(line));
      const ours = await bridge.flows();
      const [flow] = ours;
      assert.ok(flow !== undefined);
      assert.deepEqual([formatFlow(flow, { stats: false })], await dumped());
      assert.equal(formatInstructions(flow.instructions), text);
      assert.equal(formatInstructions(parseInstructions(text, { match: flow.match })), text);
      await ofctl("del-flows", "br0");
      // What the switch dumps, ovs-ofctl can't read back where it has a mask that fields of matches haven't.
      if (text.includes("nsh_spi")) return;
      await ofctl("add-flow", "br0", line);
      assert.deepEqual(
        (await bridge.flows()).map(({ instructions }) => instructions),
        [flow.instructions],
      );
    });
  }
});
