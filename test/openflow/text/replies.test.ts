// What a real switch answered, printed as ovs-ofctl printed it.
import assert from "node:assert/strict";
import {
  decode,
  formatFlowUpdates,
  formatPortDescs,
  formatQueueStats,
  formatTableFeatures,
  formatTableStats,
  type Message,
  type TableFeatures,
} from "../../../src/openflow/index.ts";
import { bytesOf, recording } from "../protocol/recordings.ts";
import { replyText } from "./replies.ts";

interface Transcript {
  readonly cmd: string;
  readonly stdout: string;
  readonly messages: readonly { readonly dir: string; readonly hex: string; readonly ofp_print: string }[];
}

const transcripts: readonly Transcript[] = [
  ...recording<Transcript[]>("ovs31-transcripts-of13"),
  {
    cmd: "ovs-ofctl -O OpenFlow13 monitor BR watch:",
    stdout: "",
    messages: recording<Transcript["messages"]>("ovs31-flowmonitor-of13"),
  },
];

describe("replies of a switch in ovs-ofctl's text", () => {
  const seen = new Set<string>();

  for (const [number, { cmd, messages }] of transcripts.entries()) {
    const answered = messages
      .filter(({ dir }) => dir === "s2c")
      .map(({ hex, ofp_print: print }) => ({ message: decode(bytesOf(hex)), print }))
      .filter(({ message }) => replyText(message) !== undefined);
    if (answered.length === 0) continue;

    it(`are what ofp-print printed: ${number + 1}. ${cmd}`, () => {
      for (const { message, print } of answered) {
        seen.add(message.type === "multipartReply" ? message.multipart : message.type);
        assert.equal(replyText(message), print.replace(/^.*?\(xid=0x[0-9a-f]+\):(?: flags=\[more\])?/, ""));
      }
    });
  }

  it("were recorded of most kinds", () => {
    assert.ok(seen.size >= 14, [...seen].join(" "));
  });

  it("join into what dump-table-features prints of all tables", () => {
    const found = transcripts.find(({ cmd }) => cmd.includes("dump-table-features"));
    const parts = found?.messages
      .filter(({ dir }) => dir === "s2c")
      .map(({ hex }) => decode(bytesOf(hex)))
      .flatMap((message: Message): TableFeatures[] =>
        message.type === "multipartReply" && message.multipart === "tableFeatures" ? message.body : [],
      );
    assert.equal(formatTableFeatures(parts ?? []).trim(), found?.stdout.trim());
  });

  it("are empty where there is nothing to print", () => {
    assert.equal(formatTableStats([]), "");
    assert.equal(formatTableFeatures([]), "");
    assert.equal(formatFlowUpdates([]), "");
    assert.equal(formatPortDescs([]), "");
    assert.equal(formatQueueStats([]), "0 queues");
  });
});
