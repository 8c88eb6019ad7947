// The policy document that `-f` names, read from a file or, as `-`, from standard input.

import type { Policy } from "../policy/document/policy.ts";
import { readPolicy } from "../policy/document/reading.ts";
import type { Surroundings } from "./command.ts";
import { readInput } from "./input-file.ts";

/** Reads a policy. Throws `PolicyError` with everything that is wrong, `InputError` when the file can't be read. */
export async function readPolicyFile(file: string, surroundings: Surroundings): Promise<Policy> {
  const text = await readInput(file, surroundings);
  return readPolicy(text, { file: file === "-" ? "standard input" : file });
}
