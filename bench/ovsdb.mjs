// A database of many ports, and what it costs to know it: ovskit's replica beside plain Node, Open vSwitch's Python IDL
// and ovsdb-client. Each contender runs in a process of its own and measures itself; they take turns, round by round.
// oxlint-disable no-await-in-loop -- one at a time is the point
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { openVSwitchInstalled } from "../build/lab/open-vswitch.js";
import { agentColumns, database, startPortDatabase } from "./ovsdb/port-database.mjs";
import { median } from "./rounds.mjs";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    ports: { type: "string", default: "1000,20000,100000" },
    turns: { type: "string", default: "200" },
    seconds: { type: "string", default: "120" },
  },
});
const limits = { maxBuffer: 2 ** 30, timeout: Number(values.seconds) * 1_000 };
// Debian's packages of Open vSwitch are seen by Debian's Python alone.
const { OVS_PYTHON = "/usr/bin/python3" } = process.env;

/** A contender that measures itself and prints what it measured. */
function own(command, columns, ...more) {
  return async ({ target, ports, bridge }) => {
    const [program, ...args] = [...command, target, ports, bridge, columns, values.turns, ...more];
    const { stdout } = await run(program, args.map(String), limits);
    return JSON.parse(stdout);
  };
}

async function dump({ target }) {
  const begin = performance.now();
  await run("ovsdb-client", ["-f", "json", "dump", target, database], limits);
  return { syncMs: performance.now() - begin };
}

const node = (script) => [process.execPath, "--expose-gc", here(script)];
const idl = [OVS_PYTHON, here("ovsdb/python-idl.py")];
const hasIdl = spawnSync(OVS_PYTHON, ["-c", "import ovs.db.idl"]).status === 0;
const contenders = ["all", "chosen"].flatMap((columns) => [
  { name: `plain Node, ${columns} columns`, measure: own(node("ovsdb/plain-node.mjs"), columns) },
  { name: `ovskit, ${columns} columns`, measure: own(node("ovsdb/ovskit.mjs"), columns) },
  ...(hasIdl
    ? [{ name: `Python IDL, ${columns} columns`, measure: own(idl, columns, JSON.stringify(agentColumns)) }]
    : []),
]);
contenders.push({ name: "ovsdb-client -f json dump", measure: dump });

/** What every contender measured, by its name; undefined where it didn't finish. */
async function measure(place) {
  const results = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contender of contenders) {
      const figures = results.get(contender.name);
      // What took too long once isn't asked again.
      const given = figures.length > 0 && figures.at(-1) === undefined;
      figures.push(given ? undefined : await contender.measure(place).catch(() => {}));
    }
  }
  return results;
}

const [first, second] = [3, 1];

function shown(value, unit = "") {
  if (Number.isNaN(value)) return "";
  const digits = value < 1 ? first : value < 100 ? second : 0;
  return `${value.toFixed(digits)}${unit}`;
}

/** The figures of one contender, each the median of its rounds. */
function medianOf(figures, pick) {
  const known = figures.flatMap((one) => (one === undefined ? [] : (pick(one) ?? [])));
  return median(known);
}

const columns = [
  ["sync ms", (one) => one.syncMs],
  ["own cpu", (one) => one.syncCpuMs],
  ["peak MiB", (one) => one.peakMiB],
  ["heap MiB", (one) => one.heapMiB],
  ["add p50", (one) => one.add?.p50],
  ["add p99", (one) => one.add?.p99],
  ["add cpu", (one) => one.add?.cpu],
  ["tag p50", (one) => one.tag?.p50],
  ["tag p99", (one) => one.tag?.p99],
  ["event p50", (one) => one.event?.p50],
  ["event p99", (one) => one.event?.p99],
  ["lookup us", (one) => one.lookupUs],
  ["by tag us", (one) => one.byTagUs],
];
const width = 10;
const nameWidth = 28;

/** Ratios that are aimed at. */
const aims = [
  { other: "plain Node", what: "sync", pick: (one) => one.syncMs },
  { other: "Python IDL", what: "sync", pick: (one) => one.syncMs },
  { other: "Python IDL", what: "processor time of the sync", pick: (one) => one.syncCpuMs },
  { other: "Python IDL", what: "memory at its peak", pick: (one) => one.peakMiB },
  { other: "plain Node", what: "adding a port, p50", pick: (one) => one.add.p50 },
];

/** A line for each contender, and the ratios that are aimed at. */
function report(ports, results) {
  console.log(`\n${ports.toLocaleString("en-US")} ports; times in ms where nothing else is said`);
  const heads = columns.map(([head]) => head.padStart(width));
  console.log(`  ${"".padEnd(nameWidth)}${heads.join("")}`);
  for (const [name, figures] of results) {
    const cells = columns.map(([, pick]) => shown(medianOf(figures, pick)).padStart(width));
    const late = figures.some((one) => one === undefined) ? "  did not finish" : "";
    console.log(`  ${name.padEnd(nameWidth)}${cells.join("")}${late}`);
  }
  for (const chosen of ["all", "chosen"]) {
    const ours = results.get(`ovskit, ${chosen} columns`);
    for (const { other, pick, what } of aims) {
      const theirs = results.get(`${other}, ${chosen} columns`) ?? [];
      const pairs = ours.map((one, round) => [one, theirs[round]]);
      const ratios = pairs.filter(([one, its]) => one && its).map(([one, its]) => pick(one) / pick(its));
      if (ratios.length > 0) {
        console.log(`  ${chosen} columns, ${what}: ${median(ratios).toFixed(2)} of ${other}'s`);
      }
    }
  }
  for (const name of ["plain Node, chosen columns", "ovskit, chosen columns", "ovskit, all columns"]) {
    const of = (key) => shown(medianOf(results.get(name), (one) => one[key]));
    console.log(
      `  the event loop, ${name}: longest turn ${of("turnMs")} ms, of which ${of("busyMs")} at work, ` +
        `JSON.parse ${of("parseMs")}, the longest without it ${of("restMs")}`,
    );
  }
}

if (openVSwitchInstalled()) {
  for (const ports of values.ports.split(",").map(Number)) {
    const { server, bridge } = await startPortDatabase(ports);
    try {
      report(ports, await measure({ target: server.target, ports, bridge }));
    } finally {
      await server[Symbol.asyncDispose]();
    }
  }
} else {
  console.error("needs Open vSwitch (Debian: openvswitch-switch)");
  process.exitCode = 2;
}
