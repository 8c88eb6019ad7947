// ERROR (OpenFlow 1.3.5, 7.4.4): what the other side refused, and why.

import type { Header } from "./header.ts";

export interface ErrorBody {
  /** `OFPET_*`; 0xffff for an experimenter's error. */
  errorType: number;
  /** The code within the type; for an experimenter's error its own type (`exp_type`). */
  errorCode: number;
  /** What Open vSwitch calls it, for example `OFPBAC_MATCH_INCONSISTENT`; `unknown 2/99` where it has no name. */
  name: string;
  /** Whose error it is, when `errorType` is 0xffff. */
  experimenter?: number;
  /** At least 64 bytes of the refused message where one was refused; else text. */
  data: Uint8Array;
}

export interface ErrorMessage extends Header<"error">, ErrorBody {}
