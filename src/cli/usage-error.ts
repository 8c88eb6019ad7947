// What is wrong with a command line, with a hint at what would be right, and with a name of something that isn't
// there (a bridge, a file): both are input, and both exit with 2.
import { OvskitError } from "../errors.ts";

/** The command line can't be understood: `ERR_CLI_USAGE`. */
export class UsageError extends OvskitError {
  /** What to do instead. */
  readonly hint: string | undefined;

  constructor(reason: string, hint?: string) {
    super("ERR_CLI_USAGE", hint === undefined ? reason : `${reason}; ${hint}`);
    this.hint = hint;
  }
}

/** The command line names something that isn't there or can't be read: `ERR_CLI_INPUT`. */
export class InputError extends OvskitError {
  /** The name, as given. */
  readonly input: string;

  constructor(input: string, reason: string, options?: ErrorOptions) {
    super("ERR_CLI_INPUT", reason, options);
    this.input = input;
  }
}
