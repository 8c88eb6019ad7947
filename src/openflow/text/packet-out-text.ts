// Packets for a switch to send in ovs-ofctl's syntax, both ways: what packet-out and the packet-out lines of a bundle file
// read (ovs-ofctl(8), "Packet-Out Syntax").
import type { PacketOut } from "../protocol/packet.ts";
import { NO_BUFFER, Port } from "../protocol/ports.ts";
import { shapeOfPacket } from "../verdict/packet-shape.ts";
import { ActionReader } from "./action-reader.ts";
import { type FormatOptions, formatActions } from "./flow-printer.ts";
import type { ParseOptions } from "./flow-reader.ts";
import { FlowSyntaxError } from "./flow-syntax-error.ts";
import { formatPort, type PortNumbers, parsePort } from "./port-text.ts";
import { refuse, scanWords, type Token } from "./scanner.ts";

const actionsWord = /(?:^|[\s,])actions?\s*=/;
const ethernetBytes = 14;

/** Ports that a packet may be said to have come in by, beside ordinary ones. */
const reservedInPorts: ReadonlySet<number> = new Set([Port.local, Port.any, Port.controller]);

/**
 * Reads one packet in ovs-ofctl's syntax, as `ovs-ofctl -O OpenFlow13 packet-out` would send it:
 * `in_port=1,packet=0011…,actions=output:2`. Without `in_port` it comes in by CONTROLLER, without `actions` it is dropped.
 * Actions are held to the packet: what it has no header for is refused. Throws {@link FlowSyntaxError}, also for a word
 * said twice, and for metadata, which OpenFlow 1.5 alone can carry and ovs-ofctl leaves out in silence.
 */
export function parsePacketOut(text: string, options: ParseOptions = {}): PacketOut {
  const { ports, tables } = options;
  const found = actionsWord.exec(text);
  const { inPort = Port.controller, data } = readHead(text, found?.index ?? text.length, ports);
  if (data === undefined) {
    throw new FlowSyntaxError("there is no packet", {
      column: (found?.index ?? text.length) + 1,
      token: "",
      hint: "write packet= and its bytes in hexadecimal, before the actions",
    });
  }
  const reader = new ActionReader(text, { ports, tables, shape: shapeOfPacket(data) });
  if (found !== null) reader.readAll({ start: found.index + found[0].length, end: text.length });
  return { bufferId: NO_BUFFER, inPort, actions: reader.actions, data };
}

interface Head {
  inPort?: number;
  data?: Uint8Array;
}

function readHead(text: string, end: number, ports: PortNumbers | undefined): Head {
  const head: Head = {};
  for (const { key, value } of scanWords(text, { start: 0, end })) {
    if (key.text === "in_port") {
      if (head.inPort !== undefined) throw refuse(key, "in_port is given twice");
      head.inPort = readInPort(value, ports);
    } else if (key.text === "packet") {
      if (head.data !== undefined) throw refuse(key, "packet is given twice");
      head.data = readPacket(value);
    } else {
      const hint = "a packet has in_port=, packet= and actions=; other fields need OpenFlow 1.5";
      throw refuse(key, `unknown word ${JSON.stringify(key.text)}`, { hint });
    }
  }
  return head;
}

function readInPort(value: Token, ports: PortNumbers | undefined): number {
  const port = parsePort(value, ports, "in_port");
  if (port <= Port.max || reservedInPorts.has(port)) return port;
  throw refuse(value, `no packet comes in by ${value.text}`, { openflowError: "OFPBRC_BAD_PORT" });
}

function readPacket(value: Token): Uint8Array {
  const { text } = value;
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(text)) {
    throw refuse(value, `packet: ${JSON.stringify(text)} is no bytes`, {
      hint: "write two digits for each byte",
    });
  }
  if (text.length < 2 * ethernetBytes) {
    throw refuse(
      value,
      `packet: an Ethernet header has ${ethernetBytes} bytes, and there are ${text.length / 2}`,
    );
  }
  return new Uint8Array(Buffer.from(text, "hex"));
}

/**
 * Prints a packet to be sent on one line. Reading it back with {@link parsePacketOut} gives the same, unless it names a
 * packet that the switch keeps: that prints as `buffer_id=`, which ovs-ofctl can't read.
 */
export function formatPacketOut(packet: PacketOut, options: FormatOptions = {}): string {
  const { bufferId, inPort, actions, data } = packet;
  const parts = [
    `in_port=${formatPort(inPort, options.ports)}`,
    bufferId === NO_BUFFER ? `packet=${Buffer.from(data).toString("hex")}` : `buffer_id=${bufferId}`,
    `actions=${formatActions(actions, options)}`,
  ];
  return parts.join(",");
}
