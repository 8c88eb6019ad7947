import assert from "node:assert/strict";
import fc from "fast-check";
import { DecodeError } from "../../src/openflow/codec-errors.ts";
import { Framer } from "../../src/openflow/framer.ts";
import { bytesOf, hexOf, transcripts } from "./protocol/recordings.ts";

const hello = "04000010000000010001000800000010";
const barrier = "0414000800000002";
const config = "0408000c0000000200000000";

function messagesIn(chunks: readonly Uint8Array[]): string[] {
  const framer = new Framer();
  return chunks.flatMap((chunk) => framer.push(chunk).map(hexOf));
}

describe("The framer", () => {
  const stream = bytesOf(hello + barrier + config + barrier);
  const expected = [hello, barrier, config, barrier];

  it("cuts a chunk with several messages", () => {
    assert.deepEqual(messagesIn([stream]), expected);
  });

  it("gives the same messages wherever the stream is split in two", () => {
    for (let at = 0; at <= stream.length; at++) {
      assert.deepEqual(messagesIn([stream.subarray(0, at), stream.subarray(at)]), expected, `split at ${at}`);
    }
  });

  it("gives the same messages when they come byte by byte", () => {
    assert.deepEqual(messagesIn(Array.from(stream, (byte) => Uint8Array.of(byte))), expected);
  });

  it("gives the same messages however a recorded session is split", () => {
    const messages = transcripts.slice(0, 60).map((m) => m.bytes);
    const session = new Uint8Array(Buffer.concat(messages));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: session.length }), { maxLength: 40 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), session.length];
        const chunks = places.slice(1).map((end, i) => session.subarray(places[i], end));
        assert.deepEqual(messagesIn(chunks), messages.map(hexOf));
      }),
      { numRuns: 50 },
    );
  });

  it("takes empty chunks for what they are", () => {
    assert.deepEqual(messagesIn([new Uint8Array(0), stream, new Uint8Array(0)]), expected);
  });

  it("keeps a message that was put together even when the next one overwrites its memory", () => {
    const framer = new Framer();
    framer.push(bytesOf(hello.slice(0, 10)));
    const [first] = framer.push(bytesOf(hello.slice(10) + config.slice(0, 8)));
    const [second] = framer.push(bytesOf(config.slice(8)));
    assert.deepEqual(
      [first, second].map((m) => hexOf(m ?? new Uint8Array(0))),
      [hello, config],
    );
  });

  it("holds no more than one message", () => {
    const framer = new Framer();
    framer.push(bytesOf(barrier + "0402ffff00000001"));
    assert.equal(framer.pendingBytes, 8);
    framer.push(new Uint8Array(60_000));
    assert.equal(framer.pendingBytes, 60_008);
    assert.equal(framer.push(new Uint8Array(65_535 - 60_008))[0]?.length, 65_535);
    assert.equal(framer.pendingBytes, 0);
  });

  for (const length of [0, 4, 7]) {
    it(`refuses a header that says ${length} bytes`, () => {
      const bad = bytesOf(`0400${length.toString(16).padStart(4, "0")}00000001`);
      const fault = { code: "ERR_OPENFLOW_DECODE", field: "message.length" };
      assert.throws(() => new Framer().push(bad), { ...fault, offset: 2 });
      const framer = new Framer();
      framer.push(bad.subarray(0, 3));
      assert.throws(() => framer.push(bad.subarray(3)), { ...fault, offset: 2 });
    });
  }

  it("refuses a message longer than it was told to take", () => {
    const framer = new Framer({ maxMessageBytes: 12 });
    assert.equal(framer.push(bytesOf(config)).length, 1);
    assert.throws(() => framer.push(bytesOf(hello)), { field: "message.length", offset: 14 });
  });

  it("hands out what came before a bad header, and then nothing more", () => {
    const framer = new Framer();
    assert.deepEqual(framer.push(bytesOf(`${hello}0400000000000001`)).map(hexOf), [hello]);
    assert.ok(framer.fault instanceof DecodeError);
    assert.equal(framer.fault.offset, 18);
    assert.throws(() => framer.push(bytesOf(barrier)), DecodeError);
  });
});
