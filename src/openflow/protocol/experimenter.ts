// EXPERIMENTER (OpenFlow 1.3.5, 7.5.4): messages of others; those the library knows have files of their own.

import { type Struct, struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

export interface ExperimenterBody {
  /** The experimenter's id. */
  experimenter: number;
  /** The message's number within the experimenter's own. */
  expType: number;
  /** What follows, as it came. */
  data: Uint8Array;
}

/** An experimenter message that the library doesn't know. */
export interface ExperimenterMessage extends Header<"experimenter">, ExperimenterBody {}

/** A message whose type (or version) the library doesn't know: kept as it came. */
export interface RawMessage extends Header<"raw"> {
  /** The type byte of the header. */
  number: number;
  /** What follows the header. */
  body: Uint8Array;
}

export const experimenter: Struct<ExperimenterMessage> = message(
  "experimenter",
  (f): ExperimenterMessage => ({
    version: version(f),
    type: "experimenter",
    xid: xid(f),
    experimenter: f.u32(),
    expType: f.u32(),
    data: f.rest(),
  }),
);

export const raw: Struct<RawMessage> = struct(
  "raw",
  (f): RawMessage => ({
    version: version(f),
    type: "raw",
    number: f.u8(),
    xid: f.pad(2).u32(0),
    body: f.rest(),
  }),
);
