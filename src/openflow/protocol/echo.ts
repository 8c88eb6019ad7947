// ECHO and BARRIER (OpenFlow 1.3.5, 7.5.2, 7.5.3 and 7.3.8): is the other side alive, and is it done.

import type { Struct } from "../wire/struct.ts";
import { type Header, message, version, xid } from "./header.ts";

export interface EchoBody {
  /** Anything; the reply carries the same bytes. */
  data: Uint8Array;
}

export interface EchoRequestMessage extends Header<"echoRequest">, EchoBody {}
export interface EchoReplyMessage extends Header<"echoReply">, EchoBody {}

/** The switch answers it when everything before it is done. */
export interface BarrierRequestMessage extends Header<"barrierRequest"> {}
export interface BarrierReplyMessage extends Header<"barrierReply"> {}

export const echoRequest: Struct<EchoRequestMessage> = message(
  "echoRequest",
  (f): EchoRequestMessage => ({
    version: version(f),
    type: "echoRequest",
    xid: xid(f),
    data: f.rest(),
  }),
);

export const echoReply: Struct<EchoReplyMessage> = message(
  "echoReply",
  (f): EchoReplyMessage => ({
    version: version(f),
    type: "echoReply",
    xid: xid(f),
    data: f.rest(),
  }),
);

export const barrierRequest: Struct<BarrierRequestMessage> = message(
  "barrierRequest",
  (f): BarrierRequestMessage => ({ version: version(f), type: "barrierRequest", xid: xid(f) }),
);

export const barrierReply: Struct<BarrierReplyMessage> = message(
  "barrierReply",
  (f): BarrierReplyMessage => ({ version: version(f), type: "barrierReply", xid: xid(f) }),
);
