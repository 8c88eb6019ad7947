// `ovskit print`: OpenFlow messages in words, as `ovs-ofctl ofp-print` shows them, from their bytes; no switch is asked.
import { DecodeError, decode, formatMessage, type Message } from "../../openflow/index.ts";
import { type Command, command, type Surroundings } from "../command.ts";
import { messagesInHex } from "../hex-messages.ts";
import { readInput } from "../input-file.ts";
import { InputError, UsageError } from "../usage-error.ts";

/** A message for programs; what can't be decoded says why. */
function messageValue(bytes: Uint8Array): Message | { readonly error: string } {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return { error: error.message };
    throw error;
  }
}

async function sourceOf(
  hex: string | undefined,
  file: string | undefined,
  surroundings: Surroundings,
): Promise<readonly Uint8Array[]> {
  if (hex !== undefined && file !== undefined) {
    throw new UsageError("both HEX and --file", "give the bytes or a file of them");
  }
  const isGiven = hex !== undefined && hex !== "-";
  const name = isGiven ? "HEX" : (file ?? "-");
  const messages = messagesInHex(isGiven ? hex : await readInput(name, surroundings), name);
  if (messages.length === 0) throw new InputError(name, `${name} has no bytes of a message`);
  return messages;
}

export const printCommand: Command = command({
  name: "print",
  summary: "print OpenFlow messages in words, from their bytes",
  description:
    "As ovs-ofctl ofp-print does, a packet in a message as the fields the switch sees. The bytes are hexadecimal\ndigits in one piece or apart, or lines of a hex dump; several messages may follow each other. With --json each\nmessage is the value that the library decodes. No switch is asked.",
  synopsis: "[HEX | -f FILE]",
  operands: [
    { name: "HEX", optional: true, summary: "the bytes; without them, or with -, standard input is read" },
  ],
  options: {
    file: {
      type: "string",
      short: "f",
      value: "FILE",
      summary: "read them from FILE (- for standard input)",
    },
  },
  examples: [
    { line: "ovskit print 0414000800000001", does: "one message" },
    { line: "ovskit print -f capture.txt", does: "all of a hex dump" },
  ],
  async run(invocation) {
    const { operands, options } = invocation;
    const messages = await sourceOf(operands.HEX, options.file, invocation);
    return {
      text: messages.map((bytes) => formatMessage(bytes)).join("\n"),
      value: messages.map(messageValue),
    };
  },
});
