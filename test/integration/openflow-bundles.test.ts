// Bundles of flows, groups, packets and ports: their files read as ovs-ofctl reads them, and a real switch that takes all of
// one or nothing.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  type BundleError,
  type BundleMessage,
  connectSwitch,
  encode,
  FlowSyntaxError,
  PortConfig,
  parseBundleFile,
  parsePacketOut,
  type Switch,
} from "../../src/openflow/index.ts";
import { describeWith } from "../support/needs.ts";
import { RecordingSwitch } from "./recording-switch.ts";

const ports = new Map([
  ["p1", 1],
  ["p2", 2],
]);
const packet = "00112233445500112233445608004500001400000000400066e70a0000010a000002";
const arp = "ffffffffffff00112233445508060001080006040001001122334455c0a80101000000000000c0a80102";

/** A message without its xid, in which nothing of ours and of ovs-ofctl's has to agree. */
function hexOf(message: Uint8Array): string {
  return Buffer.from(message)
    .toString("hex")
    .replace(/^(.{8}).{8}/, "$1");
}

function written(change: BundleMessage): string {
  return hexOf(encode(change));
}

describeWith(["openvswitch"], "files of bundles beside ovs-ofctl at OpenFlow 1.3", function () {
  this.timeout(60_000);
  let recorder: RecordingSwitch;
  let folder: string;

  before(async () => {
    recorder = await RecordingSwitch.start(ports);
    folder = await mkdtemp(join(tmpdir(), "ovk-"));
  });
  after(async () => {
    await recorder.stop();
    await rm(folder, { recursive: true });
  });

  async function bundled(text: string): Promise<string[]> {
    const file = join(folder, "bundle");
    await writeFile(file, text);
    const { bundled: messages } = await recorder.record(["bundle"], file);
    return messages.map(hexOf);
  }

  it("hold the messages that ovs-ofctl sends for them", async () => {
    const text = [
      "# everything that a line may say",
      "group add group_id=21,type=all,bucket=output:1",
      "  flow add priority=3,in_port=p1,actions=group:21  # to the group",
      "flow add,table=1,priority=4,actions=output:p2",
      "",
      "flow modify table=1,actions=drop",
      "flow modify_strict table=1,priority=4,actions=normal",
      "flow delete table=2,ip",
      "flow delete_strict table=2,priority=9,ip,nw_dst=10.0.0.1",
      "flow delete",
      "flow priority=5,actions=drop",
      "group modify group_id=21,type=select,bucket=weight:3,output:1",
      "group group_id=22,type=indirect,bucket=output:p2",
      "group add_or_mod group_id=22,type=all,bucket=output:1",
      "group delete group_id=21",
      "group delete",
      `packet-out in_port=p1,packet=${packet},actions=output:2`,
      `packet-out in_port=none packet=${arp} actions=set_field:10.0.0.9->arp_spa,flood`,
      `packet-out packet=${packet},actions=set_field:10.0.0.9->ip_dst,mod_nw_tos:4,output:1`,
      `packet-out in_port=local,packet=${packet}`,
    ].join("\n");
    const ours = parseBundleFile(text, { ports }).map(written);
    assert.equal(ours.length, 18);
    assert.deepEqual(ours, await bundled(`${text}\n`));
  });

  for (const line of [
    "meter add meter=1,kbps,bands=type=drop,rate=1",
    "add priority=1,actions=drop",
    "flow modify-strict actions=drop",
    "flow,add,actions=drop",
    "flow",
    "group",
    "packet-out in_port=1,actions=drop",
    "packet-out in_port=1,packet=0011,actions=drop",
    `packet-out in_port=all,packet=${packet},actions=drop`,
    `packet-out actions=drop,packet=${packet}`,
  ]) {
    it(`are refused where ovs-ofctl refuses them: ${line.replace(packet, "…")}`, async () => {
      assert.deepEqual(await bundled(`${line}\n`), []);
      assert.throws(() => parseBundleFile(line, { ports }), FlowSyntaxError);
    });
  }

  it("and packets alone come to what ovs-ofctl packet-out sends", async () => {
    const text = `in_port=p1,packet=${arp},actions=load:1->NXM_OF_ARP_OP[],output:2`;
    const { otherMods } = await recorder.record(["packet-out"], text);
    assert.deepEqual(otherMods.map(hexOf), [
      written({ type: "packetOut", ...parsePacketOut(text, { ports }) }),
    ]);
  });
});

describeWith(["openvswitch"], "a bundle of everything that a real switch takes", function () {
  this.timeout(60_000);
  let vswitch: OpenVSwitch;
  let bridge: Switch;

  before(async () => {
    vswitch = await startOpenVSwitch();
    await vswitch.addBridge("br0");
    bridge = await connectSwitch(vswitch.mgmt("br0"));
  });
  after(async () => {
    await bridge.close();
    await vswitch.stop();
  });

  const good = [
    "group add group_id=1,type=all,bucket=output:LOCAL",
    "flow add priority=5,arp,actions=group:1",
    `packet-out packet=${arp},actions=table`,
  ].join("\n");

  it("is installed in its order, and its packet goes through the new flow and group", async () => {
    await bridge.apply([...parseBundleFile(good), { priority: 1 }]);
    assert.deepEqual(await vswitch.flows("br0"), [
      "priority=1 actions=drop",
      "priority=5,arp actions=group:1",
    ]);
    assert.deepEqual(
      new Map((await bridge.flows()).map(({ priority, packetCount }) => [priority, packetCount])),
      new Map([
        [1, 0n],
        [5, 1n],
      ]),
    );
    assert.equal((await bridge.groupStats(1))[0]?.packetCount, 1n);
  });

  it("takes changes of ports unless it is atomic", async () => {
    const [local] = await bridge.ports();
    assert.ok(local !== undefined);
    const { portNo, hwAddr } = local;
    const { noFwd } = PortConfig;
    const portMod = { type: "portMod", portNo, hwAddr, config: noFwd, mask: noFwd, advertise: 0 } as const;
    await assert.rejects(bridge.apply([portMod]), /change 1 of 1, mod-port LOCAL: OFPBFC_MSG_FAILED$/);
    assert.equal((await bridge.ports())[0]?.config, 0);
    await bridge.apply([portMod], { atomic: false });
    assert.equal((await bridge.ports())[0]?.config, noFwd);
  });

  it("is left out whole when its group or its flow is refused, and the error names which", async () => {
    const flows = await vswitch.flows("br0");
    await assert.rejects(
      bridge.apply(parseBundleFile("flow add priority=7,actions=drop\ngroup add group_id=1,type=all")),
      (error: BundleError) => {
        assert.match(error.message, /change 2 of 2, group add group_id=1,type=all: OFPGMFC_GROUP_EXISTS$/);
        return error.failures[0]?.message.type === "groupMod";
      },
    );
    await assert.rejects(
      bridge.apply(parseBundleFile("group add group_id=2,type=all\nflow add priority=7,actions=group:3")),
      /change 2 of 2, priority=7 actions=group:3: OFPBAC_BAD_OUT_GROUP$/,
    );
    assert.deepEqual(await vswitch.flows("br0"), flows);
    assert.equal((await bridge.groups()).length, 1);
  });

  it("has no room for meters", async () => {
    const meter = { type: "meterMod", command: "add", flags: 1, meterId: 1, bands: [] };
    await assert.rejects(bridge.apply([meter as unknown as BundleMessage]), /OFPBFC_MSG_UNSUP$/);
  });
});
