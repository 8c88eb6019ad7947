// The registry of match fields: one entry per field says everything about it (names, wire number, size, mask rule,
// prerequisite, how its text looks, where it goes in a match), and everything else is looked up here.

import type { OxmField, PrerequisiteName } from "./oxm-field.ts";
import { extensionFields } from "./oxm-fields-extensions.ts";
import { linkFields } from "./oxm-fields-link.ts";
import { networkFields } from "./oxm-fields-network.ts";
import { transportFields } from "./oxm-fields-transport.ts";

/** What a prerequisite asks of the match: one of the Ethernet types, and then one of the IP protocols, and so on. */
export interface Prerequisite {
  readonly ethTypes?: readonly number[];
  readonly ipProtos?: readonly number[];
  readonly icmpv6Types?: readonly number[];
  /** The match has to name a VLAN tag. */
  readonly vlan?: true;
  /** The match has to name a state of connection tracking that implies a connection. */
  readonly ct?: true;
}

/** The meaning of each prerequisite. */
export const prerequisites: Readonly<Record<PrerequisiteName, Prerequisite>> = {
  vlan: { vlan: true },
  mpls: { ethTypes: [0x8847, 0x8848] },
  pbb: { ethTypes: [0x88e7] },
  ip: { ethTypes: [0x0800, 0x86dd] },
  ipv4: { ethTypes: [0x0800] },
  ipv6: { ethTypes: [0x86dd] },
  arp: { ethTypes: [0x0806, 0x8035] },
  tcp: { ethTypes: [0x0800, 0x86dd], ipProtos: [6] },
  udp: { ethTypes: [0x0800, 0x86dd], ipProtos: [17] },
  sctp: { ethTypes: [0x0800, 0x86dd], ipProtos: [132] },
  icmpv4: { ethTypes: [0x0800], ipProtos: [1] },
  icmpv6: { ethTypes: [0x86dd], ipProtos: [58] },
  nd: { ethTypes: [0x86dd], ipProtos: [58], icmpv6Types: [135, 136] },
  ndSolicit: { ethTypes: [0x86dd], ipProtos: [58], icmpv6Types: [135] },
  ndAdvert: { ethTypes: [0x86dd], ipProtos: [58], icmpv6Types: [136] },
  nsh: { ethTypes: [0x894f] },
  ct: { ct: true },
};

/** Every field, in the order Open vSwitch writes them in a match. */
export const oxmFields: readonly OxmField[] = [
  ...linkFields,
  ...networkFields,
  ...transportFields,
  ...extensionFields,
].toSorted((a, b) => a.rank - b.rank);

/** A field by its name. */
export const oxmFieldByName: ReadonlyMap<string, OxmField> = new Map(
  oxmFields.map((field) => [field.name, field]),
);

/** A field by any of the names that ovs-ofctl 3.1 reads. */
export const oxmFieldByText: ReadonlyMap<string, OxmField> = new Map(
  oxmFields.flatMap((field) =>
    field.newer === true ? [] : field.text.map((text) => [text, field] as const),
  ),
);
