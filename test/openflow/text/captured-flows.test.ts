// Every flow text whose bytes were recorded from ovs-ofctl 3.1 at OpenFlow 1.3, both ways: text to the same bytes, and
// what the switch dumped to the same text.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decode, encode, type FlowStats } from "../../../src/openflow/index.ts";
import { FlowSyntaxError, formatFlow, parseFlow } from "../../../src/openflow/text/index.ts";
import { leftOutOfDumps, reasonOutOfScope } from "./scope.ts";
import { capturedFlows, rejectedTexts, withoutXid } from "./vectors.ts";

/** The field has one bit; ovs-ofctl sends both bits of the mask, and ours has the one that counts. */
const clipped = "actions=set_field:0x1/0x3->tun_erspan_dir";
const capturedWhole = capturedFlows.filter(({ text }) => text !== clipped);
const inScope = capturedWhole.filter(({ text }) => reasonOutOfScope(text) === undefined);
const outOfScope = capturedWhole.filter(({ text }) => reasonOutOfScope(text) !== undefined);

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

function countBy(reasons: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[String(reason)] = (counts[String(reason)] ?? 0) + 1;
  return counts;
}

describe("flow texts recorded from ovs-ofctl", () => {
  it("are in scope but for these, counted by the action or field that has no structure yet", () => {
    assert.deepEqual(countBy(outOfScope.map(({ text }) => reasonOutOfScope(text))), {
      "field ct_tp_* without ct_nw_proto": 4,
      "set_field in_port": 1,
      "set_field in_port_oxm": 1,
      "set_field vlan_tci": 2,
    });
    assert.equal(inScope.length, 681);
    assert.equal(capturedFlows.length, 690);
  });

  for (const { text, hex } of inScope) {
    it(`${text} becomes the bytes ovs-ofctl sent`, () => {
      assert.equal(withoutXid(hexOf(text)), withoutXid(hex));
    });
  }

  for (const { text } of outOfScope) {
    it(`${text} is refused, not misread`, () => {
      assert.throws(() => parseFlow(text), FlowSyntaxError);
    });
  }
});

describe("flows dumped by the switch", () => {
  for (const { text, dump_reply_hex: replies = [], dump_text: lines = [] } of inScope) {
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
