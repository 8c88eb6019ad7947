// What goes wrong while lanes are applied, on a real Open vSwitch: it is reported with the facts, and nothing stays half
// done.
import assert from "node:assert/strict";
import { connectSwitch } from "../../src/openflow/index.ts";
import { connectOvsdb } from "../../src/ovsdb/index.ts";
import {
  LaneApplyError,
  type Lanes,
  type LanesOptions,
  openLanes,
  policyFrom,
} from "../../src/policy/index.ts";
import { describeWith } from "../support/needs.ts";
import { TestNode } from "./policy-node.ts";

const vmA = { name: "qvoA", ifaceId: "id-a", mac: "fa:16:3e:00:00:0a", tag: 2 };
const vmB = { name: "qvoB", ifaceId: "id-b", mac: "fa:16:3e:00:00:0b", tag: 3 };

const policy = policyFrom({
  version: 1,
  pool: { cidr: "10.0.0.0/24" },
  collectors: { wazuh: { ip: "10.100.7.140", mac: "fa:16:3e:f3:a6:fd", segment: "flat" } },
  probes: {
    a: { port: { "iface-id": "id-a" }, ip: "192.168.1.137", collector: "wazuh" },
    b: { port: { "iface-id": "id-b" }, ip: "192.168.1.137", collector: "wazuh" },
  },
});

async function failure(work: Promise<unknown>): Promise<LaneApplyError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof LaneApplyError, String(error));
    assert.equal(error.code, "ERR_LANES_APPLY");
    return error;
  }
  throw new assert.AssertionError({ message: "nothing failed" });
}

