// The actions of OpenFlow 1.3 (7.2.5) that Open vSwitch carries out. Where one word serves several actions, the words
// are ovs-ofctl's: an output can be cut short or name a field, dec_ttl can tell controllers.
import {
  CONTROLLER_NO_BUFFER,
  type EtherTypeAction,
  type GroupAction,
  type OutputAction,
  type PlainAction,
  type SetFieldAction,
  type SetMplsTtlAction,
  type SetNwTtlAction,
  type SetQueueAction,
} from "../protocol/actions.ts";
import type { NamedOxm } from "../protocol/match.ts";
import type { OutputRegAction } from "../protocol/nx-field-actions.ts";
import type { DecTtlCntIdsAction } from "../protocol/nx-listed-actions.ts";
import type { OutputTruncAction } from "../protocol/nx-plain-actions.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import { isNarrow } from "../text/subfield-text.ts";
import { checked, type PortName, portNumber, portNumber16 } from "./checked-action.ts";
import { type BracketedPart, fieldPart, refuseToWrite } from "./field-part.ts";
import { type FieldValue, oxmOf, type WritableField } from "./field-value.ts";
import { ActionError } from "./refusal.ts";

/** How a packet is put out. */
export interface OutputOptions {
  /**
   * How many bytes of the packet: of what goes to the controller 0 to 65535, default 65535, which is all of it; out of
   * any other port at least 14, default all. The port that a field holds takes no limit.
   */
  readonly maxLen?: number;
}

/** Sends the packet out of a port. With `maxLen`, only its first bytes (Open vSwitch's own action). */
export function output(port: "controller", options?: OutputOptions): OutputAction;
export function output(port: number | PortName): OutputAction;
export function output(
  port: number | PortName,
  options: Required<OutputOptions>,
): OutputAction | OutputTruncAction;
/** Sends the packet to the port whose number bits of a field hold. */
export function output(field: BracketedPart): OutputRegAction<"outputReg"> | OutputRegAction<"outputReg2">;
export function output(
  port: number | PortName | BracketedPart,
  { maxLen }: OutputOptions = {},
): OutputAction | OutputTruncAction | OutputRegAction<"outputReg" | "outputReg2"> {
  if (isPart(port)) return outputOfField(port);
  const number = portNumber(port);
  if (number === portNumber("controller")) {
    return checked({ type: "output", port: number, maxLen: maxLen ?? CONTROLLER_NO_BUFFER });
  }
  return maxLen === undefined
    ? checked({ type: "output", port: number, maxLen: 0 })
    : checked({ type: "outputTrunc", port: portNumber16(number), maxLen });
}

function isPart(port: number | PortName | BracketedPart): port is BracketedPart {
  return typeof port === "string" && port.includes("[");
}

const portBits = 64;

function outputOfField(part: BracketedPart): OutputRegAction<"outputReg"> | OutputRegAction<"outputReg2"> {
  const { name, ofs, nBits } = fieldPart(part);
  const src = { name, ofs, nBits: Math.min(nBits, portBits) };
  return isNarrow(name)
    ? checked({ type: "outputReg", src, maxLen: CONTROLLER_NO_BUFFER })
    : checked({ type: "outputReg2", src, maxLen: CONTROLLER_NO_BUFFER });
}

/** One of them, and none beside it. */
type Single<F, All = F> = F extends unknown ? ([All] extends [F] ? unknown : never) : never;

/** A `setField` whose field is known to the compiler. */
export type SetField<F extends WritableField> = SetFieldAction & { oxm: Extract<NamedOxm, { field: F }> };

/** Fields that Open vSwitch takes in loads alone. */
const loadedOnly = { inPort: true, nwTos: true } as const;

/** Sets one whole field: `setField({ ipv4Dst: "10.0.0.9" })`. For some of its bits there is {@link load}. */
export function setField<F extends Exclude<WritableField, keyof typeof loadedOnly>>(
  field: { readonly [K in F]: FieldValue<K> } & Single<F>,
): SetField<F> {
  const [given, ...others] = Object.entries(field);
  if (given === undefined || others.length > 0) {
    throw new ActionError("takes one field", "setField", { hint: "write one setField for each field" });
  }
  const [name, value] = given;
  const oxm = oxmOf(name, value, ActionError);
  const known = oxmFieldByName.get(oxm.field);
  if (known !== undefined) refuseToWrite(known, "OFPBAC_BAD_SET_LEN");
  if (name in loadedOnly) {
    const openflowError = "OFPBAC_BAD_SET_ARGUMENT";
    throw new ActionError("no setField writes this field", name, {
      openflowError,
      hint: `write load(…, "${name}")`,
    });
  }
  if (oxm.mask !== undefined) {
    throw new ActionError("OpenFlow 1.3 sets whole fields only", name, {
      openflowError: "OFPBAC_BAD_SET_MASK",
      hint: `write load(…, "${name}[…]") for the bits that change`,
    });
  }
  return checked({ type: "setField", oxm }) as SetField<F>;
}

/** Puts a VLAN tag on: 0x8100 (default) or 0x88a8. {@link setField} then sets its `vlanVid`. */
export function pushVlan(etherType: 0x8100 | 0x88a8 = 0x8100): EtherTypeAction<"pushVlan"> {
  return checked({ type: "pushVlan", etherType });
}

/** Takes the outermost VLAN tag off. Needs one in the match. */
export function popVlan(): PlainAction<"popVlan"> {
  return { type: "popVlan" };
}

/** Puts an MPLS label on: 0x8847 (default) or 0x8848 for multicast. */
export function pushMpls(etherType: 0x8847 | 0x8848 = 0x8847): EtherTypeAction<"pushMpls"> {
  return checked({ type: "pushMpls", etherType });
}

/** Takes the outermost MPLS label off; `etherType` says what is under it. Needs MPLS in the match. */
export function popMpls(etherType: number): EtherTypeAction<"popMpls"> {
  return checked({ type: "popMpls", etherType });
}

/** Hands the packet to a group. */
export function group(groupId: number): GroupAction {
  return checked({ type: "group", groupId });
}

/** Puts the packet's outputs that follow into a queue of their port. */
export function setQueue(queueId: number): SetQueueAction {
  return checked({ type: "setQueue", queueId });
}

/**
 * Takes one from the TTL of IP; a packet whose TTL runs out goes to the controllers with these ids (default: the one
 * with id 0) and no further. Needs IP in the match.
 */
export function decTtl(...controllerIds: readonly number[]): PlainAction<"decNwTtl"> | DecTtlCntIdsAction {
  return controllerIds.length === 0
    ? { type: "decNwTtl" }
    : checked({ type: "decTtlCntIds", controllerIds: [...controllerIds] });
}

/** Sets the TTL of IP, 0 to 255. Needs IP in the match. */
export function setTtl(ttl: number): SetNwTtlAction {
  return checked({ type: "setNwTtl", ttl });
}

/** Takes one from the TTL of the outermost MPLS label. Needs MPLS in the match. */
export function decMplsTtl(): PlainAction<"decMplsTtl"> {
  return { type: "decMplsTtl" };
}

/** Sets the TTL of the outermost MPLS label, 0 to 255. Needs MPLS in the match. */
export function setMplsTtl(ttl: number): SetMplsTtlAction {
  return checked({ type: "setMplsTtl", ttl });
}
