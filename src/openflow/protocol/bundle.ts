// Bundles in their ONF experimenter form for OpenFlow 1.3 (EXT-230): several changes that take effect as one.

import type { Message } from "../message.ts";
import type { Header } from "./header.ts";

export type BundleControlType =
  | "openRequest"
  | "openReply"
  | "closeRequest"
  | "closeReply"
  | "commitRequest"
  | "commitReply"
  | "discardRequest"
  | "discardReply";

/** Bits of a bundle's flags: all or nothing, and in the order of adding. */
export const BundleFlag = { atomic: 1, ordered: 2 } as const;

export interface BundleControl {
  /** Chosen by the controller; a bundle belongs to its connection. */
  bundleId: number;
  /** What is asked or answered; a number is one the library has no name for. */
  control: BundleControlType | number;
  /** Bits of `BundleFlag`, the same in every message of the bundle. */
  flags: number;
  /** Properties, as they came. */
  properties: Uint8Array;
}

export interface BundleControlMessage extends Header<"bundleControl">, BundleControl {}

export interface BundleAdd {
  bundleId: number;
  /** Bits of `BundleFlag`, the same in every message of the bundle. */
  flags: number;
  /** The change; its xid has to be the bundle add's own. */
  message: Message;
  /** Padding and properties after the message, as they came. */
  properties: Uint8Array;
}

export interface BundleAddMessage extends Header<"bundleAdd">, BundleAdd {}
