// IPv4, CIDR and MAC texts of a policy, read strictly and each refusal in its own words. The only file that imports
// ipaddr.js: alone it takes 010.1.1.1 for 8.1.1.1 and 10.1 for 10.0.0.1, so everything passes the gates here first.
import ipaddr from "ipaddr.js";

/** A value that was read, or in one sentence why the text isn't one. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** A range of IPv4 addresses. `network` and `last` are addresses as unsigned 32-bit numbers. */
export interface Cidr {
  readonly text: string;
  readonly network: number;
  readonly last: number;
  readonly prefix: number;
}

const macForm = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}

/** A dotted address as an unsigned 32-bit number. The text must have passed `readIpv4`. */
export function ipv4Number(text: string): number {
  return ipaddr.IPv4.parse(text).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** An unsigned 32-bit number as a dotted address. */
export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

function dottedProblem(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  if (/^[0-9]+(?:\.[0-9]+){3}$/.test(text)) {
    const parts = text.split(".").map((part) => part.replace(/^0+(?=[0-9])/, ""));
    if (parts.some((part) => Number(part) > 255)) {
      return `${quoted(text)} has a part above 255, so it is no IPv4 address`;
    }
    const decimal = parts.join(".");
    return `${quoted(text)} has a leading zero, which some programs read as octal: write ${decimal}`;
  }
  if (text.includes(":")) return `${quoted(text)} isn't an IPv4 address, and lanes carry IPv4 only`;
  return `${quoted(text)} is no IPv4 address: four decimal numbers with dots are expected`;
}

/** Reads a dotted IPv4 address that one host can own. */
export function readIpv4(text: string): Reading<string> {
  if (text.includes("/")) return { problem: `${quoted(text)} is a range; one IPv4 address is expected` };
  const problem = dottedProblem(text);
  if (problem !== undefined) return { problem };
  const range = ipaddr.IPv4.parse(text).range();
  if (["unspecified", "multicast", "broadcast", "loopback"].includes(range)) {
    return { problem: `${text} is a ${range} address, which no host on a network owns` };
  }
  return { value: text };
}

/** Reads a range in CIDR form whose host bits are zero. */
export function readCidr(text: string): Reading<Cidr> {
  const [address = "", prefixText, ...rest] = text.split("/");
  if (prefixText === undefined || rest.length > 0) {
    return {
      problem: `${quoted(text)} is no range of addresses: ADDRESS/PREFIX such as 10.0.0.0/24 is expected`,
    };
  }
  const addressProblem = dottedProblem(address);
  if (addressProblem !== undefined) return { problem: addressProblem };
  if (!/^(?:[0-9]|[12][0-9]|3[0-2])$/.test(prefixText)) {
    return { problem: `the prefix length of ${quoted(text)} isn't a number from 0 to 32` };
  }
  return cidrWithin(address, Number(prefixText));
}

function cidrWithin(address: string, prefix: number): Reading<Cidr> {
  const text = `${address}/${prefix}`;
  const network = ipv4Number(ipaddr.IPv4.networkAddressFromCIDR(text).toString());
  const last = ipv4Number(ipaddr.IPv4.broadcastAddressFromCIDR(text).toString());
  if (ipv4Number(address) !== network) {
    return { problem: `${text} has host bits set: the range is ${ipv4Text(network)}/${prefix}` };
  }
  const unusable: readonly (readonly [number, number])[] = [
    [0, 0x00ffffff],
    [0x7f000000, 0x7fffffff],
    [0xe0000000, 0xffffffff],
  ];
  if (unusable.some(([from, to]) => network <= to && last >= from)) {
    return { problem: `${text} holds addresses that no host on a network can own` };
  }
  return { value: { text, network, last, prefix } };
}

/** Whether an address lies in a range. */
export function cidrHolds(cidr: Cidr, address: number): boolean {
  return address >= cidr.network && address <= cidr.last;
}

/** The first and last address of a range that a host may own: without network and broadcast address up to /30. */
export function hostRange(cidr: Cidr): { readonly first: number; readonly last: number } {
  if (cidr.prefix >= 31) return { first: cidr.network, last: cidr.last };
  return { first: cidr.network + 1, last: cidr.last - 1 };
}

/** Reads the MAC address of one NIC, in any case, and gives it in lower case. */
export function readMac(text: string): Reading<string> {
  const mac = text.toLowerCase();
  if (!macForm.test(mac)) {
    return { problem: `${quoted(text)} is no MAC address: six pairs of hex digits with colons are expected` };
  }
  if (mac === "00:00:00:00:00:00") return { problem: `${mac} is no NIC's address` };
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) {
    return { problem: `${mac} has the multicast bit set, so no single NIC owns it` };
  }
  return { value: mac };
}

/**
 * The MAC address by which the provider network knows the owner of an address: locally administered, `da:7a:` and the
 * four bytes of the address, so that it is as unique as the address and needs no memory of its own.
 */
export function proxyMac(ip: string): string {
  const bytes = ip.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return `da:7a:${bytes.join(":")}`;
}

/** The one MAC address that every probe sees its collector by. No proxy has it: it would stand for 0.0.0.1. */
export const routerMac = "da:7a:00:00:00:01";
