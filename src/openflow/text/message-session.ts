// Prints the messages about the connection itself: greetings, errors, echoes, the switch's features and configuration,
// roles, and who gets which asynchronous messages.
import { encode } from "../message.ts";
import type { RoleReplyMessage, RoleRequestMessage } from "../protocol/controller-role.ts";
import type { ErrorMessage } from "../protocol/error.ts";
import type { HelloMessage } from "../protocol/hello.ts";
import { Capability, type FeaturesReplyMessage, type SwitchConfig } from "../protocol/switch-config.ts";
import { type BitWords, knownBitsText } from "./bit-text.ts";
import { hexDump } from "./message-hex.ts";
import type { MessagePrinters, PrintContext, Unreadable } from "./message-printing.ts";

/** The errors whose data is text. */
const errorsWithText: ReadonlySet<string> = new Set(["OFPHFC_INCOMPATIBLE", "OFPHFC_EPERM"]);

const capabilities: BitWords = [
  ["FLOW_STATS", Capability.flowStats],
  ["TABLE_STATS", Capability.tableStats],
  ["PORT_STATS", Capability.portStats],
  ["GROUP_STATS", Capability.groupStats],
  ["IP_REASM", Capability.ipReassembly],
  ["QUEUE_STATS", Capability.queueStats],
  ["PORT_BLOCKED", Capability.portBlocked],
];

const fragmentWords: readonly string[] = ["normal", "drop", "reassemble", "nx-match"];

const roleWords: Readonly<Record<string, string>> = {
  noChange: "nochange",
  equal: "equal",
  master: "primary",
  slave: "secondary",
};

const roleStatusReasons: Readonly<Record<string, string>> = {
  masterRequest: "primary_request",
  config: "configuration_changed",
  experimenter: "experimenter_data_changed",
};

const packetInFormats: Readonly<Record<string, string>> = {
  standard: "standard",
  nxPacketIn: "nxt_packet_in",
  packetIn2: "nxt_packet_in2",
};

const noGeneration = 0xffff_ffff_ffff_ffffn;

const nothing = (): string => "";

/** Messages about the connection. */
export const sessionPrinters: MessagePrinters<
  | "hello"
  | "error"
  | "echoRequest"
  | "echoReply"
  | "barrierRequest"
  | "barrierReply"
  | "featuresRequest"
  | "featuresReply"
  | "getConfigRequest"
  | "getConfigReply"
  | "setConfig"
  | "roleRequest"
  | "roleReply"
  | "nxRoleRequest"
  | "nxRoleReply"
  | "roleStatus"
  | "setControllerId"
  | "setPacketInFormat"
  | "flowModTableId"
  | "flowAge"
> = {
  hello: helloText,
  error: errorText,
  echoRequest: echoText,
  echoReply: echoText,
  barrierRequest: nothing,
  barrierReply: nothing,
  featuresRequest: nothing,
  featuresReply: featuresText,
  getConfigRequest: nothing,
  getConfigReply: configText,
  setConfig: (message) => (message.flags > 3 ? { error: "OFPSCFC_BAD_FLAGS" } : configText(message)),
  roleRequest: roleText,
  roleReply: roleText,
  nxRoleRequest: ({ role }) => nxRoleText(role),
  nxRoleReply: ({ role }) => nxRoleText(role),
  roleStatus: ({ role, reason, generationId }) => {
    const word = typeof role === "string" ? roleWords[role] : undefined;
    if (word === undefined) return { error: "OFPRRFC_BAD_ROLE" };
    const why = typeof reason === "string" ? roleStatusReasons[reason] : "(unknown)";
    return ` role=${word}${generationText(generationId)} reason=${why}`;
  },
  setControllerId: ({ controllerId }) => ` id=${controllerId}`,
  setPacketInFormat: ({ format }) => {
    const word = typeof format === "string" ? packetInFormats[format] : undefined;
    return word === undefined ? { error: "OFPBRC_EPERM" } : ` format=${word}`;
  },
  flowModTableId: ({ set }) => (set === 0 ? " disable" : " enable"),
  flowAge: nothing,
};

