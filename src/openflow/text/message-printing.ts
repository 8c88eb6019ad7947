// What the printers of messages share: how a printer is called, how one says that Open vSwitch wouldn't read the message,
// and flags as words.
import type { Message } from "../message.ts";
import type { FormatOptions } from "./flow-printer.ts";

/** Why Open vSwitch wouldn't read a message that the library reads: the name of its error. */
export interface Unreadable {
  readonly error: string;
}

/** What a printer is called with beside its message. */
export interface PrintContext extends FormatOptions {
  /** Whether it stands in an error, where echoes are told without their bytes. */
  readonly isBrief: boolean;
  /** Prints a message that stands inside another one, heading and all. */
  readonly inner: (message: Message) => string;
  /** The same for bytes that should be one, and may be cut short. */
  readonly innerBytes: (bytes: Uint8Array) => string;
  /** What follows the heading of a message: for those that are told without theirs. */
  readonly body: (message: Message) => string | Unreadable;
}

/** Prints what follows a message's heading, the blank or line end between them included. */
export type MessagePrinter<M> = (message: M, context: PrintContext) => string | Unreadable;

/** The printers of some kinds of messages. */
export type MessagePrinters<T extends Message["type"]> = {
  readonly [K in T]: MessagePrinter<Extract<Message, { type: K }>>;
};
