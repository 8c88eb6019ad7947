// Actions (OpenFlow 1.3.5, 7.2.5), and Open vSwitch's register actions.

import type { Codec } from "../wire/codec.ts";
import { convert } from "../wire/convert.ts";
import { family } from "../wire/family.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { Experimenter } from "./header.ts";
import { type LegacyAction, legacyActions } from "./legacy-actions.ts";
import type { Oxm } from "./match.ts";
import { type CloneAction, type CtAction, type NatAction, nxCtActions } from "./nx-ct.ts";
import { type CopyFieldAction, type NxFieldAction, nxFieldActions, onfActions } from "./nx-field-actions.ts";
import { type Learn2Action, type LearnAction, nxLearnActions } from "./nx-learn.ts";
import { type NxListedAction, nxListedActions } from "./nx-listed-actions.ts";
import { type NxPlainAction, nxPlainActions } from "./nx-plain-actions.ts";
import { checkedInteger, narrowSubfield } from "./nx-subfield.ts";
import { setOxm } from "./oxm.ts";
import { subfield } from "./subfield.ts";
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
  | ExtensionAction
  | ExperimenterAction
  | RawAction;

/** Open vSwitch's own actions, and those that OpenFlow 1.3 left behind and Open vSwitch still takes. */
export type ExtensionAction =
  | NxPlainAction
  | NxFieldAction
  | CopyFieldAction
  | NxListedAction
  | LearnAction
  | Learn2Action
  | CtAction
  | NatAction
  | CloneAction
  | LegacyAction;

const output = struct("output", (f): OutputAction => ({ type: "output", port: f.u32(), maxLen: f.u16() }), {
  pad: 6,
  write: (w, v) => w.u32(v.port).u16(v.maxLen),
});

function plain<T extends string>(type: T): Struct<PlainAction<T>> {
  return struct(type, (): PlainAction<T> => ({ type }), { pad: 4 });
}

function tagged<T extends string>(type: T): Struct<EtherTypeAction<T>> {
  return struct(type, (f): EtherTypeAction<T> => ({ type, etherType: f.u16() }), {
    pad: 2,
    write: (w, v) => w.u16(v.etherType),
  });
}

const setMplsTtl = struct("setMplsTtl", (f): SetMplsTtlAction => ({ type: "setMplsTtl", ttl: f.u8() }), {
  pad: 3,
});

const setNwTtl = struct("setNwTtl", (f): SetNwTtlAction => ({ type: "setNwTtl", ttl: f.u8() }), { pad: 3 });

const setQueue = struct("setQueue", (f): SetQueueAction => ({ type: "setQueue", queueId: f.u32() }));

const group = struct("group", (f): GroupAction => ({ type: "group", groupId: f.u32() }), {
  write: (w, v) => w.u32(v.groupId),
});

const setField = struct("setField", (f): SetFieldAction => ({ type: "setField", oxm: f.part(setOxm) }), {
  aligned: true,
  write: (w, v) => w.part(setOxm, v.oxm),
});

const regMove = struct(
  "regMove",
  (f): RegMoveAction => ({
    type: "regMove",
    nBits: f.u16(),
    srcOfs: f.u16(),
    dstOfs: f.u16(),
    src: f.part(subfield),
    dst: f.part(subfield),
  }),
  { aligned: true },
);

interface RegLoadWire extends Omit<RegLoadAction, "ofs" | "nBits"> {
  /** The lowest bit in the upper 10 bits, the number of bits less one in the lower 6. */
  ofsNBits: number;
}

const regLoadWire = struct(
  "regLoad",
  (f): RegLoadWire => ({ type: "regLoad", ofsNBits: f.u16(), dst: f.part(narrowSubfield), value: f.u64() }),
);

const regLoad = convert<RegLoadWire, RegLoadAction>(regLoadWire, {
  toValue: ({ ofsNBits, dst, value }) => ({
    type: "regLoad",
    ofs: ofsNBits >> 6,
    nBits: (ofsNBits & 0x3f) + 1,
    dst,
    value,
  }),
  toWire: ({ ofs, nBits, dst, value }) => ({
    type: "regLoad",
    ofsNBits: checkedInteger(ofs, 0, 1023, "ofs") * 64 + checkedInteger(nBits, 1, 64, "nBits") - 1,
    dst,
    value,
  }),
});

/** The actions that ct and clone hold; the codec of all actions is made with theirs. */
const nested: Codec<Action> = {
  name: "action",
  minBytes: 8,
  fixedBytes: undefined,
  read: (reader) => action.read(reader),
  write: (writer, value) => action.write(writer, value),
};

/** One action, with its type and length. */
export const action: Codec<Action> = family<Action>("action", {
  members: {
    0: output,
    11: plain("copyTtlOut"),
    12: plain("copyTtlIn"),
    15: setMplsTtl,
    16: plain("decMplsTtl"),
    17: tagged("pushVlan"),
    18: plain("popVlan"),
    19: tagged("pushMpls"),
    20: tagged("popMpls"),
    21: setQueue,
    22: group,
    23: setNwTtl,
    24: plain("decNwTtl"),
    25: setField,
    26: tagged("pushPbb"),
    27: plain("popPbb"),
    ...legacyActions,
  },
  experimenters: {
    subtypeBytes: 2,
    members: {
      [Experimenter.nicira]: {
        6: regMove,
        7: regLoad,
        ...nxPlainActions,
        ...nxFieldActions,
        ...nxLearnActions,
        ...nxCtActions(nested),
        ...nxListedActions,
      },
      [Experimenter.onf]: onfActions,
    },
  },
});
