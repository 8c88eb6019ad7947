// The words of an action list, as a table: each word says how its argument becomes actions of OpenFlow 1.3. The words of
// OpenFlow 1.0 (mod_nw_src, mod_vlan_vid, strip_vlan) are translated as ovs-ofctl translates them when it speaks 1.3.
import { type Action, CONTROLLER_NO_BUFFER } from "../protocol/actions.ts";
import type { NamedOxm } from "../protocol/match.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import type { PacketShape } from "../protocol/packet-shape.ts";
import { Port } from "../protocol/ports.ts";
import { parseIpv4, parseMac } from "./address-text.ts";
import { ctWords } from "./ct-words.ts";
import { oxmOfBits } from "./field-text.ts";
import { readLearn } from "./learn-reader.ts";
import { allOnes, parseBits, parseCount } from "./number-text.ts";
import { nxActionWords, readController, readDecTtl } from "./nx-action-words.ts";
import { nxFieldWords, readOutputExtension } from "./nx-field-words.ts";
import { type PortNumbers, parsePort } from "./port-text.ts";
import { parseBytes } from "./raw-text.ts";
import { readLoad, readMove, readSetField } from "./register-words.ts";
import { refuse, type Span, type Token, type Word } from "./scanner.ts";
import type { TableNumbers } from "./table-names.ts";
import { argument, readArguments, refuseValue } from "./word-arguments.ts";

/** What a word may look at. */
export interface ActionContext {
  readonly text: string;
  readonly ports: PortNumbers | undefined;
  readonly tables: TableNumbers | undefined;
  /** What is known of the packet when the action runs. */
  readonly shape: PacketShape;
  /** The action that this one stands in. */
  readonly holder: Holder | undefined;
  /** Reads the actions that another one holds. */
  nested(span: Span, holder: Holder): Action[];
}

/** Actions that hold others. */
export type Holder = "ct" | "clone";

/** Makes the actions of one word. */
export type ActionWord = (word: Word, context: ActionContext) => Action[];

const vlanTag = 0x8100;

const plain =
  (type: "copyTtlOut" | "copyTtlIn" | "decMplsTtl" | "popVlan" | "decNwTtl" | "popPbb"): ActionWord =>
  (word) => {
    refuseValue(word);
    return [{ type }];
  };

const output =
  (port: number): ActionWord =>
  (word) => {
    refuseValue(word);
    return [{ type: "output", port, maxLen: 0 }];
  };

const etherType =
  (type: "pushVlan" | "pushMpls" | "popMpls" | "pushPbb"): ActionWord =>
  (word) => [{ type, etherType: parseCount(argument(word), 16, `the type of ${word.key.text}`) }];

/** A word that sets a whole field to a number of `bits` bits. */
const setNumber =
  (name: NamedOxm["field"], bits: number): ActionWord =>
  (word) => [setField(name, parseBits(argument(word), bits, word.key.text))];

const setAddress =
  (name: NamedOxm["field"], parse: (token: Token, what: string) => bigint): ActionWord =>
  (word) => [setField(name, parse(argument(word), word.key.text))];

/** The words, in lower case: ovs-ofctl takes them in any case. */
export const actionWords: ReadonlyMap<string, ActionWord> = new Map<string, ActionWord>([
  ["output", readOutput],
  ["controller", readController],
  ["in_port", output(Port.inPort)],
  ["table", output(Port.table)],
  ["normal", output(Port.normal)],
  ["flood", output(Port.flood)],
  ["all", output(Port.all)],
  ["local", output(Port.local)],
  ["group", (word) => [{ type: "group", groupId: parseCount(argument(word), 32, "group") }]],
  ["set_queue", (word) => [{ type: "setQueue", queueId: parseCount(argument(word), 32, "set_queue") }]],

  ["set_field", readSetField],
  ["load", readLoad],
  ["move", readMove],

  ["mod_dl_src", setAddress("ethSrc", parseMac)],
  ["mod_dl_dst", setAddress("ethDst", parseMac)],
  ["mod_nw_src", setAddress("ipv4Src", parseIpv4)],
  ["mod_nw_dst", setAddress("ipv4Dst", parseIpv4)],
  ["mod_nw_tos", readTos],
  ["mod_nw_ecn", setNumber("ipEcn", 2)],
  ["mod_nw_ttl", readNwTtl],
  ["set_nw_ttl", readNwTtl],
  ["dec_ttl", readDecTtl],
  ["mod_tp_src", (word, context) => [readTransportPort(word, context, "Src")]],
  ["mod_tp_dst", (word, context) => [readTransportPort(word, context, "Dst")]],
  ["set_tunnel", setNumber("tunnelId", 64)],
  ["set_tunnel64", setNumber("tunnelId", 64)],

  ["mod_vlan_vid", (word, context) => tagIfNone(context).concat(setVlanVid(word))],
  ["set_vlan_vid", setVlanVid],
  ["mod_vlan_pcp", (word, context) => tagIfNone(context).concat(setVlanPcp(word))],
  ["set_vlan_pcp", setVlanPcp],
  ["push_vlan", etherType("pushVlan")],
  ["strip_vlan", plain("popVlan")],
  ["pop_vlan", plain("popVlan")],

  ["push_mpls", etherType("pushMpls")],
  ["pop_mpls", etherType("popMpls")],
  ["set_mpls_label", setNumber("mplsLabel", 20)],
  ["set_mpls_tc", setNumber("mplsTc", 3)],
  ["set_mpls_ttl", (word) => [{ type: "setMplsTtl", ttl: parseCount(argument(word), 8, "set_mpls_ttl") }]],
  ["dec_mpls_ttl", plain("decMplsTtl")],

  ...nxActionWords,
  ...nxFieldWords,
  ...ctWords,
  ["learn", readLearn],

  // OpenFlow 1.3 has these and Open vSwitch doesn't, nor does ovs-ofctl; the words are ours.
  ["copy_ttl_out", plain("copyTtlOut")],
  ["copy_ttl_in", plain("copyTtlIn")],
  ["push_pbb", etherType("pushPbb")],
  ["pop_pbb", plain("popPbb")],
  ["raw_action", readRaw],
  ["experimenter_action", readExperimenter],
]);

