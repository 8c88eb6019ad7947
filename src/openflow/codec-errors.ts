// What decoding and encoding throw. Both name the place in the structure as a path that reads like the value
// (`flowMod.instructions[0].actions[2].port`), so that a report says at once what was wrong and where.

import { OvskitError } from "../errors.ts";

/** Bytes that are no OpenFlow message: `ERR_OPENFLOW_DECODE`. */
export class DecodeError extends OvskitError {
  /** Where in the input, in bytes from its start, the fault was found. */
  readonly offset: number;
  /** The path of the field that could not be read, for example `flowMod.match[1].value`. */
  readonly field: string;

  constructor(message: string, offset: number, field: string, options?: ErrorOptions) {
    super("ERR_OPENFLOW_DECODE", `${field}: ${message} (at byte ${offset})`, options);
    this.offset = offset;
    this.field = field;
  }
}

/** A value that has no wire form: `ERR_OPENFLOW_ENCODE`. */
export class EncodeError extends OvskitError {
  /** The path of the field that was wrong, for example `flowMod.instructions[0].actions[2].port`. */
  readonly field: string;

  constructor(message: string, field: string, options?: ErrorOptions) {
    super("ERR_OPENFLOW_ENCODE", `${field}: ${message}`, options);
    this.field = field;
  }
}
