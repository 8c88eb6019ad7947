// What formatMessage prints against what Open vSwitch prints for the same bytes: everything that was recorded, and
// thousands of generated messages of every type, all through one ovs-ofctl.
import assert from "node:assert/strict";
import fc from "fast-check";
import { encode, formatMessage } from "../../src/openflow/index.ts";
import { everything, handMade } from "../openflow/protocol/recordings.ts";
import { frames, printableMessages } from "../openflow/text/printable-messages.ts";
import { describeWith } from "../support/needs.ts";
import { samples, seed } from "../support/sampling.ts";
import { printed } from "./ofp-printer.ts";

/** Messages of each type, and frames. */
const COUNT = samples(120);
const FRAMES = samples(4_000);

/** Where ovs-ofctl refuses to read a message, or one that stands in it, formatMessage prints what it says. */
const refused = /\*\*\*(?:decode|parse) error/;
/** What the library itself can't read; ovs-ofctl reads a hello that is broken as far as it goes. */
const undecoded = /\(at byte \d+\)\*\*\*/;

/** What 3.1 leaves out of matches though it reads it, and fields with a mask of nothing or of everything. */
const leftOut = /nsh_c\d|tun_erspan_(?:idx|dir|hwid)|tun_gbp_flags|oxm_80001708|oxm_80000b04/;

/** Whether it is a message of a version from OpenFlow 1.1 on, as long as it says: others would end the stream. */
function isWholeMessage(bytes: Uint8Array): boolean {
  return bytes[0] !== 1 && bytes.length === (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0);
}

function headingOf(text: string): string | undefined {
  return /^[A-Z]\w+(?: \w+)? [^:]*:/.exec(text)?.[0];
}

/** Holds the text against ovs-ofctl's; false where that refuses to read the message, and just the headings agree. */
function agrees(message: Uint8Array, expected: string, what: string): boolean {
  const text = formatMessage(message);
  if (text === expected) return true;
  if (!refused.test(expected) && !undecoded.test(text)) assert.equal(text, expected, what);
  assert.equal(headingOf(text) ?? headingOf(expected), headingOf(expected) ?? headingOf(text), what);
  return false;
}

describeWith(["openvswitch"], "what ovs-ofctl prints of any message", function () {
  this.timeout(120_000 + FRAMES * 10);

  it("is what formatMessage prints: everything that was recorded", async () => {
    const messages = [...everything, ...handMade].map(({ bytes }) => bytes).filter(isWholeMessage);
    const texts = await printed(messages);
    let same = 0;
    for (const [index, message] of messages.entries()) {
      if (leftOut.test(formatMessage(message))) continue;
      if (agrees(message, texts[index] ?? "", `message ${index}`)) same++;
    }
    assert.ok(same > 1_700, `${same} of ${messages.length} were read`);
  });

  it("is what formatMessage prints: generated messages of every type", async () => {
    const generated = Object.entries(printableMessages).flatMap(([kind, arbitrary]) =>
      fc.sample(arbitrary, { numRuns: COUNT, seed }).map((message) => ({ kind, bytes: encode(message) })),
    );
    const texts = await printed(generated.map(({ bytes }) => bytes));
    const same = new Map<string, number>();
    for (const [index, { kind, bytes }] of generated.entries()) {
      const isSame = agrees(bytes, texts[index] ?? "", `${kind}, seed ${seed}, message ${index}`);
      same.set(kind, (same.get(kind) ?? 0) + (isSame ? 1 : 0));
    }
    for (const [kind, count] of same) {
      assert.ok(count > COUNT / 4, `${kind}: ovs-ofctl read ${count}, seed ${seed}`);
    }
  });

  it("is what formatMessage prints: frames, whole, cut and broken", async () => {
    const messages = fc
      .sample(frames, { numRuns: FRAMES, seed })
      .map((data) => encode({ type: "packetOut", bufferId: 0xffffffff, inPort: 1, actions: [], data }));
    const texts = await printed(messages);
    for (const [index, message] of messages.entries()) {
      assert.ok(agrees(message, texts[index] ?? "", `seed ${seed}`));
    }
  });
});
