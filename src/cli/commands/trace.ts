// `ovskit trace`: ofproto/trace as the switch answers it, with the owner of each flow that decided: a lane of ovskit,
// or somebody else by the cookie.
import type { TracePass, TraceStep } from "../../unixctl/index.ts";
import { connectUnixctl, findControlSocket, trace, type Unixctl, UnixctlError } from "../../unixctl/index.ts";
import { noSuchBridge } from "../bridge-names.ts";
import { type Command, command, type Surroundings } from "../command.ts";
import { waiting } from "../database.ts";
import { type FlowOwner, flowOwners, ownerText } from "../flow-owner.ts";
import { readPolicyFile } from "../policy-file.ts";
import { findRundir } from "../rundir.ts";
import { InputError } from "../usage-error.ts";

/** A step with the owner of the flow that matched, which has its cookie; undefined where none did. */
export interface OwnedStep extends Omit<TraceStep, "cookie"> {
  readonly owner: FlowOwner | undefined;
}

/** One way of a packet through the pipeline, each step with its owner. */
export interface OwnedPass extends Omit<TracePass, "steps"> {
  readonly steps: readonly OwnedStep[];
}

/** Puts the owners beside the steps. */
export function ownedPass(pass: TracePass, ownerOf: (cookie: bigint) => FlowOwner): OwnedPass {
  const { flow, finalFlow, megaflow, datapathActions, slowPath, failure } = pass;
  const steps = pass.steps.map(({ cookie, ...step }) => ({
    ...step,
    owner: cookie === undefined ? undefined : ownerOf(cookie),
  }));
  return { flow, steps, finalFlow, megaflow, datapathActions, slowPath, failure };
}

/** One pass for people. */
export function passText({ flow, steps, finalFlow, datapathActions, slowPath, failure }: OwnedPass): string {
  let bridge: string | undefined;
  const lines = [`Flow: ${flow}`];
  for (const step of steps) {
    const inner = "    ".repeat(step.depth);
    if (step.bridge !== bridge) lines.push("", `${inner}bridge ${step.bridge}`);
    bridge = step.bridge;
    lines.push(`${inner}${stepHeading(step)}`);
    for (const note of step.matched ? step.notes : []) lines.push(`${inner}      -> ${note}`);
    for (const action of step.actions) lines.push(`${inner}      ${action}`);
  }
  lines.push("", `Final flow: ${finalFlow === flow ? "unchanged" : finalFlow}`);
  lines.push(`Datapath actions: ${datapathActions}`);
  for (const reason of slowPath) lines.push(`  - ${reason}`);
  if (failure !== undefined) lines.push(`The switch gave up: ${failure}`);
  return lines.join("\n");
}

function stepHeading({ table, matched, match, priority, notes, owner }: OwnedStep): string {
  const place = table === undefined ? "  action set" : `  table ${table}:`;
  if (!matched) return `${place} ${notes.join("; ")}`;
  const flow = match === undefined || match === "" ? `priority=${priority}` : `priority=${priority},${match}`;
  return `${place} ${flow}  [${owner === undefined ? "no owner" : ownerText(owner)}]`;
}

async function traceOn(
  unixctl: Unixctl,
  { BRIDGE: bridge, FLOW: flow }: { readonly BRIDGE: string; readonly FLOW: string },
  surroundings: Surroundings,
): Promise<readonly TracePass[]> {
  const bridges = (await unixctl.run("ofproto/list", [], waiting(surroundings))).split("\n").filter(Boolean);
  if (!bridges.includes(bridge)) throw noSuchBridge(bridge, bridges);
  try {
    const { recirculations, raw: _raw, ...first } = await trace(unixctl, bridge, flow, waiting(surroundings));
    return [first, ...recirculations];
  } catch (error) {
    // The bridge is there, so what the switch can't take is the flow.
    if (error instanceof UnixctlError) throw new InputError(flow, error.text.trim(), { cause: error });
    throw error;
  }
}

export const traceCommand: Command = command({
  name: "trace",
  summary: "say where a packet would go, and whose flow decided at each step",
  description:
    "Asks ovs-vswitchd (ofproto/trace); nothing is sent and nothing learned. Each step shows in brackets whose\nflow matched: a lane of ovskit by its number, or by its name with -f POLICY; somebody else's by its cookie.",
  operands: [
    { name: "BRIDGE", summary: "where the packet comes in" },
    { name: "FLOW", summary: "the packet, such as in_port=1,icmp,nw_src=10.0.0.1,nw_dst=10.0.0.2" },
  ],
  options: {
    file: {
      type: "string",
      short: "f",
      value: "POLICY",
      summary: "name lanes as this policy does (- for standard input)",
    },
  },
  examples: [
    {
      line: `ovskit trace br-int "in_port=5,tcp,nw_src=192.168.1.137,nw_dst=10.100.7.140,tcp_dst=1514"`,
      does: "a VM's report on its way to the collector",
    },
    {
      line: "ovskit trace br-ex in_port=1,arp,arp_tpa=10.0.0.137 -f lanes.yaml",
      does: "with the lanes' names",
    },
  ],
  async run(invocation) {
    const { operands, options } = invocation;
    const policy = options.file === undefined ? undefined : await readPolicyFile(options.file, invocation);
    const target = await findControlSocket(await findRundir(invocation));
    await using unixctl = await connectUnixctl(target, waiting(invocation));
    const ownerOf = flowOwners(policy);
    const passes = await traceOn(unixctl, operands, invocation);
    const owned = passes.map((pass) => ownedPass(pass, ownerOf));
    return {
      text: owned.map(passText).join("\n\nAfter connection tracking\n"),
      value: { bridge: operands.BRIDGE, passes: owned },
    };
  },
});
