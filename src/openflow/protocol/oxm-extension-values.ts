// The match fields beyond the 40 basic ones: registers, tunnels, connection tracking, service headers and what else
// Open vSwitch 3.1 knows at OpenFlow 1.3, with the form of each one's value.

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type UpTo15 = Digit | `1${0 | 1 | 2 | 3 | 4 | 5}`;
type UpTo31 = Digit | `${1 | 2}${Digit}` | `3${0 | 1}`;
type UpTo63 = Digit | `${1 | 2 | 3 | 4 | 5}${Digit}` | `6${0 | 1 | 2 | 3}`;

/** Numbers of up to 32 bits: `reg0` to `reg31`, marks, zones, flags as their bits, ports and codes. */
type NumberField =
  | `reg${UpTo31}`
  | "dpHash"
  | "recircId"
  | "packetType"
  | "conjId"
  | "actsetOutput"
  | "pktMark"
  | "tunFlags"
  | "tunGbpId"
  | "tunGbpFlags"
  | `tunErspan${"Idx" | "Ver" | "Dir" | "Hwid"}`
  | `tunGtpu${"Flags" | "Msgtype"}`
  | "ctState"
  | "ctZone"
  | "ctMark"
  | "ctNwProto"
  | "ctTpSrc"
  | "ctTpDst"
  | "vlanTci"
  | "mplsTtl"
  | "nwTos"
  | "nwTtl"
  | "ipFrag"
  | "tcpFlags"
  | "ndReserved"
  | "ndOptionsType"
  | `nsh${"Flags" | "Mdtype" | "Np" | "Spi" | "Si" | "C1" | "C2" | "C3" | "C4" | "Ttl"}`;

/** Numbers of 64 bits (`xreg0` to `xreg15`) and 128 bits. */
type BigField = `xreg${UpTo15}` | `xxreg${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}` | "ctLabel";

/** Addresses, IPv4 and IPv6. */
type AddressField = `tun${"Src" | "Dst" | "Ipv6Src" | "Ipv6Dst"}` | `ct${"Nw" | "Ipv6"}${"Src" | "Dst"}`;

/**
 * Tunnel options, whose size is the switch's to say (its TLV table): `0x` and two hex digits for each byte on the
 * wire, 0 to 124 of them. `"0x"` with the mask `"0x"` asks for the option's presence alone.
 */
type OptionField = `tunMetadata${UpTo63}`;

/** The values of the fields of Open vSwitch's extensions, by name: ovs-ofctl's own names in camel case. */
export type ExtensionValues = Record<NumberField, number> &
  Record<BigField, bigint> &
  Record<AddressField | OptionField, string>;
