// Open vSwitch's other actions: looking the packet up again, telling controllers and collectors, conjunctions, headers.
import { CONTROLLER_NO_BUFFER, type OutputAction } from "../protocol/actions.ts";
import type {
  Controller2Action,
  ControllerProperty,
  EncapAction,
  EncapProperty,
} from "../protocol/nx-listed-actions.ts";
import type {
  ConjunctionAction,
  ControllerAction,
  DecapAction,
  FinTimeoutAction,
  NoteAction,
  ResubmitTableAction,
  Sample2Action,
  Sample3Action,
  SampleAction,
} from "../protocol/nx-plain-actions.ts";
import { checked, type PortName, portNumber, portNumber16 } from "./checked-action.ts";
import { ActionError } from "./refusal.ts";

/** Where the packet is looked up again. A port, a table, or both. */
export type ResubmitOptions = (
  | { readonly table: number; readonly port?: number | PortName }
  | { readonly table?: number; readonly port: number | PortName }
) & {
  /** Whether the lookup is by the addresses of the tracked connection; needs `ctState: "+trk-inv"` or more in the match. */
  readonly ct?: boolean;
};

const thisTable = 0xff;

/** Looks the packet up in another table (default: this one), as if it had come from another port (default: its own). */
export function resubmit(
  options: ResubmitOptions,
): ResubmitTableAction<"resubmitTable"> | ResubmitTableAction<"resubmitTableCt"> {
  const { port = "inPort", table: tableId = thisTable, ct = false } = options;
  if (options.port === undefined && options.table === undefined) {
    throw new ActionError("needs a port or a table: the packet would come back for ever", "resubmit");
  }
  const inPort = portNumber16(port);
  return ct
    ? checked({ type: "resubmitTableCt", inPort, tableId })
    : checked({ type: "resubmitTable", inPort, tableId });
}

/** What goes to the controller. */
export interface ControllerOptions {
  /** Which controller, by the id it gave itself; default 0. */
  readonly id?: number;
  /** The reason that PACKET_IN gives; default `action`. */
  readonly reason?: keyof typeof reasons;
  /** How many bytes, 0 to 65535; default 65535, which is all. */
  readonly maxLen?: number;
  /** Comes back in PACKET_IN2; default none. */
  readonly userdata?: Uint8Array;
  /** Whether the packet waits for the controller to resume it; default false. */
  readonly pause?: boolean;
  /** The meter that limits it; default none. */
  readonly meter?: number;
}

const reasons = { noMatch: 0, action: 1, invalidTtl: 2, actionSet: 3, group: 4, packetOut: 5 } as const;

/** Sends the packet to a controller, by the oldest action that says it all. */
export function controller(
  options: ControllerOptions = {},
): OutputAction | ControllerAction | Controller2Action {
  const { id = 0, reason = "action", maxLen = CONTROLLER_NO_BUFFER } = options;
  if (options.userdata !== undefined || options.pause === true || options.meter !== undefined) {
    return checked({ type: "controller2", properties: controllerProperties(options) });
  }
  return id === 0 && reason === "action"
    ? checked({ type: "output", port: portNumber("controller"), maxLen })
    : checked({ type: "controller", maxLen, controllerId: id, reason: reasons[reason] });
}

function controllerProperties(options: ControllerOptions): ControllerProperty[] {
  const { id, reason, maxLen, userdata, pause, meter } = options;
  const properties: ControllerProperty[] = [];
  if (maxLen !== undefined) properties.push({ type: "maxLen", maxLen });
  if (id !== undefined) properties.push({ type: "controllerId", controllerId: id });
  if (reason !== undefined) properties.push({ type: "reason", reason: reasons[reason] });
  if (userdata !== undefined) properties.push({ type: "userdata", userdata });
  if (pause === true) properties.push({ type: "pause" });
  if (meter !== undefined) properties.push({ type: "meterId", meterId: meter });
  return properties;
}

