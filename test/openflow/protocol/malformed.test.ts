import assert from "node:assert/strict";
import { DecodeError } from "../../../src/openflow/codec-errors.ts";
import { decode, encode } from "../../../src/openflow/message.ts";
import { bytesOf, everything, flowMods, handMade, hexOf, type Recorded } from "./recordings.ts";

/** What decoding comes to: the bytes of the value, or the error in words. Anything but those two fails the test. */
function outcome(bytes: Uint8Array, from: string): string {
  try {
    return hexOf(encode(decode(bytes)));
  } catch (error) {
    assert.ok(error instanceof DecodeError, `${from}: ${hexOf(bytes)}: ${String(error)}`);
    // A cause would be an error of the language, such as a read outside the buffer.
    assert.equal(error.cause, undefined, `${from}: ${hexOf(bytes)}`);
    assert.ok(error.offset >= 0 && error.offset <= bytes.length, `${from}: offset ${error.offset}`);
    assert.match(error.field, /^[a-zA-Z]\w*([.[]|$)/, from);
    return `${error.offset} ${error.field} ${error.message}`;
  }
}

/** The first `length` bytes of a message that says it is that long. */
function shortened(bytes: Uint8Array, length: number): Uint8Array {
  const prefix = bytes.slice(0, length);
  if (length >= 4) {
    new DataView(prefix.buffer).setUint16(2, length);
  }
  return prefix;
}

/** The same bytes in the middle of others. */
function surrounded(bytes: Uint8Array, by: number): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 512).fill(by);
  buffer.set(bytes, 256);
  return buffer.subarray(256, 256 + bytes.length);
}

function distinct(messages: readonly Recorded[]): Recorded[] {
  return [...new Map(messages.map((m) => [hexOf(m.bytes), m])).values()];
}

/** Stacks of errors that are expected by the hundred thousand cost more than the decoding. */
function withoutStacks(): void {
  const limit = Error.stackTraceLimit;
  before(() => {
    Error.stackTraceLimit = 0;
  });
  after(() => {
    Error.stackTraceLimit = limit;
  });
}

const recordings = distinct([...everything, ...handMade]);

describe("A message that is cut off", () => {
  withoutStacks();

  it("is a DecodeError at every length, whatever it was", () => {
    for (const { from, bytes } of recordings) {
      for (let length = 0; length < Math.min(bytes.length, 600); length++) {
        assert.throws(() => decode(bytes.subarray(0, length)), DecodeError, from);
      }
    }
  });

  it("gives a value or a DecodeError at every length, when its header agrees with it", () => {
    for (const { from, bytes } of recordings) {
      const step = bytes.length > 1_500 ? Math.ceil(bytes.length / 50) : 1;
      for (let length = 0; length < bytes.length; length += step) {
        outcome(shortened(bytes, length), from);
      }
    }
  });

  it("means the same whatever stands before and after it in memory", () => {
    for (const { from, bytes } of flowMods.filter((_, i) => i % 3 === 0)) {
      for (let length = 8; length <= bytes.length; length++) {
        const prefix = shortened(bytes, length);
        assert.equal(outcome(surrounded(prefix, 0x00), from), outcome(surrounded(prefix, 0xff), from));
      }
    }
  });
});

describe("A flow mod with one byte changed", () => {
  withoutStacks();

  /** Values that hit lengths and types: nothing, everything, the neighbours, the sign, and a length of eight. */
  const changes: readonly ((byte: number) => number)[] = [
    () => 0x00,
    () => 0xff,
    () => 0x08,
    (byte) => byte ^ 0x01,
    (byte) => byte ^ 0x80,
  ];

  it("gives a value or a DecodeError, for chosen values of every byte of every recorded one", () => {
    for (const { from, bytes } of flowMods) {
      const changed = bytes.slice();
      for (const [at, byte] of bytes.entries()) {
        for (const change of changes) {
          changed[at] = change(byte);
          outcome(changed, from);
        }
        changed[at] = byte;
      }
    }
  });

  it("gives a value or a DecodeError, for all values of every byte of some", () => {
    for (const { from, bytes } of flowMods.filter((_, i) => i % 115 === 0)) {
      const changed = bytes.slice();
      for (const [at, byte] of bytes.entries()) {
        for (let value = 0; value < 256; value++) {
          changed[at] = value;
          outcome(changed, from);
        }
        changed[at] = byte;
      }
    }
  });
});

function errorOf(hex: string): DecodeError {
  try {
    decode(bytesOf(hex));
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return error;
  }
  throw new Error(`${hex} was decoded`);
}

