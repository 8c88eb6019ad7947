// Flow texts against ovs-ofctl itself: the same text has to become the same bytes, be refused where ovs-ofctl refuses
// it, and a switch's flows have to print the same.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  connectSwitch,
  encode,
  type FlowMod,
  type FlowModCommand,
  type Switch,
} from "../../src/openflow/index.ts";
import {
  FlowSyntaxError,
  fixFlow,
  formatFlow,
  parseFlow,
  parseFlows,
} from "../../src/openflow/text/index.ts";
import { flowModsOf, openVSwitchInstalls, openVSwitchKnows } from "../openflow/text/flows.ts";
import { seedFlows, seedPorts, withoutXid } from "../openflow/text/vectors.ts";
import { describeWith } from "../support/needs.ts";
import { samples, seed } from "../support/sampling.ts";
import { RecordingSwitch } from "./recording-switch.ts";

function hexOf(flow: FlowMod): string {
  return withoutXid(Buffer.from(encode({ type: "flowMod", ...flow })).toString("hex"));
}

function recordedHex(message: Buffer): string {
  return withoutXid(message.toString("hex"));
}

const commandWords: Readonly<Record<FlowModCommand, string>> = {
  add: "add",
  modify: "modify",
  modifyStrict: "modify_strict",
  delete: "delete",
  deleteStrict: "delete_strict",
};

/** Texts that ovs-ofctl refuses at OpenFlow 1.3. */
const refusedByBoth = `
actions=strip_vlan
actions=dec_ttl
actions=set_vlan_vid:5
mpls,actions=set_field:1/0xffffff->mpls_label
dl_vlan=5,actions=set_field:1/7->vlan_pcp
ip,actions=pop_mpls:0x0800
ip,actions=mod_nw_tos:33
ip,actions=mod_nw_ecn:9
actions=mod_vlan_vid:4096
actions=push_vlan:0x9100
actions=drop,output:1
actions=goto_table:1,output:1
actions=output:1,meter:2
actions=apply_actions(1)
actions=foo
actions=output:nosuch
actions=load:5->nosuch
actions=load:16->reg0[0..3]
actions=meter:0
actions=move:reg0->eth_src
ip,actions=set_field:6->nw_proto
udp,actions=set_field:5->tp_src
in_port=0x1,actions=drop
in_port=nosuch,actions=drop
foo=1,actions=drop
in_PORT=1,actions=drop
priority=70000,actions=drop
table=300,actions=drop
cookie=5/1,actions=drop
out_port=5,actions=drop
ip,nw_src=10.1,actions=drop
dl_src=fa-16-3e-00-00-01,actions=drop
icmp,icmp_type=8/1,actions=drop
table=3,actions=goto_table:2
actions=clear_actions,clear_actions
table=0 priority=5
table=0x5,actions=drop
actions=resubmit(,0x5)
actions=ct(table=0x2)
actions=load:1->Reg0[]
Reg0[]=5,actions=drop
in_port="normal",actions=drop
actions=output:"normal"
`;

