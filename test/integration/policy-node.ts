// A compute node for the tests of lanes: br-int and br-ex of the dummy datapath, Neutron's patch pair and a few of its
// flows, an uplink, and VMs' ports that are plugged and unplugged.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";

/** A VM's port as Neutron plugs it. */
export interface PortFacts {
  readonly name: string;
  readonly ifaceId: string;
  readonly mac: string;
  readonly tag: number;
  /** Default active. */
  readonly status?: string;
  /** The interface's type; default dummy, which the dummy datapath can open. */
  readonly type?: string;
}

/** A running node. */
export class TestNode implements AsyncDisposable {
  readonly ovs: OpenVSwitch;

  private constructor(ovs: OpenVSwitch) {
    this.ovs = ovs;
  }

  static async start(): Promise<TestNode> {
    const ovs = await startOpenVSwitch();
    const node = new TestNode(ovs);
    try {
      await node.#furnish();
    } catch (error) {
      await ovs.stop();
      throw error;
    }
    return node;
  }

  /** Two bridges as Neutron's agent sets them up. */
  async #furnish(): Promise<void> {
    await this.ovs.addBridge("br-int");
    await this.ovs.addBridge("br-ex");
    await this.vsctl(
      "add-port br-ex eth1 -- set interface eth1 type=dummy",
      "-- add-port br-int int-br-ex -- set interface int-br-ex type=patch options:peer=phy-br-ex",
      "-- add-port br-ex phy-br-ex -- set interface phy-br-ex type=patch options:peer=int-br-ex",
    );
    await this.addFlow("br-int", "cookie=0xa1b2,table=0,priority=65535,vlan_tci=0x0fff/0x1fff,actions=drop");
    await this.addFlow("br-int", "cookie=0xa1b2,table=0,priority=2,in_port=int-br-ex,actions=drop");
    await this.addFlow("br-int", "cookie=0xa1b2,table=0,priority=0,actions=NORMAL");
    await this.addFlow("br-ex", "cookie=0xa1b3,table=0,priority=2,in_port=phy-br-ex,actions=drop");
    await this.addFlow("br-ex", "cookie=0xa1b3,table=0,priority=0,actions=NORMAL");
  }

  /** ovs-vsctl with words as one would type them. */
  async vsctl(...lines: readonly string[]): Promise<string> {
    return this.ovs.vsctl(...lines.join(" ").split(" "));
  }

  async addFlow(bridge: string, flow: string): Promise<void> {
    await this.ovs.ofctl("-O", "OpenFlow13", "add-flow", this.ovs.mgmt(bridge), flow);
  }

  async plug({ name, ifaceId, mac, tag, status = "active", type = "dummy" }: PortFacts): Promise<void> {
    await this.vsctl(
      `--no-wait add-port br-int ${name} tag=${tag} -- set interface ${name} type=${type}`,
      `external_ids:iface-id=${ifaceId} external_ids:attached-mac="${mac}" external_ids:iface-status=${status}`,
    );
    await this.ovs.vsctl("--if-exists", "get", "interface", name, "ofport");
  }

  /** The flows of a bridge without statistics, sorted. */
  flows(bridge: string): Promise<readonly string[]> {
    return this.ovs.flows(bridge);
  }

  /** Everything that removing lanes must bring back: both bridges' flows, and the database without statistics. */
  async dump(): Promise<string> {
    const [integration, provider] = await Promise.all([this.flows("br-int"), this.flows("br-ex")]);
    const tables = [
      "list Bridge",
      "list Port",
      "--columns=_uuid,name,type,ofport,options,external_ids,error list Interface",
      "list Open_vSwitch",
    ];
    const database = await Promise.all(tables.map((table) => this.vsctl(table)));
    // The bridge counts what changed it, and says so; nothing of ours.
    return [...integration, ...provider, ...database].join("\n");
  }

  /** ovs-appctl to ovsdb-server. */
  async databaseCtl(...words: readonly string[]): Promise<string> {
    const { rundir } = this.ovs;
    const pid = (await readFile(join(rundir, "ovsdb-server.pid"), "utf8")).trim();
    return runCommand("ovs-appctl", ["-t", join(rundir, `ovsdb-server.${pid}.ctl`), ...words]);
  }

  /** The part of `ofproto/trace` that says where the packet ends. */
  async ends(bridge: string, flow: string): Promise<string> {
    const text = await this.ovs.appctl("ofproto/trace", "--names", bridge, flow);
    return /^Datapath actions: (.*)$/m.exec(text)?.[1] ?? text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ovs.stop();
  }
}
