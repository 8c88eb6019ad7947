// Actions (OpenFlow 1.3.5, 7.2.5), and Open vSwitch's register actions.

import type { Oxm } from "./match.ts";
import type { SubfieldName } from "./subfields.ts";

/** `maxLen` of an output to the controller that asks for the whole packet. */
export const CONTROLLER_NO_BUFFER = 0xffff;

export interface OutputAction {
  type: "output";
  /** A port number, or a reserved one (`Port`). */
  port: number;
  /** How many bytes go to the controller, 0 to 65535; means nothing for other ports. */
  maxLen: number;
}

/** An action that has no argument. */
export interface PlainAction<T extends string> {
  type: T;
}

type PlainActions<T extends string> = T extends string ? PlainAction<T> : never;

export interface SetMplsTtlAction {
  type: "setMplsTtl";
  ttl: number;
}

export interface SetNwTtlAction {
  type: "setNwTtl";
  ttl: number;
}

/** Pushes or pops a tag; `etherType` is the new tag's, or, for `popMpls`, that of what is under it. */
export interface EtherTypeAction<T extends string> {
  type: T;
  etherType: number;
}

type EtherTypeActions<T extends string> = T extends string ? EtherTypeAction<T> : never;

export interface SetQueueAction {
  type: "setQueue";
  queueId: number;
}

export interface GroupAction {
  type: "group";
  groupId: number;
}

/** Writes one field of the packet. A mask is refused by switches at 1.3; use `regLoad`. */
export interface SetFieldAction {
  type: "setField";
  oxm: Oxm;
}

/** Copies bits between fields (Open vSwitch: `move:src[a..b]->dst[c..d]`). */
export interface RegMoveAction {
  type: "regMove";
  /** How many bits are copied. */
  nBits: number;
  /** The lowest bit of the source, and of the destination. */
  srcOfs: number;
  dstOfs: number;
  src: SubfieldName;
  dst: SubfieldName;
}

/** Writes bits of a field (Open vSwitch: `load:value->dst[a..b]`). */
export interface RegLoadAction {
  type: "regLoad";
  /** The lowest bit written, 0 to 1023. */
  ofs: number;
  /** How many bits are written, 1 to 64. */
  nBits: number;
  dst: SubfieldName;
  value: bigint;
}

/** An experimenter's action that the library doesn't know: kept as it came. */
export interface ExperimenterAction {
  type: "experimenter";
  experimenter: number;
  /** What follows the experimenter id; its length is 8n. */
  data: Uint8Array;
}

/** A standard action that the library doesn't know: kept as it came. */
export interface RawAction {
  type: "raw";
  number: number;
  /** What follows type and length; its length is 8n + 4. */
  data: Uint8Array;
}

/** One action of a list. In `applyActions` they run in order; `writeActions` makes a set of them. */
export type Action =
  | OutputAction
  | PlainActions<"copyTtlOut" | "copyTtlIn" | "decMplsTtl" | "popVlan" | "decNwTtl" | "popPbb">
  | SetMplsTtlAction
  | EtherTypeActions<"pushVlan" | "pushMpls" | "popMpls" | "pushPbb">
  | SetQueueAction
  | GroupAction
  | SetNwTtlAction
  | SetFieldAction
  | RegMoveAction
  | RegLoadAction
  | ExperimenterAction
  | RawAction;
