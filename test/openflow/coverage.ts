// docs/openflow-coverage.md as text: every structure of Open vSwitch's registry at wire version 4, whether the library
// reads it by name, and which tests prove it. `npm run coverage:openflow` writes it; a test holds the file to it.
import { decode, type Message } from "../../src/openflow/message.ts";
import { errorNumbers } from "../../src/openflow/protocol/error-names.ts";
import { generatedMessages } from "./generated.ts";
import { acceptedActions } from "./protocol/accepted-arbitraries.ts";
import { everything, handMade, type Recorded, recording } from "./protocol/recordings.ts";
import { type EntryKind, type KnownEntry, knownEntries, namesIn } from "./registry.ts";
import { openVSwitchPrints } from "./text/flows.ts";
import { printableMessages } from "./text/printable-messages.ts";

/** How often samples of each arbitrary are taken, and from which seed, so that the document is the same every time. */
const SAMPLES = { count: 25, seed: 1 };

/** The multiparts of groups and meters, which are compared beside those of which all types are. */
const printedMessages: ReadonlySet<string> = new Set([
  ...Object.keys(printableMessages),
  "multipartReply/groupDesc",
  "multipartReply/meterConfig",
]);

function countNames(messages: readonly Message[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const message of messages) {
    for (const name of namesIn(message)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function decoded({ bytes }: Recorded): Message[] {
  try {
    return [decode(bytes)];
  } catch {
    return [];
  }
}

/**
 * Whether what ovs-ofctl prints of generated ones is compared with what is printed here, in
 * test/integration/openflow-ofp-print.test.ts and openflow-message-print.test.ts.
 */
function isPrinted({ entry, name = "" }: KnownEntry): boolean {
  const own = name.slice(name.indexOf(" ") + 1);
  if (entry.kind === "message") return printedMessages.has(own);
  if (entry.kind === "action") return own in acceptedActions || own === "nat";
  if (entry.kind === "instruction") return true;
  return openVSwitchPrints.fields.some((field) => field.name === own);
}

/** What proves the structures, by their names. */
interface Evidence {
  readonly recorded: ReadonlyMap<string, number>;
  readonly generated: ReadonlyMap<string, number>;
}

/** The marks of the tests that have a structure in them. */
function proof({ entry, name, samples }: KnownEntry, { recorded, generated }: Evidence): string {
  if (name === undefined) return "kept raw";
  const count = recorded.get(name) ?? 0;
  const isStandard = entry.kind === "message" && /^OFPS?T \d/.test(entry.number);
  return [
    ...(count > 0 ? [`R ${count}`] : []),
    // The arbitraries make every field of the library's registry: which of them fall into a sample is chance.
    ...(generated.has(name) || entry.kind === "field" ? ["G"] : []),
    ...(isPrinted({ entry, name, samples }) ? ["P"] : []),
    ...(isStandard ? ["T"] : []),
    ...(samples.length > 0 ? ["F"] : []),
  ].join(", ");
}

const kinds: readonly (readonly [kind: EntryKind, title: string])[] = [
  ["message", "Messages and multiparts"],
  ["instruction", "Instructions"],
  ["action", "Actions"],
];

function shortName({ name }: KnownEntry): string {
  return name === undefined ? "" : name.slice(name.indexOf(" ") + 1);
}

function table(known: readonly KnownEntry[], evidence: Evidence): string[] {
  return [
    "| structure | number | in ovskit | proven by |",
    "| --- | --- | --- | --- |",
    ...known.map(
      (one) => `| ${one.entry.name} | ${one.entry.number} | ${shortName(one)} | ${proof(one, evidence)} |`,
    ),
  ];
}

/** Fields are many and alike: the ones that the same tests prove stand together. */
function fieldList(known: readonly KnownEntry[], evidence: Evidence): string[] {
  const groups = new Map<string, string[]>();
  for (const one of known) {
    const by = proof(one, evidence).replace(/R \d+/, "R");
    groups.set(by, [...(groups.get(by) ?? []), one.entry.name]);
  }
  return [
    "| proven by | fields |",
    "| --- | --- |",
    ...[...groups].map(([by, names]) => `| ${by} | ${names.length}: ${names.join(" ")} |`),
  ];
}

function errorLine(): string {
  const { errors } = recording<{ errors: { name: string }[] }>("ovs-of13-registry");
  const missing = errors.filter(({ name }) => !errorNumbers.has(name)).map(({ name }) => name);
  const rest = missing.length === 0 ? "" : ` Without one: ${missing.join(" ")}.`;
  return `${errors.length - missing.length} of ${errors.length} errors have their name.${rest}`;
}

/** The document. */
export async function coverageText(): Promise<string> {
  const known = knownEntries();
  const evidence: Evidence = {
    recorded: countNames([...everything, ...handMade].flatMap(decoded)),
    generated: countNames(await generatedMessages(SAMPLES)),
  };
  const of = (kind: EntryKind): KnownEntry[] => known.filter(({ entry }) => entry.kind === kind);
  const sections = kinds.flatMap(([kind, title]) => {
    const all = of(kind);
    const named = all.filter(({ name }) => name !== undefined);
    return [`## ${title}: ${named.length} of ${all.length}`, "", ...table(all, evidence), ""];
  });
  const fields = of("field");
  const namedFields = fields.filter(({ name }) => name !== undefined);
  return [
    "# What ovskit knows of OpenFlow 1.3",
    "",
    "Every structure that Open vSwitch's registry lists at wire version 4, and the tests that have it in them. Written by",
    "`npm run coverage:openflow`; what has no name in ovskit is kept as raw bytes and comes back unchanged.",
    "",
    "- **R n**: in n recorded messages of Open vSwitch 3.1, bytes to value to the same bytes (`test/openflow/protocol/recordings.test.ts`)",
    "- **G**: generated values, value to bytes to the same value (the `*arbitraries*.ts` beside the tests)",
    "- **P**: `ovs-ofctl ofp-print` prints thousands of generated ones as the library does, in every run (`test/integration/openflow-ofp-print.test.ts` and `openflow-message-print.test.ts`); a field: in matches",
    "- **T**: tshark dissects generated messages of it without finding one malformed (`test/integration/openflow-tshark.test.ts`)",
    "- **F**: mutated by the fuzzer, in every run (`test/integration/openflow-fuzz.test.ts`)",
    "",
    "For every structure: no more reads, copies and parts of the value than its bytes account for (`test/openflow/growth.test.ts`).",
    "Without P among the actions are the one that Open vSwitch 3.1 doesn't have yet (sample4), two for tests of the switch",
    "itself, and an instruction in the form of an action, which it takes nowhere; among the match fields those that it",
    "reads and prints nothing of, and the registers that came with Open vSwitch 3.7.",
    "",
    ...sections,
    `## Match fields: ${namedFields.length} of ${fields.length}`,
    "",
    ...fieldList(fields, evidence),
    "",
    "## Errors",
    "",
    errorLine(),
    "",
  ].join("\n");
}
