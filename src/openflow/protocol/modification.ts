// PORT_MOD and TABLE_MOD (OpenFlow 1.3.5, 7.3.4.3 and 7.3.3): how a port, and once a table, is told to behave.

import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

export interface PortMod {
  portNo: number;
  /** The port's own MAC; a switch refuses another. */
  hwAddr: string;
  /** Bits of `PortConfig`, as they shall be. */
  config: number;
  /** Which bits of `config` change. */
  mask: number;
  /** Bits of `PortFeature` to advertise; 0 leaves them as they are. */
  advertise: number;
}

/** PORT_MOD as a message. */
export interface PortModMessage extends Header<"portMod">, PortMod {}

export interface TableMod {
  /** `Table.all` for all tables. */
  tableId: number;
  /** OpenFlow 1.3 defines no bit of it (`OFPTC_DEPRECATED_MASK`, 0x3, was 1.1's). */
  config: number;
}

/** TABLE_MOD as a message. */
export interface TableModMessage extends Header<"tableMod">, TableMod {}

export const portMod: Struct<PortModMessage> = message(
  "portMod",
  (f): PortModMessage => ({
    version: version(f),
    type: "portMod",
    xid: xid(f),
    portNo: f.u32(),
    hwAddr: f.pad(4).mac(),
    config: f.pad(2).u32(),
    mask: f.u32(),
    advertise: f.u32(),
  }),
  { pad: 4 },
);

export const tableMod: Struct<TableModMessage> = message(
  "tableMod",
  (f): TableModMessage => ({
    version: version(f),
    type: "tableMod",
    xid: xid(f),
    tableId: f.u8(),
    config: f.pad(3).u32(),
  }),
);
