// formatMessage: any OpenFlow message as `ovs-ofctl ofp-print` shows it, for logs and for people. One printer per type of
// message, in tables that have to be complete.
import { DecodeError } from "../codec-errors.ts";
import { decode, encode, type Message } from "../message.ts";
import { Experimenter } from "../protocol/header.ts";
import type { FormatOptions } from "./flow-printer.ts";
import { asyncPrinters } from "./message-async.ts";
import { changePrinters } from "./message-changes.ts";
import { extensionPrinters } from "./message-extensions.ts";
import { hexDump } from "./message-hex.ts";
import { multipartText } from "./message-multiparts.ts";
import { headingOfBytes, messageHeading } from "./message-names.ts";
import { packetPrinters } from "./message-packets.ts";
import type { MessagePrinter, MessagePrinters, PrintContext, Unreadable } from "./message-printing.ts";
import { sessionPrinters } from "./message-session.ts";
import { statusPrinters } from "./message-status.ts";

/** How a message is printed. */
export interface FormatMessageOptions extends FormatOptions {
  /** Whether the heading tells the message's xid, as ofp-print does. Default: true. */
  readonly xid?: boolean;
}

const HEADER_BYTES = 8;
/** Errors about errors about errors print as far as this; what they hold beyond it, as digits. */
const MAX_DEPTH = 16;

/**
 * Prints a message as `ovs-ofctl ofp-print` does, without the last line's end: `OFPT_HELLO (OF1.3) (xid=0x1):` and what
 * the message says; a packet in it as the fields and the checksum that Open vSwitch sees. Bytes are decoded first; those
 * that are cut short or can't be decoded print with the reason and as hexadecimal digits, and never throw. Unlike
 * ofp-print it shows what stands in flows and groups that a switch would refuse, such as those that come with an error.
 */
export function formatMessage(message: Message | Uint8Array, options: FormatMessageOptions = {}): string {
  const context = contextOf(options, 0);
  return message instanceof Uint8Array
    ? bytesText(message, context, options)
    : messageText(message, context, options);
}

/** `depth` is how many errors stand around the message. */
function contextOf(options: FormatMessageOptions, depth: number): PrintContext {
  const context: PrintContext = {
    ...options,
    isBrief: depth > 0,
    inner: (message) => messageText(message, context, options),
    innerBytes: (bytes) =>
      depth < MAX_DEPTH ? bytesText(bytes, contextOf(options, depth + 1), options) : hexDump(bytes),
    body: (message) => bodyText(message, context),
  };
  return context;
}

const printers: MessagePrinters<Message["type"]> = {
  ...sessionPrinters,
  ...asyncPrinters,
  ...changePrinters,
  ...packetPrinters,
  ...statusPrinters,
  ...extensionPrinters,
  multipartRequest: multipartText,
  multipartReply: multipartText,
  experimenter: ({ experimenter }) => unknownOf(experimenter),
  raw: () => ({ error: "OFPBRC_BAD_TYPE" }),
};

function unknownOf(experimenter: number): Unreadable {
  const isKnown = experimenter === Experimenter.nicira || experimenter === Experimenter.onf;
  return { error: isKnown ? "OFPBRC_BAD_SUBTYPE" : "OFPBRC_BAD_VENDOR" };
}

function bodyText(message: Message, context: PrintContext): string | Unreadable {
  return (printers[message.type] as MessagePrinter<Message>)(message, context);
}

function messageText(message: Message, context: PrintContext, { xid = true }: FormatMessageOptions): string {
  const heading = messageHeading(message, xid);
  const body = bodyText(message, context);
  if (typeof body === "string") return `${heading ?? ""}${body}`;
  return refusal(heading, body.error, encode(message));
}

/** What stands in place of a message that can't be read. */
function refusal(heading: string | undefined, reason: string, bytes: Uint8Array): string {
  const told = `***decode error: ${reason}***\n${hexDump(bytes)}`;
  return heading === undefined ? told : `${heading} ${told}`;
}

function bytesText(bytes: Uint8Array, context: PrintContext, options: FormatMessageOptions): string {
  if (bytes.length === 0) return "OpenFlow message is empty";
  if (bytes.length < HEADER_BYTES) {
    return `OpenFlow packet too short (only ${bytes.length} bytes):\n${hexDump(bytes)}`;
  }
  const length = (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0);
  if (length > bytes.length) {
    const told = `(***truncated to ${bytes.length} bytes from ${length}***)\n${hexDump(bytes)}`;
    const heading = headingOfBytes(bytes, options.xid ?? true);
    return heading === undefined ? told : `${heading}\n${told}`;
  }
  if (length < bytes.length)
    return `(***only uses ${length} bytes out of ${bytes.length}***)\n${hexDump(bytes)}`;
  try {
    return messageText(decode(bytes), context, options);
  } catch (error) {
    if (error instanceof DecodeError)
      return refusal(headingOfBytes(bytes, options.xid ?? true), error.message, bytes);
    throw error;
  }
}