function setField(name: NamedOxm["field"], value: bigint): Action {
  const field = oxmFieldByName.get(name);
  if (field === undefined) throw new TypeError(`${name} is not in the registry of match fields`);
  return { type: "setField", oxm: oxmOfBits(field, { value, mask: allOnes(field.bits) }) };
}

function readOutput(word: Word, context: ActionContext): Action[] {
  const value = argument(word);
  const extension = readOutputExtension(word, context);
  if (extension !== undefined) return extension;
  const port = parsePort(value, context.ports, "output");
  return [{ type: "output", port, maxLen: port === Port.controller ? CONTROLLER_NO_BUFFER : 0 }];
}

function readTos(word: Word): Action[] {
  const value = argument(word);
  const tos = parseBits(value, 8, "mod_nw_tos");
  if ((tos & 3n) !== 0n) {
    throw refuse(value, `mod_nw_tos: ${value.text} has bits of ECN in it`, {
      hint: "mod_nw_tos takes multiples of 4; mod_nw_ecn sets the two low bits",
    });
  }
  return [setField("ipDscp", tos >> 2n)];
}

function readNwTtl(word: Word): Action[] {
  return [{ type: "setNwTtl", ttl: parseCount(argument(word), 8, word.key.text) }];
}

const transports: ReadonlyMap<number | undefined, "tcp" | "udp" | "sctp"> = new Map([
  [6, "tcp"],
  [17, "udp"],
  [132, "sctp"],
]);

function readTransportPort(word: Word, { shape }: ActionContext, end: "Src" | "Dst"): Action {
  const value = parseBits(argument(word), 16, word.key.text);
  const transport = transports.get(shape.ipProto);
  if (transport !== undefined) return setField(`${transport}${end}`, value);
  throw refuse(word.key, `${word.key.text} needs tcp, udp or sctp in the match`, {
    openflowError: "OFPBAC_MATCH_INCONSISTENT",
    hint: "write a flow for each protocol",
  });
}

/** mod_vlan_vid and mod_vlan_pcp give a packet its tag where none is known of. */
function tagIfNone({ shape }: ActionContext): Action[] {
  return shape.tags === 0 ? [{ type: "pushVlan", etherType: vlanTag }] : [];
}

function setVlanVid(word: Word): Action[] {
  const vid = parseCount(argument(word), 12, word.key.text);
  return [{ type: "setField", oxm: { field: "vlanVid", value: vid } }];
}

function setVlanPcp(word: Word): Action[] {
  const pcp = parseCount(argument(word), 3, word.key.text);
  return [{ type: "setField", oxm: { field: "vlanPcp", value: pcp } }];
}

function readRaw(word: Word, { text }: ActionContext): Action[] {
  const values = readArguments(word, text, ["type", "data"]);
  const [type, data] = [values.get("type"), values.get("data")];
  if (type === undefined || data === undefined) throw refuse(word.key, "raw_action needs type and data");
  return [{ type: "raw", number: parseCount(type, 16, "type"), data: parseBytes(data) }];
}

function readExperimenter(word: Word, { text }: ActionContext): Action[] {
  const values = readArguments(word, text, ["id", "data"]);
  const [id, data] = [values.get("id"), values.get("data")];
  if (id === undefined || data === undefined) throw refuse(word.key, "experimenter_action needs id and data");
  return [{ type: "experimenter", experimenter: parseCount(id, 32, "id"), data: parseBytes(data) }];
}
