// How fast a controller answers PACKET_INs, and how quickly many switches come up: the learning switch of the examples beside
// bare Node, and beside Open vSwitch's own test controller and os-ken where they are installed.
//   npm run compile && node bench/learning-switch.mjs [--switches 1,16,256,1000] [--seconds 3] [--rounds 3]
// OVS_TESTCONTROLLER names the program where it isn't on the path; as Debian builds it, it takes 16 switches at most.
// oxlint-disable no-await-in-loop -- one after the other is the point
import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    switches: { type: "string", default: "1,16,256,1000" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
  },
});
const run = promisify(execFile);
/** Where ovs-testcontroller puts its control socket. */
const rundir = mkdtempSync(join(tmpdir(), "ovskit-bench-"));
process.on("exit", () => rmSync(rundir, { recursive: true, force: true }));
const testController = process.env.OVS_TESTCONTROLLER ?? "ovs-testcontroller";
const example = here("../build/examples/learning-switch.js");

if (!existsSync(example)) {
  console.error("npm run compile comes first");
  process.exit(2);
}
nameCompiledTree();

/** Contenders: the command that listens on a port, and how many switches it takes. */
const contenders = [
  { name: "ovskit", most: 4096, command: (port) => [process.execPath, example, `ptcp:${port}:127.0.0.1`] },
  {
    name: "bare Node",
    most: 4096,
    command: (port) => [process.execPath, here("learning-switch/bare-node.mjs"), port],
  },
  {
    name: "ovs-testcontroller",
    most: 16,
    needs: [testController, "--version"],
    command: (port) => [testController, "-OOpenFlow13", "--log-file=/dev/null", `ptcp:${port}:127.0.0.1`],
  },
  {
    name: "os-ken",
    most: 4096,
    needs: ["python3", "-c", "import os_ken"],
    command: (port) => [
      ..."python3 -m os_ken.cmd.manager --ofp-listen-host 127.0.0.1 --ofp-tcp-listen-port".split(" "),
      port,
      "os_ken.app.simple_switch_13",
    ],
  },
].filter(({ needs: [program, ...args] = ["true"] }) => spawnSync(program, args).status === 0);

/** The compiled example imports `ovskit/…`, which is to mean what was compiled beside it. */
function nameCompiledTree() {
  const text = readFileSync(here("../package.json"), "utf8").replaceAll('"./dist/', '"./src/');
  const { name, version, type, exports } = JSON.parse(text);
  writeFileSync(here("../build/package.json"), `${JSON.stringify({ name, version, type, exports })}\n`);
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
async function measure({ command }, switches, mode) {
  const port = await freePort();
  const [program, ...args] = command(port);
  const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, OVS_RUNDIR: rundir } });
  try {
    await listening(port, child);
    const player = [
      here("learning-switch/fake-switches.mjs"),
      port,
      switches,
      values.seconds,
      mode,
      child.pid,
    ];
    const { stdout } = await run(process.execPath, player.map(String), { timeout: 120_000 });
    return JSON.parse(stdout);
  } finally {
    child.kill("SIGKILL");
  }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

/** Rounds of all contenders one after the other, and the medians. */
async function compare(switches, mode, show) {
  const taking = contenders.filter(({ most }) => most >= switches);
  const results = new Map(taking.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contender of taking) {
      const result = await measure(contender, switches, mode).catch((error) => ({ error }));
      results.get(contender.name).push(result);
    }
  }
  for (const [name, rounds] of results) {
    const whole = rounds.filter(({ error }) => error === undefined);
    const lost = rounds.length - whole.length;
    const text = whole.length === 0 ? "no answer" : show((key) => median(whole.map((result) => result[key])));
    console.log(`  ${name.padEnd(20)} ${text}${lost > 0 ? ` (${lost} rounds without an answer)` : ""}`);
  }
}

const number = (value) => Math.round(value).toLocaleString("en-US").padStart(10);
for (const switches of values.switches.split(",").map(Number)) {
  console.log(`\n${switches} switches: answers a second`);
  await compare(
    switches,
    "throughput",
    (of) => `${number(of("answersPerSecond"))}, ${of("lost")} connections lost`,
  );
}
const most = Math.max(...values.switches.split(",").map(Number));
console.log(`\n${most} switches that come at once: until all are up, and memory`);
await compare(most, "bringup", (of) => {
  return `${number(of("upMs"))} ms ${of("kibEach").toFixed(1).padStart(8)} KiB each, ${of("lost")} connections lost`;
});