describeWith(["openvswitch"], "lanes when something goes wrong", function () {
  this.timeout(30_000);
  let node: TestNode;

  beforeEach(async () => {
    node = await TestNode.start();
    await node.plug(vmA);
    await node.plug(vmB);
  });

  afterEach(async () => {
    await node[Symbol.asyncDispose]();
  });

  function open(more: Partial<LanesOptions> = {}): Promise<Lanes> {
    return openLanes({ ovsdb: node.ovs.ovsdb, rundir: node.ovs.rundir, policy, timeoutMs: 2000, ...more });
  }

  it("are not installed at all when the switch refuses one flow, and the error names flow and reason", async () => {
    await node.vsctl(
      "--id=@full create Flow_Table flow_limit=2 overflow_policy=refuse",
      "-- set Bridge br-int flow_tables:210=@full",
    );
    const before = await node.dump();
    await using lanes = await open();
    const error = await failure(lanes.apply());
    assert.deepEqual([error.step, error.bridge, error.reason], ["flows", "br-int", "OFPFMFC_TABLE_FULL"]);
    assert.match(error.flow ?? "", /table=210.*actions=/);
    assert.match(error.message, /br-int.*OFPFMFC_TABLE_FULL.*table=210/);
    // The provider bridge's bundle had gone in before.
    assert.deepEqual(error.bridges, [
      { bridge: "br-ex", state: "taken-back" },
      { bridge: "br-int", state: "unchanged" },
    ]);
    assert.equal(error.database, "taken-back");
    assert.equal(await node.dump(), before);
    await node.vsctl("clear Bridge br-int flow_tables");
    assert.deepEqual(
      (await lanes.apply()).lanes.map(({ down }) => down),
      [undefined, undefined],
    );
  });

  it("leave the lanes that were there as they were when more are refused", async () => {
    const one = { ...policy, probes: new Map([...policy.probes].slice(0, 1)) };
    {
      await using lanes = await open({ policy: one });
      await lanes.apply();
    }
    await node.vsctl(
      "--id=@full create Flow_Table flow_limit=3 overflow_policy=refuse",
      "-- set Bridge br-int flow_tables:210=@full",
    );
    const before = await node.dump();
    await using lanes = await open();
    await failure(lanes.apply());
    assert.equal(await node.dump(), before);
  });

  it("are not installed when ovsdb-server refuses the transaction", async () => {
    const before = await node.dump();
    await using client = await connectOvsdb(node.ovs.ovsdb);
    await using lanes = await open({ ovsdb: client });
    // A database that follows another takes no changes.
    await node.databaseCtl("ovsdb-server/set-active-ovsdb-server", "unix:/nowhere");
    await node.databaseCtl("ovsdb-server/connect-active-ovsdb-server");
    const error = await failure(lanes.apply());
    assert.equal(error.step, "database");
    assert.match(error.reason, /not allowed/);
    assert.deepEqual(
      error.bridges.map(({ state }) => state),
      ["unchanged", "unchanged"],
    );
    assert.equal(error.database, "unchanged");
    await node.databaseCtl("ovsdb-server/disconnect-active-ovsdb-server");
    assert.equal(await node.dump(), before);
    assert.deepEqual(
      (await lanes.apply()).lanes.map(({ down }) => down),
      [undefined, undefined],
    );
  });

  it("stay whole when ovsdb-server refuses their end", async () => {
    await using lanes = await open();
    await lanes.apply();
    const before = await node.dump();
    await node.databaseCtl("ovsdb-server/set-active-ovsdb-server", "unix:/nowhere");
    await node.databaseCtl("ovsdb-server/connect-active-ovsdb-server");
    const error = await failure(lanes.remove());
    assert.deepEqual(
      error.bridges.map(({ state }) => state),
      ["taken-back", "taken-back"],
    );
    await node.databaseCtl("ovsdb-server/disconnect-active-ovsdb-server");
    assert.equal(await node.dump(), before);
  });

  it("report a name of ours that a port of another bridge has", async () => {
    await node.vsctl("add-br br-other -- add-port br-other ex-probe -- set interface ex-probe type=dummy");
    const before = await node.dump();
    await using lanes = await open();
    const { lanes: applied } = await lanes.apply();
    assert.deepEqual(
      applied.map(({ down }) => down?.reason),
      ["port ex-probe of bridge br-other is not ours", "port ex-probe of bridge br-other is not ours"],
    );
    assert.equal(await node.dump(), before);
  });

  it("are down, with the reason, while the switch handles no new ports", async () => {
    await using lanes = await open({ timeoutMs: 300 });
    await node.ovs.stopVswitchd();
    const error = await failure(lanes.apply());
    assert.equal(error.step, "connection");
    assert.equal(error.database, "taken-back");
    assert.ok(!(await node.vsctl("list-ports br-int")).includes("int-probe"));
    assert.equal((await node.vsctl("get port qvoA external_ids")).trim(), "{}");
    await node.ovs.startVswitchd();
    assert.deepEqual(
      (await lanes.apply()).lanes.map(({ down }) => down),
      [undefined, undefined],
    );
  });

  it("are right for the ports that are left when one goes while they are applied", async () => {
    let unplugged: Promise<string> | undefined;
    const unplugFirst = async (target: string): ReturnType<typeof connectSwitch> => {
      unplugged ??= node.vsctl("del-port br-int qvoB");
      await unplugged;
      return connectSwitch(target);
    };
    await using lanes = await open({ connectSwitch: unplugFirst });
    const { lanes: applied } = await lanes.apply();
    assert.deepEqual(
      applied.map(({ down }) => down?.code),
      [undefined, "port-missing"],
    );
    const integration = (await node.flows("br-int")).filter((line) => line.includes("0x6f766b1"));
    assert.equal(integration.length, 5 + 3, integration.join("\n"));
  });

  it("are applied though every connection closes once while they are", async () => {
    const closedOnce = new Set<string>();
    const closing = async (target: string): ReturnType<typeof connectSwitch> => {
      const found = await connectSwitch(target);
      if (closedOnce.has(target)) return found;
      closedOnce.add(target);
      // As Open vSwitch does when a bridge's datapath id changes under a connection.
      const apply = found.apply.bind(found);
      found.apply = async (changes, options): Promise<void> => {
        await apply(changes, options);
        await found.close();
      };
      return found;
    };
    await using lanes = await open({ connectSwitch: closing });
    await lanes.apply();
    assert.deepEqual(
      (await lanes.status()).map(({ up }) => up),
      [true, true],
    );
  });

  it("stop where the signal says, with nothing left behind", async () => {
    const before = await node.dump();
    const stop = new AbortController();
    const reason = new Error("enough");
    const stopping = (target: string): ReturnType<typeof connectSwitch> => {
      stop.abort(reason);
      return connectSwitch(target);
    };
    await using lanes = await open({ connectSwitch: stopping, signal: stop.signal });
    await assert.rejects(lanes.apply(), (error) => error === reason);
    assert.equal(await node.dump(), before);
  });

  it("can't be opened on a wrong socket path", async () => {
    await assert.rejects(open({ ovsdb: `unix:${node.ovs.rundir}/nothing.sock` }), { code: "ERR_CONNECT" });
    await using lanes = await open({ rundir: `${node.ovs.rundir}/nowhere` });
    const error = await failure(lanes.apply());
    assert.equal(error.step, "connection");
    assert.match(error.reason, /nowhere\/br-/);
  });

  it("wait for each other: two that are applied at once leave one set of flows", async () => {
    await using lanes = await open();
    const [first, second] = await Promise.all([lanes.apply(), lanes.apply()]);
    assert.ok(first.bridges.length > 0);
    assert.deepEqual([second.bridges, second.database], [[], []]);
  });
});
