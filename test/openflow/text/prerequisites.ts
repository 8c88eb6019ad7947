// A match, in ovs-ofctl's words, that meets each prerequisite of a field.
import type { PrerequisiteName } from "../../../src/openflow/protocol/oxm-field.ts";

/** Matches that meet each prerequisite. */
export const meeting: Readonly<Record<PrerequisiteName, string>> = {
  vlan: "dl_vlan=5",
  mpls: "mpls",
  pbb: "dl_type=0x88e7",
  ip: "ip",
  ipv4: "ip",
  ipv6: "ipv6",
  arp: "arp",
  tcp: "tcp",
  udp: "udp",
  sctp: "sctp",
  icmpv4: "icmp",
  icmpv6: "icmp6",
  nd: "icmp6,icmp_type=135",
  ndSolicit: "icmp6,icmp_type=135",
  ndAdvert: "icmp6,icmp_type=136",
  nsh: "dl_type=0x894f",
  ct: "ct_state=+trk+est,ip",
};
