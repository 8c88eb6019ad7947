// What Open vSwitch would refuse bytes for: what can't be decoded is refused for a length that is wrong, and which error
// says so depends on what the length is of. For who writes a switch, and answers with the same errors.
import { DecodeError } from "../codec-errors.ts";
import { decode, type Message } from "../message.ts";
import { type PlacedInconsistency, placed, refused } from "../protocol/inconsistency.ts";
import type { SwitchFacts } from "./known.ts";
import { checkMessage } from "./message.ts";

/** Where a length stands in an instruction: after its type. */
const lengthOffset = 2;
const alignment = 8;

/**
 * The first reason why Open vSwitch 3.1 would refuse one whole message as it comes from the wire, as {@link checkMessage}
 * does for messages that can be decoded. Padding isn't looked at.
 */
export function checkBytes(bytes: Uint8Array, facts: SwitchFacts = {}): PlacedInconsistency | undefined {
  let message: Message;
  try {
    message = decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return placed(refused(lengthError(error, bytes), error.message), pathOf(error));
  }
  return checkMessage(message, facts);
}

/** Without the type of the message, as in the verdicts on messages. */
function pathOf({ field }: DecodeError): string {
  return field.slice(field.indexOf(".") + 1);
}

/** The error for a length: of a match, an action, an instruction, or of the message and what is in none of these. */
function lengthError({ field, offset }: DecodeError, bytes: Uint8Array): string {
  if (field.includes(".match")) return "OFPBMC_BAD_LEN";
  // Lists of anything are a multiple of eight bytes: that is found before what is in them.
  if (field.includes(".buckets[")) return "OFPBRC_BAD_LEN";
  if (field.includes(".actions[")) return "OFPBAC_BAD_LEN";
  const isWhole = (bytes.length - (offset - lengthOffset)) % alignment === 0;
  return field.includes(".instructions[") && isWhole ? "OFPBIC_BAD_LEN" : "OFPBRC_BAD_LEN";
}
