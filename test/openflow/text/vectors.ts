// Recordings of ovs-ofctl and a switch, as the text tests use them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A flow text, the FLOW_MOD ovs-ofctl sent for it at OpenFlow 1.3, and how the switch dumped the flow. */
export interface CapturedFlow {
  readonly text: string;
  readonly hex: string;
  /** What the switch answered, as ovs-ofctl prints it, where it refused the flow. */
  readonly error_print?: string;
  readonly dump_reply_hex?: readonly string[];
  readonly dump_text?: readonly string[];
}

/** A flow text ovs-ofctl refused at OpenFlow 1.3. */
export interface RejectedText {
  readonly text: string;
  readonly stderr: string;
}

/** A line of the probe document, and what ovs-ofctl made of it at OpenFlow 1.3. */
export interface SeedFlow {
  readonly section: string;
  readonly bridge: string;
  readonly text: string;
  readonly hex: string | null;
  readonly stderr: string | null;
}

function read(name: string): string {
  return readFileSync(join(process.cwd(), "test", "vectors", name), "utf8");
}

export const capturedFlows = JSON.parse(read("ovs31-flowmod13-captured.json")) as readonly CapturedFlow[];
export const rejectedTexts = JSON.parse(read("ovs31-text-rejected-of13.json")) as readonly RejectedText[];

const seed = JSON.parse(read("seed-flows-of13.json")) as {
  readonly ports: Readonly<Record<string, number>>;
  readonly flows: readonly SeedFlow[];
};
export const seedFlows: readonly SeedFlow[] = seed.flows;
export const seedPorts: ReadonlyMap<string, number> = new Map(Object.entries(seed.ports));
/** The document's own lines, shell quoting and all. */
export const seedLines: readonly string[] = read("seed-flows.txt")
  .split("\n")
  .filter((line) => line.startsWith("ovs-ofctl"));

/** A message without its xid. */
export function withoutXid(hex: string): string {
  return hex.slice(0, 8) + hex.slice(16);
}
