// Prints the messages that change a switch: flows, groups, meters, ports, tables, and bundles of such changes.
import { type BundleControlMessage, BundleFlag } from "../protocol/bundle.ts";
import type { FlowModMessage } from "../protocol/flow-mod.ts";
import type { GroupModMessage } from "../protocol/groups.ts";
import type { MeterModMessage } from "../protocol/meters.ts";
import type { PortModMessage } from "../protocol/modification.ts";
import type { NxFlowMod } from "../protocol/nx-flow-mod.ts";
import { NO_BUFFER, Port, Table } from "../protocol/ports.ts";
import { instructionsText } from "./action-printer.ts";
import { type BitWords, bitsText } from "./bit-text.ts";
import { ruleText, withBlank } from "./flow-printer.ts";
import { flagWords } from "./flow-words.ts";
import { formatGroup } from "./group-text.ts";
import type { MessagePrinters, PrintContext, Unreadable } from "./message-printing.ts";
import { formatMeter } from "./meter-text.ts";
import { formatHex } from "./number-text.ts";
import { portConfigWords, portFeatureWords } from "./port-stats-text.ts";
import { formatPort, formatPort16, type PortNames } from "./port-text.ts";

const flowCommands: Readonly<Record<string, string>> = {
  add: "ADD",
  modify: "MOD",
  modifyStrict: "MOD_STRICT",
  delete: "DEL",
  deleteStrict: "DEL_STRICT",
};

const commands: Readonly<Record<string, string>> = {
  add: "ADD",
  modify: "MOD",
  delete: "DEL",
  addOrModify: "ADD_OR_MOD",
};

const controls: Readonly<Record<string, string>> = {
  openRequest: "OPEN_REQUEST",
  openReply: "OPEN_REPLY",
  closeRequest: "CLOSE_REQUEST",
  closeReply: "CLOSE_REPLY",
  commitRequest: "COMMIT_REQUEST",
  commitReply: "COMMIT_REPLY",
  discardRequest: "DISCARD_REQUEST",
  discardReply: "DISCARD_REPLY",
};

const bundleFlagWords: BitWords = [
  ["atomic", BundleFlag.atomic],
  ["ordered", BundleFlag.ordered],
];

/** Changes. */
export const changePrinters: MessagePrinters<
  "flowMod" | "nxFlowMod" | "groupMod" | "meterMod" | "portMod" | "tableMod" | "bundleControl" | "bundleAdd"
> = {
  flowMod: (flow, context) =>
    flowModText({ ...flow, outPort: portWord(flow.outPort, context.ports) }, context),
  nxFlowMod: (flow, context) => {
    const outPort = formatPort16(flow.outPort, context.ports);
    return flowModText({ ...flow, cookieMask: 0n, outPort: outPort === "ANY" ? "" : outPort }, context);
  },
  groupMod: groupModText,
  meterMod: meterModText,
  portMod: portModText,
  tableMod: ({ tableId }) => (tableId === Table.all ? " table_id: ALL_TABLES" : ` table_id=${tableId}`),
  bundleControl: bundleControlText,
  bundleAdd: ({ bundleId, flags, message }, { inner }) =>
    `\n bundle_id=${formatHex(bundleId)} flags=${bundleFlags(flags)}\n${inner(message)}`,
};
/** The port of a flow mod that limits it; empty for no such limit. */
function portWord(port: number, ports: PortNames | undefined): string {
  return port === Port.any ? "" : formatPort(port, ports);
}

type PrintedFlow = Omit<NxFlowMod, "outPort"> &
  Pick<FlowModMessage, "cookieMask"> & { readonly outPort: string };

function flowModText(flow: PrintedFlow, context: PrintContext): string {
  const { command, tableId, idleTimeout, hardTimeout, bufferId, outPort, flags } = flow;
  const parts = [
    ` ${typeof command === "string" ? flowCommands[command] : `cmd:${command}`} `,
    tableId === 0 ? "" : `table:${tableId} `,
    withBlank(ruleText(flow.match, flow.priority, context)),
    cookieText(flow),
    idleTimeout === 0 ? "" : `idle:${idleTimeout} `,
    hardTimeout === 0 ? "" : `hard:${hardTimeout} `,
    bufferId === NO_BUFFER ? "" : `buf:0x${bufferId.toString(16)} `,
    outPort === "" ? "" : `out_port:${outPort} `,
    ...flagWords.filter(([, bit]) => (flags & bit) !== 0).map(([word]) => `${word} `),
    `actions=${instructionsText(flow.instructions, context.ports)}`,
  ];
  return parts.join("");
}

function cookieText({ cookie, cookieMask }: Pick<FlowModMessage, "cookie" | "cookieMask">): string {
  const hex = `cookie:0x${cookie.toString(16)}`;
  if (cookieMask !== 0n) return `${hex}/0x${cookieMask.toString(16)} `;
  return cookie === 0n || cookie === 0xffff_ffff_ffff_ffffn ? "" : `${hex} `;
}

function groupModText({ command, ...group }: GroupModMessage, context: PrintContext): string {
  const word = typeof command === "string" ? commands[command] : `cmd:${command}`;
  const { groupId, groupType, buckets } = group;
  return `\n ${word} ${formatGroup({ groupId, groupType, buckets }, context)}`;
}

/** A delete names the meter and nothing else. */
function meterModText({ command, flags, meterId, bands }: MeterModMessage): string {
  const word = typeof command === "string" ? commands[command] : `cmd:${command}`;
  const meter = command === "delete" ? { flags: 0, meterId, bands: [] } : { flags, meterId, bands };
  return ` ${word} ${formatMeter(meter)}`;
}

function portModText(
  { portNo, hwAddr, config, mask, advertise }: PortModMessage,
  { ports }: PrintContext,
): string {
  const features = portFeatureWords(advertise);
  return [
    ` port: ${formatPort(portNo, ports)}: addr:${hwAddr}`,
    `     config: ${portConfigWords(config & mask)}`,
    `     mask:   ${portConfigWords(mask)}`,
    `     advertise: ${features === "0" ? "UNCHANGED" : features}`,
  ].join("\n");
}

function bundleControlText({ bundleId, control, flags }: BundleControlMessage): string | Unreadable {
  const word = typeof control === "string" ? controls[control] : "";
  return `\n bundle_id=${formatHex(bundleId)} type=${word} flags=${bundleFlags(flags)}`;
}

function bundleFlags(flags: number): string {
  return bitsText(flags, bundleFlagWords);
}
