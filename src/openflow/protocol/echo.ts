// ECHO and BARRIER (OpenFlow 1.3.5, 7.5.2, 7.5.3 and 7.3.8): is the other side alive, and is it done.

import type { Header } from "./header.ts";

export interface EchoBody {
  /** Anything; the reply carries the same bytes. */
  data: Uint8Array;
}

export interface EchoRequestMessage extends Header<"echoRequest">, EchoBody {}
export interface EchoReplyMessage extends Header<"echoReply">, EchoBody {}

/** The switch answers it when everything before it is done. */
export interface BarrierRequestMessage extends Header<"barrierRequest"> {}
export interface BarrierReplyMessage extends Header<"barrierReply"> {}
