// `ovskit flows` on a switch that has a table of tunnel options: flows on tun_metadata fields are read and printed by it.
import assert from "node:assert/strict";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { describeWith } from "../support/needs.ts";
import { ovskitOn } from "./ovskit-command.ts";

const written = [
  "tun_metadata0=0x1234,actions=set_field:0x5->tun_metadata1,output:2",
  "tun_metadata0=0x12/0xffffffff,in_port=1,actions=move:NXM_NX_TUN_METADATA0[0..31]->NXM_NX_REG0[]",
];

describeWith(["openvswitch"], "ovskit flows on a switch with tunnel options", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br0");
    await ofctl("add-tlv-map", "br0", "{class=0xffff,type=0,len=4}->tun_metadata0");
    await ofctl("add-tlv-map", "br0", "{class=0xffff,type=1,len=8}->tun_metadata1");
  });
  beforeEach(async () => {
    await ofctl("del-flows", "br0");
    // One after the other: each is a process.
    // oxlint-disable-next-line no-await-in-loop
    for (const flow of written) await ofctl("add-flow", "br0", flow);
  });
  after(() => ovs.stop());

  const ofctl = (...args: string[]): Promise<string> => ovs.ofctl("-O", "OpenFlow13", ...args);
  const command = (name: string, ...args: string[]): ReturnType<typeof ovskitOn> =>
    ovskitOn(ovs, ["flows", name, "br0", ...args], { input: `${written.join("\n")}\n` });

  it("dump prints what ovs-ofctl dump-flows prints", async () => {
    const { stdout } = await command("dump", "--no-stats");
    const theirs = await ofctl("--no-stats", "dump-flows", "br0");
    assert.deepEqual(
      stdout.trimEnd().split("\n").toSorted(),
      theirs.trimEnd().split("\n").slice(-2).toSorted(),
    );
  });

  it("dump finds the flows of an option by the size that the table gives it", async () => {
    const { stdout } = await command("dump", "--no-stats", "tun_metadata0=0x12");
    assert.match(stdout, /^ tun_metadata0=0x12,in_port=1 actions=move:[^\n]+\n$/);
  });

  it("diff finds no difference, and replace changes nothing", async () => {
    assert.deepEqual((await command("diff", "-f", "-")).stdout, "");
    assert.match((await command("replace", "-f", "-")).stdout, /^0 added, 0 deleted, 0 changed/);
  });

  it("diff prints by the table what differs", async () => {
    await ofctl("del-flows", "br0", "in_port=1");
    const { stdout } = await command("diff", "-f", "-");
    assert.equal(
      stdout,
      "+tun_metadata0=0x12,in_port=1 actions=move:NXM_NX_TUN_METADATA0[0..31]->NXM_NX_REG0[]\n",
    );
  });

  it("refuses an option that the table hasn't", async () => {
    const { exitCode, stderr } = await command("diff", "tun_metadata7=1,actions=drop");
    assert.equal(exitCode, 2);
    assert.match(stderr, /no option in the switch's table.*NXFMFC_INVALID_TLV_FIELD/s);
  });
});
