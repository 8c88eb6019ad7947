// Numbers between OpenFlow 1.0's ports and the reserved ones of 1.3 are no ports to Open vSwitch, wherever they stand.
import { type PlacedInconsistency, placed, refused } from "../protocol/inconsistency.ts";

const noPorts = { from: 0xff00, below: 0xffff_ff00 } as const;

/** Why a port can't have this number. */
export function portFault(port: number, path: string): PlacedInconsistency | undefined {
  if (port < noPorts.from || port >= noPorts.below) return undefined;
  const hint = "reserved ports have 32 bits in OpenFlow 1.3: see Port";
  return placed(refused("OFPBAC_BAD_OUT_PORT", `${port} is the number of no port`, hint), path);
}
