// What the lane commands have in common: the policy they need, the node it is carried out on.
import { type Lanes, openLanes, type Policy } from "../../../policy/index.ts";
import type { Surroundings } from "../../command.ts";
import { readPolicyFile } from "../../policy-file.ts";
import { UsageError } from "../../usage-error.ts";

export const policyOption = {
  type: "string",
  short: "f",
  value: "POLICY",
  required: true,
  summary: "the policy document (- for standard input)",
} as const;

export const priorityOption = {
  type: "string",
  value: "NUMBER",
  summary: "of the lanes' flows in table 0, 11 to 65535 (default 200)",
} as const;

/** What a lane command was told. */
export interface LaneOptions {
  readonly file: string;
  readonly priority?: string | undefined;
  readonly "allow-ovn"?: boolean;
}

/** Reads the policy, opens its lanes, lets `use` work, and closes. The policy is read first: a wrong one touches nothing. */
export async function withLanes<T>(
  surroundings: Surroundings,
  options: LaneOptions,
  use: (lanes: Lanes, policy: Policy) => Promise<T>,
): Promise<T> {
  const priority = priorityOf(options.priority);
  const policy = await readPolicyFile(options.file, surroundings);
  const { ovsdb, rundir, timeoutMs, signal, tls } = surroundings;
  const allowOvn = options["allow-ovn"] ?? false;
  await using lanes = await openLanes({ policy, ovsdb, tls, rundir, timeoutMs, signal, priority, allowOvn });
  return await use(lanes, policy);
}

function priorityOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const priority = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (priority >= 11 && priority <= 65_535) return priority;
  throw new UsageError(`--priority ${text}`, "expected a whole number from 11 to 65535");
}
