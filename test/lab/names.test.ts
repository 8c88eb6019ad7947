// Names by which what a killed run left behind is told from what is in use.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { labFolder, labLeftovers, sweepDeadRuns, uniqueName } from "../../lab/names.ts";

// Above the largest pid Linux gives.
const deadPid = 4_194_305;

describe("the lab's names", () => {
  it("differ each time and bear our pid", () => {
    const [a, b] = [uniqueName(), uniqueName()];
    assert.notEqual(a, b);
    assert.match(a, new RegExp(`^ovk-${process.pid}-\\d+$`));
  });

  it("let leftovers of dead runs be swept, and nobody else's", async () => {
    const dead = join(labFolder, `ovk-${deadPid}-1-abc`);
    const ours = join(labFolder, `${uniqueName()}-abc`);
    await Promise.all([mkdir(dead), mkdir(ours)]);
    try {
      assert.deepEqual(labLeftovers(deadPid), [dead]);
      await sweepDeadRuns();
      assert.ok(!existsSync(dead));
      assert.deepEqual(labLeftovers(process.pid), [ours]);
    } finally {
      await Promise.all([dead, ours].map((path) => rm(path, { recursive: true, force: true })));
    }
  });
});
