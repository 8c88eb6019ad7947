// ovs-ofctl as a printer of messages: one process for as many as there are, kept busy from the first to the last.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { encode } from "../../src/openflow/index.ts";

/** The numbers of the messages that stand behind each one: their texts tell where the next begins. */
const FIRST_MARK = 0x7000_0000;

/**
 * What `ovs-ofctl ofp-parse` prints of each message, by its place in the list, without the last line's end. Messages have
 * to be as long as they say; what they hold may be broken.
 */
export async function printed(messages: readonly Uint8Array[]): Promise<string[]> {
  const child = spawn("ovs-ofctl", ["ofp-parse", "-"], { stdio: ["pipe", "pipe", "pipe"] });
  const complaints: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  const marked = messages.flatMap((message, index) => [
    message,
    encode({ type: "barrierReply", xid: FIRST_MARK + index }),
  ]);
  child.stdin.end(Buffer.concat(marked));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks).toString();
  let at = 0;
  return messages.map((_, index) => {
    const mark = `OFPT_BARRIER_REPLY (OF1.3) (xid=0x${(FIRST_MARK + index).toString(16)}):\n`;
    const end = whole.indexOf(mark, at);
    const why = Buffer.concat(complaints).toString().slice(0, 2_000);
    assert.notEqual(end, -1, `ovs-ofctl has no text for message ${index}: ${why}`);
    const text = whole.slice(at, end).replace(/\n$/, "");
    at = end + mark.length;
    return text;
  });
}
