// What test/openflow/protocol/malformed.test.ts does for chosen lengths and values, whole: every prefix of every recorded
// message and every single-byte change of every recorded flow mod. Sixteen million messages take too long for the quick half of
// the tests.
import assert from "node:assert/strict";
import { DecodeError } from "../../src/openflow/codec-errors.ts";
import { decode } from "../../src/openflow/message.ts";
import { everything, flowMods, hexOf, type Recorded } from "../openflow/protocol/recordings.ts";

/** Decodes, and fails for anything but a value or a DecodeError that says where. True for a value. */
function isRead(bytes: Uint8Array, from: string): boolean {
  try {
    decode(bytes);
    return true;
  } catch (error) {
    const says =
      error instanceof DecodeError &&
      // A cause would be an error of the language, such as a read outside the buffer.
      error.cause === undefined &&
      error.field !== "" &&
      error.offset >= 0 &&
      error.offset <= bytes.length;
    if (!says) assert.fail(`${from}: ${hexOf(bytes)}: ${String(error)}`);
    return false;
  }
}

function distinct(messages: readonly Recorded[]): readonly Recorded[] {
  return [...new Map(messages.map((message) => [hexOf(message.bytes), message])).values()];
}

describe("the recordings of a real switch, damaged in every way", function () {
  this.timeout(240_000);
  const limit = Error.stackTraceLimit;
  before(() => {
    // Stacks of errors that are expected by the million cost more than the decoding.
    Error.stackTraceLimit = 0;
  });
  after(() => {
    Error.stackTraceLimit = limit;
  });

  it("are a DecodeError with offset and field at every prefix", () => {
    let prefixes = 0;
    for (const { from, bytes } of distinct(everything)) {
      for (let length = 0; length < bytes.length; length++) {
        assert.ok(!isRead(bytes.subarray(0, length), from), `${length} bytes of ${from}`);
        prefixes++;
      }
    }
    assert.ok(prefixes > 1_000_000);
  });

  it("give a value or a DecodeError with offset and field for every change of one byte of a flow mod", () => {
    let read = 0;
    let refused = 0;
    for (const { from, bytes } of distinct(flowMods)) {
      const changed = bytes.slice();
      for (const [at, byte] of bytes.entries()) {
        for (let step = 1; step < 256; step++) {
          changed[at] = byte ^ step;
          if (isRead(changed, from)) read++;
          else refused++;
        }
        changed[at] = byte;
      }
    }
    assert.ok(read > 1_000_000 && refused > 1_000_000, `${read} read, ${refused} refused`);
  });
});
