// The words the flows of lanes are made of: matches in the order the wire wants, and the actions that more than one
// flow has. Addresses stay text here; the codec makes bytes of them.
import type { Action } from "../../openflow/protocol/actions.ts";
import type { FlowMod } from "../../openflow/protocol/flow-mod.ts";
import type { Instruction } from "../../openflow/protocol/instructions.ts";
import type { Match, Oxm } from "../../openflow/protocol/match.ts";
import { Group, NO_BUFFER, Port } from "../../openflow/protocol/ports.ts";
import type { Service } from "../document/policy.ts";
import type { Lane } from "./lane.ts";

const EtherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100 } as const;
const IpProto = { icmp: 1, tcp: 6, udp: 17 } as const;

/** What the fields of an IP packet of a lane must be; what is left out may be anything. */
export interface IpFields {
  readonly inPort: number;
  readonly ethSrc?: string;
  readonly ethDst?: string;
  /** `none`: untagged. */
  readonly vlan?: number | "none";
  readonly src?: string;
  readonly dst?: string;
  /** Protocol and port; none means every protocol. */
  readonly service?: readonly Oxm[];
}

/** What the fields of an ARP request must be. */
export interface ArpFields {
  readonly inPort: number;
  readonly ethSrc?: string;
  readonly vlan?: number | "none";
  /** Who asks. */
  readonly spa?: string;
  /** Who is asked for. */
  readonly tpa: string;
}

// Thousands of lanes share these; a plan is mostly made of memory, so what is the same is there once.
const isIpv4: Oxm = { field: "ethType", value: EtherType.ipv4 };
const isArp: Oxm = { field: "ethType", value: EtherType.arp };
const isRequest: Oxm = { field: "arpOp", value: 1 };
const isUntagged: Oxm = { field: "vlanVid", value: "none" };

/** Matches packets by nothing but the port they come in by. */
export function fromPort(inPort: number): Match {
  return [{ field: "inPort", value: inPort }];
}

export function ipPacket({ inPort, ethSrc, ethDst, vlan, src, dst, service = [] }: IpFields): Match {
  const match: Oxm[] = [{ field: "inPort", value: inPort }];
  const [proto, port] = service;
  if (ethDst !== undefined) match.push({ field: "ethDst", value: ethDst });
  if (ethSrc !== undefined) match.push({ field: "ethSrc", value: ethSrc });
  match.push(isIpv4);
  if (vlan !== undefined) match.push(vlanIs(vlan));
  if (proto !== undefined) match.push(proto);
  if (src !== undefined) match.push({ field: "ipv4Src", value: src });
  if (dst !== undefined) match.push({ field: "ipv4Dst", value: dst });
  if (port !== undefined) match.push(port);
  return match;
}

export function arpRequest({ inPort, ethSrc, vlan, spa, tpa }: ArpFields): Match {
  const match: Oxm[] = [{ field: "inPort", value: inPort }];
  if (ethSrc !== undefined) match.push({ field: "ethSrc", value: ethSrc });
  match.push(isArp);
  if (vlan !== undefined) match.push(vlanIs(vlan));
  match.push(isRequest);
  if (spa !== undefined) match.push({ field: "arpSpa", value: spa });
  match.push({ field: "arpTpa", value: tpa });
  return match;
}

function vlanIs(value: number | "none"): Oxm {
  return value === "none" ? isUntagged : { field: "vlanVid", value };
}

/** One list of fields for each service that passes in a direction; a single empty one when everything does. */
export function services(
  allow: readonly Service[] | undefined,
  direction: "to" | "from",
): readonly (readonly Oxm[])[] {
  if (allow === undefined) return [[]];
  return allow.map((service): readonly Oxm[] => {
    const proto: Oxm = { field: "ipProto", value: IpProto[service.protocol] };
    if (service.protocol === "icmp") return [proto];
    // The service's port is the collector's: where the probe's packets go to and the collector's come from.
    const end = direction === "to" ? "Dst" : "Src";
    return [proto, { field: `${service.protocol}${end}`, value: service.port }];
  });
}

