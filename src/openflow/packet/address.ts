// IP addresses as parts of packet headers: text in the value, bytes on the wire.

import { formatIpv4, formatIpv6, parseIpv4, writeIpv6 } from "../wire/addresses.ts";
import type { Codec } from "../wire/codec.ts";
import { Fault, shown } from "../wire/fault.ts";
import type { Reader } from "../wire/reader.ts";
import type { Writer } from "../wire/writer.ts";

/** Four bytes, as `192.0.2.1`. */
export const ipv4Address: Codec<string> = {
  name: "IPv4 address",
  minBytes: 4,
  fixedBytes: 4,
  read(reader: Reader): string {
    return formatIpv4(reader.u32());
  },
  write(writer: Writer, value: string): void {
    const address = typeof value === "string" ? parseIpv4(value) : -1;
    if (address < 0) {
      throw new Fault(`must be an IPv4 address such as "192.0.2.1", not ${shown(value)}`, -1);
    }
    writer.u32(address);
  },
};

/** Sixteen bytes, as `2001:db8::1`. */
export const ipv6Address: Codec<string> = {
  name: "IPv6 address",
  minBytes: 16,
  fixedBytes: 16,
  read(reader: Reader): string {
    const text = formatIpv6(reader.view, reader.offset);
    reader.offset += 16;
    return text;
  },
  write(writer: Writer, value: string): void {
    writer.ensure(16);
    if (typeof value !== "string" || !writeIpv6(value, writer.view, writer.offset)) {
      throw new Fault(`must be an IPv6 address such as "2001:db8::1", not ${shown(value)}`, -1);
    }
    writer.offset += 16;
  },
};
