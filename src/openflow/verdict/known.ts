// What a verdict can take into account of a switch, beside the message itself. Who doesn't say it gets the verdicts that
// need no more than the message.
import type { FlowMod } from "../protocol/flow-mod.ts";

/** What is known of the switch a message is for. What is left out isn't asked. */
export interface SwitchFacts {
  /** The ports there are, and their MACs. */
  readonly ports?: ReadonlyMap<number, string>;
  /** The groups there are. */
  readonly groups?: ReadonlySet<number>;
  /** The meters there are. */
  readonly meters?: ReadonlySet<number>;
  /** The tunnel options that the TLV table has fields for: 0 to 63, the numbers of `tunMetadata0` and so on. */
  readonly tunnelOptions?: ReadonlySet<number>;
  /** The flows there are: what one that is added with CHECK_OVERLAP may not overlap with. */
  readonly flows?: Iterable<Pick<FlowMod, "tableId" | "priority" | "match">>;
  /** The generation that the last master or slave claimed. */
  readonly generationId?: bigint;
}
