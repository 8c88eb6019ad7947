// Addresses between bytes and text: MAC, IPv4 and IPv6. Reading them is part of every flow, so it is done by table
// and by character code; text is read strictly, since a wrong address in a flow sends packets astray.

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const HEX_COLON: readonly string[] = HEX.map((text) => `${text}:`);
const DECIMAL_DOT: readonly string[] = Array.from({ length: 256 }, (_, byte) => `${byte}.`);

/** The MAC at `at`, lower case with colons. */
export function formatMac(bytes: Uint8Array, at: number): string {
  return (
    (HEX_COLON[bytes[at] ?? 0] as string) +
    HEX_COLON[bytes[at + 1] ?? 0] +
    HEX_COLON[bytes[at + 2] ?? 0] +
    HEX_COLON[bytes[at + 3] ?? 0] +
    HEX_COLON[bytes[at + 4] ?? 0] +
    HEX[bytes[at + 5] ?? 0]
  );
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) {
    return code - 48;
  }
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -256;
}

/** Writes a MAC given as six pairs of hex digits with colons; false if `text` is none. */
export function writeMac(text: string, bytes: Uint8Array, at: number): boolean {
  if (text.length !== 17) {
    return false;
  }
  for (let i = 0; i < 6; i++) {
    const byte = hexDigit(text.charCodeAt(i * 3)) * 16 + hexDigit(text.charCodeAt(i * 3 + 1));
    if (byte < 0 || (i < 5 && text.charCodeAt(i * 3 + 2) !== 58)) {
      return false;
    }
    bytes[at + i] = byte;
  }
  return true;
}

/** The dotted form of a 32-bit address. */
export function formatIpv4(address: number): string {
  return (
    (DECIMAL_DOT[address >>> 24] as string) +
    DECIMAL_DOT[(address >>> 16) & 255] +
    DECIMAL_DOT[(address >>> 8) & 255] +
    (address & 255)
  );
}

/** The 32-bit address of four decimal numbers with dots, none with a leading zero; -1 if `text` is no such thing. */
export function parseIpv4(text: string): number {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || ++dots > 3) {
        return -1;
      }
      address = address * 256 + octet;
      octet = -1;
    } else {
      if (code < 48 || code > 57 || octet === 0) {
        return -1;
      }
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) {
        return -1;
      }
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1;
}

/** Where the longest run of zero groups starts and how long it is (the first such; a single zero is no run). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; ) {
    let end = start;
    while (groups[end] === 0) {
      end++;
    }
    if (end - start > best.length) {
      best = { start, length: end - start };
    }
    start = end + 1;
  }
  return best;
}

/** The text of the IPv6 address at `at`, compressed as RFC 5952 and Open vSwitch do it. */
export function formatIpv6(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + i * 2));
  const { start, length } = longestZeroRun(groups);
  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))) {
    return `${length === 6 ? "::" : "::ffff:"}${formatIpv4(view.getUint32(at + 12))}`;
  }
  const hex = groups.map((group) => group.toString(16));
  return start < 0
    ? hex.join(":")
    : `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

/** The 16-bit groups of one side of `::`; undefined if it isn't made of groups. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") {
    return [];
  }
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const address = last && i === parts.length - 1 ? parseIpv4(part) : -1;
    if (address < 0) {
      return undefined;
    }
    groups.push(Math.floor(address / 0x10000), address % 0x10000);
  }
  return groups;
}

function ipv6Groups(text: string): number[] | undefined {
  const halves = text.split("::");
  const [head = "", tail] = halves;
  const left = parseGroups(head, tail === undefined);
  const right = tail === undefined ? [] : parseGroups(tail, true);
  if (halves.length > 2 || left === undefined || right === undefined) {
    return undefined;
  }
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) {
    return undefined;
  }
  return [...left, ...Array.from({ length: missing }, () => 0), ...right];
}

/** Writes an IPv6 address given as text (any form of RFC 4291, no zone); false if `text` is none. */
export function writeIpv6(text: string, view: DataView, at: number): boolean {
  const groups = ipv6Groups(text);
  if (groups === undefined) {
    return false;
  }
  for (const [i, group] of groups.entries()) {
    view.setUint16(at + i * 2, group);
  }
  return true;
}