describe("A decode error", () => {
  const flow =
    "040e006000001234000000000000000000000000000000000000000000000064ffffffffffffffffffffffff00000000";
  const match = "0001000c800000040000000100000000";
  const instructions = "0004002000000000001200080000000000000010000000020000000000000000";

  const cases: readonly [what: string, hex: string, field: string, offset: number][] = [
    [
      "an action's length",
      flow + match + instructions.replace("00000010", "0000000c"),
      "flowMod.instructions[0].actions[1].length",
      82,
    ],
    [
      "an action of length zero",
      flow + match + instructions.replace("00120008", "00120000"),
      "flowMod.instructions[0].actions[0].length",
      74,
    ],
    [
      "an action that goes beyond its list",
      flow + match + instructions.replace("00000010", "00000018"),
      "flowMod.instructions[0].actions[1].length",
      82,
    ],
    [
      "an action too short for its kind",
      flow + match + instructions.replace("0012000800000000", "0000000800000000"),
      "flowMod.instructions[0].actions[0].maxLen",
      80,
    ],
    [
      "an instruction that goes beyond the message",
      flow + match + instructions.replace("00040020", "00040028"),
      "flowMod.instructions[0].length",
      66,
    ],
    [
      "an instruction of length zero",
      flow + match + instructions.replace("00040020", "00040000"),
      "flowMod.instructions[0].length",
      66,
    ],
    [
      "a match field that goes beyond its match",
      flow + match.replace("80000004", "80000008") + instructions,
      "flowMod.match[0].length",
      55,
    ],
    [
      "a match of another type",
      flow + match.replace("0001000c", "0000000c") + instructions,
      "flowMod.match.type",
      48,
    ],
    [
      "a match longer than the message",
      flow + match.replace("0001000c", "0001ff0c") + instructions,
      "flowMod.match.length",
      50,
    ],
    ["bytes after a fixed structure", "0405000c0000000100000000", "featuresRequest", 8],
    [
      "a fixed structure cut short",
      "0406001800000002fedcba98765432100000000000000000".replace("0018", "0018"),
      "featuresReply.capabilities",
      24,
    ],
    [
      "a port cut short",
      "0413001800000003000d000000000000fffffffe00000000",
      "multipartReply.body[0].hwAddr",
      24,
    ],
    [
      "an entry of length zero",
      "041300180000000200010000000000000000000000000000",
      "multipartReply.body[0].length",
      16,
    ],
    [
      "actions longer than their packet out",
      "040d0018000000010000000000000000ffff000000000000",
      "packetOut.actions",
      24,
    ],
    ["a hello element cut short", "0400000c0000000100010008", "hello.elements[0].length", 10],
    [
      "a message in a bundle add",
      "04040020000000014f4e4600000008fd00000001000000030405000c00000001",
      "bundleAdd.message.length",
      26,
    ],
    ["a header's length", "0405000700000001", "featuresRequest.length", 2],
    ["too few bytes for a header", "040500", "message", 3],
  ];

  for (const [what, hex, field, offset] of cases) {
    it(`names the field and the offset: ${what}`, () => {
      const error = errorOf(hex);
      assert.deepEqual(
        [error.field, error.offset, error.code],
        [field, offset, "ERR_OPENFLOW_DECODE"],
        error.message,
      );
    });
  }

  it("has the field and the offset in its message", () => {
    assert.match(
      errorOf("0400000c0000000100010008").message,
      /^hello\.elements\[0\]\.length: .* \(at byte 10\)$/,
    );
  });

  it("counts its offset from the start of the message, wherever that lies in memory", () => {
    const bytes = surrounded(bytesOf("0400000c0000000100010008"), 0xff);
    assert.throws(() => decode(bytes), { offset: 10 });
  });
});

/** A bundle add that carries a bundle add that carries … a barrier request. */
function nested(depth: number): Uint8Array {
  let message = bytesOf("0414000800000001");
  for (let i = 0; i < depth; i++) {
    const length = (message.length + 24).toString(16).padStart(4, "0");
    message = bytesOf(`0404${length}000000014f4e4600000008fd0000000100000003${hexOf(message)}`);
  }
  return message;
}

/** A flow mod with the given match and instructions, both as hex. */
function flowModOf(match: string, instructions: string): Uint8Array {
  const length = (48 + (match.length + instructions.length) / 2).toString(16).padStart(4, "0");
  return bytesOf(`040e${length}00000001${"0".repeat(80)}${match}${instructions}`);
}

describe("A structure within itself", () => {
  it("is read as deep as any sane peer nests", () => {
    const bytes = nested(8);
    assert.equal(hexOf(encode(decode(bytes))), hexOf(bytes));
  });

  it("is a DecodeError when it goes on and on", () => {
    assert.throws(() => decode(nested(2_700)), /deep/);
  });

  it("is read however often it is repeated: 64 KB of the smallest actions", () => {
    const bytes = flowModOf("0001000400000000", `0004fa0800000000${"0018000800000000".repeat(8_000)}`);
    const message = decode(bytes);
    assert.ok(message.type === "flowMod" && message.instructions[0]?.type === "applyActions");
    assert.equal(message.instructions[0].actions.length, 8_000);
    assert.equal(hexOf(encode(message)), hexOf(bytes));
  });

  it("is read however often it is repeated: 64 KB of match fields without a value", () => {
    const bytes = flowModOf(`0001fa04${"00020000".repeat(16_000)}00000000`, "");
    const message = decode(bytes);
    assert.ok(message.type === "flowMod");
    assert.equal(message.match.length, 16_000);
    assert.equal(hexOf(encode(message)), hexOf(bytes));
  });
});

describe("A bitmap of versions", () => {
  it("is read and written as long as a message can hold it", () => {
    const bytes = bytesOf(`0400fff8000000010001fff0${"ff".repeat(65_516)}`);
    const message = decode(bytes);
    assert.ok(message.type === "hello" && message.elements[0]?.type === "versionBitmap");
    assert.equal(message.elements[0].versions.length, 8 * 65_516);
    assert.equal(hexOf(encode(message)), hexOf(bytes));
  });
});

describe("A structure that only raw bytes can hold", () => {
  it("stays whole when there are structures in it: a reply with flags that nobody knows", () => {
    const output = "00000010000000010000000000000000";
    const flow = `0050${"00".repeat(46)}00010004000000000004001800000000${output}`;
    const bytes = bytesOf(`041300600000000200010080${"00".repeat(4)}${flow}`);
    const message = decode(bytes);
    assert.equal(message.type, "raw");
    assert.equal(hexOf(encode(message)), hexOf(bytes));
  });
});
