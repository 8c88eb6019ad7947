// Nothing stays: whatever ends the demo, and whenever, no process, namespace, link or file of it is left.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../lab/command.ts";
import { labLeftovers, sweepDeadRuns } from "../../lab/names.ts";
import { until } from "../../lab/waiting.ts";
import { describeWith } from "../support/needs.ts";

const demo = fileURLToPath(new URL("../../lab/demo.js", import.meta.url));

interface Demo {
  readonly child: ChildProcess;
  readonly pid: number;
  output(): string;
  /** Its exit code, or the signal that ended it. */
  readonly end: Promise<number | string>;
}

function startDemo(...args: readonly string[]): Demo {
  const child = spawn(process.execPath, [demo, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
    });
  }
  const end = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return { child, pid: child.pid ?? -1, output: () => output, end };
}

/** Waits until the demo has said something. */
async function saying(run: Demo, words: string): Promise<void> {
  await until(words, 20_000, () => {
    if (run.child.exitCode !== null) throw new Error(`the demo ended first: ${run.output()}`);
    return run.output().includes(words);
  });
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

async function linkNames(): Promise<readonly string[]> {
  const text = await runCommand("ip", ["-o", "link"]);
  return text.split("\n").map((line) => line.split(":")[1] ?? "");
}

function assertNothingLeft(pid: number): void {
  assert.deepEqual(labLeftovers(pid), []);
}

describeWith(["root", "openvswitch", "ip", "ethtool", "tcpdump", "ping"], "the demo's clean-up", function () {
  this.timeout(30_000);
  let linksBefore: readonly string[];

  before(async () => {
    linksBefore = await linkNames();
  });
  afterEach(async () => {
    assert.deepEqual(await linkNames(), linksBefore);
  });

  const moments = ["building: network", "building: 2 compute nodes", "building: 9 VMs", "Case 2"];
  for (const [index, moment] of moments.entries()) {
    const signal = index % 2 === 0 ? "SIGINT" : "SIGTERM";
    it(`leaves nothing behind after ${signal} at "${moment}"`, async () => {
      const run = startDemo();
      await saying(run, moment);
      run.child.kill(signal);
      assert.equal(await run.end, signal === "SIGINT" ? 130 : 143);
      assertNothingLeft(run.pid);
    });
  }

  it("leaves nothing behind after a second Ctrl-C from somebody in a hurry", async () => {
    const run = startDemo();
    await saying(run, "Case 1");
    run.child.kill("SIGINT");
    run.child.kill("SIGINT");
    assert.equal(await run.end, 130);
    assertNothingLeft(run.pid);
  });

  it("leaves nothing behind after a failure, and says what failed", async () => {
    const run = startDemo();
    await saying(run, "Case 1");
    const vswitchd = readdirSync("/proc").find((pid) => {
      const line = commandLine(pid);
      return line.startsWith("ovs-vswitchd") && line.includes(`ovk-${run.pid}-`);
    });
    assert.ok(vswitchd !== undefined);
    process.kill(Number(vswitchd), "SIGKILL");
    assert.equal(await run.end, 1);
    assertNothingLeft(run.pid);
  });

  it("leaves nothing behind when nobody reads what it says any more", async () => {
    const run = startDemo();
    await saying(run, "Case 1");
    run.child.stdout?.destroy();
    assert.equal(await run.end, 1);
    assert.doesNotMatch(run.output(), /EPIPE/);
    assertNothingLeft(run.pid);
  });

  it("runs beside another one without meeting it", async () => {
    const runs = [startDemo("--case", "4"), startDemo("--case", "4")];
    assert.deepEqual(await Promise.all(runs.map((run) => run.end)), [0, 0]);
    for (const run of runs) assertNothingLeft(run.pid);
  });

  it("leaves no process behind even when it is killed, and the next run sweeps the rest", async () => {
    const run = startDemo();
    await saying(run, "Case 1");
    run.child.kill("SIGKILL");
    assert.equal(await run.end, "SIGKILL");
    // A command that was just running ends by its own deadline.
    await until("its children to end", 10_000, () => {
      return !labLeftovers(run.pid).some((name) => name.startsWith("process"));
    });
    assert.notDeepEqual(labLeftovers(run.pid), []);
    await sweepDeadRuns();
    assertNothingLeft(run.pid);
  });

  it("leaves nothing behind at its end, without packets either", async () => {
    const run = startDemo("--no-packets", "--case", "1");
    assert.equal(await run.end, 0);
    assert.match(run.output(), /by ofproto\/trace, no packet was sent/);
    assert.match(run.output(), /Everything is removed\./);
    assertNothingLeft(run.pid);
  });

  it("starts nothing for wrong usage", async () => {
    const run = startDemo("--case", "77");
    assert.equal(await run.end, 2);
    assert.match(run.output(), /there is no case 77/);
    assertNothingLeft(run.pid);
  });
});
