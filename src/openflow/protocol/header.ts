// The header that opens every OpenFlow message, and how a message is declared with it.

import type { Declaration, Layout } from "../wire/layout.ts";
import { type Struct, type StructOptions, struct } from "../wire/struct.ts";

/** The wire version of OpenFlow 1.3, which this library speaks. */
export const OPENFLOW_1_3 = 4;

/** The id of an experimenter whose structures this library knows. */
export const Experimenter = {
  /** The Open Networking Foundation: bundles and flow monitors at 1.3. */
  onf: 0x4f4e4600,
  /** Nicira: Open vSwitch's own extensions. */
  nicira: 0x00002320,
} as const;

/** What every message begins with (OpenFlow 1.3.5, 7.1). Type and length on the wire follow from the message. */
export interface Header<T extends string> {
  /** The wire version; 4 is OpenFlow 1.3. HELLO and ERROR may carry another one. */
  version: number;
  /** Which message this is. */
  type: T;
  /** The transaction id, 0 to 4294967295; a reply carries its request's. */
  xid: number;
}

/** The first entry of a message's declaration. */
export function version(f: Layout): number {
  return f.u8(OPENFLOW_1_3);
}

/** The third entry, likewise. Type and length before it are set from the table of messages. */
export function xid(f: Layout): number {
  return f.pad(3).u32(0);
}

/**
 * Declares a message: `version`, `type` (a constant), `xid`, and then its own fields. Its fixed part is read by
 * binary-parser, in one parse, unless `options` say otherwise, as they do where a message comes a million times.
 */
export function message<T extends Header<string>>(
  name: T["type"],
  declaration: Declaration<T>,
  options: StructOptions<T> = {},
): Struct<T> {
  return struct(name, declaration, { engine: "parser", ...options });
}
