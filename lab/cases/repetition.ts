// Case 9: a policy applied a second time sends nothing, and a policy removed leaves no trace.
import type { NodeName } from "../cloud.ts";
import { describeDifference, dumpState } from "../state-dump.ts";
import { countFlowMods } from "../wire-count.ts";
import { documentFor, type ProbeChoice, pools } from "./policies.ts";
import type { Case, Stage } from "./stage.ts";

async function applyTwiceAndRemove(
  stage: Stage,
  name: NodeName,
  choices: readonly ProbeChoice[],
): Promise<void> {
  const node = stage.cloud.node(name);
  const before = await dumpState(node);
  await using lanes = await stage.openLanes(name, documentFor(stage.cloud, choices, { pool: pools[name] }));
  const first = await countFlowMods(node.ovs, () => lanes.apply());
  stage.expectEqual(`${name}: flow mods received at the first apply`, first > 0 ? "some" : "none", "some");
  const applied = await dumpState(node);
  const second = await countFlowMods(node.ovs, () => lanes.apply());
  stage.expectEqual(`${name}: flow mods received at the second apply`, String(second), "0");
  stage.expectEqual(
    `${name}: switch and database after the second apply`,
    describeDifference(applied, await dumpState(node)),
    "the same",
  );
  await lanes.remove();
  stage.expectEqual(
    `${name}: switch and database after removal, against before`,
    describeDifference(before, await dumpState(node)),
    "the same",
  );
}

/** Case 9. */
export const repetitionCase: Case = {
  number: 9,
  title: "applied twice, then removed",
  async play(stage) {
    // Proxies from the pool are remembered in the database: that must go with the lane, too.
    await applyTwiceAndRemove(stage, "controller", [
      { vm: "vm-137", collector: "wazuh" },
      { vm: "twin-137", collector: "wazuh-100" },
    ]);
    await applyTwiceAndRemove(stage, "compute", [{ vm: "vm-189", collector: "wazuh" }]);
  },
};
