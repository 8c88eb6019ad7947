// Why Open vSwitch refuses a PACKET_OUT (OpenFlow 1.3.5, 7.3.7): its actions are held against the packet it carries.
import { checkActions, checkListReading } from "../protocol/consistency.ts";
import { type PlacedInconsistency, placed, refused } from "../protocol/inconsistency.ts";
import type { PacketOut } from "../protocol/packet.ts";
import { Port } from "../protocol/ports.ts";
import { bufferFault } from "./flow-mod.ts";
import { shapeOfPacket } from "./packet-shape.ts";
import { portFault } from "./port.ts";

const lastOrdinaryPort = 0xfeff;
/** Ports that a packet can be taken to have come in by, beside the ordinary ones. */
const reserved: ReadonlySet<number> = new Set([Port.local, Port.any, Port.controller]);

/** The first reason why Open vSwitch would refuse a PACKET_OUT. */
export function checkPacketOut({
  bufferId,
  inPort,
  actions,
  data,
}: PacketOut): PlacedInconsistency | undefined {
  return (
    portFault(inPort, "inPort") ??
    checkListReading(actions) ??
    inPortFault(inPort) ??
    bufferFault(bufferId) ??
    checkActions(actions, shapeOfPacket(data))
  );
}

function inPortFault(inPort: number): PlacedInconsistency | undefined {
  if (inPort <= lastOrdinaryPort || reserved.has(inPort)) return undefined;
  const reason = `a packet can't have come in by ${inPort}`;
  return placed(refused("OFPBRC_BAD_PORT", reason, "write Port.controller"), "inPort");
}
