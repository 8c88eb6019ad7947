// What a switch refuses of the texts ovs-ofctl sends is refused as they are read, by the error the switch answers with.
import assert from "node:assert/strict";
import { CommandError } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { FlowSyntaxError, parseFlow } from "../../src/openflow/text/index.ts";
import { describeWith } from "../support/needs.ts";

describeWith(["openvswitch"], "texts that a switch refuses", function () {
  this.timeout(60_000);
  let ovs: OpenVSwitch;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br0");
  });
  after(() => ovs.stop());

  /** The error that the switch answers with. */
  async function answerTo(text: string): Promise<string | undefined> {
    try {
      // In a bundle, so that ovs-ofctl waits for the answer.
      await ovs.ofctl("-O", "OpenFlow13", "--bundle", "add-flow", "br0", text);
      return undefined;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return (
        /\b(?:OFP|NX)[A-Z]+_[A-Z_]+$|\b(?:OFPB|OFPM|NXB)[A-Z]*_[A-Z_]+\b/m.exec(error.message)?.[0] ??
        error.message
      );
    }
  }

  const texts: readonly (readonly [text: string, token: string, field?: string])[] = [
    ["packet_type=(1,0x800),ip,nw_src=1.2.3.4,actions=drop", "ip", "ethType"],
    ["packet_type=(1,0x800),dl_src=00:00:00:00:00:01,actions=drop", "dl_src=00:00:00:00:00:01", "ethSrc"],
    ["packet_type=(1,0x806),dl_vlan=5,actions=drop", "dl_vlan=5", "vlanVid"],
    ["actions=meter:4294967295,output:1", "meter:4294967295"],
  ];
  for (const [text, token, field] of texts) {
    it(`refuses ${text} at ${token} with the switch's own error`, async () => {
      const answer = await answerTo(text);
      assert.ok(answer !== undefined, "the switch took it");
      assert.throws(
        () => parseFlow(text),
        (error: unknown) => {
          assert.ok(error instanceof FlowSyntaxError);
          assert.deepEqual([error.openflowError, error.token, error.field], [answer, token, field]);
          assert.equal(error.column, text.indexOf(token) + 1);
          return true;
        },
      );
    });
  }
});
