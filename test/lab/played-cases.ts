// The main job's cases as tests, for whichever playhouse they are played in.
import assert from "node:assert/strict";
import { mainJobCases } from "../../lab/cases/index.ts";
import type { Step } from "../../lab/cases/stage.ts";
import type { Playhouse } from "../../lab/playhouse.ts";

/** One test per case; each step must have gone as expected. */
export function itPlaysTheCases(playhouse: () => Playhouse): void {
  for (const { number, title, play } of mainJobCases) {
    it(`case ${number}: ${title}`, async () => {
      const steps: Step[] = [];
      await play(await playhouse().stage({ step: (step) => steps.push(step) }));
      assert.ok(steps.length > 0);
      assert.deepEqual(
        steps.filter(({ ok }) => !ok),
        [],
      );
    });
  }
}
