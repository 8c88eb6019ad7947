// Prints Open vSwitch's own actions, and the deprecated ones of OpenFlow 1.0, as dump-flows does.
import type { Action } from "../protocol/actions.ts";
import type { LegacyAction } from "../protocol/legacy-actions.ts";
import type { Oxm } from "../protocol/match.ts";
import type { CloneAction, CtAction, NatAction } from "../protocol/nx-ct.ts";
import { CtFlag, NatFlag, NO_RECIRC } from "../protocol/nx-ct.ts";
import type {
  BundleAction,
  BundleLoadAction,
  CopyFieldAction,
  NxFieldAction,
  OutputRegAction,
  StackAction,
} from "../protocol/nx-field-actions.ts";
import type {
  Controller2Action,
  EncapAction,
  EncapProperty,
  NxListedAction,
} from "../protocol/nx-listed-actions.ts";
import type {
  NxPlainAction,
  ResubmitTableAction,
  Sample2Action,
  Sample3Action,
  SampleAction,
} from "../protocol/nx-plain-actions.ts";
import { type SubfieldName, subfieldByName } from "../protocol/subfields.ts";
import { formatIpv4 } from "./address-text.ts";
import { learnText } from "./learn-printer.ts";
import { formatHex, formatWideHex } from "./number-text.ts";
import {
  algWords,
  bundleWords,
  directionWords,
  encapWords,
  hashFieldWords,
  multipathWords,
  natFlagWords,
  reasonWords,
} from "./nx-words.ts";
import { formatPort16, type PortNames } from "./port-text.ts";
import { formatBytes, formatDotted } from "./raw-text.ts";
import { setFieldWord } from "./set-field-words.ts";
import { formatSubfield, optionOfHeader, wholeBits } from "./subfield-text.ts";

/** How the printers of all actions print what these hold. */
export interface Printers {
  readonly actions: (actions: readonly Action[], ports: PortNames | undefined) => string;
  readonly setField: (oxm: Oxm, ports: PortNames | undefined) => string;
  readonly table: (tableId: number) => string;
}

type Printer<A> = (action: A, ports: PortNames | undefined, printers: Printers) => string;
type PrintersOf<A extends { type: string }> = {
  readonly [T in A["type"]]: Printer<Extract<A, { type: T }>>;
};

const ownPort = 0xfff8;
const thisTable = 0xff;

const plainPrinters: PrintersOf<NxPlainAction> = {
  resubmit: ({ inPort }, ports, printing) =>
    resubmitText({ type: "resubmitTable", inPort, tableId: thisTable }, ports, printing),
  resubmitTable: resubmitText,
  resubmitTableCt: resubmitText,
  setTunnel: ({ tunnelId }) => `set_tunnel:${formatHex(tunnelId)}`,
  setTunnel64: ({ tunnelId }) => `set_tunnel64:${formatHex(tunnelId)}`,
  note: ({ data }) => `note:${formatDotted(data)}`,
  finTimeout: ({ finIdleTimeout, finHardTimeout }) =>
    `fin_timeout(${listed([
      finIdleTimeout !== 0 && `idle_timeout=${finIdleTimeout}`,
      finHardTimeout !== 0 && `hard_timeout=${finHardTimeout}`,
    ])})`,
  writeMetadata: ({ metadata, mask }) =>
    `write_metadata:${formatHex(metadata)}${mask === 0xffff_ffff_ffff_ffffn ? "" : `/${formatHex(mask)}`}`,
  conjunction: ({ clause, nClauses, id }) => `conjunction(${id},${clause + 1}/${nClauses})`,
  outputTrunc: ({ port, maxLen }, ports) => `output(port=${formatPort16(port, ports)},max_len=${maxLen})`,
  sample: (action, ports) => sampleText({ ...action, samplingPort: 0xffff, direction: 0 }, ports),
  sample2: (action, ports) => sampleText({ ...action, direction: 0 }, ports),
  sample3: sampleText,
  decap: ({ newPacketType }) =>
    newPacketType === 0xfffe
      ? "decap()"
      : `decap(packet_type(ns=${newPacketType >>> 16},type=${formatHex(newPacketType & 0xffff)}))`,
  controller: ({ maxLen, controllerId, reason }) => controllerText(reason, maxLen, controllerId, []),
  popQueue: () => "pop_queue",
  exit: () => "exit",
  ctClear: () => "ct_clear",
  decNshTtl: () => "dec_nsh_ttl",
  debugSlow: () => "debug_slow",
  debugRecirc: () => "debug_recirc",
};

