// When two flows are the same: what tells flows of a table apart, and whether they do the same. What the switch gives
// back may be written differently (order, all-ones masks), so both are compared in one form.
import type { FlowMod } from "../openflow/protocol/flow-mod.ts";
import type { Instruction } from "../openflow/protocol/instructions.ts";
import { canonicalMatch, type Match, type Oxm } from "../openflow/protocol/match.ts";

/** What a flow is, whether it is wanted or was read from a switch. */
export type FlowFacts = Pick<
  FlowMod,
  "tableId" | "priority" | "cookie" | "match" | "instructions" | "idleTimeout" | "hardTimeout" | "flags"
>;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

function fieldText(oxm: Oxm): string {
  if (oxm.field === "raw") return `${oxm.header}:${oxm.experimenter ?? ""}:${hex(oxm.body)}`;
  return oxm.mask === undefined ? `${oxm.field}=${oxm.value}` : `${oxm.field}=${oxm.value}/${oxm.mask}`;
}

/** A match as text: equal for equal matches. */
function matchKey(match: Match): string {
  return canonicalMatch(match).map(fieldText).join(",");
}

/** What no two flows of a switch share: table, priority and match. */
export function flowKey({
  tableId,
  priority,
  match,
}: Pick<FlowFacts, "tableId" | "priority" | "match">): string {
  return `${tableId} ${priority} ${matchKey(match)}`;
}

/** Whether two flows of one key do the same and are marked the same. */
export function sameFlow(a: FlowFacts, b: FlowFacts): boolean {
  return a.cookie === b.cookie && sameSettings(a, b) && sameInstructions(a.instructions, b.instructions);
}

/** Whether two flows differ in what a modify can't change. */
export function sameSettings(a: FlowFacts, b: FlowFacts): boolean {
  return a.idleTimeout === b.idleTimeout && a.hardTimeout === b.hardTimeout && a.flags === b.flags;
}

function sameInstructions(a: readonly Instruction[], b: readonly Instruction[]): boolean {
  return sameData(a, b);
}

/** Deep equality of plain data: instructions hold nothing else. Runs for every flow of every lane, so it makes no lists. */
function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && hex(a) === hex(b);
  return sameMembers(a as Members, b as Members);
}

type Members = Readonly<Record<string, unknown>>;

/** A member that is undefined isn't there. */
function sameMembers(a: Members, b: Members): boolean {
  for (const name in a) {
    if (!sameData(a[name], b[name])) return false;
  }
  for (const name in b) {
    if (b[name] !== undefined && a[name] === undefined) return false;
  }
  return true;
}
