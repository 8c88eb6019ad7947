// The recordings of a real switch, as the tests of the codec want them: every message that was seen on the wire, in
// either direction, with a word on where it comes from.

import { readFileSync } from "node:fs";

/** One message as it was recorded. */
export interface Recorded {
  /** Which recording, and what was going on. */
  readonly from: string;
  readonly bytes: Uint8Array;
}

interface FlowModCase {
  text: string;
  hex: string;
  error_hex: string | null;
  dump_reply_hex: string[] | null;
}

interface Transcript {
  cmd: string;
  messages: { dir: string; hex: string; ofp_print: string }[];
}

interface Negotiation {
  client: string;
  client_hex: string;
  switch_msgs: string[];
}

interface Verdict {
  name: string;
  hex: string;
  replies: string[];
}

// The caller says what the file holds.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function recording<T>(name: string): T {
  // Compiled tests run from the build folder; recordings stay where they are.
  const file = new URL(`../../../../test/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function recorded(from: string, hex: string): Recorded {
  return { from: `${from}: ${hex.slice(0, 32)}`, bytes: bytesOf(hex) };
}

/** The flow mods that ovs-ofctl sent. */
export const flowMods: readonly Recorded[] = recording<FlowModCase[]>("ovs31-flowmod13-captured").map((c) =>
  recorded(c.text, c.hex),
);

/** What the switch answered to them: errors, and the flows read back. */
export const flowModAnswers: readonly Recorded[] = recording<FlowModCase[]>(
  "ovs31-flowmod13-captured",
).flatMap((c) =>
  [...(c.error_hex === null ? [] : [c.error_hex]), ...(c.dump_reply_hex ?? [])].map((hex) =>
    recorded(c.text, hex),
  ),
);

export const transcripts: readonly Recorded[] = recording<Transcript[]>("ovs31-transcripts-of13").flatMap(
  (c) => c.messages.map((m) => recorded(c.cmd, m.hex)),
);

export const asynchronous: readonly Recorded[] = recording<{ scenario: string; hex: string }[]>(
  "ovs31-async-of13",
).map((c) => recorded(c.scenario, c.hex));

export const flowMonitor: readonly Recorded[] = recording<{ ofp_print: string; hex: string }[]>(
  "ovs31-flowmonitor-of13",
).map((c) => recorded(c.ofp_print, c.hex));

export const greetings: readonly Recorded[] = recording<Negotiation[]>("ovs31-hello-negotiation").flatMap(
  (c) => [c.client_hex, ...c.switch_msgs].map((hex) => recorded(c.client, hex)),
);

/** Messages made by hand to see what the switch says, many of them wrong. */
export const handMade: readonly Recorded[] = recording<Verdict[]>("ovs31-switch-verdicts-of13").map((c) =>
  recorded(c.name, c.hex),
);

export const verdicts: readonly Recorded[] = recording<Verdict[]>("ovs31-switch-verdicts-of13").flatMap((c) =>
  c.replies.map((hex) => recorded(c.name, hex)),
);

/** Everything that Open vSwitch itself put on the wire. */
export const everything: readonly Recorded[] = [
  ...flowMods,
  ...flowModAnswers,
  ...transcripts,
  ...asynchronous,
  ...flowMonitor,
  ...greetings,
  ...verdicts,
];