/** Texts whose values or masks have more bits than their fields, and packets that begin with an Ethernet header. */
const rareTexts = `
actset_output=unset,actions=drop
actset_output=4294967287,actions=drop
cookie=-1,actions=drop
metadata=-1,actions=drop
tun_id=-1,actions=drop
ip,nw_src=*,actions=drop
in_port=*,actions=drop
metadata=*,actions=drop
dl_src=*,actions=drop
dl_type=*,actions=drop
dl_vlan=*,actions=drop
vlan_tci=*,actions=drop
ct_state=*,actions=drop
ip,nw_proto=*,actions=drop
tcp,tp_dst=*,actions=drop
tcp,tcp_flags=*,actions=drop
ip,ip_frag=*,actions=drop
reg0=*,actions=drop
ip,nw_tos=*,actions=drop
ct_state=,actions=drop
tcp,tcp_flags,actions=drop
packet_type=*,actions=drop
actions=conjunction(0x1,1/2)
actions=bundle(eth_src,0,hrw,ofport,members)
actions=note:11..22
actions=note:.11.22
actions=note:11.22.
actions=note:11...22
NXM_NX_REG0[]=5,actions=drop
NXM_NX_REG0[0..3]=5,actions=drop
NXM_OF_ETH_SRC[0..3]=5,actions=drop
OXM_OF_METADATA[]=5,actions=drop
tcp,tcp_flags=,actions=drop
ip,actions=ct(commit,nat(src,random))
ip,actions=ct(commit,nat(dst,hash,persistent))
actions=group:4294967040
actions=clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(clone(output:1))))))))))))))))))))))))))))))
eth,in_port=1,metadata=5,actions=drop
recirc_id=5,eth,ip,actions=drop
eth,dl_src=00:00:00:00:00:01,actions=drop
packet_type=(1,0x800),in_port=1,actions=drop
packet_type=(1,0x800),reg0=1,nw_src=1.2.3.4,actions=dec_ttl,output:1
packet_type=(1,0x800),nw_proto=6,tp_dst=80,actions=drop
packet_type=(1,0x86dd),nw_proto=58,icmp_type=135,nd_target=fe80::1,actions=drop
packet_type=(1,0x894f),nsh_si=5,actions=drop
packet_type=(1,0x806),arp_op=1,actions=drop
ipv6,actions=set_field:1/0xffffffff->ipv6_label
ipv6,actions=set_field:1/0x100001->ipv6_label
ipv6,actions=set_field:0xfffff/0xfffff->ipv6_label
ipv6,ipv6_label=1/0xffffffff,actions=drop
mpls,actions=set_field:1/0xffffffff->mpls_label
dl_vlan=5,actions=set_field:1/0xff->vlan_pcp
tun_erspan_dir=3,actions=set_field:3->tun_erspan_dir
tun_erspan_idx=0xffffffff,actions=set_field:0x100001/0x100001->tun_erspan_idx
tun_erspan_ver=17,tun_erspan_hwid=0xff,actions=set_field:255->tun_erspan_ver,set_field:0x41/0x41->tun_erspan_hwid
`;

describeWith(["openvswitch"], "flow texts beside ovs-ofctl at OpenFlow 1.3", function () {
  this.timeout(60_000);
  let recorder: RecordingSwitch;
  let dir: string;

  before(async () => {
    recorder = await RecordingSwitch.start(seedPorts);
    dir = await mkdtemp(join(tmpdir(), "ovk-"));
  });
  after(async () => {
    await recorder.stop();
    await rm(dir, { recursive: true });
  });

  for (const { section, text } of seedFlows) {
    it(`does with ${section}: ${text} what ovs-ofctl does`, async () => {
      const { flowMods, stderr } = await recorder.record(["add-flow"], text);
      if (stderr === "") {
        assert.deepEqual(flowMods.map(recordedHex), [hexOf(parseFlow(text, { ports: seedPorts }))]);
      } else {
        assert.match(stderr, /none of the usable flow formats/);
        assert.deepEqual(flowMods, []);
        assert.throws(() => parseFlow(text, { ports: seedPorts }), FlowSyntaxError);
      }
    });
  }

  it("fixes the probe document's lines into lines that ovs-ofctl sends, byte for byte", async () => {
    const fixed = seedFlows.map(({ text }) => fixFlow(text, { ports: seedPorts }));
    const file = join(dir, "fixed");
    await writeFile(file, fixed.map(({ text }) => `${text}\n`).join(""));
    const { flowMods, stderr } = await recorder.record(["add-flows"], file);
    assert.equal(stderr, "");
    assert.deepEqual(
      flowMods.map(recordedHex),
      fixed.map(({ flow }) => hexOf(flow)),
    );
  });

  it("reads hundreds of random flows of every command from a file as ovs-ofctl does", async () => {
    // ovs-ofctl 3.1 takes the digits an IPv6 mask begins with for a prefix length, its own dumps included.
    const misread = /=[^,]*:[^,/]*\/[0-9]+[0-9a-f]*:/;
    const flows = fc
      .sample(flowModsOf(openVSwitchKnows), { numRuns: samples(400), seed })
      .filter((flow) => !misread.test(formatFlow(flow)));
    const lines = flows.map((flow) => `${commandWords[flow.command as FlowModCommand]} ${formatFlow(flow)}`);
    const text = lines.join("\n");
    const file = join(dir, "random");
    await writeFile(file, `${text}\n`);
    const { flowMods, stderr } = await recorder.record(["--no-names", "add-flows"], file);
    assert.equal(stderr, "");
    const read = parseFlows(text);
    for (const [index, message] of flowMods.entries()) {
      assert.equal(
        recordedHex(message),
        hexOf(read[index] ?? assert.fail()),
        `${lines[index]}, seed ${seed}`,
      );
      assert.deepEqual(read[index], flows[index], lines[index]);
    }
    assert.equal(flowMods.length, flows.length);
  });

  for (const text of rareTexts.trim().split("\n")) {
    it(`sends ${text} as ovs-ofctl does`, async () => {
      const { flowMods, stderr } = await recorder.record(["add-flow"], text);
      assert.equal(stderr, "");
      assert.deepEqual(flowMods.map(recordedHex), [hexOf(parseFlow(text))]);
    });
  }

  for (const text of refusedByBoth.trim().split("\n")) {
    it(`refuses ${text}, as ovs-ofctl does`, async () => {
      const { flowMods, stderr } = await recorder.record(["add-flow"], text);
      assert.notEqual(stderr, "");
      assert.deepEqual(flowMods, []);
      assert.throws(() => parseFlow(text), FlowSyntaxError);
    });
  }
});

