// dpctl/dump-flows: the flows that the datapath has cached of late, with how much each carried and when it last did.
// OpenFlow 1.3's counters don't tell the latter.
import type { WaitOptions } from "../transport/deadline.ts";
import type { Unixctl } from "./unixctl.ts";

/** A flow of the datapath's cache. Addresses have a mask behind a slash where only a part is matched. */
export interface DatapathFlow {
  /** Every attribute of the match by name, with what stands in its brackets; those of an inner packet too. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The port's name, or the datapath's (not OpenFlow's) number. */
  readonly inPort: string | undefined;
  /** 1 to 4094; undefined without a tag, or where tags aren't matched. */
  readonly vlan: number | undefined;
  readonly ethSrc: string | undefined;
  readonly ethDst: string | undefined;
  /** Of what is inside a VLAN tag, such as 0x0800. */
  readonly ethType: number | undefined;
  readonly ipv4Src: string | undefined;
  readonly ipv4Dst: string | undefined;
  readonly ipProto: number | undefined;
  /** Sender's address of an ARP packet. */
  readonly arpSpa: string | undefined;
  /** Target's address of an ARP packet. */
  readonly arpTpa: string | undefined;
  readonly packets: bigint;
  readonly bytes: bigint;
  /** How long ago the last packet was, in milliseconds; undefined for never (of the first packet, which made the flow, nothing is counted). */
  readonly usedMsAgo: number | undefined;
  /** What the datapath does, in its own words. */
  readonly actions: string;
}

/** Options of {@link dumpDatapathFlows}. */
export interface DatapathFlowOptions extends WaitOptions {
  /** One datapath, such as `netdev@ovs-netdev`. Default: every one. */
  readonly datapath?: string | undefined;
}

/** The flows that are in the datapath now. ovs-vswitchd drops those that were idle for `max-idle` (10 s by default). Rejects with `UnixctlError`. */
export async function dumpDatapathFlows(
  unixctl: Unixctl,
  options: DatapathFlowOptions = {},
): Promise<DatapathFlow[]> {
  const { datapath, ...wait } = options;
  const datapaths =
    datapath === undefined ? (await unixctl.run("dpctl/dump-dps", [], wait)).split("\n") : [datapath];
  const texts = await Promise.all(
    datapaths
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => unixctl.run("dpctl/dump-flows", ["--names", name], wait)),
  );
  return texts.flatMap(parseDatapathFlows);
}

/** Parses the text of dpctl/dump-flows, with or without `-m` and `--names`. Lines that are no flow are left out. */
export function parseDatapathFlows(text: string): DatapathFlow[] {
  return text.split("\n").flatMap((line) => parseDatapathFlow(line) ?? []);
}

const flowLine = /^(.*?), packets:(\d+), bytes:(\d+), used:([^,]+),(.*)$/;
const actionsPart = /(?:^| )actions:(.*?)(?:, dp-extra-info:.*)?$/;

/** Parses one line of dpctl/dump-flows. Undefined for a line that is no flow. */
export function parseDatapathFlow(line: string): DatapathFlow | undefined {
  const [, match, packets, bytes, used, rest] = flowLine.exec(line.trim()) ?? [];
  if (match === undefined || packets === undefined || bytes === undefined) return undefined;
  const attributes = attributesIn(match);
  const part = (attribute: string, name: string): string | undefined => {
    const content = attributes.get(attribute);
    return content === undefined ? undefined : membersIn(content).get(name);
  };
  return {
    attributes,
    inPort: attributes.get("in_port"),
    vlan: numberIn(part("vlan", "vid")),
    ethSrc: part("eth", "src"),
    ethDst: part("eth", "dst"),
    ethType: numberIn(attributes.get("eth_type")),
    ipv4Src: part("ipv4", "src"),
    ipv4Dst: part("ipv4", "dst"),
    ipProto: numberIn(part("ipv4", "proto") ?? part("ipv6", "proto")),
    arpSpa: part("arp", "sip"),
    arpTpa: part("arp", "tip"),
    packets: BigInt(packets),
    bytes: BigInt(bytes),
    usedMsAgo: usedMsAgo(used),
    actions: actionsPart.exec(rest ?? "")?.[1] ?? "",
  };
}

/** `name(content),name(content)`; an `encap` is opened, so that what is inside a tag stands for the packet. */
function attributesIn(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of splitOutside(text)) {
    const open = part.indexOf("(");
    if (open < 0 || !part.endsWith(")")) continue;
    const name = part.slice(0, open).trim();
    const content = part.slice(open + 1, -1);
    if (name !== "encap") attributes.set(name, content);
    else for (const [inner, value] of attributesIn(content)) attributes.set(inner, value);
  }
  return attributes;
}

function membersIn(content: string): Map<string, string> {
  return new Map(
    splitOutside(content).flatMap((part) => {
      const equals = part.indexOf("=");
      return equals < 0 ? [] : [[part.slice(0, equals), part.slice(equals + 1)] as const];
    }),
  );
}

/** Splits at the commas that stand in no brackets. */
function splitOutside(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** A number as it is matched; undefined where its mask leaves nothing or only a part of it to match. */
function numberIn(text: string | undefined): number | undefined {
  const [value, mask] = text?.split("/") ?? [];
  if (value === undefined || (mask !== undefined && !/^0xf+$/.test(mask))) return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function usedMsAgo(used: string | undefined): number | undefined {
  const seconds = /^([0-9.]+)s$/.exec(used ?? "")?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}