/** One clause of a conjunctive match: the packet meets clause `clause`, counted from 1, of the `of` (2 to 64) of match `id`. */
export function conjunction(id: number, { clause, of }: { clause: number; of: number }): ConjunctionAction {
  if (clause < 1 || clause > of || of < 2 || of > 64) {
    throw new ActionError(`there is no clause ${clause} of ${of}`, "conjunction", {
      openflowError: "OFPBAC_BAD_ARGUMENT",
      hint: "a conjunction has 2 to 64 clauses, counted from 1",
    });
  }
  return checked({ type: "conjunction", clause: clause - 1, nClauses: of, id });
}

/** Does nothing; carries bytes for whoever reads the flow. They come back with zeros behind them, 8n + 6 in all. */
export function note(data: Uint8Array): NoteAction {
  const padded = new Uint8Array(Math.max(0, Math.ceil((data.length - 6) / 8)) * 8 + 6);
  padded.set(data);
  return checked({ type: "note", data: padded });
}

/** Gives the flow other timeouts, in seconds, once a FIN or RST of its TCP connection was seen; 0 (default) leaves its own. */
export function finTimeout({ idle = 0, hard = 0 }: { idle?: number; hard?: number }): FinTimeoutAction {
  return checked({ type: "finTimeout", finIdleTimeout: idle, finHardTimeout: hard });
}

/** Ends the actions, and those of the flows that led here by resubmit. */
export function exit(): { type: "exit" } {
  return { type: "exit" };
}

/** Takes back {@link setQueue}. */
export function popQueue(): { type: "popQueue" } {
  return { type: "popQueue" };
}

/** What is sampled, and who gets it. */
export interface SampleOptions {
  /** How many packets of 65536, at least 1. */
  readonly probability: number;
  /** The set of collectors, as the database numbers them; default 0. */
  readonly collectorSetId?: number;
  /** What the samples say of where they were taken; default 0. */
  readonly obsDomainId?: number;
  readonly obsPointId?: number;
  /** The port that the samples name; default none. */
  readonly samplingPort?: number | PortName;
  /** Whether they are taken as the packet comes in, or as it goes out; default where the action stands. */
  readonly direction?: "ingress" | "egress";
}

const noPort = 0xffff;
const directions = { ingress: 1, egress: 2 } as const;

/** Sends samples of the packets to collectors, by the oldest action that says it all. */
export function sample(options: SampleOptions): SampleAction | Sample2Action | Sample3Action {
  const { probability, collectorSetId = 0, obsDomainId = 0, obsPointId = 0, direction } = options;
  if (probability === 0) {
    throw new ActionError("0 samples nothing", "sample.probability", {
      openflowError: "OFPBAC_BAD_ARGUMENT",
    });
  }
  const ids = { probability, collectorSetId, obsDomainId, obsPointId };
  const samplingPort = options.samplingPort === undefined ? noPort : portNumber16(options.samplingPort);
  if (direction !== undefined) {
    return checked({ type: "sample3", ...ids, samplingPort, direction: directions[direction] });
  }
  return samplingPort === noPort
    ? checked({ type: "sample", ...ids })
    : checked({ type: "sample2", ...ids, samplingPort });
}

const packetTypes = { ethernet: 0, nsh: 0x1894f, mpls: 0x18847, mplsMulticast: 0x18848 } as const;

/** Puts a header on the packet, with properties where it is NSH. */
export function encap(
  header: keyof typeof packetTypes,
  ...properties: readonly EncapProperty[]
): EncapAction {
  return checked({
    type: "encap",
    headerSize: 0,
    newPacketType: packetTypes[header],
    properties: [...properties],
  });
}

const undecided = 0xfffe;

/** Takes the outermost header off. What is under it the switch finds out, or is `etherType`. */
export function decap(etherType?: number): DecapAction {
  return checked({ type: "decap", newPacketType: etherType === undefined ? undecided : 0x10000 + etherType });
}

/** Takes one from the TTL of NSH. Needs NSH in the match. */
export function decNshTtl(): { type: "decNshTtl" } {
  return { type: "decNshTtl" };
}