/** The flows of both kinds of lane, with numbers for the ports. A 5, S 6, UP 1, int-probe 8, ex-probe 9. */
const laneFlows = `
table=0,priority=200,arp,in_port=5,arp_op=1,arp_tpa=10.100.7.140,actions=RESP(10.100.7.140,fa:16:3e:ff:00:01)
table=0,priority=200,ip,in_port=5,dl_src=fa:16:3e:d6:e8:05,nw_src=192.168.1.137,nw_dst=10.100.7.140,actions=set_field:fa:16:3e:aa:00:01->eth_src,set_field:fa:16:3e:f3:a6:fd->eth_dst,set_field:10.0.0.137->ip_src,output:6
table=0,priority=200,arp,in_port=6,arp_op=1,arp_tpa=10.0.0.137,actions=RESP(10.0.0.137,fa:16:3e:aa:00:01)
table=0,priority=200,ip,in_port=6,dl_dst=fa:16:3e:aa:00:01,nw_src=10.100.7.140,nw_dst=10.0.0.137,actions=mod_dl_src:fa:16:3e:ff:00:01,mod_dl_dst:fa:16:3e:d6:e8:05,mod_nw_dst:192.168.1.137,output:5
table=0,priority=199,ip,in_port=5,nw_dst=10.100.7.140,cookie=0xabc,actions=goto_table:210
table=0,priority=190,in_port=8,actions=goto_table:211
table=210,priority=20,arp,in_port=5,dl_src=fa:16:3e:d6:e8:05,arp_op=1,arp_spa=192.168.1.137,arp_tpa=10.100.7.140,actions=RESP(10.100.7.140,fa:16:3e:ff:00:01)
table=210,priority=0,actions=drop
table=211,priority=20,ip,in_port=8,dl_dst=fa:16:3e:aa:00:01,nw_src=10.100.7.140,nw_dst=10.0.0.137,actions=mod_nw_dst:192.168.1.137,output:5
table=1,priority=200,arp,in_port=1,dl_vlan=100,arp_op=1,arp_tpa=10.0.0.137,actions=RESP(10.0.0.137,fa:16:3e:aa:00:01)
table=1,priority=200,arp,in_port=1,vlan_tci=0,arp_op=1,arp_tpa=10.0.0.137,actions=RESP(10.0.0.137,fa:16:3e:aa:00:01)
table=1,priority=200,ip,in_port=1,dl_vlan=100,dl_dst=fa:16:3e:aa:00:01,nw_src=10.100.7.140,nw_dst=10.0.0.137,actions=strip_vlan,output:9
table=1,priority=200,ip,in_port=9,dl_src=fa:16:3e:aa:00:01,nw_src=10.0.0.137,nw_dst=10.100.7.140,actions=mod_vlan_vid:100,NORMAL
table=1,priority=190,in_port=9,actions=drop
table=1,priority=180,tcp,nw_dst=10.0.0.0/24,tp_dst=1514,idle_timeout=600,send_flow_rem,actions=controller:128
`.replace(
  /RESP\(([^,]+),([^)]+)\)/g,
  (_all, ip: string, mac: string) =>
    `move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],mod_dl_src:${mac},set_field:2->arp_op,move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],` +
    `move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],set_field:${mac}->arp_sha,set_field:${ip}->arp_spa,IN_PORT`,
);

