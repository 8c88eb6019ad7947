// ERROR (OpenFlow 1.3.5, 7.4.4): what the other side refused, and why.

import { convert } from "../wire/convert.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { type ErrorNumber, errorName, errorNumbers } from "./error-names.ts";
import { type Header, message, OPENFLOW_1_3, version, xid } from "./header.ts";

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

/** The type of errors that are an experimenter's (`OFPET_EXPERIMENTER`). */
const EXPERIMENTER = 0xffff;

type StandardWire = Omit<ErrorMessage, "name" | "experimenter">;
type ExperimenterWire = StandardWire & { experimenter: number };

const standard = convert<StandardWire, ErrorMessage>(
  message(
    "error",
    (f): StandardWire => ({
      version: version(f),
      type: "error",
      xid: xid(f),
      errorType: f.u16(),
      errorCode: f.u16(),
      data: f.rest(),
    }),
  ),
  {
    // Written out, so that all errors have one shape.
    toValue: (wire) => ({
      version: wire.version,
      type: wire.type,
      xid: wire.xid,
      errorType: wire.errorType,
      errorCode: wire.errorCode,
      data: wire.data,
      name: errorName(wire),
    }),
    toWire: checked,
  },
);

const experimenters = convert<ExperimenterWire, ErrorMessage>(
  message(
    "error",
    (f): ExperimenterWire => ({
      version: version(f),
      type: "error",
      xid: xid(f),
      errorType: f.u16(),
      errorCode: f.u16(),
      experimenter: f.u32(),
      data: f.rest(),
    }),
  ),
  {
    toValue: (wire) => ({
      version: wire.version,
      type: wire.type,
      xid: wire.xid,
      errorType: wire.errorType,
      errorCode: wire.errorCode,
      experimenter: wire.experimenter,
      data: wire.data,
      name: errorName(wire),
    }),
    toWire: (value) => checked(value) as ExperimenterWire,
  },
);

/** A name that is said must be that of the numbers. Neither it nor the version has to be said. */
function checked<T extends ErrorNumber & { version?: number; name?: string }>(value: T): T {
  const { name, version: of = OPENFLOW_1_3 } = value;
  const right = errorName({ ...value, version: of });
  if (name !== undefined && name !== right) {
    throw new Fault(`must be ${right}, the name of these numbers, not ${shown(name)}`, -1, "name");
  }
  return value;
}

/**
 * What a switch answers with when it refuses a message, by the error's name: `encode({ type: "error", xid, ...errorBody(name, bytes) })`.
 * Of the refused message, `data` should hold at least the first 64 bytes.
 * @throws RangeError for a name that no error has
 */
export function errorBody(name: string, data: Uint8Array = new Uint8Array(0)): ErrorBody {
  const number = errorNumbers.get(name);
  if (number === undefined) throw new RangeError(`no error is called ${shown(name)}`);
  return { ...number, name, data };
}

/** An error, a standard one or an experimenter's: the type says which. */
export const error: Struct<ErrorMessage> = {
  ...standard,
  read(reader: Reader): ErrorMessage {
    const { offset, end, view } = reader;
    const isExperimenter = end - offset >= 10 && view.getUint16(offset + 8) === EXPERIMENTER;
    return (isExperimenter ? experimenters : standard).read(reader);
  },
  write(writer: Writer, value: ErrorMessage): void {
    (value.errorType === EXPERIMENTER ? experimenters : standard).write(writer, value);
  },
};
