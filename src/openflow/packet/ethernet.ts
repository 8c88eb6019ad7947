// Ethernet II frames (IEEE 802.3, 3.1.1) and the tags in them (IEEE 802.1Q, 9.6).

import { Fault, faultWithin, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import { type Struct, struct } from "../wire/struct.ts";
import type { Writer } from "../wire/writer.ts";
import { broken, bytesLeft, cutOff, inBits, type Undecoded } from "./layer.ts";

/** The types of frames that this codec reads on. */
export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  /** The outer tag of two (802.1ad). */
  serviceVlan: 0x88a8,
} as const;

/** An Ethernet header (IEEE 802.3, 3.1.1). */
export interface Ethernet {
  dst: string;
  src: string;
  /** The type of what follows the tags; below 1536 it is an 802.3 length, and what follows stays raw. */
  etherType: number;
}

/** One tag (IEEE 802.1Q, 9.6). */
export interface VlanTag {
  /** What announces the tag: `EtherType.vlan` or `EtherType.serviceVlan`. */
  tpid: number;
  /** VLAN identifier, 0 to 4095; 0 is a tag that carries a priority alone. */
  vid: number;
  /** Priority, 0 to 7. */
  pcp: number;
  /** Whether the frame may be dropped first. */
  dei: boolean;
}

/** What encoding asks for: the identifier. */
export type VlanTagInput = Partial<VlanTag> & Pick<VlanTag, "vid">;

/** More tags than this are left undecoded. */
const MAX_TAGS = 8;
const TAG_BYTES = 4;

/** The header as it stands on the wire, where the type may announce a tag. */
export const ethernetHeader: Struct<Ethernet> = struct(
  "ethernet",
  (f): Ethernet => ({ dst: f.mac(), src: f.mac(), etherType: f.u16() }),
);

/** What stands after a tag's own announcement. */
const tagHeader = struct("vlan", (f) => ({ tci: f.u16(), etherType: f.u16() }));

function isTag(etherType: number): boolean {
  return etherType === EtherType.vlan || etherType === EtherType.serviceVlan;
}

/** Reads the tags after `ethernet` into `vlans`, and the type after the last into `ethernet`. */
export function readTags(reader: Reader, ethernet: Ethernet, vlans: VlanTag[]): Undecoded | undefined {
  while (isTag(ethernet.etherType) && vlans.length < MAX_TAGS) {
    const left = bytesLeft(reader);
    if (left < TAG_BYTES) {
      return cutOff("vlans", TAG_BYTES, left);
    }
    const tpid = ethernet.etherType;
    const { tci, etherType } = tagHeader.read(reader);
    vlans.push({ tpid, vid: tci & 0xfff, pcp: tci >> 13, dei: (tci & 0x1000) !== 0 });
    ethernet.etherType = etherType;
  }
  return isTag(ethernet.etherType) ? broken("vlans", `are more than ${MAX_TAGS}`) : undefined;
}

/** Writes the header, the tags and the type of what follows. */
export function writeEthernet(
  writer: Writer,
  { dst, src }: Pick<Ethernet, "dst" | "src">,
  vlans: readonly VlanTagInput[],
  etherType: number,
): void {
  const announced = [...vlans.map(tpidOf), etherType];
  try {
    ethernetHeader.write(writer, { dst, src, etherType: announced[0] ?? etherType });
  } catch (error) {
    throw faultWithin(error, "ethernet");
  }
  for (const [index, { vid, pcp = 0, dei = false }] of vlans.entries()) {
    const priority = inBits(pcp, 3, `vlans[${index}].pcp`);
    const tci = (priority << 13) | (dei ? 0x1000 : 0) | inBits(vid, 12, `vlans[${index}].vid`);
    tagHeader.write(writer, { tci, etherType: announced[index + 1] ?? etherType });
  }
}

function tpidOf({ tpid = EtherType.vlan }: VlanTagInput, index: number): number {
  if (!isTag(tpid)) {
    throw new Fault(`must be 0x8100 or 0x88a8, not ${shown(tpid)}`, -1, `vlans[${index}].tpid`);
  }
  return tpid;
}
