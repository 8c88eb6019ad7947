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
