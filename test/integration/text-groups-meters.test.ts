// Texts of groups and meters against ovs-ofctl itself: the same text has to become the same bytes, be refused where
// ovs-ofctl refuses it, and a switch's groups and meters have to print the same.
import assert from "node:assert/strict";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  connectSwitch,
  encode,
  FlowSyntaxError,
  formatGroup,
  formatMeter,
  parseGroup,
  parseMeter,
  type Switch,
} from "../../src/openflow/index.ts";
import { type Line, refused, sent, strict } from "../openflow/text/groups-meters.ts";
import { seedPorts } from "../openflow/text/vectors.ts";
import { describeWith } from "../support/needs.ts";
import { RecordingSwitch } from "./recording-switch.ts";

const ports = new Map([...seedPorts, ["p1", 1], ["p2", 2]]);

/** The body of the message that a line comes to. */
function hexOf([command, text]: Line): string {
  const verb = command.startsWith("add") ? "add" : command.startsWith("mod") ? "modify" : "delete";
  const message = command.includes("group")
    ? encode({ type: "groupMod", ...parseGroup(text, { command: verb, ports }) })
    : encode({ type: "meterMod", ...parseMeter(text, { command: verb }) });
  return Buffer.from(message.subarray(8)).toString("hex");
}

describeWith(["openvswitch"], "texts of groups and meters beside ovs-ofctl at OpenFlow 1.3", function () {
  this.timeout(60_000);
  let recorder: RecordingSwitch;

  before(async () => {
    recorder = await RecordingSwitch.start(ports);
  });
  after(async () => {
    await recorder.stop();
  });

  async function bodiesOf([command, text]: Line): Promise<string[]> {
    const { otherMods } = await recorder.record([command], text);
    return otherMods.map((message) => message.subarray(8).toString("hex"));
  }

  for (const line of sent) {
    it(`are sent as ovs-ofctl sends them: ${line.join(" ")}`, async () => {
      assert.deepEqual(await bodiesOf(line), [hexOf(line)]);
    });
  }

  for (const line of refused) {
    it(`are refused as ovs-ofctl refuses them: ${line.join(" ")}`, async () => {
      assert.deepEqual(await bodiesOf(line), []);
      assert.throws(() => hexOf(line), FlowSyntaxError);
    });
  }

  for (const line of strict) {
    it(`are refused where ovs-ofctl sends something doubtful: ${line.join(" ")}`, async () => {
      assert.equal((await bodiesOf(line)).length, 1);
      assert.throws(() => hexOf(line), FlowSyntaxError);
    });
  }
});

describeWith(["openvswitch"], "groups and meters of a real switch", function () {
  this.timeout(60_000);
  let vswitch: OpenVSwitch;
  let bridge: Switch;

  before(async () => {
    vswitch = await startOpenVSwitch();
    await vswitch.addBridge("br0");
    bridge = await connectSwitch(vswitch.mgmt("br0"));
  });
  after(async () => {
    try {
      await bridge.close();
    } finally {
      await vswitch.stop();
    }
  });

  /** What ovs-ofctl prints, without its first line. */
  async function dump(command: string): Promise<string[]> {
    const text = await vswitch.ofctl("-O", "OpenFlow13", command, "br0");
    return text.trimEnd().split("\n").slice(1);
  }

  it("are installed from their text, and print as ovs-ofctl prints them", async () => {
    const groups = [
      "group_id=1,type=all,bucket=output:1,bucket=output:2",
      "group_id=2,type=select,bucket=weight:10,output:1,bucket=output:2,bucket=weight:0,drop",
      "group_id=3,type=ff,bucket=watch_port:1,output:1,bucket=watch_group:1,output:2",
      "group_id=4,type=indirect,bucket=set_field:10.0.0.1->ip_dst,output:LOCAL",
      "group_id=5,type=all",
    ];
    const meters = [
      "meter=1,kbps,bands=type=drop,rate=1000",
      "meter=2,pktps,burst,stats,bands=type=drop,rate=100,burst_size=10",
    ];
    for (const text of groups) bridge.send({ type: "groupMod", ...parseGroup(text) });
    for (const text of meters) bridge.send({ type: "meterMod", ...parseMeter(text) });
    await bridge.barrier();
    const printedGroups = await dump("dump-groups");
    assert.equal(printedGroups.length, groups.length);
    assert.deepEqual(
      (await bridge.groups()).map((group) => ` ${formatGroup(group)}`),
      printedGroups,
    );
    assert.deepEqual(
      (await bridge.meters()).map(formatMeter).join("\n\n").split("\n"),
      await dump("dump-meters"),
    );
    assert.deepEqual((await bridge.groupStats()).length, groups.length);
    assert.deepEqual(
      (await bridge.meterStats(2)).map(({ meterId, bands }) => [meterId, bands.length]),
      [[2, 1]],
    );
  });

  it("tell what tables, groups and meters can do", async () => {
    assert.equal((await bridge.multipart("tableFeatures", [])).length, 254);
    assert.equal((await bridge.multipart("groupFeatures", undefined)).types, 0xf);
    assert.ok((await bridge.multipart("meterFeatures", undefined)).maxBands > 0);
  });

  it("answer requests for a role, for asynchronous messages and for queues", async () => {
    const role = await bridge.request({ type: "roleRequest", role: "noChange", generationId: 0n });
    assert.equal(role.type === "roleReply" && role.role, "equal");
    const masks = {
      packetInMaster: 7,
      packetInSlave: 0,
      portStatusMaster: 3,
      portStatusSlave: 7,
      flowRemovedMaster: 15,
      flowRemovedSlave: 0,
    };
    bridge.send({ type: "setAsync", ...masks });
    const { version: _version, xid: _xid, ...config } = await bridge.request({ type: "getAsyncRequest" });
    assert.deepEqual(config, { type: "getAsyncReply", ...masks });
    const queues = await bridge.request({ type: "queueGetConfigRequest", portNo: 0xffffffff });
    assert.equal(queues.type === "queueGetConfigReply" && queues.portNo, 0xffffffff);
  });
});
