// The program behind `npm run demo`: builds a cloud on a private Open vSwitch, runs the main job's cases on it, prints
// what was sent and what arrived, and takes everything away again, also after Ctrl-C and after a failure.
import { parseArgs, styleText } from "node:util";
import { mainJobCases } from "./cases/index.ts";
import type { Case, Step } from "./cases/stage.ts";
import { labCleanup } from "./cleanup.ts";
import { labLeftovers } from "./names.ts";
import { whyNoPackets } from "./namespace.ts";
import { openVSwitchInstalled } from "./open-vswitch.ts";
import { Playhouse } from "./playhouse.ts";

const help = `Usage: npm run demo -- [--no-packets] [--case N]... [--help]

Runs ovskit's main job on a private Open vSwitch: probes in VMs of two compute nodes reach
their collector through lanes. Prints case by case what was sent and what arrived, and
removes everything at the end.

  --no-packets  use the dummy datapath and prove the cases by ofproto/trace; this is also
                what happens without root or without network namespaces
  --case N      run this case only; may be given more than once
  --help        print this

Exit codes: 0 all as expected, 1 a step went otherwise or something failed, 2 wrong usage.`;

interface Choices {
  readonly packets: boolean;
  readonly cases: readonly Case[];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function paint(style: "bold" | "green" | "red", text: string): string {
  const plain = !process.stdout.isTTY || process.env["NO_COLOR"] !== undefined;
  return plain ? text : styleText(style, text);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function readChoices(args: readonly string[]): Choices | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "no-packets": { type: "boolean", default: false },
      case: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const wanted = values.case.map((text) => {
    const found = mainJobCases.find(({ number }) => String(number) === text);
    if (found === undefined) throw new TypeError(`there is no case ${text}`);
    return found;
  });
  return { packets: !values["no-packets"], cases: wanted.length > 0 ? wanted : mainJobCases };
}

function printStep({ sent, arrived, expected, ok }: Step): void {
  const mark = ok ? paint("green", "ok  ") : paint("red", "BAD ");
  say(`  ${mark} ${sent}`);
  say(`         arrived: ${arrived}`);
  if (!ok) say(`         expected: ${expected}`);
}

async function playAll(playhouse: Playhouse, cases: readonly Case[]): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const [index, one] of cases.entries()) {
    say(paint("bold", `\nCase ${one.number}: ${one.title}  (${index + 1} of ${cases.length})`));
    // The cases share one cloud: one after the other.
    // oxlint-disable-next-line no-await-in-loop
    const stage = await playhouse.stage({
      step: (step) => {
        steps.push(step);
        printStep(step);
      },
      note: (text) => {
        say(`  ${text}`);
      },
    });
    // oxlint-disable-next-line no-await-in-loop
    await one.play(stage);
  }
  return steps;
}

async function run({ packets, cases }: Choices): Promise<boolean> {
  const reason = packets ? await whyNoPackets() : "--no-packets";
  say(
    reason === undefined
      ? "Real packets, through the userspace datapath of a private Open vSwitch."
      : `No packets (${reason}): the dummy datapath, and every case proven by ofproto/trace.`,
  );
  const playhouse = await Playhouse.open({
    packets: reason === undefined,
    progress: (what) => {
      say(`  building: ${what}`);
    },
  });
  const steps = await playAll(playhouse, cases);
  const bad = steps.filter(({ ok }) => !ok).length;
  const how = reason === undefined ? "with packets" : "by ofproto/trace, no packet was sent";
  say(`\n${cases.length} cases, ${steps.length} steps ${how}: ${steps.length - bad} as expected, ${bad} not`);
  return bad === 0;
}

async function main(): Promise<number> {
  let choices: Choices | "help";
  try {
    choices = readChoices(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${help}\n`);
    return 2;
  }
  if (choices === "help") {
    say(help);
    return 0;
  }
  if (!openVSwitchInstalled()) {
    process.stderr.write("Open vSwitch isn't installed: apt-get install openvswitch-switch\n");
    return 1;
  }
  let good = false;
  // From here on a signal ends the demo in an orderly way, also before anything was made.
  labCleanup.add({ what: "the demo", undo: () => Promise.resolve() });
  try {
    good = await run(choices);
  } catch (error) {
    if (labCleanup.interruption.aborted) say("\nInterrupted: removing everything.");
    else process.stderr.write(`\nfailed: ${reasonOf(error)}\n`);
  }
  const failed = await labCleanup.run();
  const left = labLeftovers(process.pid);
  say(left.length + failed === 0 ? "Everything is removed." : `Left behind: ${left.join(" ")}`);
  return good && left.length + failed === 0 ? 0 : 1;
}

// Nobody reads any more (`npm run demo | head`): that is as good as Ctrl-C.
process.stdout.on("error", () => {
  void labCleanup.interrupt(1);
});
process.exitCode = await main();
// Whatever may still be open after a failure isn't waited for.
setTimeout(() => process.exit(), 1000).unref();
