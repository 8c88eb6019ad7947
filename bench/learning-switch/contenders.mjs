// The controllers that `learning-switch` and `switches` set side by side, and how one is started, loaded and ended: each measurement
// has a controller and a player of switches of its own, both in processes of their own.
// oxlint-disable no-await-in-loop -- one after the other is the point
import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "../rounds.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);
const {
  OVS_TESTCONTROLLER = "ovs-testcontroller",
  OVS_TESTCONTROLLER_BIG,
  OSKEN_PYTHON = "python3",
} = process.env;
/** Where ovs-testcontroller puts its control socket. */
const rundir = mkdtempSync(join(tmpdir(), "ovskit-bench-"));
process.on("exit", () => rmSync(rundir, { recursive: true, force: true }));
nameCompiledTree();

function testController(program) {
  return (port) => [program, "-OOpenFlow13", "--log-file=/dev/null", `ptcp:${port}:127.0.0.1`];
}

/** Every contender: its command for a port, how many switches it takes, and what shows that it is installed. */
const all = [
  {
    name: "bare Node",
    command: (port) => [process.execPath, here("bare-node.mjs"), port],
  },
  {
    name: "ovskit",
    command: (port) => [
      process.execPath,
      here("../../build/examples/learning-switch.js"),
      `ptcp:${port}:127.0.0.1`,
    ],
  },
  {
    name: "ovs-testcontroller",
    most: 16,
    needs: [OVS_TESTCONTROLLER, "--version"],
    command: testController(OVS_TESTCONTROLLER),
  },
  {
    name: "ovs-testcontroller, 4,096",
    least: 17,
    needs: [OVS_TESTCONTROLLER_BIG ?? "false", "--version"],
    command: testController(OVS_TESTCONTROLLER_BIG),
  },
  {
    name: "os-ken",
    needs: [OSKEN_PYTHON, "-c", "import os_ken"],
    command: (port) => [
      OSKEN_PYTHON,
      ..."-m os_ken.cmd.manager --ofp-listen-host 127.0.0.1 --ofp-tcp-listen-port".split(" "),
      port,
      here("os-ken-switch.py"),
    ],
  },
];
const installed = all.filter(
  ({ needs: [program, ...args] = ["true"] }) => spawnSync(program, args).status === 0,
);

/** The compiled example imports `ovskit/…`, which is to mean what was compiled beside it. */
function nameCompiledTree() {
  const text = readFileSync(here("../../package.json"), "utf8").replaceAll('"./dist/', '"./src/');
  const { name, version, type, exports } = JSON.parse(text);
  writeFileSync(here("../../build/package.json"), `${JSON.stringify({ name, version, type, exports })}\n`);
}

/** A port that nobody listens on. */
function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}

/** Settles when something listens there. */
async function listening(port, child) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    const answered = await new Promise((resolve) => {
      const socket = net.connect({ host: "127.0.0.1", port: Number(port) });
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One measurement of one contender. */
async function measure({ command }, switches, seconds, mode) {
  const port = await freePort();
  const [program, ...args] = command(port);
  const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, OVS_RUNDIR: rundir } });
  try {
    await listening(port, child);
    const player = [here("fake-switches.mjs"), port, switches, seconds, mode, child.pid];
    const { stdout } = await run(process.execPath, player.map(String), { timeout: 30_000 });
    return JSON.parse(stdout);
  } finally {
    child.kill("SIGKILL");
  }
}

/**
 * Rounds of every contender that takes so many switches, one after the other, and a line of medians for each: `show` gets a function
 * from the name of a figure to its median, and one from there to the median of its ratios to the first contender's.
 */
export async function compare({ switches, rounds, seconds = 1, mode }, show) {
  const taking = installed.filter(({ least = 1, most = 4096 }) => switches >= least && switches <= most);
  const results = taking.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of taking.entries()) {
      results[index].push(await measure(contender, switches, seconds, mode).catch((error) => ({ error })));
    }
  }
  for (const [index, figures] of results.entries()) {
    const whole = figures.map((figure, round) => [figure, results[0][round]]).filter(([{ error }]) => !error);
    const failed = figures.length - whole.length;
    const of = (key) => median(whole.map(([figure]) => figure[key]));
    const ratio = (key) => median(whole.map(([figure, reference]) => figure[key] / reference[key]));
    const text = whole.length === 0 ? "did not finish" : show(of, ratio);
    console.log(
      `  ${taking[index].name.padEnd(26)} ${text}${failed > 0 && whole.length > 0 ? `, ${failed} rounds failed` : ""}`,
    );
  }
}

/** A whole number, in a column. */
export function column(value) {
  return Math.round(value).toLocaleString("en-US").padStart(10);
}
