// Prints actions and instructions as dump-flows does: one row per type in a table that has to be complete.
import type { Action, OutputAction } from "../protocol/actions.ts";
import type { Instruction } from "../protocol/instructions.ts";
import type { Oxm } from "../protocol/match.ts";
import { oxmFieldByName } from "../protocol/oxm-fields.ts";
import { Port } from "../protocol/ports.ts";
import { bitsOfOxm, exactMask, formatFieldValue, formatMaskedValue } from "./field-text.ts";
import { inOrder } from "./instruction-order.ts";
import { allOnes, formatHex, formatWideHex } from "./number-text.ts";
import { type ExtensionAction, extensionPrinters, type Printers } from "./nx-action-printer.ts";
import { formatPort, type PortNames } from "./port-text.ts";
import { formatBytes, formatRawOxm } from "./raw-text.ts";
import { setFieldWord } from "./set-field-words.ts";
import { formatSubfield } from "./subfield-text.ts";
import { formatTable, type TableNames } from "./table-names.ts";
import { tciOfOxm } from "./vlan-text.ts";

/** Actions with commas between them; `drop` for none. */
export function actionsText(actions: readonly Action[], ports?: PortNames, tables?: TableNames): string {
  return actions.length === 0 ? "drop" : textOf(actions, ports, printersFor(tables));
}

function textOf(actions: readonly Action[], ports: PortNames | undefined, printers: Printers): string {
  return actions.map((action) => actionText(action, ports, printers)).join(",");
}

/** Instructions in the order in which they are carried out; `drop` for none. */
export function instructionsText(
  instructions: readonly Instruction[],
  ports?: PortNames,
  tables?: TableNames,
): string {
  const texts = inOrder(instructions).flatMap((instruction) => {
    const text = (instructionPrinters[instruction.type] as InstructionPrinter<Instruction>)(
      instruction,
      ports,
      tables,
    );
    return text === "" ? [] : [text];
  });
  return texts.length === 0 ? "drop" : texts.join(",");
}

type ActionPrinter<A> = (action: A, ports: PortNames | undefined, printers: Printers) => string;
type InstructionPrinter<I> = (
  instruction: I,
  ports: PortNames | undefined,
  tables: TableNames | undefined,
) => string;

function actionText(action: Action, ports: PortNames | undefined, printers: Printers): string {
  return (allPrinters[action.type] as ActionPrinter<Action>)(action, ports, printers);
}

/** The actions of OpenFlow 1.3, and the two that wrote registers first. */
type BasicAction = Exclude<Action, ExtensionAction>;

const actionPrinters: { readonly [T in BasicAction["type"]]: ActionPrinter<BasicAction & { type: T }> } = {
  output: outputText,
  copyTtlOut: () => "copy_ttl_out",
  copyTtlIn: () => "copy_ttl_in",
  setMplsTtl: ({ ttl }) => `set_mpls_ttl(${ttl})`,
  decMplsTtl: () => "dec_mpls_ttl",
  pushVlan: ({ etherType }) => `push_vlan:${formatWideHex(etherType, 4)}`,
  popVlan: () => "pop_vlan",
  pushMpls: ({ etherType }) => `push_mpls:${formatWideHex(etherType, 4)}`,
  popMpls: ({ etherType }) => `pop_mpls:${formatWideHex(etherType, 4)}`,
  setQueue: ({ queueId }) => `set_queue:${queueId}`,
  group: ({ groupId }) => `group:${groupId}`,
  setNwTtl: ({ ttl }) => `mod_nw_ttl:${ttl}`,
  decNwTtl: () => "dec_ttl",
  setField: ({ oxm }, ports) => setFieldText(oxm, ports),
  pushPbb: ({ etherType }) => `push_pbb:${formatWideHex(etherType, 4)}`,
  popPbb: () => "pop_pbb",
  regMove: ({ nBits, srcOfs, dstOfs, src, dst }) => {
    const from = formatSubfield({ name: src, ofs: srcOfs, nBits });
    return `move:${from}->${formatSubfield({ name: dst, ofs: dstOfs, nBits })}`;
  },
  regLoad: ({ ofs, nBits, dst, value }) =>
    `load:${formatHex(value)}->${formatSubfield({ name: dst, ofs, nBits })}`,
  experimenter: ({ experimenter, data }) =>
    `experimenter_action(id=${formatWideHex(experimenter, 8)},data=${formatBytes(data)})`,
  raw: ({ number, data }) => `raw_action(type=${number},data=${formatBytes(data)})`,
};

const allPrinters: { readonly [T in Action["type"]]: ActionPrinter<Action & { type: T }> } = {
  ...actionPrinters,
  ...extensionPrinters,
};

/** What actions that hold others are printed with. */
function printersFor(tables: TableNames | undefined): Printers {
  return {
    actions: (actions, ports) => actionsText(actions, ports, tables),
    setField: setFieldText,
    table: (tableId) => formatTable(tableId, tables),
  };
}

const instructionPrinters: {
  readonly [T in Instruction["type"]]: InstructionPrinter<Instruction & { type: T }>;
} = {
  meter: ({ meterId }) => `meter:${meterId}`,
  applyActions: ({ actions }, ports, tables) =>
    actions.length === 0 ? "" : actionsText(actions, ports, tables),
  clearActions: () => "clear_actions",
  writeActions: ({ actions }, ports, tables) => `write_actions(${actionsText(actions, ports, tables)})`,
  writeMetadata: ({ metadata, mask }) =>
    `write_metadata:${formatHex(metadata)}${mask === allOnes(64) ? "" : `/${formatHex(mask)}`}`,
  experimenter: ({ experimenter, data }) =>
    `experimenter_instruction(id=${formatWideHex(experimenter, 8)},data=${formatBytes(data)})`,
  raw: ({ number, data }) => `raw_instruction(type=${number},data=${formatBytes(data)})`,
  gotoTable: ({ tableId }, _ports, tables) => `goto_table:${formatTable(tableId, tables)}`,
};

function outputText({ port, maxLen }: OutputAction, ports: PortNames | undefined): string {
  if (port === Port.controller) return `CONTROLLER:${maxLen}`;
  const text = formatPort(port, ports);
  return port >= Port.inPort ? text : `output:${text}`;
}

function setFieldText(oxm: Oxm, ports: PortNames | undefined): string {
  if (oxm.field === "raw") {
    const { word, value } = formatRawOxm(oxm);
    return `set_field:${value}->${word}`;
  }
  const field = oxmFieldByName.get(oxm.field);
  const word = field === undefined ? oxm.field : setFieldWord(field, oxm.wireName);
  const bits = oxm.field === "vlanVid" ? tciOfOxm(oxm) : bitsOfOxm(oxm);
  if (field === undefined || bits === undefined) return `set_field:${String(oxm.value)}->${word}`;
  const isWhole = oxm.mask === undefined || bits.mask === exactMask(field);
  if (isWhole) return `set_field:${formatFieldValue(bits.value, field, ports)}->${word}`;
  return `set_field:${formatMaskedValue(bits, field)}->${word}`;
}