const fieldPrinters: PrintersOf<NxFieldAction | CopyFieldAction> = {
  regLoad2: ({ oxm }, ports, { setField }) => setField(oxm, ports),
  copyField: ({ nBits, srcOfs, dstOfs, src, dst }) => {
    const from = formatSubfield({ name: src, ofs: srcOfs, nBits });
    return `move:${from}->${formatSubfield({ name: dst, ofs: dstOfs, nBits })}`;
  },
  stackPush: stackText("push"),
  stackPop: stackText("pop"),
  outputReg: outputRegText,
  outputReg2: outputRegText,
  checkPktLarger: ({ packetLength, ofs, dst }) =>
    `check_pkt_larger(${packetLength})->${formatSubfield({ name: dst, ofs, nBits: 1 })}`,
  deleteField: ({ field }) => `delete_field:${fieldWord(field)}`,
  multipath: ({ fields, basis, algorithm, maxLink, arg, dst }) =>
    `multipath(${hashFieldWords.wordOf(fields)},${basis},${multipathWords.wordOf(algorithm)},${maxLink + 1},${arg},${formatSubfield(dst)})`,
  bundle: (action, ports) => bundleText(action, "bundle", "", ports),
  bundleLoad: (action, ports) => bundleText(action, "bundle_load", `${formatSubfield(action.dst)},`, ports),
};

const listedPrinters: PrintersOf<NxListedAction> = {
  decTtlCntIds: ({ controllerIds }) => `dec_ttl(${controllerIds.join(",")})`,
  controller2: controller2Text,
  encap: encapText,
  sample4: (action, ports) => {
    const [obsDomainId, obsPointId] = [action.obsDomain, action.obsPoint].map((id) =>
      typeof id === "number" ? String(id) : formatSubfield(id),
    );
    return sampleText({ ...action, obsDomainId: obsDomainId ?? "", obsPointId: obsPointId ?? "" }, ports);
  },
};

const nestingPrinters: PrintersOf<CtAction | NatAction | CloneAction> = {
  ct: ctText,
  nat: natText,
  clone: ({ actions }, ports, printers) => `clone(${printers.actions(actions, ports)})`,
};

const legacyPrinters: PrintersOf<LegacyAction> = {
  setVlanVid: ({ value }) => `set_vlan_vid:${value}`,
  setVlanPcp: ({ value }) => `set_vlan_pcp:${value}`,
  setDlSrc: ({ address }) => `mod_dl_src:${address}`,
  setDlDst: ({ address }) => `mod_dl_dst:${address}`,
  setNwSrc: ({ value }) => `mod_nw_src:${formatIpv4(BigInt(value))}`,
  setNwDst: ({ value }) => `mod_nw_dst:${formatIpv4(BigInt(value))}`,
  setNwTos: ({ value }) => `mod_nw_tos:${value}`,
  setNwEcn: ({ value }) => `mod_nw_ecn:${value}`,
  setTpSrc: ({ value }) => `mod_tp_src:${value}`,
  setTpDst: ({ value }) => `mod_tp_dst:${value}`,
  setMplsLabel: ({ value }) => `set_mpls_label(${value})`,
  setMplsTc: ({ value }) => `set_mpls_tc(${value})`,
};

/** The actions that this file prints. */
export type ExtensionAction =
  | NxPlainAction
  | NxFieldAction
  | CopyFieldAction
  | NxListedAction
  | CtAction
  | NatAction
  | CloneAction
  | LegacyAction
  | Extract<Action, { type: "learn" | "learn2" }>;

export const extensionPrinters: PrintersOf<ExtensionAction> = {
  ...plainPrinters,
  ...fieldPrinters,
  ...listedPrinters,
  ...nestingPrinters,
  ...legacyPrinters,
  learn: learnText,
  learn2: learnText,
};

/** Of parts that may be missing those that are there, with commas between them. */
function listed(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== "").join(",");
}

/** The word that set_field has for it, whatever its header. */
function fieldWord(name: SubfieldName): string {
  const found = subfieldByName.get(optionOfHeader(name) ?? String(name));
  return found === undefined ? formatSubfield(wholeBits(name)) : setFieldWord(found.field, found.name);
}

function resubmitText(
  { type, inPort, tableId }: ResubmitTableAction<"resubmitTable" | "resubmitTableCt">,
  ports: PortNames | undefined,
  { table }: Printers,
): string {
  const port = inPort === ownPort ? "" : formatPort16(inPort, ports);
  if (port !== "" && tableId === thisTable) return `resubmit:${port}`;
  const tracked = type === "resubmitTableCt" ? ",ct" : "";
  return `resubmit(${port},${tableId === thisTable ? "" : table(tableId)}${tracked})`;
}

function stackText(word: "push" | "pop"): (action: StackAction<"stackPush" | "stackPop">) => string {
  return ({ field, ofs, nBits }) => `${word}:${formatSubfield({ name: field, ofs, nBits })}`;
}

function outputRegText({ src }: OutputRegAction<"outputReg" | "outputReg2">): string {
  return `output:${formatSubfield(src)}`;
}

function bundleText(
  { algorithm, fields, basis, members }: BundleAction | BundleLoadAction,
  word: string,
  dst: string,
  ports: PortNames | undefined,
): string {
  const list = members.map((member) => formatPort16(member, ports)).join(",");
  return `${word}(${hashFieldWords.wordOf(fields)},${basis},${bundleWords.wordOf(algorithm)},ofport,${dst}members:${list})`;
}

