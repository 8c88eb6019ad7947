// What Open vSwitch would refuse is refused while its text is at hand, so that the refusal can point at the word. The
// rules are those of the offline check; here are the places in the text, and what is left to the switch all the same.
import type { FlowMod } from "../protocol/flow-mod.ts";
import type { PlacedInconsistency } from "../protocol/inconsistency.ts";
import type { OxmFieldName } from "../protocol/oxm-field.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import { checkFlowMod } from "../verdict/flow-mod.ts";
import type { FlowSyntaxError } from "./flow-syntax-error.ts";
import { prerequisiteHint, prerequisiteWords } from "./match-words.ts";
import { refuse, type Token } from "./scanner.ts";

/** Which words the parts of a flow were read from. */
export type Places = WeakMap<object, Token>;

/** Why Open vSwitch would refuse `flow`, said of the word it was read from, or of `text` where no word says it. */
export function flowRefusal(flow: FlowMod, places: Places, text: Token): FlowSyntaxError | undefined {
  const fault = checkFlowMod(flow);
  if (fault === undefined) return undefined;
  const parts = partsAt(flow, fault.path);
  if (isLeftToSwitch(fault, parts)) return undefined;
  const token = parts.flatMap((part) => places.get(part) ?? []).at(-1) ?? text;
  const { reason, error, missing, hint } = fault;
  const field = parts.flatMap(fieldsOf).at(-1);
  const facts = { openflowError: error, ...(field === undefined ? {} : { field }) };
  if (missing !== undefined) {
    const [key = ""] = token.text.split(/[=:(]/);
    return refuse(token, `${key} needs ${prerequisiteWords[missing]} in the match`, {
      ...facts,
      hint: prerequisiteHint(missing),
    });
  }
  return refuse(token, reason, { ...facts, ...(hint === undefined ? {} : { hint }) });
}

/** The field that a part of a match or an action is about. */
export function fieldsOf(part: object): OxmFieldName[] {
  const oxm: unknown = "oxm" in part ? part.oxm : part;
  if (typeof oxm !== "object" || oxm === null || !("field" in oxm)) return [];
  const field = typeof oxm.field === "string" ? oxmFieldByName.get(oxm.field) : undefined;
  return field === undefined ? [] : [field.name];
}

/** Errors about actions, fields and instructions that Open vSwitch doesn't have and other switches may. */
const unknownThings: ReadonlySet<string> = new Set([
  "OFPBAC_BAD_TYPE",
  "OFPBAC_BAD_VENDOR",
  "OFPBAC_BAD_VENDOR_TYPE",
  "OFPBAC_BAD_SET_TYPE",
  "OFPBMC_BAD_FIELD",
  "OFPBIC_UNKNOWN_INST",
  "OFPBIC_UNSUP_INST",
  "OFPBIC_BAD_EXPERIMENTER",
]);

/** ovs-ofctl sends these, and so do we: what Open vSwitch keeps for itself, and what a packet's state has to allow. */
function isLeftToSwitch({ error, missing }: PlacedInconsistency, parts: readonly object[]): boolean {
  if (error === "OFPBRC_EPERM" || missing === "ct" || unknownThings.has(error)) return true;
  return parts.some((part) => isBareTci(part) || setsInPort(part));
}

/** Bits of a tag without the one that says there is a tag, as `vlan_tci` can ask for. */
function isBareTci(part: object): boolean {
  return "field" in part && part.field === "vlanPcp";
}

function setsInPort(part: object): boolean {
  return "type" in part && part.type === "setField" && fieldsOf(part).includes("inPort");
}

/** The objects on the way along `path`, such as `instructions[0].actions[2]`, the outermost first. */
function partsAt(flow: FlowMod, path: string): object[] {
  const parts: object[] = [];
  let at: unknown = flow;
  for (const [step] of path.matchAll(/[^.[\]]+/g)) {
    at = typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
    if (typeof at === "object" && at !== null) parts.push(at);
  }
  return parts;
}
