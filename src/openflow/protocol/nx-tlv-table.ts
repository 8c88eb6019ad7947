// The table that gives tunnel options a match field (NXT_TLV_TABLE_*): which Geneve option is which `tun_metadata` field.

import { names } from "../wire/codec.ts";
import { type Struct, struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

/** One tunnel option and the field it is seen in. */
export interface TlvMap {
  /** The option's class, 0 to 65535. */
  optionClass: number;
  optionType: number;
  /** How many bytes the option has: a multiple of 4, 4 to 124. */
  optionLen: number;
  /** Which field: 3 is `tun_metadata3`; 0 to 63. */
  index: number;
}

/** `add` refuses what is there already; `clear` takes all away and has no maps. */
export type TlvTableCommand = "add" | "delete" | "clear";

/** Changes the table. */
export interface TlvTableModMessage extends Header<"tlvTableMod"> {
  /** A number is a command the library has no name for. */
  command: TlvTableCommand | number;
  maps: TlvMap[];
}

/** Asks for the table. */
export interface TlvTableRequestMessage extends Header<"tlvTableRequest"> {}

export interface TlvTable {
  /** How many bytes the options of the table may have together. */
  maxOptionSpace: number;
  /** How many fields there are. */
  maxFields: number;
  maps: TlvMap[];
}

export interface TlvTableReplyMessage extends Header<"tlvTableReply">, TlvTable {}

/** The bytes of an experimenter message's two ids, which are set from the table of messages. */
const IDS = 8;
const RESERVED = 10;

const commands = names<TlvTableCommand>({ add: 0, delete: 1, clear: 2 });

const tlvMap = struct(
  "nx_tlv_map",
  (f): TlvMap => ({ optionClass: f.u16(), optionType: f.u8(), optionLen: f.u8(), index: f.u16() }),
  { pad: 2 },
);

export const tlvTableMod: Struct<TlvTableModMessage> = message(
  "tlvTableMod",
  (f): TlvTableModMessage => ({
    version: version(f),
    type: "tlvTableMod",
    xid: xid(f),
    command: f.pad(IDS).named16(commands),
    maps: f.pad(6).list(tlvMap),
  }),
);

export const tlvTableRequest: Struct<TlvTableRequestMessage> = message(
  "tlvTableRequest",
  (f): TlvTableRequestMessage => ({ version: version(f), type: "tlvTableRequest", xid: xid(f) }),
  { pad: IDS },
);

export const tlvTableReply: Struct<TlvTableReplyMessage> = message(
  "tlvTableReply",
  (f): TlvTableReplyMessage => ({
    version: version(f),
    type: "tlvTableReply",
    xid: xid(f),
    maxOptionSpace: f.pad(IDS).u32(),
    maxFields: f.u16(),
    maps: f.pad(RESERVED).list(tlvMap),
  }),
);
