// Frames for the tests of the packet codec: recorded from Linux (with what tcpdump says of each), from Open vSwitch's PACKET_INs, and
// some made by hand for what neither sent.
import { decode } from "../../../src/openflow/message.ts";
import { bytesOf, recording } from "../protocol/recordings.ts";

/** A frame that Linux sent. */
export interface LinuxFrame {
  /** `tcpdump -nn -v -e` on it, its lines joined. */
  readonly tcpdump: string;
  /** Whether `hex` holds only the beginning. */
  readonly cut: boolean;
  readonly hex: string;
}

export const linuxFrames: readonly LinuxFrame[] = recording<LinuxFrame[]>("linux-frames");

/** The frames in Open vSwitch's PACKET_INs. */
export const switchFrames: readonly Uint8Array[] = recording<{ hex: string }[]>("ovs31-async-of13").flatMap(
  ({ hex }) => {
    const message = decode(bytesOf(hex));
    return message.type === "packetIn" ? [message.data] : [];
  },
);

const addresses = "505400000007505400000005";
const ipv6 = "20010db800000000000000000000000120010db8000000000000000000000002";

/** Frames by what is special about them. */
export const handMade: Readonly<Record<string, string>> = {
  "two tags": `${addresses}88a8a0c881001bff0800deadbeef`,
  "nine tags": `${addresses}${"81000001".repeat(9)}08004500`,
  "an 802.3 length": `${addresses}0026424203000000`,
  "an unknown type": `${addresses}88cc0207040000000000`,
  "ARP for another medium": `${addresses}080600060800060400010000`.padEnd(84, "0"),
  "a router advertisement with every option":
    `${addresses}86dd6000000000503aff${ipv6}8600000040c0070800007530000003e80101505400000005030440c0ffffffff0000ffff0000000020010db8000000000000000000000000050100000000 05dc1902000000000e1020010db8000000000000`.replaceAll(
      " ",
      "",
    ),
  "an authentication header": `${addresses}86dd60000000002033ff${ipv6}110400000000000100000002aabbccdd${"00".repeat(8)}00350035000812340000`,
  "a routing header with a segment left": `${addresses}86dd6000000000202bff${ipv6}1102000100000000${ipv6.slice(0, 32)}0035003500081234`,
  "nine extension headers": `${addresses}86dd6000000000483cff${ipv6}${"3c00000000000000".repeat(9)}`,
  "a UDP datagram without a checksum":
    `${addresses}080045000020000040004011b6cac0000201c00002020035003500 0c000061626364`.replaceAll(" ", ""),
  "an option of neighbour discovery with no length": `${addresses}86dd6000000000203aff${ipv6}87000000000000002001${"00".repeat(14)}0100000000000000`,
};
