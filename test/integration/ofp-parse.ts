// ovs-ofctl's word on messages: many of them printed by one process.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";

/** Prints messages with one `ovs-ofctl ofp-parse`: what it says about each, by its place in the list. */
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
    return text;
  });
}
