// Frames that are cut at every byte, changed in every byte, and made up: a value that goes back to the same bytes, or a DecodeError.
import assert from "node:assert/strict";
import fc from "fast-check";
import { DecodeError, decodePacket, encodePacket } from "../../../src/openflow/index.ts";
import { bytesOf, hexOf } from "../protocol/recordings.ts";
import { handMade, linuxFrames, switchFrames } from "./frames.ts";

const ETHERNET_BYTES = 14;
const frames: readonly Uint8Array[] = [
  ...linuxFrames.map(({ hex }) => bytesOf(hex)),
  ...switchFrames,
  ...Object.values(handMade).map((hex) => bytesOf(hex)),
];

/** Reads, checks that writing gives the same bytes, and returns what was read; undefined for a frame without a header. */
function survives(bytes: Uint8Array): ReturnType<typeof decodePacket> | undefined {
  try {
    const packet = decodePacket(bytes);
    assert.ok(hexOf(encodePacket(packet, { keep: true })) === hexOf(bytes), hexOf(bytes));
    return packet;
  } catch (error) {
    assert.ok(error instanceof DecodeError && bytes.length < ETHERNET_BYTES, hexOf(bytes));
    return undefined;
  }
}

describe("A damaged frame", () => {
  it("that is cut anywhere says what is missing, or is whole without it", () => {
    for (const bytes of frames) {
      const whole = decodePacket(bytes);
      for (let end = 0; end < bytes.length; end += 1) {
        const packet = survives(bytes.subarray(0, end));
        assert.equal(packet === undefined, end < ETHERNET_BYTES);
        // Only what nothing announced may be missing without a word: an unknown payload, or the trailer.
        const isAnnounced = whole.arp !== undefined || whole.ipv4 !== undefined || whole.ipv6 !== undefined;
        if (isAnnounced && end >= ETHERNET_BYTES && end < bytes.length - whole.trailer.length) {
          assert.ok(packet?.undecoded !== undefined, hexOf(bytes.subarray(0, end)));
        }
      }
    }
  });

  it("whose bytes are changed one by one is read, and goes back to the same bytes", () => {
    for (const bytes of frames) {
      const damaged = Uint8Array.from(bytes);
      for (let at = 0; at < Math.min(bytes.length, 160); at += 1) {
        for (const bits of [0x01, 0x10, 0x80, 0xff]) {
          damaged[at] = (bytes[at] ?? 0) ^ bits;
          survives(damaged);
        }
        damaged[at] = bytes[at] ?? 0;
      }
    }
  });

  it("in which any one byte of a TCP segment is wrong has a wrong checksum", () => {
    const bytes = Uint8Array.from(switchFrames[0] ?? []);
    for (let at = 34; at < bytes.length; at += 1) {
      bytes[at] = (bytes[at] ?? 0) ^ 0x08;
      const { tcp } = decodePacket(bytes);
      assert.ok(tcp === undefined || tcp.checksumState === "bad", `byte ${at}`);
      bytes[at] = (bytes[at] ?? 0) ^ 0x08;
    }
  });

  it("that is made up is read too", () => {
    const types = ["0800", "86dd", "0806", "8100", "88a8"];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.constantFrom(0x45, 0x60, 0x4f, 0x00),
        fc.uint8Array({ maxLength: 200 }),
        (type, first, rest) => {
          survives(Uint8Array.of(...bytesOf(`${"02".repeat(12)}${type}`), first, ...rest));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("leaves nothing of itself in the value", () => {
    for (const bytes of frames) {
      const input = Uint8Array.from(bytes);
      const packet = decodePacket(input);
      const before = structuredClone(packet);
      input.fill(0xee);
      assert.deepEqual(packet, before);
    }
  });

  it("that isn't even bytes is a DecodeError", () => {
    assert.throws(() => decodePacket("frame" as unknown as Uint8Array), DecodeError);
  });
});