type Sampled = Omit<SampleAction | Sample2Action | Sample3Action, "type" | "obsDomainId" | "obsPointId"> & {
  obsDomainId: number | string;
  obsPointId: number | string;
  samplingPort: number;
  direction: number;
};

function sampleText(action: Sampled, ports: PortNames | undefined): string {
  return `sample(${listed([
    `probability=${action.probability}`,
    `collector_set_id=${action.collectorSetId}`,
    `obs_domain_id=${action.obsDomainId}`,
    `obs_point_id=${action.obsPointId}`,
    action.samplingPort !== 0xffff && `sampling_port=${formatPort16(action.samplingPort, ports)}`,
    directionWords[action.direction] ?? "",
  ])})`;
}

/** What a plain output can say is printed as one. */
function controllerText(reason: number, maxLen: number, id: number, more: readonly string[]): string {
  if (reason === 1 && id === 0 && more.join("") === "") return `CONTROLLER:${maxLen}`;
  return `controller(${listed([
    reason !== 1 && `reason=${reasonWords[reason] ?? reason}`,
    maxLen !== 0xffff && `max_len=${maxLen}`,
    id !== 0 && `id=${id}`,
    ...more,
  ])})`;
}

function controller2Text({ properties }: Controller2Action): string {
  const said = { reason: 1, maxLen: 0xffff, controllerId: 0, userdata: "", pause: "", meterId: "" };
  for (const property of properties) {
    if (property.type === "maxLen") said.maxLen = property.maxLen;
    else if (property.type === "reason") said.reason = property.reason;
    else if (property.type === "controllerId") said.controllerId = property.controllerId;
    else if (property.type === "userdata") said.userdata = `userdata=${formatDotted(property.userdata)}`;
    else if (property.type === "pause") said.pause = "pause";
    else if (property.type === "meterId" && property.meterId !== 0)
      said.meterId = `meter_id=${property.meterId}`;
  }
  const { reason, maxLen, controllerId, userdata, pause, meterId } = said;
  return controllerText(reason, maxLen, controllerId, [userdata, pause, meterId]);
}

function encapText({ newPacketType, properties }: EncapAction): string {
  const word = encapWords.get(newPacketType) ?? formatWideHex(newPacketType, 8);
  const parts = properties.map(encapPropertyText);
  return `encap(${word}${parts.length === 0 ? "" : `(${parts.join(",")})`})`;
}

function encapPropertyText(property: EncapProperty): string {
  if (property.type === "nshMdType") return `md_type=${property.mdType}`;
  if (property.type === "raw") {
    return `property(class=${property.propClass},type=${property.number},data=${formatBytes(property.data)})`;
  }
  return `tlv(${formatWideHex(property.tlvClass, 4)},${property.tlvType},${formatBytes(property.data)})`;
}

function ctText(action: CtAction, ports: PortNames | undefined, printers: Printers): string {
  const { flags, zone, recircTable, alg, actions } = action;
  const nat = natBefore(actions);
  const executed = nat === undefined ? actions : actions.slice(1);
  return `ct(${listed([
    (flags & CtFlag.commit) !== 0 && "commit",
    (flags & CtFlag.force) !== 0 && "force",
    recircTable !== NO_RECIRC && `table=${printers.table(recircTable)}`,
    zone !== 0 && `zone=${typeof zone === "number" ? zone : formatSubfield(zone)}`,
    nat !== undefined && natText(nat),
    executed.length !== 0 && `exec(${printers.actions(executed, ports)})`,
    alg !== 0 && `alg=${algWords.get(alg) ?? alg}`,
  ])})`;
}

/** A nat that comes first is printed outside of exec. */
function natBefore([first]: readonly Action[]): NatAction | undefined {
  return first?.type === "nat" ? first : undefined;
}

function natText(nat: NatAction): string {
  const { flags } = nat;
  const way = (flags & NatFlag.src) !== 0 ? "src" : (flags & NatFlag.dst) !== 0 ? "dst" : "";
  if (way === "") return "nat";
  const range = natRangeText(nat);
  const words = natFlagWords.filter(([, flag]) => (flags & flag) !== 0).map(([word]) => word);
  return `nat(${[range === "" ? way : `${way}=${range}`, ...words].join(",")})`;
}

function natRangeText({ ipv4Min, ipv4Max, ipv6Min, ipv6Max, protoMin, protoMax }: NatAction): string {
  const bracket = (address: string) => (protoMin === undefined ? address : `[${address}]`);
  const v6 = ipv6Min === undefined ? "" : bracket(ipv6Min);
  const v6End = ipv6Max === undefined ? "" : `-${bracket(ipv6Max)}`;
  const v4End = ipv4Max === undefined ? "" : `-${ipv4Max}`;
  const last = protoMax === undefined || protoMax === protoMin ? "" : `-${protoMax}`;
  const ports = protoMin === undefined ? "" : `:${protoMin}${last}`;
  return `${ipv4Min === undefined ? v6 + v6End : ipv4Min + v4End}${ports}`;
}
