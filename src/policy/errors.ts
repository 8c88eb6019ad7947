// What the policy layer throws: a document in which something is wrong, a switch it refuses to touch, and an apply
// that couldn't be carried through. The facts are fields, so that nobody has to read the message.
import { OvskitError } from "../errors.ts";
import type { PolicyIssue } from "./document/policy.ts";

function issueText(issue: PolicyIssue, file: string | undefined): string {
  const where = [file, issue.line, issue.column].filter((part) => part !== undefined).join(":");
  return [where, issue.path, issue.message].filter((part) => part !== "").join(": ");
}

/** Something is wrong with a policy document: `ERR_POLICY`. Nothing of it is used. */
export class PolicyError extends OvskitError {
  /** Everything that is wrong, in the order of the document. */
  readonly issues: readonly PolicyIssue[];
  /** The file's name as given to `readPolicy`. */
  readonly file: string | undefined;

  constructor(issues: readonly PolicyIssue[], file: string | undefined) {
    super("ERR_POLICY", issues.map((issue) => issueText(issue, file)).join("\n"));
    this.issues = issues;
    this.file = file;
  }
}

/** ovn-controller owns the integration bridge and wipes it whenever it connects: `ERR_LANES_OVN`. Nothing was changed. */
export class OvnControllerError extends OvskitError {
  /** external_ids:ovn-remote, by which ovn-controller is known. */
  readonly ovnRemote: string;

  constructor(bridge: string, ovnRemote: string) {
    super(
      "ERR_LANES_OVN",
      `ovn-controller runs here (external_ids:ovn-remote is ${ovnRemote}) and wipes ${bridge} whenever it connects`,
    );
    this.ovnRemote = ovnRemote;
  }
}

/** The switch took a bundle, and not all of it is there: `ERR_LANES_VERIFY`. Somebody else changes the same flows. */
export class VerificationError extends OvskitError {
  readonly bridge: string;
  /** How many flows aren't as they were written. */
  readonly differences: number;

  constructor(bridge: string, differences: number) {
    super(
      "ERR_LANES_VERIFY",
      `${differences} flows of ${bridge} aren't as they were written a moment before`,
    );
    this.bridge = bridge;
    this.differences = differences;
  }
}

/** What an apply that failed left on a bridge. */
export interface BridgeOutcome {
  readonly bridge: string;
  /**
   * `unchanged`: nothing was done to it. `taken-back`: what was done is undone. `unknown`: neither is certain. `changed`: it is
   * as was asked, and only whether the database was cleaned up isn't known.
   */
  readonly state: "unchanged" | "taken-back" | "unknown" | "changed";
}

/** What a {@link LaneApplyError} tells. */
export interface ApplyFailure {
  /** Which step failed; `bridge` is set for the last two. */
  readonly step: "database" | "flows" | "verify" | "connection";
  readonly bridge?: string | undefined;
  /** The first flow that was refused, in ovs-ofctl syntax. */
  readonly flow?: string | undefined;
  /** Why, in the switch's or the database's words. */
  readonly reason: string;
  readonly bridges: readonly BridgeOutcome[];
  readonly database: "unchanged" | "taken-back" | "unknown";
}

/** Lanes couldn't be applied or removed: `ERR_LANES_APPLY`. What had been done was taken back, as far as `bridges` and `database` say. */
export class LaneApplyError extends OvskitError implements ApplyFailure {
  readonly step: ApplyFailure["step"];
  readonly bridge: string | undefined;
  readonly flow: string | undefined;
  readonly reason: string;
  readonly bridges: readonly BridgeOutcome[];
  readonly database: ApplyFailure["database"];

  constructor(failure: ApplyFailure, options?: ErrorOptions) {
    super("ERR_LANES_APPLY", failureText(failure), options);
    this.step = failure.step;
    this.bridge = failure.bridge;
    this.flow = failure.flow;
    this.reason = failure.reason;
    this.bridges = failure.bridges;
    this.database = failure.database;
  }
}

function failureText({ step, bridge, flow, reason, bridges, database }: ApplyFailure): string {
  const where = {
    database: "the database",
    flows: bridge ?? "a bridge",
    verify: bridge ?? "a bridge",
    connection: bridge ?? "the node",
  };
  const what = flow === undefined ? "" : ` (flow: ${flow})`;
  const left = [
    ...bridges.map((outcome) => `${outcome.bridge} ${outcome.state}`),
    `database ${database}`,
  ].join(", ");
  const outcome = bridges.some(({ state }) => state === "changed")
    ? "not all was applied"
    : "nothing was applied";
  return `${outcome}: ${where[step]}: ${reason}${what}; ${left}`;
}

/** A policy has no such probe: `ERR_LANES_PROBE`. */
export class UnknownProbeError extends OvskitError {
  readonly probe: string;

  constructor(probe: string, known: readonly string[]) {
    const hint = known.length === 0 ? "it has none" : `it has ${known.slice(0, 8).join(", ")}`;
    super("ERR_LANES_PROBE", `the policy has no probe ${JSON.stringify(probe)}: ${hint}`);
    this.probe = probe;
  }
}
