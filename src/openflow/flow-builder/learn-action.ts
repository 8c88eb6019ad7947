// learn: a packet that meets it makes the switch add a flow, whose match and actions are made of numbers and of parts of
// that packet.

import { DEFAULT_PRIORITY } from "../protocol/flow-mod.ts";
import {
  type Learn2Action,
  type LearnAction,
  LearnFlag,
  type LearnPlace,
  type LearnSource,
  type LearnSpec,
} from "../protocol/nx-learn.ts";
import { checked } from "./checked-action.ts";
import { type FieldPart, fieldPart, ofSize, writablePart } from "./field-part.ts";
import type { WritableField } from "./field-value.ts";

/** Parts of fields, each with the number or the part of the packet that goes there. */
type LearnedFields<P extends FieldPart> = { readonly [K in P]?: number | bigint | FieldPart | undefined };

/** The flow that is learned. */
export interface LearnOptions {
  /** The table it goes to, 0 to 254. */
  readonly table: number;
  /** Default 32768. */
  readonly priority?: number;
  /** Default 0n. */
  readonly cookie?: bigint;
  /** Seconds; default 0, never. */
  readonly idleTimeout?: number;
  readonly hardTimeout?: number;
  /** Seconds, once a FIN or RST of the flow's TCP connection was seen; default 0, the flow's own. */
  readonly finIdleTimeout?: number;
  readonly finHardTimeout?: number;
  /** Whether the switch tells when it is removed; default false. */
  readonly sendFlowRemoved?: boolean;
  /** Whether it goes with the flow that learned it; default false. */
  readonly deleteLearned?: boolean;
  /** How many are learned at the most; default any number. */
  readonly limit?: number;
  /** The bit that is set to whether it was learned: `"reg0[0]"`. */
  readonly result?: FieldPart<WritableField>;
  /** What it matches: `{ ethType: 0x800, ethDst: "ethSrc", "vlanTci[0..11]": "vlanTci[0..11]" }`. */
  readonly match?: LearnedFields<FieldPart>;
  /** What it writes: `{ "reg0[0..15]": "inPort", reg1: 5 }`. */
  readonly load?: LearnedFields<FieldPart<WritableField>>;
  /** The part of the packet that holds the port it sends to: `"inPort"`. */
  readonly output?: FieldPart;
}

/** Adds a flow for every packet that is met; learn2 where there is a limit or a result. */
export function learn(options: LearnOptions): LearnAction | Learn2Action {
  const { limit = 0, result } = options;
  const specs = specsOf(options);
  if (limit === 0 && result === undefined) return checked({ type: "learn", ...learned(options), specs });
  const place = result === undefined ? {} : { result: placeOf(result, 1) };
  return checked({ type: "learn2", ...learned(options), limit, ...place, specs });
}

function learned(options: LearnOptions): Omit<LearnAction, "type" | "specs"> {
  const { idleTimeout = 0, hardTimeout = 0, finIdleTimeout = 0, finHardTimeout = 0 } = options;
  const { table, priority = DEFAULT_PRIORITY, cookie = 0n, sendFlowRemoved, deleteLearned } = options;
  const flags =
    (sendFlowRemoved === true ? LearnFlag.sendFlowRem : 0) |
    (deleteLearned === true ? LearnFlag.deleteLearned : 0);
  return {
    idleTimeout,
    hardTimeout,
    priority,
    cookie,
    flags,
    tableId: table,
    finIdleTimeout,
    finHardTimeout,
  };
}

function specsOf({ match = {}, load = {}, output }: LearnOptions): LearnSpec[] {
  const specs: LearnSpec[] = [...fieldSpecs("match", match), ...fieldSpecs("load", load)];
  if (output !== undefined) {
    const { name, ofs, nBits } = fieldPart(output);
    specs.push({ type: "output", nBits, src: { name, ofs } });
  }
  return specs;
}

function fieldSpecs(type: "match" | "load", fields: LearnedFields<FieldPart>): LearnSpec[] {
  return Object.entries(fields).flatMap(([part, from]) => {
    if (from === undefined) return [];
    const { name, ofs, nBits } = type === "load" ? writablePart(part as "reg0") : fieldPart(part as "reg0");
    return [{ type, nBits, src: sourceOf(from, nBits), dst: { name, ofs } }];
  });
}

function sourceOf(from: number | bigint | FieldPart, nBits: number): LearnSource {
  return typeof from === "string" ? placeOf(from, nBits) : { value: BigInt(from) };
}

function placeOf(part: FieldPart, nBits: number): LearnPlace {
  const { name, ofs } = ofSize(part, fieldPart(part), nBits);
  return { name, ofs };
}
