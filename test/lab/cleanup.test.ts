// The registry that keeps the lab from leaving anything behind.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { Cleanup } from "../../lab/cleanup.ts";
import { until } from "../../lab/waiting.ts";

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

interface Stage {
  readonly process: FakeProcess;
  readonly reports: string[];
  readonly cleanup: Cleanup;
}

function stage(): Stage {
  const process = new FakeProcess();
  const reports: string[] = [];
  return { process, reports, cleanup: new Cleanup(process, (message) => reports.push(message)) };
}

describe("the lab's clean-up", () => {
  it("takes steps back last first, each once", async () => {
    const { cleanup } = stage();
    const done: string[] = [];
    for (const what of ["a", "b", "c"]) cleanup.add({ what, undo: () => void done.push(what) });
    assert.equal(await cleanup.run(), 0);
    assert.equal(await cleanup.run(), 0);
    assert.deepEqual(done, ["c", "b", "a"]);
  });

  it("goes on after a step that fails and says which it was", async () => {
    const { cleanup, reports } = stage();
    const done: string[] = [];
    cleanup.add({ what: "first", undo: () => void done.push("first") });
    cleanup.add({ what: "bad", undo: () => Promise.reject(new Error("busy")) });
    assert.equal(await cleanup.run(), 1);
    assert.deepEqual(done, ["first"]);
    assert.deepEqual(reports, ["could not remove bad: Error: busy"]);
  });

  it("doesn't take back again what was taken back early", async () => {
    const { cleanup } = stage();
    let count = 0;
    const undo = cleanup.add({ what: "a", undo: () => void (count += 1) });
    await undo();
    await undo();
    await cleanup.run();
    assert.equal(count, 1);
  });

  it("runs on Ctrl-C, then ends the process with the signal's code", async () => {
    const { cleanup, process } = stage();
    let undone = false;
    cleanup.add({ what: "a", undo: async () => (await turn(), void (undone = true)) });
    process.emit("SIGINT");
    process.emit("SIGINT");
    assert.deepEqual(process.exits, []);
    await until("both exits", 1000, () => process.exits.length === 2);
    assert.ok(undone);
    assert.equal(process.exits[0], 130);
  });

  it("takes back what was added while it ran", async () => {
    const { cleanup } = stage();
    const done: string[] = [];
    cleanup.add({
      what: "a",
      undo: () => {
        done.push("a");
        cleanup.add({ what: "late", undo: () => void done.push("late") });
      },
    });
    await cleanup.run();
    assert.deepEqual(done, ["a", "late"]);
  });

  it("takes the synchronous steps when the process just exits", () => {
    const { cleanup, process } = stage();
    const done: string[] = [];
    cleanup.add({ what: "a", undo: () => {}, undoNow: () => void done.push("a") });
    cleanup.add({ what: "b", undo: () => {} });
    cleanup.add({ what: "c", undo: () => {}, undoNow: () => void done.push("c") });
    process.emit("exit");
    assert.deepEqual(done, ["c", "a"]);
    assert.deepEqual(cleanup.pending, []);
  });

  it("waits for a step that somebody else began to take back", async () => {
    const { cleanup } = stage();
    const gate = new EventEmitter();
    let undone = false;
    const undo = cleanup.add({
      what: "slow",
      undo: async () => {
        await once(gate, "open");
        undone = true;
      },
    });
    const early = undo();
    const all = cleanup.run();
    assert.ok(!undone);
    gate.emit("open");
    await Promise.all([early, all]);
    assert.ok(undone);
  });

  it("takes no more steps once a signal has come, and says so to what is running", async () => {
    const { cleanup, process } = stage();
    cleanup.add({ what: "a", undo: () => {} });
    process.emit("SIGTERM");
    assert.ok(cleanup.interruption.aborted);
    assert.throws(() => cleanup.add({ what: "late", undo: () => {} }), { code: "ERR_LAB_INTERRUPTED" });
    await until("the exit", 1000, () => process.exits.length === 1);
    assert.deepEqual(process.exits, [143]);
  });

  it("leaves the process alone while there is nothing to undo", async () => {
    const { cleanup, process } = stage();
    assert.equal(process.listenerCount("SIGINT"), 0);
    cleanup.add({ what: "a", undo: () => {} });
    assert.equal(process.listenerCount("SIGINT"), 1);
    await cleanup.run();
    assert.equal(process.listenerCount("SIGINT") + process.listenerCount("exit"), 0);
  });
});
