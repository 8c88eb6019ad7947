// `ovskit dump` on a real switch, with ovs-ofctl as the oracle.
import assert from "node:assert/strict";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { describeWith } from "../support/needs.ts";
import { ovskitOn } from "./ovskit-command.ts";

/** Without what goes on between two looks. */
function still(text: string): string {
  return text.replaceAll(/duration[=:][0-9.]+s/g, "duration").trimEnd();
}

describeWith(["openvswitch"], "ovskit dump on a real switch", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br0");
    const ofctl = (...args: string[]): Promise<string> => ovs.ofctl("-O", "OpenFlow13", ...args);
    await ofctl("add-group", ovs.mgmt("br0"), "group_id=1,type=ff,bucket=watch_port:7,output:LOCAL");
    await ofctl("add-meter", ovs.mgmt("br0"), "meter=7,kbps,bands=type=drop,rate=1000");
  });
  after(() => ovs.stop());

  for (const [what, ...theirs] of [
    ["desc", "dump-desc"],
    ["ports", "dump-ports-desc"],
    ["port-stats", "dump-ports"],
    ["tables", "dump-tables"],
    ["table-features", "dump-table-features"],
    ["groups", "dump-groups"],
    ["group-stats", "dump-group-stats"],
    ["group-features", "dump-group-features"],
    ["meters", "dump-meters"],
    ["meter-stats", "meter-stats"],
    ["meter-features", "meter-features"],
    ["queue-stats", "queue-stats"],
  ] as const) {
    it(`prints of ${what} what ovs-ofctl ${theirs.join(" ")} prints`, async () => {
      const oracle = await ovs.ofctl("-O", "OpenFlow13", "--names", ...theirs, ovs.mgmt("br0"));
      const { exitCode, stdout, stderr } = await ovskitOn(ovs, ["dump", "br0", what]);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.equal(still(stdout), still(oracle.replace(/^OFP.*?\(xid=0x[0-9a-f]+\):[ \n]?/, "")));
    });
  }

  it("gives the same as JSON, and numbers for names where it is told to", async () => {
    const { stdout } = await ovskitOn(ovs, ["dump", "br0", "groups", "--json"]);
    const [group] = JSON.parse(stdout) as { groupId: number; buckets: { watchPort: number }[] }[];
    assert.deepEqual([group?.groupId, group?.buckets[0]?.watchPort], [1, 7]);
    const numbers = await ovskitOn(ovs, ["dump", "br0", "port-stats", "--no-names"]);
    assert.match(numbers.stdout, /port LOCAL: rx pkts=/);
  });

  it("knows what it can dump, and says what was meant", async () => {
    const { exitCode, stderr } = await ovskitOn(ovs, ["dump", "br0", "group"]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /"group" is nothing that can be dumped; did you mean "groups"\?/);
    assert.match((await ovskitOn(ovs, ["dump", "br0", "xyzzy"])).stderr, /there are desc, ports, port-stats/);
  });
});
