// What can go wrong between us and a switch once a connection exists, told apart by code: it refused a message, refused a
// bundle, speaks another version, or lets us write faster than it reads.
import { OvskitError } from "../errors.ts";
import { flowLine } from "./flow-line.ts";
import type { BundleMessage } from "./protocol/bundle.ts";
import type { ErrorMessage } from "./protocol/error.ts";
import type { FlowMod } from "./protocol/flow-mod.ts";

/** What a {@link SwitchError} answers. */
export interface RefusedRequest {
  /** The type of the message that was refused, such as `flowMod` or `multipartRequest`. */
  readonly request: string;
  /** The flow mod, when it was one that this session sent. */
  readonly flow?: FlowMod | undefined;
}

/** The switch refused a message: `ERR_OPENFLOW_SWITCH` (OpenFlow 1.3.5, 7.4.4). */
export class SwitchError extends OvskitError {
  /** The error's name in the specification, such as `OFPBAC_MATCH_INCONSISTENT`. */
  readonly errorName: string;
  /** Its type on the wire. */
  readonly errorType: number;
  /** Its code on the wire. */
  readonly errorCode: number;
  /** The transaction it answers. */
  readonly xid: number;
  /** The type of the message that was refused; `unknown` when the error doesn't tell. */
  readonly request: string;
  /** The flow mod that was refused, when it was one that this session sent. */
  readonly flow: FlowMod | undefined;
  /** Every refusal of the same call, this one first. One call can send many flows. */
  readonly failures: readonly SwitchError[];

  constructor(error: ErrorMessage, refused: RefusedRequest, more: readonly SwitchError[] = []) {
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    const what = refused.flow === undefined ? "" : ` ${flowLine(refused.flow)}`;
    super("ERR_OPENFLOW_SWITCH", `the switch refused ${refused.request}${what}: ${error.name}${others}`);
    this.errorName = error.name;
    this.errorType = error.errorType;
    this.errorCode = error.errorCode;
    this.xid = error.xid;
    this.request = refused.request;
    this.flow = refused.flow;
    this.failures = [this, ...more];
  }
}

/** One change of a bundle that the switch refused. */
export interface RefusedChange {
  /** Its place in the changes, from 0. */
  readonly index: number;
  /** The change, with everything filled in that the caller left out. */
  readonly message: BundleMessage;
  /** The same, if it is of a flow. */
  readonly flow: FlowMod | undefined;
  readonly error: SwitchError;
}

/** At which step a bundle failed. Whichever it was, nothing of it is installed. */
export type BundlePhase = "open" | "add" | "commit";

/** The switch refused a bundle, and nothing of it is installed: `ERR_OPENFLOW_BUNDLE`. `cause` is the first refusal. */
export class BundleError extends OvskitError {
  readonly phase: BundlePhase;
  /** Every change that was refused, in their order; empty when the bundle as a whole was. */
  readonly failures: readonly RefusedChange[];

  constructor(
    phase: BundlePhase,
    reason: string,
    failures: readonly RefusedChange[],
    cause: Error | undefined,
  ) {
    super("ERR_OPENFLOW_BUNDLE", `nothing was installed: ${reason}`, { cause });
    this.phase = phase;
    this.failures = failures;
  }

  /** The first change that was refused, if it is of a flow. */
  get flow(): FlowMod | undefined {
    return this.failures[0]?.flow;
  }

  /** The switch's reason: the error's name in the specification, when the switch gave one. */
  get errorName(): string | undefined {
    return this.cause instanceof SwitchError ? this.cause.errorName : undefined;
  }
}

/** The peer doesn't speak OpenFlow 1.3, or says so: `ERR_OPENFLOW_VERSION` (OpenFlow 1.3.5, 6.3.1). */
export class NegotiationError extends OvskitError {
  /** Where the peer is, as a connection method. */
  readonly peer: string;
  /** The wire versions the peer offers, as far as it told; 4 is OpenFlow 1.3. */
  readonly versions: readonly number[];

  constructor(peer: string, reason: string, versions: readonly number[]) {
    super("ERR_OPENFLOW_VERSION", `no OpenFlow 1.3 with ${peer}: ${reason}`);
    this.peer = peer;
    this.versions = versions;
  }
}

/** The peer broke the protocol in a way that no layout shows: `ERR_OPENFLOW_PROTOCOL`. */
export class ProtocolError extends OvskitError {
  readonly peer: string;

  constructor(peer: string, reason: string) {
    super("ERR_OPENFLOW_PROTOCOL", `${peer} broke the protocol: ${reason}`);
    this.peer = peer;
  }
}

/** More waits to be sent than the limit allows; this message was not sent: `ERR_OPENFLOW_QUEUE_FULL`. */
export class SendQueueFullError extends OvskitError {
  readonly peer: string;
  readonly queuedBytes: number;

  constructor(peer: string, queuedBytes: number) {
    super("ERR_OPENFLOW_QUEUE_FULL", `${peer} reads too slowly: ${queuedBytes} bytes wait to be sent`);
    this.peer = peer;
    this.queuedBytes = queuedBytes;
  }
}
