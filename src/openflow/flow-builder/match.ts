// Matches written as objects: `match({ ethType: "ipv4", ipv4Dst: "10.0.0.0/24" })`. The compiler refuses a field without
// its protocol as far as types can tell; what they can't is refused here, with the error the switch would answer with.
import { checkMatch } from "../protocol/consistency.ts";
import { canonicalMatch, type Match } from "../protocol/match.ts";
import { oxmOf } from "./field-value.ts";
import { matchHint } from "./hints.ts";
import type { MatchFields } from "./match-fields.ts";
import { MatchError } from "./refusal.ts";

/**
 * The match that compares these fields, in the order in which Open vSwitch writes one. Fields that are undefined are
 * left out. Throws a {@link MatchError} for a value that has no form, and for what the switch would refuse.
 */
export function match(fields: MatchFields): Match {
  const oxms = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => oxmOf(name, value, MatchError));
  return checkedMatch(canonicalMatch(oxms));
}

/** `match` itself, if the switch would take it. */
export function checkedMatch(match: Match): Match {
  const found = checkMatch(match);
  if (found === undefined) return match;
  const index = Number(/\d+/.exec(found.path)?.[0]);
  throw new MatchError(found.reason, match[index]?.field ?? found.path, {
    openflowError: found.error,
    hint: matchHint(found),
  });
}