export function output(port: number): Action {
  return { type: "output", port, maxLen: 0 };
}

function setMac(field: "ethSrc" | "ethDst" | "arpSha", value: string): Action {
  return { type: "setField", oxm: { field, value } };
}

function setIp(field: "ipv4Src" | "ipv4Dst" | "arpSpa", value: string): Action {
  return { type: "setField", oxm: { field, value } };
}

/** From the probe's own addresses to the ones the provider network knows. */
export function toProviderAddresses(lane: Lane): readonly Action[] {
  const { proxy, probe, collector } = lane;
  const source = proxy.ip === probe.ip ? [] : [setIp("ipv4Src", proxy.ip)];
  return [setMac("ethSrc", proxy.mac), setMac("ethDst", collector.mac), ...source];
}

/** From the addresses the provider network knows back to the probe's own. */
export function toProbeAddresses(lane: Lane, routerMac: string): readonly Action[] {
  const { proxy, probe } = lane;
  const destination = proxy.ip === probe.ip ? [] : [setIp("ipv4Dst", probe.ip)];
  return [setMac("ethSrc", routerMac), setMac("ethDst", probe.mac), ...destination];
}

const answersSender: Action = {
  type: "regMove",
  nBits: 48,
  srcOfs: 0,
  dstOfs: 0,
  src: "NXM_OF_ETH_SRC",
  dst: "NXM_OF_ETH_DST",
};
const isAnswer: Action = { type: "setField", oxm: { field: "arpOp", value: 2 } };
const answersSenderMac: Action = { ...answersSender, src: "NXM_NX_ARP_SHA", dst: "NXM_NX_ARP_THA" };
const answersSenderIp: Action = { ...answersSender, nBits: 32, src: "NXM_OF_ARP_SPA", dst: "NXM_OF_ARP_TPA" };
// The ingress port's own number would be dropped in silence.
const goesBack: Action = output(Port.inPort);

/** Makes of an ARP request for `ip` the answer that `mac` has it, and sends that back. */
export function respond(ip: string, mac: string): readonly Action[] {
  // Each move comes before the load that would overwrite what it reads.
  return [
    answersSender,
    setMac("ethSrc", mac),
    isAnswer,
    answersSenderMac,
    answersSenderIp,
    setMac("arpSha", mac),
    setIp("arpSpa", ip),
    goesBack,
  ];
}

export function popVlan(segment: "flat" | number): readonly Action[] {
  return segment === "flat" ? [] : [{ type: "popVlan" }];
}

export function pushVlan(segment: "flat" | number): readonly Action[] {
  if (segment === "flat") return [];
  return [
    { type: "pushVlan", etherType: EtherType.vlan },
    { type: "setField", oxm: { field: "vlanVid", value: segment } },
  ];
}

/** Where a flow stands and whose it is. */
export interface FlowPlace {
  readonly cookie: bigint;
  readonly tableId: number;
  readonly priority: number;
}

/** A flow that applies actions; with none it drops. */
export function actionFlow(place: FlowPlace, match: Match, actions: readonly Action[]): FlowMod {
  return flowAt(place, match, actions.length === 0 ? [] : [{ type: "applyActions", actions: [...actions] }]);
}

/** A flow that hands packets to another table. */
export function gotoFlow(place: FlowPlace, match: Match, tableId: number): FlowMod {
  return flowAt(place, match, [{ type: "gotoTable", tableId }]);
}

// The same as flowMod() gives; written out, since a spread for each of a hundred thousand flows is what a plan costs most.
function flowAt(
  { cookie, tableId, priority }: FlowPlace,
  match: Match,
  instructions: Instruction[],
): FlowMod {
  return {
    cookie,
    cookieMask: 0n,
    tableId,
    command: "add",
    idleTimeout: 0,
    hardTimeout: 0,
    priority,
    bufferId: NO_BUFFER,
    outPort: Port.any,
    outGroup: Group.any,
    flags: 0,
    match,
    instructions,
  };
}
