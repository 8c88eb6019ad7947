// Lanes when the node isn't as it should be, with packets: what can't be up is down with its reason and harms nobody,
// and what was up comes back as it was.
import assert from "node:assert/strict";
import { documentFor, pools } from "../../lab/cases/policies.ts";
import type { Expected, PolicyDocument, Stage, Step } from "../../lab/cases/stage.ts";
import { Playhouse } from "../../lab/playhouse.ts";
import type { LaneStatus, Lanes } from "../../src/policy/index.ts";
import { describeWith } from "../support/needs.ts";

async function reasons(lanes: Lanes): Promise<Readonly<Record<string, string>>> {
  const statuses = await lanes.status();
  return Object.fromEntries(statuses.map(({ name, up, down }) => [name, up ? "up" : (down?.code ?? "")]));
}

function statusOf(statuses: readonly LaneStatus[], name: string): LaneStatus {
  const found = statuses.find((status) => status.name === name);
  assert.ok(found !== undefined);
  return found;
}

function proxies(statuses: readonly LaneStatus[]): readonly (string | undefined)[] {
  return statuses.map(({ proxy }) => proxy?.ip);
}

/** A probe that is no VM of the cloud. */
function ghost(ifaceId: string): PolicyDocument {
  return { port: { "iface-id": ifaceId }, ip: "192.168.1.50", collector: "wazuh" };
}

describeWith(
  ["root", "openvswitch", "ip", "ethtool", "tcpdump", "ping"],
  "lanes, with packets,",
  function () {
    this.timeout(30_000);
    let playhouse: Playhouse;
    let stage: Stage;
    let steps: Step[];

    before(async () => {
      playhouse = await Playhouse.open({ packets: true });
    });
    after(() => playhouse?.close());
    beforeEach(async () => {
      steps = [];
      stage = await playhouse.stage({ step: (step) => steps.push(step) });
    });
    afterEach(() => {
      assert.deepEqual(
        steps.filter(({ ok }) => !ok),
        [],
      );
    });

    const ping = (from: string, expected: Expected): Promise<void> =>
      stage.expect({ kind: "ping", from, to: playhouse.cloud.vm("wazuh").ip }, expected);

    function document(...vms: readonly string[]): PolicyDocument {
      const choices = vms.map((vm) => ({ vm, collector: "wazuh" }));
      return documentFor(playhouse.cloud, choices, { pool: pools.controller });
    }

    it("are down with their reason where the port is missing, broken or not wired yet, and harm no others", async () => {
      const { ovs } = playhouse.cloud.node("controller");
      const twin = playhouse.cloud.vm("twin-137");
      await ovs.vsctl("set", "Port", twin.port, "tag=4095");
      // No such device: the switch gives it the ofport -1.
      const ids = 'external_ids:iface-id=broken external_ids:attached-mac="fa:16:3e:00:0b:0b"';
      await ovs
        .vsctl(
          ...`add-port br-int qvobroken tag=2 -- set Interface qvobroken ${ids} external_ids:iface-status=active`.split(
            " ",
          ),
        )
        .catch(() => "ovs-vsctl says that the device is missing");
      assert.match(await ovs.vsctl("get", "Interface", "qvobroken", "ofport"), /^-1$/m);
      const base = document("vm-137", "twin-137");
      const probes = { ...(base["probes"] as object), broken: ghost("broken"), missing: ghost("missing") };
      await stage.withLanes("controller", { ...base, probes }, async (lanes) => {
        assert.deepEqual(await reasons(lanes), {
          "vm-137": "up",
          "twin-137": "port-dead",
          broken: "port-ofport",
          missing: "port-missing",
        });
        await ping("vm-137", { by: "wazuh" });
        await ping("twin-137", "nothing");
        await ovs.vsctl("set", "Port", twin.port, "tag=3", "--", "del-port", "br-int", "qvobroken");
        await lanes.apply();
        assert.equal((await reasons(lanes))["twin-137"], "up");
        await ping("twin-137", { by: "wazuh" });
      });
    });

    it("count what they carry each way", async () => {
      await stage.withLanes("controller", document("vm-137"), async (lanes) => {
        assert.equal(statusOf(await lanes.status(), "vm-137").toCollector.lastMoved.kind, "never");
        await ping("vm-137", { by: "wazuh" });
        const deadline = Date.now() + 5000;
        let status = statusOf(await lanes.status(), "vm-137");
        // The datapath tells its counters to the flows once a second.
        while (status.fromCollector.packets === 0n && Date.now() < deadline) {
          // oxlint-disable-next-line no-await-in-loop
          status = statusOf(await lanes.status(), "vm-137");
        }
        assert.ok(status.toCollector.packets >= 1n);
        assert.ok(status.fromCollector.packets >= 1n);
        assert.ok(status.fromCollector.bytes >= 98n);
        assert.notEqual(status.toCollector.lastMoved.kind, "never");
        assert.equal(status.placement, "elsewhere");
        assert.equal(status.port?.tag, 2);
      });
    });

    it("keep their proxies through restarts of the database, the switch and ourselves", async () => {
      const { ovs } = playhouse.cloud.node("controller");
      const policy = document("vm-137", "twin-137");
      const first = await stage.openLanes("controller", policy);
      await first.apply();
      const before = proxies(await first.status());
      await first.close();
      await ovs.stopVswitchd();
      await ovs.stopDatabase();
      await ovs.startDatabase();
      await ovs.startVswitchd();
      await playhouse.cloud.node("controller").installBaseFlows();
      // A document that lists the probes the other way round would choose other addresses if it had to choose.
      const again = document("twin-137", "vm-137");
      await stage.withLanes("controller", again, async (lanes) => {
        assert.deepEqual(proxies(await lanes.status()), before.toReversed());
        await ping("vm-137", { by: "wazuh", seenAs: before[0] ?? "" });
        await ping("twin-137", { by: "wazuh", seenAs: before[1] ?? "" });
      });
    });

    it("carry nothing any more once they are removed", async () => {
      const { ovs } = playhouse.cloud.node("controller");
      assert.doesNotMatch(await ovs.vsctl("list-ports", "br-int"), /probe/);
      await ping("vm-137", "nothing");
    });
  },
);
