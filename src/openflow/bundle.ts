// One atomic change of flows, groups and ports: an ONF bundle in its experimenter form for OpenFlow 1.3 (EXT-230). Open vSwitch commits what it
// took even when it refused other messages at add time, and gives up a bundle after 10 s idle, taking a later add for a new bundle;
// so whatever is refused before the commit means discard.
import { runWithin, type WaitOptions } from "../transport/deadline.ts";
import { changeLine } from "./change-line.ts";
import type { Channel, Refusal } from "./channel.ts";
import { flowModMessage } from "./flow-mod-message.ts";
import type { Message, MessageInput } from "./message.ts";
import type { SentRange } from "./pending.ts";
import { type BundleControlType, BundleFlag, type BundleMessage } from "./protocol/bundle.ts";
import { type FlowMod, flowMod } from "./protocol/flow-mod.ts";
import { OPENFLOW_1_3 } from "./protocol/header.ts";
import {
  BundleError,
  type BundlePhase,
  ProtocolError,
  type RefusedChange,
  SwitchError,
} from "./session-errors.ts";

/** Options of `Switch.apply`. `timeoutMs` (default: the channel's for requests) covers the whole bundle. */
export interface ApplyOptions extends WaitOptions {
  /** All changes or none. Default true. */
  readonly atomic?: boolean | undefined;
  /** In the order given. Default true. */
  readonly ordered?: boolean | undefined;
}

/** One change of `Switch.apply`: a flow mod, of which the defaults may be left out, or any message that bundles take, by its type. */
export type BundleChange = Partial<FlowMod> | BundleMessage;

const noProperties: Uint8Array = new Uint8Array(0);

const forever = Number.POSITIVE_INFINITY;

/** Applies `changes` as bundle `bundleId`. Rejects with `BundleError` when the switch refuses any of it. */
export function applyBundle(
  channel: Channel,
  bundleId: number,
  changes: readonly BundleChange[],
  options: ApplyOptions,
): Promise<void> {
  const { atomic = true, ordered = true } = options;
  const flags = (atomic ? BundleFlag.atomic : 0) | (ordered ? BundleFlag.ordered : 0);
  return runWithin(channel.wait("the end of a bundle", options), (signal) =>
    new BundleRun(channel, bundleId, flags, changes, signal).run(),
  );
}

class BundleRun {
  readonly #channel: Channel;
  readonly #bundleId: number;
  readonly #flags: number;
  readonly #changes: readonly BundleChange[];
  readonly #signal: AbortSignal;
  readonly #refusals: Refusal[] = [];

  constructor(
    channel: Channel,
    bundleId: number,
    flags: number,
    changes: readonly BundleChange[],
    signal: AbortSignal,
  ) {
    this.#channel = channel;
    this.#bundleId = bundleId;
    this.#flags = flags;
    this.#changes = changes;
    this.#signal = signal;
  }

  /** The first id of the range is the opening's: the switch reports there that the bundle has expired. */
  async run(): Promise<void> {
    const channel = this.#channel;
    const range = channel.track(this.#changes.length + 1, (index, error) =>
      this.#refusals.push({ index, error }),
    );
    try {
      await this.#prepare(range);
      await this.#control("commit", "commitRequest");
    } finally {
      channel.release(range);
    }
  }

  /** Everything before the commit; what fails here leaves no bundle behind. */
  async #prepare(range: SentRange): Promise<void> {
    const channel = this.#channel;
    try {
      await this.#control("open", "openRequest", range.first);
      await channel.pump(range, (index, xid) => this.#add(index - 1, xid), this.#signal, 1);
      await channel.barrier({ timeoutMs: forever, signal: this.#signal });
      if (this.#refusals.length > 0) throw this.#failure("add");
    } catch (error) {
      const neverOpened = error instanceof BundleError && error.phase === "open";
      if (!neverOpened) await this.#discard();
      throw error;
    }
  }

  #add(index: number, xid: number): MessageInput {
    return {
      type: "bundleAdd",
      xid,
      bundleId: this.#bundleId,
      flags: this.#flags,
      message: messageOf(this.#change(index), xid),
      properties: noProperties,
    };
  }

  #message(control: BundleControlType): MessageInput & { type: "bundleControl" } {
    return {
      type: "bundleControl",
      bundleId: this.#bundleId,
      control,
      flags: this.#flags,
      properties: noProperties,
    };
  }

  async #control(phase: BundlePhase, control: "openRequest" | "commitRequest", xid?: number): Promise<void> {
    const message = this.#message(control);
    const options = { timeoutMs: forever, signal: this.#signal };
    try {
      const reply = await this.#channel.request(xid === undefined ? message : { ...message, xid }, options);
      const expected = control === "openRequest" ? "openReply" : "commitReply";
      if (reply.type !== "bundleControl" || reply.control !== expected) {
        throw new ProtocolError(
          this.#channel.peer,
          `it answered ${control} with ${reply.type} and no ${expected}`,
        );
      }
    } catch (error) {
      if (error instanceof SwitchError) throw this.#failure(phase, error);
      throw error;
    }
  }

  /** Has the switch forget the bundle; waits for it unless the caller no longer does. */
  async #discard(): Promise<void> {
    try {
      const done = this.#channel.request(this.#message("discardRequest"), { timeoutMs: 1000 });
      if (this.#signal.aborted) done.catch(() => {});
      else await done;
    } catch {
      // It has expired, or the connection has: either way the switch has forgotten it.
    }
  }

  #failure(phase: BundlePhase, whole?: SwitchError): BundleError {
    const failures = this.#refusals
      .filter(({ index }) => index > 0)
      .map((refusal) => this.#refusedChange(refusal));
    const [first] = failures;
    const expired = this.#refusals.find(({ index }) => index === 0);
    if (first !== undefined) {
      const others = failures.length > 1 ? ` (and ${failures.length - 1} more)` : "";
      const where = `change ${first.index + 1} of ${this.#changes.length}`;
      const reason = `the switch refused ${where}, ${changeLine(first.message)}: ${first.error.errorName}${others}`;
      return new BundleError(phase, reason, failures, first.error);
    }
    const cause =
      whole ??
      (expired === undefined ? undefined : new SwitchError(expired.error, { request: "bundleControl" }));
    return new BundleError(
      phase,
      `the switch refused the bundle: ${cause?.errorName ?? "no reason"}`,
      [],
      cause,
    );
  }

  #change(index: number): BundleChange {
    const change = this.#changes[index];
    if (change === undefined) throw new RangeError(`no change number ${index}`);
    return change;
  }

  #refusedChange({ index, error }: Refusal): RefusedChange {
    const change = this.#change(index - 1);
    if (!isFlow(change)) {
      const refused = new SwitchError(error, { request: change.type });
      return { index: index - 1, message: change, flow: undefined, error: refused };
    }
    const flow = flowMod(change);
    const refused = new SwitchError(error, { request: "flowMod", flow });
    return { index: index - 1, message: { ...flow, type: "flowMod" }, flow, error: refused };
  }
}

function isFlow(change: BundleChange): change is Partial<FlowMod> {
  return !("type" in change) || change.type === "flowMod";
}

function messageOf(change: BundleChange, xid: number): Message {
  return isFlow(change) ? flowModMessage(change, xid) : { ...change, version: OPENFLOW_1_3, xid };
}
