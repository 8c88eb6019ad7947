// Every flow text whose bytes were recorded from ovs-ofctl 3.1 at OpenFlow 1.3, both ways: text to the same bytes, and
// what the switch dumped to the same text.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decode, encode, type FlowStats } from "../../../src/openflow/index.ts";
import { FlowSyntaxError, formatFlow, parseFlow } from "../../../src/openflow/text/index.ts";
import { capturedFlows, rejectedTexts, withoutXid } from "./vectors.ts";

/**
 * Fields of a match that dump-flows leaves out, or prints without their masks, although the switch has them. Ours are
 * printed: a flow that shows less than it matches misleads.
 */
const leftOutOfDumps = /(?:nsh_c\d|tun_erspan_(?:idx|dir|hwid)|tun_gbp_flags)=.*,actions=/;

function hexOf(text: string): string {
  return Buffer.from(encode({ type: "flowMod", ...parseFlow(text) })).toString("hex");
}

function statsIn(hex: string): FlowStats[] {
  const message = decode(Buffer.from(hex, "hex"));
  assert.equal(message.type, "multipartReply");
  assert.equal(message.multipart, "flow");
  return message.body;
}

/** dump-flows prints how long a flow lives; the recordings leave that out. */
function withoutDuration(line: string): string {
  return line.replace(/duration=[0-9.]+s, /, "");
}

describe("flow texts recorded from ovs-ofctl", () => {
  it("are 690, none of them left out here", () => {
    assert.equal(capturedFlows.length, 690);
  });

  for (const { text, hex } of capturedFlows) {
    it(`${text} becomes the bytes ovs-ofctl sent`, () => {
      assert.equal(withoutXid(hexOf(text)), withoutXid(hex));
    });
  }
});

describe("flows dumped by the switch", () => {
  for (const { text, dump_reply_hex: replies = [], dump_text: lines = [] } of capturedFlows) {
    if (replies.length === 0 || leftOutOfDumps.test(text)) continue;
    it(`${text} prints as dump-flows printed it`, () => {
      const printed = replies.flatMap(statsIn).map((stats) => withoutDuration(formatFlow(stats)));
      assert.deepEqual(printed, lines);
    });
  }
});

describe("texts ovs-ofctl refused", () => {
  for (const { text, stderr } of rejectedTexts) {
    const [reason = ""] = stderr.split("\n").slice(-1);
    it(`${text} is refused here too (${reason.replace("ovs-ofctl: ", "")})`, () => {
      assert.throws(
        () => parseFlow(text),
        (error: unknown) => {
          assert.ok(error instanceof FlowSyntaxError);
          assert.ok(error.column >= 1 && error.column <= text.length, `column ${error.column}`);
          assert.ok(text.startsWith(error.token, error.column - 1), `${error.token} at ${error.column}`);
          return true;
        },
      );
    });
  }
});
