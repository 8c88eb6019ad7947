// Prints who gets which asynchronous messages: one list for a controller that is primary (or equal), one for a secondary.
import type { AsyncConfig } from "../protocol/controller-role.ts";
import type { AsyncKind, NxSetAsyncConfig2Message } from "../protocol/nx-connection.ts";
import type { MessagePrinters, Unreadable } from "./message-printing.ts";

/** One kind of asynchronous messages: its word, the reasons for one from the lowest bit up, and what is asked for it. */
interface Kind {
  readonly word: string;
  readonly reasons: readonly string[];
  readonly masters: AsyncKind;
  readonly slaves: AsyncKind;
}

const kinds: readonly Kind[] = [
  {
    word: "PACKET_IN",
    reasons: ["no_match", "action", "invalid_ttl"],
    masters: "packetInMaster",
    slaves: "packetInSlave",
  },
  {
    word: "PORT_STATUS",
    reasons: ["add", "delete", "modify"],
    masters: "portStatusMaster",
    slaves: "portStatusSlave",
  },
  {
    word: "FLOW_REMOVED",
    reasons: ["idle", "hard", "delete", "group_delete", "meter_delete", "eviction"],
    masters: "flowRemovedMaster",
    slaves: "flowRemovedSlave",
  },
  {
    word: "ROLE_STATUS",
    reasons: ["primary_request", "configuration_changed", "experimenter_data_changed"],
    masters: "roleStatusMaster",
    slaves: "roleStatusSlave",
  },
  {
    word: "TABLE_STATUS",
    reasons: ["", "", "", "vacancy_down", "vacancy_up"],
    masters: "tableStatusMaster",
    slaves: "tableStatusSlave",
  },
  {
    word: "REQUESTFORWARD",
    reasons: ["group_mod_request", "meter_mod_request"],
    masters: "requestForwardMaster",
    slaves: "requestForwardSlave",
  },
];

type Masks = Readonly<Partial<Record<AsyncKind, number>>>;

/** Requests and replies about asynchronous messages. */
export const asyncPrinters: MessagePrinters<
  "getAsyncRequest" | "getAsyncReply" | "setAsync" | "nxSetAsyncConfig" | "nxSetAsyncConfig2"
> = {
  getAsyncRequest: () => "",
  getAsyncReply: asyncText,
  setAsync: asyncText,
  nxSetAsyncConfig: asyncText,
  nxSetAsyncConfig2: propertiesText,
};

function asyncText(config: AsyncConfig): string {
  return masksText({ ...config });
}

function propertiesText({ properties }: NxSetAsyncConfig2Message): string | Unreadable {
  const masks: Partial<Record<AsyncKind, number>> = {};
  for (const property of properties) {
    if (property.type === "raw") return { error: "OFPACFC_UNSUPPORTED" };
    const kind = kinds.find(({ masters, slaves }) => masters === property.type || slaves === property.type);
    if ((property.mask & ~allOf(kind?.reasons ?? [])) !== 0) return { error: "OFPACFC_INVALID" };
    masks[property.type] = property.mask;
  }
  return masksText(masks);
}

/** The bits that have a reason. */
function allOf(reasons: readonly string[]): number {
  return reasons.reduce((bits, reason, bit) => (reason === "" ? bits : bits | (1 << bit)), 0);
}

function masksText(masks: Masks): string {
  const primary = kinds.map((kind) => kindText(kind, masks[kind.masters] ?? 0));
  const secondary = kinds.map((kind) => kindText(kind, masks[kind.slaves] ?? 0));
  return ["", " primary:", ...primary, "", " secondary:", ...secondary].join("\n");
}

function kindText({ word, reasons }: Kind, mask: number): string {
  const words = reasons.filter((reason, bit) => reason !== "" && ((mask >>> bit) & 1) === 1);
  return `${word.padStart(16)}: ${words.length === 0 ? "(off)" : words.join(" ")}`;
}
