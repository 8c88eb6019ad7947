// A whole flow from objects: match and actions are built, and held against each other with the switch's own rules, so
// that what it would refuse is refused where it was written.
import type { Action } from "../protocol/actions.ts";
import { type FlowMod, flowMod } from "../protocol/flow-mod.ts";
import type { PlacedInconsistency } from "../protocol/inconsistency.ts";
import type { Instruction } from "../protocol/instructions.ts";
import type { Match } from "../protocol/match.ts";
import { shapeOfMatch } from "../protocol/packet-shape.ts";
import { inOrder } from "../text/instruction-order.ts";
import { checkFlowMod } from "../verdict/flow-mod.ts";
import { checkedInstruction } from "./checked-action.ts";
import { hintFor } from "./hints.ts";
import { checkedMatch, match } from "./match.ts";
import type { MatchFields } from "./match-fields.ts";
import type { MatchNeeds } from "./match-needs.ts";
import { ActionError } from "./refusal.ts";

/** What a flow is made of; what is left out has the default that `flowMod` gives it. `A` are its actions, one by one. */
export type FlowFields<A extends readonly Action[] = readonly Action[]> = Partial<
  Omit<FlowMod, "match" | "instructions">
> & {
  /** What is done at once, in this order: the same as the instruction `apply`. None drop the packet. */
  readonly actions?: A;
  /** What is done besides, in any order: the switch has one of its own (OpenFlow 1.3.5, 5.9). */
  readonly instructions?: readonly Instruction[];
} & FlowMatch<MatchNeeds<A>>;

/** The fields to compare, or a finished match; default every packet, where the actions need no other. */
type FlowMatch<Needs> = unknown extends Needs
  ? { readonly match?: MatchFields | Match }
  : { readonly match: (MatchFields & Needs) | Match };

/**
 * A flow mod whose match and instructions fit each other and the wire. What `actions` do to fields that the match doesn't
 * select is refused by the compiler, where it can tell. Throws a {@link MatchError} for the match and an
 * {@link ActionError} for the instructions, with the error that Open vSwitch would answer with and what to write instead.
 */
export function flow<const A extends readonly Action[] = readonly []>(fields: FlowFields<A>): FlowMod {
  const { match: given = [], actions, instructions: others = [], ...rest }: FlowFields = fields;
  const built = isMatch(given) ? checkedMatch(given) : match(given);
  const instructions = inOrder(actions === undefined ? others : [applying(actions), ...others]);
  for (const one of instructions) checkedInstruction(one);
  const made = flowMod({ ...rest, match: built, instructions });
  const found = checkFlowMod(made);
  if (found !== undefined) throw refusal(found, made);
  return made;
}

function applying(actions: readonly Action[]): Instruction {
  return { type: "applyActions", actions: [...actions] };
}

function isMatch(given: MatchFields | Match): given is Match {
  return Array.isArray(given);
}

function refusal(found: PlacedInconsistency, made: FlowMod): ActionError {
  const { error: openflowError, path } = found;
  const part = partAt(path, made);
  const hint = part === undefined ? found.hint : hintFor(part, shapeOfMatch(made.match), found);
  return new ActionError(found.reason, fieldOf(part) ?? path, { openflowError, path, hint });
}

/** The instruction or action that a path leads to, however deep. */
function partAt(path: string, { instructions }: FlowMod): Instruction | Action | undefined {
  const steps = Array.from(path.matchAll(/(?:instructions|actions)\[(\d+)\]/g), ([, index]) => Number(index));
  let parts: readonly (Instruction | Action)[] = instructions;
  let part: Instruction | Action | undefined;
  for (const step of steps) {
    part = parts[step];
    parts = part !== undefined && "actions" in part ? part.actions : [];
  }
  return part;
}

/** The field that an action sets, or what it is called. */
function fieldOf(part: Instruction | Action | undefined): string | undefined {
  return part !== undefined && "oxm" in part ? part.oxm.field : part?.type;
}
