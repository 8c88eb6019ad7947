// The error for a bridge that isn't there: input, not a failed connection, with the names of those that are.
import { nearest } from "./suggestion.ts";
import { InputError } from "./usage-error.ts";

/** Says that there is no such bridge, and which there are. */
export function noSuchBridge(name: string, known: readonly string[]): InputError {
  const guess = nearest(name, known);
  const there = known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
  return new InputError(
    name,
    `no bridge "${name}"; ${guess === undefined ? there : `did you mean "${guess}"?`}`,
  );
}
