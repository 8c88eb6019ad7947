// The datapath actions that ofproto/trace ends with, carried out on a packet in our hands: what leaves which port, and
// how it looks by then. This is how the cases are proven where no packet can be sent.
import { OvskitError } from "../src/errors.ts";

/** A packet as ofproto/trace describes one: ovs-ofctl's field names and values, in text. */
export type TracePacket = Readonly<Record<string, string>>;

/** A packet that leaves the switch. */
export interface Departure {
  readonly port: string;
  readonly packet: TracePacket;
}

/** The packet in the words of ofproto/trace. */
export function flowText(inPort: string, packet: TracePacket): string {
  const { kind, ...fields } = packet;
  return [
    `in_port="${inPort}"`,
    kind,
    ...Object.entries(fields).map(([name, value]) => `${name}=${value}`),
  ].join(",");
}

// Splits "a(b,c),d" at the commas outside parentheses.
function splitList(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part].map((word) => word.trim()).filter((word) => word !== "");
}

const setFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  eth: { src: "dl_src", dst: "dl_dst" },
  ipv4: { src: "nw_src", dst: "nw_dst" },
  arp: { sip: "arp_spa", tip: "arp_tpa", op: "arp_op", sha: "arp_sha", tha: "arp_tha" },
};

function setField(packet: TracePacket, text: string): TracePacket {
  const [, layer = "", inside = ""] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  const names = setFields[layer] ?? {};
  const changed = splitList(inside).map((pair) => {
    const [key = "", value = ""] = pair.split("=");
    const field = names[key];
    // A masked set changes part of a field: nothing of ours does that.
    if (field === undefined || value.includes("/")) throw unknownAction(`set(${text})`);
    return [field, value];
  });
  return { ...packet, ...Object.fromEntries(changed) };
}

function unknownAction(action: string): OvskitError {
  return new OvskitError("ERR_LAB", `a datapath action the lab doesn't know: ${action}`);
}

function withoutVlan(packet: TracePacket): TracePacket {
  const { dl_vlan: _vlan, ...rest } = packet;
  return rest;
}

/** Carries out the datapath actions on a packet; `ports` are the names that outputs may have. */
export function departures(
  actions: string,
  packet: TracePacket,
  ports: ReadonlySet<string>,
): readonly Departure[] {
  const left: Departure[] = [];
  let current = packet;
  for (const action of splitList(actions)) {
    const [, name = action, inside = ""] = /^(\w+)\((.*)\)$/.exec(action) ?? [];
    if (ports.has(action)) left.push({ port: action, packet: current });
    else if (name === "set") current = setField(current, inside);
    else if (name === "pop_vlan") current = withoutVlan(current);
    else if (name === "push_vlan") {
      current = { ...current, dl_vlan: /vid=(\d+)/.exec(inside)?.[1] ?? "0" };
    } else if (name !== "drop") throw unknownAction(action);
  }
  return left;
}
