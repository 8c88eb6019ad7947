// Bridges and ports over the library, on a real ovsdb-server and ovs-vswitchd: the same as ovs-vsctl does, many steps in
// one transaction, and several writers at once.
import assert from "node:assert/strict";
import { tryCommand, words } from "../../lab/command.ts";
import { type OpenVSwitch, startOpenVSwitch } from "../../lab/open-vswitch.ts";
import {
  configureSwitch,
  connectOvsdb,
  InterfaceFailedError,
  LocalPortError,
  NameTakenError,
  type OvsdbClient,
  openVSwitch,
  PortElsewhereError,
  type SwitchReplica,
  SwitchSilentError,
  switchSelection,
  UnknownNameError,
} from "../../src/ovsdb/index.ts";
import { describeWith } from "../support/needs.ts";
import { switchContents } from "./switch-contents.ts";

const dummy = { bridge: { datapath_type: "dummy" } } as const;
const played = { interface: { type: "dummy" } } as const;

describeWith(["openvswitch"], "the configuration of a switch", function () {
  this.timeout(30_000);
  let ovs: OpenVSwitch;
  let client: OvsdbClient;
  let replica: SwitchReplica;
  before(async () => {
    ovs = await startOpenVSwitch();
  });
  after(() => ovs.stop());
  beforeEach(async () => {
    client = await connectOvsdb(ovs.ovsdb);
    replica = await client.replica(openVSwitch, switchSelection);
  });
  afterEach(async () => {
    await caughtUp();
    const names = Array.from(replica.table("Bridge"), ({ name }) => name);
    await configureSwitch(replica, (it) => names.map((name) => it.deleteBridge(name, { ifExists: true })));
    await client.close();
    assert.deepEqual(await switchContents(ovs, ["next_cfg", "cur_cfg"]), {
      Open_vSwitch: [{ bridges: [] }],
      Bridge: [],
      Port: [],
      Interface: [],
    });
  });

  /** A write of our own shows what others wrote before it. */
  async function caughtUp(): Promise<void> {
    await configureSwitch(replica, (it) => it.announce());
  }

  /** Bridges with their ports, by name. */
  function shown(): unknown {
    const ports = replica.reference("Bridge", "ports");
    return Object.fromEntries(
      Array.from(replica.table("Bridge"), (bridge) => [
        bridge.name,
        ports
          .of(bridge)
          .map(({ name }) => name)
          .toSorted(),
      ]),
    );
  }

  it("takes any number of steps in one transaction, and is done when ovs-vswitchd is", async () => {
    const added = await configureSwitch(replica, (it) => {
      it.addBridge("br0", dummy);
      it.addBridge("br1", dummy);
      it.addPort("br0", "p1", { port: { tag: 7 }, ...played });
      it.addPort("br0", "p2", played);
      it.deletePort("p2");
      it.addPort("br1", "p2", { port: { trunks: [3, 4] }, ...played });
      it.deleteBridge("br1");
      it.addBridge("br1", dummy);
      return [it.addPort("br0", "p2", played), it.addPort("br0", "p2", { mayExist: true })];
    });
    assert.deepEqual(added, [true, false]);
    assert.deepEqual(shown(), { br0: ["br0", "p1", "p2"], br1: ["br1"] });
    const numbers = Array.from(replica.table("Interface"), ({ ofport }) => ofport ?? -1);
    assert.equal(numbers.length, 4);
    assert.ok(numbers.every((number) => number > 0));
    assert.equal((await ovs.vsctl("get", "port", "p1", "tag")).trim(), "7");
    assert.equal((await ovs.ofctl("show", ovs.mgmt("br0"))).match(/\(p[12]\)/g)?.length, 2);

    await configureSwitch(replica, (it) => {
      it.deleteBridge("br0");
      it.addBridge("br0", dummy);
      it.addPort("br0", "p1", played);
    });
    assert.deepEqual(shown(), { br0: ["br0", "p1"], br1: ["br1"] });
    assert.equal((await ovs.vsctl("get", "port", "p1", "tag")).trim(), "[]");
  });

  it("does nothing at all when one of the steps can't be done", async () => {
    await configureSwitch(replica, (it) => it.addBridge("br0", dummy));
    const before = await switchContents(ovs);
    assert.equal(await configureSwitch(replica, (it) => it.addBridge("br0", { mayExist: true })), false);
    assert.deepEqual(await switchContents(ovs), before);
    const change = configureSwitch(replica, (it) => {
      it.addPort("br0", "p1", played);
      it.addPort("nowhere", "p2");
    });
    await assert.rejects(change, (error) => {
      return error instanceof UnknownNameError && error.kind === "bridge" && error.unknown === "nowhere";
    });
    assert.deepEqual(await switchContents(ovs), before);
  });

  it("says whose name is in the way", async () => {
    await ovs.vsctl(...words("add-br br0 -- set bridge br0 datapath_type=dummy -- add-bond br0 bond0 e0 e1"));
    await ovs.vsctl(...words("-- add-br vlan7 br0 7"));
    const refused = (steps: Parameters<typeof configureSwitch>[1], Class: new (...facts: never[]) => Error) =>
      assert.rejects(configureSwitch(replica, steps, { wait: false }), Class);
    for (const name of ["br0", "bond0", "e0", "vlan7"]) {
      const taken = { taken: name, bridge: "br0" };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await assert.rejects(
        configureSwitch(replica, (it) => it.addPort("br0", name)),
        (error) => error instanceof NameTakenError && error.taken === taken.taken && error.bridge === "br0",
      );
      if (name !== "br0") {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await refused((it) => it.addBridge(name, { mayExist: true }), NameTakenError);
      }
    }
    await refused((it) => it.addBridge("br0"), NameTakenError);
    await refused((it) => it.addPort("br0", "bond0", { mayExist: true }), PortElsewhereError);
    await refused((it) => it.deletePort("br0"), LocalPortError);
    await refused((it) => it.deletePort("vlan7"), LocalPortError);
    await refused((it) => it.deletePort("e0"), UnknownNameError);
    await refused((it) => it.deletePort("bond0", { bridge: "br9" }), UnknownNameError);
    await configureSwitch(replica, (it) => it.addBridge("br1", dummy));
    await refused((it) => it.deletePort("bond0", { bridge: "br1", ifExists: true }), PortElsewhereError);
    assert.deepEqual(
      await configureSwitch(replica, (it) => [
        it.addBridge("br0", { mayExist: true }),
        it.deleteBridge("br9", { ifExists: true }),
        it.deletePort("p9", { ifExists: true }),
        it.deletePort("br0", { ifExists: true }),
        it.deletePort("bond0", { bridge: "br0" }),
      ]),
      [false, false, false, false, true],
    );
  });

  it("rejects for interfaces that ovs-vswitchd can't use, with its reasons, and leaves them", async () => {
    const change = configureSwitch(replica, (it) => {
      it.addBridge("br0", dummy);
      it.addPort("br0", "good", played);
      it.addPort("br0", "lost", {});
      it.addPort("br0", "vx", { interface: { type: "vxlan" } });
    });
    await assert.rejects(change, (error) => {
      assert.ok(error instanceof InterfaceFailedError);
      assert.deepEqual(error.interfaces.map(({ name }) => name).toSorted(), ["lost", "vx"]);
      assert.match(error.message, /lost \(could not open network device lost \(No such device\)\)/);
      assert.match(error.message, /vx \(.*remote_ip.*\)/);
      return true;
    });
    assert.deepEqual(shown(), { br0: ["br0", "good", "lost", "vx"] });
  });

  it("deletes a bridge that only a table of samples would keep", async () => {
    await configureSwitch(replica, (it) => it.addBridge("br0", dummy));
    await ovs.vsctl(...words("-- --id=@b get bridge br0 -- create Flow_Sample_Collector_Set id=1 bridge=@b"));
    await configureSwitch(replica, (it) => it.deleteBridge("br0"));
    assert.deepEqual(shown(), {});
  });

  it("is right when many add, take and give the same names at once", async () => {
    await configureSwitch(replica, (it) => it.addBridge("br0", dummy));
    const clients = await Promise.all([1, 2, 3, 4].map(() => connectOvsdb(ovs.ovsdb)));
    const replicas = await Promise.all(clients.map((one) => one.replica(openVSwitch, switchSelection)));
    const outcomes = await Promise.allSettled(
      replicas.map((one) => configureSwitch(one, (it) => it.addPort("br0", "p1", played))),
    );
    const refusals = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
    assert.equal(refusals.length, 3);
    for (const refusal of refusals) assert.ok(refusal instanceof NameTakenError, String(refusal));

    const again = await Promise.all(
      replicas.map((one) =>
        configureSwitch(one, (it) => it.addPort("br0", "p2", { mayExist: true, ...played })),
      ),
    );
    assert.equal(again.filter(Boolean).length, 1);

    const deleted = await Promise.all(
      replicas.map((one) => configureSwitch(one, (it) => it.deletePort("p2", { ifExists: true }))),
    );
    assert.equal(deleted.filter(Boolean).length, 1);

    await Promise.all(
      replicas.map((one, index) =>
        configureSwitch(one, (it) => {
          for (const port of [1, 2, 3]) it.addPort("br0", `q${index}-${port}`, played);
        }),
      ),
    );
    await caughtUp();
    const { br0 } = shown() as { br0: string[] };
    assert.equal(br0.length, 2 + 12);
    await Promise.all(clients.map((one) => one.close()));
  });

  it("tells when ovs-vswitchd doesn't take it up, and needn't wait", async () => {
    await ovs.stopVswitchd();
    const silent = configureSwitch(replica, (it) => it.addBridge("br0", dummy), { timeoutMs: 300 });
    await assert.rejects(silent, (error) => {
      return error instanceof SwitchSilentError && error.timeoutMs === 300;
    });
    assert.deepEqual(shown(), { br0: ["br0"] });
    await configureSwitch(replica, (it) => it.addPort("br0", "p1", played), { wait: false });
    const abort = new AbortController();
    const waiting = configureSwitch(replica, (it) => it.addPort("br0", "p2", played), {
      signal: abort.signal,
    });
    replica.once("change", () => abort.abort(new Error("enough")));
    await assert.rejects(waiting, /enough/);
    await ovs.startVswitchd();
    await configureSwitch(replica, (it) => it.addPort("br0", "p3", played));
    assert.deepEqual(shown(), { br0: ["br0", "p1", "p2", "p3"] });
  });

  it("begins a database that nobody has initialized", async () => {
    await client.transact(openVSwitch.name, [{ op: "delete", table: "Open_vSwitch", where: [] }]);
    await configureSwitch(replica, (it) => it.addBridge("br0", dummy), { wait: false });
    assert.deepEqual(shown(), { br0: ["br0"] });
    assert.equal((await tryCommand("ovs-vsctl", [`--db=${ovs.ovsdb}`, "list-br"])).stdout, "br0\n");
  });

  it("goes by a replica that shows more, too", async () => {
    await using more = await client.replica(openVSwitch, {
      ...switchSelection,
      Port: "all",
      Interface: "all",
      Mirror: ["name"],
    });
    await configureSwitch(more, (it) => {
      it.addBridge("br0", dummy);
      it.addPort("br0", "p1", played);
    });
    assert.equal(more.table("Port").index("name").one("p1")?.vlan_mode, undefined);
  });
});
