// Why a lane carries or doesn't, as the switch itself says: ARP and IP, both ways, are traced through its tables, and for
// each one line tells where the packet ends and whose flow decided that.
import type { Trace, TraceStep } from "../unixctl/index.ts";
import { routerMac } from "./address.ts";
import type { Service } from "./document/policy.ts";
import { CookieKind, type CookieOwner, cookieOwner } from "./lane/cookie.ts";
import type { Lane } from "./lane/lane.ts";
import type { LaneDown } from "./lane/state.ts";

/** Which packet was traced. */
export type PacketName = "arp-from-probe" | "ip-to-collector" | "arp-from-collector" | "ip-from-collector";

/** The flow that decided about a packet. */
export interface Decision {
  readonly bridge: string;
  readonly table: number;
  readonly priority: number;
  readonly cookie: bigint;
  /** As ovs-ofctl writes it; empty for a flow that matches everything. */
  readonly match: string;
  readonly owner: "this lane" | "another lane" | "all lanes" | "somebody else";
  /** The lane whose flow it is, when it is one of the policy. */
  readonly lane: string | undefined;
}

/** What became of one packet. */
export interface TracedPacket {
  readonly packet: PacketName;
  /** Whether it ended where the lane wants it. */
  readonly arrived: boolean;
  /** Where it left the switch; empty when it was dropped. */
  readonly ports: readonly string[];
  /** Undefined when no flow matched. */
  readonly decision: Decision | undefined;
  readonly sentence: string;
  readonly trace: Trace;
}

/** Why a lane carries or doesn't. */
export interface Explanation {
  readonly lane: string;
  /** Why it is down; nothing is traced then. */
  readonly down: LaneDown | undefined;
  readonly packets: readonly TracedPacket[];
  /** All of it in one sentence. */
  readonly sentence: string;
}

/** The names by which a trace speaks of the lane's ports and bridges. */
export interface LanePlaces {
  readonly integration: string;
  readonly provider: string;
  /** The probe's interface. */
  readonly probe: string;
  /** The collector's interface, when it is on this node; else the provider bridge's uplinks. */
  readonly collector: readonly string[];
  /** The policy's lanes by their ids. */
  readonly lanes: ReadonlyMap<number, string>;
}

/** A packet to be traced, and where it must come out. */
export interface TraceRequest {
  readonly packet: PacketName;
  readonly bridge: string;
  /** In the syntax of ofproto/trace. */
  readonly flow: string;
  readonly from: string;
  readonly expected: readonly string[];
}

/** The four packets that tell whether a lane carries. Where `allow` is given, IP is the first service that passes. */
export function traceRequests(lane: Lane, places: LanePlaces): readonly TraceRequest[] {
  const { probe, proxy, collector, route } = lane;
  const [service] = collector.allow ?? [];
  const far = route.placement === "same-node" ? places.integration : places.provider;
  const vlan =
    route.placement === "elsewhere" && collector.segment !== "flat" ? `,dl_vlan=${collector.segment}` : "";
  const [entry = ""] = places.collector;
  const [entryPort = 0] = route.placement === "same-node" ? [route.collectorPort] : route.uplinks;
  const fromProbe = `in_port=${probe.port}`;
  const fromCollector = `in_port=${entryPort}${vlan}`;
  const ttl = "nw_ttl=64";
  const near = { bridge: places.integration, from: places.probe };
  const there = { bridge: far, from: entry };
  return [
    {
      packet: "arp-from-probe",
      ...near,
      flow: `${fromProbe},${arp(probe, collector.ip)}`,
      expected: [places.probe],
    },
    {
      packet: "ip-to-collector",
      ...near,
      flow: `${fromProbe},dl_src=${probe.mac},dl_dst=${routerMac},${protocol(service, "to")},nw_src=${probe.ip},nw_dst=${collector.ip},${ttl}`,
      expected: places.collector,
    },
    {
      packet: "arp-from-collector",
      ...there,
      flow: `${fromCollector},${arp(collector, proxy.ip)}`,
      expected: [entry],
    },
    {
      packet: "ip-from-collector",
      ...there,
      flow: `${fromCollector},dl_src=${collector.mac},dl_dst=${proxy.mac},${protocol(service, "from")},nw_src=${collector.ip},nw_dst=${proxy.ip},${ttl}`,
      expected: [places.probe],
    },
  ];
}

function arp({ ip, mac }: { readonly ip: string; readonly mac: string }, target: string): string {
  return `dl_src=${mac},dl_dst=ff:ff:ff:ff:ff:ff,arp,arp_op=1,arp_spa=${ip},arp_tpa=${target},arp_sha=${mac}`;
}

function protocol(service: Service | undefined, direction: "to" | "from"): string {
  if (service === undefined || service.protocol === "icmp")
    return `icmp,icmp_type=${direction === "to" ? 8 : 0}`;
  // Any port stands for the probe's own end.
  const [src, dst] = direction === "to" ? [40_000, service.port] : [service.port, 40_000];
  const { protocol: name } = service;
  return `${name},${name}_src=${src},${name}_dst=${dst}`;
}

