// The match fields that a switch says it can match or set, in the words and the order of dump-table-features: those are
// Open vSwitch's own names (`eth_src`, where flows are printed with `dl_src`), and not the order of a match.
import type { OxmId } from "../protocol/feature-ids.ts";
import type { OxmField, WireName } from "../protocol/oxm-field.ts";
import { oxmFieldByName, oxmFieldByText, oxmFields } from "../protocol/oxm-fields.ts";

function words(text: string): string[] {
  return text.split(" ");
}

function numbered(stem: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${stem}${i}`);
}

/** Every name, in the order of printing. */
const printedNames: readonly string[] = [
  ...words("dp_hash recirc_id packet_type conj_id tun_id tun_src tun_dst tun_ipv6_src tun_ipv6_dst"),
  ...words("tun_flags tun_gbp_id tun_gbp_flags tun_erspan_idx tun_erspan_ver tun_erspan_dir"),
  ...words("tun_erspan_hwid tun_gtpu_flags tun_gtpu_msgtype"),
  ...numbered("tun_metadata", 64),
  ...words("metadata in_port in_port_oxm actset_output pkt_mark ct_state ct_zone ct_mark ct_label"),
  ...words("ct_nw_proto ct_nw_src ct_nw_dst ct_ipv6_src ct_ipv6_dst ct_tp_src ct_tp_dst"),
  ...numbered("reg", 32),
  ...numbered("xreg", 16),
  ...numbered("xxreg", 8),
  ...words("eth_src eth_dst eth_type vlan_tci vlan_vid vlan_pcp mpls_label mpls_tc mpls_bos mpls_ttl"),
  ...words("ip_src ip_dst ipv6_src ipv6_dst ipv6_label nw_proto nw_tos ip_dscp nw_ecn nw_ttl ip_frag"),
  ...words("arp_op arp_spa arp_tpa arp_sha arp_tha tcp_src tcp_dst tcp_flags udp_src udp_dst sctp_src"),
  ...words("sctp_dst icmp_type icmp_code icmpv6_type icmpv6_code nd_target nd_sll nd_tll nd_reserved"),
  ...words("nd_options_type nsh_flags nsh_mdtype nsh_np nsh_spi nsh_si nsh_c1 nsh_c2 nsh_c3 nsh_c4"),
  ...words("nsh_ttl"),
];

/** The ingress port has a name of its own under each of its headers. */
const standardInPort = "in_port_oxm";
const nxmInPortClass = 0x0000;

const nameOfField: ReadonlyMap<OxmField, string> = new Map(
  printedNames.flatMap((name) => {
    const field = oxmFieldByText.get(name);
    return field === undefined || name === standardInPort ? [] : [[field, name] as const];
  }),
);

const MASK_BIT = 0x100;
const EXPERIMENTER_CLASS = 0xffff;
const EXPERIMENTER_BYTES = 4;

/** One field of a list: its name, and whether its header has the mask bit. */
interface ListedField {
  readonly name: string;
  readonly masked: boolean;
}

/** The name of what an id names; undefined for what ovs-ofctl knows no field for, and leaves out. */
function listedField(id: OxmId): ListedField | undefined {
  if (id.field !== "raw") {
    const field = oxmFieldByName.get(id.field);
    const wire = field?.wire.find(({ name }) => name === id.wireName) ?? field?.wire[0];
    return field === undefined || wire === undefined ? undefined : listed(field, wire, id.masked);
  }
  const { header, experimenter } = id;
  const masked = (header & MASK_BIT) !== 0;
  for (const field of oxmFields) {
    const wire = field.wire.find(
      (one) =>
        one.class === header >>> 16 &&
        one.number === ((header >>> 9) & 0x7f) &&
        one.experimenter === experimenter,
    );
    if (wire !== undefined)
      return isLength(header & 0xff, field, wire, masked) ? listed(field, wire, masked) : undefined;
  }
  return undefined;
}

/** Whether a header may give this length; tunnel options have any. */
function isLength(length: number, field: OxmField, wire: WireName, masked: boolean): boolean {
  if (field.kind === "bytes") return true;
  const payload = (wire.bytes ?? field.bytes) * (masked ? 2 : 1);
  return length === payload + (wire.class === EXPERIMENTER_CLASS ? EXPERIMENTER_BYTES : 0);
}

function listed(field: OxmField, wire: WireName, masked: boolean): ListedField | undefined {
  const name = nameOfField.get(field);
  if (name === undefined) return undefined;
  return { name: name === "in_port" && wire.class !== nxmInPortClass ? standardInPort : name, masked };
}

/** The names of the fields in a list; of those with the mask bit alone where `masked` is said. */
export function namesOfFields(
  ids: readonly OxmId[],
  { masked = false }: { readonly masked?: boolean } = {},
): ReadonlySet<string> {
  const fields = ids.flatMap((id) => listedField(id) ?? []);
  return new Set(fields.filter((field) => !masked || field.masked).map(({ name }) => name));
}

/** The names in the order in which they are printed. */
export function inPrintedOrder(names: ReadonlySet<string>): readonly string[] {
  return printedNames.filter((name) => names.has(name));
}
