// ovs-vswitchd's control socket on the real daemon, with the dummy datapath: traces of the flows that lanes are made
// of, and datapath flows after packets that were made up.
import assert from "node:assert/strict";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import { ConnectionClosedError } from "../../src/errors.ts";
import {
  ControlSocketError,
  connectUnixctl,
  type DatapathFlow,
  dumpDatapathFlows,
  findControlSocket,
  trace,
  type Unixctl,
  UnixctlError,
} from "../../src/unixctl/index.ts";
import { describeWith } from "../support/needs.ts";

const probe = "in_port=1,icmp,dl_src=00:00:00:00:00:01,dl_dst=00:00:00:00:00:02,nw_src=192.168.1.1,nw_ttl=64";

/** Words of ovs-vsctl that add a port. */
function port(bridge: string, name: string, type: string, ofport: number, ...more: string[]): string[] {
  const settings = [`type=${type}`, `ofport_request=${ofport}`, ...more];
  return ["--", "add-port", bridge, name, "--", "set", "interface", name, ...settings];
}

const packet =
  "in_port(1),eth(src=00:00:00:00:00:01,dst=00:00:00:00:00:02),eth_type(0x0800),ipv4(src=192.168.1.1,dst=10.100.7.140,proto=6,tos=0,ttl=64,frag=no),tcp(src=1000,dst=1514),tcp_flags(ack)";

/** Sends packets until the datapath has counted one: the first makes the flow, those after it are counted once it is installed. */
async function countedFlows(unixctl: Unixctl, tries = 500): Promise<readonly DatapathFlow[]> {
  await unixctl.command("netdev-dummy/receive", "vm1", packet);
  const flows = await dumpDatapathFlows(unixctl);
  return tries === 0 || flows.some(({ packets }) => packets > 0n) ? flows : countedFlows(unixctl, tries - 1);
}

async function refused(unixctl: Unixctl, text: RegExp, name: string, ...args: string[]): Promise<void> {
  await assert.rejects(unixctl.command(name, ...args), (error: unknown) => {
    return error instanceof UnixctlError && text.test(error.text) && error.command === name;
  });
}