function helloText(message: HelloMessage): string {
  const { versions, understood } = versionsOf(message);
  const words = versions.map((version) => `0x${version.toString(16).padStart(2, "0")}`);
  const bitmap = `\n version bitmap: ${words.join(", ")}`;
  return understood ? bitmap : `${bitmap}\n unknown data in hello:\n${hexDump(encode(message))}`;
}

/** The versions that a hello offers, as far as Open vSwitch looks at them: those below 32, and never 0. */
function versionsOf({ version, elements }: HelloMessage): {
  versions: readonly number[];
  understood: boolean;
} {
  let versions = Array.from({ length: Math.min(version, 31) }, (_, below) => below + 1);
  let understood = true;
  for (const element of elements) {
    const offered =
      element.type === "versionBitmap" ? element.versions.filter((one) => one > 0 && one < 32) : [];
    if (offered.length === 0) understood = false;
    else versions = offered;
  }
  return { versions, understood };
}

function errorText(
  { name, data, errorType, errorCode, experimenter }: ErrorMessage,
  context: PrintContext,
): string {
  if (name.startsWith("unknown ")) {
    const ids = experimenter === undefined ? [] : words32(experimenter);
    return `***decode error***${hexDump(Uint8Array.from([...words16(errorType), ...words16(errorCode), ...ids, ...data]))}`;
  }
  const told = errorsWithText.has(name) ? printable(data).replace(/ $/, "") : context.innerBytes(data);
  return told === "" ? ` ${name}` : ` ${name}\n${told}`;
}

function words16(word: number): readonly number[] {
  return [word >> 8, word & 0xff];
}

function words32(word: number): readonly number[] {
  return [...words16(word >>> 16), ...words16(word & 0xffff)];
}

/** Bytes as text; what can't be printed as three octal digits. */
function printable(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x5c && byte !== 0x22;
    return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return characters.join("");
}

function echoText({ data }: { readonly data: Uint8Array }, { isBrief }: PrintContext): string {
  const size = ` ${data.length} bytes of payload`;
  return data.length === 0 || isBrief ? size : `${size}\n${hexDump(data)}`;
}

function featuresText(message: FeaturesReplyMessage): string {
  const { datapathId, nTables, nBuffers, auxiliaryId } = message;
  const auxiliary = auxiliaryId === 0 ? "" : `, auxiliary_id:${auxiliaryId}`;
  return [
    ` dpid:${datapathId.toString(16).padStart(16, "0")}`,
    `n_tables:${nTables}, n_buffers:${nBuffers}${auxiliary}`,
    `capabilities: ${knownBitsText(message.capabilities, capabilities)}`,
  ].join("\n");
}

function configText({ flags, missSendLen }: SwitchConfig): string | Unreadable {
  const fragments = fragmentWords[flags & 3];
  return ` frags=${fragments} miss_send_len=${missSendLen}`;
}

function roleText({ type, role, generationId }: RoleRequestMessage | RoleReplyMessage): string | Unreadable {
  const word = typeof role === "string" ? roleWords[role] : undefined;
  if (word === undefined) return { error: "OFPRRFC_BAD_ROLE" };
  return ` role=${word}${type === "roleRequest" && role === "noChange" ? "" : generationText(generationId)}`;
}

/** Nothing for a generation that nobody has told. */
function generationText(generationId: bigint): string {
  return generationId === noGeneration ? "" : ` generation_id=${generationId}`;
}

function nxRoleText(role: string | number): string | Unreadable {
  const word = typeof role === "string" ? roleWords[role] : undefined;
  return word === undefined ? { error: "OFPRRFC_BAD_ROLE" } : ` role=${word}`;
}
