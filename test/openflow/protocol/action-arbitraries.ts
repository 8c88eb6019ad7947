// Every action, for property tests: the standard ones here, Open vSwitch's own beside them, and those that hold others.

import fc, { type Arbitrary } from "fast-check";
import type { Action } from "../../../src/openflow/protocol/actions.ts";
import {
  aligned,
  anySubfield,
  exactOxm,
  mac,
  some,
  subfield,
  typed,
  u8,
  u16,
  u32,
  u64,
} from "./arbitraries.ts";
import { nestingActions, nxActions } from "./nx-action-arbitraries.ts";

const ttl = { ttl: u8 };
const etherType = { etherType: u16 };

/** The actions of OpenFlow 1.3, and those that nobody knows. */
const standardActions: Readonly<Record<string, Arbitrary<Action>>> = {
  output: typed("output", { port: u32, maxLen: u16 }),
  copyTtlOut: typed("copyTtlOut"),
  copyTtlIn: typed("copyTtlIn"),
  setMplsTtl: typed("setMplsTtl", ttl),
  decMplsTtl: typed("decMplsTtl"),
  pushVlan: typed("pushVlan", etherType),
  popVlan: typed("popVlan"),
  pushMpls: typed("pushMpls", etherType),
  popMpls: typed("popMpls", etherType),
  setQueue: typed("setQueue", { queueId: u32 }),
  group: typed("group", { groupId: u32 }),
  setNwTtl: typed("setNwTtl", ttl),
  decNwTtl: typed("decNwTtl"),
  setField: typed("setField", { oxm: exactOxm }),
  pushPbb: typed("pushPbb", etherType),
  popPbb: typed("popPbb"),
  experimenter: typed("experimenter", { experimenter: fc.nat(0x2000), data: aligned(0) }),
  raw: typed("raw", { number: fc.integer({ min: 100, max: 0xfffe }), data: aligned(4) }),
};

/** The actions of OpenFlow 1.0 and 1.1. */
const legacyActions: Readonly<Record<string, Arbitrary<Action>>> = {
  setVlanVid: typed("setVlanVid", { value: u16 }),
  setVlanPcp: typed("setVlanPcp", { value: u8 }),
  setDlSrc: typed("setDlSrc", { address: mac }),
  setDlDst: typed("setDlDst", { address: mac }),
  setNwSrc: typed("setNwSrc", { value: u32 }),
  setNwDst: typed("setNwDst", { value: u32 }),
  setNwTos: typed("setNwTos", { value: u8 }),
  setNwEcn: typed("setNwEcn", { value: u8 }),
  setTpSrc: typed("setTpSrc", { value: u16 }),
  setTpDst: typed("setTpDst", { value: u16 }),
  setMplsLabel: typed("setMplsLabel", { value: u32 }),
  setMplsTc: typed("setMplsTc", { value: u8 }),
};

const registerActions: Readonly<Record<string, Arbitrary<Action>>> = {
  regMove: typed("regMove", {
    nBits: u16,
    srcOfs: u16,
    dstOfs: u16,
    src: anySubfield,
    dst: anySubfield,
  }),
  regLoad: typed("regLoad", {
    ofs: fc.nat(1_023),
    nBits: fc.integer({ min: 1, max: 64 }),
    dst: subfield,
    value: u64,
  }),
};

const plainActions = { ...standardActions, ...legacyActions, ...registerActions, ...nxActions };
const plain = fc.oneof(...Object.values(plainActions));
const shallow = fc.oneof(
  { arbitrary: plain, weight: 12 },
  ...Object.values(nestingActions(some(plain, 3))).map((arbitrary) => ({ arbitrary, weight: 1 })),
);

/** Every action by its type; what holds actions holds those that hold others, too. */
export const everyAction: Readonly<Record<string, Arbitrary<Action>>> = {
  ...plainActions,
  ...nestingActions(some(shallow, 3)),
};

/** The list of an instruction, a bucket or a PACKET_OUT. */
export const actions: Arbitrary<Action[]> = some(fc.oneof(...Object.values(everyAction)), 6);
