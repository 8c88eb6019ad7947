// Case 8: every add-flow line of the seed goes through parseFlow. ovs-ofctl itself, told to speak 1.3, is the judge:
// what it sends must be sent by us byte for byte, and what it refuses must be refused by us with a message that names
// the action and what to write instead, which then must be a flow that the switch takes.
import { connectSwitch, type FlowMod, type Switch } from "../../src/openflow/index.ts";
import { FlowSyntaxError, fixFlow, parseFlow } from "../../src/openflow/text/index.ts";
import { tryCommand } from "../command.ts";
import type { ComputeNode } from "../node.ts";
import { OpenFlowTap } from "../openflow-tap.ts";
import { type SeedFlow, seedFlows } from "./seed-flows.ts";
import type { Case, Stage } from "./stage.ts";

/** The bridge of one line, reached through a tap. */
interface Tapped {
  readonly node: ComputeNode;
  readonly tap: OpenFlowTap;
  readonly toSwitch: Switch;
  readonly ports: ReadonlyMap<string, number>;
}

const hex = (messages: readonly Buffer[]): string =>
  messages.map((message) => message.toString("hex")).join(" ");

/** What ovs-ofctl sends for a line at 1.3, or undefined when it refuses. */
async function sentByOfctl({ text }: SeedFlow, { tap }: Tapped): Promise<string | undefined> {
  const { exitCode } = await tryCommand("ovs-ofctl", ["-O", "OpenFlow13", "add-flow", tap.target, text]);
  const sent = hex(tap.takeFlowMods());
  return exitCode === 0 ? sent : undefined;
}

async function sentByUs(flow: FlowMod, { tap, toSwitch }: Tapped): Promise<string> {
  await toSwitch.add(flow);
  return hex(tap.takeFlowMods());
}

/** How parseFlow refuses a line; undefined when it doesn't. */
function refusal({ text }: SeedFlow, { ports }: Tapped): FlowSyntaxError | undefined {
  try {
    parseFlow(text, { ports });
    return undefined;
  } catch (error) {
    if (error instanceof FlowSyntaxError) return error;
    throw error;
  }
}

// The actions of the seed that 1.3 has no meaning for.
const meaningless = /^(?:strip_vlan|mod_nw_src|mod_nw_dst)\b/;

async function judge(stage: Stage, line: SeedFlow, tapped: Tapped): Promise<void> {
  const what = `seed ${line.section}, ${line.bridge}: ${line.text}`;
  const expected = await sentByOfctl(line, tapped);
  if (expected !== undefined) {
    const actual = await sentByUs(parseFlow(line.text, { ports: tapped.ports }), tapped);
    const same = `${expected.length / 2} bytes, the same as ovs-ofctl's`;
    const told = actual === expected ? same : `${actual}, where ovs-ofctl sends ${expected}`;
    stage.expectEqual(what, told, same);
    return;
  }
  const error = refusal(line, tapped);
  const named = error !== undefined && meaningless.test(error.token) && error.message.includes(error.token);
  const told = named && error.hint !== undefined ? "refused, named and told what to write" : String(error);
  stage.expectEqual(
    `${what}\n         refused: ${error?.message ?? "not at all"}`,
    told,
    "refused, named and told what to write",
  );
  const fixed = fixFlow(line.text, { ports: tapped.ports });
  await tapped.toSwitch.add(fixed.flow);
  tapped.tap.takeFlowMods();
  const again = refusal({ ...line, text: fixed.text }, tapped);
  stage.expectEqual(
    `mended: ${fixed.text}`,
    again === undefined ? "taken by the switch" : again.message,
    "taken by the switch",
  );
}

async function tapBridge(node: ComputeNode, bridge: string): Promise<Tapped> {
  const tap = await OpenFlowTap.start(node.ovs, bridge);
  const toSwitch = await connectSwitch(tap.target);
  const ports = new Map((await toSwitch.ports()).map(({ name, portNo }) => [name, portNo]));
  return { node, tap, toSwitch, ports };
}

async function judgeAll(stage: Stage, lines: readonly SeedFlow[]): Promise<void> {
  const [{ node, bridge } = { node: "", bridge: "" }] = lines;
  const tapped = await tapBridge(stage.cloud.node(node), bridge);
  try {
    // One after the other: each is compared with what the tap saw since the one before.
    // oxlint-disable-next-line no-await-in-loop
    for (const line of lines) await judge(stage, line, tapped);
  } finally {
    await tapped.toSwitch.close();
    await tapped.tap.close();
    // The seed's flows have no cookie, everybody else's have.
    await tapped.node.ovs.ofctl("-O", "OpenFlow13", "del-flows", tapped.node.ovs.mgmt(bridge), "cookie=0/-1");
  }
}

/** Case 8. */
export const seedLinesCase: Case = {
  number: 8,
  title: `the seed's ${seedFlows.length} add-flow lines, by parseFlow and by ovs-ofctl`,
  async play(stage) {
    const places = new Set(seedFlows.map(({ node, bridge }) => `${node} ${bridge}`));
    for (const place of places) {
      const lines = seedFlows.filter(({ node, bridge }) => `${node} ${bridge}` === place);
      // oxlint-disable-next-line no-await-in-loop
      await judgeAll(stage, lines);
    }
  },
};
