// What each action needs to be known of the packet, and what it leaves behind. The rules of Open vSwitch's own actions
// are in nx-consistency.ts; fields are judged here for both.
import { formFault } from "./action-form.ts";
import type { Action, RegLoadAction } from "./actions.ts";
import { type ActionVerdict, type Inconsistency, lacks, refused } from "./inconsistency.ts";
import { extensionRules } from "./nx-consistency.ts";
import type { OxmField, PrerequisiteName } from "./oxm-field.ts";
import { oxmFieldByName } from "./oxm-fields.ts";
import { meets, type PacketShape, taggedBy } from "./packet-shape.ts";
import { fieldNamed } from "./subfield-form.ts";
import type { SubfieldName } from "./subfields.ts";
import { ethernetFields } from "./taken-bits.ts";

type Rule<A> = (action: A, shape: PacketShape) => ActionVerdict;

/** Open vSwitch looks at two VLAN tags. */
const maxTags = 2;

/** What is known of the packet once `action` was done to it, or why the switch refuses the action here. */
export function shapeAfter(shape: PacketShape, action: Action): ActionVerdict {
  const rule = rules[action.type] as Rule<Action>;
  return formFault(action) ?? rule(action, shape);
}

/** Why `what` can't use `field` on packets of this shape. */
export function fieldFault(
  field: OxmField,
  shape: PacketShape,
  what: string,
  error = "OFPBAC_MATCH_INCONSISTENT",
): Inconsistency | undefined {
  const { prerequisite } = field;
  if (shape.packetType !== undefined && ethernetFields.has(field.name)) {
    return refused(error, `${what} needs an Ethernet header, and the packet has none`);
  }
  return prerequisite === undefined || meets(shape, prerequisite)
    ? undefined
    : lacks(what, prerequisite, error);
}

const unchanged: Rule<Action> = (_action, shape) => shape;

/** Refuses the list at its end where `name` isn't met. */
const needs =
  (name: PrerequisiteName): Rule<Action> =>
  (action, shape) =>
    meets(shape, name) ? shape : { ...lacks(action.type, name), after: shape };

const rules: { readonly [T in Action["type"]]: Rule<Action & { type: T }> } = {
  output: unchanged,
  copyTtlOut: unchanged,
  copyTtlIn: unchanged,
  setMplsTtl: needs("mpls"),
  decMplsTtl: needs("mpls"),
  pushVlan: (_action, shape) =>
    shape.tags === maxTags
      ? refused("OFPBAC_BAD_TAG", `pushVlan: Open vSwitch handles no more than ${maxTags} VLAN tags`)
      : { ...shape, tags: shape.tags + 1, untagged: false },
  popVlan: (action, shape) =>
    shape.tags === 0
      ? {
          ...lacks(action.type, "vlan"),
          hint: "match vlanVid, or load 0 into NXM_OF_VLAN_TCI, which takes a tag off where there is one",
          after: shape,
        }
      : { ...shape, tags: shape.tags - 1, untagged: shape.tags === 1 },
  pushMpls: ({ etherType }, shape) =>
    shape.packetType === undefined
      ? withEthType(shape, etherType)
      : {
          ...refused(
            "OFPBAC_MATCH_INCONSISTENT",
            "pushMpls needs an Ethernet header, and the packet has none",
          ),
          after: withEthType(shape, etherType),
        },
  popMpls: (action, shape) => {
    const after = withEthType(shape, action.etherType);
    const fits = meets(shape, "mpls") && shape.packetType === undefined;
    return fits ? after : { ...lacks(action.type, "mpls"), after };
  },
  setQueue: unchanged,
  group: unchanged,
  setNwTtl: needs("ip"),
  decNwTtl: needs("ip"),
  setField: ({ oxm }, shape) => {
    const field = oxmFieldByName.get(oxm.field);
    const fault = field === undefined ? undefined : settingFault(field, shape, `setField ${field.name}`);
    return fault ?? (oxm.field === "vlanTci" ? taggedBy(shape, oxm.value) : shape);
  },
  pushPbb: unchanged,
  popPbb: unchanged,
  regMove: ({ src, dst }, shape) => subfieldFault(src, shape) ?? subfieldFault(dst, shape) ?? shape,
  regLoad: checkLoad,
  ...extensionRules({ field: subfieldFault, setField: settingFault, after: shapeAfter }),
  experimenter: unchanged,
  raw: unchanged,
};

/** What is inside another type isn't known any more. */
function withEthType(shape: PacketShape, ethType: number): PacketShape {
  const { ipProto: _, ...rest } = shape;
  // Where there is no Ethernet header, what the packet begins with says what it is.
  return shape.packetType === undefined ? { ...rest, ethType } : rest;
}

/** Why `field` can't be set: a VID can be asked for without a tag, and set in a tag alone. */
function settingFault(field: OxmField, shape: PacketShape, what: string): Inconsistency | undefined {
  if (field.name === "vlanVid" && shape.tags === 0) {
    return { ...lacks(what, "vlan"), hint: "match vlanVid, or write pushVlan before it" };
  }
  const fault = fieldFault(field, shape, what);
  const instead = meets(shape, "arp") ? arpFields.get(field.name) : undefined;
  return fault === undefined || instead === undefined ? fault : { ...fault, hint: `set ${instead}` };
}

/** What ARP calls IPv4's addresses. */
const arpFields: ReadonlyMap<string, string> = new Map([
  ["ipv4Src", "arpSpa"],
  ["ipv4Dst", "arpTpa"],
]);

function subfieldFault(name: SubfieldName, shape: PacketShape): Inconsistency | undefined {
  const field = fieldNamed(name);
  return field === undefined ? undefined : fieldFault(field, shape, String(name));
}

function checkLoad({ dst, value, ofs }: RegLoadAction, shape: PacketShape): ActionVerdict {
  const field = fieldNamed(dst);
  const fault = field === undefined ? undefined : settingFault(field, shape, String(dst));
  if (fault !== undefined) return fault;
  if (dst !== "NXM_OF_VLAN_TCI") return shape;
  // Open vSwitch judges by the loaded bits alone: whoever loads other bits than CFI is taken to clear it.
  return taggedBy(shape, Number((value << BigInt(ofs)) & 0xffffn));
}
