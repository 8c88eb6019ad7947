// What a switch would refuse a message for, found before it is sent. One function for every type of message: those that
// Open vSwitch takes whatever they say have no rule here.
import type { Message, MessageInput } from "../message.ts";
import { checkMatch } from "../protocol/consistency.ts";
import type { RoleRequestMessage } from "../protocol/controller-role.ts";
import { Experimenter } from "../protocol/header.ts";
import { type PlacedInconsistency, placed, refused } from "../protocol/inconsistency.ts";
import { Meter } from "../protocol/meters.ts";
import type { PortModMessage } from "../protocol/modification.ts";
import type { MultipartRequestMessage } from "../protocol/multipart.ts";
import { Port } from "../protocol/ports.ts";
import { checkFlowMod } from "./flow-mod.ts";
import { checkGroupMod } from "./group-mod.ts";
import type { SwitchFacts } from "./known.ts";
import { checkMeterMod } from "./meter-mod.ts";
import { checkPacketOut } from "./packet-out.ts";
import { portFault } from "./port.ts";

export type { SwitchFacts } from "./known.ts";

type Rule<M> = (message: M, facts: SwitchFacts) => PlacedInconsistency | undefined;
type Rules = { readonly [T in Message["type"]]?: Rule<Extract<Message, { type: T }>> };

/** Open vSwitch keeps the last table for itself. */
const ownTable = 254;
/** How fragments are handled: two bits. */
const fragmentFlags = 0x3;
const knownExperimenters: ReadonlySet<number> = new Set([Experimenter.nicira, Experimenter.onf]);

const rules: Rules = {
  raw: ({ version, number }) =>
    version === 4
      ? fault("OFPBRC_BAD_TYPE", `there is no message of type ${number}`, "number")
      : fault("OFPBRC_BAD_VERSION", `this is version ${version}`, "version"),
  experimenter: ({ experimenter }) => {
    const error = knownExperimenters.has(experimenter) ? "OFPBRC_BAD_SUBTYPE" : "OFPBRC_BAD_VENDOR";
    return fault(error, `0x${experimenter.toString(16)} has no such message in Open vSwitch`, "experimenter");
  },
  flowMod: checkFlowMod,
  groupMod: checkGroupMod,
  meterMod: checkMeterMod,
  packetOut: checkPacketOut,
  portMod: portModFault,
  multipartRequest: multipartFault,
  roleRequest: roleFault,
  tableMod: ({ tableId }) =>
    tableId === ownTable
      ? fault("OFPTMFC_EPERM", "table 254 is Open vSwitch's own", "tableId", "write a table from 0 to 253")
      : undefined,
  setConfig: ({ flags }) =>
    (flags & ~fragmentFlags) === 0
      ? undefined
      : fault("OFPSCFC_BAD_FLAGS", `0x${flags.toString(16)} has flags nobody knows`, "flags"),
  queueGetConfigRequest: ({ portNo }, facts) =>
    portFault(portNo, "portNo") ?? queuePortFault(portNo, "portNo", facts),
  ...toController(),
};

function fromSwitch({ type }: Message): PlacedInconsistency {
  return fault("OFPBRC_BAD_TYPE", `${type} goes from switches to controllers`, "type");
}

/** What a switch says itself, and takes from nobody. */
function toController(): Rules {
  return {
    error: fromSwitch,
    featuresReply: fromSwitch,
    getConfigReply: fromSwitch,
    packetIn: fromSwitch,
    flowRemoved: fromSwitch,
    portStatus: fromSwitch,
    multipartReply: fromSwitch,
    barrierReply: fromSwitch,
    queueGetConfigReply: fromSwitch,
    roleReply: fromSwitch,
    getAsyncReply: fromSwitch,
  };
}

/**
 * The first reason why Open vSwitch 3.1 would refuse `message`: the name of its error, what is wrong, where in the message,
 * and what to write instead where there is something. What the switch itself has (ports, groups, meters) counts where
 * `facts` says it; fields that came later (`reg16` to `reg31` and the registers over them) pass, for newer switches have
 * them. Undefined where nothing is wrong.
 */
export function checkMessage(
  message: MessageInput,
  facts: SwitchFacts = {},
): PlacedInconsistency | undefined {
  const rule = rules[message.type] as Rule<Message> | undefined;
  return rule?.({ version: 4, xid: 0, ...message } as Message, facts);
}

function fault(error: string, reason: string, path: string, hint?: string): PlacedInconsistency {
  return placed(refused(error, reason, hint), path);
}

/** Generations go round: what is less than half of them ahead comes after. */
function isBefore(generation: bigint, last: bigint): boolean {
  return BigInt.asIntN(64, generation - last) < 0n;
}

function roleFault(
  { role, generationId }: RoleRequestMessage,
  facts: SwitchFacts,
): PlacedInconsistency | undefined {
  if (typeof role === "number") return fault("OFPRRFC_BAD_ROLE", `there is no role ${role}`, "role");
  const claims = role === "master" || role === "slave";
  const isStale = claims && facts.generationId !== undefined && isBefore(generationId, facts.generationId);
  return isStale
    ? fault("OFPRRFC_STALE", `generation ${facts.generationId} was claimed before`, "generationId")
    : undefined;
}

function portModFault(
  { portNo, hwAddr }: PortModMessage,
  { ports }: SwitchFacts,
): PlacedInconsistency | undefined {
  const wrong = portFault(portNo, "portNo");
  if (wrong !== undefined || ports === undefined) return wrong;
  const own = ports.get(portNo);
  if (own === undefined) return fault("OFPPMFC_BAD_PORT", `there is no port ${portNo}`, "portNo");
  return own === hwAddr
    ? undefined
    : fault("OFPPMFC_BAD_HW_ADDR", `port ${portNo} has another address`, "hwAddr", `write ${own}`);
}

function queuePortFault(
  portNo: number,
  path: string,
  { ports }: SwitchFacts,
): PlacedInconsistency | undefined {
  return ports === undefined || portNo === Port.any || ports.has(portNo)
    ? undefined
    : fault("OFPQOFC_BAD_PORT", `there is no port ${portNo}`, path);
}

function multipartFault(
  message: MultipartRequestMessage,
  facts: SwitchFacts,
): PlacedInconsistency | undefined {
  const { multipart, body } = message;
  if (multipart === "raw") {
    return fault("OFPBRC_BAD_STAT", `there is no multipart of type ${body.number}`, "body.number");
  }
  if (multipart === "flow" || multipart === "aggregate") {
    return withinBody(checkMatch(body.match)) ?? portFault(body.outPort, "body.outPort");
  }
  if (multipart === "portStats") return portFault(body.portNo, "body.portNo");
  if (multipart === "queueStats") {
    return portFault(body.portNo, "body.portNo") ?? queuePortFault(body.portNo, "body.portNo", facts);
  }
  const asksForMeter = multipart === "meterStats" || multipart === "meterConfig";
  return asksForMeter ? meterFault(body.meterId, facts) : undefined;
}

function withinBody(found: PlacedInconsistency | undefined): PlacedInconsistency | undefined {
  return found === undefined ? undefined : { ...found, path: `body.${found.path}` };
}

function meterFault(meterId: number, { meters }: SwitchFacts): PlacedInconsistency | undefined {
  return meters === undefined || meterId === Meter.all || meters.has(meterId)
    ? undefined
    : fault("OFPMMFC_UNKNOWN_METER", `there is no meter ${meterId}`, "body.meterId");
}
