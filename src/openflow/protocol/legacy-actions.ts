// The actions with which OpenFlow 1.0 and 1.1 set fields. OpenFlow 1.3 has set_field instead; Open vSwitch takes them
// still, and keeps them as set_field where it can.

import type { Members } from "../wire/family.ts";
import { type Struct, struct } from "../wire/struct.ts";

/** Sets the field the name says to a number. `setVlanVid` and `setVlanPcp` need a tag to write into. */
export interface SetNumberAction<T extends string> {
  type: T;
  value: number;
}

/** Sets an Ethernet address. */
export interface SetMacAction<T extends string> {
  type: T;
  /** `fa:16:3e:00:00:01` */
  address: string;
}

type NumberName =
  | "setVlanVid"
  | "setVlanPcp"
  | "setNwSrc"
  | "setNwDst"
  | "setNwTos"
  | "setNwEcn"
  | "setTpSrc"
  | "setTpDst"
  | "setMplsLabel"
  | "setMplsTc";

/** The actions that this file declares. An IPv4 address is the number that its four bytes make. */
export type LegacyAction =
  | { [T in NumberName]: SetNumberAction<T> }[NumberName]
  | SetMacAction<"setDlSrc">
  | SetMacAction<"setDlDst">;

function byte<T extends NumberName>(type: T): Struct<SetNumberAction<T>> {
  return struct(type, (f): SetNumberAction<T> => ({ type, value: f.u8() }), { pad: 3 });
}

function short<T extends NumberName>(type: T): Struct<SetNumberAction<T>> {
  return struct(type, (f): SetNumberAction<T> => ({ type, value: f.u16() }), { pad: 2 });
}

function long<T extends NumberName>(type: T): Struct<SetNumberAction<T>> {
  return struct(type, (f): SetNumberAction<T> => ({ type, value: f.u32() }));
}

function mac<T extends "setDlSrc" | "setDlDst">(type: T): Struct<SetMacAction<T>> {
  return struct(type, (f): SetMacAction<T> => ({ type, address: f.mac() }), { pad: 6 });
}

/** By number. */
export const legacyActions: Members<LegacyAction> = {
  1: short("setVlanVid"),
  2: byte("setVlanPcp"),
  3: mac("setDlSrc"),
  4: mac("setDlDst"),
  5: long("setNwSrc"),
  6: long("setNwDst"),
  7: byte("setNwTos"),
  8: byte("setNwEcn"),
  9: short("setTpSrc"),
  10: short("setTpDst"),
  13: long("setMplsLabel"),
  14: byte("setMplsTc"),
};