describeWith(["openvswitch"], "the control socket of the real ovs-vswitchd", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  let unixctl: Unixctl;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br-int");
    await ovs.addBridge("br-ex");
    await ovs.vsctl(
      ...port("br-int", "vm1", "dummy", 1).slice(1),
      ...port("br-int", "int-probe", "patch", 10, "options:peer=ex-probe"),
      ...port("br-ex", "ex-probe", "patch", 20, "options:peer=int-probe"),
      ...port("br-ex", "eth", "dummy", 21),
    );
    const flows: readonly [bridge: string, flow: string][] = [
      ["br-int", "priority=200,ip,in_port=1,nw_dst=10.100.7.140,actions=goto_table:210"],
      [
        "br-int",
        "priority=200,arp,in_port=1,arp_op=1,arp_tpa=10.100.7.140,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],load:2->NXM_OF_ARP_OP[],in_port",
      ],
      [
        "br-int",
        "table=210,priority=20,cookie=0xb0d1,ip,in_port=1,nw_src=192.168.1.1,actions=set_field:10.0.0.137->ip_src,output:10",
      ],
      ["br-int", "table=210,priority=0,actions=drop"],
      ["br-ex", "priority=200,cookie=0xe1,ip,in_port=20,actions=output:21"],
    ];
    for (const [bridge, flow] of flows) {
      // oxlint-disable-next-line no-await-in-loop -- five commands
      await ovs.ofctl("-O", "OpenFlow13", "add-flow", ovs.mgmt(bridge), flow);
    }
    unixctl = await connectUnixctl(await findControlSocket(ovs.rundir));
  });
  after(async () => {
    await unixctl?.close();
    await ovs?.stop();
  });

  it("answers commands one after the other, however they are sent", async () => {
    const [version, bridges] = await Promise.all([
      unixctl.command("version"),
      unixctl.command("ofproto/list"),
    ]);
    assert.match(version, /^ovs-vswitchd \(Open vSwitch\)/);
    assert.deepEqual(bridges.trim().split("\n").toSorted(), ["br-ex", "br-int"]);
  });

  it("refuses what it doesn't know in its own words", async () => {
    await refused(unixctl, /unknown bridge/, "ofproto/trace", "br-nope", "in_port=1");
    await refused(unixctl, /unknown field foo/, "ofproto/trace", "br-int", "foo=1");
    await refused(unixctl, /not a valid command/, "reboot");
    await refused(unixctl, /requires at least/, "ofproto/trace");
  });

  it("traces a packet through tables and a patch pair", async () => {
    const { steps, datapathActions, finalFlow } = await trace(
      unixctl,
      "br-int",
      `${probe},nw_dst=10.100.7.140`,
    );
    assert.deepEqual(
      steps.map(({ bridge, table, cookie, priority, depth }) => [bridge, table, cookie, priority, depth]),
      [
        ["br-int", 0, 0n, 200, 0],
        ["br-int", 210, 0xb0d1n, 20, 0],
        ["br-ex", 0, 0xe1n, 200, 0],
      ],
    );
    assert.match(finalFlow, /nw_src=10\.0\.0\.137/);
    assert.match(datapathActions, /^set\(ipv4\(src=10\.0\.0\.137\)\),\d+$/);
  });

  it("traces with the names of ports", async () => {
    const { steps } = await trace(unixctl, "br-int", `${probe},nw_dst=10.100.7.140`, { names: true });
    assert.deepEqual(steps[1]?.actions.at(-1), 'output:"int-probe"');
  });

  it("traces a spoofed source to the drop that decides", async () => {
    const spoofed = probe.replace("192.168.1.1", "192.168.1.9");
    const { steps, datapathActions } = await trace(unixctl, "br-int", `${spoofed},nw_dst=10.100.7.140`);
    assert.deepEqual([steps.at(-1)?.table, steps.at(-1)?.actions, datapathActions], [210, ["drop"], "drop"]);
  });

  it("traces an ARP responder back to where the request came from", async () => {
    const arp =
      "in_port=1,arp,dl_src=00:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,arp_op=1,arp_tpa=10.100.7.140";
    const { steps, finalFlow } = await trace(unixctl, "br-int", arp);
    assert.equal(steps[0]?.actions.at(-1), "IN_PORT");
    assert.match(finalFlow, /dl_dst=00:00:00:00:00:01,.*arp_op=2/);
  });

  it("traces what matches nothing", async () => {
    const { steps } = await trace(unixctl, "br-ex", "in_port=21,ip");
    assert.deepEqual(
      steps.map(({ matched, actions }) => [matched, actions]),
      [[false, ["drop"]]],
    );
  });

  it("tells which datapath flows packets have made, and what they carried", async () => {
    const [flow, ...others] = await countedFlows(unixctl);
    assert.ok(flow);
    assert.deepEqual(others, []);
    const { inPort, ethType, ipv4Src, ipv4Dst, bytes, usedMsAgo } = flow;
    assert.deepEqual([inPort, ethType, ipv4Src, ipv4Dst], ["vm1", 0x0800, "192.168.1.1", "10.100.7.140"]);
    assert.ok(bytes > 0n);
    assert.equal(typeof usedMsAgo, "number");
    await assert.rejects(dumpDatapathFlows(unixctl, { datapath: "nope" }), UnixctlError);
  });

  it("ends with the daemon, and the next is found by its new pid", async () => {
    const own = await connectUnixctl(await findControlSocket(ovs.rundir));
    const before = await findControlSocket(ovs.rundir);
    await ovs.stopVswitchd();
    await assert.rejects(own.command("version"), ConnectionClosedError);
    await assert.rejects(findControlSocket(ovs.rundir), ControlSocketError);
    await ovs.startVswitchd();
    const after = await findControlSocket(ovs.rundir);
    assert.notEqual(after, before);
    await using again = await connectUnixctl(after);
    assert.match(await again.command("version"), /Open vSwitch/);
  });
});
