// The main job with real packets: every case of the demo, on one cloud of namespaces and two private switches.
import assert from "node:assert/strict";
import { documentFor, pools } from "../../lab/cases/policies.ts";
import type { Step } from "../../lab/cases/stage.ts";
import { Playhouse } from "../../lab/playhouse.ts";
import { itPlaysTheCases } from "../lab/played-cases.ts";
import { describeWith } from "../support/needs.ts";

describeWith(
  ["root", "openvswitch", "ip", "ethtool", "tcpdump", "ping"],
  "the main job, with packets",
  function () {
    this.timeout(60_000);
    let playhouse: Playhouse;

    before(async () => {
      playhouse = await Playhouse.open({ packets: true });
    });
    after(() => playhouse?.close());

    itPlaysTheCases(() => playhouse);

    it("is told from a lane that is broken", async () => {
      const steps: Step[] = [];
      const stage = await playhouse.stage({ step: (step) => steps.push(step) });
      const { ovs } = playhouse.cloud.node("controller");
      const document = documentFor(
        playhouse.cloud,
        [{ vm: "vm-137", collector: "wazuh", as: "10.0.0.137" }],
        {
          pool: pools.controller,
        },
      );
      const ping = { kind: "ping", from: "vm-137", to: playhouse.cloud.vm("wazuh").ip } as const;
      await stage.withLanes("controller", document, async () => {
        await stage.expect(ping, { by: "wazuh", seenAs: "10.0.0.137" });
        await ovs.ofctl("-O", "OpenFlow13", "del-flows", ovs.mgmt("br-int"), "table=211");
        await stage.expect(ping, { by: "wazuh", seenAs: "10.0.0.137" });
        await stage.expect(ping, "nothing");
      });
      assert.deepEqual(
        steps.map(({ ok }) => ok),
        [true, false, false],
      );
    });
  },
);
