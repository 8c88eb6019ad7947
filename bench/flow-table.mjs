// What `install` and `readback` share: a private Open vSwitch with one bridge, and contenders that take turns on it.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { openVSwitchInstalled, startOpenVSwitch } from "../build/lab/open-vswitch.js";
import { natTexts } from "./nat-flows.mjs";
import { report } from "./rounds.mjs";

const run = promisify(execFile);
const bridge = "br0";
const limits = { maxBuffer: 2 ** 30 };

function lineOf(index) {
  const { from, to, mac } = natTexts(index + 1);
  const actions = `set_field:${to}->ip_src,set_field:${mac}->eth_dst,push_vlan:0x8100,set_field:4099->vlan_vid,output:2`;
  return `cookie=${1_000 + index},priority=100,in_port=1,ip,nw_dst=${from} actions=${actions}\n`;
}

/** Options of both benchmarks. */
export function options() {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "5" }, flows: { type: "string", default: "100000" } },
  });
  return { rounds: Number(values.rounds), flows: Number(values.flows) };
}

/** One bridge and how contenders reach it. */
export class FlowTable {
  constructor(lab, flows, path) {
    this.lab = lab;
    this.flows = flows;
    this.path = path;
    this.socket = lab.mgmt(bridge).slice("unix:".length);
  }

  async empty() {
    await this.ofctl("del-flows");
  }

  fill() {
    return this.ofctl("--bundle", "add-flows", this.path);
  }

  /** ovs-ofctl on the bridge, its output left out; gives the milliseconds it took. */
  async ofctl(...words) {
    const at = words.findIndex((word) => !word.startsWith("-")) + 1;
    const args = ["-O", "OpenFlow13", ...words.slice(0, at), `unix:${this.socket}`, ...words.slice(at)];
    const begin = performance.now();
    await run("ovs-ofctl", args, limits);
    return performance.now() - begin;
  }

  /** A contender of flow-client.mjs. */
  async client(name) {
    const script = new URL("flow-client.mjs", import.meta.url).pathname;
    const { stdout } = await run(process.execPath, [script, name, this.socket, String(this.flows)], limits);
    return JSON.parse(stdout);
  }

  /** Throws unless the bridge holds every flow. */
  async check() {
    const args = ["-O", "OpenFlow13", "dump-aggregate", `unix:${this.socket}`];
    const { stdout } = await run("ovs-ofctl", args, limits);
    if (!stdout.includes(`flow_count=${this.flows}`)) {
      throw new Error(`the bridge should hold ${this.flows} flows: ${stdout}`);
    }
  }
}

/** Has contenders, functions of a table that give milliseconds, take turns; `before` prepares each turn. */
export async function compare(title, contenders, reference, before, after) {
  if (!openVSwitchInstalled()) {
    console.error("needs Open vSwitch (Debian: openvswitch-switch)");
    process.exitCode = 2;
    return;
  }
  const { rounds, flows } = options();
  const lab = await startOpenVSwitch();
  try {
    await lab.addBridge(bridge);
    const path = join(lab.dir, "flows.txt");
    await writeFile(path, Array.from({ length: flows }, (_, i) => lineOf(i)).join(""));
    const table = new FlowTable(lab, flows, path);
    const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, contend] of Object.entries(contenders)) {
        // oxlint-disable-next-line no-await-in-loop -- one at a time is the point
        await before(table, round);
        // oxlint-disable-next-line no-await-in-loop
        results[name].push(await contend(table));
        // oxlint-disable-next-line no-await-in-loop
        await after(table);
      }
    }
    report(`${flows.toLocaleString("en-US")} ${title}`, "ms", results, reference);
  } finally {
    await lab.stop();
  }
}