/** What became of a packet, by its trace with port names. */
export function tracedPacket(
  lane: Lane,
  places: LanePlaces,
  request: TraceRequest,
  trace: Trace,
): TracedPacket {
  const { packet, expected } = request;
  const ports = outputs(trace.datapathActions);
  const answers = packet.startsWith("arp");
  const arrived = answers
    ? ports.length === 1 && ports[0] === request.from
    : ports.some((port) => expected.includes(port));
  const decision = decisionOf(lane, places, trace, arrived);
  const sentence = `${packetTexts[packet]}: ${endText(request, ports, arrived)}; ${decisionText(lane, decision)}`;
  return { packet, arrived, ports, decision, sentence, trace };
}

const packetTexts: Readonly<Record<PacketName, string>> = {
  "arp-from-probe": "ARP from the probe",
  "ip-to-collector": "IP to the collector",
  "arp-from-collector": "ARP from the collector",
  "ip-from-collector": "IP from the collector",
};

/** The ports that datapath actions send a packet to: the words that take no argument and aren't actions themselves. */
function outputs(actions: string): readonly string[] {
  const words: string[] = [];
  let depth = 0;
  let word = "";
  for (const character of `${actions},`) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) {
      words.push(word.trim());
      word = "";
    } else {
      word += character;
    }
  }
  const plain = words.filter((text) => text !== "" && !text.includes("("));
  return plain.filter((text) => !["drop", "pop_vlan", "pop_eth", "ct_clear"].includes(text));
}

function decisionOf(
  lane: Lane,
  places: LanePlaces,
  { steps }: Trace,
  arrived: boolean,
): Decision | undefined {
  const matched = steps.filter((step) => step.matched && step.table !== undefined);
  const own = matched.filter(({ cookie }) => isOf(lane, cookie));
  const ours = matched.filter(({ cookie }) => cookieOwner(cookie ?? 0n) !== undefined);
  // A flood that the lane's flow began may pass through more tables after it.
  const step = (arrived ? own.at(-1) : ours.at(-1)) ?? matched.at(-1);
  return step === undefined ? undefined : decisionBy(lane, places, step);
}

function isOf(lane: Lane, cookie: bigint | undefined): boolean {
  return cookie !== undefined && cookieOwner(cookie)?.lane === lane.id;
}

function decisionBy(
  lane: Lane,
  { lanes }: LanePlaces,
  { bridge, table, priority, cookie = 0n, match }: TraceStep,
): Decision {
  const owner = cookieOwner(cookie);
  return {
    bridge,
    table: table ?? 0,
    priority: priority ?? 0,
    cookie,
    match: match ?? "",
    owner: ownerOf(lane, owner),
    lane: owner === undefined ? undefined : lanes.get(owner.lane),
  };
}

function ownerOf(lane: Lane, owner: CookieOwner | undefined): Decision["owner"] {
  if (owner === undefined) return "somebody else";
  if (owner.kind === CookieKind.fixedHook || owner.kind === CookieKind.fixedBody) return "all lanes";
  return owner.lane === lane.id ? "this lane" : "another lane";
}

function endText({ packet, expected }: TraceRequest, ports: readonly string[], arrived: boolean): string {
  if (packet.startsWith("arp")) {
    if (arrived) return "answered by the switch";
    return ports.length === 0 ? "dropped, not answered" : `not answered, goes on to ${ports.join(", ")}`;
  }
  if (ports.length === 0) return "dropped";
  return arrived
    ? `leaves by ${ports.join(", ")}`
    : `goes to ${ports.join(", ")} instead of ${expected.join(" or ")}`;
}

function decisionText(lane: Lane, decision: Decision | undefined): string {
  if (decision === undefined) return "no flow matched";
  const { bridge, table, priority, cookie, match, owner } = decision;
  const other = decision.lane === undefined ? "another lane" : `lane ${decision.lane}`;
  const whose = {
    "this lane": `of lane ${lane.name}`,
    "another lane": `of ${other}`,
    "all lanes": "of all lanes",
    "somebody else": `of somebody else, cookie 0x${cookie.toString(16)}`,
  }[owner];
  const what = match === "" ? "everything" : match;
  return `decided by ${bridge} table ${table} priority ${priority} (${what}), ${whose}`;
}

/** The explanation of a lane whose packets were traced. */
export function explanationOf(lane: Lane, collector: string, packets: readonly TracedPacket[]): Explanation {
  const failed = packets.filter(({ arrived }) => !arrived).map(({ packet }) => packetTexts[packet]);
  const sentence =
    failed.length === 0
      ? `${lane.name} and ${collector} reach each other`
      : `${lane.name} and ${collector} don't reach each other: ${failed.join(", ")}`;
  return { lane: lane.name, down: undefined, packets, sentence };
}