describeWith(["openvswitch"], "flows of a real switch", function () {
  this.timeout(60_000);
  let ovs: OpenVSwitch;
  let bridge: Switch;

  before(async () => {
    ovs = await startOpenVSwitch();
    await ovs.addBridge("br0");
    bridge = await connectSwitch(ovs.mgmt("br0"));
  });
  afterEach(() => ovs.ofctl("-O", "OpenFlow13", "del-flows", "br0"));
  after(async () => {
    try {
      await bridge.close();
    } finally {
      await ovs.stop();
    }
  });

  /** What ovs-ofctl prints of the bridge's flows, sorted: two dumps needn't come in one order. */
  async function dumped(...options: string[]): Promise<string[]> {
    const text = await ovs.ofctl("-O", "OpenFlow13", "--no-names", ...options, "dump-flows", "br0");
    return text
      .split("\n")
      .filter((line) => line.startsWith(" "))
      .map((line) => withoutDuration(line.trimStart()))
      .toSorted();
  }

  async function printed(stats: boolean): Promise<string[]> {
    const flows = await bridge.flows();
    return flows.map((flow) => withoutDuration(formatFlow(flow, { stats }))).toSorted();
  }

  it("print as dump-flows prints them: those of lanes", async () => {
    const flows = parseFlows(laneFlows);
    await bridge.add(...flows);
    assert.equal(flows.length, 15);
    const lines = await dumped();
    assert.equal(lines.length, flows.length);
    assert.deepEqual(await printed(true), lines);
    assert.deepEqual(await printed(false), await dumped("--no-stats"));
  });

  it("name tables and ports as ovs-ofctl names them, both ways", async () => {
    await ovs.vsctl(
      "--id=@one",
      "create",
      "Flow_Table",
      "name=first",
      "--",
      "set",
      "bridge",
      "br0",
      "flow_tables:1=@one",
    );
    await ovs.vsctl(
      "--id=@two",
      "create",
      "Flow_Table",
      "name=my-table",
      "--",
      "set",
      "bridge",
      "br0",
      "flow_tables:2=@two",
    );
    const text =
      'table=first,ip,in_port=br0,actions=resubmit(br0,first),ct(table=first),learn(table=first,NXM_OF_ETH_DST[]),goto_table:"my-table"';
    await ovs.ofctl("-O", "OpenFlow13", "add-flow", "br0", text);
    const dump = await ovs.ofctl("-O", "OpenFlow13", "--names", "--no-stats", "dump-flows", "br0");
    const lines = dump.split("\n").filter((line) => line.startsWith(" "));
    const features = await bridge.multipart("tableFeatures", []);
    const named = features.filter(({ name }) => name !== "");
    const tables = new Map(named.map(({ name, tableId }) => [tableId, name]));
    const ports = new Map((await bridge.ports()).map(({ name, portNo }) => [portNo, name]));
    const [flow] = await bridge.flows();
    assert.ok(flow !== undefined);
    assert.deepEqual([` ${formatFlow(flow, { ports, tables, stats: false })}`], lines);
    const read = parseFlow(text, { ports: reversed(ports), tables: reversed(tables) });
    assert.deepEqual([read.tableId, read.match, read.instructions], [1, flow.match, flow.instructions]);
  });

  it("are the same whether ovs-ofctl or we read the text", async () => {
    await bridge.add(...parseFlows(laneFlows));
    const ours = await dumped();
    await ovs.ofctl("-O", "OpenFlow13", "del-flows", "br0");
    for (const line of laneFlows.trim().split("\n")) {
      // One after the other: each is a process.
      // oxlint-disable-next-line no-await-in-loop
      await ovs.ofctl("-O", "OpenFlow13", "add-flow", "br0", line);
    }
    assert.deepEqual(ours, await dumped());
  });

  it("print as dump-flows prints them: hundreds at random", async () => {
    const flows = fc
      .sample(flowModsOf(openVSwitchInstalls, ["add"]), { numRuns: 300, seed })
      // Flows that overlap another one, or that time out, would make the two dumps differ.
      .map((flow, index) => ({
        ...flow,
        priority: index + 1,
        idleTimeout: 0,
        hardTimeout: 0,
        flags: flow.flags & ~2,
      }));
    await bridge.apply(flows);
    const lines = await dumped();
    assert.equal(lines.length, flows.length);
    assert.deepEqual(await printed(true), lines);
    assert.deepEqual(await printed(false), await dumped("--no-stats"));
  });
});

function reversed(names: ReadonlyMap<number, string>): Map<string, number> {
  return new Map([...names].map(([number, name]) => [name, number]));
}

function withoutDuration(line: string): string {
  return line.replace(/duration=[0-9.]+s, /, "");
}
