// Open vSwitch's actions on parts of fields: loads, moves, the stack, hashes. A part is written as in `"reg0[0..15]"`.
import type { RegLoadAction, RegMoveAction } from "../protocol/actions.ts";
import type {
  BundleAction,
  BundleLoadAction,
  CheckPktLargerAction,
  DeleteFieldAction,
  HashFields,
  MultipathAction,
  StackAction,
} from "../protocol/nx-field-actions.ts";
import type { OxmFieldName } from "../protocol/oxm-field.ts";
import { checked, type PortName, portNumber16 } from "./checked-action.ts";
import { type FieldPart, fieldPart, ofSize, writablePart } from "./field-part.ts";
import type { WritableField } from "./field-value.ts";
import { ActionError } from "./refusal.ts";

const loadBits = 64;

/** Writes a number into a field or some of its bits, at most 64: `load(5, "reg0[0..15]")`. */
export function load(value: number | bigint, into: FieldPart<WritableField>): RegLoadAction {
  const { name, ofs, nBits } = writablePart(into);
  if (nBits > loadBits) {
    throw new ActionError(`has ${nBits} bits, and a load writes ${loadBits}`, into, {
      hint: "write a setField, or a load for each part",
    });
  }
  if (!isWhole(value) || BigInt.asUintN(nBits, BigInt(value)) !== BigInt(value)) {
    throw new ActionError(`${value} doesn't fit in ${nBits} bits`, into, {
      openflowError: "OFPBAC_BAD_SET_ARGUMENT",
    });
  }
  return checked({ type: "regLoad", ofs, nBits, dst: name, value: BigInt(value) });
}

function isWhole(value: number | bigint): boolean {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

/** Copies bits between fields of the packet; both parts have the same number of bits: `move("ethSrc", "ethDst")`. */
export function move(from: FieldPart, to: FieldPart<WritableField>): RegMoveAction {
  const src = fieldPart(from);
  const dst = ofSize(to, writablePart(to), src.nBits);
  return checked({
    type: "regMove",
    nBits: src.nBits,
    srcOfs: src.ofs,
    dstOfs: dst.ofs,
    src: src.name,
    dst: dst.name,
  });
}

/** Puts bits of a field on the stack. */
export function push(from: FieldPart): StackAction<"stackPush"> {
  const { name, ofs, nBits } = fieldPart(from);
  return checked({ type: "stackPush", ofs, field: name, nBits });
}

/** Takes bits from the stack into a field. */
export function pop(into: FieldPart<WritableField>): StackAction<"stackPop"> {
  const { name, ofs, nBits } = writablePart(into);
  return checked({ type: "stackPop", ofs, field: name, nBits });
}

/** Sets one bit to whether the packet is longer than `packetLength` bytes: `checkPktLarger(1500, "reg0[0]")`. */
export function checkPktLarger(packetLength: number, into: FieldPart<WritableField>): CheckPktLargerAction {
  const { name, ofs } = ofSize(into, writablePart(into), 1);
  return checked({ type: "checkPktLarger", packetLength, ofs, dst: name });
}

/** Takes a tunnel option off the packet. */
export function deleteField(field: Extract<OxmFieldName, `tunMetadata${number}`>): DeleteFieldAction {
  if (!field.startsWith("tunMetadata")) {
    throw new ActionError("is no tunnel option", field, { openflowError: "OFPBAC_BAD_ARGUMENT" });
  }
  return checked({ type: "deleteField", field: fieldPart(field).name });
}

/** How packets are spread over links. */
export interface MultipathOptions {
  /** What of the packet is hashed. */
  readonly fields: HashFields;
  /** Goes into the hash, default 0. */
  readonly basis?: number;
  readonly algorithm: Extract<MultipathAction["algorithm"], string>;
  /** How many links there are, 1 to 65536. */
  readonly links: number;
  /** What `iterHash` takes, default 0. */
  readonly arg?: number;
  /** Where the link's number goes, from 0. */
  readonly into: FieldPart<WritableField>;
}

/** Hashes the packet, and writes the number of one of several links into a field. */
export function multipath(options: MultipathOptions): MultipathAction {
  const { fields, basis = 0, algorithm, links, arg = 0, into } = options;
  return checked({
    type: "multipath",
    fields,
    basis,
    algorithm,
    maxLink: links - 1,
    arg,
    dst: writablePart(into),
  });
}

/** How one of several ports is chosen. */
export interface BundleOptions {
  /** What of the packet is hashed. */
  readonly fields: HashFields;
  /** Goes into the hash, default 0. */
  readonly basis?: number;
  /** `activeBackup` takes the first port that is up, `hrw` spreads packets over those that are. */
  readonly algorithm: Extract<BundleAction["algorithm"], string>;
  readonly members: readonly (number | PortName)[];
}

/** Sends the packet to one of several ports that is up. */
export function bundle(options: BundleOptions): BundleAction {
  return checked({ type: "bundle", ...bundleParts(options) });
}

/** Writes the number of one of several ports that is up into a field. */
export function bundleLoad(
  options: BundleOptions & { readonly into: FieldPart<WritableField> },
): BundleLoadAction {
  return checked({ type: "bundleLoad", ...bundleParts(options), dst: writablePart(options.into) });
}

function bundleParts({ algorithm, fields, basis = 0, members }: BundleOptions): Omit<BundleAction, "type"> {
  return { algorithm, fields, basis, members: members.map(portNumber16) };
}
