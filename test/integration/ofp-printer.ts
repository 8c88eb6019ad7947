// ovs-ofctl as a printer of messages: one process for as many as there are, kept busy from the first to the last.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";

/** What `ovs-ofctl ofp-parse` prints of each message, by its place in the list, without the last line's end. */
export async function printed(messages: readonly Uint8Array[]): Promise<string[]> {
  const child = spawn("ovs-ofctl", ["ofp-parse", "-"], { stdio: ["pipe", "pipe", "pipe"] });
  const complaints: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  const numbered = messages.map((message, xid) => {
    const copy = Buffer.from(message);
    copy.writeUInt32BE(xid, 4);
    return copy;
  });
  child.stdin.end(Buffer.concat(numbered));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const texts = Buffer.concat(chunks)
    .toString()
    .split(/^(?=(?:OFP|NX|ONF)\w+.*\(xid=0x)/m);
  assert.equal(texts.length, messages.length, Buffer.concat(complaints).toString().slice(0, 2_000));
  return texts.map((text, xid) => {
    assert.match(text, new RegExp(`\\(xid=0x${xid.toString(16)}\\)`));
    return text.replace(/\n$/, "");
  });
}
