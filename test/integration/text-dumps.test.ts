// Everything that ovs-ofctl dumps of a real switch, against what the formatters print of the same switch.
import assert from "node:assert/strict";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  connectSwitch,
  formatAggregate,
  formatFlows,
  formatGroupFeatures,
  formatGroupStats,
  formatGroups,
  formatMeterFeatures,
  formatMeterStats,
  formatMeters,
  formatPortDescs,
  formatPortStats,
  formatQueueConfig,
  formatQueueStats,
  formatSwitchDesc,
  formatTableFeatures,
  formatTableStats,
  type PortNames,
  parseFlow,
  parseFlowFilter,
  parseGroup,
  parseMeter,
  parsePacketOut,
  type Switch,
} from "../../src/openflow/index.ts";
import { describeWith } from "../support/needs.ts";

const groups = [
  "group_id=1,type=all,bucket=output:1,bucket=output:2",
  "group_id=2,type=select,bucket=weight:10,output:1,bucket=output:2",
  "group_id=3,type=ff,bucket=watch_port:1,output:1,bucket=watch_group:1,output:2",
];
const meters = [
  "meter=1,kbps,bands=type=drop,rate=1000",
  "meter=2,pktps,burst,stats,bands=type=drop,rate=100,burst_size=10,type=drop,rate=200,burst_size=20",
];
const flows = [
  "table=0,priority=5,arp,actions=meter:2,group:1",
  "table=0,priority=4,ip,nw_dst=10.0.0.0/8,actions=dec_ttl,resubmit(,3)",
  "table=3,idle_timeout=600,actions=drop",
];
const packet = "ffffffffffff00112233445508060001080006040001001122334455c0a80101000000000000c0a80102";

/** Durations go on between two looks. */
function withoutDurations(text: string): string {
  return text.replaceAll(/duration[=:][0-9.]+s/g, "duration");
}

describeWith(["openvswitch"], "dumps of a real switch", function () {
  this.timeout(60_000);
  let vswitch: OpenVSwitch;
  let bridge: Switch;

  before(async () => {
    vswitch = await startOpenVSwitch();
    await vswitch.addBridge("br0");
    const added = ["p1", "p2", "p10"].flatMap((name) => {
      const settings = ["type=internal", `ofport_request=${name.slice(1)}`];
      return ["--", "add-port", "br0", name, "--", "set", "interface", name, ...settings];
    });
    await vswitch.vsctl(...added);
    bridge = await connectSwitch(vswitch.mgmt("br0"));
    for (const text of groups) bridge.send({ type: "groupMod", ...parseGroup(text) });
    for (const text of meters) bridge.send({ type: "meterMod", ...parseMeter(text) });
    await bridge.apply(flows.map((text) => parseFlow(text)));
    bridge.send({ type: "packetOut", ...parsePacketOut(`packet=${packet},actions=table`) });
    await bridge.barrier();
  });
  after(async () => {
    await bridge.close();
    await vswitch.stop();
  });

  /** What a command prints, without the head of the message. */
  async function theirs(option: string, command: string): Promise<string> {
    const [name = "", ...more] = command.split(" ");
    const text = await vswitch.ofctl("-O", "OpenFlow13", option, name, vswitch.mgmt("br0"), ...more);
    return text
      .replace(/^OFP.*?\(xid=0x[0-9a-f]+\):[ \n]?/, "")
      .replace(/^\n/, "")
      .trimEnd();
  }

  const filter = "ip";
  const printed: Readonly<Record<string, () => Promise<string>>> = {
    "dump-desc": async () => formatSwitchDesc(await bridge.desc()),
    "dump-tables": async () => formatTableStats(await bridge.tables()),
    "dump-table-features": async () => formatTableFeatures(await bridge.multipart("tableFeatures", [])),
    "dump-ports": async () => formatPortStats(await bridge.portStats()),
    "dump-ports-desc": async () => formatPortDescs(await bridge.ports()),
    "dump-flows": async () => formatFlows(await bridge.flows()),
    "dump-aggregate": async () => formatAggregate(await bridge.aggregate()),
    [`dump-aggregate ${filter}`]: async () =>
      formatAggregate(await bridge.aggregate(parseFlowFilter(filter))),
    "dump-groups": async () => formatGroups(await bridge.groups()),
    "dump-group-stats": async () => formatGroupStats(await bridge.groupStats()),
    "dump-group-stats group_id=1": async () => formatGroupStats(await bridge.groupStats(1)),
    "dump-group-features": async () =>
      formatGroupFeatures(await bridge.multipart("groupFeatures", undefined)),
    "dump-meters": async () => formatMeters(await bridge.meters()),
    "dump-meter meter=2": async () => formatMeters(await bridge.meters(2)),
    "meter-stats": async () => formatMeterStats(await bridge.meterStats()),
    "meter-features": async () => formatMeterFeatures(await bridge.multipart("meterFeatures", undefined)),
    "queue-stats": async () =>
      formatQueueStats(await bridge.multipart("queueStats", { portNo: 0xffffffff, queueId: 0xffffffff })),
    "queue-get-config 2": async () => {
      const reply = await bridge.request({ type: "queueGetConfigRequest", portNo: 2 });
      return reply.type === "queueGetConfigReply" ? formatQueueConfig(reply) : reply.type;
    },
  };

  for (const [command, ours] of Object.entries(printed)) {
    it(`have the words of ovs-ofctl ${command}`, async () => {
      const body = await theirs("--no-names", command);
      assert.notEqual(body, "");
      assert.equal(withoutDurations(await ours()), withoutDurations(body));
    });
  }

  const named: Readonly<Record<string, (ports: PortNames) => Promise<string>>> = {
    "dump-ports": async (ports) => formatPortStats(await bridge.portStats(), { ports }),
    "dump-flows": async (ports) => formatFlows(await bridge.flows(), { ports }),
    "dump-groups": async (ports) => formatGroups(await bridge.groups(), { ports }),
    "queue-stats": async (ports) =>
      formatQueueStats(await bridge.multipart("queueStats", { portNo: 0xffffffff, queueId: 0xffffffff }), {
        ports,
      }),
    "queue-get-config 2": async (ports) => {
      const reply = await bridge.request({ type: "queueGetConfigRequest", portNo: 2 });
      return reply.type === "queueGetConfigReply" ? formatQueueConfig(reply, { ports }) : reply.type;
    },
  };

  for (const [command, ours] of Object.entries(named)) {
    it(`have the words of ovs-ofctl --names ${command}`, async () => {
      const names = new Map((await bridge.ports()).map(({ portNo, name }) => [portNo, name]));
      const body = await theirs("--names", command);
      assert.equal(withoutDurations(await ours(names)), withoutDurations(body));
    });
  }
});
