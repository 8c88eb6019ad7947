// Flows for property tests: instructions, flow mods, the flows of a reply and the updates of a monitor.

import fc, { type Arbitrary } from "fast-check";
import type { FlowMod } from "../../../src/openflow/protocol/flow-mod.ts";
import type { FlowUpdate } from "../../../src/openflow/protocol/flow-monitor.ts";
import type { FlowStats } from "../../../src/openflow/protocol/flow-stats.ts";
import type { Instruction } from "../../../src/openflow/protocol/instructions.ts";
import { actions } from "./action-arbitraries.ts";
import { aligned, match, nameOr, record, some, typed, u8, u16, u32, u64 } from "./arbitraries.ts";

/** One instruction of any kind, and what nobody knows. */
export const instruction: Arbitrary<Instruction> = fc.oneof<Arbitrary<Instruction>[]>(
  typed("gotoTable", { tableId: u8 }),
  typed("writeMetadata", { metadata: u64, mask: u64 }),
  typed("writeActions", { actions }),
  typed("applyActions", { actions }),
  typed("clearActions"),
  typed("meter", { meterId: u32 }),
  typed("experimenter", { experimenter: u32, data: aligned(0) }),
  typed("raw", { number: fc.integer({ min: 7, max: 0xfffe }), data: aligned(4) }),
);

export const instructions: Arbitrary<Instruction[]> = some(instruction);

export const flowMod: Arbitrary<FlowMod> = record({
  cookie: u64,
  cookieMask: u64,
  tableId: u8,
  command: nameOr(["add", "modify", "modifyStrict", "delete", "deleteStrict"] as const, 0xff),
  idleTimeout: u16,
  hardTimeout: u16,
  priority: u16,
  bufferId: u32,
  outPort: u32,
  outGroup: u32,
  flags: u16,
  match,
  instructions,
});

export const flowStats: Arbitrary<FlowStats> = record({
  tableId: u8,
  durationSec: u32,
  durationNsec: u32,
  priority: u16,
  idleTimeout: u16,
  hardTimeout: u16,
  flags: u16,
  cookie: u64,
  packetCount: u64,
  byteCount: u64,
  match,
  instructions,
});

export const flowUpdate: Arbitrary<FlowUpdate> = fc.oneof<Arbitrary<FlowUpdate>[]>(
  record({
    event: fc.constantFrom("added", "deleted", "modified"),
    reason: u16,
    priority: u16,
    idleTimeout: u16,
    hardTimeout: u16,
    tableId: u8,
    cookie: u64,
    match,
    instructions,
  }),
  record({ event: fc.constant("abbreviated" as const), xid: u32 }),
  record({
    event: fc.constant("raw" as const),
    number: fc.integer({ min: 4, max: 0xffff }),
    data: aligned(4),
  }),
);
